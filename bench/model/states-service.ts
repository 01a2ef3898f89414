/**
 * The services of a small system: what may happen to each, and what its effects do (states.ts).
 */
import { STAY } from '../../table/format.js';
import type { Leaf, Row } from '../../table/format.js';
import { At, Of, ensure, finish, hasProcess, killed, launching, leafAt, nothing, placeOf, processes, run, setup, signalled, untold } from './layout.js';
import type { State } from './layout.js';
import { shownAs } from './small.js';
import type { SmallSystem, Tables } from './small.js';

export class ServiceSide {
  /** Those that some service writes to. */
  readonly loggers: ReadonlySet<number>;
  private readonly loggerOf: readonly number[];

  constructor(
    private readonly small: SmallSystem,
    private readonly tables: Tables,
  ) {
    this.loggerOf = small.services.map(({ logger }) => small.services.findIndex(({ name }) => name === logger));
    this.loggers = new Set(this.loggerOf.filter((index) => index >= 0));
  }

  indices(): readonly number[] {
    return this.small.services.map((_, index) => index);
  }

  isGoingDown(state: State): boolean {
    const { state: phase } = leafAt(this.tables.system, state[At.leaf] ?? 0);
    return phase === 'shutdown' || phase === 'final';
  }

  /** Every state that an event of this service leads to. */
  steps(state: State, index: number): readonly State[] {
    const process = state[placeOf(index, Of.process)] ?? nothing;
    const take = (event: string, from = state): readonly State[] => this.settled(this.takes(from, index, event));
    const ends = (event: string): readonly State[] => take(event, this.with(state, index, { process: nothing, told: untold, mayAnswer: 0 }));
    if (state[placeOf(index, Of.mayAnswer)] === 1) {
      return [
        ...(process === setup || process === launching ? ends('SPAWN_FAILED') : []),
        ...(process === launching ? [...ends('RUN_MISSING'), ...ends('LAUNCH_IMPOSSIBLE')] : []),
        this.with(state, index, { mayAnswer: 0 }),
      ];
    }
    const isHeard = this.small.system === null || (state[At.scanned] === 1 && state[At.closed] === 0);
    return [
      ...(isHeard ? ['WANT_UP', 'WANT_RESTART', 'WANT_DOWN', 'READY'].flatMap((event) => take(event)) : []),
      ...(this.small.system === null ? take('CREATED') : []),
      ...(process === setup ? ends('SETUP_EXITED') : []),
      ...(process === launching || process === run ? ends('RUN_EXITED') : []),
      ...(process === launching ? [...ends('EXEC_FAILED'), ...take('EXEC_SUCCEEDED', this.with(state, index, { process: run }))] : []),
      ...(process === finish ? ends('FINISH_EXITED') : []),
      ...(this.leafOf(state, index).delay === null ? [] : take('TIMER')),
    ];
  }

  /** A service takes an event: each row that may be taken. */
  takes(state: State, index: number, event: string): readonly State[] {
    const leaf = this.leafOf(state, index);
    const rows = (event === 'TIMER' ? leaf.due : leaf.on[event]) ?? [];
    if (rows.length === 0) return [state];
    const isDecided = this.small.system !== null;
    const found: State[] = [];
    for (const row of rows) {
      const decided = row.guard === 'systemGoingDown' && isDecided ? this.isGoingDown(state) : null;
      if (decided === false) continue;
      found.push(...this.row(state, index, row));
      if (decided === true || row.guard === null) break;
    }
    return found;
  }

  private row(state: State, index: number, row: Row): readonly State[] {
    const moved = row.target === STAY ? state : this.with(state, index, { leaf: row.target });
    let states: readonly State[] = [moved];
    for (const action of row.actions) states = states.flatMap((each) => this.perform(each, index, action));
    return states;
  }

  private perform(state: State, index: number, action: string): readonly State[] {
    const process = state[placeOf(index, Of.process)] ?? nothing;
    const told = state[placeOf(index, Of.told)] ?? untold;
    const isStoppable = process === setup || process === launching || process === run;
    const start = (which: number): readonly State[] => {
      ensure(process === nothing, 'one');
      if (which !== finish) this.ensureInTime(state);
      return [this.with(state, index, { process: which, told: untold, mayAnswer: which === finish ? 0 : 1 })];
    };
    switch (action) {
      case 'spawnSetup':
        return start(setup);
      case 'launch':
        return start(launching);
      case 'spawnFinish':
        return start(finish);
      case 'signalDown':
        ensure(isStoppable, 'signal');
        return [told === killed ? state : this.with(state, index, { told: signalled })];
      case 'kill':
        ensure(isStoppable && told === signalled, 'kill');
        return [this.with(state, index, { told: killed })];
      case 'killFinish':
        ensure(process === finish && told === untold, 'kill');
        return [this.with(state, index, { told: killed })];
      case 'endLife':
        ensure(process === nothing, 'rest');
        return [state];
      case 'startLogger':
        return this.startLogger(state, index);
      default:
        return [state];
    }
  }

  private startLogger(state: State, index: number): readonly State[] {
    this.ensureInTime(state);
    const logger = this.loggerOf[index] ?? -1;
    if (logger < 0) return [state];
    const after = this.takes(state, logger, 'WANT_UP');
    for (const each of after) ensure(!['DOWN', 'FATAL', 'DELAY'].includes(this.leafOf(each, logger).state), 'logger');
    return after;
  }

  private ensureInTime(state: State): void {
    if (this.small.system !== null) ensure(!this.isGoingDown(state), 'late');
  }

  /** After a step of a service: at the end the loggers go that are no longer written to; and what is shown is looked at. */
  private settled(states: readonly State[]): readonly State[] {
    return states.flatMap((state) => (state[At.asksLoggers] === 1 ? this.stopUnused(state) : [state]));
  }

  /** At the end: those loggers go that nobody who is left writes to. */
  stopUnused(state: State): readonly State[] {
    let states: readonly State[] = [state];
    for (const index of this.indices()) {
      states = states.flatMap((each) => {
        const isFree = this.isActive(each, index) && each[placeOf(index, Of.told)] === untold && !this.isWrittenTo(each, index);
        if (!isFree) return [each];
        for (const user of this.writersOf(index)) ensure(!hasProcess(each, user), 'last');
        return this.takes(each, index, 'WANT_DOWN');
      });
    }
    return states;
  }

  private writersOf(logger: number): readonly number[] {
    return this.indices().filter((index) => this.loggerOf[index] === logger);
  }
  private isWrittenTo(state: State, logger: number): boolean {
    return this.writersOf(logger).some((index) => this.isActive(state, index));
  }
  isActive(state: State, index: number): boolean {
    return this.leafOf(state, index).state !== 'DOWN';
  }
  private leafOf(state: State, index: number): Leaf {
    return leafAt(this.tables.service, state[placeOf(index, Of.leaf)] ?? 0);
  }

  /** What is shown is what is alive. Where a process was just asked for, that is decided by the answer. */
  ensureShown(state: State): void {
    for (const index of this.indices()) {
      const process = processes[state[placeOf(index, Of.process)] ?? 0] ?? '';
      ensure((shownAs[this.leafOf(state, index).state] ?? []).includes(process), 'shown');
    }
  }

  private with(state: State, index: number, change: { readonly [K in keyof typeof Of]?: number }): State {
    const changed = [...state];
    for (const key of ['leaf', 'process', 'told', 'mayAnswer'] as const) {
      const value = change[key];
      if (value !== undefined) changed[placeOf(index, Of[key])] = value;
    }
    return changed;
  }
}
