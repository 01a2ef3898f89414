/**
 * What nitro holds returns to where it was (architecture.md, Runtime: every queue a bound, every descriptor an owner; behaviour.md §6 Rescan): services
 * come and go, crash, restart, log, and are asked for, and whenever the same ones are known again the census of its objects is the same. Leaks that are
 * planted are reported, with where they are.
 */
import { describe, expect, test } from 'vitest';
import { Pipes } from '../../runtime/pipes.js';
import { Scripts } from '../../runtime/scripts.js';
import { Services } from '../../runtime/service.js';
import { Timers } from '../../runtime/timers.js';
import { violationsOf } from '../properties/all.js';
import { plain, SeededChooser } from '../sim/choice.js';
import type { Chooser } from '../sim/choice.js';
import { live } from '../sim/life.js';
import { planted } from '../sim/planted.js';
import type { Method } from '../sim/planted.js';
import { quiet } from '../sim/scenario.js';
import type { Command, Scenario, ServicePlan } from '../sim/scenario.js';
import type { Life } from '../sim/trace.js';
import { presentSupervisor } from '../sim/watched.js';
import { census, differences } from './census.js';
import type { Census } from './census.js';

const roundMs = 20_000;
const rounds = 12;

const ask = (request: Extract<Command, { kind: 'ask' }>['request']): Command => ({ kind: 'ask', request, manner: 'waits' });
const put = (name: string, plan: ServicePlan): Command => ({ kind: 'edit', edit: { kind: 'put', name, plan } });
const remove = (name: string): Command => ({ kind: 'edit', edit: { kind: 'remove', name } });

const guest: ServicePlan = {
  setup: [{ lasts: 5 }],
  run: [{ lasts: 30, writes: [{ at: 1, bytes: 9 }] }],
  finish: [{ lasts: 5 }],
  notificationFd: '5',
  log: '../l',
};
const logger: ServicePlan = { run: [{ reads: 1, onSignal: 'drains' }] };

/** One round: guests come, crash, are asked for, and go; at its end the directory is as at its beginning. */
const round: readonly { readonly at: number; readonly command: Command }[] = [
  { at: 0, command: put('a', guest) },
  { at: 0, command: put('l', logger) },
  { at: 0, command: put('w@', { run: [{ onSignal: 'ignores' }] }) },
  { at: 1, command: ask({ kind: 'rescan' }) },
  { at: 5, command: ask({ kind: 'up', name: 'w@x' }) },
  { at: 40, command: ask({ kind: 'restart', name: 'host' }) },
  { at: 50, command: { kind: 'ask', request: { kind: 'down', name: 'a' }, manner: 'crashes' } },
  { at: 60, command: { kind: 'ask', request: { kind: 'up', name: 'a' }, manner: 'unbound' } },
  { at: 70, command: { kind: 'kill', name: 'host', signal: 'KILL' } },
  { at: 90, command: ask({ kind: 'list', start: 0 }) },
  { at: 2500, command: remove('a') },
  { at: 2500, command: remove('l') },
  { at: 2500, command: remove('w@') },
  { at: 2501, command: ask({ kind: 'rescan' }) },
];
/** How each round ends, and what comes before the first: what nitro reads when it is wanted, and keeps until it changes, is there at all ends. */
const closing: typeof round = [
  { at: 15_000, command: ask({ kind: 'list', start: 0 }) },
  { at: 15_100, command: ask({ kind: 'ready', name: 'host' }) },
];

const scenario: Scenario = {
  ...quiet,
  services: { host: { run: [{}], log: '../hostlog' }, hostlog: logger },
  commands: Array.from({ length: rounds + 1 }, (_, turn) =>
    [...(turn === 0 ? [] : round), ...closing].map(({ at, command }) => ({ at: turn * roundMs + at, command })),
  ).flat(),
  endsAt: (rounds + 2) * roundMs,
};

/** A life, with the census before the first round, and at the end of each. */
function churn(chooser: Chooser): { readonly life: Life; readonly ends: readonly Census[] } {
  const ends: Census[] = [];
  const life = live(scenario, chooser, ({ world }) => {
    world.atRest = (): void => {
      const supervisor = presentSupervisor();
      // The last rest of a round is where nitro waits for the next.
      const turn = Math.floor(world.agenda.now / roundMs);
      if (supervisor !== null && turn <= rounds) ends[turn] = census(supervisor);
    };
  });
  return { life, ends };
}

/** Where the last round leaves something else than there was before the first. */
function growth(ends: readonly Census[]): readonly string[] {
  const [first, last] = [ends[0], ends[rounds]];
  return first === undefined || last === undefined ? ['there are no rounds'] : differences(first, last);
}

describe('when the same services are known again nitro holds the same', () => {
  test.each([
    ['in order', plain],
    ...Array.from({ length: 10 }, (_, seed) => [`in the order of seed ${String(seed)}`, new SeededChooser(seed)] as const),
  ] as const)('%s', (_what, chooser) => {
    const { life, ends } = churn(chooser);
    expect(violationsOf(scenario, life)).toEqual([]);
    expect(ends.length).toBe(rounds + 1);
    expect(life.trace.filter(({ type, service }) => type === 'forked' && service === 'a').length).toBeGreaterThan(rounds);
    expect(growth(ends)).toEqual([]);
  });

  test('the census sees what there is', () => {
    const [first = new Map<string, number>()] = churn(plain).ends;
    const total = [...first].reduce((sum, [, count]) => sum + count, 0);
    expect(total).toBeGreaterThan(100);
    const names = [...first].filter(([way]) => way.endsWith('.services.byName[key]')).map(([, count]) => count);
    expect(names).toEqual([2]);
  });
});

describe('a leak is reported', () => {
  test.each([
    [
      'a service that is remembered when it is forgotten',
      Services.prototype,
      'remove',
      (original: Method): Method =>
        function (this: { graveyard?: unknown[] }, service: unknown): unknown {
          (this.graveyard ??= []).push(service);
          return original.call(this, service);
        },
      '.graveyard[]',
    ],
    [
      'a process that stays on the list of owners when it is buried',
      Scripts.prototype,
      'bury',
      (original: Method): Method =>
        function (this: { byPid: Map<unknown, unknown> }, ...args: unknown[]): unknown {
          const end = original.apply(this, args);
          this.byPid.set(args[1], args[0]);
          return end;
        },
      '.byPid[]',
    ],
    [
      'a pipe that stays when its logger is forgotten',
      Pipes.prototype,
      'closeUnused',
      (): Method =>
        function (): void {
          return undefined;
        },
      '.byLogger[]',
    ],
    [
      'a timer that is not taken out of the heap',
      Timers.prototype,
      'cancel',
      (original: Method): Method =>
        function (this: { spent?: unknown[] }, owner: unknown): unknown {
          (this.spent ??= []).push({ owner });
          return original.call(this, owner);
        },
      '.spent[]',
    ],
  ] as const)('%s', (_what, prototype, name, make, where) => {
    const { life, ends } = planted(prototype, name, make, () => churn(plain));
    const report = growth(ends);
    expect(report.some((line) => line.includes(where))).toBe(true);
    // The property of the end sees what is held of something gone, too.
    if (name !== 'cancel') expect(violationsOf(scenario, life).map(({ property }) => property)).toContain('what nitro holds is of something that is there');
  });
});
