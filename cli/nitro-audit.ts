/**
 * Entry point of `nitro-audit`, on Node: evidence for those who audit an init.
 *
 * Exit status: 0 clean, 1 findings, 2 usage, 3 cannot run.
 */
import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { version } from '../runtime/version.js';
import { parts } from './audit/parts.js';
import type { Bounds } from './audit/part.js';
import { holds, toJson, toMarkdown, verify } from './audit/verify.js';

const exit = { clean: 0, findings: 1, usage: 2, cannotRun: 3 } as const;

function count(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('It takes a whole number, 0 or more.');
  return number;
}

function seconds(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('It takes a number of seconds above 0.');
  return number;
}

interface VerifyOptions {
  readonly seed: number;
  readonly runs: number;
  readonly time?: number;
  readonly only: readonly string[];
  readonly json?: true;
  readonly output?: string;
}

/** One line on a terminal, written over and over. */
function progressLine(): { readonly show: (text: string) => void; readonly end: () => void } {
  if (!process.stderr.isTTY) return { show: () => undefined, end: () => undefined };
  const clear = '\r\x1b[K';
  return { show: (text) => process.stderr.write(`${clear}${text}`), end: () => process.stderr.write(clear) };
}

function runVerify(options: VerifyOptions): number {
  const bounds: Bounds = { seed: options.seed, runs: options.runs, timeMsMax: options.time === undefined ? null : options.time * 1000 };
  const progress = progressLine();
  const checked = verify(options.only, bounds, progress.show);
  progress.end();
  const text = options.json === true ? toJson(checked, bounds) : toMarkdown(checked, bounds);
  if (options.output === undefined) process.stdout.write(text);
  else writeFileSync(options.output, text);
  return holds(checked) ? exit.clean : exit.findings;
}

const program = new Command('nitro-audit')
  .description('Evidence about nitro, and tools to look at it.')
  .version(version)
  .exitOverride()
  .showHelpAfterError("Try 'nitro-audit --help'.");

program
  .command('verify')
  .description('check the machines, the table and the runtime; exit 1 with a counterexample if something is violated')
  .option('--seed <n>', 'seed of everything random', count, 1)
  .option('--runs <n>', 'simulated lives', count, 10_000)
  .option('--time <seconds>', 'at most so long for the simulation', seconds)
  .addOption(new Option('--only <part...>', 'check these parts only').choices(parts.map(({ name }) => name)).default([], 'all'))
  .option('--json', 'print JSON, for programs')
  .option('-o, --output <file>', 'write the report to a file')
  .action((options: VerifyOptions) => {
    process.exitCode = runVerify(options);
  });

try {
  program.parse();
} catch (error) {
  const code = (error as { readonly exitCode?: unknown }).exitCode;
  if (code === 0) process.exitCode = exit.clean;
  else if (typeof code === 'number') process.exitCode = exit.usage;
  else {
    process.stderr.write(`nitro-audit: cannot run: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = exit.cannotRun;
  }
}
