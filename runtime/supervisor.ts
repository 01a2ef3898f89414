/**
 * The supervisor: all parts put together, and the loop that drives them.
 *
 * Theory of operation. One thread, one loop, one place where it waits. A turn is: wait for a descriptor, a signal or the next deadline;
 * reap all that ended; hear what pipes say; answer requests; let timers fire. Facts come before requests, so that an answer is
 * never older than what had happened before it was asked. Each part of a turn is bounded, so that a flood of one kind delays the
 * others by a turn at most. With nothing to do there is no deadline and no call at all.
 */
import { Announcements } from './announcements.js';
import { Bugs } from './bugs.js';
import type { Console } from './console.js';
import { Control } from './control.js';
import type { Delays } from './delays.js';
import { Directory } from './directory.js';
import { ExitStatus } from './exit-status.js';
import { Lifecycle } from './lifecycle.js';
import { Logs } from './logs.js';
import type { Bytes, Fd, Os } from './os.js';
import { Pipes } from './pipes.js';
import { Scan } from './scan.js';
import { Scripts } from './scripts.js';
import { Services } from './service.js';
import type { Service } from './service.js';
import { Stopping } from './stopping.js';
import { Sys } from './sys.js';
import { System } from './system.js';
import type { Ending, Mode } from './system.js';
import { Timers } from './timers.js';
import { Tracing } from './tracing.js';

export interface Start {
  readonly os: Os;
  readonly console: Console;
  readonly mode: Mode;
  readonly delays: Delays;
  /** The bound control socket, and the directory of listeners. */
  readonly socket: Fd;
  readonly notify: Bytes;
  readonly ending: Ending;
}

/** Timers that fire in a turn: each may fork. */
const timersATurnMax = 16;
/** Children reaped in a turn, its requests included: each may be followed by a fork, and so by another death. */
const reapsATurnMax = 16;

export class Supervisor {
  private readonly timers = new Timers<Service | System>();
  private readonly totals = { reaps: 0, serviceReaps: 0 };
  private reapsLeft = reapsATurnMax;
  /** Something may have come that was not looked at: the next turn must not wait for more. */
  private isBehind = false;
  private readonly bugs: Bugs;
  private readonly scripts: Scripts;
  private readonly announcements: Announcements;
  private readonly tracing: Tracing;
  private readonly lifecycle: Lifecycle;
  private readonly sys: Sys;
  private readonly system: System;
  private readonly control: Control;

  constructor(private readonly start: Start) {
    const { os, console, delays, mode, socket } = start;
    const ending: Ending = {
      ...start.ending,
      closeControl: () => {
        this.tracing.close();
        this.control.close();
        start.ending.closeControl();
      },
    };
    const bugs = new Bugs(console);
    const services = new Services(() => os.now());
    const directory = new Directory(os, console);
    const logs = new Logs(os, console, directory, services);
    const pipes = new Pipes(os, (name) => services.find(name) !== undefined);
    const { timers } = this;
    const announcements = new Announcements(os, socket, start.notify);
    const tracing = new Tracing(os, socket, start.notify);
    const scripts = new Scripts(os, console, directory, logs, pipes);
    const lifecycle: Lifecycle = new Lifecycle(
      { os, bugs, delays, directory, services, logs, pipes, scripts, timers, announcements, tracing },
      {
        isGoingDown: () => this.system.isGoingDown(),
        rests: (service) => this.system.rests(service),
        forgotten: (service, logger) => scan.forgotten(service, logger),
      },
    );
    const scan = new Scan(console, directory, services, logs, lifecycle);
    const stopping = new Stopping(console, services, logs, pipes, lifecycle);
    const exitStatus = new ExitStatus(os, console);
    const sys = new Sys(os, console, announcements);
    const system = new System({ os, console, bugs, delays, mode, sys, scan, stopping, ending, tracing, exitStatus }, timers);
    const catchUp = (service: Service | undefined): void => this.catchUp(service);
    this.bugs = bugs;
    this.scripts = scripts;
    this.announcements = announcements;
    this.tracing = tracing;
    this.lifecycle = lifecycle;
    this.sys = sys;
    this.system = system;
    this.control = new Control({
      os,
      socket,
      directory,
      services,
      lifecycle,
      announcements,
      tracing,
      sys,
      system,
      catchUp,
      totals: this.totals,
    });
  }

  /** Bring the system up, and supervise it until the end that `ending` makes. */
  run(): never {
    this.start.os.watch(this.start.socket);
    this.system.boot();
    const turn = (): void => this.turn();
    for (;;) this.bugs.survive('a turn', turn);
  }

  /** One turn of the loop; waits until there is something to do. */
  private turn(): void {
    const timeoutMs = this.isBehind ? 0 : this.untilNextDeadline();
    if (timeoutMs !== 0) this.tracing.flush();
    const fds = this.start.os.poll(timeoutMs);
    this.isBehind = false;
    this.reapsLeft = reapsATurnMax;
    this.announcements.invalidate();
    this.takeSignals();
    this.reap();
    let isAsked = false;
    for (const fd of fds) {
      if (fd === this.control.socket) isAsked = true;
      else this.hear(fd);
    }
    if (isAsked) this.control.serve();
    this.fireTimers();
  }

  private untilNextDeadline(): number {
    const next = this.timers.next();
    return next === null ? -1 : Math.max(0, Math.ceil(next - this.start.os.now()));
  }

  private takeSignals(): void {
    const { os, mode } = this.start;
    const isMachine = mode === 'machine';
    for (const signal of os.takeSignals()) {
      if (signal === os.signals.HUP) this.system.post('RESCAN_ASKED');
      else if (signal === os.signals.INT) this.system.post(isMachine ? 'REBOOT_ASKED' : 'SHUTDOWN_ASKED');
      else if (signal === os.signals.TERM && !isMachine) this.system.post('SHUTDOWN_ASKED');
    }
  }

  /** Reap all that ended, whoever it was; what is too much for a turn, in the next. */
  private reap(): void {
    const { os } = this.start;
    for (; this.reapsLeft > 0; this.reapsLeft -= 1) {
      const child = os.reap();
      if (child === null) break;
      this.totals.reaps += 1;
      if (this.lifecycle.ended(child.pid, child.status)) this.totals.serviceReaps += 1;
      else this.system.ended(child.pid, child.status);
    }
    if (this.reapsLeft === 0) this.isBehind = true;
    this.system.checkChildren();
  }

  private hear(fd: Fd): void {
    const service = this.scripts.ownerOfPipe(fd);
    if (service !== undefined) this.lifecycle.hear(service);
    else this.sys.hear(fd);
  }

  private catchUp(service: Service | undefined): void {
    this.reap();
    if (service !== undefined) {
      this.lifecycle.hear(service);
      return;
    }
    // A signal that comes now ends this poll, and is not left over to end the next one.
    this.isBehind = true;
    for (const fd of this.start.os.poll(0)) if (fd !== this.control.socket) this.hear(fd);
  }

  private fireTimers(): void {
    const now = this.start.os.now();
    for (let count = 0; count < timersATurnMax; count++) {
      const owner = this.timers.takeDue(now);
      if (owner === null) return;
      if (owner === this.system) this.system.post('TIMER');
      else this.lifecycle.post(owner as Service, 'TIMER');
    }
  }
}
