/**
 * Paths through worlds and deeds that cover everything.
 *
 * Theory of operation. A graph says which deeds a world has, and what each costs. Exploring all of it finds what can be covered at all. Paths
 * are laid greedily: from where a path is, the cheapest way to something that is not covered yet, until there is none, or the path is
 * long enough; then the next path begins anew.
 */
import type { Compiled } from '../../../machines/compile.js';
import { pairGoal, sequenceGoal } from '../goals.js';
import { leafName, rowName } from '../moves.js';
import type { Move } from '../moves.js';

/** The part of a deed that covers something. */
export interface Does {
  readonly moves: readonly Move[];
  /** A way of causing them that is to be walked for its own sake. */
  readonly way?: string;
}

export interface Graph<World, Deed extends Does & { readonly to: World }> {
  readonly first: World;
  readonly deeds: (world: World) => readonly Deed[];
  /** What a deed costs, a whole number from 1; null: it cannot be done. */
  readonly price: (world: World, deed: Deed) => number | null;
}

/** Where a path is: the world, and the row it took last, of which the next is a pair with. */
interface Place<World> {
  readonly world: World;
  readonly row: string;
}
interface Reached<World, Deed> extends Place<World> {
  readonly deed: Deed | null;
  readonly from: Reached<World, Deed> | null;
}

function keyOf({ world, row }: Place<unknown>): string {
  return `${JSON.stringify(world)} ${row}`;
}

/** What is covered by a deed that follows on a row: goals, each with its kind before it; and the row it took last. */
export function covers(compiled: Compiled, place: { readonly row: string }, deed: Does): { readonly goals: readonly string[]; readonly row: string } {
  let { row } = place;
  const goals: string[] = deed.way === undefined ? [] : [`way ${deed.way}`];
  for (const move of deed.moves) {
    if (move.index < 0) {
      goals.push(`ignored ${pairGoal(leafName(compiled, move.leaf), move.event)}`);
      continue;
    }
    const name = rowName(compiled, move);
    goals.push(`row ${name}`);
    if (row !== '') goals.push(`pair ${sequenceGoal([row, name])}`);
    row = name;
  }
  return { goals, row };
}

/** Everything that some path covers. */
export function explore<World, Deed extends Does & { readonly to: World }>(compiled: Compiled, graph: Graph<World, Deed>): ReadonlySet<string> {
  const found = new Set<string>();
  const all = new Set<string>();
  const open: Place<World>[] = [{ world: graph.first, row: '' }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    for (const deed of graph.deeds(place.world)) {
      const { goals, row } = covers(compiled, place, deed);
      for (const goal of goals) all.add(goal);
      const next = { world: deed.to, row };
      if (found.has(keyOf(next))) continue;
      found.add(keyOf(next));
      open.push(next);
    }
  }
  return all;
}

/** Paths that cover what is left and can be; it is taken away from `left`. No path is longer than `deedsMax`, save for a single goal. */
export function layPaths<World, Deed extends Does & { readonly to: World }>(
  compiled: Compiled,
  graph: Graph<World, Deed>,
  left: Set<string>,
  deedsMax: number,
): readonly (readonly Deed[])[] {
  const paths: (readonly Deed[])[] = [];
  for (;;) {
    const path: Deed[] = [];
    let place: Place<World> = { world: graph.first, row: '' };
    while (path.length < deedsMax) {
      const way = nearest(compiled, graph, place, left);
      if (way === null || (path.length > 0 && path.length + way.length > deedsMax)) break;
      for (const deed of way) {
        const { goals, row } = covers(compiled, place, deed);
        for (const goal of goals) left.delete(goal);
        place = { world: deed.to, row };
        path.push(deed);
      }
    }
    if (path.length === 0) return paths;
    paths.push(path);
  }
}

/** The cheapest deeds from a place of which the last covers something that is left. */
function nearest<World, Deed extends Does & { readonly to: World }>(
  compiled: Compiled,
  graph: Graph<World, Deed>,
  start: Place<World>,
  left: ReadonlySet<string>,
): readonly Deed[] | null {
  const seen = new Set<string>();
  const open: Reached<World, Deed>[][] = [[{ ...start, deed: null, from: null }]];
  for (let cost = 0; cost < open.length; cost++) {
    for (const reached of open[cost] ?? []) {
      const { deed: last, from } = reached;
      if (last !== null && from !== null && covers(compiled, from, last).goals.some((goal) => left.has(goal))) return wayTo(reached);
      if (seen.has(keyOf(reached))) continue;
      seen.add(keyOf(reached));
      for (const deed of graph.deeds(reached.world)) {
        const price = graph.price(reached.world, deed);
        if (price === null) continue;
        (open[cost + price] ??= []).push({ world: deed.to, row: covers(compiled, reached, deed).row, deed, from: reached });
      }
    }
  }
  return null;
}

function wayTo<World, Deed>(end: Reached<World, Deed>): readonly Deed[] {
  const way: Deed[] = [];
  for (let at: Reached<World, Deed> | null = end; at !== null; at = at.from) if (at.deed !== null) way.unshift(at.deed);
  return way;
}
