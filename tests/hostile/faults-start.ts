/**
 * Each system call that nitro makes from its first on until its services run, failing once with each error that it can have.
 *
 * What may be: nitro exits 111 with a line that says why, where it cannot begin at all (`vitalAtStart`). What must not: any other end, or
 * a service that does not run though nitro does.
 */
import { checkNothingLeft } from '../end-to-end/harness/aftermath.js';
import { Daemon } from '../end-to-end/harness/daemon.js';
import type { Service } from '../end-to-end/harness/directory.js';
import { packet, Tag } from '../end-to-end/harness/wire.js';
import { errorsOf, vitalAtStart } from './errnos.js';
import { inTurns, messageOf, type Finding, type Limits } from './part.js';
import { callsIn, cameTo, launchedWith, wordsOf, type Fault } from './strace.js';

const SLEEP = 'exec sleep 1000';
const services: Readonly<Record<string, Service>> = {
  log: { run: 'exec cat' },
  set: { setup: 'exit 0', run: SLEEP, log: '../log' },
  told: { run: `echo >&3 || note no descriptor; ${SLEEP}`, 'notification-fd': 3 },
};
const names = Object.keys(services);

interface Case extends Fault {
  readonly isClaim: boolean;
}

/** The calls of a start without a fault. */
async function callsOfAStart(): Promise<ReadonlyMap<string, number>> {
  const nitro = new Daemon({ services, patienceMs: 60_000 });
  const file = `${nitro.base}/calls`;
  try {
    const traced = new Daemon({ services, patienceMs: 60_000, wrapper: ['strace', '-D', '-qq', '-o', file, '-e', 'signal=none'] });
    try {
      await traced.start();
      for (const name of names) await traced.waitState(name, 'UP');
      await traced.stop();
    } finally {
      await traced.destroy();
    }
    return callsIn(file);
  } finally {
    await nitro.destroy();
  }
}

/** What was lost with one fault at the start; null where nothing was. */
async function startWith(fault: Case): Promise<{ readonly came: boolean; readonly lost: string | null; readonly refused: boolean }> {
  const place = new Daemon({});
  const file = `${place.base}/trace`;
  const nitro = new Daemon({ services, patienceMs: 30_000, wrapper: launchedWith(fault, file) });
  // An answer that was refused is not sent again: who asked asks again.
  const prodding = fault.isClaim && fault.call === 'sendto' ? setInterval(() => nitro.prod(), 500) : undefined;
  let refused = false;
  let lost: string | null = null;
  try {
    await nitro.spawn();
    const began = await nitro.waitFor('nitro answers or ends', async () => nitro.exit !== undefined ? 'ended' : (await nitro.info()) !== undefined && 'answers');
    if (began === 'ended') {
      refused = nitro.exit?.code === 111 && /^- nitro: .+\n/m.test(nitro.stderr) && vitalAtStart.includes(fault.call);
      if (!refused) lost = `${wordsOf(fault)} at the start: nitro ended with ${JSON.stringify(nitro.exit)}: ${nitro.stderr.slice(0, 300)}`;
    } else {
      if (fault.isClaim) {
        await nitro.waitFor('the fault comes', () => cameTo(file), { withinMs: 3000 }).catch(() => undefined);
        nitro.send(packet(Tag.RESCAN));
        // Not UP: who was told that there is no `run` has a ONESHOT.
        for (const name of names) nitro.send(packet(Tag.RESTART, name));
      }
      for (const name of names) await nitro.waitState(name, 'UP');
      if (!fault.isClaim && nitro.journal().length > 0) throw new Error('a service was started without its notification-fd');
      // Not by `stop`: it would take the text of ENOMEM for a bug.
      nitro.signal('SIGTERM');
      const { code, signal } = await nitro.waitExit();
      if (code !== 0) throw new Error(`it ended with ${String(code ?? signal)}`);
      await checkNothingLeft(nitro);
      if (/\bbug in\b/.test(nitro.stderr)) throw new Error('a bug is reported');
    }
  } catch (error) {
    lost = `${wordsOf(fault)} at the start: ${messageOf(error)}; ${nitro.stderr.slice(0, 500)}`;
  } finally {
    clearInterval(prodding);
    await nitro.destroy();
  }
  const came = cameTo(file);
  await place.destroy();
  return { came, lost, refused };
}

/** All faults of a start, or of some calls and the first few of each. */
export async function faultsAtStart(limits: Limits, { calls, most = Infinity, errnos = Infinity }: { readonly calls?: readonly string[]; readonly most?: number; readonly errnos?: number } = {}): Promise<Finding> {
  const cases: Case[] = [];
  for (const [call, made] of await callsOfAStart()) {
    const errors = errorsOf[call];
    if (errors === undefined || calls?.includes(call) === false) continue;
    for (let when = 1; when <= Math.min(made, most); when++) {
      for (const errno of errors.passing.slice(0, errnos)) cases.push({ call, errno, when, isClaim: false });
      for (const errno of (errors.claims ?? []).slice(0, errnos)) cases.push({ call, errno, when, isClaim: true });
    }
  }
  const lost: string[] = [];
  let times = 0;
  let refusals = 0;
  const begun = await inTurns(cases, 6, limits, async (fault) => {
    const outcome = await startWith(fault);
    if (outcome.came) times += 1;
    if (outcome.refused) refusals += 1;
    if (outcome.lost !== null) lost.push(outcome.lost);
  });
  const rest = begun < cases.length ? `; ${String(cases.length - begun)} more were not begun in the time` : '';
  return { what: 'a system call fails once while nitro starts', times, lost, note: `${String(refusals)} times nitro could not begin, said why and exited 111${rest}` };
}
