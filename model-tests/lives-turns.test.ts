/**
 * Lives made by hand: the turns of the loop (architecture.md, Runtime). Each part of a turn is bounded, nothing waits for another turn that could be
 * done at once, and without a cause there is none.
 */
import { describe, expect, test } from 'vitest';
import { plain } from './sim/choice.js';
import { live } from './sim/life.js';
import { quiet } from './sim/scenario.js';
import type { Command, Scenario, ServicePlan } from './sim/scenario.js';
import type { Life } from './sim/trace.js';
import { violationsOf } from './properties/all.js';

interface Turn {
  readonly at: number;
  /** What nitro waited for, in ms; -1: without end. */
  readonly waited: number;
  received: number;
  reaped: number;
  spawned: number;
}

/** The turns of a life, with how much was done in each; polls within a turn do not wait. */
function turnsOf(scenario: Partial<Scenario>): { readonly turns: readonly Turn[]; readonly life: Life } {
  const whole = { ...quiet, ...scenario };
  const turns: Turn[] = [];
  let turn: Turn = { at: 0, waited: 0, received: 0, reaped: 0, spawned: 0 };
  let isWithinTurn = false;
  const life = live(whole, plain, (os) => {
    const poll = os.poll.bind(os);
    const receive = os.receive.bind(os);
    const reap = os.reap.bind(os);
    const spawn = os.spawn.bind(os);
    os.poll = (timeoutMs): ReturnType<typeof poll> => {
      const fds = poll(timeoutMs);
      if (isWithinTurn) return fds;
      turn = { at: os.now(), waited: timeoutMs, received: 0, reaped: 0, spawned: 0 };
      turns.push(turn);
      return fds;
    };
    os.receive = (fd): ReturnType<typeof receive> => {
      const datagram = receive(fd);
      isWithinTurn = datagram !== null;
      if (datagram !== null) turn.received += 1;
      return datagram;
    };
    os.reap = (): ReturnType<typeof reap> => {
      const child = reap();
      if (child !== null) turn.reaped += 1;
      return child;
    };
    os.spawn = (what): ReturnType<typeof spawn> => {
      turn.spawned += 1;
      return spawn(what);
    };
  });
  expect(violationsOf(whole, life)).toEqual([]);
  return { turns, life };
}

const many = (count: number, plan: ServicePlan): Readonly<Record<string, ServicePlan>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${String(index).padStart(2, '0')}`, plan]));
const sum = (turns: readonly Turn[], what: 'received' | 'reaped' | 'spawned'): number => turns.reduce((all, turn) => all + turn[what], 0);

describe('a turn is bounded', () => {
  test('16 timers fire in it, and the next does not wait', () => {
    const { turns } = turnsOf({ services: many(40, { run: [{}] }) });
    const starting = turns.filter(({ at, spawned }) => at === 2 && spawned > 0);
    expect(starting.map(({ spawned }) => spawned)).toEqual([16, 16, 8]);
    expect(starting.slice(1).map(({ waited }) => waited)).toEqual([0, 0]);
  });

  test('16 children are reaped in it, and the next does not wait', () => {
    const { turns } = turnsOf({ services: many(40, { run: [{ lasts: 5000 }, {}] }) });
    const reaping = turns.filter(({ at, reaped }) => at === 5002 && reaped > 0);
    expect(sum(reaping, 'reaped')).toBe(40);
    expect(reaping.map(({ reaped }) => reaped)).toEqual([16, 16, 8]);
    expect(reaping.slice(1).map(({ waited }) => waited)).toEqual([0, 0]);
  });

  test('32 requests are answered in it', () => {
    const info: Command = { kind: 'ask', request: { kind: 'info' }, manner: 'waits' };
    const { turns, life } = turnsOf({ commands: Array.from({ length: 80 }, () => ({ at: 100, command: info })) });
    expect(sum(turns, 'received')).toBe(81);
    expect(Math.max(...turns.map(({ received }) => received))).toBeLessThanOrEqual(32);
    expect(life.trace.filter(({ type }) => type === 'answered')).toHaveLength(81);
  });
});

describe('no wakeup without a cause', () => {
  test('where nothing is to come nitro waits without end, and else until the next deadline', () => {
    const { turns } = turnsOf({ services: { a: { run: [{}] } } });
    // After its start, and after it is UP: the exec, the end of STARTING, the end of all.
    const waits = turns.map(({ at, waited }) => [at, waited]);
    expect(waits).toContainEqual([10_001, -1]);
    expect(waits).toContainEqual([2002, 2000]);
    expect(turns.filter(({ at }) => at > 2002 && at < 10_001)).toEqual([]);
  });

  test('a query is one turn, and one more that does not wait', () => {
    const command: Command = { kind: 'ask', request: { kind: 'query', name: 'a' }, manner: 'waits' };
    const { turns } = turnsOf({ services: { a: { run: [{}] } }, commands: [{ at: 5000, command }] });
    expect(turns.filter(({ at }) => at > 2002 && at < 10_001).map(({ at, received }) => [at, received])).toEqual([[5001, 1]]);
  });
});
