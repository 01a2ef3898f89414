/**
 * `npm run mutants:runtime`: mutates the runtime's TypeScript by Stryker, prints the score, and writes docs/mutants-of-the-runtime.md.
 * Exit 1 under the threshold. What has not changed since the last run is not run again, unless `--force` is given.
 *
 *   --force         all mutants anew
 *   --mutate FILES  only these, separated by commas; then the document is left as it is
 */
import { Stryker } from '@stryker-mutator/core';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toMarkdown } from './runtime-report.mjs';
import config from './runtime.config.mjs';

const root = join(import.meta.dirname, '../..');
process.chdir(root);

const place = process.argv.indexOf('--mutate');
const only = place < 0 ? undefined : process.argv[place + 1];
const options = { configFile: 'model-tests/mutants/runtime.config.mjs' };
if (process.argv.includes('--force')) options.force = true;
if (only !== undefined) options.mutate = only.split(',');

await new Stryker(options).runMutationTest();

/** Only what counts is kept: nothing of where this was run. */
function withoutPlace(file) {
  if (!existsSync(file)) return;
  const { projectRoot, config: _, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, `${JSON.stringify(rest)}\n`);
}
withoutPlace(config.incrementalFile);

if (only === undefined) {
  const document = 'docs/mutants-of-the-runtime.md';
  mkdirSync(dirname(document), { recursive: true });
  writeFileSync(document, toMarkdown(JSON.parse(readFileSync(config.jsonReporter.fileName, 'utf8'))));
  console.log(`written: ${document}`);
}
