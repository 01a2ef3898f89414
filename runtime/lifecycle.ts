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
import { Ended } from './bugs.js';
import type { Bugs } from './bugs.js';
import { Effects } from './effects.js';
import type { EffectParts } from './effects.js';
import { Facts } from './facts.js';
import type { Bytes, Pid } from './os.js';
import type { Service } from './service.js';
import type { Timed, Timers } from './timers.js';
import type { Tracing } from './tracing.js';

export interface Parts extends EffectParts {
  readonly bugs: Bugs;
  readonly timers: Pick<Timers<Timed>, 'start' | 'cancel'>;
  readonly tracing: Tracing;
}

/** What the lifecycle asks of and tells to the system it lives in. */
export interface Surroundings {
  /** The system is neither in bring-up nor in run. */
  isGoingDown(): boolean;
  /** A service came to rest, in DOWN or FATAL. */
  rests(service: Service): void;
  /** A service is no longer known; it had this logger. */
  forgotten(service: Service, logger: Bytes | null): void;
}

type Happening = ServiceEventName | 'TIMER';

const eventOfEnd = { setup: 'SETUP_EXITED', run: 'RUN_EXITED', 'run that was not executed': 'EXEC_FAILED', finish: 'FINISH_EXITED' } as const;

export class Lifecycle {
  /** Events that the state of their service ignores. */
  ignored = 0;
  private readonly queue: { readonly service: Service; readonly event: Happening }[] = [];
  private isDraining = false;
  private readonly facts: Facts;
  private readonly effects: Effects;

  constructor(
    private readonly parts: Parts,
    private readonly surroundings: Surroundings,
  ) {
    const { os, delays, directory } = parts;
    this.facts = new Facts(os, delays, directory, () => surroundings.isGoingDown());
    this.effects = new Effects(parts, {
      wantUp: (logger) => this.step(logger, 'WANT_UP'),
      forgotten: (service, logger) => surroundings.forgotten(service, logger),
    });
  }

  /** An event of a service; it and all that follow from it are done on return, unless this is called from within one. */
  post(service: Service, event: Happening): void {
    this.queue.push({ service, event });
    if (this.isDraining) return;
    this.isDraining = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      try {
        this.step(next.service, next.event);
      } catch (bug) {
        if (bug instanceof Ended) throw bug;
        this.parts.bugs.report(bug, `${next.event} of ${next.service.name}`);
      }
    }
    this.isDraining = false;
  }

  /** A child ended. True if it was a script of a service. */
  ended(pid: Pid, waitStatus: number): boolean {
    const { scripts } = this.parts;
    const service = scripts.ownerOfProcess(pid);
    if (service === undefined) return false;
    // What its pipes still say came before its end.
    this.hear(service, true);
    const end = scripts.bury(service, pid, waitStatus);
    this.post(service, eventOfEnd[end]);
    return true;
  }

  /** Take in what the pipes of a service say now. */
  hear(service: Service, ended = false): void {
    for (const fact of this.parts.scripts.hear(service, ended)) {
      if (fact === 'ready') this.post(service, 'READY');
      else if (service.run !== 0) this.post(service, 'EXEC_SUCCEEDED');
    }
  }

  private step(service: Service, event: Happening): void {
    const { tracing } = this.parts;
    const holds = (guard: ServiceGuard): boolean => this.facts.holds(service, guard);
    for (let next: Happening | null = event; next !== null; ) {
      const row: Row<ServiceGuard, ServiceAction> | null =
        next === 'TIMER' ? rowForTimer(serviceTable, service.leaf, holds) : rowFor(serviceTable, service.leaf, next, holds);
      tracing.step(service.name, next, serviceTable.leaves, service.leaf, row);
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
    const moves = row.target !== STAY;
    if (moves) {
      service.leaf = row.target;
      timers.cancel(service);
    }
    let found: ServiceEventName | null = null;
    // By index: to make an iterator costs more than many an action.
    for (let index = 0; index < row.actions.length; index++) {
      const action = row.actions[index];
      if (action !== undefined) found = this.effects.perform(service, action) ?? found;
    }
    const delay = serviceTable.leaves[service.leaf]?.delay ?? null;
    if (moves && delay !== null) timers.start(service, this.deadline(service, delay));
    if (moves && service.isResting) this.surroundings.rests(service);
    return found;
  }

  /** The kill timers of a process go on when its service moves between SHUTDOWN and RESTART. */
  private deadline(service: Service, delay: ServiceDelay): number {
    const { os, delays } = this.parts;
    if (delay === 'SHUTDOWN' && service.stopDeadline > 0) return service.stopDeadline;
    if (delay === 'FINISH' && service.finishDeadline > 0) return service.finishDeadline;
    return os.now() + delays.service[delay];
  }
}
