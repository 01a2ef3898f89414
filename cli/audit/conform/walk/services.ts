/**
 * The service machine, walked on a foreign daemon.
 *
 * Theory of operation. In rounds: paths are laid for all goals that are left, and walked, as many at a time as a daemon can be listened to for,
 * on several daemons at once. A path that ends at a divergence has covered what came before; the deed it ended at is tried once more, alone,
 * and then no path takes it any more. A daemon that ends or hangs takes all its paths with it: the deeds that were being done just then are
 * tried one by one, each on a daemon of its own, to find the one that did it.
 */
import { compile } from '../../../../machines/compile.js';
import { serviceMachine } from '../../../../machines/service.js';
import { cover } from '../../../../model-tests/walk/binary/cover.js';
import { earsMax } from '../../../../model-tests/walk/binary/ears.js';
import { serviceReasons } from '../../../../model-tests/walk/binary/exceptions.js';
import { covers, explore, layPaths } from '../../../../model-tests/walk/binary/paths.js';
import { coverable } from '../../../../model-tests/walk/binary/plan.js';
import type { Path, Setting } from '../../../../model-tests/walk/binary/plan.js';
import { serviceSettings } from '../../../../model-tests/walk/binary/settings.js';
import type { WalkOptions } from '../../../../model-tests/walk/binary/options.js';
import type { Covered } from '../../../../model-tests/walk/report.js';
import { serviceTable } from '../../../../table/service.js';
import type { Facts } from '../facts.js';
import type { Divergence, Known } from '../finding.js';
import { inParallel } from '../parallel.js';
import type { Bounds, PartReport } from '../part.js';
import { perform } from './company.js';
import type { Performance, Walked } from './company.js';
import { correctsOf } from './corrects.js';
import { shortestTo, walkGraph } from './graph.js';
import type { Around } from './graph.js';
import { tolerantLane } from './lane.js';
import { alike, divergenceOf, failureOf, hangs, likeness, losses } from './settle.js';
import type { Failure } from './settle.js';
import { knownAnnouncements, Unannounced } from './unannounced.js';
import { deedTitle } from './words.js';

const roundsMax = 5;
/** How often paths are begun again that a timer was faster than. */
const attemptsMax = 3;
const deedsMax = 24;
/** Where each timer has to be waited for, shorter paths at the same time are faster. */
const deedsMaxOwn = 10;
const alonesMax = 40;

const all = ['CREATION', 'STARTING', 'RESPAWN', 'SPAWN_ERROR', 'SHUTDOWN', 'FINISH'];
const ownSettings: readonly Setting[] = [
  { name: 'up', short: all, phase: 'up' },
  { name: 'up, short of descriptors', short: all, phase: 'up', isSerial: true },
  { name: 'down', short: all, phase: 'down' },
];

interface Task {
  readonly setting: Setting;
  readonly paths: readonly Path[];
  readonly attempt: number;
}

const knownHanging: Known = {
  rule: 'behaviour.md §4',
  text: 'The reference waits for the exec, so that a script on a file system that hangs stops all supervision.',
};

export class ServiceWalk {
  private readonly compiled = compile(serviceMachine);
  private readonly covered = new Set<string>();
  private readonly avoid = new Set<string>();
  private readonly divergences: Divergence[] = [];
  private readonly byLikeness = new Map<string, Divergence>();
  private readonly unannounced = new Unannounced(this.compiled);
  private readonly count = { paths: 0, steps: 0, daemons: 0, late: 0 };
  private readonly around: Around;
  private readonly options: WalkOptions;
  private readonly settings: readonly Setting[];

  constructor(
    private readonly facts: Facts,
    private readonly bounds: Bounds,
    noHanging: boolean,
  ) {
    const ownMs: Readonly<Record<string, number>> | null = facts.setsDelays ? null : serviceTable.delays;
    this.around = { avoid: this.avoid, noHanging, ownMs };
    this.settings = ownMs === null ? serviceSettings : ownSettings;
    const lane = tolerantLane({ tellsScripts: facts.tellsScripts, missing: (states, world, deed) => this.unannounced.add(states, world, deed) });
    this.options = { target: facts.target, patienceMs: facts.patienceMs, lane, ...(ownMs === null ? {} : { ownDelaysMs: ownMs }) };
  }

  async walk(): Promise<PartReport> {
    const { compiled } = this;
    for (let round = 1; round <= roundsMax && (round === 1 || !this.bounds.isOver()); round++) {
      const tasks = this.lay();
      if (tasks.length === 0) break;
      const failures = await this.walkRound(tasks);
      if (failures.length === 0) break;
      await this.settle(failures);
    }
    const everything = { ...this.around, avoid: new Set<string>() };
    this.divergences.push(...this.unannounced.divergences(this.settings.map((setting) => walkGraph(compiled, setting, everything))));
    const possible = this.around.ownMs === null && !this.around.noHanging ? null : this.possible();
    return {
      part: 'services',
      lines: [
        `${String(this.count.paths)} paths, ${String(this.count.steps)} steps, ${String(this.count.daemons)} daemons; ` +
          `${String(this.count.late)} begun again because a timer was faster.`,
      ],
      covered: this.cover(possible),
      divergences: this.divergences,
      whatIs: compiled.id,
    };
  }

