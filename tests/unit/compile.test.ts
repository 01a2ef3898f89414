/** What the compiler accepts, refuses, and makes of it (architecture.md, Machines). */
import { describe, expect, test } from 'vitest';
import { createMachine, setup } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { compile } from '../../machines/compile.js';
import { STAY } from '../../table/format.js';

function effect(): void {
  return undefined;
}
function yes(): boolean {
  return true;
}

/** A machine with everything that is accepted; `change` puts something else in its place. */
function machine(change: (config: Record<string, unknown>) => void = () => undefined): AnyStateMachine {
  const config = {
    id: 'm',
    initial: 'a',
    states: {
      a: {
        initial: 'one',
        entry: 'enterA',
        exit: 'leaveA',
        on: { GO: [{ guard: 'g', target: 'b', actions: 'act' }, { target: 'c' }], IN: { actions: ['act', 'enterA'] } },
        states: {
          one: { entry: 'enterOne', exit: 'leaveOne', on: { GO: { guard: 'g', target: 'two' }, NEXT: 'two' }, after: { SOON: '#m.c' } },
          two: { meta: { ignores: { NEXT: 'it is there' } } },
        },
      },
      b: { entry: 'enterB', meta: { ignores: { GO: 'no', IN: 'no', NEXT: 'no' } } },
      c: { type: 'final' },
    },
  };
  change(config);
  return setup({
    actions: { act: effect, enterA: effect, enterB: effect, enterOne: effect, leaveA: effect, leaveOne: effect },
    guards: { g: yes },
    delays: { SOON: 5 },
  }).createMachine(config as never) as unknown as AnyStateMachine;
}

describe('accepted', () => {
  const { table, ignored, events } = compile(machine());
  const leaf = (name: string): (typeof table.leaves)[number] | undefined => table.leaves.find((each) => each.name === name);

  test('leaves, outer names first, and the way in', () => {
    expect(table.leaves.map(({ name }) => name)).toEqual(['a.one', 'a.two', 'b', 'c']);
    expect(table.leaves.map(({ state }) => state)).toEqual(['a', 'a', 'b', 'c']);
    expect(table.initial).toBe(0);
    expect(table.start).toEqual(['enterA', 'enterOne']);
    expect([...events].sort()).toEqual(['GO', 'IN', 'NEXT']);
  });

  test('the innermost state decides first, those around it when no guard holds', () => {
    expect(leaf('a.one')?.on['GO']).toEqual([
      { guard: 'g', target: 1, actions: ['leaveOne'] },
      { guard: 'g', target: 2, actions: ['leaveOne', 'leaveA', 'act', 'enterB'] },
      { guard: null, target: 3, actions: ['leaveOne', 'leaveA'] },
    ]);
  });

  test('a transition without target stays', () => {
    expect(leaf('a.two')?.on['IN']).toEqual([{ guard: null, target: STAY, actions: ['act', 'enterA'] }]);
  });

  test('a timer belongs to its leaf', () => {
    expect(table.delays).toEqual({ SOON: 5 });
    expect(leaf('a.one')?.delay).toBe('SOON');
    expect(leaf('a.one')?.due).toEqual([{ guard: null, target: 3, actions: ['leaveOne', 'leaveA'] }]);
    expect(leaf('a.two')?.delay).toBeNull();
  });

  test('what is ignored has a reason, also after the end', () => {
    expect(ignored['a.two']).toEqual({ NEXT: 'it is there' });
    expect(ignored['c']).toEqual({ GO: 'the machine has ended', IN: 'the machine has ended', NEXT: 'the machine has ended' });
  });
});

type State = Record<string, unknown>;
/** The state at a path of the configuration. */
function at(config: State, ...path: string[]): State {
  return path.reduce<State>((state, key) => (state['states'] as State)[key] as State, config);
}

test.each<readonly [string, RegExp, (config: State) => void]>([
  ['a pair without transition or reason', /b: IN has neither a transition nor a reason/, (c) => (at(c, 'b')['meta'] = { ignores: { GO: 'no', NEXT: 'no' } })],
  ['a reason for a pair that has a transition', /a\.one: NEXT has a reason to be ignored, and a transition/, (c) => (at(c, 'a', 'one')['meta'] = { ignores: { NEXT: 'why' } })],
  ['a reason that never applies', /a: the reason to ignore GO never applies/, (c) => (at(c, 'a')['meta'] = { ignores: { GO: 'never' } })],
  ['an empty reason', /ignores GO without a reason/, (c) => (at(c, 'b')['meta'] = { ignores: { GO: '', IN: 'no', NEXT: 'no' } })],
  ['guards that leave a pair undecided', /a\.two: GO is not decided when no guard holds/, (c) => (at(c, 'a')['on'] = { GO: { guard: 'g', target: 'b' }, IN: { actions: ['act', 'enterA'] } })],
  ['parallel states', /b: not accepted: type "parallel"/, (c) => (at(c, 'b')['type'] = 'parallel')],
  ['history states', /b: not accepted: type "history"/, (c) => (at(c, 'b')['type'] = 'history')],
  ['always', /b: not accepted: always/, (c) => (at(c, 'b')['always'] = { target: 'c' })],
  ['invoke', /b: not accepted: invoke/, (c) => (at(c, 'b')['invoke'] = { src: 'x' })],
  ['context', /m: not accepted: context/, (c) => (c['context'] = {})],
  ['reenter', /not accepted: reenter/, (c) => (at(c, 'a', 'one')['on'] = { NEXT: { target: 'two', reenter: true } })],
  ['a transition to itself', /a\.one: a transition to itself/, (c) => (at(c, 'a', 'one')['on'] = { NEXT: 'one' })],
  ['an inline guard', /a guard without a name/, (c) => (at(c, 'a', 'one')['on'] = { NEXT: { guard: yes, target: 'two' } })],
  ['an inline action', /an action without a name/, (c) => (at(c, 'b')['entry'] = effect)],
  ['two targets', /more than one target/, (c) => (at(c, 'a', 'one')['on'] = { NEXT: { target: ['two', 'two'] } })],
  ['two timers', /a\.one: more than one timer/, (c) => (at(c, 'a', 'one')['after'] = { SOON: '#m.c', LATER: '#m.c' })],
  ['a delay without a name', /a delay without a name: 5/, (c) => (at(c, 'a', 'one')['after'] = { 5: '#m.c' })],
  ['a timer on a state with states', /a: a timer on a state that has states/, (c) => (at(c, 'a')['after'] = { SOON: '#m.c' })],
  ['transitions out of a final state', /c: a final state with transitions/, (c) => (at(c, 'c')['on'] = { GO: 'b' })],
  ['a guard that is never used', /guard is never used: g/, (c) => ((at(c, 'a')['on'] = { GO: 'c', IN: { actions: ['act', 'enterA'] } }), (at(c, 'a', 'one')['on'] = { NEXT: 'two' }))],
])('refused: %s', (_what, message, change) => {
  expect(() => compile(machine(change))).toThrow(message);
});

test('refused: names that do not exist, all in one message', () => {
  const broken = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { entry: 'nothing', on: { GO: { guard: 'nobody', target: 'b' } }, after: { NEVER: 'b' } }, b: { meta: { ignores: { GO: 'no' } } } },
  } as never) as unknown as AnyStateMachine;
  expect(() => compile(broken)).toThrow(/no such guard: nobody[^]*no such action: nothing[^]*no such delay: NEVER/);
});
