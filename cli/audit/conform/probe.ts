/**
 * A probe: services, what is done to them, and what must be seen, for what a walk over states cannot see.
 *
 * Every probe has a daemon of its own. After its body the same is looked at for all: nitro answers, has leaked no descriptor and no zombie,
 * ends with 0 on SIGTERM, and leaves no process behind.
 */
import type { Description } from '../../../tests/end-to-end/harness/description.js';
import { TEST_DELAYS } from '../../../tests/end-to-end/harness/description.js';
import { Daemon } from '../../../tests/end-to-end/harness/daemon.js';
import { describeProcesses } from '../../../tests/end-to-end/harness/processes.js';
import { packet, Tag } from '../../../tests/end-to-end/harness/wire.js';
import { Bench } from './bench.js';
import type { DelayName, Facts } from './facts.js';
import { Difference, Ended, Hung } from './finding.js';
import type { Divergence } from './finding.js';
import { preparation, ScriptLog } from './script.js';

/** How often it is tried to end what a probe has left. */
const destroyMax = 4;

export interface Probe {
  /** What is claimed, in a line. */
  readonly name: string;
  /** The place of behaviour.md or protocol.md. */
  readonly rule: string;
  /** How the reference differs, if it is known to. `ends`: that it ends, or hangs, is part of that. */
  readonly corrects?: { readonly text: string; readonly ends?: true };
  readonly services?: Description['services'];
  readonly system?: Description['system'];
  readonly entries?: Description['entries'];
  readonly env?: Description['env'];
  readonly launch?: Description['launch'];
  readonly args?: Description['args'];
  readonly stderrUnread?: true;
  /** Delays that make the probe faster, where they can be set. */
  readonly delays?: Partial<Record<DelayName, number>>;
  /** nitro is started by the body. */
  readonly startsItself?: true;
  readonly body: (bench: Bench) => Promise<void>;
}

/** Services that report readiness may have a pipe of that open. */
function notifying({ services = {} }: Probe): number {
  return Object.values(services).filter((service) => service['notification-fd'] !== undefined).length;
}

/** The delays that a probe may wait for: those it makes short, and all that it cannot. */
function longestOf({ delays = {} }: Probe, { setsDelays }: Facts): number {
  return setsDelays ? Math.max(0, delays.SHUTDOWN ?? 0, delays.FINISH ?? 0) : 10_000;
}

function describe(probe: Probe, facts: Facts): Description {
  const { services, system, entries, env, launch, args, stderrUnread, delays } = probe;
  const all = { services, system, entries, env, launch, args, stderrUnread };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Description;
  return { ...given, target: facts.target, patienceMs: facts.patienceMs + longestOf(probe, facts), delays: facts.setsDelays ? { ...delays } : 'default' };
}

/** Run a probe; what differs, or null. */
export async function runProbe(probe: Probe, facts: Facts): Promise<Divergence | null> {
  const description = describe(probe, facts);
  const log = new ScriptLog();
  const nitro = new Daemon(description);
  const bench = new Bench(nitro, log, facts, facts.setsDelays ? { ...TEST_DELAYS, ...probe.delays } : {}, longestOf(probe, facts));
  try {
    try {
      if (probe.startsItself !== true) await nitro.start();
      await probe.body(bench);
      await aftermath(bench, notifying(probe));
      return null;
    } catch (error) {
      return await explain(probe, bench, description, error);
    }
  } finally {
    await destroyed(nitro);
  }
}

/** On a machine that is very busy it may take long until killed processes are gone: that is no matter of the daemon. */
async function destroyed(nitro: Daemon): Promise<void> {
  for (let attempt = 1; attempt <= destroyMax; attempt++) {
    try {
      await nitro.destroy();
      return;
    } catch (error) {
      if (attempt < destroyMax) continue;
      nitro.closeOutputs();
      throw error;
    }
  }
}

/** What holds after every probe. */
async function aftermath(bench: Bench, mayNotify: number): Promise<void> {
  const { nitro } = bench;
  if (!bench.mayEnd) {
    bench.checkEnd();
    if (!(await answers(bench))) throw new Hung();
    if (nitro.description.launch === undefined) await bench.leaksNothing(mayNotify);
    bench.signal('SIGTERM');
    bench.is('nitro ends', 'exit 0', await bench.ends());
  }
  await bench.until('no process is left behind', 'none', () => describeProcesses(nitro.processes()) || 'none');
}

async function answers({ nitro, log }: Bench): Promise<boolean> {
  log.did('nitroctl info');
  return (await nitro.request(packet(Tag.INFO)).catch(() => null)) !== null;
}

async function explain(probe: Probe, bench: Bench, description: Description, error: unknown): Promise<Divergence> {
  const script = [preparation(description), bench.log.text].join('\n');
  const about = { part: 'probes', title: probe.name, rule: probe.rule, script, also: [] } as const;
  const known = (kind: Divergence['kind']): Divergence['known'] =>
    probe.corrects === undefined || (kind !== 'differs' && probe.corrects.ends !== true) ? null : { rule: probe.rule, text: probe.corrects.text };
  const goesOn = error instanceof Difference ? error.expected : 'nitro goes on and answers';
  const found = (kind: Divergence['kind'], expected: string, seen: string): Divergence => ({ ...about, kind, expected, seen, known: known(kind) });
  try {
    bench.checkEnd();
  } catch (ended) {
    if (ended instanceof Ended) return found('ended', goesOn, ended.seen);
  }
  if (error instanceof Ended) return found('ended', goesOn, error.seen);
  const isThere = bench.nitro.exit === undefined && probe.startsItself !== true;
  if (error instanceof Hung || (isThere && !(await answers(bench)))) return found('hung', goesOn, 'nitro runs, and does not answer requests any more');
  if (error instanceof Difference) return found('differs', error.expected, error.seen);
  const said = error instanceof Error ? error.message.split('\n---')[0] : String(error);
  return found('differs', 'the probe comes to its end', said ?? '');
}
