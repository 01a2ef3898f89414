/**
 * A recorded trace that is played by the clock, at any speed, and can be held.
 *
 * Theory of operation. Entries that are due are taken together; in between the player sleeps, and whoever asks for something wakes it. While it is held
 * the clock of the stream stands still, and `next` takes one entry, with which the clock goes to the time of that entry.
 */
import type { Trace, TraceEntry } from '../trace/format.js';
import type { Inspection } from './inspection.js';
import type { Play } from './messages.js';

/** Entries that are taken without a pause, so that viewers are served in a flood. */
const atOnceMax = 2000;
/** The longest sleep that a timer can have; milliseconds. */
const sleepMax = 2 ** 31 - 1;

export class Playback {
  private taken = 0;
  private steps = 0;
  private wake: () => void = () => undefined;

  constructor(
    private readonly inspection: Inspection,
    private readonly trace: Trace,
  ) {}

  /** Play to the end or until the signal; `isHeld`: once somebody asks for it. */
  async run(signal: AbortSignal, isHeld = false): Promise<void> {
    const { inspection, trace: { header, entries } } = this;
    inspection.begin(header, entries[0]?.t ?? 0);
    inspection.turn('live');
    if (isHeld) inspection.hold(entries[0]?.t ?? 0);
    const wake = (): void => this.wake();
    signal.addEventListener('abort', wake);
    for (const entry of entries) {
      while (!signal.aborted && !(await this.isDue(entry)));
      if (signal.aborted) break;
      inspection.take(entry);
    }
    signal.removeEventListener('abort', wake);
    if (!signal.aborted) inspection.turn('ended');
  }

  /** Hold, go on, or take one more entry and hold. Nothing happens once the end has come. */
  ask(what: Play): void {
    const { inspection } = this;
    if (inspection.link !== 'live' && inspection.link !== 'held') return;
    if (what === 'go') inspection.go();
    else inspection.hold();
    this.steps = what === 'next' ? this.steps + 1 : 0;
    this.wake();
  }

  /** Is it time for this entry? If not, something has changed or time has passed when this returns. */
  private async isDue(entry: TraceEntry): Promise<boolean> {
    const { inspection } = this;
    if (this.steps > 0) {
      this.steps -= 1;
      inspection.hold(entry.t);
      return true;
    }
    if (inspection.link === 'held') {
      await this.sleep(null);
      return false;
    }
    const wait = (entry.t - inspection.now) / inspection.speed;
    const isFull = ++this.taken % atOnceMax === 0;
    if (wait <= 1 && !isFull) return true;
    await this.sleep(Math.min(Math.max(wait, 0), sleepMax));
    return false;
  }

  /** Sleep for so many milliseconds, or until woken; null: until woken. */
  private async sleep(ms: number | null): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = ms === null ? null : setTimeout(resolve, ms);
      this.wake = () => {
        if (timer !== null) clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => undefined;
  }
}
