/**
 * A supervisor that runs, with services that only note when they were executed.
 *
 * Theory of operation. `launch` notes the time and executes the supervisor, each service's `stamp` notes the time and rests, and when all is gone
 * `launch` notes that too. They append a record to one file: the first is the supervisor's exec, the one with process 0 is the
 * end, each other is the exec of a service. All clocks are CLOCK_MONOTONIC, which `process.hrtime` reads too.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment, Lab } from './lab.js';
import { descendants } from './processes.js';
import type { Command, Place, Service, Subject } from './subject.js';
import { sleep, waitUntil } from './waiting.js';

/** When which process was executed. */
export interface Stamp {
  readonly ns: bigint;
  readonly pid: number;
}

const stampBytes = 16;
/** What must happen happens within this, on the slowest of machines. */
const patienceMs = 300_000;
/** After so long a service of nitro is UP, and a life is long enough to be followed by the next at once, whoever supervises. */
export const settleMs = 2200;

const longAgo = new Date('2020-01-01T00:00:00Z');

const msBetween = (from: bigint, to: bigint): number => Number(to - from) / 1e6;

export class Instance {
  private exit: string | undefined;

  private constructor(
    private readonly lab: Lab,
    readonly subject: Subject,
    readonly place: Place,
    private readonly services: readonly Service[],
    private readonly launcher: ChildProcess,
  ) {
    launcher.on('exit', (status, signal) => (this.exit = String(status ?? signal)));
    launcher.on('error', (error) => (this.exit = error.message));
  }

  /** Lay out services below `base` and start the supervisor; its exec is noted when this returns. */
  static async start(lab: Lab, subject: Subject, base: string, services: readonly Service[], more: Environment): Promise<Instance> {
    const place: Place = { base, services: join(base, 'services') };
    mkdirSync(place.services, { recursive: true, mode: 0o700 });
    writeFileSync(stampsOf(place), '');
    subject.place(place, services);
    // runsvdir waits for a second before it looks at a directory that has just been changed: not what is compared.
    utimesSync(place.services, longAgo, longAgo);
    const errors = openSync(join(base, 'stderr'), 'w');
    const environment = lab.environment(base, { ...more, ...subject.environment(place), NITRO_BENCH_STAMPS: stampsOf(place) });
    const launcher = spawn(lab.tool('launch'), subject.command(place, services), {
      cwd: base,
      env: environment,
      stdio: ['ignore', 'ignore', errors],
      detached: true,
    });
    closeSync(errors);
    const instance = new Instance(lab, subject, place, services, launcher);
    await instance.waitUntil('the supervisor is executed', () => instance.recorded() > 0);
    return instance;
  }

  /** The supervisor itself: the root of all processes that supervise. */
  get pid(): number {
    const { pid } = this.started();
    return pid;
  }

  get isRunning(): boolean {
    return this.exit === undefined;
  }

  get stampsPath(): string {
    return stampsOf(this.place);
  }

  /** Processes that should have been executed when all is up: services and loggers. */
  get expected(): number {
    return this.services.length + this.services.filter(({ logger }) => logger !== undefined).length;
  }

  /** All processes of the supervisor, without the services and loggers. */
  supervision(): readonly number[] {
    const supervised = new Set(this.executed().map(({ pid }) => pid));
    return [this.pid, ...descendants(this.pid).filter((pid) => !supervised.has(pid))];
  }

  /** The execs of services so far, in the order in which they happened. */
  executed(): readonly Stamp[] {
    return this.stamps().slice(1).filter(({ pid }) => pid > 0).sort((a, b) => (a.ns < b.ns ? -1 : 1));
  }

  /** Wait until all services are executed: ms from the supervisor's exec to that of the last. */
  async waitExecuted(): Promise<number> {
    await this.waitUntil('all services are executed', () => this.recorded() > this.expected);
    const last = this.executed()[this.expected - 1];
    return last === undefined ? 0 : msBetween(this.started().ns, last.ns);
  }

  /** Wait until all services are up for good, and have lived long enough to be restarted at once. */
  async settle(): Promise<void> {
    await this.waitExecuted();
    await sleep(settleMs);
    if (!this.isRunning) throw new Error(`it ended with ${String(this.exit)}\n${this.said()}`);
  }

  /** Run a program that asks or tells it something, with what it needs in its environment: what it wrote to stdout. */
  run(command: Command): Promise<string> {
    return this.lab.run(command, this.subject.environment(this.place));
  }

  /** How long `command` takes as a whole process: ms each of `times` times. */
  async time(command: Command, times: number): Promise<readonly number[]> {
    const text = await this.run([this.lab.tool('timed'), String(times), ...command]);
    return numbersOf(text).map((ns) => ns / 1e6);
  }

  /** Have everything brought down: ms until nothing of it is left. */
  async end(): Promise<number> {
    const ended = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`it does not end\n${this.said()}`)), patienceMs);
      this.launcher.once('exit', () => {
        clearTimeout(late);
        resolve();
      });
    });
    const { signal, command } = this.subject.end(this.place, this.services);
    const begun = process.hrtime.bigint();
    process.kill(this.pid, signal);
    // It may say that something had to be killed: that is no failure here.
    if (command !== undefined) await this.run(command).catch(() => undefined);
    await ended;
    const end = this.stamps().find(({ pid }) => pid === 0);
    if (end === undefined) throw new Error(`it ended with ${String(this.exit)}, and something of it is left\n${this.said()}`);
    return msBetween(begun, end.ns);
  }

  async waitUntil(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    await waitUntil(what, patienceMs, async () => {
      if (!this.isRunning) throw new Error(`it ended with ${String(this.exit)}\n${this.said()}`);
      return await condition();
    });
  }

  private started(): Stamp {
    const [first] = this.stamps();
    if (first === undefined) throw new Error('it was not started');
    return first;
  }

  private recorded(): number {
    return Math.floor(statSync(this.stampsPath).size / stampBytes);
  }

  private stamps(): readonly Stamp[] {
    const data = readFileSync(this.stampsPath);
    return Array.from({ length: Math.floor(data.length / stampBytes) }, (_, index) => {
      const at = index * stampBytes;
      return { ns: readI64(data, at), pid: Number(readI64(data, at + 8)) };
    });
  }

  /** The last of what it said. */
  private said(): string {
    return readFileSync(join(this.place.base, 'stderr'), 'latin1').slice(-2000);
  }
}

/** Numbers that a program wrote, with white space between them. */
export const numbersOf = (text: string): readonly number[] => text.trim().split(/\s+/).map(Number);

const stampsOf = ({ base }: Place): string => join(base, 'stamps');

/** A number as C wrote it on this machine. */
function readI64(data: Buffer, at: number): bigint {
  return isLittleEndian ? data.readBigInt64LE(at) : data.readBigInt64BE(at);
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
