/** Faults to be planted in a compiled machine, so that a check can be seen to notice them. */
import type { Compiled } from '../../machines/compile.js';
import { STAY } from '../../table/format.js';
import type { Leaf, Row } from '../../table/format.js';
import { TIMER } from './rule.js';

/** The machine with one leaf changed. */
export function withLeaf(compiled: Compiled, name: string, change: (leaf: Leaf) => Leaf): Compiled {
  if (!compiled.table.leaves.some((leaf) => leaf.name === name)) throw new Error(`no leaf ${name}`);
  const leaves = compiled.table.leaves.map((leaf) => (leaf.name === name ? change(leaf) : leaf));
  return { ...compiled, table: { ...compiled.table, leaves } };
}

/** The machine with other rows for one pair; without rows the event is ignored. */
export function withRows(compiled: Compiled, name: string, event: string, change: (rows: readonly Row[]) => readonly Row[]): Compiled {
  return withLeaf(compiled, name, (leaf) => {
    if (event === TIMER) return { ...leaf, due: change(leaf.due) };
    const others = Object.entries(leaf.on).filter(([one]) => one !== event);
    const rows = change(leaf.on[event] ?? []);
    return { ...leaf, on: Object.fromEntries(rows.length === 0 ? others : [...others, [event, rows]]) };
  });
}

/** The machine with other actions in each row of one pair. */
export function withActions(compiled: Compiled, name: string, event: string, change: (actions: readonly string[]) => readonly string[]): Compiled {
  return withRows(compiled, name, event, (rows) => rows.map((row) => ({ ...row, actions: change(row.actions) })));
}

/** The machine with one pair that does this, whatever the facts. `to` null: it stays. */
export function doing(compiled: Compiled, name: string, event: string, to: string | null, actions: readonly string[]): Compiled {
  const target = to === null ? STAY : compiled.table.leaves.findIndex((leaf) => leaf.name === to);
  if (to !== null && target === STAY) throw new Error(`no leaf ${to}`);
  return withRows(compiled, name, event, () => [{ guard: null, target, actions }]);
}

/** The machine with a leaf that nothing leads to. */
export function withLostLeaf(compiled: Compiled): Compiled {
  const [first] = compiled.table.leaves;
  if (first === undefined) throw new Error('no leaves');
  return { ...compiled, table: { ...compiled.table, leaves: [...compiled.table.leaves, { ...first, name: 'lost' }] } };
}
