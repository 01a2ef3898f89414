/**
 * Simple paths through a machine: from one state to another without visiting any twice, the shortest first.
 *
 * A step is from leaf to leaf; transitions that lead the same way are one step, which names them all.
 */
import type { Model, Transition } from '../../../diagrams/model.js';
import { eventLabel, guardLabel } from '../../../diagrams/labels.js';

export interface Hop {
  readonly from: string;
  readonly to: string;
  readonly transitions: readonly Transition[];
}

export interface Paths {
  readonly paths: readonly (readonly Hop[])[];
  /** There may be more: `max` of them were found, or the search was given up. */
  readonly isCut: boolean;
}

/** So many beginnings are looked at before the search is given up. */
const lookedAtMax = 400_000;

/** @param from Leaves to begin in. @param to Leaves to end in; none: all paths that begin there. @param max At most so many. */
export function simplePaths(model: Model, from: readonly string[], to: readonly string[] | null, max: number): Paths {
  const hops = hopsOf(model);
  const paths: (readonly Hop[])[] = [];
  let open: readonly { readonly at: string; readonly path: readonly Hop[]; readonly visited: ReadonlySet<string> }[] = from.map((at) => ({
    at,
    path: [],
    visited: new Set([at]),
  }));
  let lookedAt = 0;
  while (open.length > 0) {
    const next: typeof open[number][] = [];
    for (const { at, path, visited } of open) {
      for (const hop of hops.get(at) ?? []) {
        lookedAt += 1;
        if (visited.has(hop.to) || lookedAt > lookedAtMax) continue;
        const longer = [...path, hop];
        const isEnd = to === null || to.includes(hop.to);
        if (isEnd && paths.length === max) return { paths, isCut: true };
        if (isEnd) paths.push(longer);
        if (to === null || !isEnd) next.push({ at: hop.to, path: longer, visited: new Set([...visited, hop.to]) });
      }
    }
    open = next;
  }
  return { paths, isCut: lookedAt > lookedAtMax };
}

function hopsOf(model: Model): ReadonlyMap<string, readonly Hop[]> {
  const all = new Map<string, Map<string, Transition[]>>();
  for (const transition of model.transitions) {
    const { leaf, to } = transition;
    if (to === null || to === leaf) continue;
    const ends = all.get(leaf) ?? new Map<string, Transition[]>();
    ends.set(to, [...(ends.get(to) ?? []), transition]);
    all.set(leaf, ends);
  }
  return new Map([...all].map(([from, ends]) => [from, [...ends].map(([to, transitions]) => ({ from, to, transitions }))]));
}

/** A path on lines of its own: where it begins, then a line for each step. */
export function toText(model: Model, path: readonly Hop[]): string {
  const width = Math.max(...path.map(({ to }) => to.length));
  const lines = path.map(({ to, transitions }) => `  → ${to.padEnd(width)}  ${[...new Set(transitions.map((each) => label(model, each)))].join(' | ')}`);
  return [path[0]?.from ?? '', ...lines, ''].join('\n');
}

function label(model: Model, transition: Transition): string {
  const guard = guardLabel(transition, 'leaves');
  const event = `${transition.delay === null ? '' : 'after '}${eventLabel(model, transition)}`;
  return guard === null ? event : `${event} [${guard}]`;
}

/** A path for programs. */
export function toData(path: readonly Hop[]): unknown {
  return path.map(({ from, to, transitions }) => ({
    from,
    to,
    transitions: transitions.map(({ event, guard, actions }) => ({ event, guard, actions })),
  }));
}
