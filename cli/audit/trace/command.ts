/** `nitro-audit record`, `watch`, `replay`, `blame` and `plot`. */
import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import type { Command } from 'commander';
import { CannotRun, count, ending, exit, output, positive } from '../command.js';
import type { Exit, Registration } from '../command.js';
import { conformance } from './conformance.js';
import { courseOf } from './course.js';
import type { Trace } from './format.js';
import { record, watch } from './live.js';
import type { LiveOptions } from './live.js';
import { parsePlaced, parseTrace } from './parse.js';
import type { Malformed } from './parse.js';
import { plot } from './picture.js';
import { startsOf, startsTable } from './starts.js';
import { verdictJson, verdictText } from './verdict.js';

/** Text of a file; `-` is standard input. */
function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CannotRun(error instanceof Error ? error.message : String(error));
  }
}

function fitting<T extends object>(file: string, parsed: T | Malformed): T {
  if ('error' in parsed) throw new CannotRun(`${file === '-' ? 'standard input' : file}:${String(parsed.line)}: ${parsed.error}`);
  return parsed;
}

function traceIn(file: string): Trace {
  return fitting(file, parseTrace(textOf(file)));
}

interface ReplayOptions {
  readonly known?: 'reference';
  readonly json?: true;
  readonly output?: string;
}

function replay(file: string, options: ReplayOptions): Exit {
  const { header, placed } = fitting(file, parsePlaced(textOf(file)));
  const verdict = conformance(placed, { reference: options.known === 'reference' });
  output((options.json === true ? verdictJson : verdictText)(header, verdict), options.output);
  return verdict.violations.length === 0 ? exit.clean : exit.findings;
}

interface BlameOptions {
  readonly top: number;
  readonly json?: true;
}

function blame(file: string, { top, json }: BlameOptions): Exit {
  const starts = startsOf(courseOf(traceIn(file)).lanes);
  const most = top === 0 ? Infinity : top;
  output(json === true ? `${JSON.stringify(starts.slice(0, most), null, 2)}\n` : startsTable(starts, most), undefined);
  return exit.clean;
}

interface PlotOptions {
  readonly output?: string;
  readonly only: readonly string[];
}

function draw(file: string, options: PlotOptions): Exit {
  const trace = traceIn(file);
  const known = new Set(courseOf(trace).lanes.map(({ service }) => service));
  const missing = options.only.filter((name) => !known.has(name));
  if (missing.length > 0) throw new CannotRun(`not in the trace: ${missing.join(', ')}`);
  output(plot(trace, options.only), options.output);
  return exit.clean;
}

const following = (command: Command): Command =>
  command
    .option('--socket <path>', 'control socket of the nitro to follow; else as nitroctl finds it')
    .option('--ctl <path>', 'nitroctl to ask it with; else the one beside this program, or in the PATH')
    .option('--for <seconds>', 'at most so long', positive);

export const registerTrace: Registration = (program) => {
  following(program.command('record'))
    .description('record what a running nitro does to a trace file, until it is gone or Ctrl-C')
    .option('--wait', 'wait for a nitro that does not run yet')
    .option('-o, --output <file>', 'write to a file; else to standard output')
    .action(ending((options: LiveOptions & { readonly output?: string }) => record(options)));
  following(program.command('watch'))
    .description('print what a running nitro does, until it is gone or Ctrl-C')
    .option('--wait', 'wait for a nitro that does not run, and for the next when it is gone')
    .action(ending((options: LiveOptions) => watch(options)));
  program
    .command('replay')
    .description('hold a trace against the model; exit 1 if something in it is not allowed')
    .argument('<file>', 'the trace; - is standard input')
    .addOption(new Option('--known <daemon>', 'allow for the announcements that this daemon leaves out, and count them').choices(['reference']))
    .option('--json', 'print JSON, for programs')
    .option('-o, --output <file>', 'write the report to a file')
    .action(ending(replay));
  program
    .command('blame')
    .description('list the starts of services in a trace, the slowest first')
    .argument('<file>', 'the trace; - is standard input')
    .option('--top <n>', 'so many; 0: all', count, 20)
    .option('--json', 'print JSON, for programs; times are milliseconds')
    .action(ending(blame));
  program
    .command('plot')
    .description('draw a trace as a timeline of all services, in SVG')
    .argument('<file>', 'the trace; - is standard input')
    .option('--only <service...>', 'these services only', [])
    .option('-o, --output <file>', 'write the picture to a file')
    .action(ending(draw));
};
