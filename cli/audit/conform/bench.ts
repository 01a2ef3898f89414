/**
 * Where a probe works: a daemon of its own, everything that is done to it recorded as a script, and everything that is seen held
 * against what should be.
 *
 * Nothing is waited for as a time: `until` looks again and again until what is seen is what should be, and gives up when the daemon's patience is
 * over, or at once when the daemon has ended. What is asked goes by QUERY and by what scripts write, not by announcements: of these
 * some are missing in the reference.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { countDescriptors } from '../../../tests/end-to-end/harness/aftermath.js';
import type { Ctl, CtlOptions, CtlResult } from '../../../tests/end-to-end/harness/ctl.js';
import type { Daemon } from '../../../tests/end-to-end/harness/daemon.js';
import type { Entry, Service } from '../../../tests/end-to-end/harness/directory.js';
import { killHard, zombiesOf } from '../../../tests/end-to-end/harness/processes.js';
import { pause } from '../../../tests/end-to-end/harness/wait.js';
import { ENOSYS, ESRCH, OK, packet, Tag } from '../../../tests/end-to-end/harness/wire.js';
import type { Listed } from '../../../tests/end-to-end/harness/wire.js';
import type { Facts, DelayName } from './facts.js';
import { ownDelays } from './facts.js';
import { Difference, Ended, shown } from './finding.js';
import { makeEntry, quoted } from './script.js';
import { serviceEntry } from '../../../tests/end-to-end/harness/directory.js';
import type { ScriptLog } from './script.js';

const pollMs = 10;
/** How long it may take until what is closed is closed, ms. */
const leakMs = 4000;
const answers: Readonly<Record<string, string>> = { [OK]: 'OK', [ESRCH]: 'ESRCH', [ENOSYS]: 'ENOSYS' };

/** What should be seen, and what was, in words. */
function compared(what: string, expected: unknown, seen: unknown): readonly [string, string] {
  return [expected === true ? what : `${what}: ${shown(expected)}`, seen === false ? 'it is not so' : shown(seen)];
}

export class Bench {
  /** The probe has asked nitro to end: that it does is no difference. */
  mayEnd = false;

  constructor(
    readonly nitro: Daemon,
    readonly log: ScriptLog,
    readonly facts: Facts,
    private readonly delays: Readonly<Partial<Record<DelayName, number>>>,
    /** What has to be waited for besides, ms. */
    private readonly longestMs: number,
  ) {}

  /** A delay of this daemon, ms. */
  ms(name: DelayName): number {
    return this.delays[name] ?? ownDelays[name];
  }

  // ---- doing

  /** Run nitroctl to its end. */
  async ctl(...args: readonly string[]): Promise<CtlResult> {
    return await this.ctlWith({}, ...args);
  }

  async ctlWith(options: CtlOptions, ...args: readonly string[]): Promise<CtlResult> {
    const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${quoted(value)} `).join('');
    this.log.did(`${env}nitroctl ${args.map(quoted).join(' ')}`);
    return await this.nitro.ctlWith(options, ...args);
  }

  /** Start nitroctl, for a command that goes on. */
  ctlGoesOn(...args: readonly string[]): Ctl {
    this.log.did(`nitroctl ${args.map(quoted).join(' ')} &`);
    return this.nitro.spawnCtl({}, ...args);
  }

  /** Ask for a state without waiting for it. */
  async want(what: 'UP' | 'DOWN' | 'RESTART' | 'READY', name: string): Promise<void> {
    const reply = await this.ask(what, packet(Tag[what], name), name);
    if (reply !== 'OK') throw new Difference(`${what} ${name} is answered with OK`, reply);
  }

  /** Send a request, and give the name of its answer, or its bytes. */
  async ask(what: string, hex: string, name = ''): Promise<string> {
    const commands: Readonly<Record<string, string>> = { UP: 'up', DOWN: 'down', RESTART: 'restart', READY: 'ready' };
    const command = commands[what];
    if (command !== undefined) this.log.did(`nitroctl ${command} ${quoted(name)} & # does not wait`);
    else this.log.did(`# send the datagram ${hex.length > 200 ? `${hex.slice(0, 200)}... (${String(hex.length / 2)} bytes)` : hex} (${what}) to $NITRO_SOCK`);
    const reply = await this.nitro.request(hex);
    return reply === null ? 'no answer' : (answers[reply] ?? reply);
  }

  /** Send a request from a socket that is bound to nothing. */
  send(what: string, hex: string): void {
    this.log.did(`# send the datagram ${hex.slice(0, 200)} (${what}) to $NITRO_SOCK from a socket that has no name`);
    this.nitro.send(hex);
  }

  /** SIGKILL to the `run` of a service; its pid. */
  async crash(name: string): Promise<number> {
    const pid = await this.running(name);
    this.log.did(`kill -KILL $(nitroctl pidof ${quoted(name)})`);
    killHard(pid);
    return pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.log.did(`kill -${signal.slice(3)} $nitro`);
    this.nitro.signal(signal);
  }

  service(name: string, service: Service): void {
    for (const line of makeEntry(`d/${name}`, serviceEntry(service))) this.log.did(line);
    this.nitro.service(name, service);
  }

  place(path: string, entry: Entry): void {
    this.log.did(`rm -rf d/${quoted(path)}`);
    for (const line of makeEntry(`d/${path}`, entry)) this.log.did(line);
    this.nitro.place(path, entry);
  }

  remove(path: string): void {
    this.log.did(`rm -rf d/${quoted(path)}`);
    this.nitro.remove(path);
  }

