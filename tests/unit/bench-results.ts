/** Results of a benchmark that nobody has made, for the tests of the page. */
import type { Part } from '../../bench/measures/measure.js';
import type { Cell, PartResult, Results, RowResult } from '../../bench/results.js';

export const values = (...numbers: readonly number[]): Cell => ({ kind: 'values', values: numbers });

export function rowResult(part: Part, key: string, cells: Readonly<Record<string, Cell>>, more: Partial<RowResult> = {}): RowResult {
  return { part, key, what: `the ${key}`, unit: 'ms', cells, ...more };
}

export function partResult(part: Part, rows: readonly RowResult[]): PartResult {
  return {
    part,
    date: '2030-01-02',
    machine: { processors: '2 × Fast', kernel: 'Linux 9', memoryMb: 1024, node: 'v20' },
    load: [0.25, 1.5],
    subjects: ['nitro', 'runit', 's6', 'tini'].map((name) => ({ name, version: `${name} 1.0` })),
    missing: { 'nitro-c': 'it is not here' },
    rows,
  };
}

const lacks: Cell = { kind: 'lacks', why: 'it has one child' };
const twice = (value: number): Cell => values(value, value);
const boot = (services: number, by: number): RowResult =>
  rowResult('boot', `boot-${services}`, { nitro: twice(services), runit: twice(by * services), s6: twice(3 * services), tini: lacks }, { services });

export const results: Results = {
  parts: [
    partResult('footprint', [
      ...[100, 1000].map((services) =>
        rowResult('footprint', `resident-${services}`, { nitro: values(800 + services), runit: values(1000 * services), s6: lacks, tini: lacks }, {
          unit: 'KB',
          services,
        }),
      ),
    ]),
    partResult('boot', [boot(1, 2), boot(100, 2), boot(1000, 2)]),
    partResult('restart', [
      rowResult('restart', 'restart-1', { nitro: values(1, 2, 3), runit: values(2, 4, 6), s6: { kind: 'failed', why: 'it ended\nwith more' }, tini: lacks }),
    ]),
  ],
};
