/**
 * The times of a lane: since when a timer runs, how long a life lasts, and whether a deed was in time.
 *
 * nitro's clock is read from outside: a timer or a life began at the earliest when the deed that began it was begun, and at the latest when
 * that was seen. What counts is always the side that proves less.
 */
import type { Compiled } from '../../../machines/compile.js';
import type { Path } from './plan.js';
import type { Deed, World } from './world.js';

export const now = (): number => performance.now();
/** The longest time that a timer of Node takes; what is longer it would take for 1 ms, without a word. */
const pauseMsMax = 2 ** 31 - 1;

/** Throws an Error if it would not end: a path that waits for a delay that does not end was laid for another setting. */
export async function pause(ms: number): Promise<void> {
  if (!(ms <= pauseMsMax)) throw new Error(`a path waits for ${String(ms)} ms, which do not end in its setting`);
  await new Promise((resolve) => setTimeout(resolve, ms));
}

export class Time {
  /** Since when the timer of the leaf runs, at the earliest. */
  private timerFrom = 0;
  /** The same, at the latest. */
  private timerUntil = 0;
  /** When what runs was first told to end, or `finish` forked; 0: it was not. */
  private stopFrom = 0;
  private stopUntil = 0;
  private bornFrom = 0;
  private bornUntil = 0;

  /** `shortMs` has the delays that end; others do not. */
  constructor(
    private readonly compiled: Compiled,
    private readonly shortMs: Readonly<Record<string, number>>,
  ) {}

  /** Before a deed: let a life become long that has to be, where no other timer runs. */
  async grow(path: Path, index: number, world: World): Promise<void> {
    if (!needsLongLife(path, index)) return;
    const isTimed = !world.spent && this.ms(this.delayIn(world)) !== Infinity;
    if (path[index]?.lifeWasShort === false || !isTimed) await pause(this.bornUntil + this.ms('RESPAWN') + 5 - now());
  }

  /** When the timer of the leaf is due, at the earliest. */
  dueFrom(delay: string): number {
    return this.timerFrom + this.ms(delay);
  }

  /** The same, at the latest. */
  dueUntil(delay: string): number {
    return this.timerUntil + this.ms(delay);
  }

  /** A life begins; `from` is before it did. */
  born(from: number): void {
    this.bornFrom = from;
    this.bornUntil = now();
  }

  /** After a deed. The timer of a process runs from when it was first told to end, or forked, as long as it lives. */
  keep(before: World, { to, moves }: Deed, from: number): void {
    const delay = this.delayIn(to);
    for (const { event, row } of moves) {
      const actions: readonly string[] = row?.actions ?? [];
      if (event.endsWith('_EXITED') || event === 'EXEC_FAILED') this.stopFrom = 0;
      if ((actions.includes('signalDown') && this.stopFrom === 0) || actions.includes('spawnFinish')) {
        this.stopFrom = from;
        this.stopUntil = now();
      }
    }
    const isEntered = !before.born || moves.some(({ leaf, next }) => leaf !== next);
    if (delay === 'SHUTDOWN' || delay === 'FINISH') {
      this.timerFrom = this.stopFrom;
      this.timerUntil = this.stopUntil;
    } else if (isEntered) {
      this.timerFrom = from;
      this.timerUntil = now();
    }
  }

  /** Could the timer that this deed starts, begun at `from`, be due by now? Then what the deed led to may be over before it was seen. */
  isPast({ to }: Deed, from: number): boolean {
    const delay = this.delayIn(to);
    const goesOn = (delay === 'SHUTDOWN' || delay === 'FINISH') && this.stopFrom > 0;
    return now() > (goesOn ? Math.min(this.stopFrom, from) : from) + this.ms(delay);
  }

  /** Could a timer have been faster than this deed, which was begun in that world? */
  isLate({ stimulus, lifeWasShort }: Deed, before: World): boolean {
    if (lifeWasShort === true && now() > this.bornFrom + this.ms('RESPAWN')) return true;
    const delay = before.spent || !before.born ? null : this.delayIn(before);
    return stimulus.kind !== 'wait' && delay !== null && now() > this.dueFrom(delay);
  }

  private delayIn({ leaf }: World): string | null {
    return this.compiled.table.leaves[leaf]?.delay ?? null;
  }

  private ms(delay: string | null): number {
    return delay === null ? Infinity : (this.shortMs[delay] ?? Infinity);
  }
}

/** Is a life long that goes on at this deed? */
function needsLongLife(path: Path, index: number): boolean {
  for (const { lifeWasShort, moves } of path.slice(index)) {
    if (lifeWasShort !== null) return !lifeWasShort;
    if (moves.some(({ row }) => row?.actions.some((action) => action === 'launch' || action === 'spawnSetup') === true)) return false;
  }
  return false;
}
