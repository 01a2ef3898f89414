/**
 * Which paths are walked on a foreign daemon: those of the model tests, around what is known to diverge, and in its own time.
 *
 * Where a daemon did something else than the table says, the same deed is not done again: later paths are laid around it, so that one divergence
 * hides as little as possible. A daemon that takes no delays from its environment has those of behaviour.md, and all of them end: what
 * would have to be faster than the 1 ms after a creation, or longer than a life may be short, cannot be walked there.
 */
import type { Compiled } from '../../../../machines/compile.js';
import { leafName, rowName } from '../../../../model-tests/walk/moves.js';
import { priceOf } from '../../../../model-tests/walk/binary/plan.js';
import type { Setting } from '../../../../model-tests/walk/binary/plan.js';
import { covers } from '../../../../model-tests/walk/binary/paths.js';
import type { Graph } from '../../../../model-tests/walk/binary/paths.js';
import { deedsIn, firstWorld, isHung } from '../../../../model-tests/walk/binary/world.js';
import type { Deed, Scene, World } from '../../../../model-tests/walk/binary/world.js';

/** A world, and what matters of its time where delays cannot be set. */
export interface TimedWorld extends World {
  /** The life has lasted for longer than a short one. */
  readonly aged?: boolean;
  /** How long was waited since the system went down, ms. */
  readonly waitedMs?: number;
}
export interface TimedDeed extends Deed {
  readonly to: TimedWorld;
}
export type WalkGraph = Graph<TimedWorld, TimedDeed>;

/** What a deed is, whatever led to it: two deeds with the same key take the same rows of the table. */
export function deedKey(compiled: Compiled, world: World, deed: Deed): string {
  const rows = deed.moves.map((move) => rowName(compiled, move));
  return rows.length === 0 ? `${leafName(compiled, world.leaf)} ${JSON.stringify(deed.stimulus)}` : rows.join(', ');
}

/** Does it need an exec that hangs? */
export function hangs({ scene, to }: Deed): boolean {
  return scene.run === 'hangs' || isHung(to.process);
}

export interface Around {
  /** Keys of deeds that are not done. */
  readonly avoid: ReadonlySet<string>;
  /** Nothing that hangs in an exec. */
  readonly noHanging: boolean;
  /** The delays of the daemon, if they cannot be set. */
  readonly ownMs: Readonly<Record<string, number>> | null;
}

/** Longest time that is waited for after the system went down: SYS/finish holds it for SYS_FINISH. */
const downMsMax = 15_000;

export function walkGraph(compiled: Compiled, setting: Setting | null, around: Around): WalkGraph {
  const known = new Map<string, readonly TimedDeed[]>();
  const deedsOf = around.ownMs === null ? (world: TimedWorld) => deedsIn(compiled, world) : timed(compiled, around.ownMs);
  return {
    first: firstWorld(compiled),
    deeds: (world) => {
      const key = JSON.stringify(world);
      const deeds = known.get(key) ?? deedsOf(world).filter((deed) => !around.avoid.has(deedKey(compiled, world, deed)) && !(around.noHanging && hangs(deed)));
      known.set(key, deeds);
      return deeds;
    },
    price: (world, deed) => {
      if (setting === null) return 1;
      // Where every timer runs, there is no other way than to be faster than it.
      const isCrossing = around.ownMs !== null && setting.phase === 'crossing' && deed.stimulus.kind === 'system goes down';
      return isCrossing ? 1 : priceOf(compiled, setting, world, deed);
    },
  };
}

/** Everything that can be done on a daemon with these delays. */
function timed(compiled: Compiled, ownMs: Readonly<Record<string, number>>): (world: TimedWorld) => readonly TimedDeed[] {
  const respawn = ownMs['RESPAWN'] ?? 0;
  const deedsOf = (world: TimedWorld): readonly TimedDeed[] =>
    deedsIn(compiled, world).flatMap((deed): readonly TimedDeed[] => {
      const { stimulus, moves, to, lifeWasShort } = deed;
      if (lifeWasShort === true && world.aged === true) return [];
      const ms = stimulus.kind === 'wait' ? (ownMs[stimulus.delay] ?? 0) : 0;
      const waitedMs = world.down ? (world.waitedMs ?? 0) + ms : 0;
      if (waitedMs > downMsMax) return [];
      const isNew = moves.some(({ row }) => row?.actions.some((action) => action === 'launch' || action === 'spawnSetup') === true);
      const aged = !isNew && (world.aged === true || ms >= respawn || lifeWasShort === false);
      return [{ ...deed, to: { ...to, ...(aged ? { aged } : {}), ...(waitedMs > 0 ? { waitedMs } : {}) } }];
    });
  return (world) => {
    if (world.born) return deedsOf(world).filter(({ stimulus }) => stimulus.kind !== 'wait' || stimulus.delay !== 'CREATION');
    // What is created is wanted 1 ms later: nothing can come between.
    return deedsOf(world).flatMap((deed) => {
      if (deed.stimulus.kind !== 'create' || deed.stimulus.isDown) return [deed];
      return deedsOf(deed.to)
        .filter(({ stimulus, scene }) => stimulus.kind === 'wait' && stimulus.delay === 'CREATION' && mayBeCreatedIn(scene))
        .map((due): TimedDeed => ({ ...due, stimulus: deed.stimulus, moves: [...deed.moves, ...due.moves] }));
    });
  };
}

/** What stands before nitro sees it; a directory without `run` and `setup` would be no service. */
function mayBeCreatedIn({ run, setup, limited }: Scene): boolean {
  return run !== 'hangs' && limited !== true && (run !== 'missing' || setup === true);
}

interface Step {
  readonly world: TimedWorld;
  readonly row: string;
  readonly deed: TimedDeed | null;
  readonly from: Step | null;
}

/** The cheapest path to a deed with this key, in a world like the one given, after the same row; null: there is none in this setting. */
export function shortestTo(compiled: Compiled, graph: WalkGraph, key: string, process: World['process']): readonly TimedDeed[] | null {
  const seen = new Set<string>();
  const open: Step[][] = [[{ world: graph.first, row: '', deed: null, from: null }]];
  for (let cost = 0; cost < open.length; cost++) {
    for (const step of open[cost] ?? []) {
      const at = JSON.stringify(step.world);
      if (seen.has(at)) continue;
      seen.add(at);
      for (const deed of graph.deeds(step.world)) {
        const price = graph.price(step.world, deed);
        if (price === null) continue;
        const next: Step = { world: deed.to, row: covers(compiled, step, deed).row, deed, from: step };
        if (deedKey(compiled, step.world, deed) === key && step.world.process === process) return wayTo(next);
        (open[cost + price] ??= []).push(next);
      }
    }
  }
  return null;
}

function wayTo(end: Step): readonly TimedDeed[] {
  const way: TimedDeed[] = [];
  for (let at: Step | null = end; at !== null; at = at.from) if (at.deed !== null) way.unshift(at.deed);
  return way;
}
