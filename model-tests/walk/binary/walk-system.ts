/**
 * The whole walk of the system machine on the binary, as a report: each path is a daemon, as an ordinary process and as pid 1 of a container.
 */
import type { AnyStateMachine } from 'xstate';
import { containerWrapper, outerPid, permitted } from '../../../tests/end-to-end/harness/extra-container.js';
import { withDaemon } from '../../../tests/end-to-end/harness/scenario.js';
import type { Compiled } from '../../../machines/compile.js';
import type { RealWalk } from '../report.js';
import { cover } from './cover.js';
import { Ears } from './ears.js';
import { covers, explore, layPaths } from './paths.js';
import type { Graph } from './paths.js';
import { replay } from './replay.js';
import { actorPath, Hand, prepareActor, Stage } from './stage.js';
import { systemReasons } from './system-exceptions.js';
import { SystemLane } from './system-lane.js';
import { firstSystem, systemDeedsIn } from './system-world.js';
import type { SystemDeed, SystemWorld } from './system-world.js';

const daemonsMax = 6;
const deedsMax = 40;
/** A delay that a path waits for; any other does not end. */
const shortMs = 400;
const endlessMs = 600_000;
const attemptsMax = 3;

interface SystemPath {
  readonly isPid1: boolean;
  readonly deeds: readonly SystemDeed[];
}
interface Walked {
  readonly covered: readonly string[];
  readonly steps: number;
  readonly repeated: number;
  readonly failure: string | null;
}

/** May daemons be pid 1 here? Without that, what only pid 1 does is missing from the walk. */
export const mayBePid1 = permitted;

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

/** Walk all paths of the system machine on the binary, `daemons` at the same time, and on XState and the table. */
export async function walkSystem(machine: AnyStateMachine, compiled: Compiled, daemons = daemonsMax): Promise<RealWalk> {
  const started = performance.now();
  prepareActor();
  const { paths, coverable } = systemPaths(compiled);
  const open = paths.filter(({ isPid1 }) => !isPid1 || mayBePid1);
  const walked: Walked[] = [];
  const worker = async (): Promise<void> => {
    for (let path = open.shift(); path !== undefined; path = open.shift()) walked.push(await walkPath(compiled, path));
  };
  await Promise.all(Array.from({ length: daemons }, worker));
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

/** Walk one path; again, if a timer may have been faster than what was to be done before it. */
export async function walkPath(compiled: Compiled, path: SystemPath): Promise<Walked> {
  for (let repeated = 0; ; repeated++) {
    const { done, error } = await attempt(compiled, path);
    if (error !== null && repeated + 1 < attemptsMax && mayBeLate(compiled, path)) continue;
    const covered: string[] = [];
    let row = '';
    for (const deed of done) {
      const found = covers(compiled, { row }, deed);
      covered.push(...found.goals);
      ({ row } = found);
    }
    return { covered: error === null ? covered : [], steps: done.length, repeated, failure: error };
  }
}

function waitsOf(path: SystemPath): readonly string[] {
  return path.deeds.flatMap(({ stimulus }) => (stimulus.kind === 'wait' ? [stimulus.delay] : []));
}

/** Is anything done where a timer runs that the path waits for? */
function mayBeLate(compiled: Compiled, path: SystemPath): boolean {
  const waits = waitsOf(path);
  return path.deeds.some(({ stimulus, moves, to }) => {
    const delay = compiled.table.leaves[moves[0]?.leaf ?? to.leaf]?.delay ?? '';
    return stimulus.kind !== 'wait' && waits.includes(delay);
  });
}

async function attempt(compiled: Compiled, path: SystemPath): Promise<{ readonly done: readonly SystemDeed[]; readonly error: string | null }> {
  const waits = waitsOf(path);
  const delays = Object.keys(compiled.table.delays).map((delay) => `${delay}=${String(waits.includes(delay) ? shortMs : endlessMs)}`);
  const script = (role: string): string => `#!${actorPath} ${role}\n`;
  const description = {
    services: { app: { run: script('run'), log: '../logd' }, logd: { run: script('run') } },
    system: { setup: script('setup'), finish: script('finish'), final: script('final') },
    env: { NITRO_DELAYS: [...delays, 'STARTING=20', 'FINISH=600000'].join(',') },
    ...(path.isPid1 ? { wrapper: containerWrapper() } : {}),
  };
  let done: readonly SystemDeed[] = [];
  let error: string | null = null;
  await withDaemon(description, async (nitro) => {
    const stage = await new Stage().open(`${nitro.scratch}/walk`);
    const hand = new Hand();
    const ears = await new Ears(nitro.notify, nitro.socket, ['SYS'], (name) => stage.cast(name)).opened();
    const pid = async (): Promise<number> => (path.isPid1 ? await outerPid(nitro) : nitro.pid);
    const lane = new SystemLane(compiled, nitro, stage, hand, ears, firstSystem(compiled, path.isPid1), pid);
    try {
      await lane.walk(path.deeds);
    } catch (caught) {
      error = caught instanceof Error ? caught.message : String(caught);
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
