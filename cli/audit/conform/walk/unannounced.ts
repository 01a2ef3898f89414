/**
 * Changes of state that were not announced, collected: one divergence a state, whatever led to it.
 */
import type { Compiled } from '../../../../machines/compile.js';
import { stateIn } from '../../../../model-tests/walk/binary/announced.js';
import { firstWorld } from '../../../../model-tests/walk/binary/world.js';
import type { Deed, World } from '../../../../model-tests/walk/binary/world.js';
import type { Divergence, Known } from '../finding.js';
import { deedKey, shortestTo } from './graph.js';
import type { WalkGraph } from './graph.js';
import { deedTitle, pathScript } from './words.js';

export const knownAnnouncements: Known = { rule: 'behaviour.md §3', text: 'Changes into DELAY, RESTART and SHUTDOWN are not always announced.' };
/** The states of which that is known. */
export const knownUnannounced: readonly string[] = ['DELAY', 'RESTART', 'SHUTDOWN'];

interface Place {
  readonly key: string;
  readonly world: World;
  readonly deed: Deed;
}

export class Unannounced {
  private readonly byState = new Map<string, Place[]>();

  constructor(private readonly compiled: Compiled) {}

  add(states: readonly string[], world: World, deed: Deed): void {
    const key = deedKey(this.compiled, world, deed);
    for (const state of new Set(states)) {
      const places = this.byState.get(state) ?? [];
      if (!places.some((each) => each.key === key)) this.byState.set(state, [...places, { key, world, deed }]);
    }
  }

  /** `graphs`: where a short path to each may be found. */
  divergences(graphs: readonly WalkGraph[]): readonly Divergence[] {
    return [...this.byState].flatMap(([state, [first, ...others]]): readonly Divergence[] => {
      if (first === undefined) return [];
      const way = graphs.map((graph) => shortestTo(this.compiled, graph, first.key, first.world.process)).find((path) => path !== null);
      return [
        {
          part: 'services',
          kind: 'differs',
          title: `a change into ${state} that is not announced: ${deedTitle(this.compiled, first.deed)}`,
          rule: 'behaviour.md §7',
          expected: `${state} is announced`,
          seen: `it is not, where a service leaves ${stateIn(this.compiled, first.world.leaf)}`,
          script: pathScript(this.compiled, way ?? [first.deed], firstWorld(this.compiled)),
          also: others.map(({ deed }) => deedTitle(this.compiled, deed)),
          known: knownUnannounced.includes(state) ? knownAnnouncements : null,
        },
      ];
    });
  }
}
