/**
 * The benchmark of the model: the small systems have as many states as other ways to count them find, and SPIN is of the same opinion, of the
 * tables as they are and of tables with a fault.
 */
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { transition } from 'xstate';
import { compile } from '../../machines/compile.js';
import { serviceMachine } from '../../machines/service.js';
import { serviceWorld } from '../../model-tests/rules/service-world.js';
import { walk } from '../../model-tests/rules/walk.js';
import { promela } from '../../bench/model/promela.js';
import { endless, planted } from '../../bench/model/planted.js';
import { alone, ownTables, properties, withLogger, withOne, withTwo } from '../../bench/model/small.js';
import { findSpin, howToGetSpin, resultIn, verify } from '../../bench/model/spin.js';
import { statesOf } from '../../bench/model/states.js';
import { holds, takeSteps, way } from '../../bench/model/steps.js';

const spin = findSpin(resolve(import.meta.dirname, '../..'));
/** The C compiler works on what SPIN writes for some seconds. */
const patience = 300_000;

describe('the way that steps are measured on', () => {
  test('goes through most of a life, and ends where it began', () => {
    const leaves = way.map((_, index) => ownTables.service.leaves[takeSteps(index + 1)]?.name);
    expect(new Set(leaves).size).toBe(9);
    expect(leaves[leaves.length - 1]).toBe('DOWN.resting');
  });

  test("is XState's way, too", () => {
    const facts = { hasSetup: holds('hasSetup'), reportsReadiness: holds('reportsReadiness') };
    let snapshot = serviceMachine.resolveState({ value: { DOWN: 'resting' }, context: {} });
    way.forEach((type, index) => {
      [snapshot] = transition(serviceMachine, snapshot, { type, facts });
      const { value } = snapshot;
      const name = typeof value === 'string' ? value : Object.entries(value).flat().join('.');
      expect(name).toBe(ownTables.service.leaves[takeSteps(index + 1)]?.name);
    });
  });
});

describe('all states of', () => {
  test('a service alone are those of the walk through its rules', () => {
    const walked = walk(serviceWorld, compile(serviceMachine));
    const own = statesOf(alone, ownTables);
    expect([own.states, own.violated, own.isWhole]).toEqual([walked.places.length, null, true]);
  });

  test.each([withOne, withTwo, withLogger])('$what violate nothing', (small) => {
    const { violated, isWhole, states } = statesOf(small, ownTables);
    expect([violated, isWhole]).toEqual([null, true]);
    expect(states).toBeGreaterThan(100);
  });
});

describe('a planted fault', () => {
  test.each(planted)('is found: $what', ({ small, tables, property }) => {
    expect(statesOf(small, tables).violated).toBe(property);
  });

  test('is there for every property but the order of loggers, which is not the tables’', () => {
    const found = planted.map(({ property }) => property as string);
    expect(Object.keys(properties).filter((property) => !found.includes(property))).toEqual(['last']);
  });
});

describe('the model in Promela', () => {
  const text = promela(withLogger, ownTables);

  test('has every leaf and event of the tables', () => {
    for (const { name } of ownTables.service.leaves) expect(text).toContain(`#define ${name.replace('.', '_')} `);
    for (const { name } of ownTables.system.leaves) expect(text).toContain(`#define in_${name.replace('.', '_')} `);
    expect(text).toContain('inline l_on_EXEC_SUCCEEDED() {');
  });

  test('follows the table', () => {
    const [faulty] = planted;
    expect(promela(withOne, faulty?.tables ?? ownTables)).not.toBe(promela(withOne, ownTables));
  });
});

describe('SPIN', () => {
  test('visits as many states of a service alone, and none but ours', { timeout: patience }, (context) => {
    if (spin === null) return context.skip(howToGetSpin);
    const { states, all } = statesOf(alone, ownTables, true);
    expect(verify(spin, promela(alone, ownTables, all), { kind: 'assertions' })).toMatchObject({ states, errors: 0 });
    // One is missing: SPIN comes to it.
    expect(verify(spin, promela(alone, ownTables, all.slice(0, -1)), { kind: 'assertions' }).errors).toBe(1);
  });

  test('visits as many states of the system and a service, and none but ours', { timeout: patience }, (context) => {
    if (spin === null) return context.skip(howToGetSpin);
    const { states, all } = statesOf(withOne, ownTables, true);
    expect(verify(spin, promela(withOne, ownTables, all), { kind: 'assertions' })).toMatchObject({ states, errors: 0 });
  });

  test('finds a fault that is planted', { timeout: patience }, (context) => {
    if (spin === null) return context.skip(howToGetSpin);
    const late = planted.find(({ property }) => property === 'late');
    const { errors, said } = verify(spin, promela(withOne, late?.tables ?? ownTables), { kind: 'assertions' });
    expect(errors).toBe(1);
    expect(said).toContain('assertion violated');
  });

  test('knows that the system ends, and that one does not that never kills', { timeout: patience }, (context) => {
    if (spin === null) return context.skip(howToGetSpin);
    expect(verify(spin, promela(withOne, ownTables), { kind: 'claim', name: 'ends' }).errors).toBe(0);
    expect(statesOf(withOne, endless).violated).toBe(null);
    expect(verify(spin, promela(withOne, endless), { kind: 'claim', name: 'ends' }).errors).toBe(1);
  });

  test('is not believed when it has not come to its end', () => {
    expect(() => resultIn('Warning: Search not completed\nState-vector 20 byte, depth reached 9, errors: 0\n  12 states, stored\n')).toThrow('did not complete');
    expect(() => resultIn('pan: out of memory')).toThrow('did not end as it should');
  });
});
