/**
 * All that can be done to a machine: every leaf, every event, every outcome of the guards that the table asks for that event.
 *
 * Theory of operation. Guards read facts that come with the event, so an event of the walk is a type and an assignment of true and false
 * to the facts. Which facts matter for a type is taken from the table: those that some leaf asks for it. A move is an event in a leaf, and
 * says what the table makes of it. The events of the test model and the goals of the coverage ladder are both made from the moves.
 */
import type { Compiled } from '../../machines/compile.js';
import { STAY } from '../../table/format.js';
import type { Leaf, Row } from '../../table/format.js';
import { rowFor, rowForTimer } from '../../table/step.js';
import { delayOf, dueEvent } from './timers.js';

export type Facts = Readonly<Record<string, boolean>>;

/** An event as it is sent. */
export interface Step {
  readonly event: string;
  readonly facts: Facts;
}

/** An event in a leaf. */
export interface Move extends Step {
  /** Index of the leaf it happens in. */
  readonly leaf: number;
  /** Place of the row that is taken among those for this leaf and event; -1: ignored. */
  readonly index: number;
  readonly row: Row | null;
  /** Index of the leaf it leads to. */
  readonly next: number;
}

/** What a leaf does on an event; on that of its timer, too. */
export function rowsAt(leaf: Leaf, event: string): readonly Row[] {
  const delay = delayOf(event);
  if (delay !== null) return leaf.delay === delay ? leaf.due : [];
  return leaf.on[event] ?? [];
}

/** The events that can happen in a leaf: all of the machine, and its own timer. The timer of another leaf does not run there. */
export function eventsAt(compiled: Compiled, leaf: Leaf): readonly string[] {
  return leaf.delay === null ? compiled.events : [...compiled.events, dueEvent(leaf.delay)];
}

/** Guards that some leaf asks on the event. */
export function guardsOf(compiled: Compiled, event: string): readonly string[] {
  const asked = compiled.table.leaves.flatMap((leaf) => rowsAt(leaf, event)).flatMap(({ guard }) => guard ?? []);
  return [...new Set(asked)].sort();
}

/** Every assignment of true and false. */
export function assignments(guards: readonly string[]): readonly Facts[] {
  return Array.from({ length: 2 ** guards.length }, (_, bits) =>
    Object.fromEntries(guards.map((guard, place) => [guard, (bits >> place) % 2 === 1])),
  );
}

/** Each event type × the outcomes of the guards that the table asks for it, timers included. */
export function stepsOf(compiled: Compiled): readonly Step[] {
  const timers = Object.keys(compiled.table.delays).map(dueEvent);
  return [...compiled.events, ...timers].flatMap((event) => assignments(guardsOf(compiled, event)).map((facts) => ({ event, facts })));
}

/** What the table makes of an event in a leaf. */
export function moveAt(compiled: Compiled, leaf: number, { event, facts }: Step): Move {
  const holds = (guard: string): boolean => facts[guard] === true;
  const at = compiled.table.leaves[leaf];
  if (at === undefined) throw new Error(`no leaf ${String(leaf)}`);
  const delay = delayOf(event);
  const row = delay === null ? rowFor(compiled.table, leaf, event, holds) : at.delay === delay ? rowForTimer(compiled.table, leaf, holds) : null;
  const index = row === null ? -1 : rowsAt(at, event).indexOf(row);
  return { leaf, event, facts, index, row, next: row === null || row.target === STAY ? leaf : row.target };
}

/** All moves of a machine, leaf by leaf. */
export function movesOf(compiled: Compiled): readonly (readonly Move[])[] {
  const steps = stepsOf(compiled);
  return compiled.table.leaves.map((leaf, index) => {
    const possible = eventsAt(compiled, leaf);
    return steps.filter(({ event }) => possible.includes(event)).map((step) => moveAt(compiled, index, step));
  });
}

/** A row by name: where it stands, and which of the rows for that event it is. */
export function rowName(compiled: Compiled, { leaf, event, index }: Pick<Move, 'leaf' | 'event' | 'index'>): string {
  const at = compiled.table.leaves[leaf];
  const guard = at === undefined ? undefined : rowsAt(at, event)[index]?.guard;
  return `${at?.name ?? '?'} on ${event}${index < 0 ? ' (ignored)' : guard == null ? '' : ` [${guard}]`}`;
}

export function leafName(compiled: Compiled, leaf: number): string {
  return compiled.table.leaves[leaf]?.name ?? '?';
}
