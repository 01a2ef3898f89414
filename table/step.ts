/**
 * The interpreter of the table. This is all of it: which row is taken.
 *
 * The caller makes the row's target its leaf, restarts the timer unless the target is STAY, and performs the actions in order.
 */
import type { Row, Table } from './format.js';

/**
 * The row that `event` takes in `leaf`, or null if the event is ignored there. `holds` answers guards, and is asked only
 * for those of rows that come before the one taken.
 */
export function rowFor<Event extends string, Guard extends string, Action extends string, Delay extends string>(
  table: Table<Event, Guard, Action, Delay>,
  leaf: number,
  event: Event,
  holds: (guard: Guard) => boolean,
): Row<Guard, Action> | null {
  return firstThatHolds(table.leaves[leaf]?.on[event], holds);
}

/** The row that is taken when the timer of `leaf` is due. */
export function rowForTimer<Event extends string, Guard extends string, Action extends string, Delay extends string>(
  table: Table<Event, Guard, Action, Delay>,
  leaf: number,
  holds: (guard: Guard) => boolean,
): Row<Guard, Action> | null {
  return firstThatHolds(table.leaves[leaf]?.due, holds);
}

function firstThatHolds<Guard extends string, Action extends string>(
  rows: readonly Row<Guard, Action>[] | undefined,
  holds: (guard: Guard) => boolean,
): Row<Guard, Action> | null {
  // By index: to make an iterator for each step takes longer than the step.
  for (let index = 0; ; index++) {
    const row = rows?.[index];
    if (row === undefined) return null;
    if (row.guard === null || holds(row.guard)) return row;
  }
}
