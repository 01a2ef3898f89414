/**
 * What a rule is: a function from facts to findings, with what there is to say about it.
 *
 * An id never changes its meaning. Its letter is that of the group: N names, S scripts, L logging, C settings, T templates, W who may write,
 * Y the system, R other supervisors and nitro in C.
 */
import type { Bytes } from '../../../runtime/os.js';
import type { Facts } from './facts.js';

/** `error`: it does not work. `warning`: it will hardly do what was meant. `note`: worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

export const severities: readonly Severity[] = ['error', 'warning', 'note'];

/** Is the first at least as grave as the second? */
export function isAtLeast(one: Severity, other: Severity): boolean {
  return severities.indexOf(one) <= severities.indexOf(other);
}

/** Something that a rule found. */
export interface Found {
  /** Relative to the service directory; empty: the directory itself. */
  readonly path: Bytes;
  /** In the file, from 1; absent: it is about the whole. */
  readonly line?: number;
  /** What is wrong here, in a sentence without its full stop. */
  readonly message: Bytes;
}

export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  /** What nitro does with it, and why that is a pity; with the section of behaviour.md. */
  readonly why: string;
  readonly fix: string;
  /** It matters for nitro in C alone, and is looked for only when asked. */
  readonly isForReference?: true;
  readonly check: (facts: Facts) => Iterable<Found>;
}

export interface Finding extends Found {
  readonly rule: Rule;
}
