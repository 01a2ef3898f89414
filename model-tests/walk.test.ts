/**
 * All paths of the machines, walked on XState and on the table: the coverage ladder is at 100 % on every rung, and would notice if
 * it were not (architecture.md, Machines).
 */
import { describe, expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { createTestModel } from 'xstate/graph';
import { compile } from '../machines/compile.js';
import type { Compiled } from '../machines/compile.js';
import { serviceMachine } from '../machines/service.js';
import { systemMachine } from '../machines/system.js';
import { STAY } from '../table/format.js';
import type { Row } from '../table/format.js';
import { rungs } from './walk/goals.js';
import { climb } from './walk/ladder.js';
import type { Ladder } from './walk/ladder.js';
import { guardsOf, stepsOf } from './walk/moves.js';
import { isComplete, toJson, toMarkdown } from './walk/report.js';
import { delayOf, timersAsEvents } from './walk/timers.js';

const machines: readonly (readonly [string, AnyStateMachine])[] = [
  ['service', serviceMachine],
  ['system', systemMachine],
];
const ladders = new Map<string, Ladder>();
function ladderOf(name: string, machine: AnyStateMachine): Ladder {
  const ladder = ladders.get(name) ?? climb(machine);
  ladders.set(name, ladder);
  return ladder;
}
/** The way back from `timersAsEvents`, over the definition as data. */
function eventsAsTimers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(eventsAsTimers);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, eventsAsTimers(inner)] as const);
  const { on, ...rest } = Object.fromEntries(entries);
  if (typeof on !== 'object' || on === null) return Object.fromEntries(entries);
  const after = Object.entries(on).flatMap(([event, transitions]) => (delayOf(event) === null ? [] : [[delayOf(event), transitions]]));
  const taken = Object.entries(on).filter(([event]) => delayOf(event) === null);
  return {
    ...rest,
    ...(taken.length === 0 ? {} : { on: Object.fromEntries(taken) }),
    ...(after.length === 0 ? {} : { after: Object.fromEntries(after) as unknown }),
  };
}
const missingOf = (ladder: Ladder): readonly string[] => ladder.rungs.flatMap(({ missing }) => missing);

describe.each(machines)('%s', (name, machine) => {
  const compiled = compile(machine);

  test('createTestModel refuses the machine with its timers, and takes the one with timers as events', () => {
    expect(() => createTestModel(machine)).toThrow('After events on test machines are not supported');
    expect(() => createTestModel(timersAsEvents(machine))).not.toThrow();
  });

  test('turning timers into events changes nothing else', () => {
    const derived = timersAsEvents(machine).config;
    expect(JSON.stringify(derived)).not.toContain('"after"');
    expect(eventsAsTimers(derived)).toEqual(machine.config);
  });

  test('every event is walked with every outcome of the guards that are asked on it', () => {
    const steps = stepsOf(compiled);
    const types = [...new Set(steps.map(({ event }) => event))];
    expect(types).toHaveLength(compiled.events.length + Object.keys(compiled.table.delays).length);
    for (const type of types) expect(steps.filter(({ event }) => event === type)).toHaveLength(2 ** guardsOf(compiled, type).length);
    expect(compiled.guards.every((guard) => types.some((type) => guardsOf(compiled, type).includes(guard)))).toBe(true);
  });

  test('the ladder is climbed: every rung at 100 %, no exceptions, XState and the table agree on each step', () => {
    const ladder = ladderOf(name, machine);
    expect(ladder.differences).toEqual([]);
    expect(ladder.rungs.map(({ rung }) => rung)).toEqual(rungs);
    expect(missingOf(ladder)).toEqual([]);
    for (const { rung, goals, reached } of ladder.rungs) {
      expect(goals, rung).toBeGreaterThan(0);
      expect(reached, rung).toBe(goals);
    }
  });
});

test('the ladder is as high as it is said to be', () => {
  const heights = machines.map(([name, machine]) => ladderOf(name, machine).rungs.map(({ goals }) => goals));
  // Leaves, transitions, state × event, transition pairs, simple paths, loops, guards both ways, MC/DC. A change of a machine changes them.
  expect(heights).toEqual([
    [22, 156, 295, 1212, 90584, 875, 130, 65],
    [14, 33, 160, 76, 99, 9, 2, 1],
  ]);
});

describe('the ladder would notice', () => {
  const compiled = compile(systemMachine);

  test.each([
    ['an event that is never sent', 'CHILDLESS', undefined],
    ['an event that is not sent in one state', 'SHUTDOWN_ASKED', 'bringUp.killingSetup'],
    ['an ignored event that is not sent', 'SYS_FINAL_EXITED', 'run'],
    ['a timer that is never due', 'after SYS_FINAL', undefined],
  ])('%s', (_gap, event, leaf) => {
    const ladder = climb(systemMachine, compiled, { leaveOut: (step, at) => step.event === event && (leaf ?? at) === at });
    const missing = missingOf(ladder);
    expect(missing).toContain(`${leaf ?? (event === 'CHILDLESS' ? 'shutdown.killing' : 'final.finalizing')} on ${event}`);
    expect(ladder.differences).toEqual([]);
    expect(isComplete({ ladders: [ladder], real: [] })).toBe(false);
  });

  test('a guard that is walked one way only', () => {
    const ladder = climb(systemMachine, compiled, { leaveOut: (step) => step.facts['isPid1'] === true });
    expect(missingOf(ladder)).toContain('shutdown.stoppingLoggers on LOGGERS_DOWN: isPid1 is true');
    expect(missingOf(ladder)).toContain('shutdown.stoppingLoggers on LOGGERS_DOWN: isPid1 alone decides');
  });

  test.each([
    ['a table that leads elsewhere', (row: Row): Row => ({ ...row, target: row.target === STAY ? 0 : STAY })],
    ['a table with another order of actions', (row: Row): Row => ({ ...row, actions: [...row.actions, 'scan'] })],
  ])('%s', (_fault, change) => {
    const leaves = compiled.table.leaves.map((leaf) => {
      const [row] = leaf.on['RESCAN_ASKED'] ?? [];
      return leaf.name === 'run' && row !== undefined ? { ...leaf, on: { ...leaf.on, RESCAN_ASKED: [change(row)] } } : leaf;
    });
    const planted: Compiled = { ...compiled, table: { ...compiled.table, leaves } };
    const ladder = climb(systemMachine, planted);
    expect(ladder.differences).not.toEqual([]);
    expect(isComplete({ ladders: [ladder], real: [] })).toBe(false);
  });

  test('a state that nothing leads to', () => {
    const leaves = [...compiled.table.leaves, { name: 'planted', state: 'planted', delay: null, due: [], on: {}, final: false }];
    const ladder = climb(systemMachine, { ...compiled, table: { ...compiled.table, leaves } });
    expect(missingOf(ladder)).toContain('planted');
  });
});

test('the report says what was walked, and names what was not', () => {
  const whole = { ladders: [ladderOf('system', systemMachine)], real: [] };
  expect(toMarkdown(whole)).toContain('| transitions | 33 | 33 | 100.0 % |  |');
  expect(toMarkdown(whole)).toContain('Complete: ');
  const gap = climb(systemMachine, compile(systemMachine), { leaveOut: (step) => step.event === 'SHUTDOWN_ASKED' });
  const text = toMarkdown({ ladders: [gap], real: [] });
  expect(text).toContain('**Not complete.**');
  expect(text).toContain('- run on SHUTDOWN_ASKED');
  expect(JSON.parse(toJson({ ladders: [gap], real: [] }))).toMatchObject({ complete: false, ladders: [{ machine: 'system' }] });
});
