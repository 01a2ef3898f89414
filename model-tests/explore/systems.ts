/**
 * The small systems that are explored.
 *
 * Scripts choose among their behaviours at each exec, and commands come at any moment. What is symmetric is there once: a second service that is like the
 * first, and a request that is like another, lead to states that are the same but for a name.
 */
import type { ClientRequest } from '../../runtime/protocol.js';
import { quiet } from '../sim/scenario.js';
import type { Behaviour, Command, Scenario, ServicePlan } from '../sim/scenario.js';
import type { Bounds } from './explore.js';

export interface System {
  readonly what: string;
  readonly scenario: Scenario;
  readonly outcomes: Bounds['outcomes'];
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

export const systems: readonly System[] = [
  system('one service, every run', { a: { run: runs } }, { offers: { commands: wishes('a'), max: 2 } }, calm),
  system('one service, and things that happen while nitro works', { a: { run: runs.slice(0, 5) } }, { offers: { commands: wishes('a'), max: 1 } }),
  system('one service, every setup and finish', { a: { setup: setups, run: [{}, { lasts: 5 }], finish: finishes } }, { offers: { commands: wishes('a'), max: 1 } }),
  system('one service that reports readiness', { a: { run: ready, notificationFd: '3' } }, { offers: { commands: [...wishes('a'), ask({ kind: 'ready', name: 'a' })], max: 2 } }),
  system('one service, one fault', { a: { run: [{}, { lasts: 5 }], finish: [{ lasts: 5 }] } }, { faultsMax: 1, offers: { commands: wishes('a'), max: 1 } }, calm),
  system('a one shot', { a: { setup: [{ lasts: 5 }], finish: finishes } }, { offers: { commands: wishes('a'), max: 2 } }),
  system('two services', { a: { run: [{}, { lasts: 5 }] }, b: { run: [{}, { lasts: 5 }] } }, { offers: { commands: wishes('a'), max: 1 } }, calm),
  system('a service and its logger', { a: writer, l: { run: logger } }, { offers: { commands: [...wishes('l'), ask({ kind: 'down', name: 'a' })], max: 1 } }, calm),
  system('a chain of two loggers', { a: { ...writer, run: (writer.run ?? []).slice(0, 1) }, l: { run: [logger[0] ?? {}], log: '../m' }, m: { run: logger } }, { offers: { commands: wishes('m'), max: 1 } }, calm),
  system('SYS and a service', { a: { run: [{}, { lasts: 5 }] } }, {
    sys: { setup: [{ lasts: 5 }, { lasts: 5, exit: 1 }, { onSignal: 'ignores' }], finish: [{ lasts: 5 }, {}], reincarnate: 'fails' },
    offers: { commands: [ask({ kind: 'up', name: 'a' }), ask({ kind: 'down', name: 'SYS' }), { kind: 'signal', signal: 'HUP' }, ask({ kind: 'reboot' })], max: 2 },
  }, calm),
  system('a service that comes and goes', { a: { run: [{}, { lasts: 5 }] } }, {
    offers: {
      commands: [
        { kind: 'edit', edit: { kind: 'remove', name: 'a' } },
        { kind: 'edit', edit: { kind: 'put', name: 'a', plan: { run: [{}, { onSignal: 300 }] } } },
        ask({ kind: 'rescan' }),
        ask({ kind: 'up', name: 'a' }),
      ],
      max: 3,
    },
  }, calm),
];
