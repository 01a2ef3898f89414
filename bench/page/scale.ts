/**
 * Logarithmic axes: where a value is, and which values are marked.
 */

export interface Scale {
  /** Pixels of a value above 0. */
  at(value: number): number;
  /** Powers of ten within the range, or 1, 2 and 5 times such where the range is short. */
  readonly marks: readonly number[];
}

/** From the values to the pixels between `from` and `to`; the range is widened to whole marks. */
export function logScale(values: readonly number[], from: number, to: number): Scale {
  const positive = values.filter((value) => value > 0);
  const [least, most] = [Math.min(...positive), Math.max(...positive)];
  const isShort = Math.log10(most / least) < 2;
  const all = ladder(isShort ? [1, 2, 5] : [1], least, most);
  const [low = least, high = most] = [all[0], all[all.length - 1]];
  const span = Math.log10(high / low) || 1;
  return { at: (value) => from + (Math.log10(value / low) / span) * (to - from), marks: all };
}

/** The steps that enclose the range. */
function ladder(steps: readonly number[], least: number, most: number): readonly number[] {
  const begin = Math.floor(Math.log10(least));
  const end = Math.ceil(Math.log10(most)) + 1;
  const powers = Array.from({ length: end - begin + 1 }, (_, index) => begin + index);
  const all = powers.flatMap((power) => steps.map((step) => Number((step * 10 ** power).toPrecision(1))));
  const first = all.findLastIndex((mark) => mark <= least);
  const last = all.findIndex((mark) => mark >= most);
  return all.slice(Math.max(0, first), last === first ? last + 2 : last + 1);
}

/** A mark on an axis, in the unit that reads best. */
export function markText(value: number, unit: 'KB' | 'ms' | ''): string {
  switch (unit) {
    case 'KB':
      return value >= 1_000_000 ? `${plain(value / 1_000_000)} GB` : value >= 1000 ? `${plain(value / 1000)} MB` : `${plain(value)} KB`;
    case 'ms':
      return value >= 1000 ? `${plain(value / 1000)} s` : value >= 1 ? `${plain(value)} ms` : `${plain(value * 1000)} µs`;
    case '':
      return value.toLocaleString('en-US');
  }
}

const plain = (value: number): string => String(Number(value.toPrecision(3)));
