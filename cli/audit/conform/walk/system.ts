/**
 * The system machine, walked on a foreign daemon: each path is a daemon, from boot to end, as an ordinary process and as pid 1 of a container.
 *
 * As with the service machine, in rounds: a deed at which a path diverged is tried once more by the shortest path, and then avoided.
 */
import { existsSync } from 'node:fs';
import { compile } from '../../../../machines/compile.js';
import { systemMachine } from '../../../../machines/system.js';
import { cover } from '../../../../model-tests/walk/binary/cover.js';
import { covers, explore, layPaths } from '../../../../model-tests/walk/binary/paths.js';
import type { Graph } from '../../../../model-tests/walk/binary/paths.js';
import type { WalkOptions } from '../../../../model-tests/walk/binary/options.js';
import { systemReasons } from '../../../../model-tests/walk/binary/system-exceptions.js';
import { SystemLane } from '../../../../model-tests/walk/binary/system-lane.js';
import { firstSystem, systemDeedsIn } from '../../../../model-tests/walk/binary/system-world.js';
import type { SystemDeed, SystemWorld } from '../../../../model-tests/walk/binary/system-world.js';
import { mayBePid1, walkPath } from '../../../../model-tests/walk/binary/walk-system.js';
import type { SystemPath, Walked } from '../../../../model-tests/walk/binary/walk-system.js';
import type { Daemon } from '../../../../tests/end-to-end/harness/daemon.js';
import { packet, Tag } from '../../../../tests/end-to-end/harness/wire.js';
import { pause } from '../../../../tests/end-to-end/harness/wait.js';
import { serviceTable } from '../../../../table/service.js';
import { systemTable } from '../../../../table/system.js';
import type { Facts } from '../facts.js';
import type { Divergence, Known } from '../finding.js';
import { inParallel } from '../parallel.js';
import type { Bounds, PartReport } from '../part.js';
import { howItEnded } from './company.js';
import { correctsOf } from './corrects.js';
import { leftOut } from './lane.js';
import { systemDeedKey, systemScript, systemTitle } from './system-words.js';
import { knownAnnouncements, knownUnannounced } from './unannounced.js';
import { inWords } from './words.js';

const roundsMax = 6;
/** How often a path is begun that a timer was faster than. */
const attemptsMax = 4;
const deedsMax = 40;
const lagMs = 300;
/** How often the state must be found to be there before its announcement is given up. */
const looksMin = 3;

/** Goes on where nothing was announced of SYS, as `lane.ts` does for services. */
function tolerant(missing: (states: readonly string[]) => void): typeof SystemLane {
  return class extends SystemLane {
    protected override async heardAll(): Promise<void> {
      const { announced } = this.sys;
      let next = performance.now() + lagMs;
      const until = performance.now() + (this.nitro.description.patienceMs ?? 15_000);
      let looks = 0;
      while (announced.length < this.expected.length && performance.now() < until && this.nitro.exit === undefined) {
        await pause(5);
        if (performance.now() < next) continue;
        next = performance.now() + lagMs;
        // The control socket may be closed: then nothing but time shows that nothing comes.
        const state = await this.nitro.query('SYS').then((found) => found?.state ?? 'DOWN', () => null);
        const states = leftOut(this.expected, announced);
        looks = state === this.shown && states !== null && states.length > 0 ? looks + 1 : 0;
        if (looks < looksMin || states === null) continue;
        missing(states);
        this.expected.splice(0, this.expected.length, ...announced);
      }
      if (announced.length < this.expected.length) throw new Error('not in time: an announcement');
    }
  };
}

const gone = 'gone: ';

/** What became of the daemon, if that explains a failure. */
async function diagnose(nitro: Daemon, error: Error): Promise<Error> {
  const isClosed = !existsSync(nitro.socket);
  // That it ended, as it should, otherwise than it should is said already.
  if (nitro.exit !== undefined) return error.message.startsWith('nitro ended with') ? error : new Error(`${gone}${howItEnded(nitro).seen}\n${error.message}`);
  if (isClosed) return error;
  const answer = nitro.request(packet(Tag.INFO)).then((reply) => reply !== null, () => false);
  return (await answer) ? error : new Error(`nitro runs, and does not answer requests any more\n${error.message}`);
}

/** What a complaint says. */
function wordsOf(message: string): Pick<Divergence, 'kind' | 'expected' | 'seen'> {
  const [first = ''] = message.split('\n');
  const goesOn = 'nitro goes on and answers';
  if (first.startsWith(gone)) return { kind: 'ended', expected: goesOn, seen: first.slice(gone.length) };
  if (first.startsWith('nitro runs, and')) return { kind: 'hung', expected: goesOn, seen: first };
  return { kind: 'differs', ...inWords(message) };
}

