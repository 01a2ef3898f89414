/**
 * The tests that every mutant of the runtime has to pass or be killed by: those that run the runtime in Node, and are quick. Most mutants are dead at the
 * first that fails, so the quickest come first: the unit tests, then lives made by hand, then random ones.
 */
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

const lastOnes = ['model-tests/lives-', 'model-tests/sim.', 'model-tests/lives.'];

class QuickestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => lastOnes.findIndex((each) => moduleId.includes(each));
    return Promise.resolve([...files].sort((one, other) => place(one) - place(other)));
  }
}

export default defineConfig({
  test: {
    include: ['tests/unit/{protocol,paths,names,timers,directory,runtime-*}.test.ts', 'model-tests/lives-*.test.ts'],
    isolate: false,
    testTimeout: 60_000,
    sequence: { sequencer: QuickestFirst },
  },
});
