/**
 * How nitro waits: descriptors, signals and time, as the host does it (runtime/host, poll.c and signals.c).
 *
 * Theory of operation. Signals are blocked but while nitro waits. A wait that finds a descriptor ready lets none in, and one that was let in ends
 * the next wait at once; both `poll` and `takeSignals` let in what waits, and the end of any `poll` forgets that one came.
 */
import { Ended } from '../../runtime/bugs.js';
import type { Fd } from '../../runtime/os.js';
import type { Descriptors } from './descriptors.js';
import { S } from './errors.js';
import type { Faults } from './faults.js';
import type { World } from './world.js';

/** Virtual time that a life may take; ms. */
const timeMax = 1_000_000;

/** What may happen in one life: more is a fault of the simulation. */
const stepsMax = 100_000;

/** The life is over. */
export function over(how: string): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- it is the end of a process, and no error
  throw new Ended(how);
}

export class Waiting {
  /** Signals that were let in and not taken yet; and that one was, since the last wait. */
  private readonly came = new Set<number>();
  private anyCame = false;
  private steps = 0;

  constructor(
    private readonly world: World,
    private readonly descriptors: Descriptors,
    private readonly faults: Faults,
  ) {}

  poll(timeoutMs: number): readonly Fd[] {
    const { agenda, chooser, pendingSignals } = this.world;
    const limit = this.anyCame ? agenda.now : timeoutMs < 0 ? Infinity : agenda.now + timeoutMs;
    if (timeoutMs !== 0) {
      // Where exploring begins anew: nitro has nothing in hand but its state.
      this.world.atRest?.();
      if (this.faults.at('poll') < 0) return this.waited([]);
      this.world.offer();
    }
    for (;;) {
      const ready = this.descriptors.ready();
      const isWoken = ready.length > 0 || pendingSignals.size > 0;
      if (agenda.hasDue && (!isWoken || chooser.choose(2, 'more') === 0)) this.runOne();
      else if (ready.length > 0) return this.waited(ready);
      else if (pendingSignals.size > 0) {
        this.letIn();
        return this.waited([]);
      } else if (agenda.now >= limit) return this.waited([]);
      else {
        this.pass(limit);
        this.world.offer();
      }
    }
  }

  private runOne(): void {
    this.steps += 1;
    if (this.steps > stepsMax * (this.world.scenario.patience ?? 1)) over('the world runs in a circle');
    this.world.agenda.runOne();
  }

  private waited(fds: readonly Fd[]): readonly Fd[] {
    this.anyCame = false;
    return fds;
  }

  /** Time passes until something happens, or the limit; sometimes it jumps. */
  private pass(limit: number): void {
    const { agenda, chooser, scenario } = this.world;
    const to = Math.min(limit, agenda.next);
    if (to === Infinity) {
      if (this.world.endOfAll()) return;
      over('idle for ever');
    }
    if (to > timeMax * (scenario.patience ?? 1)) over('no end in sight');
    if (scenario.faultsMax > 0 && chooser.choose(2, 'jump') === 1) {
      this.world.note({ type: 'jumped', by: 5000 });
      agenda.advance(to + 5000);
    } else agenda.advance(to);
  }

  private letIn(): void {
    for (const signal of this.world.pendingSignals) this.came.add(signal);
    this.world.pendingSignals.clear();
    this.anyCame = true;
  }

  takeSignals(): readonly number[] {
    if (this.world.pendingSignals.size > 0) this.letIn();
    const taken = [S.HUP, S.INT, S.TERM].filter((signal) => this.came.has(signal));
    this.came.clear();
    return taken;
  }

  /** For a fingerprint of the state. */
  describe(): string {
    return `${[...this.came].join()} ${String(this.anyCame)} ${[...this.world.pendingSignals].join()}`;
  }
}
