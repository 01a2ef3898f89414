/**
 * Where measuring takes place: a directory of its own, the C tools, and the daemons that are started.
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
import type { Options } from './options.js';
import { killMarked, MARK } from './processes.js';
import type { Subject } from './subject.js';

const tools = ['stamp', 'launch', 'crash', 'timed', 'control'] as const;
export type Tool = (typeof tools)[number];

/**
 * Where to make the directory, the best first: in memory, as /run is, so that no disk is measured. A socket's path has
 * room for 107 bytes.
 */
const longestTemporary = 40;
const temporaries = ['/dev/shm', tmpdir(), '/tmp'].filter((path) => path.length <= longestTemporary);

export class Lab {
  readonly base: string;
  private instances = 0;

  constructor(
    private readonly root: string,
    readonly subject: Subject,
    readonly options: Options,
  ) {
    this.base = makeDirectory();
  }

  /** Compile the tools; throws with what the compiler says. */
  prepare(): void {
    const compiler = process.env['CC'] ?? 'cc';
    for (const tool of tools) {
      const source = join(this.root, 'bench', `${tool}.c`);
      const [command = 'cc', ...first] = compiler.trim().split(/\s+/);
      execFileSync(command, [...first, '-O2', '-Wall', '-Wextra', '-static', source, '-o', this.tool(tool)], { stdio: ['ignore', 'ignore', 'inherit'] });
    }
  }

  tool(name: Tool): string {
    return join(this.base, name);
  }

  /** Have a supervisor with so many services for the time of `use`; what `use` returned. It has ended when this returns. */
  async with<T>(services: number, use: (instance: Instance) => Promise<T>): Promise<T> {
    const base = join(this.base, String(++this.instances));
    try {
      const instance = await Instance.start(this, base, services);
      const answer = await use(instance);
      if (instance.isRunning) await instance.end();
      return answer;
    } finally {
      killMarked(base);
      rmSync(base, { recursive: true, force: true });
    }
  }

  /** Run a program to its end: what it wrote to stdout. Throws if it fails. */
  async run(command: readonly [string, ...string[]], environment: Readonly<Record<string, string>> = {}): Promise<string> {
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

  /** Numbers, a line each, that a program writes. */
  async runForNumbers(command: readonly [string, ...string[]], environment: Readonly<Record<string, string>> = {}): Promise<readonly number[]> {
    const text = await this.run(command, environment);
    return text.trim().split(/\s+/).map(Number);
  }

  environment(mark: string, more: Readonly<Record<string, string>>): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', [MARK]: mark, ...more };
  }

  /** End everything that was started, and remove everything that was written. */
  cleanUp(): void {
    killMarked(this.base);
    rmSync(this.base, { recursive: true, force: true });
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
