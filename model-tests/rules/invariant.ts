/** What must hold over a whole table, whatever way is taken through it. */
import type { Walk } from './walk.js';

export interface Invariant<State> {
  /** What must hold, in a sentence. */
  readonly name: string;
  /** Where behaviour.md says so. */
  readonly row: string;
  /** Where it does not hold, in words. */
  readonly broken: (walked: Walk<State>) => readonly string[];
}

/** Each invariant that is broken, with the places. */
export function brokenOf<State>(invariants: readonly Invariant<State>[], walked: Walk<State>): readonly string[] {
  if (!walked.isWhole) return [`the ways come to an end: there are more than ${walked.places.length - 1} places`];
  return invariants.flatMap(({ name, row, broken }) => broken(walked).map((place) => `${name} (${row}): ${place}`));
}
