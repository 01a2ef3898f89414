// Mutation of the runtime's TypeScript, by Stryker: `npm run mutants:runtime`. What has not changed since the last run is not run again.
export default {
  mutate: ['runtime/*.ts', '!runtime/os.ts', '!runtime/version.ts'],
  // What is copied for the mutants to be run in.
  ignorePatterns: ['/*', ...['runtime', 'table', 'machines', 'model-tests', 'tests', 'package.json', 'tsconfig*.json'].map((each) => `!/${each}`)],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'model-tests/mutants/runtime.vitest.ts', related: false },
  coverageAnalysis: 'perTest',
  ignoreStatic: false,
  concurrency: 2,
  timeoutMS: 8_000,
  timeoutFactor: 1.25,
  incremental: true,
  incrementalFile: 'build/mutants/incremental.json',
  tempDirName: 'build/mutants/sandbox',
  cleanTempDir: 'always',
  reporters: ['clear-text', 'json', 'progress-append-only'],
  jsonReporter: { fileName: 'build/mutants/runtime.json' },
  clearTextReporter: { reportTests: false, reportMutants: false, allowColor: false },
  thresholds: { high: 95, low: 90, break: 85 },
  checkers: [],
};
