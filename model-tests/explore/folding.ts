/**
 * Services that are alike, and states that differ only in which of them is which.
 *
 * Theory of operation. Services are interchangeable when they have the same files, nobody logs to them or names them in what its scripts ask, and whatever
 * command is on offer for one is on offer for each. Then a state in which `a` is UP and `b` in DELAY goes on as the one does in which it is the other way
 * round, and one of the two is explored. The state's text is made for every way to name them, and the first of these texts, by the alphabet, stands
 * for all: each object, process and descriptor is in it under the name that it has there, and what is only an order of names is sorted.
 *
 * Folding forgets in which order nitro goes through services that are alike: of what happens to them in the same step the one order stands for the other.
 */
import { parseRequest } from '../../runtime/protocol.js';
import { Service, Services } from '../../runtime/service.js';
import { lastSegment } from '../../runtime/paths.js';
import type { Node } from '../sim/files.js';
import { serviceDirectory } from '../sim/layout.js';
import type { SimulatedOs } from '../sim/os.js';
import type { Pipe } from '../sim/pipe.js';
import type { Command, Scenario, ServicePlan } from '../sim/scenario.js';
import { presentSupervisor } from '../sim/watched.js';
import { visit } from '../memory/census.js';
import { isLeftOut, pidFields, timeText } from './fingerprint.js';

/** A way to name services: each name and what it is called in the text. */
export type Naming = ReadonlyMap<string, string>;

/** Fields that hold a descriptor. */
const descriptorFields: ReadonlySet<string> = new Set(['status', 'ready', 'read', 'write']);

/** The names in a command; renamed by a naming it is the same command about others. */
function renamed(command: Command, naming: Naming): string {
  return JSON.stringify(command, (key, value: unknown) => (key === 'name' && typeof value === 'string' ? (naming.get(value) ?? value) : value));
}

function isNamed(plan: ServicePlan, name: string): boolean {
  const asks = [plan.setup, plan.run, plan.finish].flatMap((each) => each ?? []).flatMap((behaviour) => behaviour.asks ?? []);
  return (plan.log !== undefined && lastSegment(plan.log) === name) || asks.some(({ request }) => 'name' in request && request.name === name);
}

/** Groups of services that are interchangeable, two or more each. */
export function alike({ services, offers, commands }: Scenario): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const [name, plan] of Object.entries(services)) {
    const isPlain = !name.includes('@') && name !== 'LOG' && !Object.values(services).some((each) => isNamed(each, name));
    const key = isPlain ? JSON.stringify(plan) : name;
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  const offered = offers?.commands ?? [];
  const isClosed = (group: readonly string[]): boolean =>
    permutations(group).every((order) => {
      const naming = new Map(group.map((name, index) => [name, order[index] ?? name]));
      const texts = new Set(offered.map((command) => renamed(command, new Map())));
      return offered.every((command) => texts.has(renamed(command, naming)));
    });
  // Commands at fixed times tell services apart.
  return commands.length > 0 ? [] : [...groups.values()].filter((group) => group.length > 1 && isClosed(group));
}

function permutations<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length <= 1) return [all];
  return all.flatMap((first, place) => permutations(all.filter((_, index) => index !== place)).map((rest) => [first, ...rest]));
}

/** Every way to name the services of a scenario that are alike; one if none are. */
export function namings(scenario: Scenario): readonly Naming[] {
  let all: readonly Naming[] = [new Map()];
  for (const group of alike(scenario)) {
    const orders = permutations(group);
    all = all.flatMap((naming) => orders.map((order) => new Map([...naming, ...group.map((name, index) => [name, order[index] ?? name] as const)])));
  }
  return all;
}

/** The state of nitro and of the world, as one text for all states that differ only in which service is which. */
export function foldedFingerprint(os: SimulatedOs, ways: readonly Naming[]): string {
  let first = '';
  for (const naming of ways) {
    const text = new FoldedText(os, naming).write();
    if (first === '' || text < first) first = text;
  }
  return first;
}

/** One text. Numbers of processes, descriptors and pipes are given as they are met, and services are met in the order of what they are called. */
class FoldedText {
  private readonly parts: string[] = [];
  private readonly pids = new Map<number, string>();
  private readonly fds = new Map<number, string>();
  private readonly pipes = new Map<Pipe, number>();
  private readonly seen = new Map<object, string>();

  constructor(
    private readonly os: SimulatedOs,
    private readonly naming: Naming,
  ) {}

  write(): string {
    const supervisor = presentSupervisor();
    if (supervisor !== null) {
      const services = this.servicesOf(supervisor);
      for (const service of services) this.seen.set(service, `@${this.call(service.name)}`);
      for (const service of services) this.inside(service);
      this.walk(supervisor, '', supervisor);
    }
    this.world();
    return this.parts.join(' ');
  }

  private call(name: string): string {
    return this.naming.get(name) ?? name;
  }

  private servicesOf(supervisor: object): readonly Service[] {
    const found: Service[] = [];
    visit(supervisor, (value) => {
      if (value instanceof Services) found.push(...value.all());
    });
    return found.sort((one, other) => (this.call(one.name) < this.call(other.name) ? -1 : 1));
  }

  private static number(numbers: Map<number, string>, value: number, prefix: string): string {
    const known = numbers.get(value) ?? `${prefix}${String(numbers.size)}`;
    numbers.set(value, known);
    return known;
  }

  private pid(pid: number): string {
    return pid === 0 ? '0' : FoldedText.number(this.pids, pid, 'P');
  }

