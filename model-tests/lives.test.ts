/**
 * Random lives from fixed seeds, a few to a test (behaviour.md, all of it; architecture.md, Runtime): the same search as in random.test.ts, so small
 * that it can be done for each mutant of the runtime (model-tests/mutants/runtime.config.mjs). A failure prints how to see its life again.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { violationsOf } from './properties/all.js';
import { scenario as anyScenario } from './sim/arbitrary.js';
import { SeededChooser } from './sim/choice.js';
import { live } from './sim/life.js';

const livesATest = 60;

describe(`${String(livesATest)} random lives violate no property`, () => {
  test.each(Array.from({ length: 16 }, (_, index) => 20_260_101 + index))('from seed %i', (seed) => {
    const property = fc.property(anyScenario(), fc.noShrink(fc.integer()), (scenario, choices) => {
      expect(violationsOf(scenario, live(scenario, new SeededChooser(choices)))).toEqual([]);
    });
    const { failed, counterexamplePath } = fc.check(property, { seed, numRuns: livesATest, endOnFailure: true });
    if (failed) expect.fail(`npm run sim -- --seed ${String(seed)} --path ${counterexamplePath}`);
  });
});
