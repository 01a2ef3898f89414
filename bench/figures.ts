/**
 * Statistics of what was measured.
 */

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The value below which the share `at` (0 to 1) of the values lies, of at least one value: the mean of the two next to it, by distance. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = at * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new RangeError('no values');
  // Infinite ones have no distance.
  return below === above ? below : below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Least, median and greatest of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  return { min: quantile(values, 0), median: median(values), max: quantile(values, 1) };
}

/**
 * How many times as much the first is as the second. Values of the same runs are compared run by run, so that what slows down a whole run does not
 * count, and the median is taken; else it is that of the medians. Infinite if only the second is nothing, 1 if both are.
 */
export function ratio(ours: readonly number[], theirs: readonly number[]): number {
  const of = (one: number, other: number): number => (one === other ? 1 : one / other);
  if (ours.length !== theirs.length) return of(median(ours), median(theirs));
  return median(ours.map((one, run) => of(one, theirs[run] ?? NaN)));
}
