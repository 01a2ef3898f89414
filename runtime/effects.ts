/**
 * The effects: what the actions of the service machine do.
 *
 * One case an action. An effect may find something out at once (there is no `run`, the fork failed, there is no `finish`): it
 * returns that as an event. None of them changes a state.
 */
import type { ServiceAction, ServiceEventName } from '../table/service.js';
import type { Announcements } from './announcements.js';
import type { Delays } from './delays.js';
import { globalLogger } from './directory.js';
import type { Directory } from './directory.js';
import type { Logs } from './logs.js';
import type { Bytes, Os } from './os.js';
import type { Pipes } from './pipes.js';
import { State } from './protocol.js';
import type { Scripts } from './scripts.js';
import { shownState, stateOf } from './service.js';
import type { Service, Services } from './service.js';
import { readDownSignal } from './settings.js';

export interface EffectParts {
  readonly os: Os;
  readonly delays: Delays;
  readonly directory: Directory;
  readonly services: Services;
  readonly logs: Logs;
  readonly pipes: Pipes;
  readonly scripts: Scripts;
  readonly announcements: Announcements;
}

/** What effects ask for that concerns other services. */
export interface Others {
  /** Have a logger wanted up, now: it goes before the service that writes to it. */
  wantUp(logger: Service): void;
  /** A service is no longer known; it had this logger. */
  forgotten(service: Service, logger: Bytes | null): void;
}

export class Effects {
  constructor(
    private readonly parts: EffectParts,
    private readonly others: Others,
  ) {}

  /** Perform an action. Returns the event that it found out, if any. */
  perform(service: Service, action: ServiceAction): ServiceEventName | null {
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
        return scripts.setup(service) ? null : 'SPAWN_FAILED';
      case 'launch':
        return this.launch(service);
      case 'spawnFinish':
        service.finishDeadline = os.now() + this.parts.delays.service.FINISH;
        return scripts.finish(service) ? null : 'FINISH_EXITED';
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
    this.others.forgotten(service, logger);
  }

  private launch(service: Service): ServiceEventName | null {
    const now = this.parts.os.now();
    service.bornAt = now;
    service.changedAt = now;
    switch (this.parts.scripts.launch(service)) {
      case null:
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
      const logger = services.find(name) ?? (directory.offers(name) ? services.create(name) : null);
      if (logger === null || logger === service || chain.includes(logger)) break;
      chain.push(logger);
      if (!isAtRest(logger)) break;
      at = logger;
    }
    for (const logger of chain.reverse()) this.others.wantUp(logger);
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
}

/** In a state from which a wish starts it. */
function isAtRest(service: Service): boolean {
  return ['DOWN', 'FATAL', 'DELAY'].includes(stateOf(service));
}
