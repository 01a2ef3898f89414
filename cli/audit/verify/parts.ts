/**
 * What `verify` checks, in the order in which one thing rests on the other: the table is what XState says, it is what the rules
 * say, every way through it is walked, changes of it are noticed, and the runtime that interprets it keeps its promises.
 */
import type { AnyStateMachine } from 'xstate';
import { compile } from '../../../machines/compile.js';
import { serviceMachine } from '../../../machines/service.js';
import { systemMachine } from '../../../machines/system.js';
import { runMutants } from '../../../model-tests/mutants/run.js';
import type { Outcome } from '../../../model-tests/mutants/run.js';
import { explore } from '../../../model-tests/explore/explore.js';
import { alike } from '../../../model-tests/explore/folding.js';
import { systems } from '../../../model-tests/explore/systems.js';
import { compareWithXState } from '../../../model-tests/oracle.js';
import { serviceJudge, systemJudge } from '../../../model-tests/rules/verdict.js';
import type { Judge } from '../../../model-tests/rules/verdict.js';
import { report, search } from '../../../model-tests/sim/search.js';
import { timeline } from '../../../model-tests/sim/show.js';
import { climb } from '../../../model-tests/walk/ladder.js';
import { binary } from './binary.js';
import type { Finding, Part } from './part.js';

const machines: readonly { readonly machine: AnyStateMachine; readonly judge: Judge }[] = [
  { machine: serviceMachine, judge: serviceJudge },
  { machine: systemMachine, judge: systemJudge },
];

/** One finding of those of each machine. */
function ofEach(check: (machine: AnyStateMachine, judge: Judge) => Finding): Finding {
  const findings = machines.map(({ machine, judge }) => check(machine, judge));
  return {
    holds: findings.every(({ holds }) => holds),
    lines: findings.flatMap(({ lines }) => lines),
    counterexamples: findings.flatMap(({ counterexamples }) => counterexamples),
    data: findings.map(({ data }) => data),
  };
}

const table: Part = {
  name: 'table',
  claim: 'Every pair of leaf and event is a transition or ignored for a stated reason, and XState says the same as the table.',
  check: () =>
    ofEach((machine) => {
      const compiled = compile(machine);
      const { compared, differences } = compareWithXState(machine, compiled);
      const pairs = compiled.table.leaves.length * compiled.events.length;
      const ignored = Object.values(compiled.ignored).reduce((sum, reasons) => sum + Object.keys(reasons).length, 0);
      return {
        holds: differences.length === 0,
        lines: [
          `${compiled.id}: ${String(compiled.table.leaves.length)} leaves × ${String(compiled.events.length)} events = ${String(pairs)} pairs, ` +
            `${String(pairs - ignored)} taken and ${String(ignored)} ignored with a reason; ${String(compared)} comparisons with XState ` +
            `(every outcome of all guards), ${String(differences.length)} differences. Exhaustive.`,
        ],
        counterexamples: differences,
        data: { machine: compiled.id, pairs, ignored, compared, differences },
      };
    }),
};

const rules: Part = {
  name: 'rules',
  claim: 'The table does what behaviour.md says, as written down a second time, independently; and its invariants hold on every path.',
  check: () =>
    ofEach((machine, judge) => {
      const compiled = compile(machine);
      const broken = [...judge.rules(compiled), ...judge.invariants(compiled)];
      return {
        holds: broken.length === 0,
        lines: [`${compiled.id}: ${String(broken.length)} violations of rules and invariants.`],
        counterexamples: broken,
        data: { machine: compiled.id, broken },
      };
    }),
};

const walks: Part = {
  name: 'walks',
  claim: 'Walks on XState and on the table, step by step, reach every rung of the coverage ladder and never differ.',
  check: () =>
    ofEach((machine) => {
      const { machine: id, paths, steps, rungs, differences } = climb(machine);
      const gaps = rungs.flatMap(({ rung, missing }) => missing.map((goal) => `${id}: ${rung} not reached: ${goal}`));
      return {
        holds: differences.length === 0 && gaps.length === 0,
        lines: [
          `${id}: ${String(paths)} paths, ${String(steps)} steps, ${String(differences.length)} differences.`,
          ...rungs.map(
            ({ rung, goals, reached, bound }) => `${id}: ${rung}: ${String(reached)} of ${String(goals)}${bound === null ? '' : ` (${bound})`}`,
          ),
        ],
        counterexamples: [...differences, ...gaps],
        data: { machine: id, paths, steps, rungs, differences },
      };
    }),
};

