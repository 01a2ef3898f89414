/**
 * Bugs are exceptions, and nitro outlives them: one is reported, counted, and costs the step it happened in, not the supervisor
 * (architecture.md, Runtime).
 */
import type { Console } from './console.js';

/**
 * Thrown by a simulated system where the host would end the process (`exit`, a successful `exec`): the only exception that is no bug, and
 * the only one that ends nitro.
 */
export class Ended {
  constructor(readonly how: string) {}
}

export class Bugs {
  count = 0;

  constructor(private readonly console: Console) {}

  /** Do `work`; `what` names it in the report if it fails. */
  survive(what: string, work: () => void): void {
    try {
      work();
    } catch (bug) {
      if (bug instanceof Ended) throw bug;
      this.report(bug, what);
    }
  }

  /** `bug` was thrown in `what`. */
  report(bug: unknown, what: string): void {
    this.count += 1;
    this.console.say(`bug in ${what}: ${bug instanceof Error ? `${bug.message} ${(bug.stack ?? '').split('\n').join(' ')}` : String(bug)}`);
  }
}
