/**
 * What a benchmark found: values for each row and supervisor, with the machine and the time, as they are kept in docs/performance/results.json.
 */
import type { Machine } from './machine.js';
import type { Part, Unit } from './measures/measure.js';

/** What there is for a row and a supervisor. */
export type Cell =
  | { readonly kind: 'values'; readonly values: readonly number[] }
  /** It does not do that. */
  | { readonly kind: 'lacks'; readonly why: string }
  /** It should, and could not be measured. */
  | { readonly kind: 'failed'; readonly why: string };

export interface RowResult {
  readonly part: Part;
  readonly key: string;
  readonly what: string;
  readonly unit: Unit;
  readonly better?: 'more';
  readonly services?: number;
  /** By the names of the supervisors. */
  readonly cells: Readonly<Record<string, Cell>>;
}

export interface SubjectInfo {
  readonly name: string;
  readonly version: string;
}

/** One part of the page, measured at one time on one machine. */
export interface PartResult {
  readonly part: Part;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly machine: Machine;
  /** Processes that wanted to run, before and after. */
  readonly load: readonly [number, number];
  /** In the order of their columns. */
  readonly subjects: readonly SubjectInfo[];
  /** Those that are not here, and why. */
  readonly missing: Readonly<Record<string, string>>;
  readonly rows: readonly RowResult[];
}

export interface Results {
  readonly parts: readonly PartResult[];
}

/** The parts of `fresh` in place of those of the same names, in the order of `order`. */
export function merge(old: Results, fresh: Results, order: readonly Part[]): Results {
  const all = order.map((part) => [fresh, old].flatMap(({ parts }) => parts).find((each) => each.part === part));
  return { parts: all.filter((part) => part !== undefined) };
}

export const valuesOf = (row: RowResult | undefined, subject: string): readonly number[] | undefined => {
  const cell = row?.cells[subject];
  return cell?.kind === 'values' && cell.values.length > 0 ? cell.values : undefined;
};

/** As JSON that is read and compared well: numbers with five digits, a row of them on one line. */
export function toJson(results: Results): string {
  const digits = (_key: string, value: unknown): unknown => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value);
  const text = JSON.stringify(results, digits, 1);
  return `${text.replace(/\[\s+(-?[\d.e+-]+(?:,\s+-?[\d.e+-]+)*)\s+\]/g, (_all, numbers: string) => `[${numbers.replace(/\s+/g, ' ')}]`)}\n`;
}
