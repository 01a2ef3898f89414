/**
 * Random lives against all properties (behaviour.md, all of it; architecture.md, Runtime). `SIM_RUNS` and `SIM_SEED` in the environment ask for more, or
 * for other ones; a failure prints how to see it again.
 */
import { expect, test } from 'vitest';
import { report, search } from './sim/search.js';

const runs = Number(process.env['SIM_RUNS'] ?? 20_000);
const seed = Number(process.env['SIM_SEED'] ?? 20_260_101);

test(`${String(runs)} random lives violate no property`, { timeout: 3_600_000 }, () => {
  const { runs: done, found } = search({ seed, runs });
  if (found !== null) expect.fail(report(found));
  expect(done).toBe(runs);
});
