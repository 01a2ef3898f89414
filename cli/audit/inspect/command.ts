/** `nitro-audit inspect`. */
import { readFileSync } from 'node:fs';
import { count, CannotRun, ending, exit, positive } from '../command.js';
import type { Exit, Registration } from '../command.js';
import { findNitroctl } from '../trace/follow.js';
import type { Trace } from '../trace/format.js';
import { parseTrace } from '../trace/parse.js';
import { bundledPage, filesOf } from './files.js';
import { Hub } from './hub.js';
import { Inspection } from './inspection.js';
import { Inspectors } from './inspectors.js';
import type { Control, Play } from './messages.js';
import { act } from './nitroctl.js';
import { Playback } from './playback.js';
import { serve } from './server.js';
import { findDaemon, inspectDaemon } from './source.js';

interface Options {
  readonly socket?: string;
  readonly ctl?: string;
  readonly port: number;
  readonly control?: true;
  readonly wait?: true;
  readonly trace?: string;
  readonly speed: number;
  readonly hold?: true;
  readonly statelyUrl: string;
}

function readTrace(file: string): Trace {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CannotRun(error instanceof Error ? error.message : String(error));
  }
  const trace = parseTrace(text);
  if ('error' in trace) throw new CannotRun(`${file}:${String(trace.line)}: ${trace.error}`);
  return trace;
}

/** An address that a page can be opened at. */
function checkUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new CannotRun(`--stately-url: ${url} is no address of a page`);
  return url;
}

function untilStopped(): AbortSignal {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  return stopped.signal;
}

async function inspect(options: Options): Promise<Exit> {
  const page = bundledPage();
  const stately = checkUrl(options.statelyUrl);
  const trace = options.trace === undefined ? null : readTrace(options.trace);
  const nitroctl = trace === null ? { path: findNitroctl(options.ctl), socket: options.socket } : null;
  if (nitroctl === null && options.control === true) throw new CannotRun('--control is for a daemon, not for a trace');
  const signal = untilStopped();
  const where = { socket: options.socket, ctl: options.ctl };
  const first = nitroctl === null || options.wait === true ? null : await findDaemon(where, false, signal);

  const inspection = new Inspection(trace === null ? 'live' : 'recorded', trace === null ? 1 : options.speed);
  const inspectors = new Inspectors(inspection);
  const { mode, speed } = inspection;
  const control = nitroctl === null || options.control !== true ? null : (asked: Control) => act(nitroctl, asked.action, asked.service);
  const hub = new Hub(inspection, inspectors, { mode, speed, control: control !== null, stately });
  const playback = trace === null ? null : new Playback(inspection, trace);
  const play = playback === null ? null : (what: Play) => playback.ask(what);
  const server = await serve({ hub, inspectors, files: filesOf(page), control, play }, options.port);
  process.stdout.write(`${server.url}\n`);

  if (playback !== null) {
    await playback.run(signal, options.hold === true);
    await aborted(signal);
  } else if (nitroctl !== null) await inspectDaemon(inspection, nitroctl, where, first, signal);
  await server.close();
  return exit.clean;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

export const registerInspect: Registration = (program) => {
  program
    .command('inspect')
    .description('look at a running nitro, or a recorded trace, in a browser; prints the address, and goes on until interrupted')
    .option('--socket <path>', 'control socket of the daemon')
    .option('--ctl <path>', 'nitroctl to use; else the one beside this program, or in the PATH')
    .option('--port <n>', 'port on 127.0.0.1; 0: any that is free', count, 0)
    .option('--control', 'let the page start, stop and restart services')
    .option('--wait', 'wait for the daemon if it is not there')
    .option('--trace <file>', 'play a recorded trace instead')
    .option('--speed <n>', 'seconds of the trace in a second', positive, 1)
    .option('--hold', 'begin to play when the page asks for it')
    .option('--stately-url <url>', 'page of the inspector that the page offers to open', 'https://stately.ai/inspect')
    .action(ending(inspect));
};
