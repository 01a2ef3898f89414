/**
 * What was covered on the binary, of all goals, and what could not be.
 *
 * An exception is a goal that exploring all worlds did not meet (`paths.ts`) *and* that a reason explains. A goal that no world meets and no
 * reason explains is missing, and the walk is incomplete.
 */
import type { Compiled } from '../../../machines/compile.js';
import { edgesOf, pairGoal, sequenceGoal } from '../goals.js';
import type { Edge } from '../goals.js';
import { rowName, rowsAt } from '../moves.js';
import type { Covered, Exception } from '../report.js';

/** Why something cannot be caused from outside; null: that is not known. */
export interface Reasons {
  readonly row: (edge: Edge) => string | null;
  readonly pair: (a: Edge, b: Edge) => string | null;
  readonly ignored: (leaf: string, event: string) => string | null;
}

/** What was covered on the binary, of all goals; `coverable` is what exploring found. */
export function cover(compiled: Compiled, reasons: Reasons, coverable: ReadonlySet<string>, covered: ReadonlySet<string>): readonly Covered[] {
  const edges = edgesOf(compiled);
  const rows = edges.map((edge) => ({ goal: rowName(compiled, edge), reason: () => reasons.row(edge) }));
  const pairs = edges.flatMap((a) =>
    edges
      .filter((b) => b.leaf === a.next)
      .map((b) => ({ goal: sequenceGoal([rowName(compiled, a), rowName(compiled, b)]), reason: () => reasons.pair(a, b) })),
  );
  const ignored = compiled.table.leaves.flatMap((leaf) =>
    compiled.events
      .filter((event) => rowsAt(leaf, event).length === 0)
      .map((event) => ({ goal: pairGoal(leaf.name, event), reason: () => reasons.ignored(leaf.name, event) })),
  );
  const ways = [...coverable].filter((goal) => goal.startsWith('way ')).map((goal) => ({ goal: goal.slice('way '.length), reason: () => null }));
  const measure = (what: string, kind: string, goals: readonly { readonly goal: string; readonly reason: () => string | null }[]): Covered => {
    const left = goals.filter(({ goal }) => !covered.has(`${kind} ${goal}`));
    const excused = left.map(({ goal, reason }) => ({ goal, reason: coverable.has(`${kind} ${goal}`) ? null : reason() }));
    const named = [...new Set(excused.flatMap(({ reason }) => reason ?? []))];
    return {
      what,
      goals: goals.length,
      reached: goals.length - left.length,
      missing: excused.flatMap(({ goal, reason }) => (reason === null ? [goal] : [])),
      exceptions: named.map((reason): Exception => ({ reason, goals: excused.flatMap((each) => (each.reason === reason ? [each.goal] : [])) })),
    };
  };
  return [
    measure('transitions', 'row', rows),
    measure('ignored events', 'ignored', ignored),
    measure('transition pairs', 'pair', pairs),
    ...(ways.length === 0 ? [] : [measure('other ways to cause them', 'way', ways)]),
  ];
}
