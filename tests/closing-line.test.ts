/** The closing line counts what a reader of the whole report would count. */
import { expect, test } from 'vitest';
import type { SerializedError, TestModule } from 'vitest/node';
import { closingLine } from './closing-line.js';

/** A file with tests that ended so. */
const file = (states: readonly string[], state = states.includes('failed') ? 'failed' : 'passed'): TestModule =>
  ({ state: () => state, children: { allTests: () => states.map((one) => ({ result: () => ({ state: one }) })) } }) as unknown as TestModule;
const error = {} as SerializedError;

test.each([
  ['no test at all', [], [], 'passed', '0 passed, 0 failed'],
  ['some of each', [file(['passed', 'failed', 'passed']), file(['skipped', 'passed'])], [], 'failed', '3 passed, 1 failed, 1 skipped'],
  ['a file that cannot be run', [file(['passed']), file([], 'failed')], [], 'failed', '1 passed, 1 failed'],
  ['an error outside of every test', [file(['passed'])], [error], 'failed', '1 passed, 1 failed'],
  ['a run that fails before its first test', [], [], 'failed', '0 passed, 1 failed'],
  ['a test that was interrupted', [file(['passed', 'pending'])], [], 'interrupted', '1 passed, 1 failed, 1 skipped'],
] as const)('%s', (_what, files, errors, reason, expected) => {
  expect(closingLine(files, errors, reason)).toBe(expected);
});
