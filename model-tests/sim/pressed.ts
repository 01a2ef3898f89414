/**
 * Random scenarios of what is on its way: one or two services, or SYS, whose scripts take their time or do not listen, and wishes that come close together
 * and change. Anything may happen in a scenario of arbitrary.ts; here it happens to who is being stopped, killed, or started again.
 */
import * as fc from 'fast-check';
import type { ClientRequest } from '../../runtime/protocol.js';
import { chosen, end, inOrder, maybe, scenario } from './arbitrary.js';
import { quiet } from './scenario.js';
import type { Behaviour, Command, Scenario, ScriptPlan, ServicePlan } from './scenario.js';

/** A script that is long on its way, or does not listen. */
const stubborn: fc.Arbitrary<Behaviour> = fc
  .record({
    lasts: maybe(fc.constantFrom(0, 5, 500, 1500, 3000, 8000), 1),
    exit: maybe(fc.constantFrom(1, 111), 3),
    dies: maybe(fc.constantFrom('KILL' as const, 'TERM' as const), 6),
    fails: maybe(fc.constantFrom('EAGAIN' as const, 'ENOENT' as const, 'EACCES' as const), 9),
    hangs: maybe(fc.constantFrom(5, 3000, 9000, 9000), 5),
    orphan: maybe(fc.constantFrom(2000, 60_000), 5),
    onSignal: fc.constantFrom('ignores' as const, 'ignores' as const, 3000, 500, 'dies' as const),
  })
  .map(chosen) as fc.Arbitrary<Behaviour>;
const script: fc.Arbitrary<ScriptPlan> = fc.array(stubborn, { minLength: 1, maxLength: 3 });

const plan: fc.Arbitrary<ServicePlan> = fc
  .record({
    setup: maybe(script, 1),
    run: fc.oneof({ weight: 5, arbitrary: script }, { weight: 1, arbitrary: fc.constant(undefined) }),
    finish: maybe(script, 1),
    log: maybe(fc.constant('../l'), 2),
    down: maybe(fc.constant(true), 6),
    notificationFd: maybe(fc.constant('3'), 5),
  })
  .map(chosen) as fc.Arbitrary<ServicePlan>;
const logger: ServicePlan = { run: [{ reads: 0, onSignal: 'drains' }], down: true };

const wish: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('up', 'down', 'restart', 'ready', 'down', 'restart'), name: fc.constantFrom('a', 'a', 'b') }),
  },
  { weight: 2, arbitrary: fc.constant<ClientRequest>({ kind: 'down', name: 'SYS' }) },
  { weight: 1, arbitrary: fc.constantFrom<ClientRequest>({ kind: 'rescan' }, { kind: 'list', start: 0 }) },
).map((request): Command => ({ kind: 'ask', request, manner: 'waits' }));
const gone: fc.Arbitrary<Command> = fc.constantFrom<Command>(
  { kind: 'edit', edit: { kind: 'remove', name: 'a' } },
  { kind: 'kill', name: 'a', signal: 'KILL' },
);

/** Time from one command to the next, ms. */
const pause = fc.constantFrom(0, 1, 3, 10, 200, 999, 1000, 2000, 3000, 7000, 7001);

/** Commands one after the other. */
const commands: fc.Arbitrary<Scenario['commands']> = fc
  .array(fc.record({ pause, command: fc.oneof({ weight: 12, arbitrary: wish }, { weight: 1, arbitrary: gone }, { weight: 2, arbitrary: end }) }), {
    minLength: 1,
    maxLength: 10,
  })
  .map((list) => {
    let at = 0;
    return inOrder([list.map(({ pause: ms, command }) => ({ at: (at += ms), command }))]);
  });

const pressed: fc.Arbitrary<Scenario> = fc
  .record({
    mode: fc.constantFrom('process' as const, 'container' as const, 'machine' as const),
    services: fc.record({ a: plan, b: maybe(plan, 2), l: maybe(fc.constant(logger), 1) }).map(chosen) as fc.Arbitrary<Scenario['services']>,
    sys: fc
      .record({ setup: maybe(script, 1), finish: maybe(script, 1), final: maybe(script, 2), reincarnate: maybe(fc.constant('fails' as const), 5) })
      .map(chosen) as fc.Arbitrary<Scenario['sys']>,
    commands,
    endsAt: fc.constantFrom(500, 3000, 15_000),
  })
  .map((chosenOnes) => ({ ...quiet, ...chosenOnes }));

/** Any scenario. */
export function anyScenario(): fc.Arbitrary<Scenario> {
  return fc.oneof({ weight: 3, arbitrary: scenario() }, { weight: 2, arbitrary: pressed });
}
