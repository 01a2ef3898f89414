/**
 * The course of a trace: for each service the spans of its states, and for the system its phases.
 *
 * Theory of operation. A span lasts from the entry that led to a state to the next one of that service, the last to the end of the trace. Where
 * steps are known a span is that of a leaf, such as `SETUP.running`, and knows the event that ended it. Announcements on the way of one row
 * (DOWN before a restart) last no time and are no spans.
 */
import type { StateName, TraceEntry } from './format.js';
import type { Trace } from './format.js';

export interface Span {
  /** ms */
  readonly from: number;
  readonly to: number;
  readonly state: StateName;
  /** Null: only its state is known. */
  readonly leaf: string | null;
  /** What led to it; null: nobody knows. */
  readonly event: string | null;
  /** It had begun before it was seen. */
  readonly isOlder: boolean;
}

export interface Lane {
  readonly service: string;
  readonly spans: readonly Span[];
}

export interface Phase {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

export interface Course {
  /** ms */
  readonly end: number;
  /** In the order in which services were first seen. */
  readonly lanes: readonly Lane[];
  /** Empty if nothing is known. */
  readonly phases: readonly Phase[];
  readonly losses: readonly { readonly t: number; readonly count: number | null }[];
}

/** The state that is shown in a leaf. */
export function stateOfLeaf(leaf: string): StateName {
  return leaf.split('.')[0] ?? leaf;
}

interface Open {
  from: number;
  state: StateName;
  leaf: string | null;
  event: string | null;
  isOlder: boolean;
}

/** What is known to last, and is closed by what follows. */
class Row {
  readonly spans: Span[] = [];
  private open: Open | null = null;

  constructor(readonly service: string) {}

  /** From now on it is this. */
  be(t: number, state: StateName, leaf: string | null, event: string | null, isOlder: boolean): void {
    const { open } = this;
    if (open !== null && open.state === state && open.leaf === leaf) return;
    this.close(t);
    this.open = { from: t, state, leaf, event, isOlder };
  }

  /** Until now it was that. What the trace ends with counts, however short it was. */
  close(t: number, isEnd = false): void {
    const { open } = this;
    this.open = null;
    if (open === null || (!isEnd && t === open.from && this.isPassed(open))) return;
    this.spans.push({ ...open, to: Math.max(t, open.from) });
  }

  /** A state that lasted no time says nothing where only announcements are known, nor does DOWN. */
  private isPassed({ leaf, state }: Open): boolean {
    return leaf === null || state === 'DOWN';
  }
}

/** What is shown for the leaves of the system: those that belong together under one name. */
const phaseNames: Readonly<Record<string, string>> = {
  'bringUp.settingUp': 'bring-up: SYS/setup',
  'bringUp.stoppingSetup': 'bring-up: SYS/setup is told to end',
  'bringUp.killingSetup': 'bring-up: SYS/setup is killed',
  run: 'run',
  'shutdown.stoppingSetup': 'shutdown: SYS/setup is told to end',
  'shutdown.killingSetup': 'shutdown: SYS/setup is killed',
  'shutdown.finishing': 'shutdown: SYS/finish',
  'shutdown.stoppingServices': 'shutdown: services',
  'shutdown.stoppingLoggers': 'shutdown: loggers',
  'shutdown.terminating': 'shutdown: SIGTERM to all',
  'shutdown.killing': 'shutdown: SIGKILL to all',
  // The control socket is closed: nothing of what follows is told.
  'final.reincarnating': 'final',
};

/** `SYS` among the announcements tells of phases; what is between its scripts can be told only after one. */
const sysPhases: Readonly<Record<StateName, string>> = { SETUP: 'bring-up: SYS/setup', SHUTDOWN: 'shutdown: SYS/finish' };

class Phases {
  readonly phases: Phase[] = [];
  private name: string | null = null;
  private from = 0;

  enter(t: number, name: string | null): void {
    if (name === this.name) return;
    if (this.name !== null && t > this.from) this.phases.push({ from: this.from, to: t, name: this.name });
    this.name = name;
    this.from = t;
  }

  sys(t: number, state: StateName): void {
    const isSettingUp = this.name?.startsWith('bring-up') === true;
    if (state === 'DOWN') this.enter(t, isSettingUp ? 'run' : 'shutdown: services');
    else if (state === 'SHUTDOWN' && isSettingUp) this.enter(t, 'bring-up: SYS/setup is told to end');
    else this.enter(t, sysPhases[state] ?? this.name);
  }
}

export function courseOf({ entries }: Pick<Trace, 'entries'>): Course {
  const rows = new Map<string, Row>();
  const phases = new Phases();
  const losses: { readonly t: number; readonly count: number | null }[] = [];
  const row = (service: string): Row => {
    const known = rows.get(service) ?? new Row(service);
    rows.set(service, known);
    return known;
  };
  for (const entry of entries) take(entry, row, rows, phases, losses);
  const end = entries[entries.length - 1]?.t ?? 0;
  // After a loss that nothing was seen of any more, nobody knows what they were in.
  const last = losses[losses.length - 1];
  const isUnresolved = last !== undefined && !entries.some(({ t, kind }) => kind === 'present' && t >= last.t);
  for (const each of rows.values()) each.close(isUnresolved ? last.t : end, true);
  phases.enter(end, null);
  return { end, lanes: [...rows.values()].filter(({ spans }) => spans.length > 0), phases: phases.phases, losses };
}

function take(entry: TraceEntry, row: (service: string) => Row, rows: ReadonlyMap<string, Row>, phases: Phases, losses: Course['losses'][number][]): void {
  const { t } = entry;
  switch (entry.kind) {
    case 'step':
      if (entry.machine === 'system') phases.enter(t, phaseNames[entry.to] ?? entry.to);
      else row(entry.service).be(t, stateOfLeaf(entry.to), entry.to, entry.event, false);
      return;
    case 'state':
      if (entry.service === 'SYS') phases.sys(t, entry.state);
      else row(entry.service).be(t, entry.state, null, null, false);
      return;
    case 'present': {
      if (entry.system !== null) phases.enter(t, phaseNames[entry.system] ?? entry.system);
      const listed = new Set(entry.services.map(({ service }) => service));
      for (const { service, state, leaf } of entry.services) if (service !== 'SYS') row(service).be(t, state, leaf, null, true);
      // What is not listed any more was forgotten.
      for (const each of rows.values()) if (!listed.has(each.service)) each.close(t);
      return;
    }
    case 'lost':
      losses.push({ t, count: entry.count });
      return;
    case 'end':
      return;
  }
}
