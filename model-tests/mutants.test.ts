/**
 * Every single-place change of the machines is noticed.
 *
 * A mutant is refused by the compiler, or is not what the rules say, or breaks an invariant; one that does none of these must behave
 * exactly as the machine does. And the other way round: judges that are blind let mutants survive, and the report says so.
 */
import { describe, expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { compile } from '../machines/compile.js';
import { serviceMachine } from '../machines/service.js';
import { systemMachine } from '../machines/system.js';
import { behaviourOf } from './mutants/behaviour.js';
import { compileDefinition, definitionOf } from './mutants/definition.js';
import { mutantsOf } from './mutants/operators.js';
import { isComplete, killRate, scoresOf, toJson, toMarkdown, totalOf } from './mutants/report.js';
import { judged, runMutants } from './mutants/run.js';
import type { MutationRun } from './mutants/run.js';
import { serviceJudge, systemJudge } from './rules/verdict.js';
import type { Judge } from './rules/verdict.js';

const machines: readonly (readonly [string, AnyStateMachine, Judge])[] = [
  ['service', serviceMachine, serviceJudge],
  ['system', systemMachine, systemJudge],
];
const options = { alsoInvariants: false };
const runs = new Map<string, MutationRun>();
const runOf = (name: string, machine: AnyStateMachine, judge: Judge): MutationRun => {
  const run = runs.get(name) ?? runMutants(machine, judge, options);
  runs.set(name, run);
  return run;
};

describe.each(machines)('%s', (name, machine, judge) => {
  const original = compile(machine);

  test('a definition that is copied and not changed is the machine', () => {
    expect(compileDefinition(definitionOf(machine)).table).toEqual(original.table);
  });

  test('no mutant survives', () => {
    const run = runOf(name, machine, judge);
    expect(run.outcomes.filter(({ fate }) => fate === 'survived')).toEqual([]);
    expect(killRate(totalOf(run))).toBe(1);
    expect(isComplete([run])).toBe(true);
  });

  test('every change is one: it makes the definition another, and only that', () => {
    const text = JSON.stringify(definitionOf(machine));
    const seen = new Set([text]);
    for (const mutant of mutantsOf(definitionOf(machine))) {
      const definition = definitionOf(machine);
      mutant.apply(definition);
      const changed = JSON.stringify(definition);
      expect(changed, `${mutant.operator}: ${mutant.where}: ${mutant.change}`).not.toBe(text);
      seen.add(changed);
    }
    expect(JSON.stringify(definitionOf(machine))).toBe(text);
    // Some changes can be reached in two ways, such as repeating one of two equal neighbours; most cannot.
    expect(seen.size).toBeGreaterThan(mutantsOf(definitionOf(machine)).length * 0.95);
  });

  test('what is called equivalent behaves as the machine, and what is killed does not', () => {
    const { outcomes } = runOf(name, machine, judge);
    const mutants = mutantsOf(definitionOf(machine));
    outcomes.forEach(({ fate, operator, where, change }, place) => {
      const isLooked = fate === 'equivalent' || (fate !== 'refused by the compiler' && place % 25 === 0);
      const mutant = mutants[place];
      if (!isLooked || mutant === undefined) return;
      const definition = definitionOf(machine);
      mutant.apply(definition);
      const compiled = compileDefinition(definition);
      const guards = [...new Set([...original.guards, ...compiled.guards])];
      const isSame = behaviourOf(compiled, guards) === behaviourOf(original, guards);
      expect(isSame, `${operator}: ${where}: ${change}`).toBe(fate === 'equivalent');
    });
  });

  test('a judge that sees nothing lets mutants survive, and the report says so', () => {
    const blind: Judge = { ...judge, rules: () => [], invariants: () => [] };
    const mutants = mutantsOf(definitionOf(machine)).filter(({ operator }) => operator === 'drop an action');
    const outcomes = mutants.map((mutant) => judged(mutant, machine, original, blind, options));
    const run = { machine: name, outcomes };
    expect(totalOf(run).survived).toBeGreaterThan(0);
    expect(killRate(totalOf(run))).toBeLessThan(1);
    expect(isComplete([run])).toBe(false);
    expect(toMarkdown([run])).toContain('**Not every mutant is killed.**');
    expect(toMarkdown([run])).toContain('### Survivors');
    expect(JSON.parse(toJson([run]))).toMatchObject({ complete: false });
  });

  test('the invariants alone kill mutants that rules which see nothing let through', () => {
    const blind: Judge = { ...judge, rules: () => [] };
    const mutants = mutantsOf(definitionOf(machine)).filter(({ operator }) => operator === 'drop an action');
    const fates = mutants.map((mutant) => judged(mutant, machine, original, blind, options).fate);
    expect(fates).toContain('killed by the invariants');
  });
});

test('every operator has something to change', () => {
  const made = machines.flatMap(([name, machine, judge]) => scoresOf(runOf(name, machine, judge)).map(({ operator }) => operator));
  expect([...new Set(made)].sort()).toEqual([
    'add a target',
    'change an initial state',
    'change the value of a delay',
    'change whether a state is final',
    'change which delay it is',
    'drop a guard',
    'drop a reason to ignore',
    'drop a target',
    'drop a transition',
    'drop an action',
    'move a transition to its parent',
    'negate a guard',
    'repeat an action',
    'replace a guard',
    'replace an action',
    'retarget a transition',
    'swap two actions',
    'swap two candidates',
  ]);
});

test('the report has all figures, and every equivalent mutant with the reason', () => {
  const all = machines.map(([name, machine, judge]) => runOf(name, machine, judge));
  const text = toMarkdown(all);
  expect(text).toContain('Every mutant that changes something is killed.');
  expect(text).toContain('## service');
  expect(text).toContain('## system');
  for (const run of all) {
    const { made, refused, killedByRules, killedByInvariants, equivalent, survived } = totalOf(run);
    expect(made).toBe(refused + killedByRules + killedByInvariants + equivalent + survived);
    expect(text).toContain(`100 % of ${String(made - equivalent)} mutants killed; ${String(equivalent)} more are equivalent.`);
    for (const { where, because } of run.outcomes.filter(({ fate }) => fate === 'equivalent')) {
      expect(text).toContain(where);
      expect(because).toMatch(/^the table (is the same|does the same for every event and outcome of facts)$/u);
    }
  }
  expect(JSON.parse(toJson(all))).toMatchObject({
    complete: true,
    machines: [
      { machine: 'service', killRate: 1 },
      { machine: 'system', killRate: 1 },
    ],
  });
  expect(isComplete([])).toBe(false);
});
