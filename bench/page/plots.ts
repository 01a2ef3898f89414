/**
 * Which plots there are: each a file of docs/performance, made of rows of the results.
 */
import { median } from '../figures.js';
import { valuesOf } from '../results.js';
import type { Results, RowResult } from '../results.js';
import { linesPlot } from './lines.js';
import type { Line } from './lines.js';
import { stripsPlot } from './strips.js';

export interface Plot {
  readonly file: string;
  /** What it shows, for those who do not see it. */
  readonly alt: string;
  readonly svg: string;
}

/** The order of lines and rows; what is not listed is not drawn: supervisors of one child have no line. */
const drawn = ['nitro', 'nitro-c', 'runit', 's6', 'bare'] as const;

export function plotsOf(results: Results): readonly Plot[] {
  const rows = results.parts.flatMap((part) => part.rows);
  const lines = (prefix: string, more: (subject: string) => Partial<Line> = () => ({})): readonly Line[] =>
    drawn.map((subject) => ({ subject, points: pointsOf(rows, prefix, subject), ...more(subject) }));
  const byServices = (file: string, unit: 'KB' | 'ms', title: string, subtitle: string, of: readonly Line[]): readonly Plot[] =>
    of.every(({ points }) => points.length < 2)
      ? []
      : [{ file, alt: `${title}, by the number of services`, svg: linesPlot({ title, subtitle, unit, lines: of }) }];
  return [
    ...byServices('memory.svg', 'KB', 'Memory of all supervision processes', 'Resident; dashed: proportional, where what is shared counts in part', [
      ...lines('resident', (subject) => (isShared(rows, subject) ? {} : { label: `${subject}, both` })),
      ...lines('proportional', (subject) => ({ label: `${subject}, proportional`, isDashed: true })).filter(({ subject }) => isShared(rows, subject)),
    ]),
    ...byServices('boot.svg', 'ms', 'Boot', 'From the exec of the supervisor to the exec of the last service', lines('boot')),
    ...restarts(rows),
    ...byServices('list.svg', 'ms', 'List', 'The state of all services, asked for by whole processes', lines('list')),
    ...byServices('shutdown.svg', 'ms', 'Shutdown', 'From the signal until no process is left; all services obey', lines('shutdown')),
  ];
}

/** Do the two kinds of memory differ by more than can be seen? */
function isShared(rows: readonly RowResult[], subject: string): boolean {
  const proportional = new Map(pointsOf(rows, 'proportional', subject));
  return pointsOf(rows, 'resident', subject).some(([services, resident]) => resident > 1.05 * (proportional.get(services) ?? 0));
}

/** Medians by the number of services, of the rows PREFIX-NUMBER. */
function pointsOf(rows: readonly RowResult[], prefix: string, subject: string): readonly (readonly [number, number])[] {
  return rows
    .flatMap((row) => {
      const values = row.services !== undefined && row.key === `${prefix}-${row.services}` ? valuesOf(row, subject) : undefined;
      const value = values === undefined ? 0 : median(values);
      return row.services !== undefined && row.services > 0 && value > 0 ? [[row.services, value] as const] : [];
    })
    .sort(([one], [other]) => one - other);
}

function restarts(rows: readonly RowResult[]): readonly Plot[] {
  const groups = rows
    .filter(({ part }) => part === 'restart')
    .map((row) => ({
      name: row.what,
      strips: drawn.flatMap((subject) => {
        const values = valuesOf(row, subject);
        return values === undefined ? [] : [{ subject, values }];
      }),
    }));
  if (groups.every(({ strips }) => strips.length === 0)) return [];
  const title = 'Crash to restart';
  const svg = stripsPlot({ title, subtitle: 'From kill -9 to the next exec; a dot each, a bar at the median', unit: 'ms', groups });
  return [{ file: 'restart.svg', alt: `${title}: how the times are spread`, svg }];
}
