/**
 * The divergences of a walk over services, as they are found: those that come of one cause are one, which lists all its instances.
 *
 * Failures are alike, and one cause is taken for granted, where the same was expected and the same was seen, whatever the state was called; where
 * the daemon went, if it did so on the same event; after a walk, if the same was left behind. What the reference is known to do is never put
 * together with what it is not.
 */
import { serviceMachine } from '../../../../machines/service.js';
import type { Compiled } from '../../../../machines/compile.js';
import type { Setting } from '../../../../model-tests/walk/binary/plan.js';
import type { Divergence, Known } from '../finding.js';
import { correctsOf } from './corrects.js';
import { hangs } from './graph.js';
import { divergenceOf } from './settle.js';
import type { Failure } from './settle.js';
import { knownAnnouncements } from './unannounced.js';
import { contrast, deedTitle } from './words.js';

const knownHanging: Known = {
  rule: 'behaviour.md §4',
  text: 'The reference waits for the exec, so that a script on a file system that hangs stops all supervision.',
};

/** What is known of the reference where a path failed. */
export function knownOf(compiled: Compiled, { kind, path, expected }: Failure): Known | null {
  const deed = path[path.length - 1];
  if (deed === undefined) return null;
  if (kind === 'hung') return hangs(deed) ? knownHanging : null;
  for (const move of deed.moves) {
    const text = correctsOf(serviceMachine, compiled, move, kind === 'ended');
    if (text !== null) return { rule: 'behaviour.md §3', text };
  }
  return /^(?:DELAY|RESTART|SHUTDOWN) is announced/.test(expected) && kind === 'differs' ? knownAnnouncements : null;
}

export class Findings {
  readonly divergences: Divergence[] = [];
  /** Places of divergences, by what makes others one with them. */
  private readonly places = new Map<string, number>();

  constructor(private readonly compiled: Compiled) {}

  /** Failures that are alike, the first of which was tried alone, and came to `again`: null, if to nothing. */
  add(group: readonly Failure[], again: Failure | null): void {
    const [tried] = group;
    const first = again ?? tried;
    if (tried === undefined || first === undefined) return;
    const known = knownOf(this.compiled, first);
    if (again !== null && known?.text !== knownOf(this.compiled, tried)?.text) {
      // What came of it alone is something else, and explains nothing.
      this.add([again], again);
      this.add(group, null);
      return;
    }
    const causes = [this.cause(first, again !== null), this.cause(tried, again !== null)];
    const place = causes.map((cause) => this.places.get(cause)).find((each) => each !== undefined);
    const found = divergenceOf(this.compiled, again === null ? group : [again, ...group], again !== null, known);
    if (found === null) return;
    for (const cause of causes) this.places.set(cause, place ?? this.divergences.length);
    this.put(place, found);
  }

  /** Was the same seen before? Then the failures are instances of that. */
  addLike(group: readonly Failure[]): boolean {
    const [first] = group;
    const place = first === undefined ? undefined : this.places.get(this.cause(first, true));
    const found = place === undefined ? undefined : this.divergences[place];
    if (place === undefined || found === undefined) return false;
    const titles = group.flatMap(({ path }) => path.slice(-1).map((deed) => deedTitle(this.compiled, deed)));
    this.put(place, { ...found, title: titles[0] ?? found.title, also: titles });
    return true;
  }

  /** What a daemon left behind that many services shared. */
  afterwards(setting: Setting, paths: number, message: string): void {
    const [first = '', ...more] = message.split('\n');
    const found: Divergence = {
      part: 'services',
      kind: 'differs',
      title: `after ${String(paths)} path${paths === 1 ? '' : 's'} of services (${setting.name})`,
      rule: 'behaviour.md §4',
      expected: 'nitro leaks no descriptor, ends with 0, and leaves no process behind',
      seen: first,
      script: '# the walk as a whole; see the probes of descriptors for a short script',
      also: more.slice(0, 3),
      known: null,
    };
    const cause = `after: ${first.replace(/\d+/g, 'N')}`;
    const place = this.places.get(cause);
    this.places.set(cause, place ?? this.divergences.length);
    this.put(place, place === undefined ? found : { ...found, also: [] });
  }

  /** A divergence, or one more instance of that at a place. */
  private put(place: number | undefined, found: Divergence): void {
    const same = place === undefined ? undefined : this.divergences[place];
    if (place === undefined || same === undefined) this.divergences.push(found);
    else this.divergences[place] = { ...same, also: [...new Set([...same.also, found.title, ...found.also])].filter((title) => title !== same.title) };
  }

  private cause(failure: Failure, isConfirmed: boolean): string {
    const { kind, path, expected, seen } = failure;
    const known = knownOf(this.compiled, failure)?.text ?? '';
    const event = path[path.length - 1]?.moves[0]?.event ?? '';
    return JSON.stringify([kind, known, isConfirmed, ...(kind === 'differs' ? contrast(expected, seen) : [seen, event])]);
  }
}
