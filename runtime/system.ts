/**
 * The phases of the system: events go through the table of the system machine, and the actions of its rows are performed here.
 *
 * As in `lifecycle.ts`, an action may find something out at once (no script to wait for, nothing left to stop): that event is taken
 * next. What the end comes to depends on the mode nitro runs in (behaviour.md §6, Final 3).
 */
import { STAY } from '../table/format.js';
import type { Row } from '../table/format.js';
import { rowFor, rowForTimer } from '../table/step.js';
import { systemTable } from '../table/system.js';
import type { SystemAction, SystemEventName, SystemGuard } from '../table/system.js';
import type { Bugs } from './bugs.js';
import type { Console } from './console.js';
import type { Delays } from './delays.js';
import type { ExitStatus } from './exit-status.js';
import type { Os, Pid } from './os.js';
import type { Scan } from './scan.js';
import type { Service } from './service.js';
import type { Stopping } from './stopping.js';
import type { Sys } from './sys.js';
import type { Timed, Timers } from './timers.js';
import type { Tracing } from './tracing.js';

/** How nitro runs: as pid 1 of a machine, as pid 1 of a container, or as any process. */
export type Mode = 'machine' | 'container' | 'process';
/** What the first request decided. */
export type Outcome = 'shutdown' | 'reboot';

/** What happens outside the supervisor at the very end. */
export interface Ending {
  closeControl(): void;
  /** Execute `SYS/reincarnate`; returns if that is not there or fails. */
  reincarnate(): void;
  /** Power off, restart, execute nitro anew or exit with `status`; returns only if the machine refuses. */
  end(outcome: Outcome, status: number): void;
}

export interface SystemParts {
  readonly os: Os;
  readonly console: Console;
  readonly bugs: Bugs;
  readonly delays: Delays;
  readonly mode: Mode;
  readonly sys: Sys;
  readonly scan: Scan;
  readonly stopping: Stopping;
  readonly ending: Ending;
  readonly tracing: Tracing;
  readonly exitStatus: ExitStatus;
}

type Happening = SystemEventName | 'TIMER';

export class System implements Timed {
  leaf = systemTable.initial;
  deadline = 0;
  heapIndex = -1;
  private outcome: Outcome = 'shutdown';
  private stopDeadline = 0;
  private readonly queue: Happening[] = [];
  private isDraining = false;

  constructor(
    private readonly parts: SystemParts,
    private readonly timers: Pick<Timers<Timed>, 'start' | 'cancel'>,
  ) {}

  /** Enter the initial state. */
  boot(): void {
    this.drain(() => {
      const found = this.performAll(systemTable.start);
      this.startTimer();
      if (found !== null) this.step(found);
    });
  }

  /** An event of the system. It is done on return, unless this is called from within one. */
  post(event: Happening): void {
    this.queue.push(event);
    if (!this.isDraining) this.drain(() => undefined);
  }

  /** Name of the leaf the system is in. */
  get leafName(): string {
    return systemTable.leaves[this.leaf]?.name ?? '';
  }

  isGoingDown(): boolean {
    const state = systemTable.leaves[this.leaf]?.state;
    return state === 'shutdown' || state === 'final';
  }

  /** A service came to rest, in DOWN or FATAL. */
  rests(service: Service): void {
    const { console, exitStatus, stopping } = this.parts;
    if (exitStatus.takes(service) && !this.isGoingDown()) {
      console.say(`${service.name} ended, exit status ${String(exitStatus.value)}`);
      this.post('SHUTDOWN_ASKED');
    }
    if (service.isActive) return;
    const wasLast = stopping.rests(service);
    if (this.leafName === 'shutdown.stoppingLoggers') {
      if (wasLast) this.post('LOGGERS_DOWN');
      else stopping.stopUnused();
    } else if (wasLast) this.post('SERVICES_DOWN');
  }

  /** A child ended. True if it was a script of SYS. */
  ended(pid: Pid, waitStatus: number): boolean {
    switch (this.parts.sys.ended(pid, waitStatus)) {
      case null:
        return false;
      case 'setup':
        this.post('SYS_SETUP_EXITED');
        return true;
      case 'finish':
        this.post('SYS_FINISH_EXITED');
        return true;
      case 'final':
        this.post('SYS_FINAL_EXITED');
        return true;
    }
  }

