/**
 * System calls that fail because strace has them fail.
 *
 * `strace -e inject=CALL:error=ERRNO:when=N` lets the Nth call of a process fail without being made. Either nitro is started under it
 * (`launchedWith`: then N counts from the very first call), or it comes later to one that runs (`Injection`: from that moment on). What was
 * injected is read from what strace wrote, so that a fault that never came is not counted.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { works } from '../end-to-end/harness/container.js';
import { waitFor } from '../end-to-end/harness/wait.js';

/** One call of a process that fails, once. */
export interface Fault {
  readonly call: string;
  readonly errno: string;
  /** Which of the calls, from 1. */
  readonly when: number;
}

export const wordsOf = ({ call, errno, when }: Fault): string => `${call} number ${String(when)} fails with ${errno}`;

const injectionOf = ({ call, errno, when }: Fault): string => `inject=${call}:error=${errno}:when=${String(when)}`;

let isThere: boolean | undefined;
/** Is strace installed, and may it trace? */
export function mayInject(): boolean {
  return (isThere ??= works('strace', '-qq', '-o', '/dev/null', '-e', 'inject=umask:error=EPERM:when=1', 'true'));
}

/** The words before a nitro that starts with a fault; `file` gets what was traced. */
export const launchedWith = (fault: Fault, file: string): readonly string[] =>
  ['strace', '-D', '-qq', '-o', file, '-e', `trace=${fault.call}`, '-e', injectionOf(fault), '-e', 'signal=none'];

/** Did the fault come? */
export const cameTo = (file: string): boolean => existsSync(file) && readFileSync(file, 'latin1').includes('(INJECTED)');

/** How often a call is made by a nitro that is traced into `file`. */
export function callsIn(file: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of readFileSync(file, 'latin1').split('\n')) {
    const call = /^(\w+)\(/.exec(line)?.[1];
    if (call !== undefined) counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  return counts;
}

/** A strace that came to a process that runs. */
export class Injection {
  private isAttached = false;
  private isDone = false;
  private complaint = '';

  private constructor(
    private readonly process: ChildProcess,
    private readonly file: string,
  ) {
    process.stderr?.setEncoding('latin1').on('data', (text: string) => {
      this.complaint += text;
      if (text.includes('attached')) this.isAttached = true;
    });
    process.on('error', (error) => (this.complaint += error.message));
    process.on('close', () => (this.isDone = true));
  }

  /** Attach to `pid`; with `children`, to all that it forks from now on. Without a fault it only writes down the calls. */
  static async to(pid: number, fault: Fault | null, file: string, { children = false } = {}): Promise<Injection> {
    const what = fault === null ? [] : ['-e', `trace=${fault.call}`, '-e', injectionOf(fault)];
    const args = [...(children ? ['-f'] : []), '-p', String(pid), '-o', file, ...what, '-e', 'signal=none'];
    const injection = new Injection(spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] }), file);
    await waitFor('strace is attached', () => {
      if (injection.isDone) throw new Error(injection.complaint);
      return injection.isAttached;
    }, { withinMs: 60_000, report: () => injection.complaint });
    return injection;
  }

  /** Has the fault come yet? */
  get came(): boolean {
    return cameTo(this.file);
  }

  /** Detach; did the fault come? */
  async detach(): Promise<boolean> {
    this.process.kill('SIGINT');
    await waitFor('strace has left', () => this.isDone, { withinMs: 60_000 });
    return this.came;
  }
}
