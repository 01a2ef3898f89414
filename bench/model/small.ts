/**
 * The small systems that two model checkers go through: our own (states.ts) and SPIN (promela.ts).
 *
 * Theory of operation. A small system is the two tables with a small world around them, as in model-tests/rules: of each service, which
 * process is alive, what that was told, and whether an answer comes at once; of the system, which scripts of `SYS` are alive, and what it waits
 * for. Whatever is possible may happen: users ask for anything, processes end, timers are due, calls fail, facts that the world does not decide
 * are one way or the other. There are no times, pids and messages in it: the explorer of model-tests/explore has these, and runs the runtime itself.
 *
 * The tables are the only thing that the two checkers share. What the world does is told twice, here in words of numbers and there in
 * Promela, so that equal numbers of states mean something.
 */
import type { Table } from '../../table/format.js';
import { serviceTable } from '../../table/service.js';
import { systemTable } from '../../table/system.js';

export interface SmallService {
  readonly name: string;
  /** The service that it writes to; that comes later in the list. */
  readonly logger: string | null;
}

export interface SmallSystem {
  readonly what: string;
  readonly services: readonly SmallService[];
  /** Without it there is one service alone, as in model-tests/rules/service-world.ts: it may be created, and the system go down, at any moment. */
  readonly system: { readonly isPid1: boolean } | null;
}

export interface Tables {
  readonly service: Table;
  readonly system: Table;
}

export const ownTables: Tables = { service: serviceTable, system: systemTable };

const a: SmallService = { name: 'a', logger: null };
const b: SmallService = { name: 'b', logger: null };
const writer: SmallService = { name: 'a', logger: 'l' };
const logger: SmallService = { name: 'l', logger: null };
const asProcess = { isPid1: false };

export const alone: SmallSystem = { what: 'a service alone', services: [a], system: null };
export const withOne: SmallSystem = { what: 'the system and a service', services: [a], system: asProcess };
export const asPid1: SmallSystem = { what: 'the same as pid 1', services: [a], system: { isPid1: true } };
export const withTwo: SmallSystem = { what: 'the system and two services', services: [a, b], system: asProcess };
export const withLogger: SmallSystem = { what: 'the system, a service and its logger', services: [writer, logger], system: asProcess };

export const withThree: SmallSystem = { what: 'the system and three services', services: [a, b, { name: 'c', logger: null }], system: asProcess };
export const withChain: SmallSystem = {
  what: 'the system, two services, and their logger',
  services: [writer, { name: 'b', logger: 'l' }, logger],
  system: asProcess,
};

export const smallSystems: readonly SmallSystem[] = [alone, withOne, asPid1, withTwo, withLogger, withThree, withChain];

/** What each state asks of the process. A state that is not here may have any of those that are being stopped. */
export const shownAs: Readonly<Record<string, readonly string[]>> = {
  DOWN: ['nothing'],
  SETUP: ['setup', 'launching'],
  STARTING: ['run'],
  UP: ['run'],
  ONESHOT: ['nothing'],
  SHUTDOWN: ['setup', 'launching', 'run', 'finish'],
  RESTART: ['setup', 'launching', 'run', 'finish'],
  FATAL: ['nothing', 'finish'],
  DELAY: ['nothing'],
};

/** What a violation is called, in both checkers; with the rule of behaviour.md. */
export const properties = {
  one: 'a process is started only when none is alive (§3)',
  shown: 'what is shown is what is alive (§3)',
  signal: 'only a live setup or run is signalled (§3)',
  kill: 'SIGKILL follows a signal (§3), and goes to what is alive',
  rest: 'a life that ends leaves no process (§3)',
  late: 'nothing is started when the system goes down (§6)',
  logger: 'a logger is started before what writes to it (§5)',
  last: 'a logger is told to stop when its writers are down (§5)',
  end: 'the system ends when no service runs (§6)',
  script: 'scripts of SYS run one at a time, and are signalled while alive (§6)',
} as const;

export type PropertyId = keyof typeof properties;
