/**
 * What is known of a nitro: its services and its system as they are now, and their bounded past.
 *
 * Theory of operation. Entries of a trace come in (`take`), and from time to time a list (`refresh`), which has what a trace has not: pids, how
 * long, and who is forgotten. Where steps are told, they decide; only a service whose leaf is not known is taken as it was announced or listed.
 * A list was true a moment ago: of a service that has changed since it was asked for it says nothing. Listeners are told at once.
 */
import type { Table } from '../../../table/format.js';
import { serviceTable } from '../../../table/service.js';
import { systemTable } from '../../../table/system.js';
import type { PresentService, StateName, TraceEntry } from '../trace/format.js';
import { Causes, isTimer } from './cause.js';
import type { Origin } from './cause.js';
import type { Happening, Lane, Row, Span, Subject } from './messages.js';
import { Ring } from './ring.js';

/** How much of the past is kept. */
export const kept = { service: 200, system: 100, all: 400, spans: 300 } as const;

export interface Listener {
  happened(happening: Happening): void;
  /** A service is new, or its row has changed. */
  updated(name: string): void;
  gone(name: string): void;
}

/** A service as a list of now has it. */
export interface Listed {
  readonly name: string;
  readonly state: StateName;
  readonly pid: number;
  /** Seconds since its last start or stop. */
  readonly uptime: number;
}

interface Service {
  readonly name: string;
  state: StateName;
  leaf: string | null;
  pid: number;
  since: number | null;
  /** Number of the last happening. */
  changed: number;
  readonly past: Ring<Happening>;
  readonly spans: Ring<Span>;
}

/** Events that are the end of a run; with its start they are what the daemon counts the time from. */
const ends = ['RUN_EXITED', 'EXEC_FAILED'];
/** The same moment may look different by so much. */
const clockMs = 500;

const nobody: { readonly source: null; readonly by: null } = { source: null, by: null };

/** The top-level state of a leaf. */
export function stateOfLeaf(leaf: string): string {
  const dot = leaf.indexOf('.');
  return dot < 0 ? leaf : leaf.slice(0, dot);
}

/** A timer's event by its delay, such as `after STARTING`. */
function named(table: Table, from: string, event: string): string {
  if (!isTimer(event)) return event;
  const delay = table.leaves.find(({ name }) => name === from)?.delay;
  return delay == null ? event : `after ${delay}`;
}

