/** `nitro-audit simulate`. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { timeline as timelineSvg } from '../../../diagrams/timeline.js';
import { timeline as everything } from '../../../model-tests/sim/show.js';
import { CannotRun, count, ending, exit, isColoured, output } from '../command.js';
import type { Exit, Registration } from '../command.js';
import { factsOf } from '../check/facts.js';
import { bytesOf, textOf } from '../check/names.js';
import { readSnapshot } from '../check/read.js';
import { errorName } from '../check/system-names.js';
import { courseOf } from '../trace/course.js';
import type { Trace } from '../trace/format.js';
import { formatTrace } from '../trace/parse.js';
import { pictureOf } from '../trace/picture.js';
import { gantt } from './gantt.js';
import { knownOf } from './known.js';
import { forms } from './lives.js';
import { simulate, traceOf, unmetOf } from './simulate.js';
import type { Bounds } from './simulate.js';
import { parseStory } from './story.js';
import type { Story } from './story.js';
import { parseTime, timeText } from './time.js';
import { clock, timelineText } from './timeline.js';

interface Options {
  readonly script?: string;
  readonly until?: number;
  readonly seed?: number;
  readonly faults: number;
  readonly mode: Bounds['mode'];
  readonly width?: number;
  readonly json?: true;
  readonly svg?: string;
  readonly verbose?: true;
  readonly output?: string;
}

/** How long it goes on after the last act of the story; ms. */
const untilAfterMs = 10_000;
const untilLeastMs = 30_000;
/** A day: what is longer has no picture, and takes long. */
const untilMost = 86_400_000;
const widthUsual = 100;

const example = `
A behaviour file has a statement a line; what it does not describe behaves as usual.

  # the database is slow, and the web server crashes twice
  db setup: exits 0 after 3s
  web run: crashes after 500ms; exits 1 after 2s; stays, ignores TERM
  worker@* run: outputs 2k/s
  at 10s restart db
  at 20s expect web UP
  at 25s Shutdown

A life is properties divided by commas, lives are divided by ; and the last one is repeated:
${forms.map(({ form }) => `  ${form}`).join('\n')}

An act is a command of nitroctl, or: signal HUP|INT|TERM, crash SERVICE [SIGNAL], remove SERVICE,
expect SERVICE STATE. Without a file: setup exits 0 after 100ms, run stays until it is signalled (ready after 100ms if it
has a notification-fd), finish exits 0 after 50ms, loggers read on until they are signalled.`;

function timeOption(text: string): number {
  const ms = parseTime(text);
  if (ms === null || ms === 0 || ms > untilMost) throw new InvalidArgumentError('It takes a time up to a day, such as 500ms, 60s or 5m.');
  return ms;
}

function widthOption(text: string): number {
  const width = count(text);
  if (width < 40) throw new InvalidArgumentError('It takes 40 or more.');
  return width;
}

function bytesIn(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file).toString('latin1');
  } catch (error) {
    throw new CannotRun(error instanceof Error ? error.message : String(error));
  }
}

/** Without an end of its own the story goes on for a while after its last act. */
function untilOf({ until }: Options, { acts }: Story): number {
  return until ?? Math.max(untilLeastMs, ...acts.map(({ at }) => at + untilAfterMs));
}

function svgOf(trace: Trace, directory: string): string {
  const picture = pictureOf(trace, []);
  const services = `${String(picture.rows.length)} ${picture.rows.length === 1 ? 'service' : 'services'}`;
  return timelineSvg({ ...picture, title: `${directory}, simulated`, subtitle: `${services}, ${timeText(picture.to)} of virtual time` });
}

function run(directory: string, options: Options): Exit {
  const snapshot = readSnapshot(bytesOf(directory));
  if ('errno' in snapshot) throw new CannotRun(`cannot read the service directory ${directory}: ${errorName(snapshot.errno)}`);
  const facts = factsOf(snapshot);
  const file = options.script;
  const story = parseStory(file === undefined ? '' : bytesIn(file), knownOf(facts));
  if ('mistakes' in story) {
    for (const { line, message } of story.mistakes) process.stderr.write(`${file === '-' ? 'standard input' : (file ?? '')}:${String(line)}: ${message}\n`);
    return exit.usage;
  }
  const bounds: Bounds = { untilMs: untilOf(options, story), seed: options.seed ?? null, faults: options.faults, mode: options.mode };
  const simulation = simulate(facts, story, bounds);
  const trace = traceOf(simulation, textOf(snapshot.path));
  if (options.svg !== undefined) output(svgOf(trace, textOf(snapshot.path)), options.svg);
  const colours = options.output === undefined && isColoured(process.stdout);
  const columns = process.stdout.isTTY ? process.stdout.columns : 0;
  const width = options.width ?? (columns > 0 ? columns : widthUsual);
  const text =
    options.json === true
      ? formatTrace(trace)
      : options.verbose === true
        ? `${everything(simulation.life.trace)}\n`
        : `${timelineText(simulation, colours)}\n${gantt(courseOf(trace), width, colours)}`;
  output(text, options.output);
  const unmet = unmetOf(simulation, story);
  for (const { act, found } of unmet) process.stderr.write(`${file ?? ''}:${String(act.line)}: at ${timeText(act.at)} ${act.text}: it is ${found}\n`);
  const isEndless = simulation.how.includes('circle');
  if (isEndless) process.stderr.write(`nitro-audit: at ${clock(simulation.end)} s it ${simulation.how}\n`);
  return unmet.length > 0 || isEndless ? exit.findings : exit.clean;
}

export const registerSimulate: Registration = (program: Command) => {
  program
    .command('simulate')
    .description('show what nitro would do with a service directory, in virtual time; exit 1 if an expectation is not met')
    .argument('<dir>', 'the service directory; nothing in it is executed')
    .option('--script <file>', 'how scripts behave and what happens when; see below (-: standard input)')
    .option('--until <time>', 'how long, in virtual time (default: 30s, and 10s beyond the last act)', timeOption)
    .option('--seed <n>', 'have what may come in any order come in an order of this seed', count)
    .option('--faults <n>', 'have up to so many calls of the system fail', count, 0)
    .addOption(new Option('--mode <mode>', 'what nitro runs as').choices(['process', 'container', 'machine']).default('process'))
    .option('--width <n>', 'width of the picture in characters (default: the terminal, or 100)', widthOption)
    .option('--json', 'print a trace, for nitro-audit plot, replay and blame')
    .option('--svg <file>', 'draw the timeline to a file')
    .option('--verbose', 'print everything that happens, of processes, pipes and clients too')
    .option('-o, --output <file>', 'write to a file')
    .addHelpText('after', example)
    .action(ending(run));
};
