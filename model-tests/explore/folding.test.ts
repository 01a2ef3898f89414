/**
 * Folding (folding.ts): which services are alike, that states which differ only in which of them is which count once, and that no violation is lost by it.
 */
import { describe, expect, test } from 'vitest';
import { Lifecycle } from '../../runtime/lifecycle.js';
import { Scripts } from '../../runtime/scripts.js';
import { planted } from '../sim/planted.js';
import type { Method } from '../sim/planted.js';
import { quiet } from '../sim/scenario.js';
import type { Behaviour, Command, Scenario } from '../sim/scenario.js';
import { explore } from './explore.js';
import type { Exploration } from './explore.js';
import { alike, namings } from './folding.js';

const ask = (kind: 'up' | 'down', name: string): Command => ({ kind: 'ask', request: { kind, name }, manner: 'waits' });
const run: readonly Behaviour[] = [{}, { lasts: 5 }];
const asking: Behaviour = { asks: [{ at: 1, request: { kind: 'up', name: 'a' } }] };
const two: Scenario = { ...quiet, services: { a: { run }, b: { run } }, offers: { commands: [], max: 0 } };

describe('alike are', () => {
  test.each<readonly [string, Partial<Scenario>, readonly (readonly string[])[]]>([
    ['services with the same files', {}, [['a', 'b']]],
    ['no services with other files', { services: { a: { run }, b: { run: [{}] } } }, []],
    ['those with the same logger, and not the logger', { services: { a: { run, log: '../l' }, b: { run, log: '../l' }, l: { run } } }, [['a', 'b']]],
    ['none of which one is a logger', { services: { a: { run }, b: { run }, c: { run, log: '../b' } } }, []],
    ['none of which a script asks for one', { services: { a: { run }, b: { run }, c: { run: [asking] } } }, []],
    ['none of which one is asked for', { offers: { commands: [ask('up', 'a')], max: 1 } }, []],
    ['those that are asked for in the same way', { offers: { commands: [ask('up', 'a'), ask('up', 'b')], max: 1 } }, [['a', 'b']]],
    ['none where commands come at fixed times', { commands: [{ at: 1, command: ask('up', 'a') }] }, []],
  ])('%s', (_what, scenario, groups) => {
    expect(alike({ ...two, ...scenario })).toEqual(groups);
  });

  test('three have six ways to be named', () => {
    expect(namings({ ...two, services: { a: { run }, b: { run }, c: { run } } }).length).toBe(6);
  });
});

/** The clock that fits to a runtime object: its `os`, or that of its parts. */
function nowOf(of: object): number {
  const { parts } = of as { readonly parts: { readonly os: { now: () => number } } };
  return parts.os.now();
}

function withAndWithout(scenario: Scenario): readonly Exploration[] {
  const outcomes = { jump: 1, late: 1, short: 1, fault: 2, preempt: 1 };
  return [false, true].map((isFolded) => explore(scenario, { outcomes, livesMax: 20_000, isFolded }));
}

describe('with folding', { timeout: 600_000 }, () => {
  test('there are fewer states, and as little is violated', () => {
    const [plain, folded] = withAndWithout(two);
    expect([plain?.isFixpoint, folded?.isFixpoint, plain?.violation, folded?.violation]).toEqual([true, true, null, null]);
    expect(folded?.states).toBeLessThan((plain?.states ?? 0) / 1.5);
    expect(folded?.states).toBeGreaterThan(20);
  });

  test('where nothing is alike it is as without', () => {
    const [plain, folded] = withAndWithout({ ...two, services: { a: { run }, b: { run: [{}] } } });
    expect(folded).toEqual(plain);
  });

  test.each([
    [
      'of two deaths in the same moment the second is lost',
      Lifecycle.prototype,
      'ended',
      (original: Method): Method => {
        let last = { of: {}, at: -1 };
        return function (this: object, ...args: unknown[]): unknown {
          const isSecond = last.of === this && last.at === nowOf(this);
          last = { of: this, at: nowOf(this) };
          return isSecond ? true : original.apply(this, args);
        };
      },
    ],
    [
      'of two processes that are buried in the same moment the second stays on the list of owners',
      Scripts.prototype,
      'bury',
      (original: Method): Method => {
        let last = { of: {}, at: -1 };
        return function (this: { os: { now: () => number }; byPid: Map<unknown, unknown> }, ...args: unknown[]): unknown {
          const end = original.apply(this, args);
          if (last.of === this && last.at === this.os.now()) this.byPid.set(args[1], args[0]);
          last = { of: this, at: this.os.now() };
          return end;
        };
      },
    ],
    [
      'of two services that are asked down in the same moment the second is not',
      Lifecycle.prototype,
      'post',
      (original: Method): Method => {
        let last = { of: {}, at: -1 };
        return function (this: object, service: unknown, event: unknown): unknown {
          if (event !== 'WANT_DOWN') return original.call(this, service, event);
          const isSecond = last.of === this && last.at === nowOf(this);
          last = { of: this, at: nowOf(this) };
          return isSecond ? undefined : original.call(this, service, event);
        };
      },
    ],
  ] as const)('a planted fault is found as it is without: %s', (_what, prototype, name, make) => {
    const [plain, folded] = planted(prototype, name, make, () => withAndWithout(two));
    const violated = (each: Exploration | undefined): readonly string[] => [...new Set(each?.violation?.violations.map(({ property }) => property))].sort();
    expect(violated(plain)).not.toEqual([]);
    expect(violated(folded)).toEqual(violated(plain));
  });
});
