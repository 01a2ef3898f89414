/**
 * The commands of nitroctl, as one table (behaviour.md §8).
 *
 * Theory of operation. Each row is a command: its names, whether it takes services, what it does, and what the help
 * says of it. The argument parser, the help text and the program read this table, so a command is known to all three
 * or to none.
 */
import type { Bytes, Signals } from '../runtime/os.js';
import { State } from '../runtime/protocol.js';

/** When the wait for a service ends. */
export interface Goal {
  readonly done: readonly State[];
  /** States that say it will not get there. */
  readonly failed: readonly State[];
  /** A script of the service itself does not wait: it would wait for its own end. */
  readonly notFromOwnScript: boolean;
}

/** What is asked of a service before the wait. */
export type Demand = 'up' | 'down' | 'restart';

/** What a command does. */
export type Command =
  | { readonly kind: 'list' | 'info' | 'events' | 'trace' }
  | { readonly kind: 'tell'; readonly request: 'rescan' | 'shutdown' | 'reboot' }
  | { readonly kind: 'ask'; readonly request: 'up' | 'ready' }
  | { readonly kind: 'signal'; readonly signal: keyof Signals }
  | { readonly kind: 'bring'; readonly request: Demand; readonly goal: Goal }
  | { readonly kind: 'wait'; readonly goal: Goal }
  | { readonly kind: 'pidof' | 'check' };

/** A row of the table. */
export interface CommandRow {
  /** The first is its full name. */
  readonly names: readonly Bytes[];
  readonly services: 'none' | 'any' | 'some';
  readonly command: Command;
  readonly help: string;
}

/** The service is up: a one shot is, once its setup is done. */
const up: readonly State[] = [State.UP, State.ONESHOT];
const down: readonly State[] = [State.DOWN, State.FATAL];
const running: readonly State[] = [State.STARTING, ...up];

function goal(done: readonly State[], failed: readonly State[] = []): Goal {
  return { done, failed, notFromOwnScript: false };
}

const started = goal(up, [State.FATAL]);
const launched = goal(running, [State.FATAL]);
const stopped: Goal = { done: down, failed: [], notFromOwnScript: true };
const stopping: Goal = { done: [State.SHUTDOWN, ...down], failed: [], notFromOwnScript: true };

function bring(name: Bytes, abbreviations: readonly Bytes[], request: Demand, to: Goal, help: string): CommandRow {
  return { names: [name, ...abbreviations], services: 'some', command: { kind: 'bring', request, goal: to }, help };
}

function wait(name: Bytes, to: Goal, help: string): CommandRow {
  return { names: [name], services: 'some', command: { kind: 'wait', goal: to }, help };
}

function signal(names: readonly Bytes[], number: keyof Signals): CommandRow {
  return { names, services: 'some', command: { kind: 'signal', signal: number }, help: `send SIG${number} to its run process` };
}

/** All commands, in the order of the help. */
export const commands: readonly CommandRow[] = [
  { names: ['list', 'l'], services: 'any', command: { kind: 'list' }, help: 'show these services, or all; the default' },
  {
    names: ['up', 'u'],
    services: 'some',
    command: { kind: 'ask', request: 'up' },
    help: 'start it, do not wait',
  },
  bring('down', ['d'], 'down', stopped, 'stop it, wait until it is DOWN or FATAL'),
  bring('start', [], 'up', started, 'start it, wait until it is UP or ONESHOT'),
  bring('restart', [], 'restart', started, 'restart it, wait until it is UP or ONESHOT'),
  bring('stop', [], 'down', stopped, 'the same as down'),
  bring('fast-start', [], 'up', launched, 'as start, but STARTING is enough'),
  bring('fast-restart', ['r'], 'restart', launched, 'as restart, but STARTING is enough'),
  bring('fast-stop', [], 'down', stopping, 'as stop, but SHUTDOWN is enough'),
  {
    names: ['ready'],
    services: 'some',
    command: { kind: 'ask', request: 'ready' },
    help: 'it is ready: STARTING becomes UP',
  },
  wait('wait-up', goal(up), 'wait until it is UP or ONESHOT'),
  wait('wait-down', goal(down), 'wait until it is DOWN or FATAL'),
  wait('wait-starting', goal(running), 'wait until it is STARTING, UP or ONESHOT'),
  { names: ['pidof'], services: 'some', command: { kind: 'pidof' }, help: 'print its pid; exit 1 if it has none' },
  { names: ['check'], services: 'some', command: { kind: 'check' }, help: 'exit 1 if it has no pid' },
  signal(['pause', 'p'], 'STOP'),
  signal(['cont', 'c'], 'CONT'),
  signal(['hup', 'h'], 'HUP'),
  signal(['alarm', 'a'], 'ALRM'),
  signal(['interrupt', 'i'], 'INT'),
  signal(['quit', 'q'], 'QUIT'),
  signal(['1'], 'USR1'),
  signal(['2'], 'USR2'),
  signal(['term', 't'], 'TERM'),
  signal(['kill', 'k'], 'KILL'),
  {
    names: ['events'],
    services: 'none',
    command: { kind: 'events' },
    help: 'print every change of state until interrupted',
  },
  {
    names: ['trace'],
    services: 'none',
    command: { kind: 'trace' },
    help: 'print every step of nitro until interrupted',
  },
  { names: ['info'], services: 'none', command: { kind: 'info' }, help: 'show numbers about nitro itself' },
  {
    names: ['rescan', 'scan', 's'],
    services: 'none',
    command: { kind: 'tell', request: 'rescan' },
    help: 'read the service directory again',
  },
  {
    names: ['Shutdown'],
    services: 'none',
    command: { kind: 'tell', request: 'shutdown' },
    help: 'shut the system down',
  },
  { names: ['Reboot'], services: 'none', command: { kind: 'tell', request: 'reboot' }, help: 'restart the system' },
];

/** The command of this name or abbreviation. */
export function findCommand(name: Bytes): CommandRow | undefined {
  return commands.find((row) => row.names.includes(name));
}
