/**
 * Small systems, in every order of events and with every outcome of every choice, to a fixpoint (behaviour.md §3, §5, §6).
 * What is bounded is in systems.ts: how many commands come, how many ways a call fails in, and that time does not jump.
 */
import { describe, expect, test } from 'vitest';
import { quiet } from '../sim/scenario.js';
import { explore } from './explore.js';
import { systems } from './systems.js';
import { timeline } from '../sim/show.js';

const livesMax = Number(process.env['EXPLORE_LIVES'] ?? 60_000);

describe('every life of', () => {
  test.each(systems.map((system) => [system.what, system] as const))('%s', { timeout: 3_600_000 }, (_what, { scenario, outcomes }) => {
    const { isFixpoint, violation, states, ends } = explore(scenario, { outcomes, livesMax, isFolded: true });
    if (violation !== null) {
      const { violations, life } = violation;
      expect.fail(timeline(life.trace, new Map(violations.map(({ place, property, what }) => [place, `${property}: ${what}`]))));
    }
    expect(isFixpoint).toBe(true);
    expect(states).toBeGreaterThan(50);
    expect(ends).toBeGreaterThan(10);
  });
});

describe('every single fault of', () => {
  test.each([
    ['a service with its logger and SYS', { mode: 'process' as const }],
    ['the same as pid 1', { mode: 'container' as const }],
  ])('%s', (_what, { mode }) => {
    const scenario = {
      ...quiet,
      mode,
      faultsMax: 1,
      services: {
        a: { setup: [{ lasts: 5 }], run: [{ lasts: 50, writes: [{ at: 1, bytes: 9 }] }, {}], finish: [{ lasts: 5 }], log: '../l' },
        b: { run: [{}], downSignal: 'h', notificationFd: '4' },
        l: { run: [{ reads: 1, onSignal: 'drains' as const }] },
      },
      sys: { setup: [{ lasts: 5 }], finish: [{ lasts: 5 }], final: [{ lasts: 5 }] },
      commands: [{ at: 3000, command: { kind: 'ask' as const, request: { kind: 'rescan' as const }, manner: 'waits' as const } }],
      endsAt: 5000,
    };
    const { lives, isFixpoint, violation } = explore(scenario, { outcomes: { jump: 1, late: 1, short: 1, more: 1, order: 1, preempt: 1 }, livesMax });
    expect(violation?.violations ?? []).toEqual([]);
    expect(isFixpoint).toBe(true);
    expect(lives).toBeGreaterThan(300);
  });
});
