/**
 * A state of a small system as a row of small numbers: what stands where, and what the numbers mean.
 */
import type { Leaf, Table } from '../../table/format.js';
import type { PropertyId } from './small.js';

/** Places of the system's numbers. */
export const At = {
  leaf: 0,
  setup: 1,
  finish: 2,
  final: 3,
  scanned: 4,
  closed: 5,
  asksServices: 6,
  asksLoggers: 7,
  asksReincarnate: 8,
  asksChildless: 9,
  ended: 10,
} as const;
export const systemSize = 11;
/** Places of a service's numbers. */
export const Of = { leaf: 0, process: 1, told: 2, mayAnswer: 3 } as const;
export const serviceSize = 4;

export const processes = ['nothing', 'setup', 'launching', 'run', 'finish'];
export const [nothing, setup, launching, run, finish] = [0, 1, 2, 3, 4] as const;
export const [untold, signalled, killed] = [0, 1, 2] as const;
/** Of a script of SYS. */
export const [absent, alive, killedToo] = [0, 1, 2] as const;

export type State = readonly number[];
export type Script = 'setup' | 'finish' | 'final';

/** Thrown where a property is violated. */
export class Violation extends Error {
  constructor(readonly property: PropertyId) {
    super(property);
  }
}

/** A property holds here, or this throws a Violation. */
export function ensure(condition: boolean, property: PropertyId): void {
  if (!condition) throw new Violation(property);
}

/** Where a number of a service is. */
export const placeOf = (index: number, of: number): number => systemSize + index * serviceSize + of;
/** Does this service have a process that is alive? */
export const hasProcess = (state: State, index: number): boolean => state[placeOf(index, Of.process)] !== nothing;

/** The state with these numbers of the system changed. */
export function set(state: State, change: { readonly [K in keyof typeof At]?: number }): State {
  const changed = [...state];
  for (const [key, value] of Object.entries(change)) changed[At[key as keyof typeof At]] = value;
  return changed;
}

export function leafAt(table: Table, index: number): Leaf {
  const leaf = table.leaves[index];
  if (leaf === undefined) throw new Error(`no leaf ${String(index)}`);
  return leaf;
}

