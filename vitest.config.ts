/**
 * Three kinds of tests. Those of `quick` run in Node alone; those of `end-to-end` run the built binary, and mostly wait for
 * processes, so that more of them than there are processors can run at once. Those of `vm` boot a machine in QEMU each, which takes a whole
 * processor: after the others, a file at a time, and two of its tests at a time.
 */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    // Each worker of end-to-end tests runs several daemons at once: more workers than processors only make all of them late.
    maxWorkers: Math.max(2, availableParallelism()),
    reporters: ['default', './tests/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'quick',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['{tests,model-tests,machines,table,runtime,cli,diagrams}/**/*.test.ts'],
          exclude: ['tests/end-to-end/**', 'tests/vm/**', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'end-to-end',
          include: ['tests/end-to-end/**/*.test.ts'],
          globalSetup: ['tests/end-to-end/harness/tools.ts'],
          maxConcurrency: 8,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'vm',
          include: ['tests/vm/**/*.test.ts'],
          globalSetup: ['tests/vm/harness/requirements.ts'],
          fileParallelism: false,
          maxConcurrency: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
