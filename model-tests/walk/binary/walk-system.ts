/**
 * The whole walk of the system machine on the binary, as a report: each path is a daemon, as an ordinary process and as pid 1 of a container.
 */
import type { AnyStateMachine } from 'xstate';
import { containerWrapper, mayContain, outerPid } from '../../../tests/end-to-end/harness/container.js';
import { withDaemon } from '../../../tests/end-to-end/harness/with-daemon.js';
import type { Compiled } from '../../../machines/compile.js';
import type { RealWalk } from '../report.js';
import { cover } from './cover.js';
import { Ears } from './ears.js';
import { attemptsMax, described, endlessMs, stretched, TooSlow } from './options.js';
import type { WalkOptions } from './options.js';
import { covers, explore, layPaths } from './paths.js';
import type { Graph } from './paths.js';
import { replay } from './replay.js';
import { actorPath, Hand, prepareActor, Stage } from './stage.js';
import { systemReasons } from './system-exceptions.js';
import { SystemLane } from './system-lane.js';
import { SystemTime } from './system-time.js';
import { firstSystem, systemDeedsIn } from './system-world.js';
import type { SystemDeed, SystemWorld } from './system-world.js';

const daemonsMax = 6;
const deedsMax = 40;
/** A delay that a path waits for, at first; any other does not end. */
const shortMs = 400;

export interface SystemPath {
  readonly isPid1: boolean;
  readonly deeds: readonly SystemDeed[];
}
export interface Walked {
  readonly covered: readonly string[];
  readonly steps: number;
  readonly repeated: number;
  readonly failure: string | null;
  /** A timer was faster, each time: what failed may be nothing. `proves nothing`: nothing else was seen than should be. */
  readonly late: 'no' | 'may be' | 'proves nothing';
}

/** May daemons be pid 1 here? Without that, what only pid 1 does is missing from the walk. */
export const mayBePid1 = mayContain;

/** All paths, and what they can cover. */
export function systemPaths(compiled: Compiled): { readonly paths: readonly SystemPath[]; readonly coverable: ReadonlySet<string> } {
  const graph = (isPid1: boolean): Graph<SystemWorld, SystemDeed> => ({
    first: firstSystem(compiled, isPid1),
    deeds: (world) => systemDeedsIn(compiled, world),
    price: (_world, { stimulus }) => (stimulus.kind === 'wait' ? 3 : 1),
  });
  const coverable = new Set([...explore(compiled, graph(false)), ...explore(compiled, graph(true))]);
  const left = new Set(coverable);
  const paths = [false, true].flatMap((isPid1) => layPaths(compiled, graph(isPid1), left, deedsMax).map((deeds) => ({ isPid1, deeds })));
  return { paths, coverable };
}

/** Walk all paths of the system machine on the binary, and on XState and the table. Throws an Error if there are no tools for it. */
export async function walkSystem(machine: AnyStateMachine, compiled: Compiled, options: WalkOptions = {}): Promise<RealWalk> {
  const started = performance.now();
  prepareActor();
  const { paths, coverable } = systemPaths(compiled);
  const open = paths.filter(({ isPid1 }) => !isPid1 || mayBePid1());
  const all = open.length;
  const walked: Walked[] = [];
  const worker = async (): Promise<void> => {
    for (let path = open.shift(); path !== undefined; path = open.shift()) {
      walked.push(await walkPath(compiled, path, options));
      options.progress?.(walked.length, all);
    }
  };
  await Promise.all(Array.from({ length: options.daemons ?? daemonsMax }, worker));
  return {
    machine: compiled.id,
    daemons: walked.reduce((sum, { repeated }) => sum + 1 + repeated, 0),
    paths: walked.length,
    steps: walked.reduce((sum, { steps }) => sum + steps, 0),
    repeated: walked.reduce((sum, { repeated }) => sum + repeated, 0),
    seconds: (performance.now() - started) / 1000,
    covered: cover(compiled, systemReasons(compiled), coverable, new Set(walked.flatMap(({ covered }) => covered))),
    failures: [...replay(machine, compiled, paths.map(({ deeds }) => deeds)), ...walked.flatMap(({ failure }) => failure ?? [])],
  };
}

/** Walk one path; again, with more time, if a timer was faster than what was to be done before it. */
export async function walkPath(compiled: Compiled, path: SystemPath, options: WalkOptions = {}): Promise<Walked> {
  for (let count = 1; ; count++) {
    const { done, error } = await attempt(compiled, path, stretched(shortMs, count), options);
    if (error instanceof TooSlow && count < (options.attempts ?? attemptsMax)) continue;
    const covered: string[] = [];
    let row = '';
    for (const deed of done) {
      const found = covers(compiled, { row }, deed);
      covered.push(...found.goals);
      ({ row } = found);
    }
    const late = !(error instanceof TooSlow) ? 'no' : error.mayDiffer ? 'may be' : 'proves nothing';
    return { covered: error === null ? covered : [], steps: done.length, repeated: count - 1, failure: error?.message ?? null, late };
  }
}

function waitsOf(path: SystemPath): readonly string[] {
  return path.deeds.flatMap(({ stimulus }) => (stimulus.kind === 'wait' ? [stimulus.delay] : []));
}

interface Attempt {
  readonly done: readonly SystemDeed[];
  readonly error: Error | null;
}

/** `ms`: how long the delays are that the path waits for; no other ends. */
async function attempt(compiled: Compiled, path: SystemPath, ms: number, options: WalkOptions): Promise<Attempt> {
  const waits = waitsOf(path);
  const own = options.ownDelaysMs;
  const delays = Object.keys(compiled.table.delays).map((delay) => `${delay}=${String(waits.includes(delay) ? ms : endlessMs)}`);
  const script = (role: string): string => `#!${actorPath} ${role}\n`;
  const description = {
    services: { app: { run: script('run'), log: '../logd' }, logd: { run: script('run') } },
    system: { setup: script('setup'), finish: script('finish'), final: script('final') },
    env: { NITRO_DELAYS: own === undefined ? [...delays, 'STARTING=20', `FINISH=${String(endlessMs)}`].join(',') : undefined },
    ...described(options, Math.max(ms, ...waits.map((delay) => own?.[delay] ?? 0))),
    ...(path.isPid1 ? { wrapper: containerWrapper(options.target === undefined ? {} : { target: options.target }) } : {}),
  };
  let done: readonly SystemDeed[] = [];
  let error: Error | null = null;
  await withDaemon(description, async (nitro) => {
    const stage = await new Stage(description.patienceMs).open(`${nitro.scratch}/walk`);
    const hand = new Hand(description.patienceMs);
    const ears = await new Ears(nitro.notify, nitro.socket, ['SYS'], (name) => stage.cast(name)).opened();
    const time = new SystemTime(compiled, own ?? Object.fromEntries(waits.map((delay) => [delay, ms])));
    const pid = async (): Promise<number> => (path.isPid1 ? await outerPid(nitro) : nitro.pid);
    const lane = new (options.systemLane ?? SystemLane)(compiled, nitro, stage, hand, ears, firstSystem(compiled, path.isPid1), pid, time);
    try {
      await lane.walk(path.deeds);
    } catch (caught) {
      error = caught instanceof Error ? caught : new Error(String(caught));
      if (options.diagnose !== undefined && !(error instanceof TooSlow && !error.mayDiffer)) error = await options.diagnose(nitro, error);
    }
    try {
      done = lane.done;
      await lane.leave();
    } finally {
      ears.close();
      hand.close();
      stage.close();
    }
  });
  return { done, error };
}
