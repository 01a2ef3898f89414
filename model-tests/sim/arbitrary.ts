/**
 * Random scenarios: small graphs of services, scripts that behave in every way, and commands. fast-check makes and shrinks them.
 */
import * as fc from 'fast-check';
import type { ClientRequest } from '../../runtime/protocol.js';
import { S } from './errors.js';
import type { ErrorName } from './errors.js';
import type { Behaviour, Command, Edit, Scenario, ScriptPlan, ServicePlan } from './scenario.js';

/** Names that services have; `w@` is a template, and the last is nobody's. */
const names = ['a', 'b', 'c', 'l', 'm', 'LOG', 'w@x', 'w@y'] as const;
const asked = [...names, 'nobody', 'SYS', 'LOG@a'];

/** Moments, in ms: near each other, around the delays of behaviour.md §1, or anywhere. */
const moment = fc.oneof(fc.constantFrom(0, 1, 2, 3, 500, 999, 1000, 1001, 1999, 2000, 2001, 2002, 7000), fc.nat(4000));

/** An object with the keys that were chosen: one whose value is undefined is left out. */
export function chosen<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

export function maybe<T>(arbitrary: fc.Arbitrary<T>, weight = 3): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

export const request: fc.Arbitrary<ClientRequest> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('up', 'down', 'restart', 'ready', 'query'), name: fc.constantFrom(...asked) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('signal' as const),
      signal: fc.constantFrom(S.STOP, S.CONT, S.HUP, S.TERM, S.KILL, S.USR1, 99),
      name: fc.constantFrom(...asked),
    }),
  },
  { weight: 2, arbitrary: fc.constantFrom<ClientRequest>({ kind: 'list', start: 0 }, { kind: 'info' }) },
  { weight: 1, arbitrary: fc.constantFrom<ClientRequest>({ kind: 'trace' }, { kind: 'leaves', start: 0 }) },
  { weight: 2, arbitrary: fc.constant<ClientRequest>({ kind: 'rescan' }) },
);

const failure: fc.Arbitrary<ErrorName> = fc.constantFrom('EAGAIN', 'EIO', 'EMFILE', 'ENOMEM', 'ETXTBSY', 'ENOENT', 'EACCES');

/** How a script ends, and what it does before; `isLong` ones mostly run on. */
function behaviour(isLong: boolean): fc.Arbitrary<Behaviour> {
  return fc
    .record({
      lasts: isLong ? maybe(moment, 2) : fc.oneof({ weight: 6, arbitrary: moment }, { weight: 1, arbitrary: fc.constant(undefined) }),
      exit: maybe(fc.constantFrom(0, 1, 111), 2),
      dies: maybe(fc.constantFrom('KILL' as const, 'TERM' as const, 'USR1' as const), 7),
      fails: maybe(failure, 12),
      hangs: maybe(fc.constantFrom(5, 3000, 9000), 20),
      onSignal: maybe(fc.constantFrom('ignores' as const, 'drains' as const, 5, 3000), 1),
      writes: maybe(fc.array(fc.record({ at: moment, bytes: fc.nat(300) }), { maxLength: 3 }), 2),
      ready: maybe(fc.record({ at: moment, text: fc.constantFrom('\n', 'ready\n', 'no', '') }), 2),
      asks: maybe(fc.array(fc.record({ at: moment, request }), { maxLength: 2 }), 5),
      orphan: maybe(fc.constantFrom(1, 2000, 60_000), 12),
    })
    .map(chosen) as fc.Arbitrary<Behaviour>;
}

function script(isLong: boolean): fc.Arbitrary<ScriptPlan> {
  return fc.array(behaviour(isLong), { minLength: 1, maxLength: 2 });
}

export const servicePlan = fc
  .record({
    setup: maybe(script(false), 2),
    run: fc.oneof({ weight: 6, arbitrary: script(true) }, { weight: 1, arbitrary: fc.constant(undefined) }),
    finish: maybe(script(false), 1),
    log: maybe(fc.constantFrom('../l', '../m', '../a', '../w@', '../nobody'), 1),
    down: maybe(fc.constant(true), 5),
    downSignal: maybe(fc.constantFrom('h', 'k', 'x'), 6),
    notificationFd: maybe(fc.constantFrom('3', '0', '99'), 3),
  })
  .map(chosen) as fc.Arbitrary<ServicePlan>;