  private cover(possible: ReadonlySet<string> | null): readonly Covered[] {
    const reachable = coverable(this.compiled);
    const reasons = serviceReasons(this.compiled);
    const why = this.around.noHanging ? 'needs an exec that hangs, or a delay that can be set' : 'needs a delay that can be set';
    if (possible === null) return cover(this.compiled, reasons, reachable, this.covered);
    return cover(
      this.compiled,
      { row: (edge) => reasons.row(edge) ?? why, pair: (a, b) => reasons.pair(a, b) ?? why, ignored: (leaf, event) => reasons.ignored(leaf, event) ?? why },
      possible,
      this.covered,
    );
  }

  /** What can be covered on this daemon, whatever it does. */
  private possible(): ReadonlySet<string> {
    return explore(this.compiled, walkGraph(this.compiled, null, { ...this.around, avoid: new Set() }));
  }

  /** Paths for all that is left, in companies. */
  private lay(): readonly Task[] {
    const left = new Set([...coverable(this.compiled)].filter((goal) => !this.covered.has(goal)));
    return this.settings.flatMap((setting) => {
      const paths = layPaths(this.compiled, walkGraph(this.compiled, setting, this.around), left, this.around.ownMs === null ? deedsMax : deedsMaxOwn);
      const size = setting.isSerial === true && this.around.ownMs !== null ? 4 : earsMax;
      return Array.from(
        { length: Math.ceil(paths.length / size) },
        (_, index): Task => ({ setting, paths: paths.slice(index * size, (index + 1) * size), attempt: 1 }),
      );
    });
  }

  private async walkRound(tasks: readonly Task[]): Promise<readonly Failure[]> {
    const failures: Failure[] = [];
    const total = tasks.reduce((sum, { paths }) => sum + paths.length, 0);
    let done = 0;
    let begun = 0;
    // Those with the longest waits go first.
    const open = [...tasks].sort((a, b) => b.setting.short.length - a.setting.short.length);
    await inParallel(open, this.bounds.jobs, async (task, add) => {
      // However short the time is, something is walked.
      if (begun >= this.bounds.jobs && this.bounds.isOver()) return;
      begun += 1;
      const performance = await this.perform(task.setting, task.attempt, task.paths);
      const late: Path[] = [];
      for (const walked of performance.walked) {
        if (walked.outcome === 'late' && performance.loss === null) late.push(walked.path);
        if (walked.outcome !== 'differs' && walked.outcome !== 'lost') continue;
        const failure = failureOf(this.compiled, walked, performance.loss);
        if (failure !== null) failures.push(failure);
      }
      if (performance.aftermath !== null) this.divergences.push(this.afterwards(task, performance.aftermath));
      this.count.paths += task.attempt === 1 ? task.paths.length : 0;
      this.count.late += late.length;
      if (late.length > 0 && task.attempt < attemptsMax) add({ ...task, paths: late, attempt: task.attempt + 1 });
      done += task.paths.length - late.length;
      this.bounds.progress('services', done, total);
    });
    return failures;
  }

  private async perform(setting: Setting, attempt: number, paths: readonly Path[], options = this.options): Promise<Performance> {
    const parts = setting.isSerial === true && setting.phase === 'up' ? paths.map((path) => [path]) : [paths];
    const result = await perform(this.compiled, { setting, attempt, options }, parts);
    this.count.daemons += 1;
    for (const walked of result.walked) this.record(walked);
    return result;
  }

  private record({ done }: Walked): void {
    let row = '';
    for (const deed of done) {
      const found = covers(this.compiled, { row }, deed);
      for (const goal of found.goals) this.covered.add(goal);
      ({ row } = found);
    }
    this.count.steps += done.length;
  }

  // ---- what differs

  /** Try each kind of failure alone, and do not do again what it came of. */
  private async settle(failures: readonly Failure[]): Promise<void> {
    const groups = alike(failures.filter(({ kind }) => kind === 'differs')).slice(0, alonesMax);
    await inParallel(groups, this.bounds.jobs, async (group) => {
      const [first] = group;
      if (first === undefined) return;
      for (const { key } of group) this.avoid.add(key);
      if (this.addLike(group)) return;
      const again = await this.alone(first);
      if (again !== null) this.avoid.add(again.key);
      this.add(group, again, first);
    });
    await this.findGuilty(alike(failures.filter(({ kind }) => kind !== 'differs')));
  }

