/**
 * Looking for a life that violates a property, and making it small.
 *
 * Theory of operation. fast-check makes scenarios and seeds of choices from one seed, and shrinks a scenario that fails. What is left is shrunk
 * once more here: its choices are written down, made plain where that changes nothing, and commands and services without
 * which it fails just so are left out. Seed and path lead to the same life again.
 */
import * as fc from 'fast-check';
import { violationsOf } from '../properties/all.js';
import type { Violation } from '../properties/history.js';
import { ListedChooser, RecordingChooser, SeededChooser } from './choice.js';
import { live } from './life.js';
import { anyScenario } from './pressed.js';
import type { Scenario } from './scenario.js';
import { sequenceDiagram, timeline } from './show.js';
import type { Life } from './trace.js';

export interface Search {
  readonly seed: number;
  readonly runs: number;
  /** Where in the tree of that seed the life is; empty: from the start. */
  readonly path?: string;
  readonly timeMsMax?: number;
}

export interface Counterexample {
  readonly seed: number;
  readonly path: string;
  readonly scenario: Scenario;
  readonly choices: readonly number[];
  readonly life: Life;
  readonly violations: readonly Violation[];
}

export interface Outcome {
  readonly runs: number;
  readonly found: Counterexample | null;
}

export function search({ seed, runs, path = '', timeMsMax = Infinity }: Search): Outcome {
  const property = fc.property(anyScenario(), fc.noShrink(fc.integer()), (scenario, choices) => {
    const [first] = violationsOf(scenario, live(scenario, new SeededChooser(choices)));
    if (first !== undefined) throw new Error(first.what);
  });
  const limits = timeMsMax === Infinity ? {} : { interruptAfterTimeLimit: timeMsMax, markInterruptAsFailure: false };
  const details = fc.check(property, { seed, numRuns: runs, ...(path === '' ? {} : { path }), ...limits });
  if (!details.failed || details.counterexample === null) return { runs: details.numRuns, found: null };
  const [scenario, choiceSeed] = details.counterexample;
  return { runs: details.numRuns, found: { seed, path: details.counterexamplePath, ...shrink(scenario, choiceSeed) } };
}

interface Case {
  readonly scenario: Scenario;
  readonly choices: readonly number[];
}

function shrink(scenario: Scenario, seed: number): Omit<Counterexample, 'seed' | 'path'> {
  const recorder = new RecordingChooser(new SeededChooser(seed));
  const violated = violationsOf(scenario, live(scenario, recorder))[0]?.property;
  const fails = (each: Case): boolean =>
    violationsOf(each.scenario, live(each.scenario, new ListedChooser(each.choices))).some(({ property }) => property === violated);
  let best: Case = { scenario, choices: recorder.choices };
  for (let size = -1; size !== sizeOf(best); ) {
    size = sizeOf(best);
    for (const smaller of [...withoutParts(best.scenario)].map((each) => ({ scenario: each, choices: best.choices }))) {
      if (sizeOf(smaller) < sizeOf(best) && fails(smaller)) best = smaller;
    }
    best = plainer(best, fails);
  }
  const life = live(best.scenario, new ListedChooser(best.choices));
  return { ...best, life, violations: violationsOf(best.scenario, life) };
}

function sizeOf({ scenario, choices }: Case): number {
  return JSON.stringify(scenario).length + choices.filter((choice) => choice !== 0).length;
}

function* withoutParts(scenario: Scenario): Generator<Scenario> {
  const { services, commands, sys } = scenario;
  for (const left of commands) yield { ...scenario, commands: commands.filter((each) => each !== left) };
  const without = <T extends object>(whole: T, key: string): T => Object.fromEntries(Object.entries(whole).filter(([each]) => each !== key)) as T;
  for (const name of Object.keys(services)) {
    yield { ...scenario, services: without(services, name) };
    for (const file of Object.keys(services[name] ?? {})) yield { ...scenario, services: { ...services, [name]: without(services[name] ?? {}, file) } };
  }
  for (const script of Object.keys(sys)) yield { ...scenario, sys: without(sys, script) };
}

/** Choices made plain, many at a time and then fewer. */
function plainer(start: Case, fails: (each: Case) => boolean): Case {
  let { choices } = start;
  for (let width = choices.length; width >= 1; width = Math.floor(width / 2)) {
    for (let from = 0; from < choices.length; from += width) {
      if (choices.slice(from, from + width).every((choice) => choice === 0)) continue;
      const next = choices.map((choice, place) => (place >= from && place < from + width ? 0 : choice));
      if (fails({ ...start, choices: next })) choices = next;
    }
  }
  let end = choices.length;
  while (end > 0 && choices[end - 1] === 0) end -= 1;
  return { ...start, choices: choices.slice(0, end) };
}

/** What is shown of a life that violates something. */
export function report({ seed, path, scenario, choices, life, violations }: Counterexample): string {
  const marks = new Map(violations.map(({ place, property, what }) => [place, `${property}: ${what}`]));
  return [
    ...violations.map(({ property, what }) => `VIOLATED: ${property}\n  ${what}`),
    '',
    `again: npm run sim -- --seed ${String(seed)}${path === '' ? '' : ` --path ${path}`}`,
    `choices: ${choices.join(' ')}`,
    `scenario: ${JSON.stringify(scenario, null, 2)}`,
    '',
    timeline(life.trace, marks),
    '',
    sequenceDiagram(life.trace, marks),
  ].join('\n');
}
