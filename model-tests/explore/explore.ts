/**
 * All lives of a small system, up to states that are known.
 *
 * Theory of operation. A life is a list of choices, and is lived again from the start for each list: nothing has to be copied. Where nitro begins to
 * wait, its state and the world's are fingerprinted; a life that comes to a known state is left off there, for what follows is
 * explored from the first one that came to it. Every other outcome of every choice on the way is a further list. When no list is left, every
 * state that can be reached has been: a fixpoint. The properties are checked on every life, those of the end where it came to that.
 */
import { violationsOf } from '../properties/all.js';
import type { Violation } from '../properties/history.js';
import type { Chooser, ChoiceKind } from '../sim/choice.js';
import { live } from '../sim/life.js';
import type { Scenario } from '../sim/scenario.js';
import type { Life } from '../sim/trace.js';
import { over } from '../sim/waiting.js';
import { fingerprint } from './fingerprint.js';
import { foldedFingerprint, namings } from './folding.js';

export interface Bounds {
  /** Most outcomes of a kind of choice that are told apart; those not named are all explored, 1 leaves it plain. */
  readonly outcomes: Partial<Readonly<Record<ChoiceKind, number>>>;
  /** Lives after which it is given up. */
  readonly livesMax: number;
  /** States that differ only in which of several services is which, where these are alike, count once (folding.ts). */
  readonly isFolded?: boolean;
}

export interface Exploration {
  readonly lives: number;
  readonly states: number;
  /** Lives that came to the end of nitro, rather than to a known state. */
  readonly ends: number;
  /** Nothing is left to explore. */
  readonly isFixpoint: boolean;
  readonly violation: { readonly choices: readonly number[]; readonly life: Life; readonly violations: readonly Violation[] } | null;
}

const known = 'a known state';

/** Follows a list, then takes what is plain, and notes how many outcomes each choice had. */
class Follower implements Chooser {
  readonly taken: number[] = [];
  readonly widths: number[] = [];

  constructor(
    private readonly list: readonly number[],
    private readonly outcomes: Bounds['outcomes'],
  ) {}

  choose(n: number, kind: ChoiceKind): number {
    const width = Math.min(n, this.outcomes[kind] ?? n);
    if (width <= 1) return 0;
    const chosen = this.list[this.taken.length] ?? 0;
    this.taken.push(chosen);
    this.widths.push(width);
    return chosen;
  }

  get isBeyond(): boolean {
    return this.taken.length >= this.list.length;
  }
}

export function explore(scenario: Scenario, bounds: Bounds): Exploration {
  const ways = bounds.isFolded === true ? namings(scenario) : [];
  const states = new Set<string>();
  const lists: (readonly number[])[] = [[]];
  let lives = 0;
  let ends = 0;
  // The shortest first, so that a state is come to by a short way, and lives are short.
  for (; lives < lists.length && lives < bounds.livesMax; lives++) {
    const list = lists[lives] ?? [];
    const follower = new Follower(list, bounds.outcomes);
    const life = live(scenario, follower, (os) => {
      os.world.atRest = (): void => {
        if (!follower.isBeyond) return;
        const state = ways.length > 1 ? foldedFingerprint(os, ways) : fingerprint(os);
        if (states.has(state)) over(known);
        states.add(state);
      };
    });
    if (life.how !== known) ends += 1;
    const violations = violationsOf(scenario, life).filter(({ place }) => life.how !== known || place < life.trace.length - 1);
    if (violations.length > 0) {
      const violation = { choices: follower.taken, life, violations };
      return { lives: lives + 1, states: states.size, ends, isFixpoint: false, violation };
    }
    for (let place = list.length; place < follower.taken.length; place++) {
      const before = follower.taken.slice(0, place);
      for (let other = 1; other < (follower.widths[place] ?? 1); other++) lists.push([...before, other]);
    }
  }
  return { lives, states: states.size, ends, isFixpoint: lives === lists.length, violation: null };
}
