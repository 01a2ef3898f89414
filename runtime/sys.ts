/**
 * The scripts of `SYS` (behaviour.md §6), and the service `SYS` that is shown while one of them runs.
 *
 * None of them is restarted, none has a logger, and how they end is reported and otherwise ignored. Which runs when is
 * the business of the system machine.
 */
import type { Announcements } from './announcements.js';
import type { Console } from './console.js';
import type { Bytes, Fd, Os, Pid, Spawn } from './os.js';
import { State } from './protocol.js';
import type { ServiceReport } from './protocol.js';
import { exitOf } from './scripts.js';

export type SysScript = 'setup' | 'finish' | 'final';
export const sysName: Bytes = 'SYS';

const nitroStdin: Fd = 0;
const nitroStdout: Fd = 1;
const nitroStderr: Fd = 2;
const nowhere: Fd = -1;

interface Running {
  readonly script: SysScript;
  readonly pid: Pid;
  readonly since: number;
  status: Fd;
  state: State;
}

export class Sys {
  private running: Running | null = null;

  constructor(
    private readonly os: Os,
    private readonly console: Console,
    private readonly announcements: Announcements,
  ) {}

  /** Does the service SYS exist? */
  get isShown(): boolean {
    return this.running !== null && this.running.script !== 'final';
  }

  /** Start a script; false: there is none, or it could not be forked. */
  start(script: SysScript, args: readonly Bytes[]): boolean {
    const path = `${sysName}/${script}`;
    const isThere = script === 'final' ? this.os.isExecutable(path) : typeof this.os.kind(path) === 'string';
    if (!isThere) return false;
    const isSetup = script === 'setup';
    const spawn: Spawn = {
      directory: script === 'final' ? '.' : sysName,
      argv: [script === 'final' ? path : script, ...args],
      stdin: isSetup ? nitroStdin : nowhere,
      stdout: nitroStdout,
      stderr: nitroStderr,
      notificationFd: 0,
      terminal: isSetup,
    };
    const spawned = this.os.spawn(spawn);
    if (typeof spawned === 'number') {
      this.console.sayError(`cannot start ${path}`, spawned);
      return false;
    }
    // One that was cut off may not be reaped yet; it counts no more.
    if (this.running !== null && this.running.status >= 0) this.closeStatus(this.running);
    this.os.watch(spawned.status);
    const state = isSetup ? State.SETUP : State.SHUTDOWN;
    this.running = { script, pid: spawned.pid, since: this.os.now(), status: spawned.status, state };
    this.announce();
    return true;
  }

  /** SIGTERM and SIGCONT to `SYS/setup`, which is shown as SHUTDOWN from now on. */
  signal(): void {
    const { running } = this;
    if (running === null) return;
    this.os.kill(running.pid, this.os.signals.TERM);
    this.os.kill(running.pid, this.os.signals.CONT);
    if (running.state === State.SHUTDOWN) return;
    running.state = State.SHUTDOWN;
    this.announce();
  }

  kill(): void {
    if (this.running !== null) this.os.kill(this.running.pid, this.os.signals.KILL);
  }

  /** Its exec status pipe is readable: true if it is one of ours. */
  hear(fd: Fd): boolean {
    const { running } = this;
    if (running?.status !== fd) return false;
    const text = this.os.read(fd, 16);
    if (typeof text !== 'string') return true;
    this.closeStatus(running);
    if (text !== '') this.console.sayError(`cannot execute ${sysName}/${running.script}`, -Number(text));
    return true;
  }

  /** A child ended: the script that it was, or null if it is none of these. */
  ended(pid: Pid, waitStatus: number): SysScript | null {
    const { running } = this;
    if (running?.pid !== pid) return null;
    if (running.status >= 0) this.hear(running.status);
    const { status, signal } = exitOf(waitStatus);
    if (signal > 0) this.console.say(`${sysName}/${running.script} was killed by signal ${String(signal)}`);
    else if (status > 0) this.console.say(`${sysName}/${running.script} exited ${String(status)}`);
    running.state = State.DOWN;
    this.announce();
    this.running = null;
    return running.script;
  }

  private closeStatus(running: Running): void {
    this.os.unwatch(running.status);
    this.os.close(running.status);
    running.status = -1;
  }

  report(): ServiceReport {
    const { running } = this;
    const seconds = running === null ? 0 : Math.floor((this.os.now() - running.since) / 1000);
    const report = { name: sysName, state: running?.state ?? State.DOWN, pid: 0, wstatus: 0, uptime: seconds };
    if (running?.script === 'setup') return { ...report, setupPid: running.pid };
    if (running?.script === 'finish') return { ...report, finishPid: running.pid };
    return report;
  }

  /** Tell listeners of the state that SYS is in now. */
  announce(): void {
    if (this.isShown && this.running !== null) this.announcements.announce(this.running.state, sysName);
  }
}
