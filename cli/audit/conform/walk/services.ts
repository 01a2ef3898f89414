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
import type { World } from '../../../../model-tests/walk/binary/world.js';
import type { Covered } from '../../../../model-tests/walk/report.js';
import { serviceTable } from '../../../../table/service.js';
import type { Facts } from '../facts.js';
import { inParallel } from '../parallel.js';
import type { Bounds, PartReport } from '../part.js';
import { perform } from './company.js';
import type { Performance, Walked } from './company.js';
import { Findings, knownOf } from './findings.js';
import { deedKey, shortestTo, walkGraph } from './graph.js';
import type { Around } from './graph.js';
import { tolerantLane } from './lane.js';
import { alike, downIn, failureOf, losses } from './settle.js';
import type { Failure } from './settle.js';
import { Unannounced } from './unannounced.js';

const roundsMax = 5;
/** How often paths are begun that a timer was faster than; after that what went astray is tried alone, with delays that are longer still. */
const attemptsMax = 3;
const deedsMax = 24;
/** Where each timer has to be waited for, shorter paths at the same time are faster. */
const deedsMaxOwn = 10;
/** How many kinds of failure are tried alone in a round; and how many deeds, of which one was the end of a daemon. */
const alonesMax = 40;
const suspectsMax = 300;

const all = ['CREATION', 'STARTING', 'RESPAWN', 'SPAWN_ERROR', 'SHUTDOWN', 'FINISH'];
/** Where delays cannot be set. */
export const ownSettings: readonly Setting[] = [
  { name: 'up', short: all, phase: 'up' },
  { name: 'up, short of descriptors', short: all, phase: 'up', isSerial: true },
  { name: 'down', short: all, phase: 'down' },
  { name: 'crossing', short: all, phase: 'crossing' },
  { name: 'crossing, short of descriptors', short: all, phase: 'crossing', isSerial: true },
];

interface Task {
  readonly setting: Setting;
  readonly paths: readonly Path[];
  readonly attempt: number;
}

