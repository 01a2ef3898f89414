/**
 * The machines are what behaviour.md says, told a second time as rules and invariants; and a machine that is not would be noticed.
 */
import { describe, expect, test } from 'vitest';
import { compile } from '../machines/compile.js';
import type { Compiled } from '../machines/compile.js';
import { serviceMachine } from '../machines/service.js';
import { systemMachine } from '../machines/system.js';
import { conformance, indexOf } from './rules/conformance.js';
import { doing, withLeaf, withRows } from './rules/plant.js';
import { SAME, TIMER } from './rules/rule.js';
import type { Rule } from './rules/rule.js';
import { serviceJudge, systemJudge } from './rules/verdict.js';
import type { Judge } from './rules/verdict.js';

/** Where a planted row leads (null: it stays), and its effects. */
type Done = readonly [to: string | null, effects: readonly string[]];

const machines: readonly (readonly [string, Compiled, Judge])[] = [
  ['service', compile(serviceMachine), serviceJudge],
  ['system', compile(systemMachine), systemJudge],
];

describe.each(machines)('%s', (_name, compiled, { index, rules, invariants }) => {
  const { rulebook } = index;

  test('the machine is what the rules say', () => {
    expect(rules(compiled)).toEqual([]);
  });

  test('every invariant holds', () => {
    expect(invariants(compiled)).toEqual([]);
  });

  test('every rule cites where behaviour.md says so, and speaks of situations and events that exist', () => {
    const leaves = rulebook.situations.map(({ leaf }) => leaf);
    for (const { row, in: from, on, to } of rulebook.rules) {
      expect(row).toMatch(/^§[1-8]|^open: /u);
      expect(leaves).toEqual(expect.arrayContaining([...from]));
      expect([...rulebook.events, TIMER]).toEqual(expect.arrayContaining([...on]));
      if (to !== SAME) expect(leaves).toContain(to);
    }
  });

  test('every rule is needed: without it the machine is found to do too much', () => {
    for (const rule of rulebook.rules) {
      const fewer = indexOf({ ...rulebook, rules: rulebook.rules.filter((one) => one !== rule) });
      expect(conformance(fewer, compiled), rule.row).not.toEqual([]);
    }
  });

  test.each([
    ['does nothing', (): Done => [null, []]],
    ['does one thing less', (rule: Rule): Done => [targetOf(rule), rule.effects.slice(1)]],
    ['does one thing more', (rule: Rule): Done => [targetOf(rule), [...rule.effects, 'more']]],
    ['leads to another place', (rule: Rule): Done => [elsewhere(rule), rule.effects]],
  ])('every rule is reported, by its row, in each of its situations, if the machine %s', (_what, plant) => {
    let planted = 0;
    for (const rule of rulebook.rules) {
      const [to, effects] = plant(rule);
      if (to === targetOf(rule) && effects.join() === rule.effects.join()) continue;
      for (const leaf of rule.in) {
        for (const event of rule.on) {
          planted += 1;
          const reported = rules(doing(compiled, leaf, event, to, effects));
          const isReported = reported.some((text) => text.startsWith(`${leaf} on ${event} `) && text.includes(`(${rule.row})`));
          expect(isReported, `${rule.row}: ${leaf} on ${event}`).toBe(true);
        }
      }
    }
    expect(planted).toBeGreaterThan(0.9 * rulebook.rules.length);
  });

  test('every pair that no rule speaks of is reported if something happens in it', () => {
    let pairs = 0;
    for (const { leaf } of rulebook.situations) {
      for (const event of rulebook.events) {
        if (rulebook.rules.some((rule) => rule.in.includes(leaf) && rule.on.includes(event))) continue;
        pairs += 1;
        expect(rules(doing(compiled, leaf, event, null, ['something']))).toContain(
          `${leaf} on ${event} with any facts (any other pair): should be ignored, is SAME [something]`,
        );
      }
    }
    expect(pairs).toBeGreaterThan(0);
  });

  test('two rules for the same pair and facts are reported', () => {
    const [rule] = rulebook.rules;
    const twice = indexOf({ ...rulebook, rules: rule === undefined ? [] : [...rulebook.rules, rule] });
    expect(conformance(twice, compiled).some((text) => text.includes('more than one rule'))).toBe(true);
  });

  const { table } = compiled;
  const [first = ''] = rulebook.situations.map(({ leaf }) => leaf);
  const [delay = ''] = Object.keys(table.delays);
  test.each<readonly [string, Compiled]>([
    ['situations', { ...compiled, table: { ...table, leaves: table.leaves.slice(1) } }],
    ['events', { ...compiled, events: compiled.events.slice(1) }],
    ['initial situation', { ...compiled, table: { ...table, initial: table.leaves.length - 1 } }],
    ['effects of the start', { ...compiled, table: { ...table, start: [...table.start, 'more'] } }],
    ['times of §1', { ...compiled, table: { ...table, delays: { ...table.delays, [delay]: 3 } } }],
    [`${first}: visible state`, withLeaf(compiled, first, (leaf) => ({ ...leaf, state: 'other' }))],
    [`${first}: timer`, withLeaf(compiled, first, (leaf) => ({ ...leaf, delay }))],
    [`${first}: the end of the machine`, withLeaf(compiled, first, (leaf) => ({ ...leaf, final: true }))],
  ])('would be noticed: %s', (what, planted) => {
    expect(rules(planted).some((text) => text.startsWith(`${what}: should be `))).toBe(true);
  });

  test('a guard that is asked for the opposite is noticed', () => {
    const guarded = table.leaves.flatMap(({ name, on }) =>
      Object.entries(on).flatMap(([event, rows]) => (rows?.some(({ guard }) => guard !== null) === true ? [{ name, event }] : [])),
    );
    expect(guarded).not.toEqual([]);
    for (const { name, event } of guarded) {
      const planted = withRows(compiled, name, event, (rows) =>
        rows.map((row) => (row.guard === null ? row : { ...row, guard: `not ${row.guard}` })),
      );
      expect(rules(planted), `${name} on ${event}`).not.toEqual([]);
    }
  });

  function targetOf({ to }: Rule): string | null {
    return to === SAME ? null : to;
  }
  function elsewhere({ to }: Rule): string {
    return table.leaves.find(({ name }) => name !== to)?.name ?? '';
  }
});
