/** `nitro-audit verify`. */
import { Option } from 'commander';
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import type { Target } from '../../../model-tests/walk/binary/options.js';
import { CannotRun, count, ending, exit, output, positive, progressLine } from '../command.js';
import type { Exit, Registration } from '../command.js';
import type { Bounds } from './part.js';
import { parts } from './parts.js';
import { holds, toJson, toMarkdown, verify } from './report.js';

interface Options {
  readonly seed: number;
  readonly runs: number;
  readonly time?: number;
  readonly only: readonly string[];
  readonly json?: true;
  readonly output?: string;
  readonly daemon?: string;
  readonly ctl?: string;
}

function executable(path: string, option: string): string {
  try {
    accessSync(path, constants.X_OK);
    return resolve(path);
  } catch (error) {
    throw new CannotRun(`${option}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The binary that was named; its control tool is the daemon itself, by its other name, unless that was named too. Throws `CannotRun`. */
function targetOf({ daemon, ctl }: Options): Target | null {
  if (daemon === undefined) {
    if (ctl !== undefined) throw new CannotRun('--ctl goes with --daemon');
    return null;
  }
  return { daemon: executable(daemon, '--daemon'), ctl: executable(ctl ?? daemon, '--ctl') };
}

async function run(options: Options): Promise<Exit> {
  const timeMsMax = options.time === undefined ? null : options.time * 1000;
  const bounds: Bounds = { seed: options.seed, runs: options.runs, timeMsMax, target: targetOf(options) };
  const progress = progressLine();
  const checked = await verify(options.only, bounds, progress.show);
  progress.end();
  const missing = checked.find(({ part, finding }) => finding.notRun !== undefined && options.only.includes(part.name));
  if (missing !== undefined) throw new CannotRun(`${missing.part.name}: ${missing.finding.notRun ?? ''}`);
  output(options.json === true ? toJson(checked, bounds) : toMarkdown(checked, bounds), options.output);
  return holds(checked) ? exit.clean : exit.findings;
}

export const registerVerify: Registration = (program) => {
  program
    .command('verify')
    .description('check the machines, the table and the runtime; exit 1 with a counterexample if something is violated')
    .option('--seed <n>', 'seed of everything random', count, 1)
    .option('--runs <n>', 'simulated lives', count, 10_000)
    .option('--time <seconds>', 'at most so long for the simulation', positive)
    .addOption(new Option('--only <part...>', 'check these parts only').choices(parts.map(({ name }) => name)).default([], 'all'))
    .option('--daemon <path>', 'the nitro that is walked; else the one that was built')
    .option('--ctl <path>', 'its nitroctl; else the daemon, called by that name')
    .option('--json', 'print JSON, for programs')
    .option('-o, --output <file>', 'write the report to a file')
    .action(ending(run));
};