export class Model {
  /** Leaf of the system; null: not told. */
  system: string | null = null;
  /** Time of the last entry. */
  now = 0;
  /** Number of the last happening. */
  count = 0;
  private readonly services = new Map<string, Service>();
  private readonly loggers = new Map<string, string>();
  private readonly users = new Map<string, Set<string>>();
  private readonly systemPast = new Ring<Happening>(kept.system);
  private readonly systemSpans = new Ring<Span>(kept.spans);
  private readonly all = new Ring<Happening>(kept.all);
  private readonly listeners = new Set<Listener>();
  private readonly causes = new Causes((service, logger) => this.setLogger(service, logger));

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Names, sorted as nitroctl does it. */
  names(): readonly string[] {
    return [...this.services.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  row(name: string): Row | null {
    const service = this.services.get(name);
    if (service === undefined) return null;
    const { state, leaf, pid, since } = service;
    return { name, state, leaf, pid, since, logger: this.loggers.get(name) ?? null, isLogger: (this.users.get(name)?.size ?? 0) > 0 };
  }

  rows(): readonly Row[] {
    return this.names().flatMap((name) => this.row(name) ?? []);
  }

  /** What a viewer of the subject is to see of the past, in order. */
  past(subject: Subject): readonly Happening[] {
    if (subject.kind === 'system') return this.all.last();
    const logger = this.loggers.get(subject.name);
    const own = this.services.get(subject.name)?.past.last() ?? [];
    const ofLogger = logger === undefined || logger === subject.name ? [] : (this.services.get(logger)?.past.last() ?? []);
    return [...own, ...ofLogger, ...this.systemPast.last()].sort((a, b) => a.n - b.n);
  }

  /** Is a viewer of the subject to be told of it? */
  concerns(subject: Subject, { machine, service }: Happening): boolean {
    if (subject.kind === 'system' || machine === 'system') return true;
    return service === subject.name || service === this.loggers.get(subject.name);
  }

  lanes(subject: Subject): readonly Lane[] {
    const system: Lane = { name: '', spans: this.systemSpans.last() };
    if (subject.kind === 'system') return [system];
    const names = [subject.name, this.loggers.get(subject.name) ?? subject.name];
    return [...new Set(names)].map((name): Lane => ({ name, spans: this.services.get(name)?.spans.last() ?? [] })).concat(system);
  }

  take(entry: TraceEntry): void {
    this.now = Math.max(this.now, entry.t);
    switch (entry.kind) {
      case 'state': {
        const service = this.find(entry.service);
        if (service.leaf === null) this.see(service, entry.state, null);
        return;
      }
      case 'step':
        this.step(entry);
        return;
      case 'present':
        this.causes.lost();
        this.present(entry.services);
        if (entry.system !== null && entry.system !== this.system) this.systemMoves(null, entry.system, [], nobody);
        return;
      case 'lost':
        this.causes.lost();
        return;
      case 'end':
        for (const service of this.services.values()) service.spans.push({ t: this.now, state: null });
        this.systemSpans.push({ t: this.now, state: null });
        return;
    }
  }

  /** Take in a list that was asked for when `count` was `asked`, and came at `t`. True: what it says is all true still. */
  refresh(list: readonly Listed[], asked: number, t: number): boolean {
    this.now = Math.max(this.now, t);
    const listed = new Set(list.map(({ name }) => name));
    for (const [name, service] of this.services) if (!listed.has(name) && service.changed <= asked) this.forget(name);
    for (const { name, state, pid, uptime } of list) {
      const service = this.find(name);
      if (service.changed > asked) continue;
      const since = this.now - uptime * 1000;
      // Whole seconds: the same start looks later by up to one.
      const isSame = service.since !== null && since > service.since - clockMs && since < service.since + 1000 + clockMs;
      if (!isSame || service.pid !== pid) {
        if (!isSame) service.since = since;
        service.pid = pid;
        this.updated(name);
      }
      if (service.leaf === null) this.see(service, state, null);
    }
    return this.count === asked;
  }

  /** The directory says where the output of services goes. */
  link(loggers: ReadonlyMap<string, string>): void {
    for (const [service, logger] of loggers) this.setLogger(service, logger);
    for (const service of this.loggers.keys()) if (!loggers.has(service)) this.setLogger(service, null);
  }

  private step(entry: TraceEntry & { readonly kind: 'step' }): void {
    const origin = this.causes.of(entry);
    if (entry.machine === 'system') {
      this.systemMoves(named(systemTable, entry.from, entry.event), entry.to, entry.actions, origin);
      return;
    }
    const service = this.find(entry.service);
    const { from, to, actions, t } = entry;
    const event = named(serviceTable, from, entry.event);
    service.leaf = to;
    service.state = stateOfLeaf(to);
    if (ends.includes(event) || actions.includes('launch')) {
      service.since = t;
      service.pid = 0;
    }
    if (service.spans.newest?.state !== service.state) service.spans.push({ t, state: service.state });
    this.add(service, { t, machine: 'service', service: service.name, event, from, to, actions, ...origin });
  }

  private systemMoves(event: string | null, to: string, actions: readonly string[], origin: Origin | typeof nobody): void {
    const from = this.system ?? to;
    this.system = to;
    if (this.systemSpans.newest?.state !== to) this.systemSpans.push({ t: this.now, state: to });
    const happening: Happening = { n: ++this.count, t: this.now, machine: 'system', service: '', event, from, to, actions, ...origin };
    this.systemPast.push(happening);
    this.tell(happening);
  }

  private present(list: readonly PresentService[]): void {
    const there = new Set(list.map(({ service }) => service));
    for (const name of this.services.keys()) if (!there.has(name)) this.forget(name);
    for (const { service: name, state, leaf, pid, uptime } of list) {
      const service = this.find(name);
      service.pid = pid;
      service.since = this.now - uptime * 1000;
      this.see(service, state, leaf);
      this.updated(name);
    }
  }

  /** A state was seen, and not what led to it. */
  private see(service: Service, state: StateName, leaf: string | null): void {
    const { spans } = service;
    const from = service.leaf ?? service.state;
    const isNew = spans.newest === undefined;
    if (isNew || spans.newest.state !== state) spans.push({ t: this.now, state });
    const isSame = service.state === state && (leaf === null || leaf === service.leaf);
    service.state = state;
    service.leaf = leaf ?? (isSame ? service.leaf : null);
    if (isSame || isNew) {
      if (isNew) this.updated(service.name);
      return;
    }
    this.add(service, { t: this.now, machine: 'service', service: service.name, event: null, from, to: leaf ?? state, actions: [], ...nobody });
  }

  private add(service: Service, what: Omit<Happening, 'n'>): void {
    const happening = { n: ++this.count, ...what };
    service.changed = happening.n;
    service.past.push(happening);
    this.tell(happening);
  }

  private tell(happening: Happening): void {
    this.all.push(happening);
    for (const listener of this.listeners) listener.happened(happening);
  }

  private updated(name: string): void {
    for (const listener of this.listeners) listener.updated(name);
  }

  private find(name: string): Service {
    const found = this.services.get(name);
    if (found !== undefined) return found;
    const [past, spans] = [new Ring<Happening>(kept.service), new Ring<Span>(kept.spans)];
    const service: Service = { name, state: 'DOWN', leaf: null, pid: 0, since: null, changed: 0, past, spans };
    this.services.set(name, service);
    return service;
  }

  private forget(name: string): void {
    this.services.delete(name);
    this.setLogger(name, null);
    for (const listener of this.listeners) listener.gone(name);
  }

  private setLogger(service: string, logger: string | null): void {
    const before = this.loggers.get(service) ?? null;
    if (before === logger) return;
    if (before !== null) this.users.get(before)?.delete(service);
    if (logger === null) this.loggers.delete(service);
    else {
      this.loggers.set(service, logger);
      const users = this.users.get(logger) ?? new Set<string>();
      users.add(service);
      this.users.set(logger, users);
    }
    for (const name of [service, before, logger]) if (name !== null && this.services.has(name)) this.updated(name);
  }
}
