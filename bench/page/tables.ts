/**
 * The figures of a part as a Markdown table, a column a supervisor.
 */
import { median, quantile, ratio } from '../figures.js';
import { ratioText, spreadText, withUnit } from '../report.js';
import { valuesOf } from '../results.js';
import type { Cell, PartResult, RowResult } from '../results.js';
import type { Unit } from '../measures/measure.js';
import { ours } from '../subjects/all.js';

/** A table; a text with a bar or a line break in it stays one cell. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|').replace(/\s*\n\s*/g, ' ')).join(' | ')} |`;
  return [line(columns), `|${columns.map((_, index) => (index === 0 ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join('\n');
}

/** Supervisors that have a column: those that do anything of the part. */
const columnsOf = ({ subjects, rows }: PartResult): readonly string[] =>
  subjects.map(({ name }) => name).filter((name) => rows.some(({ cells }) => (cells[name]?.kind ?? 'lacks') !== 'lacks'));

export function partTable(part: PartResult): string {
  const names = columnsOf(part);
  const rows = part.rows.flatMap((row) => [
    [row.what, valuesIn(row), ...names.map((name) => cellText(row, name))],
    ...(part.part === 'restart' ? [percentiles(row, names)] : []),
  ]);
  return table(['', 'values', ...names], [...rows, ...growth(part, names)]);
}

function valuesIn({ cells }: RowResult): string {
  const counts = Object.values(cells).flatMap((cell) => (cell.kind === 'values' ? [cell.values.length] : []));
  return counts.length === 0 ? '' : String(Math.max(...counts));
}

function cellText(row: RowResult, name: string): string {
  const cell: Cell | undefined = row.cells[name];
  if (cell === undefined || cell.kind === 'lacks') return '–';
  if (cell.kind === 'failed') return 'failed';
  const spread = spreadText(cell.values, row.unit);
  const mine = name === ours ? undefined : valuesOf(row, ours);
  const times = mine === undefined ? '' : ` **${ratioText(ratio(cell.values, mine))}**`;
  return `${withUnit(median(cell.values), row.unit)}${spread === '' ? '' : ` (${spread})`}${times}`;
}

/** A row of single values that are computed from those of others. */
function derived(what: string, unit: Unit, names: readonly string[], of: (name: string) => number | undefined): readonly string[] {
  const mine = of(ours);
  const cells = names.map((name) => {
    const value = of(name);
    if (value === undefined) return '–';
    const times = name === ours || mine === undefined ? '' : ` **${ratioText(ratio([value], [mine]))}**`;
    return `${withUnit(value, unit)}${times}`;
  });
  return [what, '', ...cells];
}

function percentiles(row: RowResult, names: readonly string[]): readonly string[] {
  return derived(`${row.what}: 99th percentile`, row.unit, names, (name) => {
    const values = valuesOf(row, name);
    return values === undefined ? undefined : quantile(values, 0.99);
  });
}

const kinds = [
  ['resident', 'KB'],
  ['proportional', 'KB'],
  ['threads', ''],
  ['descriptors', ''],
] as const;

/** What each service adds, between 100 and 1,000. */
function growth({ part, rows }: PartResult, names: readonly string[]): readonly (readonly string[])[] {
  if (part !== 'footprint') return [];
  return kinds.flatMap(([kind, unit]) => {
    const at = (services: number, name: string): number | undefined => {
      const values = valuesOf(rows.find(({ key }) => key === `${kind}-${services}`), name);
      return values === undefined ? undefined : median(values);
    };
    const cells = derived(`${kind}: more for each service`, unit, names, (name) => {
      const [few, many] = [at(100, name), at(1000, name)];
      return few === undefined || many === undefined ? undefined : (many - few) / 900;
    });
    return cells.slice(2).every((cell) => cell === '–') ? [] : [cells];
  });
}

/** Why there are gaps, a line a reason. */
export function gapLines({ rows, subjects }: PartResult): readonly string[] {
  const lines = new Map<string, string[]>();
  for (const { name } of subjects) {
    const reasons = new Map<string, string[]>();
    for (const { what, cells } of rows) {
      const cell = cells[name];
      if (cell === undefined || cell.kind === 'values') continue;
      const why = cell.kind === 'lacks' ? `not done: ${cell.why}` : `failed: ${firstLine(cell.why)}`;
      reasons.set(why, [...(reasons.get(why) ?? []), what]);
    }
    for (const [why, whats] of reasons) {
      const line = `${whats.length === rows.length ? '' : `, ${named(whats)}`}: ${why}.`;
      lines.set(line, [...(lines.get(line) ?? []), name]);
    }
  }
  return [...lines].map(([line, names]) => `${names.join(', ')}${line}`);
}

/** All of a few; many are seen in the table. */
const named = (whats: readonly string[]): string => (whats.length <= 3 ? whats.join('; ') : 'where there is a dash');
const firstLine = (text: string): string => text.split('\n')[0] ?? '';