  /** Let scripts go on that wait for the file `$T/NAME`. */
  open(gate: string): void {
    this.log.did(`: >$T/${gate}`);
    this.nitro.open(gate);
  }

  /** Start another nitro on the same directory, and wait for its end: exit status, and the last line of its stderr. */
  async another(env: Readonly<Record<string, string>> = {}): Promise<string> {
    this.log.did(`${Object.entries(env).map(([name, value]) => `${name}=${quoted(value)} `).join('')}nitro d # another one`);
    const child = spawn(
      this.facts.target.daemon,
      [this.nitro.directory],
      { env: { ...this.nitro.environment, ...env }, argv0: 'nitro', stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr.setEncoding('latin1').on('data', (text: string) => (said += text));
    const watchdog = setTimeout(() => child.kill('SIGKILL'), this.patience());
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        clearTimeout(watchdog);
        resolve(`${signal ?? String(code)}: ${said.trim().split('\n').slice(-1)[0] ?? ''}`);
      });
    });
  }

  // ---- looking

  /** What QUERY says; undefined: nitro does not know the service. */
  async query(name: string): Promise<Listed | undefined> {
    return await this.nitro.query(name);
  }

  async state(name: string): Promise<string> {
    return (await this.query(name))?.state ?? 'unknown';
  }

  async states(...names: readonly string[]): Promise<string> {
    const all: string[] = [];
    for (const name of names) all.push(`${name} ${await this.state(name)}`);
    return all.join(', ');
  }

  /** Wait until a service is in one of these states. */
  async reaches(name: string, ...states: readonly string[]): Promise<void> {
    await this.until(`${name} becomes ${states.join(' or ')}`, true, async () => {
      const now = await this.state(name);
      return states.includes(now) ? true : now;
    });
  }

  /** Wait until a service has a `run`, other than `before`; its pid. */
  async running(name: string, before = 0): Promise<number> {
    let pid = 0;
    await this.until(`${name} runs${before === 0 ? '' : ' anew'}`, true, async () => {
      pid = (await this.query(name))?.pid ?? 0;
      return pid !== 0 && pid !== before;
    });
    return pid;
  }

  /** Text of a file that scripts write, `$T/NAME`. */
  read(name: string): string {
    return this.nitro.read(name);
  }

  lines(name: string): readonly string[] {
    return this.read(name).split('\n').slice(0, -1);
  }

  /** Announcements of a service so far, without repetitions in a row. */
  trace(name: string): string {
    return this.nitro.trace(name).join(' ');
  }

  /** What must be seen at once. */
  is(what: string, expected: unknown, seen: unknown): void {
    this.log.saw(`see: ${what}`);
    if (JSON.stringify(seen) !== JSON.stringify(expected)) throw new Difference(...compared(what, expected, seen));
  }

  /** What must be seen, and may take time. */
  async until(what: string, expected: unknown, look: () => unknown, withinMs = this.patience()): Promise<void> {
    this.log.saw(`wait: ${what}`);
    const wanted = JSON.stringify(expected);
    const end = performance.now() + withinMs;
    let seen: unknown;
    for (;;) {
      const hadEnded = this.nitro.exit !== undefined;
      try {
        seen = await look();
        if (JSON.stringify(seen) === wanted) return;
      } catch (error) {
        if (!this.hasEnded()) seen = (error instanceof Error ? error.message : String(error)).split('\n')[0];
      }
      if (hadEnded) this.checkEnd();
      if (performance.now() > end) break;
      await pause(pollMs);
    }
    throw new Difference(...compared(what, expected, seen));
  }

  private hasEnded(): boolean {
    return this.nitro.exit !== undefined;
  }

  /** Longest time to wait for something. */
  patience(): number {
    return this.facts.patienceMs + this.longestMs;
  }

  /** Throws `Ended` if nitro has, and should not have. */
  checkEnd(): void {
    const { exit } = this.nitro;
    if (this.mayEnd || exit === undefined) return;
    const said = this.nitro.stderr.split('\n').filter((line) => line !== '').slice(-3).join(' / ');
    throw new Ended(`nitro ended with ${exit.signal ?? `exit status ${String(exit.code)}`}${said === '' ? '' : `; its last words: ${said}`}`);
  }

  /** Wait for nitro to end by itself, as it was asked to; exit status or signal. */
  async ends(): Promise<string> {
    this.mayEnd = true;
    await this.until('nitro ends', true, () => this.hasEnded());
    await this.nitro.settle();
    const { exit } = this.nitro;
    return exit?.signal ?? `exit ${String(exit?.code)}`;
  }

  /** nitro must have no more open than it had without services, but the pipes that its services need. */
  async leaksNothing(notifying: number): Promise<void> {
    const { baseline } = this.facts;
    await this.until('nitro has no descriptor open that nothing needs', 'none too many', () => {
      const { others, ends } = countDescriptors(this.nitro.pid);
      const more = Math.max(0, others - baseline.others) + Math.max(0, ends - baseline.ends - notifying);
      return more === 0 ? 'none too many' : `${String(more)} too many`;
    }, leakMs);
    await this.until('nitro has reaped what has ended', 'no zombies', () => {
      const left = zombiesOf(this.nitro.pid).length;
      return left === 0 ? 'no zombies' : `${String(left)} zombies`;
    });
  }

  /** nitro's stderr. */
  get stderr(): string {
    return this.nitro.stderr;
  }

  /** A file of the service directory as text. */
  file(path: string): string {
    return readFileSync(`${this.nitro.directory}/${path}`, 'latin1');
  }
}
