/**
 * What is found, for people who watch: a table that grows row by row.
 */
import { median, quantile, ratio, spreadOf } from './figures.js';
import { isBusy } from './machine.js';
import type { Machine } from './machine.js';
import { valuesOf } from './results.js';
import type { Cell, RowResult, SubjectInfo } from './results.js';
import type { Unit } from './measures/measure.js';

const width = { what: 62, cell: 24 } as const;

export function headLines(subjects: readonly SubjectInfo[], missing: Readonly<Record<string, string>>, machine: Machine, load: number): string {
  return [
    `machine    ${machine.processors}, ${machine.memoryMb} MB, ${machine.kernel}`,
    `load       ${load} before${isBusy(load) ? ': busy with other things, so figures of time will be too high' : ''}`,
    ...subjects.map(({ name, version }) => `${name.padEnd(10)} ${version}`),
    ...Object.entries(missing).map(([name, why]) => `${name.padEnd(10)} left out: ${why}`),
    '',
    `${'median (times ours)'.padEnd(width.what)}${subjects.map(({ name }) => name.padStart(width.cell)).join('')}`,
  ].join('\n');
}

/** A row, each median with how many times ours it is. */
export function rowLine(row: RowResult, subjects: readonly SubjectInfo[]): string {
  const ours = valuesOf(row, subjects[0]?.name ?? '');
  const cells = subjects.map(({ name }) => cellText(row.cells[name], row.unit, ours).padStart(width.cell));
  return `${`${row.part}: ${row.what}`.padEnd(width.what)}${cells.join('')}`;
}

function cellText(cell: Cell | undefined, unit: Unit, ours: readonly number[] | undefined): string {
  if (cell === undefined || cell.kind === 'lacks') return '-';
  if (cell.kind === 'failed') return 'failed';
  const times = ours === undefined ? '' : ` (${ratioText(ratio(cell.values, ours))})`;
  return `${withUnit(median(cell.values), unit)}${times}`;
}

/** Why something could not be measured, a line each. */
export function failureLines(rows: readonly RowResult[]): readonly string[] {
  return rows.flatMap(({ part, what, cells }) =>
    Object.entries(cells).flatMap(([name, cell]) => (cell.kind === 'failed' ? [`failed     ${part}: ${what}: ${name}: ${cell.why}`] : [])),
  );
}

/** With three digits that mean something; whole numbers whole. */
export function numberText(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return Math.abs(value) >= 0.001 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}

/** What a value of a unit is written in: the greater unit where the number would be long. */
function scaleOf(value: number, unit: Unit): readonly [factor: number, unit: string] {
  if (unit === 'KB' && value >= 10_000 * 1024) return [1024 * 1024, 'GB'];
  if (unit === 'KB' && value >= 10_000) return [1024, 'MB'];
  if (unit === 'ms' && value >= 10_000) return [1000, 's'];
  return [1, unit];
}

export function withUnit(value: number, unit: Unit): string {
  const [factor, name] = scaleOf(value, unit);
  return `${numberText(value / factor)}${name === '' ? '' : ` ${name}`}`;
}

export const ratioText = (value: number): string => (Number.isFinite(value) ? `${numberText(Number(value.toPrecision(3)))}×` : '∞');

/** Least and greatest, in the unit of the median; with many values their 99th percentile in place of the greatest. */
export function spreadText(values: readonly number[], unit: Unit): string {
  const { min, median: middle, max } = spreadOf(values);
  if (min === max) return '';
  const [factor] = scaleOf(middle, unit);
  return `${numberText(min / factor)}–${numberText((values.length >= manyValues ? quantile(values, 0.99) : max) / factor)}`;
}

export const manyValues = 100;