  /** Of the deeds that were being done when daemons went, find those that did it: who was there most often is tried first. */
  private async findGuilty(groups: readonly (readonly Failure[])[]): Promise<void> {
    const unexplained = new Set(groups.flatMap((group) => [...losses(group)]));
    const suspects = [...groups].sort((a, b) => losses(b).size - losses(a).size || (a[0]?.path.length ?? 0) - (b[0]?.path.length ?? 0));
    await inParallel(suspects.slice(0, alonesMax), this.bounds.jobs, async (group) => {
      const [first] = group;
      if (first === undefined || ![...losses(group)].some((loss) => unexplained.has(loss))) return;
      const again = await this.alone(first);
      if (again === null) return;
      for (const loss of losses(group)) unexplained.delete(loss);
      this.avoid.add(first.key).add(again.key);
      this.add(group, again, first);
    });
    if (unexplained.size === 0) return;
    // A daemon went, and nothing did it alone: what was being done is told, and not done again.
    const left = suspects.filter((group) => [...losses(group)].some((loss) => unexplained.has(loss))).flat();
    for (const { key } of left) this.avoid.add(key);
    const [first] = left;
    if (first !== undefined) this.add(left, null, first);
  }

  private add(group: readonly Failure[], again: Failure | null, first: Failure): void {
    const found = divergenceOf(this.compiled, again === null ? group : [again, ...group], { confirmed: again !== null, known: (each) => this.known(each) });
    if (found === null) return;
    this.divergences.push(found);
    for (const each of [first, again ?? first]) this.byLikeness.set(likeness(each), found);
  }

  /** The same was seen in an earlier round: it is one divergence. */
  private addLike(group: readonly Failure[]): boolean {
    const [first] = group;
    const found = first === undefined ? undefined : this.byLikeness.get(likeness(first));
    const at = found === undefined ? -1 : this.divergences.indexOf(found);
    if (found === undefined || first === undefined || at < 0) return false;
    const titles = group.flatMap(({ path }) => path.slice(-1).map((deed) => deedTitle(this.compiled, deed)));
    const isKnown = found.known !== null && group.every((each) => this.known(each) !== null);
    const more: Divergence = {
      ...found,
      also: [...new Set([...found.also, ...titles])].filter((title) => title !== found.title),
      known: isKnown ? found.known : null,
    };
    this.divergences[at] = more;
    this.byLikeness.set(likeness(first), more);
    return true;
  }

  /** The shortest path to the same deed, on a daemon of its own; else the path itself. What failed, or null. */
  private async alone(failure: Failure): Promise<Failure | null> {
    const around: Around = { ...this.around, avoid: new Set([...this.avoid].filter((key) => key !== failure.key)) };
    for (const setting of this.settings) {
      const path = shortestTo(this.compiled, walkGraph(this.compiled, setting, around), failure.key, failure.world.process);
      if (path === null) continue;
      const again = await this.tryAlone(setting, path);
      if (again !== null) return again;
      if (path.length === failure.path.length) return null;
      return await this.tryAlone(setting, failure.path);
    }
    return null;
  }

  private async tryAlone(setting: Setting, path: Path): Promise<Failure | null> {
    // What was only slow is given more time.
    const { walked, loss } = await this.perform(setting, 1, [path], { ...this.options, patienceMs: 2 * this.facts.patienceMs });
    for (const each of walked) {
      if (each.outcome === 'differs' || each.outcome === 'lost') return failureOf(this.compiled, each, loss);
      if (loss !== null) return failureOf(this.compiled, { ...each, done: each.path.slice(0, -1) }, loss);
    }
    return null;
  }

  private known({ kind, path, expected }: Failure): Known | null {
    const deed = path[path.length - 1];
    if (deed === undefined) return null;
    if (kind === 'hung') return hangs(deed) ? knownHanging : null;
    for (const move of deed.moves) {
      const text = correctsOf(serviceMachine, this.compiled, move);
      if (text !== null && (kind === 'differs' || text.includes('aborts'))) return { rule: 'behaviour.md §3', text };
    }
    return /^(?:DELAY|RESTART|SHUTDOWN) is announced/.test(expected) && kind === 'differs' ? knownAnnouncements : null;
  }

  /** What a daemon left behind that many services shared. */
  private afterwards({ setting, paths }: Task, message: string): Divergence {
    const [first = ''] = message.split('\n');
    return {
      part: 'services',
      kind: 'differs',
      title: `after ${String(paths.length)} paths of services (${setting.name})`,
      rule: 'behaviour.md §4',
      expected: 'nitro leaks no descriptor, ends with 0, and leaves no process behind',
      seen: first,
      script: '# the walk as a whole; see the probes of descriptors for a short script',
      also: message.split('\n').slice(1, 4),
      known: null,
    };
  }
}
