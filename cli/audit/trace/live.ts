/**
 * `record` and `watch`: what is done with a daemon that is followed, until it is gone, the time is over, or somebody interrupts.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { CannotRun, exit, isColoured, progressLine } from '../command.js';
import type { Exit } from '../command.js';
import { follow, Unreachable } from './follow.js';
import type { FollowOptions, Following } from './follow.js';
import type { TraceEntry, TraceHeader } from './format.js';
import { entryLines } from './lines.js';
import { formatEntry, formatHeader } from './parse.js';

export interface LiveOptions extends FollowOptions {
  readonly for?: number;
  readonly wait?: true;
}

/** How long until it is tried again to reach a daemon; ms. */
const retryMs = 500;

/** What ends a command that goes on: time that is over, SIGINT or SIGTERM. */
class Until {
  isOver = false;
  private readonly waiting: (() => void)[] = [];
  private readonly timer: NodeJS.Timeout | null;
  private readonly interrupt = (): void => this.end();

  constructor(seconds: number | undefined) {
    this.timer = seconds === undefined ? null : setTimeout(this.interrupt, seconds * 1000);
    process.on('SIGINT', this.interrupt).on('SIGTERM', this.interrupt);
  }

  /** Call this once, when it ends. */
  then(act: () => void): void {
    if (this.isOver) act();
    else this.waiting.push(act);
  }

  /** Nothing is waited for any more. */
  done(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    process.off('SIGINT', this.interrupt).off('SIGTERM', this.interrupt);
  }

  private end(): void {
    this.isOver = true;
    for (const act of this.waiting.splice(0)) act();
  }
}

/** A daemon; null: it ended before there was one. */
async function reach(options: LiveOptions, until: Until): Promise<Following | null> {
  for (let isFirst = true; !until.isOver; isFirst = false) {
    try {
      return await follow(options);
    } catch (problem) {
      if (options.wait !== true || !(problem instanceof Unreachable)) throw problem;
      if (isFirst) process.stderr.write(`${problem.message}; waiting for it\n`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, retryMs);
        until.then(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
  return null;
}

/** Follow it to the end. */
async function each(following: Following, until: Until, see: (entry: TraceEntry) => void): Promise<void> {
  until.then(following.stop);
  for await (const entry of following.entries) see(entry);
}

/** Write a trace to a file, or to standard output, each entry as it comes. */
export async function record(options: LiveOptions & { readonly output?: string }): Promise<Exit> {
  const until = new Until(options.for);
  try {
    const following = await reach(options, until);
    if (following === null) return exit.clean;
    const sink = options.output === undefined ? standardOutput : sinkTo(options.output);
    const progress = progressLine();
    const counts = { steps: 0, lost: 0 };
    sink.write(formatHeader(following.header));
    await each(following, until, (entry) => {
      sink.write(formatEntry(entry));
      if (entry.kind === 'step' || entry.kind === 'state') counts.steps += 1;
      if (entry.kind === 'lost') counts.lost += 1;
      if (options.output !== undefined) progress.show(`${String(counts.steps)} ${following.header.detail}, ${(entry.t / 1000).toFixed(0)} s; Ctrl-C ends it`);
    });
    progress.end();
    sink.close();
    if (options.output !== undefined) process.stderr.write(summary(following.header, counts));
    return exit.clean;
  } finally {
    until.done();
  }
}

/** Where a trace is written, each line as soon as it is known. */
interface Sink {
  readonly write: (text: string) => void;
  readonly close: () => void;
}

const standardOutput: Sink = { write: (text) => process.stdout.write(text), close: () => undefined };

/** A file. Throws `CannotRun`, also when there is no room left for more. */
function sinkTo(path: string): Sink {
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw new CannotRun(error instanceof Error ? error.message : String(error));
    }
  };
  const file = attempt(() => openSync(path, 'w'));
  return { write: (text) => attempt(() => writeSync(file, text)), close: () => closeSync(file) };
}

function summary({ detail }: TraceHeader, { steps, lost }: { readonly steps: number; readonly lost: number }): string {
  const losses = lost === 0 ? '' : `; something was lost ${lost === 1 ? 'once' : `${String(lost)} times`}`;
  return `recorded ${String(steps)} ${detail}${losses}\n`;
}

/** Print what happens. With `wait`, also of the next nitro when one is gone. */
export async function watch(options: LiveOptions): Promise<Exit> {
  const until = new Until(options.for);
  const coloured = isColoured(process.stdout);
  try {
    do {
      const following = await reach(options, until);
      if (following === null) break;
      const { began, detail } = following.header;
      if (detail === 'states') process.stderr.write('this nitro tells its states only\n');
      await each(following, until, (entry) => {
        if (!(entry.kind === 'end' && entry.why === 'stopped')) process.stdout.write(entryLines(entry, began, coloured));
      });
    } while (options.wait === true && !until.isOver);
    return exit.clean;
  } finally {
    until.done();
  }
}
