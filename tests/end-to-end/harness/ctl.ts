/**
 * A nitroctl that runs.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { ctlPath } from './tools.js';

/** How a nitroctl ended. */
export interface CtlResult {
  /** Exit status, null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** How long it ran. */
  readonly tookMs: number;
}

/** What nitroctl is started with. */
export interface CtlOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** As which it is called, like `halt`. */
  readonly argv0?: string;
  /** It is killed after this. */
  readonly withinMs?: number;
  /** The control tool, where it is not the one under test. */
  readonly path?: string;
}

/** A running nitroctl. */
export class Ctl {
  stdout = '';
  stderr = '';
  /** Fulfilled when it has ended. */
  readonly done: Promise<CtlResult>;
  private readonly process: ChildProcess;

  constructor({ env = {}, cwd, argv0 = 'nitroctl', withinMs = 20_000, path = ctlPath }: CtlOptions, args: readonly string[]) {
    const started = performance.now();
    this.process = spawn(path, args, { env, argv0, ...(cwd === undefined ? {} : { cwd }), stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout?.setEncoding('latin1').on('data', (text: string) => (this.stdout += text));
    this.process.stderr?.setEncoding('latin1').on('data', (text: string) => (this.stderr += text));
    const watchdog = setTimeout(() => {
      this.stderr += `\nkilled by the test after ${withinMs} ms`;
      this.kill('SIGKILL');
    }, withinMs);
    this.done = new Promise((resolve, reject) => {
      this.process.on('error', reject);
      this.process.on('close', (code, signal) => {
        clearTimeout(watchdog);
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr, tookMs: performance.now() - started });
      });
    });
    this.done.catch(() => undefined);
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }
}