/** A logger that reads all, and drains its pipe when it is told to go. */
const goodLogger: fc.Arbitrary<ServicePlan> = fc
  .record({ reads: fc.constantFrom(0, 1, 50), log: maybe(fc.constantFrom('../m', '../l'), 3), down: maybe(fc.constant(true), 4) })
  .map(({ reads, ...rest }) => chosen({ ...rest, run: [{ reads, onSignal: 'drains' as const }] })) as fc.Arbitrary<ServicePlan>;

const services: fc.Arbitrary<Readonly<Record<string, ServicePlan>>> = fc
  .record({
    a: servicePlan,
    b: maybe(servicePlan, 1),
    c: maybe(servicePlan, 3),
    l: maybe(fc.oneof({ weight: 3, arbitrary: goodLogger }, { weight: 1, arbitrary: servicePlan }), 1),
    m: maybe(goodLogger, 3),
    LOG: maybe(goodLogger, 4),
    'LOG@': maybe(goodLogger, 12),
    'w@': maybe(servicePlan, 4),
    'w@x': maybe(fc.constant<ServicePlan>({}), 4),
  })
  .map(chosen) as fc.Arbitrary<Record<string, ServicePlan>>;

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), name: fc.constantFrom('a', 'b', 'd', 'l', 'LOG', 'w@'), plan: servicePlan }),
  fc.record({ kind: fc.constant('remove' as const), name: fc.constantFrom('a', 'b', 'c', 'l', 'LOG', 'w@', 'w@x') }),
  fc.record({ kind: fc.constant('removeFile' as const), name: fc.constantFrom('a', 'b', 'l'), file: fc.constantFrom('run', 'setup', 'finish', 'log', 'down') }),
  fc.record({ kind: fc.constant('link' as const), name: fc.constantFrom('a', 'b', 'l', 'm'), log: fc.constantFrom('../l', '../m/', '../a') }),
  fc.record({ kind: fc.constant('down' as const), name: fc.constantFrom('a', 'b') }),
);

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      request,
      manner: fc.constantFrom('waits' as const, 'waits' as const, 'waits' as const, 'unbound' as const, 'crashes' as const, 'stays' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('datagram' as const), data: fc.string({ unit: 'binary-ascii', maxLength: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), name: fc.constantFrom(...names), signal: fc.constantFrom('KILL', 'TERM', 'USR1') }) },
  { weight: 1, arbitrary: fc.constant<Command>({ kind: 'signal', signal: 'HUP' }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('edit' as const), edit }) },
);

/** The end, asked for in every way, and perhaps twice. */
export const end: fc.Arbitrary<Command> = fc.oneof(
  fc.constantFrom<Command>({ kind: 'signal', signal: 'TERM' }, { kind: 'signal', signal: 'INT' }),
  fc.constantFrom<Command>(
    { kind: 'ask', request: { kind: 'shutdown' }, manner: 'waits' },
    { kind: 'ask', request: { kind: 'reboot' }, manner: 'waits' },
    { kind: 'ask', request: { kind: 'shutdown' }, manner: 'unbound' },
  ),
);

export interface Timed {
  readonly at: number;
  readonly command: Command;
}

export function inOrder(lists: readonly (readonly Timed[])[]): readonly Timed[] {
  return lists.flat().sort((one, other) => one.at - other.at);
}

/** A scenario in which anything may be, with up to so many commands. */
export function scenario(commandsMax = 10): fc.Arbitrary<Scenario> {
  return fc
    .record({
      mode: fc.constantFrom('process' as const, 'process' as const, 'container' as const, 'machine' as const),
      services,
      sys: fc
        .record({
          setup: maybe(script(false), 3),
          finish: maybe(script(false), 3),
          final: maybe(script(false), 4),
          reincarnate: maybe(fc.constantFrom('works' as const, 'fails' as const), 9),
        })
        .map(chosen) as fc.Arbitrary<Scenario['sys']>,
      many: fc.array(fc.record({ at: fc.oneof(moment, fc.nat(12_000)), command }), { maxLength: commandsMax }),
      ends: fc.array(fc.record({ at: fc.nat(14_000), command: end }), { maxLength: 2 }),
      endsAt: fc.constantFrom(3000, 15_000, 20_000),
      pids: fc.constantFrom(1000, 1000, 8),
      pipeBytes: fc.constantFrom(65_536, 256),
      faultsMax: fc.constantFrom(0, 0, 1, 3),
    })
    .map(({ many, ends, ...rest }) => ({ ...rest, commands: inOrder([many, ends]) }));
}