export class ServiceWalk {
  private readonly compiled = compile(serviceMachine);
  private readonly covered = new Set<string>();
  private readonly avoid = new Set<string>();
  /** Keys of deeds of which daemons go, which is told already. */
  private readonly guilty = new Set<string>();
  private readonly findings = new Findings(this.compiled);
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
    const isSpared = (world: World): boolean => this.isSpared(world);
    this.options = { target: facts.target, patienceMs: facts.patienceMs, lane, isSpared, ...(ownMs === null ? {} : { ownDelaysMs: ownMs }) };
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
    this.findings.divergences.push(...this.unannounced.divergences(this.settings.map((setting) => walkGraph(compiled, setting, everything))));
    const possible = this.around.ownMs === null && !this.around.noHanging ? null : this.possible();
    return {
      part: 'services',
      lines: [
        `${String(this.count.paths)} paths, ${String(this.count.steps)} steps, ${String(this.count.daemons)} daemons; ` +
          `${String(this.count.late)} begun again because a timer was faster.`,
      ],
      covered: this.cover(possible),
      divergences: this.findings.divergences,
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
    /** Deeds that came to something else where no timer could be the reason. */
    const wrong = new Set<string>();
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
        const { outcome } = walked;
        const failure = outcome === 'done' || outcome === 'late' ? null : failureOf(this.compiled, task.setting, walked, performance.loss);
        const mayBeLate = outcome === 'late' || (outcome === 'astray' && !wrong.has(failure?.key ?? ''));
        if (mayBeLate && performance.loss === null) late.push(walked.path);
        if (outcome === 'differs' && failure !== null) wrong.add(failure.key);
        if (failure !== null && (outcome !== 'astray' || task.attempt === attemptsMax)) failures.push(failure);
      }
      if (performance.aftermath !== null) this.findings.afterwards(task.setting, task.paths.length, performance.aftermath);
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
    const groups = alike(failures.filter(({ kind }) => kind === 'differs'), (failure) => knownOf(this.compiled, failure)).slice(0, alonesMax);
    await inParallel(groups, this.bounds.jobs, async (group) => {
      const [first] = group;
      if (first === undefined) return;
      const isSure = group.some(({ mayBeLate }) => !mayBeLate);
      if (isSure) for (const { key } of group) this.avoid.add(key);
      if (isSure && this.findings.addLike(group)) return;
      const again = await this.alone(first);
      // It was only slow.
      if (again === null && !isSure) return;
      for (const { key } of again === null ? group : [...group, again]) this.avoid.add(key);
      this.findings.add(group, again);
    });
    await this.findGuilty(alike(failures.filter(({ kind }) => kind !== 'differs'), () => null));
  }

  /** Of the deeds that were being done when daemons went, find those that did it: who was there most often is tried first. */
  private async findGuilty(groups: readonly (readonly Failure[])[]): Promise<void> {
    const unexplained = new Set(groups.flatMap((group) => [...losses(group)]));
    // A path that may not do it any more may yet be left in a world where leaving it does it.
    for (const group of groups) if (group.some(({ key }) => this.guilty.has(key))) for (const loss of losses(group)) unexplained.delete(loss);
    const isKnown = ([first]: readonly Failure[]): number => (first === undefined || knownOf(this.compiled, first) === null ? 0 : 1);
    const suspects = [...groups].sort(
      (a, b) => losses(b).size - losses(a).size || isKnown(b) - isKnown(a) || (a[0]?.path.length ?? 0) - (b[0]?.path.length ?? 0),
    );
    await inParallel(suspects.slice(0, suspectsMax), this.bounds.jobs, async (group) => {
      const [first] = group;
      if (first === undefined || ![...losses(group)].some((loss) => unexplained.has(loss))) return;
      const again = await this.alone(first);
      if (again === null || again.kind === 'differs' || this.guilty.has(again.key)) return;
      for (const each of groups) if (each === group || each[0]?.key === again.key) for (const loss of losses(each)) unexplained.delete(loss);
      for (const key of [first.key, again.key]) {
        this.avoid.add(key);
        this.guilty.add(key);
      }
      this.findings.add(group, again);
    });
    if (unexplained.size === 0) return;
    // A daemon went, and nothing did it alone: what was being done is told, and not done again.
    const left = suspects.filter((group) => [...losses(group)].some((loss) => unexplained.has(loss))).flat();
    for (const { key } of left) this.avoid.add(key);
    const [first] = left;
    if (first !== undefined) this.findings.add(left, null);
  }

  /** The daemon goes when a service is brought down there. */
  private isSpared(world: World): boolean {
    const down = downIn(this.compiled, world);
    return down !== undefined && this.guilty.has(deedKey(this.compiled, world, down));
  }

  /** The shortest path to the same deed, on a daemon of its own; else the path itself. What failed, or null. */
  private async alone(failure: Failure): Promise<Failure | null> {
    const around: Around = { ...this.around, avoid: new Set([...this.avoid].filter((key) => key !== failure.key)) };
    for (const setting of this.settings) {
      const path = shortestTo(this.compiled, walkGraph(this.compiled, setting, around), failure.key, failure.world.process);
      if (path === null) continue;
      const again = await this.tryAlone(setting, path, failure.variety);
      if (again !== null) return again;
      if (path.length === failure.path.length) return null;
      break;
    }
    return await this.tryAlone(failure.setting, failure.path, failure.variety);
  }

  private async tryAlone(setting: Setting, path: Path, variety: number): Promise<Failure | null> {
    // What was only slow is given more time.
    const options = { ...this.options, patienceMs: 2 * this.facts.patienceMs, variety };
    for (let attempt = 1; attempt <= attemptsMax + 1; attempt++) {
      const { walked: [walked], loss } = await this.perform(setting, attempt, [path], options);
      // What comes of leaving it is no matter of the deed that is tried.
      if (walked === undefined || walked.isLeft) return null;
      const isLate = walked.outcome === 'late' || walked.outcome === 'astray';
      if (loss === null && isLate && attempt <= attemptsMax) continue;
      if (walked.outcome === 'differs' || walked.outcome === 'lost' || walked.outcome === 'astray') return failureOf(this.compiled, setting, walked, loss);
      return null;
    }
    return null;
  }
}
