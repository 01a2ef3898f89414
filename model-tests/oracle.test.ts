/** The table says what XState says (architecture.md, Machines). */
import { describe, expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { compile } from '../machines/compile.js';
import type { Compiled } from '../machines/compile.js';
import { serviceMachine } from '../machines/service.js';
import { systemMachine } from '../machines/system.js';
import { STAY } from '../table/format.js';
import type { Leaf, Row } from '../table/format.js';
import { compareWithXState } from './oracle.js';

const machines: readonly (readonly [string, AnyStateMachine])[] = [
  ['service', serviceMachine],
  ['system', systemMachine],
];

describe.each(machines)('%s', (_, machine) => {
  const compiled = compile(machine);

  test('every leaf, event and outcome of guards', () => {
    const { compared, differences } = compareWithXState(machine, compiled);
    expect(differences).toEqual([]);
    const timers = compiled.table.leaves.filter((leaf) => leaf.delay !== null).length;
    const pairs = compiled.table.leaves.length * compiled.events.length + timers;
    expect(compared).toBe(1 + pairs * 2 ** compiled.guards.length);
  });

  test.each([
    ['a dropped action', (row: Row): Row => ({ ...row, actions: row.actions.slice(1) })],
    ['swapped actions', (row: Row): Row => ({ ...row, actions: [...row.actions].reverse() })],
    ['another target', (row: Row): Row => (row.target === STAY ? row : { ...row, target: row.target === 0 ? 1 : 0 })],
    ['a negated guard', (row: Row): Row => ({ ...row, guard: row.guard === null ? null : `not ${row.guard}` })],
  ])('would be noticed: %s', (_fault, change) => {
    let planted = 0;
    for (const broken of withOneRowChanged(compiled, change)) {
      planted += 1;
      expect(compareWithXState(machine, broken).differences).not.toEqual([]);
      if (planted === 3) return;
    }
    expect(planted).toBeGreaterThan(0);
  });
});

/** The compiled machine with one row changed, for some of the rows that the change makes a difference to. */
function* withOneRowChanged(compiled: Compiled, change: (row: Row) => Row): Generator<Compiled> {
  for (const [index, leaf] of compiled.table.leaves.entries()) {
    for (const [event, rows = []] of Object.entries(leaf.on)) {
      const first = rows[0];
      if (first === undefined || JSON.stringify(change(first)) === JSON.stringify(first)) continue;
      const broken: Leaf = { ...leaf, on: { ...leaf.on, [event]: [change(first), ...rows.slice(1)] } };
      const leaves = compiled.table.leaves.map((each, at) => (at === index ? broken : each));
      yield { ...compiled, table: { ...compiled.table, leaves } };
    }
  }
}
