/**
 * Two tables that do the same, shown without the rules.
 *
 * The behaviour of a table is, for every leaf, event and outcome of all facts, what is done. Two tables with the same one cannot be told
 * apart by anything that runs them, however their rows are written.
 */
import type { Compiled } from '../../machines/compile.js';
import { STAY } from '../../table/format.js';
import { rowFor, rowForTimer } from '../../table/step.js';
import { isSo, outcomes } from '../rules/rule.js';

/** The behaviour as text, to be compared. `guards` are the facts of both machines, so that the texts mean the same. */
export function behaviourOf({ events, table }: Compiled, guards: readonly string[]): string {
  const all = outcomes(guards);
  const lines = table.leaves.flatMap((leaf, place) => {
    const rows = [...events].sort().map((event) =>
      all.map((facts) => told(rowFor(table, place, event, (guard) => isSo(guard, facts)))).join('|'),
    );
    const due = all.map((facts) => told(rowForTimer(table, place, (guard) => isSo(guard, facts)))).join('|');
    return [`${leaf.name} ${leaf.state} ${leaf.delay ?? ''} ${String(leaf.final)}`, ...rows, due];
  });
  function told(row: { readonly target: number; readonly actions: readonly string[] } | null): string {
    if (row === null || (row.target === STAY && row.actions.length === 0)) return '';
    return `${row.target === STAY ? 'stay' : (table.leaves[row.target]?.name ?? '?')}:${row.actions.join()}`;
  }
  const delays = Object.entries(table.delays).sort(([a], [b]) => (a < b ? -1 : 1));
  return [JSON.stringify([events.length, table.leaves[table.initial]?.name, table.start, delays]), ...lines].join('\n');
}
