/**
 * A story: what happens to some machines over time, told by their tables.
 *
 * Given are the machines, the leaves in which they begin, and what comes from outside, with its time and facts. The rest is derived: which row is
 * taken, what is done, and when a timer is due. An event that would be ignored, or a story that goes on in a machine that has ended, is an error.
 */
import type { Model, Transition } from './model.js';
import { causeOf } from './words.js';
import type { Cause } from './theme.js';

export interface Lane {
  readonly id: string;
  /** What it is, in few words. */
  readonly about: string;
  readonly model: Model;
  /** The leaf it begins in. */
  readonly start: string;
}

export interface Given {
  /** Milliseconds since the story began. */
  readonly at: number;
  readonly lane: string;
  readonly event: string;
  /** The guards that hold. */
  readonly holds?: readonly string[];
}

export interface Story {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly notes: readonly string[];
  readonly lanes: readonly Lane[];
  readonly given: readonly Given[];
  /** Guards that hold when a timer is due. */
  readonly holdsAtTimers: readonly string[];
}

export interface Moment {
  readonly at: number;
  readonly lane: string;
  readonly cause: Cause;
  readonly row: Transition;
}

interface Place {
  readonly leaf: string;
  /** When its timer is due; null: it has none. */
  readonly due: number | null;
}

/** All moments, in the order in which they come. */
export function tell({ lanes, given, holdsAtTimers }: Story): readonly Moment[] {
  const moments: Moment[] = [];
  const places = new Map(lanes.map((lane) => [lane.id, enter(lane, lane.start, 0)]));
  const take = (lane: Lane, at: number, event: string | null, holds: readonly string[]): void => {
    const { leaf } = places.get(lane.id) ?? enter(lane, lane.start, 0);
    const row = rowIn(lane, leaf, event, holds);
    if (row === undefined) throw new Error(`${lane.id}: ${leaf} ignores ${event ?? 'its timer'}`);
    moments.push({ at, lane: lane.id, cause: causeOf(row), row });
    if (row.to !== null) places.set(lane.id, enter(lane, row.to, at));
  };
  /** Timers that are due before, the earliest first. */
  const wait = (until: number): void => {
    for (;;) {
      const [next] = lanes.flatMap((lane) => ({ lane, due: places.get(lane.id)?.due ?? Infinity })).sort((a, b) => a.due - b.due);
      if (next === undefined || next.due >= until) return;
      take(next.lane, next.due, null, holdsAtTimers);
    }
  };
  for (const { at, lane: id, event, holds = [] } of given) {
    wait(at);
    const lane = lanes.find((each) => each.id === id);
    if (lane === undefined) throw new Error(`no such lane: ${id}`);
    take(lane, at, event, holds);
  }
  wait(Infinity);
  return moments;
}

function enter({ model }: Lane, leaf: string, at: number): Place {
  const found = model.compiled.table.leaves.find(({ name }) => name === leaf);
  if (found === undefined) throw new Error(`no such leaf: ${leaf}`);
  return { leaf, due: found.delay === null ? null : at + (model.compiled.table.delays[found.delay] ?? 0) };
}

/** The first row whose guard holds; `event` is null for the timer. */
function rowIn({ model }: Lane, leaf: string, event: string | null, holds: readonly string[]): Transition | undefined {
  return model.transitions.find(
    (row) => row.leaf === leaf && (event === null ? row.delay !== null : row.event === event) && (row.guard === null || holds.includes(row.guard)),
  );
}
