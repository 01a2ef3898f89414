/**
 * Where measuring takes place: a directory of its own, the C tools, and the supervisors that are started.
 *
 * Theory of operation. Everything lives below one temporary directory and carries one mark, so `cleanUp` ends and removes all of
 * it, whatever has happened; it is synchronous, and so also right for a signal. The tools are small C programs,
 * because starting, killing and asking have to be timed to some µs. They are compiled anew each time, statically, so that
 * executing `stamp`, the service, costs as little as can be.
 */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Instance } from './instance.js';
import { killMarked, MARK } from './processes.js';
import type { Command, Service, Subject } from './subject.js';

/** The programs in `tools/`: their source, and how it is compiled. */
const tools = {
  bare: ['bare'],
  stamp: ['stamp'],
  stubborn: ['stamp', '-DSTUBBORN'],
  ready: ['stamp', '-DREADY'],
  logger: ['stamp', '-DLOGGER'],
  done: ['done'],
  source: ['source'],
  sink: ['sink'],
  launch: ['launch'],
  crash: ['crash'],
  timed: ['timed'],
  control: ['control'],
  fifo: ['fifo'],
} as const satisfies Record<string, readonly [string, ...string[]]>;
export type Tool = keyof typeof tools;

export type Environment = Readonly<Record<string, string>>;

/**
 * Where to make the directory, the best first: in memory, as /run is, so that no disk is measured. A socket's path has
 * room for 107 bytes.
 */
const longestTemporary = 40;
const temporaries = ['/dev/shm', tmpdir(), '/tmp'].filter((path) => path.length <= longestTemporary);

export class Lab {
  readonly base: string;
  private instances = 0;

  constructor(private readonly root: string) {
    this.base = makeDirectory();
  }

  /** Compile the tools; throws with what the compiler says. */
  prepare(): void {
    const [command = 'cc', ...first] = (process.env['CC'] ?? 'cc').trim().split(/\s+/);
    for (const [tool, [source, ...flags]] of Object.entries(tools)) {
      const args = [...first, '-O2', '-Wall', '-Wextra', '-static', ...flags, join(this.root, 'bench/tools', `${source}.c`), '-o', join(this.base, tool)];
      execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    }
  }

  tool(name: Tool): string {
    return join(this.base, name);
  }

  /** Start a supervisor with these services, which have `environment` beside the usual; `remove` it, whatever becomes of it. */
  async start(subject: Subject, services: readonly Service[], environment: Environment = {}): Promise<Instance> {
    const base = join(this.base, String(++this.instances));
    try {
      return await Instance.start(this, subject, base, services, environment);
    } catch (error) {
      this.removeBelow(base);
      throw error;
    }
  }

  /** What is left of a supervisor, which has ended or has to. */
  remove(instance: Instance): void {
    this.removeBelow(instance.place.base);
  }

  /** Have a supervisor for the time of `use`; what `use` returned. It has ended when this returns. */
  async with<T>(subject: Subject, services: readonly Service[], use: (instance: Instance) => Promise<T>, environment: Environment = {}): Promise<T> {
    const instance = await this.start(subject, services, environment);
    try {
      const answer = await use(instance);
      if (instance.isRunning) await instance.end();
      return answer;
    } finally {
      this.remove(instance);
    }
  }

  /** Run a program to its end: what it wrote to stdout. Throws if it fails. */
  async run(command: Command, environment: Environment = {}): Promise<string> {
    const [program, ...args] = command;
    const child = spawn(program, args, { env: this.environment(this.base, environment), stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('latin1').on('data', (text) => (out += String(text)));
    child.stderr.setEncoding('latin1').on('data', (text) => (err += String(text)));
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status, signal) => {
        if (status === 0) resolve(out);
        else reject(new Error(`${program} ${args.slice(0, 3).join(' ')}: ended with ${String(status ?? signal)}: ${err.trim()}`));
      });
    });
  }

  environment(mark: string, more: Environment): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', [MARK]: mark, ...more };
  }

  /** End everything that was started, and remove everything that was written. */
  cleanUp(): void {
    this.removeBelow(this.base);
  }

  private removeBelow(base: string): void {
    killMarked(base);
    rmSync(base, { recursive: true, force: true });
  }
}

/** A directory in which programs can be executed. */
function makeDirectory(): string {
  const reasons: string[] = [];
  for (const temporary of temporaries) {
    let base: string | undefined;
    try {
      base = mkdtempSync(join(temporary, 'nitro-bench-'));
      const program = join(base, 'try');
      copyFileSync('/bin/true', program);
      execFileSync(program);
      return base;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
      if (base !== undefined) rmSync(base, { recursive: true, force: true });
    }
  }
  throw new Error(`no directory for programs and sockets: ${reasons.join('; ')}`);
}