  private fd(fd: number): string {
    return fd < 3 ? String(fd) : FoldedText.number(this.fds, fd, 'F');
  }

  private walk(value: unknown, name: string, owner: object): void {
    this.parts.push(this.text(value, name, owner));
  }

  /** A value; what is inside an object that is met for the first time follows. */
  private text(value: unknown, name: string, owner: object): string {
    if (typeof value === 'function') return '';
    if (typeof value === 'string') return this.call(value);
    if (typeof value === 'number') {
      if (pidFields.has(name)) return this.pid(value);
      if (descriptorFields.has(name)) return this.fd(value);
      return timeText(value, name, owner, this.os.world.agenda.now);
    }
    if (typeof value !== 'object' || value === null) return String(value);
    const known = this.seen.get(value);
    if (known !== undefined) return known;
    this.seen.set(value, `#${String(this.seen.size)}`);
    this.inside(value);
    return '';
  }

  private inside(value: object): void {
    this.parts.push('{');
    if (value instanceof Map) {
      const entries = [...(value as Map<unknown, unknown>)].map(([key, each]) => ({ key: this.key(key), each }));
      entries.sort((one, other) => (one.key < other.key ? -1 : 1));
      for (const { key, each } of entries) {
        this.parts.push(key);
        this.walk(each, '', value);
      }
    } else if (value instanceof Set || Array.isArray(value)) this.list([...(value as Iterable<unknown>)], value);
    else {
      for (const [name, each] of Object.entries(value)) {
        // Where it is in the heap says nothing that its deadline does not.
        if (isLeftOut(name) || (value instanceof Service && name === 'heapIndex')) continue;
        this.parts.push(name);
        this.walk(each, name, value);
      }
    }
    this.parts.push('}');
  }

  /** Services that stand in a list are there in some order; whatever else does, in that order. */
  private list(values: readonly unknown[], owner: object): void {
    const services = values.filter((value) => value instanceof Service);
    const isUnordered = services.length > 0 && values.every((value) => value instanceof Service || this.seen.has(value as object));
    if (!isUnordered) {
      for (const value of values) this.walk(value, '', owner);
      return;
    }
    this.parts.push(values.map((value) => this.seen.get(value as object) ?? '').sort().join());
  }

  private key(key: unknown): string {
    if (typeof key === 'string') return this.call(key);
    if (typeof key !== 'number') return String(key);
    return this.os.world.processes.has(key) ? this.pid(key) : this.fd(key);
  }

  private pipe(pipe: Pipe | null): string {
    if (pipe === null) return '-';
    const known = this.pipes.get(pipe) ?? this.pipes.size;
    this.pipes.set(pipe, known);
    return `${String(known)}:${String(pipe.readers)}:${String(pipe.writers)}:${pipe.data}`;
  }

  private world(): void {
    const { world, descriptors, waiting } = this.os;
    const processes = [...world.processes.values()].sort((one, other) => (this.rank(one.pid) < this.rank(other.pid) ? -1 : 1));
    const lanes = new Map<object, string>();
    for (const process of processes) {
      lanes.set(process, this.pid(process.pid));
      lanes.set(world.readingLane(process), `R${this.pid(process.pid)}`);
    }
    // Of one lane the order stays; of several at one time it is the chooser's.
    const agenda = world.agenda.pending().map((each) => ({ ...each, name: lanes.get(each.lane) ?? 'W' }));
    agenda.sort((one, other) => one.in - other.in || (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
    this.parts.push(...agenda.map((each) => `${each.name}${String(each.in)}`), '\n');
    for (const process of processes) {
      const { ends, service } = process;
      const described = process.describe().slice(service.length);
      const pipes = [ends.stdin, ends.stdout, ends.status, ends.ready].map((end) => this.pipe(end));
      this.parts.push(this.call(service), described, String(process.isChild), pipes.join());
    }
    const open = descriptors.openOnes().map(({ fd, kind, isWatched, pipe, queue }) => {
      const content = pipe === null ? queue.map(({ data, from }) => this.datagram(data, from)).join() : this.pipe(pipe);
      return `${this.fd(fd)}${kind}${isWatched ? '*' : ''}${content}`;
    });
    const files = world.files.find(serviceDirectory);
    this.parts.push(open.sort().join(';'), waiting.describe(), typeof files === 'number' ? '' : this.tree(files));
    this.parts.push(`${String(world.offersLeft)} ${String(world.faults)} ${String(world.isEndAsked)}`);
  }

  /** Those that nitro holds come in the order of their numbers, others after them as they came. */
  private rank(pid: number): string {
    return this.pids.has(pid) ? this.pid(pid).slice(1).padStart(6, '0') : `x${String(pid).padStart(6, '0')}`;
  }

  private datagram(data: string, from: string): string {
    const request = parseRequest(data);
    const sender = from.slice(from.lastIndexOf('/') + 1);
    const [name = '', ...rest] = sender.split(',');
    const asked = request === null ? data : JSON.stringify('name' in request ? { ...request, name: this.call(request.name) } : request);
    return `${asked}${[this.call(name), ...rest].join()}`;
  }

  private tree(node: Node): string {
    if (node.kind === 'file') return node.text;
    if (node.kind === 'link') return node.target;
    if (node.kind === 'socket') return 'socket';
    const entries = [...node.entries].map(([name, each]) => [this.call(name), this.tree(each)] as const);
    return `(${entries.sort(([one], [other]) => (one < other ? -1 : 1)).map((pair) => pair.join(' ')).join(' ')})`;
  }
}
