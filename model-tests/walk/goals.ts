/**
 * The coverage ladder as goals: everything that a walk has to do, computed from the table before anything is walked.
 *
 * A goal is a text that names it, and belongs to a rung. What was walked is recorded as the same texts (`trail.ts`), so a goal that was not
 * reached is in one set and not in the other, and a machine whose walk is incomplete cannot look complete.
 */
import type { Compiled } from '../../machines/compile.js';
import { STAY } from '../../table/format.js';
import { eventsAt, leafName, moveAt, rowName, rowsAt } from './moves.js';
import type { Facts, Move } from './moves.js';

/** The rungs, from the lowest; the order of the report. */
export const rungs = [
  'leaves',
  'transitions',
  'state × event pairs',
  'transition pairs',
  'simple paths',
  'loops up to length 3',
  'guards both ways',
  'MC/DC of guards',
] as const;
export type Rung = (typeof rungs)[number];
export type Goals = Readonly<Record<Rung, ReadonlySet<string>>>;

/** A row and where it leads, as what paths are made of. */
export interface Edge {
  readonly leaf: number;
  readonly event: string;
  readonly index: number;
  readonly next: number;
}

/** Longest loop that is walked, in transitions. */
export const loopLengthMax = 3;
/** Most simple paths that are enumerated: beyond it the walk would not end in time, and says so. */
export const simplePathsMax = 200_000;

export const pairGoal = (leaf: string, event: string): string => `${leaf} on ${event}`;
export const sequenceGoal = (names: readonly string[]): string => names.join(' → ');
export const guardGoal = (pair: string, guard: string, outcome: boolean): string => `${pair}: ${guard} is ${outcome ? 'true' : 'false'}`;
export const mcdcGoal = (pair: string, guard: string): string => `${pair}: ${guard} alone decides`;

/** All rows of a machine. */
export function edgesOf(compiled: Compiled): readonly Edge[] {
  return compiled.table.leaves.flatMap((at, leaf) =>
    eventsAt(compiled, at).flatMap((event) =>
      rowsAt(at, event).map((row, index) => ({ leaf, event, index, next: row.target === STAY ? leaf : row.target })),
    ),
  );
}

/** Everything that is to be walked. */
export function goalsOf(compiled: Compiled): Goals {
  const edges = edgesOf(compiled);
  const { leaves } = compiled.table;
  const pairs = leaves.flatMap((leaf) => eventsAt(compiled, leaf).map((event) => ({ leaf, event, name: pairGoal(leaf.name, event) })));
  const asked = pairs.flatMap(({ leaf, event, name }) =>
    rowsAt(leaf, event).flatMap(({ guard }) => (guard === null ? [] : [{ name, guard }])),
  );
  return {
    leaves: new Set(leaves.map(({ name }) => name)),
    transitions: new Set(edges.map((edge) => rowName(compiled, edge))),
    'state × event pairs': new Set(pairs.map(({ name }) => name)),
    'transition pairs': new Set(
      edges.flatMap((a) => edges.filter((b) => b.leaf === a.next).map((b) => sequenceGoal([rowName(compiled, a), rowName(compiled, b)]))),
    ),
    'simple paths': new Set([...simplePaths(compiled)].map((path) => sequenceGoal(path.map((leaf) => leafName(compiled, leaf))))),
    'loops up to length 3': new Set(loops(edges).map((loop) => sequenceGoal(loop.map((edge) => rowName(compiled, edge))))),
    'guards both ways': new Set(asked.flatMap(({ name, guard }) => [guardGoal(name, guard, true), guardGoal(name, guard, false)])),
    'MC/DC of guards': new Set(asked.map(({ name, guard }) => mcdcGoal(name, guard))),
  };
}

/**
 * Every path from the initial leaf that visits no leaf twice, as leaves: parallel rows are one step here, each of them is walked as a
 * transition and in every pair.
 */
export function* simplePaths(compiled: Compiled): Generator<readonly number[]> {
  const next = compiled.table.leaves.map(() => new Set<number>());
  for (const edge of edgesOf(compiled)) next[edge.leaf]?.add(edge.next);
  let found = 0;
  const stack: (readonly number[])[] = [[compiled.table.initial]];
  for (let path = stack.pop(); path !== undefined && found < simplePathsMax; path = stack.pop(), found++) {
    yield path;
    const end = path[path.length - 1] ?? 0;
    for (const leaf of next[end] ?? []) if (!path.includes(leaf)) stack.push([...path, leaf]);
  }
}

/** Sequences of rows that lead back to the leaf they began in. Each is counted from each leaf that it can begin in. */
export function loops(edges: readonly Edge[]): readonly (readonly Edge[])[] {
  let open = edges.map((edge): readonly Edge[] => [edge]);
  const closed: (readonly Edge[])[] = [];
  for (let length = 1; length <= loopLengthMax; length++) {
    closed.push(...open.filter((path) => path[path.length - 1]?.next === path[0]?.leaf));
    open = open.flatMap((path) => edges.filter((edge) => edge.leaf === path[path.length - 1]?.next).map((edge) => [...path, edge]));
  }
  return closed;
}

/** The guards that are asked in a leaf on an event with these facts: those up to the one that holds. */
export function askedBy(compiled: Compiled, { leaf, event, index }: Move): readonly string[] {
  const at = compiled.table.leaves[leaf];
  const rows = at === undefined ? [] : rowsAt(at, event);
  return rows.slice(0, index < 0 ? 0 : index + 1).flatMap(({ guard }) => guard ?? []);
}

/** Facts that make a row be taken: its guard holds, those before it do not; all others are false. */
export function factsFor(compiled: Compiled, { leaf, event, index }: Pick<Move, 'leaf' | 'event' | 'index'>): Facts {
  const at = compiled.table.leaves[leaf];
  const guard = at === undefined ? null : (rowsAt(at, event)[index]?.guard ?? null);
  const facts: Facts = guard === null ? {} : { [guard]: true };
  if (moveAt(compiled, leaf, { event, facts }).index !== index) throw new Error(`${rowName(compiled, { leaf, event, index })} cannot be taken`);
  return facts;
}
