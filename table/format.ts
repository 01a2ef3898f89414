/**
 * The table: what a machine is after compilation, and all that the daemon knows of it.
 *
 * Theory of operation. A leaf is a state without states inside. For every leaf and every event the table has the rows that may be
 * taken, in order; the first whose guard holds is. A row names the leaf it leads to and the actions to perform, in order. A pair
 * of leaf and event without rows is ignored, and `ignored` says why. Nothing else exists: no history, no context, no nesting.
 */

/** `target` of a row that stays where it is: nothing is left or entered, and a timer goes on. */
export const STAY = -1;

export interface Row<Guard extends string = string, Action extends string = string> {
  /** The row is taken if this holds; null: always. */
  readonly guard: Guard | null;
  /** Index of a leaf, or STAY. */
  readonly target: number;
  readonly actions: readonly Action[];
}

export interface Leaf<
  Event extends string = string,
  Guard extends string = string,
  Action extends string = string,
  Delay extends string = string,
> {
  /** Path within the machine, such as `SETUP.running`. */
  readonly name: string;
  /** The top-level state, such as `SETUP`. */
  readonly state: string;
  /** The timer that runs while this leaf is active. */
  readonly delay: Delay | null;
  /** What happens when that timer is due. */
  readonly due: readonly Row<Guard, Action>[];
  readonly on: { readonly [E in Event]?: readonly Row<Guard, Action>[] };
  /** Final: nothing leads out of it. */
  readonly final: boolean;
}

export interface Table<
  Event extends string = string,
  Guard extends string = string,
  Action extends string = string,
  Delay extends string = string,
> {
  readonly initial: number;
  /** Actions of entering the initial leaf. */
  readonly start: readonly Action[];
  /** Milliseconds of each delay. */
  readonly delays: { readonly [D in Delay]: number };
  readonly leaves: readonly Leaf<Event, Guard, Action, Delay>[];
}

/** Why an event is ignored: leaf name → event → reason. Complete: every pair without rows is in it. */
export type Ignored = Readonly<Record<string, Readonly<Record<string, string>>>>;
