/**
 * Which paths are walked on the binary: those that cover every transition, pair of transitions and ignored event that can be caused.
 *
 * Theory of operation. The worlds and deeds of `world.ts` are a graph. What can be covered at all is found by exploring all of it. Paths are
 * then laid greedily: from where a path is, the cheapest way to something that is not covered yet. Delays are those of a whole daemon, so
 * paths are laid for one *setting* after the other: the delays that are short in it, and whether its paths see the system go down.
 * In a leaf whose timer is short the next deed is that timer, or has to be done in time; a delay that is not short never ends.
 */
import type { Compiled } from '../../../machines/compile.js';
import { pairGoal, sequenceGoal } from '../goals.js';
import { leafName, rowName } from '../moves.js';
import { deedsIn, firstWorld } from './world.js';
import type { Deed, World } from './world.js';

/** One daemon's delays, and what its paths may do. */
export interface Setting {
  readonly name: string;
  /** Delays that come to an end. */
  readonly short: readonly string[];
  /** `up`: the system stays up. `down`: it goes down while the paths are on their way. `crossing`: and while a timer runs. */
  readonly phase: 'up' | 'down' | 'crossing';
  /** One path at a time, so that descriptors can be withheld from nitro. */
  readonly isSerial?: boolean;
}

export type Path = readonly Deed[];
export interface Planned {
  readonly setting: Setting;
  readonly paths: readonly Path[];
}

/** Where a path is: the world, and the row it took last, of which the next is a pair with. */
interface Place {
  readonly world: World;
  readonly row: string;
}
interface Reached extends Place {
  readonly cost: number;
  readonly deed: Deed | null;
  readonly from: Reached | null;
}

/** Longest path, in deeds; a new one is begun then. */
const deedsMax = 24;
const keyOf = ({ world, row }: Place): string => `${JSON.stringify(world)} ${row}`;

/** What is covered by a deed at a place: goals of the three kinds, each with its kind before it. */
export function covers(compiled: Compiled, place: Place, deed: Deed): { readonly goals: readonly string[]; readonly row: string } {
  let { row } = place;
  const goals: string[] = [];
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

/** Everything that can be covered from outside. */
export function coverable(compiled: Compiled): ReadonlySet<string> {
  const graph = new Graph(compiled);
  const found = new Set<string>();
  const all = new Set<string>();
  const open: Place[] = [{ world: firstWorld(compiled), row: '' }];
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

/** Lay paths, setting by setting. What no setting's paths cover is left over. */
export function plan(compiled: Compiled, settings: readonly Setting[]): { readonly planned: readonly Planned[]; readonly left: ReadonlySet<string> } {
  const left = new Set(coverable(compiled));
  const graph = new Graph(compiled);
  const planned = settings.map((setting) => {
    const paths: Path[] = [];
    for (let path = layPath(compiled, graph, setting, left); path.length > 0; path = layPath(compiled, graph, setting, left)) paths.push(path);
    return { setting, paths };
  });
  return { planned, left };
}

/** A path from the beginning that covers as much of what is left as there is on its way, and takes that away from `left`. */
function layPath(compiled: Compiled, graph: Graph, setting: Setting, left: Set<string>): Path {
  const path: Deed[] = [];
  let place: Place = { world: firstWorld(compiled), row: '' };
  while (path.length < deedsMax) {
    const way = nearest(compiled, graph, setting, place, left);
    if (way === null || (path.length > 0 && path.length + way.length > deedsMax)) break;
    for (const deed of way) {
      const { goals, row } = covers(compiled, place, deed);
      for (const goal of goals) left.delete(goal);
      place = { world: deed.to, row };
      path.push(deed);
    }
  }
  return path;
}

/** The cheapest deeds from a place of which the last covers something that is left. */
function nearest(compiled: Compiled, graph: Graph, setting: Setting, start: Place, left: ReadonlySet<string>): Path | null {
  const seen = new Set<string>();
  const open: Reached[][] = [[{ ...start, cost: 0, deed: null, from: null }]];
  for (let cost = 0; cost < open.length; cost++) {
    for (const reached of open[cost] ?? []) {
      if (reached.deed !== null && reached.from !== null && isNew(covers(compiled, reached.from, reached.deed).goals, left)) return wayTo(reached);
      if (seen.has(keyOf(reached))) continue;
      seen.add(keyOf(reached));
      for (const deed of graph.deeds(reached.world)) {
        const price = priceOf(compiled, setting, reached.world, deed);
        if (price === null) continue;
        const { row } = covers(compiled, reached, deed);
        (open[cost + price] ??= []).push({ world: deed.to, row, cost: cost + price, deed, from: reached });
      }
    }
  }
  return null;
}

function isNew(goals: readonly string[], left: ReadonlySet<string>): boolean {
  return goals.some((goal) => left.has(goal));
}

function wayTo(end: Reached): Path {
  const way: Deed[] = [];
  for (let at: Reached | null = end; at?.deed != null; at = at.from) way.unshift(at.deed);
  return way;
}

/** What a deed costs in a setting, in steps; null: it cannot be done there. */
function priceOf(compiled: Compiled, setting: Setting, world: World, { stimulus, scene, lifeWasShort }: Deed): number | null {
  const { short, phase } = setting;
  const delay = world.spent ? null : (compiled.table.leaves[world.leaf]?.delay ?? null);
  const isRunning = delay !== null && world.born && short.includes(delay);
  let price = 1;
  if (scene.limited === true && setting.isSerial !== true) return null;
  if (lifeWasShort !== null && short.includes('RESPAWN')) price += lifeWasShort ? 2 : 3;
  else if (lifeWasShort === false) return null;
  if (stimulus.kind === 'system goes down') {
    const isCrossed = isRunning && mayBeCrossed(delay);
    return phase === 'up' || (phase === 'down' && isRunning) || (phase === 'crossing' && !isCrossed) ? null : price;
  }
  if (stimulus.kind === 'wait') return isRunning ? price + 3 : null;
  // A path must not dally where the system is to go down in time; after that there is time again.
  if (isRunning && !world.down && (delay === 'CREATION' || (phase === 'crossing' && mayBeCrossed(delay)))) return null;
  return isRunning ? price + 4 : price;
}

/** The timers that mean something else when the system goes down while they run. */
function mayBeCrossed(delay: string): boolean {
  return delay === 'CREATION' || delay === 'RESPAWN' || delay === 'SPAWN_ERROR';
}

/** The deeds of each world, found once. */
class Graph {
  private readonly known = new Map<string, readonly Deed[]>();
  constructor(private readonly compiled: Compiled) {}

  deeds(world: World): readonly Deed[] {
    const key = JSON.stringify(world);
    const deeds = this.known.get(key) ?? deedsIn(this.compiled, world);
    this.known.set(key, deeds);
    return deeds;
  }
}