const mutants: Part = {
  name: 'mutants',
  claim: 'Every change of a machine in a single place is refused by the compiler, killed by the rules, or shown to make no difference.',
  check: (_bounds, progress) =>
    ofEach((machine, judge) => {
      const { machine: id, outcomes } = runMutants(machine, judge, { alsoInvariants: false, progress });
      const survivors = outcomes.filter(({ fate }) => fate === 'survived');
      const count = (fate: Outcome['fate']): string => String(outcomes.filter((outcome) => outcome.fate === fate).length);
      return {
        holds: survivors.length === 0,
        lines: [
          `${id}: ${String(outcomes.length)} mutants: ${count('refused by the compiler')} refused by the compiler, ` +
            `${count('killed by the rules')} killed by the rules, ${count('killed by the invariants')} by the invariants, ` +
            `${count('equivalent')} equivalent, ${String(survivors.length)} survived.`,
        ],
        counterexamples: survivors.map(({ operator, where, change }) => `${id}: survived: ${operator} at ${where}: ${change}`),
        data: { machine: id, outcomes },
      };
    }),
};

/** Lives of a system after which its exploration is given up, and said to be no fixpoint. */
const explorationLivesMax = 200_000;

/** What of the states was folded: those that differ only in which of several services that are alike is which. */
function foldedText(groups: readonly (readonly string[])[], unfolded: number | null): string {
  if (groups.length === 0) return '';
  const names = groups.map((group) => group.join(', ')).join('; ');
  return ` with ${names} folded${unfolded === null ? '' : ` (${String(unfolded)} without)`}`;
}

const exploration: Part = {
  name: 'exploration',
  claim: 'In every order of events and with every outcome of every choice, these small systems violate no property.',
  check: (_bounds, progress) => {
    const explored = systems.map(({ what, scenario, outcomes, isUnfoldedToo = false }, done) => {
      progress(done, systems.length);
      const bounds = { outcomes, livesMax: explorationLivesMax };
      const unfolded = isUnfoldedToo ? explore(scenario, bounds) : null;
      return { what, outcomes, alike: alike(scenario), unfolded: unfolded?.states ?? null, ...explore(scenario, { ...bounds, isFolded: true }) };
    });
    return {
      holds: explored.every(({ isFixpoint, violation }) => isFixpoint && violation === null),
      lines: explored.map(
        ({ what, lives, states, ends, isFixpoint, alike: groups, unfolded }) =>
          `${what}: ${String(states)} states${foldedText(groups, unfolded)}, ${String(lives)} lives, ${String(ends)} to the end; ` +
          (isFixpoint ? 'a fixpoint.' : 'no fixpoint within the bound.'),
      ),
      counterexamples: explored.flatMap(({ what, violation }) => {
        if (violation === null) return [];
        const marks = new Map(violation.violations.map(({ place, property, what: how }) => [place, `${property}: ${how}`]));
        return [`${what}\n${timeline(violation.life.trace, marks)}`];
      }),
      data: explored.map(({ violation, ...figures }) => ({ ...figures, violations: violation?.violations ?? [] })),
    };
  },
};

/** Lives a time, so that the progress moves. */
const livesAStep = 500;

const simulation: Part = {
  name: 'simulation',
  claim: 'The runtime, on a simulated system with faults, violates no property in any of these random lives.',
  check: ({ seed, runs, timeMsMax }, progress) => {
    const start = performance.now();
    const left = (): number => (timeMsMax === null ? Infinity : timeMsMax - (performance.now() - start));
    let done = 0;
    let counterexamples: readonly string[] = [];
    for (let step = 0; done < runs && left() > 0 && counterexamples.length === 0; step++) {
      progress(done, runs);
      const { runs: lived, found } = search({ seed: seed + step, runs: Math.min(livesAStep, runs - done), timeMsMax: left() });
      done += lived;
      if (found !== null) counterexamples = [report(found)];
    }
    const seconds = (performance.now() - start) / 1000;
    return {
      holds: counterexamples.length === 0,
      lines: [
        `${String(done)} random lives from seed ${String(seed)} in ${seconds.toFixed(1)} s (${String(Math.round(done / seconds))} a second), ` +
          `${String(counterexamples.length)} violations. A sample: it shows what was tried, not that there is nothing else.`,
      ],
      counterexamples,
      data: { seed, asked: runs, done, seconds, counterexamples },
    };
  },
};

export const parts: readonly Part[] = [table, rules, walks, binary, mutants, simulation, exploration];
