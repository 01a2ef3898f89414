/**
 * What conform finds: a divergence is a thing that a daemon was brought to, what should have been seen then, and what was.
 */

/** How the reference is known to differ, where behaviour.md corrects it. */
export interface Known {
  /** The place of behaviour.md or of the machines, such as `behaviour.md §5`. */
  readonly rule: string;
  readonly text: string;
}

export const parts = ['services', 'system', 'probes'] as const;
export type PartName = (typeof parts)[number];

export interface Divergence {
  readonly part: PartName;
  /** `ended`: nitro ended. `hung`: it does not answer any more. `differs`: it goes on, and something else was seen than should be. */
  readonly kind: 'ended' | 'hung' | 'differs';
  /** What was tried, in a line. */
  readonly title: string;
  readonly rule: string;
  readonly expected: string;
  readonly seen: string;
  /** What a person would type to see it. */
  readonly script: string;
  /** Where else it was met, a line each. */
  readonly also: readonly string[];
  /** Null: that it differs there is not known of the reference. */
  readonly known: Known | null;
}

/** Something else was seen than should be. It is thrown, caught by whoever runs the probe or the path, and becomes a divergence. */
export class Difference extends Error {
  constructor(
    readonly expected: string,
    readonly seen: string,
  ) {
    super(`expected: ${expected}; seen: ${seen}`);
  }
}

/** The daemon under test has ended, and should not have. */
export class Ended extends Error {
  constructor(readonly seen: string) {
    super(seen);
  }
}

/** The daemon under test does not answer any more. */
export class Hung extends Error {}

/** A value as it stands in a report. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'nothing' : value;
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.map((each) => shown(each)).join(', ');
  return JSON.stringify(value);
}
