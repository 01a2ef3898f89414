/**
 * Which paths are walked on the binary: those that cover every transition, pair of transitions and ignored event that can be caused.
 *
 * Theory of operation. The worlds and deeds of `world.ts` are a graph, in which paths are laid (`paths.ts`). Delays are those of a whole daemon, so
 * paths are laid for one *setting* after the other: the delays that are short in it, and whether its paths see the system go down.
 * In a leaf whose timer is short the next deed is that timer, or has to be done in time; a delay that is not short never ends.
 */
import type { Compiled } from '../../../machines/compile.js';
import { explore, layPaths } from './paths.js';
import type { Graph } from './paths.js';
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

/** Longest path of the service machine, in deeds; a new one is begun then. */
const deedsMax = 24;

/** Everything that can be covered from outside. */
export function coverable(compiled: Compiled): ReadonlySet<string> {
  return explore(compiled, serviceGraph(compiled, null));
}

/** Lay paths, setting by setting. What no setting's paths cover is left over. */
export function plan(compiled: Compiled, settings: readonly Setting[]): { readonly planned: readonly Planned[]; readonly left: ReadonlySet<string> } {
  const left = new Set(coverable(compiled));
  const planned = settings.map((setting) => ({ setting, paths: layPaths(compiled, serviceGraph(compiled, setting), left, deedsMax) }));
  return { planned, left };
}

function serviceGraph(compiled: Compiled, setting: Setting | null): Graph<World, Deed> {
  const known = new Map<string, readonly Deed[]>();
  return {
    first: firstWorld(compiled),
    deeds: (world) => {
      const key = JSON.stringify(world);
      const deeds = known.get(key) ?? deedsIn(compiled, world);
      known.set(key, deeds);
      return deeds;
    },
    price: (world, deed) => (setting === null ? 1 : priceOf(compiled, setting, world, deed)),
  };
}

/** What a deed costs in a setting, in steps; null: it cannot be done there. */
export function priceOf(compiled: Compiled, setting: Setting, world: World, { stimulus, scene, lifeWasShort }: Deed): number | null {
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
