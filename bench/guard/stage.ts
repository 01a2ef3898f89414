/**
 * A daemon with its services, under a tool that looks at it.
 *
 * Theory of operation. The daemon is the very child that is spawned: strace goes aside (`-D`), and valgrind becomes it. Each service notes its
 * start by a byte in a file. The daemon is *at rest* when all starts that are expected are noted and the kernel says that it sleeps, several
 * times in a row: everything that happened before has been taken in, for what happens wakes it before anything can be seen of it.
 * Delays are set so that no timer is due in the course of a measurement.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sleep } from '../waiting.js';
import type { Lab } from './lab.js';

/** No service turns UP by time, all that a scan creates are due at once, and a life is never too short. */
const delays = 'CREATION=0,STARTING=86400000,RESPAWN=0';
/** What must happen happens within this, on the slowest of machines, under valgrind. */
const patienceMs = 60_000;
const lookMs = 1;
const looks = 3;

export interface Play {
  readonly services: number;
  /** The daemon, or another binary that behaves like it. */
  readonly daemon: string;
  /** Program and arguments before the daemon's own. */
  readonly under: readonly string[];
  /** What every service executes. */
  readonly service: string;
  /** They stay down. */
  readonly areDown?: boolean;
}

let stages = 0;

export class Stage {
  readonly base: string;
  private readonly child: ChildProcess;
  private exit: string | undefined;

  constructor(
    private readonly lab: Lab,
    readonly play: Play,
  ) {
    this.base = join(lab.base, String(++stages));
    const services = join(this.base, 's');
    mkdirSync(services, { recursive: true, mode: 0o700 });
    writeFileSync(this.startsPath, '');
    for (let number = 1; number <= play.services; number++) {
      mkdirSync(join(services, serviceName(number)));
      symlinkSync(play.service, join(services, serviceName(number), 'run'));
      if (play.areDown === true) writeFileSync(join(services, serviceName(number), 'down'), '');
    }
    const errors = openSync(join(this.base, 'stderr'), 'w');
    const [program, ...args] = commandOf(play, services);
    this.child = spawn(program, args, { cwd: this.base, env: this.environment, stdio: ['ignore', 'ignore', errors], detached: true });
    closeSync(errors);
    this.child.on('exit', (status, signal) => (this.exit = String(status ?? signal)));
    this.child.on('error', (error) => (this.exit = error.message));
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error(`the daemon was not started: ${String(this.exit)}`);
    return pid;
  }

  get socket(): string {
    return join(this.base, 'sock');
  }

  get environment(): Record<string, string> {
    return this.lab.environment({ NITRO_SOCK: this.socket, NITRO_DELAYS: delays, NITRO_GUARD_STARTS: this.startsPath });
  }

  private get startsPath(): string {
    return join(this.base, 'starts');
  }

  /** How many times a service was started, all of them together. */
  starts(): number {
    return statSync(this.startsPath).size;
  }

  /** Wait until so many services have been started, and the daemon is at rest. */
  async atRest(starts: number): Promise<void> {
    await this.until('the services are started', () => existsSync(this.socket) && this.starts() >= starts);
    await this.asleep();
  }

  /** Wait until the daemon sleeps. */
  async asleep(): Promise<void> {
    let asleep = 0;
    await this.until('the daemon sleeps', () => {
      asleep = this.state() === 'S' ? asleep + 1 : 0;
      return asleep >= looks;
    });
  }

  /** Have a client that carries out orders (ask.c), for the time of `use`. */
  async asking(use: (order: (text: string) => Promise<void>) => Promise<void>): Promise<void> {
    const client = spawn(this.lab.tool('ask'), [this.socket, String(this.pid)], { env: this.environment, stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    client.stderr.setEncoding('latin1').on('data', (text) => (said += String(text)));
    const lines = createInterface(client.stdout)[Symbol.asyncIterator]();
    const ended = new Promise<number | null>((resolve) => client.on('close', resolve));
    await use(async (text) => {
      client.stdin.write(`${text}\n`);
      const { done } = await lines.next();
      if (done === true) throw new Error(`${text}: ${said.trim()}`);
    });
    client.stdin.end();
    if ((await ended) !== 0) throw new Error(said.trim());
  }

  /** Have everything brought down; its tool has written what it knows when this returns. */
  async end(): Promise<void> {
    process.kill(this.pid, 'SIGTERM');
    await this.until('the daemon ends', () => this.exit !== undefined);
    if (this.exit !== '0') throw new Error(`the daemon ended with ${String(this.exit)}\n${this.said()}`);
  }

  /** Wait for a condition; throws when the daemon ends before, or it takes too long. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const limit = performance.now() + patienceMs;
    while (!condition()) {
      if (this.exit !== undefined) throw new Error(`${what}: the daemon ended with ${this.exit}\n${this.said()}`);
      if (performance.now() > limit) throw new Error(`not within ${patienceMs} ms: ${what}\n${this.said()}`);
      await sleep(lookMs);
    }
  }

  /** The letter that the kernel gives to what the daemon does. Its name may hold anything, and ends with the last parenthesis. */
  private state(): string {
    const text = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
    return text.charAt(text.lastIndexOf(')') + 2);
  }

  private said(): string {
    return readFileSync(join(this.base, 'stderr'), 'latin1').slice(-2000);
  }
}

/** Name of a service by its number, from 1; all are of one length. */
export const serviceName = (number: number): string => `s${String(number).padStart(4, '0')}`;

function commandOf({ under, daemon }: Play, services: string): readonly [string, ...string[]] {
  const [tool, ...options] = under;
  return tool === undefined ? [daemon, services] : [tool, ...options, daemon, services];
}
