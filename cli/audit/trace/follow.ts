/**
 * Following a running nitro: an asynchronous row of trace entries.
 *
 * Theory of operation. Node has no datagram sockets of the file system, so `nitroctl --json trace` is the bridge: a process that follows the
 * daemon and writes a trace to its standard output. Its header tells whether the daemon was reached and in what detail it tells; what it says on
 * stderr is why not. It ends with the daemon, or when it is stopped here.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { CannotRun } from '../command.js';
import type { TraceEntry, TraceHeader } from './format.js';
import { parseEntry, parseHeader } from './parse.js';

export interface FollowOptions {
  /** Path of the control socket; else as nitroctl finds it. */
  readonly socket?: string | undefined;
  /** Path of nitroctl; else the one beside this program, or in the PATH. */
  readonly ctl?: string | undefined;
}

/** A daemon that is followed. */
export interface Following {
  readonly header: TraceHeader;
  /** Until the daemon is gone or `stop` is called; the last is the `end`. To be read once. */
  readonly entries: AsyncIterable<TraceEntry>;
  /** Follow it no more. The entries end soon. */
  readonly stop: () => void;
}

/** The daemon cannot be reached (now). */
export class Unreachable extends CannotRun {}

/** nitroctl, or the one program that is nitroctl under that name. Throws `CannotRun`. */
export function findNitroctl(given: string | undefined): string {
  if (given !== undefined) {
    if (!existsSync(given)) throw new CannotRun(`no nitroctl at ${given}`);
    return given;
  }
  const [, script = ''] = process.argv;
  const beside = [script, existsSync(script) ? realpathSync(script) : script].map(dirname);
  const paths = (process.env['PATH'] ?? '').split(delimiter).filter((path) => path !== '');
  const candidates = [...beside.flatMap((path) => [join(path, 'nitroctl'), join(path, 'nitro')]), ...paths.map((path) => join(path, 'nitroctl'))];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) throw new CannotRun(`no nitroctl beside ${script}, nor in the PATH; --ctl PATH says where it is`);
  return found;
}

/** Begin to follow. Throws `Unreachable` if there is no daemon, and `CannotRun` if there is no way to ask. */
export async function follow(options: FollowOptions = {}): Promise<Following> {
  const ctl = findNitroctl(options.ctl);
  const environment = options.socket === undefined ? process.env : { ...process.env, NITRO_SOCK: options.socket };
  const child = spawn(ctl, ['--json', 'trace'], { argv0: 'nitroctl', env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      complaint += error.message;
      resolve(null);
    });
    child.on('close', (code) => resolve(code));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) {
    const code = await ended;
    const why = complaint.replace(/^nitroctl: /, '').trim() || `${ctl} ended with ${String(code)} and said nothing`;
    throw new (code === unreachable ? Unreachable : CannotRun)(why);
  }
  const header = parseHeader(first.value);
  if ('error' in header) {
    child.kill();
    throw new CannotRun(`${ctl} is no nitroctl that can follow: it says ${JSON.stringify(first.value.slice(0, 80))}`);
  }
  const stop = stopper(child);
  return { header: { ...header, began: new Date().toISOString() }, entries: entriesOf(lines, stop), stop };
}

/** nitroctl's exit status when it cannot reach nitro. */
const unreachable = 4;

function stopper(child: ChildProcess): () => void {
  let isStopped = false;
  return () => {
    if (!isStopped) child.kill('SIGINT');
    isStopped = true;
  };
}

async function* entriesOf(lines: AsyncIterator<string>, stop: () => void): AsyncGenerator<TraceEntry, void> {
  let t = 0;
  let hasEnded = false;
  try {
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      const entry = parseEntry(line.value);
      if (entry === null || 'error' in entry) continue;
      t = Math.max(t, entry.t);
      hasEnded = entry.kind === 'end';
      yield { ...entry, t };
    }
  } finally {
    stop();
  }
  // It was killed: nobody said so.
  if (!hasEnded) yield { t, kind: 'end', why: 'stopped' };
}
