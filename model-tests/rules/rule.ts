/**
 * What a rule is: one row of behaviour.md, or a part of one, as data.
 *
 * Theory of operation. The rules are a second telling of behaviour.md, made from its text alone and held against the compiled machines.
 * A situation is what the text distinguishes: the visible state, which process may be alive, and which timer runs. A rule says what an
 * event does in some situations: where it leads, and which effects happen in which order. A pair of situation, event and facts that no
 * rule speaks of is "any other pair": nothing may happen. So the rules, like the table, are total.
 */

/** The event of a situation's timer being due. */
export const TIMER = 'TIMER';

/** `to` of a rule after which the situation is the same one, its timer untouched. */
export const SAME = 'SAME';

export type Process = 'nothing' | 'setup' | 'launching' | 'run' | 'finish';

export interface Situation {
  /** The name of the leaf that stands for it. */
  readonly leaf: string;
  /** The state that users see. */
  readonly visible: string;
  /** Which process may be alive in it; `launching` is a `run` whose exec has not been reported yet. */
  readonly alive: readonly Process[];
  /** The timer that runs, or null. */
  readonly timer: string | null;
}

export interface Rule {
  /** Section and row of behaviour.md. */
  readonly row: string;
  /** The leaves of the situations it speaks of. */
  readonly in: readonly string[];
  readonly on: readonly string[];
  /** Facts that must be so; one that is not named may be either. */
  readonly when: Facts;
  /** The leaf of the next situation, or SAME. */
  readonly to: string;
  /** All effects, in order. */
  readonly effects: readonly string[];
}

export type Facts = Readonly<Record<string, boolean>>;

/** Whether a guard holds; `not X` is how a changed machine asks for the opposite of X. */
export function isSo(guard: string, facts: Facts): boolean {
  return guard.startsWith(negation) ? facts[guard.slice(negation.length)] !== true : facts[guard] === true;
}
export const negation = 'not ';

/** Every outcome of the facts that the guards ask for. */
export function outcomes(guards: readonly string[]): readonly Facts[] {
  const names = [...new Set(guards.map((guard) => (guard.startsWith(negation) ? guard.slice(negation.length) : guard)))];
  return Array.from({ length: 2 ** names.length }, (_, bits) =>
    Object.fromEntries(names.map((name, place) => [name, (bits >> place) % 2 === 1])),
  );
}

/** Facts in words. */
export function said(facts: Facts): string {
  const entries = Object.entries(facts);
  return entries.length === 0 ? 'any facts' : entries.map(([name, value]) => (value ? name : negation + name)).join(', ');
}

/** The telling of one machine. */
export interface Rulebook {
  readonly machine: string;
  readonly initial: string;
  readonly start: readonly string[];
  /** behaviour.md §1, in milliseconds. */
  readonly times: Readonly<Record<string, number>>;
  readonly events: readonly string[];
  readonly situations: readonly Situation[];
  readonly rules: readonly Rule[];
}

/** A rule, read as: in these situations, on these events, there, with these effects, when these facts are so. */
export function rule(
  row: string,
  from: readonly string[],
  on: readonly string[],
  to: string,
  effects: readonly string[],
  when: Facts = {},
): Rule {
  return { row, in: from, on, when, to, effects };
}

/** A situation; its visible state is the leaf's first segment. */
export function situation(leaf: string, alive: readonly Process[], timer: string | null): Situation {
  return { leaf, visible: leaf.split('.')[0] ?? leaf, alive, timer };
}
