/**
 * The lives of services: events go through the table, and the actions of its rows are performed here.
 *
 * Theory of operation. `post` puts an event in a queue. Draining it, each event is looked up in the table for the leaf its
 * service is in; the row's target becomes the leaf, the row's actions are performed in order, the leaf's timer is started. An action may
 * find something out at once (there is no `run`, the fork failed, there is no `finish`): that is an event too, and is taken before
 * any other. So no service is ever seen between two states, and nothing else in nitro changes one. Loggers are started from
 * within the step of the service that writes to them, for they go first.
 */
import { STAY } from '../table/format.js';
import type { Row } from '../table/format.js';
import { serviceTable } from '../table/service.js';
import type { ServiceAction, ServiceDelay, ServiceEventName, ServiceGuard } from '../table/service.js';
import { rowFor, rowForTimer } from '../table/step.js';
import type { Announcements } from './announcements.js';
import type { Bugs } from './bugs.js';
import type { Console } from './console.js';
import type { Delays } from './delays.js';
import { directoryOfService, globalLogger, parameterOf } from './directory.js';
import type { Directory } from './directory.js';
import type { Logs } from './logs.js';
import type { Bytes, Os, Pid } from './os.js';
import type { Pipes } from './pipes.js';
import { State } from './protocol.js';
import { exitOf } from './scripts.js';
import type { Script, Scripts } from './scripts.js';
import { Service, stateOf } from './service.js';
import type { Services } from './service.js';
import { readDownSignal } from './settings.js';
import type { Timed, Timers } from './timers.js';

export interface Parts {
  readonly os: Os;
  readonly console: Console;
  readonly bugs: Bugs;
  readonly delays: Delays;
  readonly directory: Directory;
  readonly services: Services;
  readonly logs: Logs;
  readonly pipes: Pipes;
  readonly scripts: Scripts;
  readonly timers: Pick<Timers<Timed>, 'start' | 'cancel'>;
  readonly announcements: Announcements;
}

/** What the lifecycle asks of and tells to the system it lives in. */
export interface Surroundings {
  /** The system is neither in bring-up nor in run. */
  isGoingDown(): boolean;
  /** A service came to rest in DOWN. */
  restsDown(service: Service): void;
  /** A service is no longer known; it had this logger. */
  forgotten(service: Service, logger: Bytes | null): void;
}

type Happening = ServiceEventName | 'TIMER';

export class Lifecycle {
  /** Events that the state of their service ignores. */
  ignored = 0;
  private readonly queue: { readonly service: Service; readonly event: Happening }[] = [];
  private isDraining = false;
  private readonly byPid = new Map<Pid, Service>();

  constructor(
    private readonly parts: Parts,
    private readonly surroundings: Surroundings,
  ) {}

