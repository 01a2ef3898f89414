/**
 * From failures of lanes to divergences: those that are alike are one, and each is tried alone, by the shortest path that leads to it.
 */
import type { Compiled } from '../../../../machines/compile.js';
import { deedsIn, firstWorld } from '../../../../model-tests/walk/binary/world.js';
import type { Deed, World } from '../../../../model-tests/walk/binary/world.js';
import type { Path, Setting } from '../../../../model-tests/walk/binary/plan.js';
import { Ended } from '../finding.js';
import type { Divergence, Known } from '../finding.js';
import type { Hung } from '../finding.js';
import type { Walked } from './company.js';
import { deedKey } from './graph.js';
import { contrast, deedTitle, inWords, pathScript } from './words.js';

/** A path that was not walked to its end, and the deed at which it was not. */
export interface Failure {
  readonly key: string;
  /** The world before the deed. */
  readonly world: World;
  /** Up to the deed. */
  readonly path: Path;
  /** What the path was laid for: elsewhere it might wait for a delay that does not end. */
  readonly setting: Setting;
  readonly variety: number;
  /** A timer may have been faster: then it proves nothing. */
  readonly mayBeLate: boolean;
  readonly kind: Divergence['kind'];
  readonly expected: string;
  readonly seen: string;
  /** The loss of a daemon that it was part of. */
  readonly loss: Ended | Hung | null;
}

/** The request by which a service is left. */
export function downIn(compiled: Compiled, world: World): Deed | undefined {
  return world.born ? deedsIn(compiled, world).find(({ stimulus }) => stimulus.kind === 'ask' && stimulus.what === 'DOWN') : undefined;
}

/** What a path was at when it failed; where all of it was done, the request by which its service is left. */
function deedAt(compiled: Compiled, world: World, { path, done, isLeft }: Walked): Deed | undefined {
  return isLeft ? downIn(compiled, world) : path[done.length];
}

export function failureOf(compiled: Compiled, setting: Setting, walked: Walked, loss: Ended | Hung | null): Failure | null {
  const { done, outcome, message, variety } = walked;
  const world = done[done.length - 1]?.to ?? firstWorld(compiled);
  const deed = deedAt(compiled, world, walked);
  if (deed === undefined) return null;
  const about = { key: deedKey(compiled, world, deed), world, path: [...done, deed], setting, variety, mayBeLate: outcome === 'astray', loss };
  if (loss instanceof Ended) return { ...about, kind: 'ended', expected: 'nitro goes on and answers', seen: loss.seen };
  if (loss !== null) return { ...about, kind: 'hung', expected: 'nitro goes on and answers', seen: 'nitro runs, and does not answer requests any more' };
  return { ...about, kind: 'differs', ...inWords(message) };
}

/**
 * Failures that are alike, the shortest path first: it is the one that is tried and shown. What makes them so is that the same was expected and the
 * same was seen, and the same is known of it; where the daemon went, that the deed is the same.
 */
export function alike(failures: readonly Failure[], knownOf: (failure: Failure) => Known | null): readonly (readonly Failure[])[] {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const { kind, expected, seen, key } = failure;
    const likeness = JSON.stringify(kind === 'differs' ? [kind, knownOf(failure)?.text, ...contrast(expected, seen)] : [kind, key]);
    groups.set(likeness, [...(groups.get(likeness) ?? []), failure]);
  }
  return [...groups.values()].map((group) => group.sort((a, b) => a.path.length - b.path.length));
}

/** In how many losses they were being done: who did it was there each time. */
export function losses(group: readonly Failure[]): ReadonlySet<Ended | Hung> {
  return new Set(group.flatMap(({ loss }) => loss ?? []));
}

/** A divergence of several failures that are alike. `confirmed`: the first was seen again alone. */
export function divergenceOf(compiled: Compiled, failures: readonly Failure[], confirmed: boolean, known: Known | null): Divergence | null {
  const [first] = failures;
  const deed = first?.path[first.path.length - 1];
  if (first === undefined || deed === undefined) return null;
  const titles = [...new Set(failures.flatMap(({ path }) => path.slice(-1).map((each) => deedTitle(compiled, each))))];
  return {
    part: 'services',
    kind: first.kind,
    title: deedTitle(compiled, deed),
    rule: 'behaviour.md §3',
    expected: first.expected,
    seen: confirmed ? first.seen : `${first.seen} (once; not when it was tried alone)`,
    script: pathScript(compiled, first.path, firstWorld(compiled)),
    also: titles.filter((title) => title !== deedTitle(compiled, deed)),
    known,
  };
}