/** What makes divergences one: the cause, and whether they were seen again alone. */
function placeOf(cause: string, confirmed: boolean): string {
  return `${String(confirmed)} ${cause}`;
}

interface Failure {
  readonly key: string;
  readonly path: SystemPath;
  readonly deed: SystemDeed;
  readonly message: string;
  /** A timer may have been faster: then it proves nothing. */
  readonly mayBeLate: boolean;
}

export class SystemWalk {
  private readonly compiled = compile(systemMachine);
  private readonly covered = new Set<string>();
  private readonly avoid = new Set<string>();
  private readonly missing = new Set<string>();
  private readonly divergences: Divergence[] = [];
  /** Places of divergences, by what makes others one with them. */
  private readonly places = new Map<string, number>();
  private readonly count = { paths: 0, steps: 0, late: 0 };
  private readonly options: WalkOptions;
  private readonly trouble: string | null;

  constructor(
    private readonly facts: Facts,
    private readonly bounds: Bounds,
  ) {
    const own = facts.setsDelays ? {} : { ownDelaysMs: { ...serviceTable.delays, ...systemTable.delays } };
    this.options = {
      target: facts.target,
      patienceMs: facts.patienceMs,
      diagnose,
      attempts: attemptsMax,
      systemLane: tolerant((states) => states.forEach((state) => this.missing.add(state))),
      ...own,
    };
    this.trouble = mayBePid1() ? null : 'this user may not make the namespaces of one';
  }

  async walk(): Promise<PartReport> {
    for (let round = 1; round <= roundsMax && !this.bounds.isOver(); round++) {
      const paths = this.lay();
      if (paths.length === 0) break;
      const failures = await this.walkRound(paths);
      if (failures.length === 0) break;
      await this.settle(failures);
    }
    for (const state of this.missing) this.divergences.push(this.notAnnounced(state));
    const reasons = systemReasons(this.compiled);
    const why = `needs nitro as pid 1 of a container: ${this.trouble ?? ''}`;
    const excused = { row: () => why, pair: () => why, ignored: (leaf: string, event: string) => reasons.ignored(leaf, event) ?? why };
    return {
      part: 'system',
      whatIs: this.compiled.id,
      lines: [
        `${String(this.count.paths)} paths, each a daemon, ${String(this.count.steps)} steps; ` +
          `${String(this.count.late)} begun again because a timer was faster.`,
        ...(this.trouble === null ? [] : [`Not as pid 1: ${this.trouble}`]),
      ],
      covered: cover(this.compiled, this.trouble === null ? reasons : { ...reasons, ...excused }, this.coverable(), this.covered),
      divergences: this.divergences,
    };
  }

  private graph(isPid1: boolean, avoid: ReadonlySet<string>): Graph<SystemWorld, SystemDeed> {
    return {
      first: firstSystem(this.compiled, isPid1),
      deeds: (world) => systemDeedsIn(this.compiled, world).filter((deed) => !avoid.has(systemDeedKey(this.compiled, deed, isPid1))),
      price: (_world, { stimulus }) => (stimulus.kind === 'wait' ? 3 : 1),
    };
  }

  private get kinds(): readonly boolean[] {
    return this.trouble === null ? [false, true] : [false];
  }

  private coverable(): ReadonlySet<string> {
    return new Set(this.kinds.flatMap((isPid1) => [...explore(this.compiled, this.graph(isPid1, new Set()))]));
  }

  private lay(): readonly SystemPath[] {
    const left = new Set([...this.coverable()].filter((goal) => !this.covered.has(goal)));
    return this.kinds.flatMap((isPid1) => layPaths(this.compiled, this.graph(isPid1, this.avoid), left, deedsMax).map((deeds) => ({ isPid1, deeds })));
  }

  private async walkRound(paths: readonly SystemPath[]): Promise<readonly Failure[]> {
    const failures: Failure[] = [];
    let done = 0;
    await inParallel(paths, this.facts.setsDelays ? this.bounds.jobs : 3 * this.bounds.jobs, async (path) => {
      if (this.bounds.isOver()) return;
      const failure = await this.tryPath(path);
      this.count.paths += 1;
      if (failure !== null) failures.push(failure);
      this.bounds.progress('system', (done += 1), paths.length);
    });
    return failures;
  }

