/**
 * What the figures are held against: ratios of our median to that of another that does the same. Where nitro in C is not here, a ratio to the floor
 * (subjects/bare.ts) that is small enough says as much.
 */
import { median, ratio } from './figures.js';
import { valuesOf } from './results.js';
import type { Results, RowResult } from './results.js';
import { floor, inC, ours } from './subjects/all.js';

export interface Target {
  readonly what: string;
  /** Key of the row. */
  readonly row: string;
  /** The most that the ratio may be; against nobody, that the value itself may be. */
  readonly atMost: number;
  /** How it is written, where that is not the number. */
  readonly written?: string;
  /** The value is written as it is, with its unit. */
  readonly isValue?: true;
  /** A supervisor; `best`: nitro in C where it is here, else the best of the others; `none`: nobody. */
  readonly against: string;
}

export type Verdict =
  | { readonly kind: 'met' | 'missed'; readonly target: Target; readonly value: number; readonly against: string | undefined; readonly note: string }
  | { readonly kind: 'not measured'; readonly target: Target; readonly note: string };

const fiftieth = { atMost: 1 / 50, written: '≤ 1/50' } as const;

export const targets: readonly Target[] = [
  ...['runit', 's6'].flatMap((against) => [
    { what: 'resident memory with 100 services', row: 'resident-100', against, ...fiftieth },
    { what: 'proportional memory with 100 services', row: 'proportional-100', against, ...fiftieth },
  ]),
  { what: 'boot of 499 services', row: 'boot-499', atMost: 0.8, against: inC },
  { what: 'crash to restart, one other service', row: 'restart-1', atMost: 1, against: 'best' },
  { what: 'crash to restart, 498 other services', row: 'restart-498', atMost: 1, against: 'best' },
  { what: 'request and answer, on one processor', row: 'query', atMost: 5, against: 'best' },
  { what: 'request and answer, on two processors', row: 'query-apart', atMost: 5, against: 'best' },
  { what: '`list` of 1', row: 'list-1', atMost: 3, against: 'best' },
  { what: '`list` of 100', row: 'list-100', atMost: 3, against: 'best' },
  { what: '`list` of 499', row: 'list-499', atMost: 3, against: 'best' },
  { what: 'system calls while idle', row: 'idle-calls', atMost: 0, against: 'none' },
  { what: 'context switches while idle', row: 'idle-switches', atMost: 0, against: 'none' },
  { what: 'processor time while idle', row: 'idle-processor', atMost: 0, against: 'none' },
  { what: '10,000 services, of which nitro in C has 499 at most', row: 'boot-10000', atMost: Infinity, written: 'booted', isValue: true, against: 'none' },
  { what: 'lines lost through a logger that is killed', row: 'lost-restart', atMost: 0, against: 'none' },
];

export const verdicts = (results: Results): readonly Verdict[] => targets.map((target) => verdictOf(target, rowOf(results, target.row)));

export const rowOf = ({ parts }: Results, key: string): RowResult | undefined => parts.flatMap(({ rows }) => rows).find((row) => row.key === key);

function verdictOf(target: Target, row: RowResult | undefined): Verdict {
  const mine = valuesOf(row, ours);
  if (row === undefined || mine === undefined) return { kind: 'not measured', target, note: 'there are no figures of it' };
  const hold = (value: number, against: string | undefined, note: string): Verdict => ({
    kind: value <= target.atMost ? 'met' : 'missed', target, value, against, note,
  });
  if (target.against === 'none') return hold(median(mine), undefined, '');
  const to = (other: string | undefined): number | undefined => {
    const theirs = other === undefined ? undefined : valuesOf(row, other);
    return theirs === undefined ? undefined : ratio(mine, theirs);
  };
  const best = bestOf(row);
  const isThere = valuesOf(row, inC) !== undefined;
  const against = target.against === 'best' && !isThere ? best : target.against === 'best' ? inC : target.against;
  const value = to(against);
  if (value !== undefined) return hold(value, against, target.against === 'best' && !isThere ? 'nitro in C is not here' : '');
  const isOfC = against === undefined || against === inC;
  const bound = to(floor);
  // Nothing in C is faster than the floor, so what holds against that holds against nitro in C.
  if (isOfC && bound !== undefined && bound <= target.atMost) return hold(bound, floor, 'nitro in C is not here; it takes at least as long as that');
  const instead = [best, floor].flatMap((other) => {
    const times = to(other);
    return times === undefined || other === undefined ? [] : [`; ${times.toPrecision(2)} of ${other}'s`];
  });
  return { kind: 'not measured', target, note: `${isOfC ? 'nitro in C' : against} is not here${instead.join('')}` };
}

/** The one with the best median beside ours; the floor is none. */
function bestOf(row: RowResult): string | undefined {
  const sign = row.better === 'more' ? -1 : 1;
  const others = Object.keys(row.cells).filter((name) => name !== ours && name !== floor && valuesOf(row, name) !== undefined);
  const of = (name: string): number => sign * median(valuesOf(row, name) ?? []);
  return others.sort((one, other) => of(one) - of(other))[0];
}
