/**
 * Starting the scripts of a service, and hearing from them (behaviour.md §4).
 *
 * Theory of operation. A script is forked and not waited for. Two pipes may lead back from it: its *exec status*, which is closed
 * without a word when the exec succeeded, and of a `run` with `notification-fd` its *readiness*, where a newline counts. Both are
 * watched, and read again wherever their order with something else matters: `hear` takes in what they say now.
 *
 * Output goes to the pipe of the service's logger, of LOG, or to nitro's own stdout; the service holds that pipe until its life ends.
 */
import type { Console } from './console.js';
import { globalLogger } from './directory.js';
import type { Directory } from './directory.js';
import type { Logs } from './logs.js';
import type { Bytes, Fd, Os, Pid, Result, Spawned } from './os.js';
import type { LogPipe, Pipes } from './pipes.js';
import type { Service } from './service.js';
import { readDownSignal, readNotificationFd } from './settings.js';

export type Script = 'setup' | 'run' | 'finish';

/** Why `run` was not forked. */
export type NotLaunched = 'missing' | 'impossible' | 'failed';

/** What came to its end. */
export type End = Script | 'run that was not executed';

/** What the pipes of a service said: facts in the order in which they count. */
export type Heard = 'executed' | 'ready';

const nitroStdout: Fd = 1;
const nitroStderr: Fd = 2;
const nowhere: Fd = -1;
/** Reading of a readiness pipe, bytes a time. */
const readBytesMax = 4096;

export class Scripts {
  private readonly byFd = new Map<Fd, Service>();
  private readonly byPid = new Map<Pid, Service>();

  constructor(
    private readonly os: Os,
    private readonly console: Console,
    private readonly directory: Directory,
    private readonly logs: Logs,
    private readonly pipes: Pipes,
  ) {}

  /** The service that a watched descriptor belongs to. */
  ownerOfPipe(fd: Fd): Service | undefined {
    return this.byFd.get(fd);
  }

  /** The service that a process is a script of. */
  ownerOfProcess(pid: Pid): Service | undefined {
    return this.byPid.get(pid);
  }

  /** Fork `setup`; false: it failed, for want of something. */
  setup(service: Service): boolean {
    const spawned = this.spawn(service, 'setup', [], nowhere, 0);
    if (spawned === null) return false;
    service.setup = spawned.pid;
    return true;
  }

  /** Fork `run`; null: done. */
  launch(service: Service): NotLaunched | null {
    const { name, directory } = service;
    if (!this.directory.hasScript(directory, 'run')) {
      if (this.directory.exists(directory)) return 'missing';
      if (!this.directory.isGone(directory)) return 'failed';
      this.console.say(`${name}: its directory is gone`);
      return 'impossible';
    }
    const notificationFd = readNotificationFd(this.os, directory);
    if (notificationFd !== null && notificationFd < 0) {
      this.console.sayError(`${name}: cannot read notification-fd`, notificationFd);
      return 'failed';
    }
    if (notificationFd !== null && notificationFd >= this.os.descriptorLimit()) {
      this.console.say(`${name}: notification-fd is beyond the limit of ${String(this.os.descriptorLimit())} descriptors`);
      return 'impossible';
    }
    let stdin = nowhere;
    if (this.logs.isLogger(name) || this.pipes.has(name)) {
      const pipe = this.pipes.open(name);
      if (typeof pipe === 'number') {
        this.console.sayError(`${name}: cannot make a pipe`, pipe);
        return 'failed';
      }
      stdin = pipe.read;
    }
    if (name === globalLogger) this.logs.isGlobalInUse = true;
    const spawned = this.spawn(service, 'run', [], stdin, notificationFd ?? 0);
    if (spawned === null) return 'failed';
    service.run = spawned.pid;
    service.ready = spawned.ready;
    service.reportsReadiness = notificationFd !== null;
    service.downSignal = readDownSignal(this.os, directory);
    service.waitStatus = 0;
    if (spawned.ready >= 0) this.watch(service, spawned.ready);
    return null;
  }

  /** Fork `finish` with what is known of the end of `run`; false: there is none, or it could not be forked. */
  finish(service: Service): boolean {
    if (!this.directory.hasScript(service.directory, 'finish')) return false;
    const spawned = this.spawn(service, 'finish', [String(service.exitStatus), String(service.exitSignal)], nowhere, 0);
    if (spawned === null) return false;
    service.finish = spawned.pid;
    return true;
  }