  private async tryPath(path: SystemPath): Promise<Failure | null> {
    let result: Pick<Walked, 'steps' | 'repeated' | 'failure' | 'late'>;
    try {
      result = await walkPath(this.compiled, path, this.options);
    } catch (error) {
      result = { steps: 0, repeated: 0, failure: error instanceof Error ? error.message : String(error), late: 'no' };
    }
    const { steps, repeated, failure, late } = result;
    let row = '';
    for (const deed of path.deeds.slice(0, steps)) {
      const found = covers(this.compiled, { row }, deed);
      for (const goal of found.goals) this.covered.add(goal);
      ({ row } = found);
    }
    this.count.steps += steps;
    this.count.late += repeated;
    const deed = path.deeds[steps];
    if (failure === null || late === 'proves nothing' || deed === undefined) return null;
    const upToHere = { ...path, deeds: path.deeds.slice(0, steps + 1) };
    return { key: systemDeedKey(this.compiled, deed, path.isPid1), path: upToHere, deed, message: failure, mayBeLate: late === 'may be' };
  }

  /** Try one failure of each cause alone, and do not do again what they came of. */
  private async settle(failures: readonly Failure[]): Promise<void> {
    const groups = new Map<string, Failure[]>();
    for (const failure of failures) groups.set(this.causeOf(failure), [...(groups.get(this.causeOf(failure)) ?? []), failure]);
    await inParallel([...groups.values()], this.bounds.jobs, async (group) => {
      const [first] = group.sort((a, b) => a.path.deeds.length - b.path.deeds.length);
      if (first === undefined) return;
      // What was seen again alone before is one more instance of that.
      const isSeen = this.places.has(placeOf(this.causeOf(first), true));
      const again = isSeen ? first : await this.tryPath(this.shortest(first));
      // It was only slow.
      if (again === null && group.every(({ mayBeLate }) => mayBeLate)) return;
      const isOther = again !== null && this.causeOf(again) !== this.causeOf(first);
      for (const { key } of again === null ? group : [...group, again]) this.avoid.add(key);
      if (again !== null) this.add(again, true);
      for (const each of group) this.add(each, again !== null && !isOther);
    });
  }

  /** Failures of one cause: that the same was expected and seen; where the daemon went, the phase that it was going into. */
  private causeOf({ deed, message }: Failure): string {
    const { kind, expected, seen } = wordsOf(message);
    return JSON.stringify([kind, this.known(deed, kind)?.text, expected, kind === 'differs' ? seen : deed.moves[0]?.next]);
  }

  /** The shortest path to the same deed. */
  private shortest({ path, key }: Failure): SystemPath {
    const graph = this.graph(path.isPid1, this.avoid);
    const deeds = (world: SystemWorld): readonly SystemDeed[] => graph.deeds(world);
    const open: { readonly world: SystemWorld; readonly way: readonly SystemDeed[] }[] = [{ world: graph.first, way: [] }];
    const seen = new Set<string>();
    for (let at = open.shift(); at !== undefined; at = open.shift()) {
      for (const deed of deeds(at.world)) {
        const way = [...at.way, deed];
        if (systemDeedKey(this.compiled, deed, path.isPid1) === key) return { ...path, deeds: way };
        const name = JSON.stringify(deed.to);
        if (seen.has(name)) continue;
        seen.add(name);
        open.push({ world: deed.to, way });
      }
    }
    return path;
  }

  /** Divergences of one cause are one. */
  private add(failure: Failure, confirmed: boolean): void {
    const { path, deed, message } = failure;
    const { kind, expected, seen } = wordsOf(message);
    const title = `${systemTitle(this.compiled, deed)}${path.isPid1 ? ', as pid 1' : ''}`;
    const cause = placeOf(this.causeOf(failure), confirmed);
    const at = this.places.get(cause);
    const same = at === undefined ? undefined : this.divergences[at];
    if (at !== undefined && same !== undefined) {
      if (title !== same.title && !same.also.includes(title)) this.divergences[at] = { ...same, also: [...same.also, title] };
      return;
    }
    this.places.set(cause, this.divergences.length);
    this.divergences.push({
      part: 'system',
      kind,
      title,
      rule: 'behaviour.md §6',
      expected,
      seen: confirmed ? seen : `${seen} (once; not when it was tried again)`,
      script: systemScript(this.compiled, path),
      also: [],
      known: this.known(deed, kind),
    });
  }

  private known(deed: SystemDeed, kind: Divergence['kind']): Known | null {
    if (kind !== 'differs') return null;
    for (const move of deed.moves) {
      const text = correctsOf(systemMachine, this.compiled, move);
      if (text !== null) return { rule: 'behaviour.md §6', text };
    }
    return null;
  }

  private notAnnounced(state: string): Divergence {
    return {
      part: 'system',
      kind: 'differs',
      title: `SYS in ${state} is not announced`,
      rule: 'behaviour.md §7',
      expected: `${state} is announced of SYS`,
      seen: 'it is not',
      script: 'nitroctl events & # and then a shutdown, with a SYS/finish that waits',
      also: [],
      known: knownUnannounced.includes(state) ? knownAnnouncements : null,
    };
  }
}
