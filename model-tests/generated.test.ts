/** What the daemon carries is what the machines say, and is complete. */
import { expect, test } from 'vitest';
import { compile } from '../machines/compile.js';
import { serviceMachine } from '../machines/service.js';
import { systemMachine } from '../machines/system.js';
import { serviceIgnored, systemIgnored } from '../table/ignored.js';
import { serviceTable } from '../table/service.js';
import { systemTable } from '../table/system.js';

test.each([
  ['service', compile(serviceMachine), serviceTable, serviceIgnored],
  ['system', compile(systemMachine), systemTable, systemIgnored],
])('%s', (_, compiled, table, ignored) => {
  expect(table).toEqual(compiled.table);
  expect(ignored).toEqual(compiled.ignored);
  for (const leaf of compiled.table.leaves) {
    for (const event of compiled.events) {
      const isTaken = leaf.on[event] !== undefined;
      const reason = compiled.ignored[leaf.name]?.[event];
      expect(isTaken, `${leaf.name} on ${event}`).toBe(reason === undefined);
    }
  }
});

test('the nine states, in the order of their bytes', () => {
  const shown = [...new Set(serviceTable.leaves.map((leaf) => leaf.state))];
  expect(shown).toEqual(['DOWN', 'SETUP', 'STARTING', 'UP', 'ONESHOT', 'SHUTDOWN', 'RESTART', 'FATAL', 'DELAY']);
});
