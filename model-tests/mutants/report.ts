/**
 * The report of the mutants: made, killed and by what, equivalent, survived; as data, JSON and Markdown.
 *
 * The score is of those that change something: equivalent mutants are not in it, and each of them is listed with why it is one.
 */
import type { Fate, MutationRun, Outcome } from './run.js';

export interface OperatorScore {
  readonly operator: string;
  readonly made: number;
  readonly refused: number;
  readonly killedByRules: number;
  readonly killedByInvariants: number;
  readonly equivalent: number;
  readonly survived: number;
  /** Of those that the rules killed: how many the invariants by themselves kill too; null if that was not asked. */
  readonly alsoKilledByInvariants: number | null;
}

/** The figures of one machine, an operator each. */
export function scoresOf({ outcomes }: MutationRun): readonly OperatorScore[] {
  const operators = [...new Set(outcomes.map(({ operator }) => operator))];
  return operators.map((operator) => figures(operator, outcomes.filter((one) => one.operator === operator)));
}

/** The figures of one machine, all operators together. */
export function totalOf({ outcomes }: MutationRun): OperatorScore {
  return figures('all', outcomes);
}

/** Killed of those that change something, 0 to 1. */
export function killRate({ made, equivalent, survived }: OperatorScore): number {
  const changed = made - equivalent;
  return changed === 0 ? 1 : (changed - survived) / changed;
}

/** Were mutants made, and did none survive? */
export function isComplete(runs: readonly MutationRun[]): boolean {
  return runs.length > 0 && runs.map(totalOf).every(({ made, survived }) => made > 0 && survived === 0);
}

/** The report for programs: the figures, and what became of each mutant. */
export function toJson(runs: readonly MutationRun[]): string {
  const machines = runs.map((run) => ({
    machine: run.machine,
    killRate: killRate(totalOf(run)),
    total: totalOf(run),
    operators: scoresOf(run),
    mutants: run.outcomes,
  }));
  return `${JSON.stringify({ complete: isComplete(runs), machines }, null, 2)}\n`;
}

/** The report for people: the figures, every survivor, every equivalent mutant with the reason. */
export function toMarkdown(runs: readonly MutationRun[]): string {
  const verdict = isComplete(runs) ? 'Every mutant that changes something is killed.' : '**Not every mutant is killed.**';
  return [
    '# Mutants of the machines',
    '',
    verdict,
    '',
    'A mutant is a machine that is changed in one place. The compiler refuses it, or the rules (behaviour.md, told a second time) or the',
    'invariants find it, or it does the same as the machine for every event and outcome of facts. Not made: changes in two places, new',
    'states, new events, and changes of the runtime.',
    '',
    ...runs.flatMap(machineLines),
  ].join('\n');
}

function figures(operator: string, outcomes: readonly Outcome[]): OperatorScore {
  const count = (fate: Fate): number => outcomes.filter((one) => one.fate === fate).length;
  const isAsked = outcomes.some(({ fate, isBrokenInvariant }) => fate === 'killed by the rules' && isBrokenInvariant !== null);
  return {
    operator,
    made: outcomes.length,
    refused: count('refused by the compiler'),
    killedByRules: count('killed by the rules'),
    killedByInvariants: count('killed by the invariants'),
    equivalent: count('equivalent'),
    survived: count('survived'),
    alsoKilledByInvariants: isAsked
      ? outcomes.filter(({ fate, isBrokenInvariant }) => fate === 'killed by the rules' && isBrokenInvariant === true).length
      : null,
  };
}

function machineLines(run: MutationRun): readonly string[] {
  const total = totalOf(run);
  const isAsked = total.alsoKilledByInvariants !== null;
  const heads = ['operator', 'made', 'refused by the compiler', 'killed by the rules', 'killed by the invariants alone', 'equivalent', 'survived'];
  const columns = isAsked ? [...heads, 'killed by the rules, and by the invariants too'] : heads;
  const line = (score: OperatorScore): string => {
    const { operator, made, refused, killedByRules, killedByInvariants, equivalent, survived, alsoKilledByInvariants } = score;
    const cells = [operator, made, refused, killedByRules, killedByInvariants, equivalent, survived];
    return row(isAsked ? [...cells, alsoKilledByInvariants ?? 0] : cells);
  };
  return [
    `## ${run.machine}`,
    '',
    `${percent(killRate(total))} of ${total.made - total.equivalent} mutants killed; ${total.equivalent} more are equivalent.`,
    '',
    row(columns),
    row(columns.map((_, place) => (place === 0 ? '---' : '--:'))),
    ...scoresOf(run).map(line),
    line(total),
    '',
    ...listed('Survivors', run, 'survived'),
    ...listed('Equivalent', run, 'equivalent'),
  ];
}

function listed(title: string, { outcomes }: MutationRun, fate: Fate): readonly string[] {
  const some = outcomes.filter((one) => one.fate === fate);
  if (some.length === 0) return [];
  return [`### ${title}`, '', ...some.map(({ operator, where, change, because }) => `- ${operator}: ${where}: ${change}: ${because}`), ''];
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Rounded down, so that 100 % means all. */
function percent(rate: number): string {
  return `${Math.floor(rate * 1000) / 10} %`;
}
