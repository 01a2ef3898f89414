/**
 * Scripts whose exec hangs, as on a dead file system, must not stop nitro from supervising the others (behaviour.md §4).
 * The time between fork and exec is also where wishes find a service "launching".
 */
import { expect } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import { childrenOf, killHard } from './harness/processes.js';
import { scenario } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';
const other = { run: 'note other; gate crash; exit 1' };

/** The others still run, crash, are restarted, and answer. */
async function checkSupervised(nitro: Daemon): Promise<void> {
  await nitro.waitTrace('other', ['STARTING', 'UP']);
  nitro.open('crash');
  await nitro.waitFor('the crashed one is restarted', () => nitro.journal().filter((line) => line === 'other').length >= 3);
  expect(await nitro.ctl('list')).toMatchObject({ code: 0 });
}

scenario('§4 CORRECTED "a script that hangs in exec": setup', { services: { a: { setup: 'note setup', run: SLEEP, down: true }, other } }, async (nitro) => {
  const lease = await nitro.hang('a/setup');
  await nitro.want('UP', 'a');
  await lease.wanted();
  await checkSupervised(nitro);
  expect((await nitro.query('a'))?.state).toBe('SETUP');
  await lease.release();
  await nitro.waitTrace('a', ['SETUP', 'STARTING', 'UP'], 'end');
});

scenario('§4 CORRECTED "a script that hangs in exec": run; STARTING only once the exec has succeeded',
  { services: { a: { run: SLEEP, down: true }, other } },
  async (nitro) => {
    const lease = await nitro.hang('a/run');
    await nitro.want('UP', 'a');
    await lease.wanted();
    await checkSupervised(nitro);
    expect(nitro.trace('a')).not.toContain('STARTING');
    expect(nitro.trace('a')).not.toContain('UP');
    await lease.release();
    await nitro.waitTrace('a', ['STARTING', 'UP'], 'end');
  });

scenario('§4 CORRECTED "a script that hangs in exec": finish, which is killed after FINISH',
  { services: { a: { run: SLEEP, finish: 'note finish' }, other }, delays: { FINISH: 5000 } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    const lease = await nitro.hang('a/finish');
    await nitro.want('DOWN', 'a');
    await lease.wanted();
    expect((await nitro.query('a'))?.state).toBe('SHUTDOWN');
    await checkSupervised(nitro);
    await nitro.waitTrace('a', ['SHUTDOWN', 'DOWN'], 'end');
    expect(nitro.journal()).not.toContain('finish');
    await lease.release();
  });

scenario('§3 "WANT_DOWN" while run is being launched: signalled, SHUTDOWN, DOWN, and no run is left or started',
  { services: { a: { run: `note run; ${SLEEP}`, down: true } } },
  async (nitro) => {
    const lease = await nitro.hang('a/run');
    await nitro.want('UP', 'a');
    await lease.wanted();
    await nitro.want('DOWN', 'a');
    await nitro.waitTrace('a', ['SHUTDOWN', 'DOWN'], 'end');
    await lease.release();
    await nitro.waitFor('no child is left', () => childrenOf(nitro.pid).length === 0);
    expect(nitro.journal()).toEqual([]);
  });

scenario('§3 "WANT_RESTART" while run is being launched: one run afterwards',
  { services: { a: { run: `note run; ${SLEEP}`, down: true } } },
  async (nitro) => {
    const lease = await nitro.hang('a/run');
    await nitro.want('UP', 'a');
    await lease.wanted();
    await nitro.want('RESTART', 'a');
    await nitro.waitFor('it is being restarted', () => nitro.trace('a').includes('RESTART'));
    await lease.release();
    await nitro.waitTrace('a', ['STARTING', 'UP'], 'end');
    await nitro.waitFor('one child', () => childrenOf(nitro.pid).length === 1);
    expect(nitro.journal()).toEqual(['run']);
  });

scenario('§3 "WANT_DOWN" in SETUP while the exec of setup hangs: DOWN, without run or finish',
  { services: { a: { setup: 'note setup', run: `note run; ${SLEEP}`, finish: 'note finish', down: true } } },
  async (nitro) => {
    const lease = await nitro.hang('a/setup');
    await nitro.want('UP', 'a');
    await lease.wanted();
    await nitro.want('DOWN', 'a');
    await nitro.waitTrace('a', ['SHUTDOWN', 'DOWN'], 'end');
    await lease.release();
    await nitro.waitFor('no child is left', () => childrenOf(nitro.pid).length === 0);
    expect(nitro.journal()).toEqual([]);
  });

for (const kind of ['setup', 'run'] as const)
  scenario(`a ${kind} that is killed before its exec: it is tried again`,
    { services: { a: { ...(kind === 'setup' ? { setup: 'note setup' } : {}), run: `note run; ${SLEEP}`, down: true } } },
    async (nitro) => {
      const lease = await nitro.hang(`a/${kind}`);
      await nitro.want('UP', 'a');
      await lease.wanted();
      const [child = 0] = childrenOf(nitro.pid);
      killHard(child);
      await nitro.waitFor('it is tried again', () => childrenOf(nitro.pid).some((pid) => pid !== child));
      expect(nitro.journal()).toEqual([]);
      await lease.release();
      await nitro.waitTrace('a', ['STARTING', 'UP'], 'end');
      await nitro.waitFor('run is noted', () => nitro.journal().includes('run'));
      expect(nitro.journal()).toEqual(kind === 'setup' ? ['setup', 'run'] : ['run']);
    });

scenario('shutdown while the exec of a run hangs: nitro does not wait for the time to kill',
  { services: { a: { run: SLEEP, down: true }, b: { run: SLEEP } }, delays: { SHUTDOWN: 600_000 } },
  async (nitro) => {
    const lease = await nitro.hang('a/run');
    await nitro.want('UP', 'a');
    await lease.wanted();
    nitro.signal('SIGTERM');
    expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
    await lease.release();
  });
