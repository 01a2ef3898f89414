/**
 * What nitro knows of one service, and all services it knows.
 *
 * The record holds facts only: which processes live, which pipes are open, when things happened. What state the
 * service is in is `leaf`, an index into the table, and only `lifecycle.ts` changes it.
 */
import { serviceTable } from '../table/service.js';
import { directoryOfService, parameterOf } from './directory.js';
import type { Bytes, Fd, Pid } from './os.js';
import type { LogPipe } from './pipes.js';
import { State } from './protocol.js';
import type { Timed } from './timers.js';

export class Service implements Timed {
  leaf = serviceTable.initial;
  deadline = 0;
  heapIndex = -1;

  /** Processes that live, or ended and are not reaped; 0: none. */
  setup: Pid = 0;
  run: Pid = 0;
  finish: Pid = 0;

  /** Exec status pipe of the script that was forked last; -1: none is open. */
  status: Fd = -1;
  /** Errno of the exec that failed; 0: none did. */
  execError = 0;
  /** Readiness pipe of this life of `run`; -1: none is open. */
  ready: Fd = -1;
  /** Whether `run` was launched with a `notification-fd`. */
  reportsReadiness = false;

  /** How `run` ended: raw wait status for the wire, and the two arguments of `finish`. */
  waitStatus = 0;
  exitStatus = 0;
  exitSignal = 0;
  /** Raw wait status of `setup`. */
  setupStatus = 0;

  /** When this life began, and when the last start or stop was; ms. */
  bornAt = 0;
  /** When what runs is to be killed, and `finish`; ms; 0: it was not told to end. */
  stopDeadline = 0;
  finishDeadline = 0;
  /** As `down-signal` said at the launch: what counts when the directory is gone. */
  downSignal = 0;

  /** Its logger by its `log` link or by `LOG@`; null: LOG, if there is one. */
  logger: Bytes | null = null;
  /** The pipe that its scripts write to, held until the life ends. */
  pipe: LogPipe | null = null;

  /** The last scan saw it, or it stays for another reason; else it is forgotten when it is down. */
  listed = true;
  /** A logger without a directory, which stays only because a link names it. */
  onlyNamed = false;

  constructor(
    readonly name: Bytes,
    /** Where its files are, relative to the service directory. */
    readonly directory: Bytes,
    /** What is behind the `@`; null: not an instance. */
    readonly parameter: Bytes | null,
    public changedAt: number,
  ) {}

  get isActive(): boolean {
    return stateOf(this) !== 'DOWN';
  }

  /** Its life is over, and nothing but a request begins another. */
  get isResting(): boolean {
    const name = leafOf(this);
    return name === 'DOWN.resting' || name === 'FATAL.resting';
  }
}

/** Name of the state that is shown. */
export function stateOf(service: Service): string {
  return serviceTable.leaves[service.leaf]?.state ?? 'DOWN';
}

/** Name of the leaf it is in. */
export function leafOf(service: Service): string {
  return serviceTable.leaves[service.leaf]?.name ?? '';
}

/** Byte of the state that is shown. */
export function shownState(service: Service): State {
  return State[stateOf(service) as keyof typeof State];
}

/** All services, in the order in which they came to be known. */
export class Services {
  private readonly byName = new Map<Bytes, Service>();
  private inOrder: readonly Service[] | null = null;

  /** `now` tells the time in ms. */
  constructor(private readonly now: () => number) {}

  get size(): number {
    return this.byName.size;
  }

  find(name: Bytes): Service | undefined {
    return this.byName.get(name);
  }

  /** Make a service known, in the state DOWN. */
  create(name: Bytes): Service {
    const service = new Service(name, directoryOfService(name), parameterOf(name), this.now());
    this.byName.set(name, service);
    this.inOrder = null;
    return service;
  }

  remove(service: Service): void {
    this.byName.delete(service.name);
    this.inOrder = null;
  }

  /** A list that later changes leave as it is. */
  all(): readonly Service[] {
    this.inOrder ??= [...this.byName.values()];
    return this.inOrder;
  }
}