  /** Take in what the pipes of a service say now. `ended`: its script is dead, and nothing will come after this. */
  hear(service: Service, ended: boolean): readonly Heard[] {
    const heard: Heard[] = [];
    if (service.status >= 0) {
      const text = this.os.read(service.status, readBytesMax);
      if (typeof text === 'string') {
        this.unwatch(service.status);
        service.status = -1;
        if (text === '') heard.push('executed');
        else {
          service.execError = Number(text);
          this.closeReadiness(service);
        }
      }
    }
    if (service.ready >= 0 && service.status < 0) {
      const said = this.readReadiness(service.ready, ended);
      if (said === 'ready') heard.push('ready');
      if (said !== 'nothing yet' || ended) this.closeReadiness(service);
    }
    return heard;
  }

  /** This life of `run` is over: what its pipe still says is of no interest. */
  closeReadiness(service: Service): void {
    if (service.ready < 0) return;
    this.unwatch(service.ready);
    service.ready = -1;
  }

  /** A script of the service ended, and its pipes were heard: note how, and say which it was. */
  bury(service: Service, pid: Pid, waitStatus: number): End {
    this.byPid.delete(pid);
    const failed = service.execError > 0;
    const script: Script = pid === service.finish ? 'finish' : pid === service.setup ? 'setup' : 'run';
    if (failed) this.console.sayError(`${service.name}: cannot execute ${script}`, -service.execError);
    if (script === 'finish') {
      service.finish = 0;
      return script;
    }
    service.stopDeadline = 0;
    if (script === 'setup') {
      service.setup = 0;
      service.setupStatus = waitStatus;
      return script;
    }
    const exit = failed ? { status: 111, signal: 0 } : exitOf(waitStatus);
    service.run = 0;
    service.changedAt = this.os.now();
    service.waitStatus = failed ? -1 : waitStatus;
    service.exitStatus = exit.status;
    service.exitSignal = exit.signal;
    return failed ? 'run that was not executed' : script;
  }

  /** The life is over: the pipe it wrote to is not held any more. */
  releasePipe(service: Service): void {
    this.holdPipe(service, null);
  }

  /** A newline counts wherever it stands; so all that is there has to be read, however much. */
  private readReadiness(fd: Fd, ended: boolean): 'ready' | 'closed' | 'nothing yet' {
    for (let rounds = 0; ended || rounds < 16; rounds++) {
      const text = this.os.read(fd, readBytesMax);
      if (typeof text !== 'string') return -text === this.os.errno.EAGAIN ? 'nothing yet' : 'closed';
      if (text === '') return 'closed';
      if (text.includes('\n')) return 'ready';
    }
    return 'nothing yet';
  }

  private spawn(service: Service, script: Script, args: readonly Bytes[], stdin: Fd, notificationFd: number): Spawned | null {
    const { name, directory, parameter } = service;
    const stdout = this.stdoutFor(service);
    const spawned: Spawned | Result =
      stdout < 0
        ? stdout
        : this.os.spawn({
            directory,
            argv: parameter === null ? [script, ...args] : [script, ...args, parameter],
            stdin,
            stdout,
            stderr: name === globalLogger && script === 'run' ? stdout : nitroStderr,
            notificationFd,
            terminal: false,
          });
    if (typeof spawned === 'number') {
      this.console.sayError(`${name}: cannot start ${script}`, spawned);
      return null;
    }
    this.byPid.set(spawned.pid, service);
    service.execError = 0;
    if (service.status >= 0) this.unwatch(service.status);
    service.status = spawned.status;
    this.watch(service, spawned.status);
    return spawned;
  }

  /** Where the service's scripts write to now; held until the life ends, or another one is written to. */
  private stdoutFor(service: Service): Fd | Result {
    const logger = this.logs.writesTo(service);
    if (logger === null) {
      this.holdPipe(service, null);
      return nitroStdout;
    }
    const pipe = this.pipes.open(logger);
    if (typeof pipe === 'number') return pipe;
    this.holdPipe(service, pipe);
    return pipe.write;
  }

  private holdPipe(service: Service, pipe: LogPipe | null): void {
    const before = service.pipe;
    if (before === pipe) return;
    if (pipe !== null) this.pipes.hold(pipe);
    service.pipe = pipe;
    if (before !== null) this.pipes.release(before);
  }

  private watch(service: Service, fd: Fd): void {
    this.byFd.set(fd, service);
    this.os.watch(fd);
  }

  private unwatch(fd: Fd): void {
    this.byFd.delete(fd);
    this.os.unwatch(fd);
    this.os.close(fd);
  }
}

/** The arguments of `finish` for a raw wait status: the exit status or -1, and the signal or 0. */
export function exitOf(waitStatus: number): { readonly status: number; readonly signal: number } {
  const signal = waitStatus & 0x7f;
  return signal === 0 ? { status: (waitStatus >> 8) & 0xff, signal: 0 } : { status: -1, signal };
}