  /** After children were reaped: is any left, where that matters? */
  checkChildren(): void {
    const name = this.leafName;
    if ((name === 'shutdown.terminating' || name === 'shutdown.killing') && this.parts.os.childless()) this.post('CHILDLESS');
  }

  private drain(first: () => void): void {
    this.isDraining = true;
    this.parts.bugs.survive('boot', first);
    for (let event = this.queue.shift(); event !== undefined; event = this.queue.shift()) {
      const next: Happening = event;
      this.parts.bugs.survive(next, () => this.step(next));
    }
    this.isDraining = false;
  }

  private step(event: Happening): void {
    const { mode, tracing } = this.parts;
    const holds = { isPid1: mode !== 'process' } satisfies Record<SystemGuard, boolean>;
    const ask = (guard: SystemGuard): boolean => holds[guard];
    for (let next: Happening | null = event; next !== null; ) {
      const row: Row<SystemGuard, SystemAction> | null =
        next === 'TIMER' ? rowForTimer(systemTable, this.leaf, ask) : rowFor(systemTable, this.leaf, next, ask);
      tracing.step('', next, systemTable.leaves, this.leaf, row);
      if (row === null) return;
      if (row.target !== STAY) {
        this.leaf = row.target;
        this.timers.cancel(this);
      }
      next = this.performAll(row.actions);
      if (row.target !== STAY) this.startTimer();
    }
  }

  /** The kill timer of SYS/setup goes on when the reason for its end changes. */
  private startTimer(): void {
    const delay = systemTable.leaves[this.leaf]?.delay ?? null;
    if (delay === null) return;
    const goesOn = delay === 'SHUTDOWN' && this.stopDeadline > 0;
    this.timers.start(this, goesOn ? this.stopDeadline : this.parts.os.now() + this.parts.delays.system[delay]);
  }

  private performAll(actions: readonly SystemAction[]): SystemEventName | null {
    let found: SystemEventName | null = null;
    for (const action of actions) found = this.perform(action) ?? found;
    return found;
  }

  private perform(action: SystemAction): SystemEventName | null {
    const { os, console, delays, sys, scan, stopping, ending, exitStatus } = this.parts;
    switch (action) {
      case 'sayBooting':
        console.say('booting');
        return null;
      case 'spawnSysSetup':
        return sys.start('setup', []) ? null : 'SYS_SETUP_EXITED';
      case 'signalSysSetup':
        if (this.stopDeadline === 0) this.stopDeadline = os.now() + delays.system.SHUTDOWN;
        sys.signal();
        return null;
      case 'killSysSetup':
      case 'killSysFinish':
      case 'killSysFinal':
        sys.kill();
        return null;
      case 'startGlobalLogger':
        scan.startGlobalLogger();
        return null;
      case 'scan':
        exitStatus.update();
        scan.run();
        return null;
      case 'decideShutdown':
        this.outcome = 'shutdown';
        return null;
      case 'decideReboot':
        this.outcome = 'reboot';
        return null;
      case 'sayGoingDown':
        console.say(this.outcome === 'reboot' ? 'rebooting' : 'shutting down');
        return null;
      case 'spawnSysFinish':
        return sys.start('finish', ['0', '0', this.outcome]) ? null : 'SYS_FINISH_EXITED';
      case 'stopServices':
        stopping.stopServices();
        return stopping.isIdle() ? 'SERVICES_DOWN' : null;
      case 'stopLoggers':
        stopping.stopLoggers();
        return stopping.isIdle() ? 'LOGGERS_DOWN' : null;
      case 'terminateEveryProcess':
        stopping.done();
        os.killAll(os.signals.TERM);
        os.killAll(os.signals.CONT);
        return os.childless() ? 'CHILDLESS' : null;
      case 'killEveryProcess':
        os.killAll(os.signals.KILL);
        return os.childless() ? 'CHILDLESS' : null;
      case 'closeControl':
        stopping.done();
        ending.closeControl();
        return null;
      case 'reincarnate':
        ending.reincarnate();
        return 'REINCARNATE_FAILED';
      case 'spawnSysFinal':
        return sys.start('final', [this.outcome]) ? null : 'SYS_FINAL_EXITED';
      case 'endSystem':
        ending.end(this.outcome, exitStatus.value);
        return null;
    }
  }
}
