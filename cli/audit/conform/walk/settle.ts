/**
 * From failures of lanes to divergences: those that are alike are one, and each is tried alone, by the shortest path that leads to it.
 */
import type { Compiled } from '../../../../machines/compile.js';
import { firstWorld } from '../../../../model-tests/walk/binary/world.js';
import type { World } from '../../../../model-tests/walk/binary/world.js';
import type { Path } from '../../../../model-tests/walk/binary/plan.js';
import { Ended } from '../finding.js';
import type { Divergence, Known } from '../finding.js';
import type { Hung } from '../finding.js';
import type { Walked } from './company.js';
import { deedKey, hangs } from './graph.js';
import { deedTitle, inWords, pathScript } from './words.js';

/** A path that was not walked to its end, and the deed at which it was not. */
export interface Failure {
  readonly key: string;
  /** The world before the deed. */
  readonly world: World;
  /** Up to the deed. */
  readonly path: Path;
  readonly kind: Divergence['kind'];
  readonly expected: string;
  readonly seen: string;
  /** The loss of a daemon that it was part of. */
  readonly loss: Ended | Hung | null;
}

export function failureOf(compiled: Compiled, { path, done, message }: Walked, loss: Ended | Hung | null): Failure | null {
  const deed = path[done.length];
  if (deed === undefined) return null;
  const world = done[done.length - 1]?.to ?? firstWorld(compiled);
  const about = { key: deedKey(compiled, world, deed), world, path: path.slice(0, done.length + 1), loss };
  if (loss instanceof Ended) return { ...about, kind: 'ended', expected: 'nitro goes on and answers', seen: loss.seen };
  if (loss !== null) return { ...about, kind: 'hung', expected: 'nitro goes on and answers', seen: 'nitro runs, and does not answer requests any more' };
  return { ...about, kind: 'differs', ...inWords(message) };
}

/** What makes failures alike: that the same was expected and the same was seen; where the daemon went, that the deed is the same. */
export function likeness({ kind, expected, seen, key }: Failure): string {
  return JSON.stringify(kind === 'differs' ? [kind, expected, seen] : [kind, key]);
}

/** Failures that are alike, the shortest path first: it is the one that is tried and shown. */
export function alike(failures: readonly Failure[]): readonly (readonly Failure[])[] {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) groups.set(likeness(failure), [...(groups.get(likeness(failure)) ?? []), failure]);
  return [...groups.values()].map((group) => group.sort((a, b) => a.path.length - b.path.length));
}

/** In how many losses they were being done: who did it was there each time. */
export function losses(group: readonly Failure[]): ReadonlySet<Ended | Hung> {
  return new Set(group.flatMap(({ loss }) => loss ?? []));
}

/** A divergence of several failures that are alike. `confirmed`: the first was seen again alone. */
export function divergenceOf(
  compiled: Compiled,
  failures: readonly Failure[],
  { confirmed, known }: { readonly confirmed: boolean; readonly known: (failure: Failure) => Known | null },
): Divergence | null {
  const [first] = failures;
  const deed = first?.path[first.path.length - 1];
  if (first === undefined || deed === undefined) return null;
  const titles = [...new Set(failures.flatMap(({ path }) => path.slice(-1).map((each) => deedTitle(compiled, each))))];
  const all = failures.map((failure) => known(failure));
  return {
    part: 'services',
    kind: first.kind,
    title: deedTitle(compiled, deed),
    rule: 'behaviour.md §3',
    expected: first.expected,
    seen: confirmed ? first.seen : `${first.seen} (once; not when it was tried alone)`,
    script: pathScript(compiled, first.path, firstWorld(compiled)),
    also: titles.filter((title) => title !== deedTitle(compiled, deed)),
    known: all.every((each) => each !== null) ? (all[0] ?? null) : null,
  };
}

export { hangs };
