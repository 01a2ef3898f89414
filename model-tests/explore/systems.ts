/**
 * The small systems that are explored.
 *
 * Scripts choose among their behaviours at each exec, and commands come at any moment. Services that are alike are folded (folding.ts): states that
 * differ only in which of them is which count once.
 */
import type { ClientRequest } from '../../runtime/protocol.js';
import { quiet } from '../sim/scenario.js';
import type { Behaviour, Command, Scenario, ServicePlan } from '../sim/scenario.js';
import type { Bounds } from './explore.js';

export interface System {
  readonly what: string;
  readonly scenario: Scenario;
  readonly outcomes: Bounds['outcomes'];
  /** Small enough to be explored without folding as well, to see how much that saves. */
  readonly isUnfoldedToo?: boolean;
}

const ask = (request: ClientRequest): Command => ({ kind: 'ask', request, manner: 'waits' });
const wishes = (name: string): readonly Command[] => [ask({ kind: 'up', name }), ask({ kind: 'down', name }), ask({ kind: 'restart', name })];

/** Every way in which a `run` can go. */
const runs: readonly Behaviour[] = [
  {},
  { lasts: 0 },
  { lasts: 1500, exit: 1 },
  { lasts: 10, dies: 'KILL' },
  { onSignal: 'ignores' },
  { onSignal: 300 },
  { fails: 'ENOENT' },
  { fails: 'ENOMEM' },
  { hangs: 3000 },
];
const setups: readonly Behaviour[] = [{ lasts: 5 }, { lasts: 5, exit: 1 }, { lasts: 5, exit: 111 }, { lasts: 5, dies: 'TERM' }, {}, { fails: 'EACCES' }];
const finishes: readonly Behaviour[] = [{ lasts: 5 }, { fails: 'ENOENT' }, { onSignal: 'ignores' }];
const ready: readonly Behaviour[] = [{ ready: { at: 5, text: '\n' } }, { ready: { at: 5, text: '' } }, { ready: { at: 5, text: '\n' }, lasts: 5 }];
const writer: ServicePlan = { run: [{ writes: [{ at: 5, bytes: 3 }] }, { writes: [{ at: 5, bytes: 3 }], lasts: 5 }], log: '../l' };
const logger: readonly Behaviour[] = [
  { reads: 0, onSignal: 'drains' },
  { reads: 0, onSignal: 'drains', lasts: 10, exit: 1 },
];

/** Order and moments in full; no clock jumps, deaths are seen at once or right after, and a call fails in one way. */
const outcomes: Bounds['outcomes'] = { jump: 1, late: 1, short: 1, fault: 2 };
/** Where there is more than one service: nothing happens between two calls of nitro but where it waits. */
const calm: Bounds['outcomes'] = { ...outcomes, preempt: 1 };

function system(what: string, services: Readonly<Record<string, ServicePlan>>, rest: Partial<Scenario>, how: Bounds['outcomes'] = outcomes): System {
  return { what, scenario: { ...quiet, services, ...rest }, outcomes: how };
}

/** Some of these commands come, at any moments, up to so many. */
const offering = (max: number, commands: readonly Command[]): Partial<Scenario> => ({ offers: { commands, max } });
const mortal: readonly Behaviour[] = [{}, { lasts: 5 }];

const single: readonly System[] = [
  system('one service, every run', { a: { run: runs } }, offering(2, wishes('a')), calm),
  system('one service, and things that happen while nitro works', { a: { run: runs.slice(0, 5) } }, offering(1, wishes('a'))),
  system('one service, every setup and finish', { a: { setup: setups, run: mortal, finish: finishes } }, offering(1, wishes('a'))),
  system(
    'one service that reports readiness',
    { a: { run: ready, notificationFd: '3' } },
    offering(2, [...wishes('a'), ask({ kind: 'ready', name: 'a' })]),
  ),
  system(
    'one service, one fault',
    { a: { run: mortal, finish: [{ lasts: 5 }] } },
    { faultsMax: 1, ...offering(1, wishes('a')) },
    calm,
  ),
  system('a one shot', { a: { setup: [{ lasts: 5 }], finish: finishes } }, offering(2, wishes('a'))),
];

const several: readonly System[] = [
  system('two services', { a: { run: mortal }, b: { run: mortal } }, offering(1, wishes('a')), calm),
  system(
    'a service and its logger',
    { a: writer, l: { run: logger } },
    offering(1, [...wishes('l'), ask({ kind: 'down', name: 'a' })]),
    calm,
  ),
  system(
    'a chain of two loggers',
    { a: { ...writer, run: (writer.run ?? []).slice(0, 1) }, l: { run: logger.slice(0, 1), log: '../m' }, m: { run: logger } },
    offering(1, wishes('m')),
    calm,
  ),
  system(
    'SYS and a service',
    { a: { run: mortal } },
    {
      sys: { setup: [{ lasts: 5 }, { lasts: 5, exit: 1 }, { onSignal: 'ignores' }], finish: [{ lasts: 5 }, {}], reincarnate: 'fails' },
      ...offering(2, [
        ask({ kind: 'up', name: 'a' }),
        ask({ kind: 'down', name: 'SYS' }),
        { kind: 'signal', signal: 'HUP' },
        ask({ kind: 'reboot' }),
      ]),
    },
    calm,
  ),
  system(
    'a service that comes and goes',
    { a: { run: mortal } },
    offering(3, [
      { kind: 'edit', edit: { kind: 'remove', name: 'a' } },
      { kind: 'edit', edit: { kind: 'put', name: 'a', plan: { run: [{}, { onSignal: 300 }] } } },
      ask({ kind: 'rescan' }),
      ask({ kind: 'up', name: 'a' }),
    ]),
    calm,
  ),
];

/** Those with a fault: a fault in the course of a life doubles it at every call, so that there is no command beside it. */
const faulty: readonly System[] = [
  system('two services, one fault', { a: { run: mortal }, b: { run: [{}] } }, { faultsMax: 1, ...offering(0, []) }, calm),
  system('a service and its logger, one fault', { a: writer, l: { run: logger.slice(0, 1) } }, { faultsMax: 1, ...offering(0, []) }, calm),
  system(
    'SYS and a service, one fault',
    { a: { run: [{}] } },
    { faultsMax: 1, sys: { setup: [{ lasts: 5 }], finish: [{ lasts: 5 }] }, ...offering(0, []) },
    calm,
  ),
];

/** Services that are alike. */
const symmetric: readonly System[] = [
  { ...system('two services alike', { a: { run: mortal }, b: { run: mortal } }, offering(1, [...wishes('a'), ...wishes('b')]), calm), isUnfoldedToo: true },
  { ...system('three services alike', { a: { run: mortal }, b: { run: mortal }, c: { run: mortal } }, offering(0, []), calm), isUnfoldedToo: true },
];

export const systems: readonly System[] = [...single, ...several, ...symmetric, ...faulty];
