/** `nitro-audit verify`. */
import { Option } from 'commander';
import { count, ending, exit, output, positive, progressLine } from '../command.js';
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
}

function run(options: Options): Exit {
  const bounds: Bounds = { seed: options.seed, runs: options.runs, timeMsMax: options.time === undefined ? null : options.time * 1000 };
  const progress = progressLine();
  const checked = verify(options.only, bounds, progress.show);
  progress.end();
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
    .option('--json', 'print JSON, for programs')
    .option('-o, --output <file>', 'write the report to a file')
    .action(ending(run));
};
