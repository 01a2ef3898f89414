/** `nitro-audit conform`. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option } from 'commander';
import { CannotRun, count, ending, exit, output, positive, progressLine } from '../command.js';
import type { Exit, Registration } from '../command.js';
import { parts } from './finding.js';
import type { PartName } from './finding.js';
import { toJson, toMarkdown, unknownOf } from './report.js';
import { conform } from './run.js';

interface Options {
  readonly daemon: string;
  readonly ctl?: string;
  readonly known?: 'reference';
  readonly delays: 'auto' | 'short' | 'default';
  readonly only: readonly PartName[];
  readonly jobs: number;
  readonly seed: number;
  readonly time?: number;
  readonly patience: number;
  readonly match: string;
  readonly keep?: string;
  readonly json?: true;
  readonly output?: string;
}

/** How long handles that are left open are waited for at the end. */
const lingerMs = 5000;

/** A program that can be executed, as an absolute path. */
function executable(path: string, what: string): string {
  const absolute = resolve(path);
  try {
    accessSync(absolute, constants.X_OK);
    return absolute;
  } catch (error) {
    throw new CannotRun(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function run(options: Options): Promise<Exit> {
  const daemon = executable(options.daemon, '--daemon');
  const target = { daemon, ctl: executable(options.ctl ?? `${daemon}ctl`, options.ctl === undefined ? '--ctl is not given' : '--ctl') };
  if (options.keep !== undefined) {
    mkdirSync(options.keep, { recursive: true });
    process.env['NITRO_TEST_KEEP'] = resolve(options.keep);
  }
  const progress = progressLine();
  const shown = new Map<PartName, string>();
  const until = options.time === undefined ? Infinity : performance.now() + options.time * 1000;
  // Whatever may be left open, such as a pipe of a daemon that could not be ended, does not keep the program from its end.
  const ending = (): NodeJS.Timeout => setTimeout(() => process.exit(), lingerMs).unref();
  const report = await conform({
    target,
    only: options.only,
    delays: options.delays,
    match: options.match,
    jobs: Math.max(1, options.jobs),
    seed: options.seed,
    patienceMs: options.patience * 1000,
    isOver: () => performance.now() > until,
    progress: (part, done, all) => {
      shown.set(part, `${part}: ${String(done)} of ${String(all)}`);
      progress.show([...shown.values()].join('; '));
    },
  }).finally(ending);
  progress.end();
  const isKnown = options.known === 'reference';
  output(options.json === true ? toJson(report, isKnown) : toMarkdown(report, isKnown), options.output);
  return unknownOf(report, isKnown).length === 0 ? exit.clean : exit.findings;
}

export const registerConform: Registration = (program) => {
  program
    .command('conform')
    .description('hold any nitro against the machines and behaviour.md: walk on it, probe it; exit 1 if it diverges')
    .requiredOption('--daemon <path>', 'the nitro to hold against them')
    .option('--ctl <path>', 'its nitroctl; else the path of the daemon with `ctl` behind it')
    .addOption(new Option('--known <daemon>', 'group what this daemon is known to do otherwise, and do not count it').choices(['reference']))
    .addOption(new Option(
      '--delays <which>',
      'make delays short with NITRO_DELAYS, or wait for those of behaviour.md',
    ).choices(['auto', 'short', 'default']).default('auto'))
    .addOption(new Option('--only <part...>', 'do these parts only').choices([...parts]).default([], 'all'))
    .option('--match <text>', 'only probes whose name has this', '')
    .option('--jobs <n>', 'daemons at the same time', count, 8)
    .option('--seed <n>', 'seed of the order of the probes', count, 1)
    .option('--time <seconds>', 'begin nothing more after this', positive)
    .option('--patience <seconds>', 'how long what must happen may take', positive, 20)
    .option('--keep <directory>', 'keep the directories of the daemons there')
    .option('--json', 'print JSON, for programs')
    .option('-o, --output <file>', 'write the report to a file')
    .action(ending(run));
};
