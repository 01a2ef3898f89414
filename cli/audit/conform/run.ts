/**
 * All of conform: find out what the daemon can do, probe it, walk on it.
 */
import type { Target } from '../../../tests/end-to-end/harness/tools.js';
import { actorPath, dgramPath, launchPath, leasePath, makeTools, stillPath } from '../../../tests/end-to-end/harness/tools.js';
import { mayHold } from '../../../model-tests/walk/binary/walk-services.js';
import { CannotRun } from '../command.js';
import { findFacts } from './facts.js';
import type { Facts } from './facts.js';
import type { Divergence, PartName } from './finding.js';
import { inParallel } from './parallel.js';
import type { Bounds, PartReport } from './part.js';
import { runProbe } from './probe.js';
import { probes } from './probes/all.js';
import { ServiceWalk } from './walk/services.js';
import { SystemWalk } from './walk/system.js';

export interface Settings extends Bounds {
  readonly target: Target;
  readonly only: readonly PartName[];
  readonly delays: 'auto' | 'short' | 'default';
  readonly patienceMs: number;
  /** Only probes whose name has this. */
  readonly match: string;
}

export interface Report {
  readonly target: Target;
  readonly setsDelays: boolean;
  readonly tellsScripts: boolean;
  readonly seconds: number;
  /** The time was over before all was done. */
  readonly isCut: boolean;
  readonly parts: readonly PartReport[];
}

/** The probe that tells whether execs may hang in a walk. */
const hangingProbe = 'a run on a file system that hangs in exec does not stop nitro from supervising the others';

/** Pairs of probes and what came of them, in an order that a seed decides. */
async function probe(facts: Facts, bounds: Bounds, match: string): Promise<PartReport> {
  const chosen = probes.filter(({ name }) => name.toLowerCase().includes(match.toLowerCase()));
  const divergences: Divergence[] = [];
  let done = 0;
  let run = 0;
  let differing = 0;
  await inParallel(shuffled(chosen, bounds.seed), bounds.jobs, async (each) => {
    if (bounds.isOver()) return;
    const found = await runProbe(each, facts);
    run += 1;
    if (found !== null) {
      differing += 1;
      merge(divergences, found);
    }
    bounds.progress('probes', (done += 1), chosen.length);
  });
  const place = new Map(probes.map(({ name }, index) => [name, index]));
  return {
    part: 'probes',
    whatIs: 'probes',
    lines: [`${String(run)} of ${String(probes.length)} probes, each a daemon; ${String(run - differing)} saw what should be.`],
    covered: [],
    divergences: divergences.sort((a, b) => (place.get(a.title) ?? 0) - (place.get(b.title) ?? 0)),
  };
}

/** What is the same after many probes, such as a leak, is one divergence: the first, and where else. */
function merge(all: Divergence[], found: Divergence): void {
  const numberless = ({ expected, seen, kind }: Divergence): string => JSON.stringify([kind, expected, seen.replace(/\d+/g, 'N')]);
  const at = all.findIndex((each) => numberless(each) === numberless(found) && (each.known === null) === (found.known === null));
  const same = all[at];
  if (same === undefined || found.kind === 'ended') all.push(found);
  else all[at] = { ...same, also: [...same.also, found.title] };
}

function shuffled<T>(all: readonly T[], seed: number): readonly T[] {
  const result = [...all];
  let state = seed;
  for (let at = result.length - 1; at > 0; at--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = (state >> 8) % (at + 1);
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
}

/** Throws `CannotRun`. */
export async function conform(settings: Settings): Promise<Report> {
  const started = performance.now();
  const failure = makeTools([actorPath, dgramPath, launchPath, leasePath, stillPath]);
  if (failure !== null) throw new CannotRun(`the tools of the walks cannot be made; they need a C compiler (Debian: apt install gcc libc6-dev).\n${failure}`);
  const facts = await findFacts(settings.target, settings.delays, settings.patienceMs);
  const isAsked = (part: PartName): boolean => settings.only.length === 0 || settings.only.includes(part);
  // All of it is mostly waiting: the services are walked while everything else is done.
  const jobs = Math.max(1, Math.ceil(settings.jobs / (isAsked('services') && settings.only.length !== 1 ? 2 : 1)));
  const bounds: Bounds = { ...settings, jobs };
  const services = async (): Promise<readonly PartReport[]> =>
    isAsked('services') ? [await new ServiceWalk(facts, bounds, !mayHold || !(await mayHang(facts))).walk()] : [];
  const others = async (): Promise<readonly PartReport[]> => [
    ...(isAsked('system') ? [await new SystemWalk(facts, bounds).walk()] : []),
    ...(isAsked('probes') ? [await probe(facts, bounds, settings.match)] : []),
  ];
  const reports = (await Promise.all([services(), others()])).flat();
  const { target } = settings;
  return {
    target,
    setsDelays: facts.setsDelays,
    tellsScripts: facts.tellsScripts,
    seconds: (performance.now() - started) / 1000,
    isCut: settings.isOver(),
    parts: reports,
  };
}

/** Does nitro go on while an exec hangs? Where it does not, every service of a daemon would hang with the one. */
async function mayHang(facts: Facts): Promise<boolean> {
  const found = probes.find(({ name }) => name === hangingProbe);
  return found !== undefined && (await runProbe(found, facts)) === null;
}
