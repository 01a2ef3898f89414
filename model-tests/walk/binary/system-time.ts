/**
 * The time of a path of the system machine: since when the timer of the phase runs, and whether a deed was in time.
 *
 * As in `time.ts`, nitro's clock is read from outside, and what counts is the side that proves less: a timer began at the earliest when the deed that
 * began it was begun.
 */
import type { Compiled } from '../../../machines/compile.js';
import type { SystemDeed, SystemWorld } from './system-world.js';
import { now } from './time.js';

export class SystemTime {
  private timerFrom = 0;
  /** When SYS/setup was first told to end: its kill timer goes on from one reason for its end to the other. 0: it was not. */
  private stopFrom = 0;

  /** `shortMs` has the delays that end; others do not. */
  constructor(
    private readonly compiled: Compiled,
    private readonly shortMs: Readonly<Record<string, number>>,
  ) {}

  /** When the timer of a phase is due, at the earliest. */
  dueFrom(delay: string): number {
    return this.timerFrom + (this.shortMs[delay] ?? Infinity);
  }

  /** After a deed that was begun at `from`. */
  keep({ moves, to }: SystemDeed, from: number): void {
    const isTold = moves.some(({ row }) => row?.actions.includes('signalSysSetup') === true);
    if (isTold && this.stopFrom === 0) this.stopFrom = from;
    if (this.timerIn(to) === 'SYS/setup') this.timerFrom = this.stopFrom;
    else if (moves.some(({ leaf, next }) => leaf !== next)) this.timerFrom = from;
  }

  /** Could the timer that this deed starts, begun at `from`, be due by now? Then what the deed led to may be over before it was seen. */
  isPast({ to }: SystemDeed, from: number): boolean {
    const timer = this.timerIn(to);
    return timer !== null && now() > (timer === 'SYS/setup' && this.stopFrom > 0 ? this.stopFrom : from) + this.ms(timer);
  }

  /** Could the timer of the phase have been faster than this deed, which was begun in that world? */
  isLate({ stimulus }: SystemDeed, before: SystemWorld): boolean {
    const timer = before.booted ? this.timerIn(before) : null;
    return stimulus.kind !== 'wait' && timer !== null && now() > this.timerFrom + this.ms(timer);
  }

  /** The timer that runs in a world: that of SYS/setup, those of the services that are told to end there, which are as long, or that of the phase. */
  private timerIn({ leaf }: SystemWorld): string | null {
    const { name = '', delay = null } = this.compiled.table.leaves[leaf] ?? {};
    if (name === 'shutdown.stoppingServices' || name === 'shutdown.stoppingLoggers') return 'services';
    return delay === 'SHUTDOWN' ? 'SYS/setup' : delay;
  }

  private ms(timer: string): number {
    return this.shortMs[timer === 'SYS/setup' || timer === 'services' ? 'SHUTDOWN' : timer] ?? Infinity;
  }
}
