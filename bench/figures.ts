/**
 * What a measure finds: figures, each a row of values, with the target it is held against.
 */

/** The unit of the values. A KB has 1024 bytes, as in /proc. */
export type Unit = 'KB' | 'ms' | 'µs' | '/s' | '';

export interface Figure {
  readonly kind: 'figure';
  readonly what: string;
  readonly unit: Unit;
  /** One a run, or one a try; at least one. */
  readonly values: readonly number[];
  /** The most that the median may be; undefined: it is for information. */
  readonly atMost?: number;
  /** What one has to know about it. */
  readonly note?: string;
}

/** This machine does not allow to measure that. */
export interface Skipped {
  readonly kind: 'skipped';
  readonly what: string;
  readonly why: string;
}

/** It could not be measured, and should have been. */
export interface Failed {
  readonly kind: 'failed';
  readonly what: string;
  readonly why: string;
}

export type Finding = Figure | Skipped | Failed;

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Least, median and greatest of at least one value. The median of an even number of them is the mean of the middle two. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => {
    const value = sorted[index];
    if (value === undefined) throw new RangeError('no values');
    return value;
  };
  const half = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2;
  return { min: at(0), median, max: at(sorted.length - 1) };
}

/** Is the target met? Null: there is none. */
export function isMet({ values, atMost }: Figure): boolean | null {
  return atMost === undefined ? null : spreadOf(values).median <= atMost;
}

export const figure = (
  what: string,
  unit: Unit,
  values: readonly number[],
  more: { readonly atMost?: number; readonly note?: string } = {},
): Figure => ({ kind: 'figure', what, unit, values, ...more });
