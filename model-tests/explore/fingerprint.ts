/**
 * The state of nitro and of the world around it, as a text that is the same for states that go on in the same way.
 *
 * Theory of operation. nitro's own state is whatever its supervisor leads to: every field of every object, in the order in which they are met.
 * Times count from now, pids by the order of the processes, and what only people look at (totals, uptimes) is left out. That makes states
 * equal that differ in nothing but when they were reached. It is taken where nitro begins to wait, when nothing is in hand.
 */
import type { Node } from '../sim/files.js';
import { serviceDirectory } from '../sim/layout.js';
import type { SimulatedOs } from '../sim/os.js';
import type { Pipe } from '../sim/pipe.js';
import { presentSupervisor } from '../sim/watched.js';

/** RESPAWN: a life that is older is not short any more (behaviour.md §1). */
const respawnMs = 1000;
/** Read by nothing that decides. */
const leftOut: ReadonlySet<string> = new Set(['os', 'totals', 'ignored', 'changedAt', 'since', 'dropped', 'known', 'delays', 'console', 'sockets', 'tracing']);
const deadlines: ReadonlySet<string> = new Set(['stopDeadline', 'finishDeadline']);
/** Fields that hold a pid. */
export const pidFields: ReadonlySet<string> = new Set(['pid', 'setup', 'run', 'finish']);

export function isLeftOut(field: string): boolean {
  return leftOut.has(field);
}

/** A number of a field: a time counts from now, and as far as it makes a difference. */
export function timeText(value: number, name: string, owner: object, now: number): string {
  if (name === 'bornAt') return String(Math.max(value - now, -respawnMs));
  if (deadlines.has(name)) return value === 0 ? '0' : String(Math.max(value - now, -1));
  if (name === 'deadline') return (owner as { readonly heapIndex?: number }).heapIndex === -1 ? '-' : String(Math.max(value - now, 0));
  return String(value);
}

export function fingerprint(os: SimulatedOs): string {
  return `${nitroText(os)}\n${worldText(os)}`;
}

function nitroText({ world }: SimulatedOs): string {
  const { now } = world.agenda;
  const order = [...world.processes.keys()];
  const pidText = (pid: number): string => (pid === 0 ? '0' : `P${String(order.indexOf(pid))}`);
  const seen = new Map<object, number>();
  const parts: string[] = [];
  const number = (value: number, name: string, owner: object): string => {
    return pidFields.has(name) ? pidText(value) : timeText(value, name, owner, now);
  };
  const walk = (value: unknown, name: string, owner: object): void => {
    if (typeof value === 'function') return;
    if (typeof value === 'number') parts.push(number(value, name, owner));
    else if (typeof value !== 'object' || value === null) parts.push(String(value));
    else {
      const known = seen.get(value);
      if (known !== undefined) {
        parts.push(`#${String(known)}`);
        return;
      }
      seen.set(value, seen.size);
      inside(value);
    }
  };
  const inside = (value: object): void => {
    parts.push('{');
    if (value instanceof Map) {
      for (const [key, each] of value as Map<unknown, unknown>) {
        if (typeof key === 'number') parts.push(order.includes(key) ? pidText(key) : String(key));
        else if (typeof key === 'string') parts.push(key);
        walk(each, '', value);
      }
    } else if (value instanceof Set) {
      for (const each of value as Set<unknown>) walk(each, '', value);
    } else {
      for (const [name, each] of Object.entries(value)) {
        if (leftOut.has(name)) continue;
        parts.push(name);
        walk(each, name, value);
      }
    }
    parts.push('}');
  };
  const present = presentSupervisor();
  if (present !== null) walk(present, '', present);
  return parts.join(' ');
}

function worldText(os: SimulatedOs): string {
  const { world, descriptors, waiting } = os;
  const processes = [...world.processes.values()];
  const pipes = new Map<Pipe, number>();
  const pipeText = (pipe: Pipe | null): string => {
    if (pipe === null) return '-';
    const known = pipes.get(pipe) ?? pipes.size;
    pipes.set(pipe, known);
    return `${String(known)}:${String(pipe.readers)}:${String(pipe.writers)}:${pipe.data}`;
  };
  const lanes = new Map<object, string>();
  processes.forEach((process, index) => {
    lanes.set(process, `P${String(index)}`);
    lanes.set(world.readingLane(process), `R${String(index)}`);
  });
  const agenda = world.agenda.pending().map((each) => `${lanes.get(each.lane) ?? 'W'}${String(each.in)}`);
  const people = processes.map(({ ends, ...process }, index) => {
    const described = processes[index]?.describe() ?? '';
    return `${described} ${String(process.isChild)} ${[ends.stdin, ends.stdout, ends.status, ends.ready].map(pipeText).join()}`;
  });
  const open = descriptors.describe(pipeText);
  const files = world.files.find(serviceDirectory);
  return [
    agenda.join(' '),
    people.join('\n'),
    open,
    waiting.describe(),
    typeof files === 'number' ? '' : treeText(files),
    `${String(world.offersLeft)} ${String(world.faults)} ${String(world.isEndAsked)}`,
  ].join('\n');
}

function treeText(node: Node): string {
  switch (node.kind) {
    case 'directory':
      return `(${[...node.entries].map(([name, each]) => `${name} ${treeText(each)}`).join(' ')})`;
    case 'file':
      return node.text;
    case 'link':
      return node.target;
    case 'socket':
      return 'socket';
  }
}