  /** An event of a service; it and all that follow from it are done on return, unless this is called from within one. */
  post(service: Service, event: Happening): void {
    this.queue.push({ service, event });
    if (this.isDraining) return;
    this.isDraining = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      const { service: of, event: taken } = next;
      this.parts.bugs.survive(`${taken} of ${of.name}`, () => this.step(of, taken));
    }
    this.isDraining = false;
  }

  /** A child ended. True if it was a script of a service. */
  ended(pid: Pid, waitStatus: number): boolean {
    const service = this.byPid.get(pid);
    if (service === undefined) return false;
    this.byPid.delete(pid);
    // What its pipes still say came before its end.
    this.hear(service, true);
    if (pid === service.finish) {
      service.finish = 0;
      if (service.execError > 0) this.reportExec(service, 'finish');
      this.post(service, 'FINISH_EXITED');
    } else if (pid === service.setup) {
      service.setup = 0;
      service.stopDeadline = 0;
      service.setupStatus = waitStatus;
      if (service.execError > 0) this.reportExec(service, 'setup');
      this.post(service, 'SETUP_EXITED');
    } else {
      service.run = 0;
      service.stopDeadline = 0;
      service.changedAt = this.parts.os.now();
      const failed = service.execError > 0;
      if (failed) this.reportExec(service, 'run');
      const exit = failed ? { status: 111, signal: 0 } : exitOf(waitStatus);
      service.waitStatus = failed ? -1 : waitStatus;
      service.exitStatus = exit.status;
      service.exitSignal = exit.signal;
      this.post(service, failed ? 'EXEC_FAILED' : 'RUN_EXITED');
    }
    return true;
  }

  /** Take in what the pipes of a service say now. */
  hear(service: Service, ended = false): void {
    for (const fact of this.parts.scripts.hear(service, ended)) {
      if (fact === 'ready') this.post(service, 'READY');
      else if (service.run !== 0) this.post(service, 'EXEC_SUCCEEDED');
    }
  }

  /** Make a service known, in the state DOWN. */
  create(name: Bytes): Service {
    const service = new Service(name, directoryOfService(name), parameterOf(name), this.parts.os.now());
    this.parts.services.add(service);
    return service;
  }

  private step(service: Service, event: Happening): void {
    for (let next: Happening | null = event; next !== null; ) {
      const holds = (guard: ServiceGuard): boolean => this.holds(service, guard);
      const row: Row<ServiceGuard, ServiceAction> | null =
        next === 'TIMER' ? rowForTimer(serviceTable, service.leaf, holds) : rowFor(serviceTable, service.leaf, next, holds);
      if (row === null) {
        this.ignored += 1;
        return;
      }
      next = this.take(service, row);
    }
  }

  /** Take a row: leaf, actions, timer. Returns what an action found out at once. */
  private take(service: Service, row: Row<ServiceGuard, ServiceAction>): ServiceEventName | null {
    const { timers } = this.parts;
    if (row.target !== STAY) {
      service.leaf = row.target;
      timers.cancel(service);
    }
    let found: ServiceEventName | null = null;
    for (const action of row.actions) found = this.perform(service, action) ?? found;
    const delay = serviceTable.leaves[service.leaf]?.delay ?? null;
    if (row.target !== STAY && delay !== null) timers.start(service, this.deadline(service, delay));
    if (row.target !== STAY && !service.isActive) this.surroundings.restsDown(service);
    return found;
  }

  private holds(service: Service, guard: ServiceGuard): boolean {
    const { os, delays, directory } = this.parts;
    switch (guard) {
      case 'systemGoingDown':
        return this.surroundings.isGoingDown();
      case 'hasSetup':
        return directory.hasScript(service.directory, 'setup');
      case 'setupRefused':
        return service.execError > 0 ? !this.mayPass(service.execError) : exitOf(service.setupStatus).status === 111;
      case 'setupFailed':
        return service.setupStatus !== 0;
      case 'reportsReadiness':
        return service.reportsReadiness;
      case 'errorMayPass':
        return this.mayPass(service.execError);
      case 'lifeWasShort':
        return os.now() - service.bornAt < delays.service.RESPAWN;
    }
  }

  /** behaviour.md §3, "exec fails with". */
  private mayPass(error: number): boolean {
    const { EAGAIN, EIO, EMFILE, ENOMEM, ETXTBSY } = this.parts.os.errno;
    return [EAGAIN, EIO, EMFILE, ENOMEM, ETXTBSY].includes(error);
  }

  /** The kill timers of a process go on when its service moves between SHUTDOWN and RESTART. */
  private deadline(service: Service, delay: ServiceDelay): number {
    const { os, delays } = this.parts;
    if (delay === 'SHUTDOWN' && service.stopDeadline > 0) return service.stopDeadline;
    if (delay === 'FINISH' && service.finishDeadline > 0) return service.finishDeadline;
    return os.now() + delays.service[delay];
  }

  private perform(service: Service, action: ServiceAction): ServiceEventName | null {
    const { os, announcements, logs, scripts } = this.parts;
    switch (action) {
      case 'announce':
        announcements.announce(shownState(service), service.name);
        return null;
      case 'announceDown':
        announcements.announce(State.DOWN, service.name);
        return null;
      case 'startLogger':
        this.startLogger(service);
        return null;
      case 'spawnSetup':
        service.bornAt = os.now();
        if (!scripts.setup(service)) return 'SPAWN_FAILED';
        this.byPid.set(service.setup, service);
        return null;
      case 'launch':
        return this.launch(service);
      case 'spawnFinish':
        service.finishDeadline = os.now() + this.parts.delays.service.FINISH;
        scripts.closeReadiness(service);
        if (!scripts.finish(service)) return 'FINISH_EXITED';
        this.byPid.set(service.finish, service);
        return null;
      case 'signalDown':
        this.signalDown(service);
        return null;
      case 'kill':
        os.kill(service.setup !== 0 ? service.setup : service.run, os.signals.KILL);
        return null;
      case 'killFinish':
        os.kill(service.finish, os.signals.KILL);
        return null;
      case 'endLife':
        scripts.releasePipe(service);
        if (service.name === globalLogger && !service.isActive) logs.isGlobalInUse = false;
        return null;
      case 'forgetIfGone':
        if (!service.listed) this.forget(service);
        return null;
    }
  }

  private forget(service: Service): void {
    const { logger } = service;
    this.parts.logs.forget(service);
    this.parts.services.remove(service);
    this.parts.pipes.closeUnused(service.name);
    this.surroundings.forgotten(service, logger);
  }

  private launch(service: Service): ServiceEventName | null {
    const now = this.parts.os.now();
    service.bornAt = now;
    service.changedAt = now;
    switch (this.parts.scripts.launch(service)) {
      case null:
        this.byPid.set(service.run, service);
        return null;
      case 'missing':
        service.exitStatus = 0;
        service.exitSignal = 0;
        return 'RUN_MISSING';
      case 'impossible':
        return 'LAUNCH_IMPOSSIBLE';
      case 'failed':
        return 'SPAWN_FAILED';
    }
  }

  /**
   * Start the logger that the service writes to, and before it the one that this writes to, and so on: the chain from its end. In a circle
   * the walk ends at the first that was met; further on, the chain of a logger that is up was started with it.
   */
  private startLogger(service: Service): void {
    const { logs, services, directory } = this.parts;
    const chain: Service[] = [];
    for (let at = service; ; ) {
      logs.update(at);
      const name = logs.writesTo(at);
      if (name === null) break;
      const logger = services.find(name) ?? (directory.offers(name) ? this.create(name) : null);
      if (logger === null || logger === service || chain.includes(logger)) break;
      chain.push(logger);
      if (!isAtRest(logger)) break;
      at = logger;
    }
    for (const logger of chain.reverse()) this.step(logger, 'WANT_UP');
  }

  private signalDown(service: Service): void {
    const { os, delays, directory } = this.parts;
    if (service.stopDeadline === 0) service.stopDeadline = os.now() + delays.service.SHUTDOWN;
    const isSetup = service.setup !== 0;
    const pid = isSetup ? service.setup : service.run;
    if (!isSetup && directory.exists(service.directory)) service.downSignal = readDownSignal(os, service.directory);
    os.kill(pid, isSetup ? os.signals.TERM : service.downSignal);
    os.kill(pid, os.signals.CONT);
  }

  private reportExec(service: Service, script: Script): void {
    this.parts.console.sayError(`${service.name}: cannot execute ${script}`, -service.execError);
  }
}

/** In a state from which a wish starts it. */
function isAtRest(service: Service): boolean {
  return ['DOWN', 'FATAL', 'DELAY'].includes(stateOf(service));
}

/** Byte of the state that is shown. */
export function shownState(service: Service): State {
  return State[stateOf(service) as keyof typeof State];
}
