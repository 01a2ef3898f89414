/**
 * A supervisor that runs, with services that only note when they were executed.
 *
 * Theory of operation. `launch` notes the time and becomes the daemon; each service's `stamp` notes the time and rests. Both
 * append a record to one file: the first is the daemon's exec, each other the exec of a service. All clocks are CLOCK_MONOTONIC, which
 * `process.hrtime` reads too.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.js';
import { serviceName } from './subject.js';
import type { Place } from './subject.js';
import { sleep, waitUntil } from './waiting.js';

/** When which process was executed. */
export interface Stamp {
  readonly ns: bigint;
  readonly pid: number;
}

const stampBytes = 16;
/** What must happen happens within this, on the slowest of machines. */
const patienceMs = 60_000;

export const msBetween = (from: bigint, to: bigint): number => Number(to - from) / 1e6;

export class Instance {
  private exit: string | undefined;

  private constructor(
    private readonly lab: Lab,
    private readonly place: Place,
    readonly services: number,
    private readonly daemon: ChildProcess,
  ) {
    daemon.on('exit', (status, signal) => (this.exit = String(status ?? signal)));
    daemon.on('error', (error) => (this.exit = error.message));
  }

  /** Lay out a directory below `base` and start the supervisor; its exec is noted when this returns. */
  static async start(lab: Lab, base: string, services: number): Promise<Instance> {
    const { subject } = lab;
    const place: Place = { base, services: join(base, 'services') };
    mkdirSync(place.services, { recursive: true, mode: 0o700 });
    writeFileSync(stampsOf(place), '');
    const names = Array.from({ length: services }, (_, index) => serviceName(index + 1));
    subject.place(place, names, lab.tool('stamp'));
    const errors = openSync(join(base, 'stderr'), 'w');
    const environment = lab.environment(base, { ...subject.environment(place), NITRO_BENCH_STAMPS: stampsOf(place) });
    const daemon = spawn(lab.tool('launch'), subject.command(place), {
      cwd: base,
      env: environment,
      stdio: ['ignore', 'ignore', errors],
      detached: true,
    });
    closeSync(errors);
    const instance = new Instance(lab, place, services, daemon);
    await instance.waitUntil('the daemon is executed', () => instance.recorded() > 0);
    return instance;
  }

  get pid(): number {
    const { pid } = this.daemon;
    if (pid === undefined) throw new Error('the daemon was not started');
    return pid;
  }

  get isRunning(): boolean {
    return this.exit === undefined;
  }

  get stampsPath(): string {
    return stampsOf(this.place);
  }

  get controlSocket(): string | undefined {
    return this.lab.subject.controlSocket(this.place);
  }

  /** The execs of services so far, in the order in which they happened. */
  executed(): readonly Stamp[] {
    return this.stamps().slice(1).sort((a, b) => (a.ns < b.ns ? -1 : 1));
  }

  /** Wait until all services are executed: ms from the daemon's exec to that of the first, and to that of the last. */
  async waitExecuted(): Promise<{ readonly first: number; readonly last: number }> {
    await this.waitUntil('all services are executed', () => this.recorded() > this.services);
    const [daemon] = this.stamps();
    const executed = this.executed();
    const [first, last] = [executed[0], executed[this.services - 1]];
    if (daemon === undefined || first === undefined || last === undefined) throw new Error('the record of starts has gaps');
    return { first: msBetween(daemon.ns, first.ns), last: msBetween(daemon.ns, last.ns) };
  }

  /** Wait until the daemon itself says that all services run: ms since its exec. Undefined if it cannot be asked precisely. */
  async waitRunning(): Promise<number | undefined> {
    const socket = this.controlSocket;
    if (socket === undefined) return undefined;
    await this.waitExecuted();
    const said = await this.lab.run([this.lab.tool('control'), 'await', socket, String(this.services), String(patienceMs)]);
    return msBetween(this.stamps()[0]?.ns ?? 0n, BigInt(said.trim()));
  }

  /** Wait until all services are up for good, and have lived long enough to be restarted at once. */
  async waitUp(): Promise<void> {
    const { upAfterMs, upState } = this.lab.subject;
    await this.waitExecuted();
    await sleep(upAfterMs);
    await this.waitUntil(`all services are ${upState}`, async () => {
      const states = (await this.list()).map((line) => line.split(' ')[0]);
      return states.length === this.services && states.every((state) => state === upState);
    });
  }

  /** Program and arguments that list the services, and what they need in their environment. */
  listing(): { readonly command: readonly [string, ...string[]]; readonly environment: Readonly<Record<string, string>> } {
    const { subject } = this.lab;
    return { command: subject.listCommand(this.place), environment: subject.environment(this.place) };
  }

  /** The lines of the list. */
  async list(): Promise<readonly string[]> {
    const { command, environment } = this.listing();
    return (await this.lab.run(command, environment)).split('\n').slice(0, -1);
  }

  /** Have everything brought down: ms until the daemon has ended. */
  async end(): Promise<number> {
    const begun = performance.now();
    const ended = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the daemon does not end\n${this.said()}`)), patienceMs);
      this.daemon.once('exit', () => {
        clearTimeout(late);
        resolve();
      });
    });
    this.daemon.kill(this.lab.subject.endSignal);
    await ended;
    const taken = performance.now() - begun;
    if (this.exit !== '0') throw new Error(`the daemon ended with ${String(this.exit)}\n${this.said()}`);
    return taken;
  }

  private async waitUntil(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    await waitUntil(what, patienceMs, async () => {
      if (!this.isRunning) throw new Error(`the daemon ended with ${String(this.exit)}\n${this.said()}`);
      return await condition();
    });
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

  /** The last of what the daemon said. */
  private said(): string {
    return readFileSync(join(this.place.base, 'stderr'), 'latin1').slice(-2000);
  }
}

const stampsOf = ({ base }: Place): string => join(base, 'stamps');

/** A number as C wrote it on this machine. */
function readI64(data: Buffer, at: number): bigint {
  return isLittleEndian ? data.readBigInt64LE(at) : data.readBigInt64BE(at);
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
