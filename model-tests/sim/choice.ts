/**
 * Every choice of the simulated system, in one place.
 *
 * Theory of operation. Whatever may come out in more than one way (does this call fail, which of two events is first, is a signal late)
 * is asked of a `Chooser`. It answers with a number below `n`; 0 is always the plain outcome: no fault, in order, at once. So a
 * seed, a recorded list and an enumerator can each drive the same system, and a list whose end is missing is completed with the plain.
 */

/** What is chosen; how often something else than the plain outcome is worth choosing depends on it. */
export type ChoiceKind = 'fault' | 'order' | 'preempt' | 'more' | 'late' | 'jump' | 'short' | 'offer' | 'behaviour';

export interface Chooser {
  /** A number from 0 to `n` - 1; `n` is at least 1. */
  choose(n: number, kind: ChoiceKind): number;
}

/** The plain outcome, always. */
export const plain: Chooser = { choose: () => 0 };

/** Of a thousand choices of a kind, how many are not the plain outcome. */
export type Rates = Readonly<Record<ChoiceKind, number>>;

export const usualRates: Rates = { fault: 15, order: 500, preempt: 60, more: 200, late: 100, jump: 4, short: 200, offer: 300, behaviour: 800 };
/** Nothing fails, but everything may happen in any order. */
export const faultlessRates: Rates = { ...usualRates, fault: 0, jump: 0 };

/** Choices from a seed; the same seed gives the same choices for the same questions. */
export class SeededChooser implements Chooser {
  private state: number;

  constructor(
    seed: number,
    private readonly rates: Rates = usualRates,
  ) {
    this.state = seed | 0;
  }

  choose(n: number, kind: ChoiceKind): number {
    if (n <= 1) return 0;
    if (this.below(1000) >= this.rates[kind]) return 0;
    return 1 + this.below(n - 1);
  }

  /** A whole number below `limit`, by the generator "mulberry32". */
  private below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
}

/** Choices from a list, and the plain outcome after its end. A number that is too great counts as the greatest. */
export class ListedChooser implements Chooser {
  private next = 0;

  constructor(private readonly choices: readonly number[]) {}

  choose(n: number): number {
    const chosen = this.choices[this.next] ?? 0;
    this.next += 1;
    return Math.min(chosen, n - 1);
  }
}

/** What another chooser chose, written down. */
export class RecordingChooser implements Chooser {
  readonly choices: number[] = [];

  constructor(private readonly from: Chooser) {}

  choose(n: number, kind: ChoiceKind): number {
    const chosen = this.from.choose(n, kind);
    this.choices.push(chosen);
    return chosen;
  }
}
