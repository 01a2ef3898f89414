/**
 * Every mutant of a machine is made and judged.
 *
 * A mutant is killed if the compiler refuses it, if it is not what the rules say, or if an invariant does not hold. One that survives all three is
 * compared with the machine: if it behaves in the same way it is no change at all, and is listed as such; otherwise it is a hole.
 */
import type { AnyStateMachine } from 'xstate';
import { compile } from '../../machines/compile.js';
import type { Compiled } from '../../machines/compile.js';
import type { Judge } from '../rules/verdict.js';
import { behaviourOf } from './behaviour.js';
import { compileDefinition, definitionOf } from './definition.js';
import { mutantsOf } from './operators.js';
import type { Mutant } from './operators.js';

export type Fate = 'refused by the compiler' | 'killed by the rules' | 'killed by the invariants' | 'equivalent' | 'survived';

export interface Outcome {
  readonly operator: string;
  readonly where: string;
  readonly change: string;
  readonly fate: Fate;
  /** What killed it, in words; or why it is equivalent. */
  readonly because: string;
  /** Whether the invariants by themselves kill it; null if that was not asked. */
  readonly isBrokenInvariant: boolean | null;
}

export interface MutationRun {
  readonly machine: string;
  readonly outcomes: readonly Outcome[];
}

export interface Options {
  /** Hold the invariants also against mutants that the rules kill: slower, and says how strong they are by themselves. */
  readonly alsoInvariants: boolean;
  /** Called with how many of how many are done. */
  readonly progress?: (done: number, all: number) => void;
}

/** Make and judge all mutants of a machine. */
export function runMutants(machine: AnyStateMachine, judge: Judge, options: Options): MutationRun {
  const original = compile(machine);
  const mutants = mutantsOf(definitionOf(machine));
  const outcomes = mutants.map((mutant, place) => {
    options.progress?.(place, mutants.length);
    return judged(mutant, machine, original, judge, options);
  });
  options.progress?.(mutants.length, mutants.length);
  return { machine: machine.id, outcomes };
}

/** What becomes of one mutant. */
export function judged(mutant: Mutant, machine: AnyStateMachine, original: Compiled, judge: Judge, options: Options): Outcome {
  const { operator, where, change } = mutant;
  const outcome = (fate: Fate, because: string, isBrokenInvariant: boolean | null): Outcome => ({
    operator, where, change, fate, because, isBrokenInvariant,
  });
  const definition = definitionOf(machine);
  mutant.apply(definition);
  const compiled = compiledOrRefused(() => compileDefinition(definition));
  if (typeof compiled === 'string') return outcome('refused by the compiler', compiled, null);
  const [broken] = judge.rules(compiled);
  if (broken !== undefined && !options.alsoInvariants) return outcome('killed by the rules', broken, null);
  const [violated] = judge.invariants(compiled);
  if (broken !== undefined) return outcome('killed by the rules', broken, violated !== undefined);
  if (violated !== undefined) return outcome('killed by the invariants', violated, true);
  const guards = [...new Set([...original.guards, ...compiled.guards])];
  if (behaviourOf(compiled, guards) === behaviourOf(original, guards)) {
    const isIdentical = JSON.stringify(compiled.table) === JSON.stringify(original.table);
    return outcome('equivalent', isIdentical ? 'the table is the same' : 'the table does the same for every event and outcome of facts', false);
  }
  return outcome('survived', 'nothing noticed it', false);
}

/** The first fault that the compiler found, as text, if it refuses. */
function compiledOrRefused(make: () => Compiled): Compiled | string {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('cannot be compiled')) throw error;
    return error.message.split('\n')[1]?.trim() ?? error.message;
  }
}
