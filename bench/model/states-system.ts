/**
 * The system of a small system: its phases, the scripts of `SYS`, the scan and the end (states.ts).
 */
import { STAY } from '../../table/format.js';
import type { Leaf } from '../../table/format.js';
import { At, absent, alive, ensure, hasProcess, killedToo, leafAt, set } from './layout.js';
import type { Script, State } from './layout.js';
import type { SmallSystem, Tables } from './small.js';
import type { ServiceSide } from './states-service.js';

export class SystemSide {
  constructor(
    private readonly small: SmallSystem,
    private readonly tables: Tables,
    private readonly services: ServiceSide,
  ) {}

  /** The state with the start of the system done. */
  started(state: State): readonly State[] {
    return this.performAll([state], this.tables.system.start);
  }

  private leafOf(state: State): Leaf {
    return leafAt(this.tables.system, state[At.leaf] ?? 0);
  }

  /** Every state that an event of the system leads to. */
  steps(state: State): readonly State[] {
    if (state[At.ended] === 1) return [];
    const take = (event: string, changed: { readonly [K in keyof typeof At]?: number } = {}): readonly State[] => this.takes(set(state, changed), event);
    const all = this.services.indices();
    const isDown = (isWanted: (index: number) => boolean): boolean => all.every((index) => !isWanted(index) || !this.services.isActive(state, index));
    const isQuiet = [At.setup, At.finish, At.final].every((at) => state[at] === absent);
    const isChildless = isQuiet && all.every((index) => !hasProcess(state, index));
    return [
      ...(state[At.closed] === 1 ? [] : ['SYS_DOWN_ASKED', 'RESCAN_ASKED', 'SHUTDOWN_ASKED', 'REBOOT_ASKED'].flatMap((event) => take(event))),
      ...(state[At.setup] === absent ? [] : take('SYS_SETUP_EXITED', { setup: absent })),
      ...(state[At.finish] === absent ? [] : take('SYS_FINISH_EXITED', { finish: absent })),
      ...(state[At.final] === absent ? [] : take('SYS_FINAL_EXITED', { final: absent })),
      ...(state[At.asksServices] === 1 && isDown((index) => !this.services.loggers.has(index)) ? take('SERVICES_DOWN', { asksServices: 0 }) : []),
      ...(state[At.asksLoggers] === 1 && isDown(() => true) ? take('LOGGERS_DOWN', { asksLoggers: 0 }) : []),
      ...(state[At.asksReincarnate] === 1 ? take('REINCARNATE_FAILED', { asksReincarnate: 0 }) : []),
      ...(state[At.asksChildless] === 1 && isChildless ? take('CHILDLESS') : []),
      ...(this.leafOf(state).delay === null ? [] : take('TIMER')),
    ];
  }

  private takes(state: State, event: string): readonly State[] {
    const leaf = this.leafOf(state);
    const rows = (event === 'TIMER' ? leaf.due : leaf.on[event]) ?? [];
    const row = rows.find(({ guard }) => guard === null || (guard === 'isPid1' && this.small.system?.isPid1 === true));
    if (row === undefined) return [state];
    return this.performAll([row.target === STAY ? state : set(state, { leaf: row.target })], row.actions);
  }

  private performAll(states: readonly State[], actions: readonly string[]): readonly State[] {
    return actions.reduce((before, action) => before.flatMap((state) => this.perform(state, action)), states);
  }

  private perform(state: State, action: string): readonly State[] {
    const start = (script: Script): readonly State[] => {
      ensure((['setup', 'finish', 'final'] as const).every((one) => state[At[one]] !== alive), 'script');
      return [set(state, { [script]: alive })];
    };
    const kill = (script: Script): readonly State[] => {
      ensure(state[At[script]] === alive, 'script');
      return [set(state, { [script]: killedToo })];
    };
    const isQuiet = this.services.indices().every((index) => !hasProcess(state, index));
    switch (action) {
      case 'spawnSysSetup':
        return start('setup');
      case 'spawnSysFinish':
        return start('finish');
      case 'spawnSysFinal':
        return start('final');
      case 'killSysSetup':
        return kill('setup');
      case 'killSysFinish':
        return kill('finish');
      case 'killSysFinal':
        return kill('final');
      case 'signalSysSetup':
        ensure(state[At.setup] === alive, 'script');
        return [state];
      case 'scan':
        return this.scan(state);
      case 'stopServices':
        return this.stopServices(state);
      case 'stopLoggers':
        return this.services.stopUnused(set(state, { asksLoggers: 1 }));
      case 'terminateEveryProcess':
      case 'killEveryProcess':
        return [set(state, { asksChildless: 1 })];
      case 'closeControl':
        ensure(isQuiet, 'end');
        return [set(state, { closed: 1, asksChildless: 0 })];
      case 'reincarnate':
        return [set(state, { asksReincarnate: 1 })];
      case 'endSystem':
        ensure(isQuiet, 'end');
        return [set(state, { ended: 1 })];
      default:
        return [state];
    }
  }

  private scan(state: State): readonly State[] {
    return state[At.scanned] === 1 ? [state] : this.all(this.services.indices(), set(state, { scanned: 1 }), 'CREATED');
  }

  private stopServices(state: State): readonly State[] {
    const { services } = this;
    const stopped = services.indices().filter((index) => !services.loggers.has(index) && services.isActive(state, index));
    return this.all(stopped, set(state, { asksServices: 1 }), 'WANT_DOWN');
  }

  /** These services take an event, one after the other. */
  private all(indices: readonly number[], state: State, event: string): readonly State[] {
    return indices.reduce<readonly State[]>((states, index) => states.flatMap((each) => this.services.takes(each, index, event)), [state]);
  }
}
