/**
 * What conform has to know of a daemon before it walks on it: whether it takes delays from `NITRO_DELAYS`, which the reference does not, and
 * what it tells besides of what it must.
 */
import { withDaemon } from '../../../tests/end-to-end/harness/with-daemon.js';
import { countDescriptors } from '../../../tests/end-to-end/harness/aftermath.js';
import type { DescriptorCount } from '../../../tests/end-to-end/harness/aftermath.js';
import { TEST_DELAYS } from '../../../tests/end-to-end/harness/description.js';
import type { Target } from '../../../tests/end-to-end/harness/tools.js';
import { pause } from '../../../tests/end-to-end/harness/wait.js';
import { parseServices, packet, Tag } from '../../../tests/end-to-end/harness/wire.js';
import { serviceTable } from '../../../table/service.js';
import { systemTable } from '../../../table/system.js';
import { CannotRun } from '../command.js';

export type DelayName = keyof typeof TEST_DELAYS;

/** A daemon, and what conform takes into account of it. */
export interface Facts {
  readonly target: Target;
  /** Delays can be set. */
  readonly setsDelays: boolean;
  /** QUERY tells the pids of `setup` and `finish`, too. */
  readonly tellsScripts: boolean;
  /** What it has open without services. */
  readonly baseline: DescriptorCount;
  /** How long what must happen may take, besides the delays; ms. */
  readonly patienceMs: number;
}

/** The delays of behaviour.md §1, ms. */
export const ownDelays: Readonly<Record<DelayName, number>> = Object.fromEntries(
  Object.keys(TEST_DELAYS).map((name) => [name, { ...systemTable.delays, ...serviceTable.delays }[name as DelayName]]),
) as Record<DelayName, number>;

/** Longer than what is waited for to tell a short delay from the one of behaviour.md. */
const tellingMs = 1900;

/** Look at a daemon. One that starts and then misbehaves is taken for one that can do nothing special. Throws `CannotRun` if it cannot be started. */
export async function findFacts(target: Target, delays: 'auto' | 'short' | 'default', patienceMs: number): Promise<Facts> {
  const script = '#!/bin/sh\nexec sleep 1000\n';
  const services = { a: { setup: script, run: script }, b: { run: script } };
  const found = { setsDelays: delays === 'short', tellsScripts: false, baseline: { others: 0, ends: 0 }, hasStarted: false };
  try {
    await withDaemon({ target, patienceMs }, async (nitro) => {
      await nitro.start();
      found.hasStarted = true;
      found.baseline = countDescriptors(nitro.pid);
    });
    await withDaemon({ target, patienceMs, services }, async (nitro) => {
      await nitro.start();
      await nitro.waitFor('setup runs', async () => (await nitro.query('a'))?.state === 'SETUP');
      found.tellsScripts = (parseServices((await nitro.request(packet(Tag.QUERY, 'a'))) ?? '')[0]?.setupPid ?? 0) !== 0;
      const until = performance.now() + tellingMs;
      while (delays === 'auto' && !found.setsDelays && performance.now() < until) {
        found.setsDelays = (await nitro.query('b'))?.state === 'UP';
        await pause(20);
      }
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (!found.hasStarted) throw new CannotRun(`${target.daemon} does not start in an empty directory and answer:\n${why}`);
  }
  return { target, patienceMs, ...found };
}
