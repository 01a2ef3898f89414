/**
 * The side of the guards "system up" (behaviour.md §3) on which it is not: while SYS/finish runs, services still live, but
 * nothing is started any more.
 */
import { expect } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import type { Service } from './harness/directory.js';
import { scenario } from './harness/scenario.js';
import type { State } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
const system = { finish: 'note SYS; gate sys' };

/** Ask for shutdown, and return while SYS/finish runs. */
async function beginShutdown(nitro: Daemon): Promise<void> {
  nitro.signal('SIGTERM');
  await nitro.waitFor('SYS/finish runs', () => nitro.journal().includes('SYS'));
}

/** Let SYS/finish end, and wait for nitro's end. */
async function endShutdown(nitro: Daemon): Promise<void> {
  nitro.open('sys');
  await nitro.waitExit();
}

const RESTING: readonly { state: State; service: Service }[] = [
  { state: 'DOWN', service: { run: `note run; ${SLEEP}`, down: true } },
  { state: 'FATAL', service: { setup: '[ -e "$T/ok" ] || exit 111', run: `note run; ${SLEEP}` } },
  { state: 'DELAY', service: { setup: '[ -e "$T/ok" ] || exit 1', run: `note run; ${SLEEP}` } },
];
for (const { state, service } of RESTING)
  scenario(`§3 row "DOWN, FATAL, DELAY | WANT_UP or WANT_RESTART, system up": ${state} does not start when it is not`,
    { services: { a: service }, system, delays: { RESPAWN: 60_000 } },
    async (nitro) => {
      await nitro.waitState('a', state);
      await beginShutdown(nitro);
      nitro.open('ok');
      for (const wish of ['UP', 'RESTART'] as const) {
        await nitro.want(wish, 'a');
        expect((await nitro.query('a'))?.state).toBe(state);
      }
      await endShutdown(nitro);
      expect(nitro.journal()).toEqual(['SYS']);
    });

scenario('§3 row "DELAY | its timer": as WANT_UP, so nothing starts when the system is going down',
  { services: { a: { setup: '[ -e "$T/ok" ] || exit 1', run: `note run; ${SLEEP}` }, b: { run: 'note b; sleep 0.3; exit 1' } }, system, delays: { RESPAWN: 150 } },
  async (nitro) => {
    await nitro.waitState('b', 'UP');
    await nitro.waitState('a', 'DELAY');
    await beginShutdown(nitro);
    nitro.open('ok');
    await nitro.waitTrace('b', ['DOWN'], 'end');
    await endShutdown(nitro);
    expect(nitro.trace('a')).not.toContain('STARTING');
    expect(nitro.journal().filter((line) => line === 'run')).toEqual([]);
  });

for (const state of ['SETUP', 'STARTING', 'UP', 'ONESHOT'] as const)
  scenario(`§3 row "SETUP, STARTING, UP, ONESHOT | WANT_RESTART, system up": ${state} goes on when it is not`,
    {
      services: { a: state === 'ONESHOT' ? { setup: 'exit 0' } : { ...(state === 'SETUP' ? { setup: 'gate setup' } : {}), run: SLEEP } },
      system,
      delays: { STARTING: state === 'STARTING' ? 60_000 : 20 },
    },
    async (nitro) => {
      const { pid } = await nitro.waitState('a', state);
      await beginShutdown(nitro);
      await nitro.want('RESTART', 'a');
      expect(await nitro.query('a')).toMatchObject({ state, pid });
      await endShutdown(nitro);
      expect(nitro.trace('a').slice(-3)).toEqual([state, 'SHUTDOWN', 'DOWN']);
    });

scenario('§3 row "SHUTDOWN | WANT_UP or WANT_RESTART, system up": it stays SHUTDOWN when it is not',
  { services: { a: { run: SLEEP, finish: 'note finish; gate finish' } }, system },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    await nitro.want('DOWN', 'a');
    await nitro.waitFor('finish runs', () => nitro.journal().includes('finish'));
    await beginShutdown(nitro);
    await nitro.want('UP', 'a');
    await nitro.want('RESTART', 'a');
    expect((await nitro.query('a'))?.state).toBe('SHUTDOWN');
    nitro.open('finish');
    await nitro.waitTrace('a', ['SHUTDOWN', 'DOWN'], 'end');
    await endShutdown(nitro);
  });

scenario('§3 row "RESTART | end of life, system going down": DOWN, and it stays so',
  { services: { a: { run: 'note run; gate crash; exit 1', finish: 'note finish' } }, system },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    await beginShutdown(nitro);
    nitro.open('crash');
    await nitro.waitTrace('a', ['STARTING', 'UP', 'RESTART', 'DOWN']);
    await endShutdown(nitro);
    expect(nitro.trace('a')).toEqual(['STARTING', 'UP', 'RESTART', 'DOWN']);
    expect(nitro.journal()).toEqual(['run', 'SYS', 'finish']);
  });

scenario('§3 row "STARTING, UP | WANT_DOWN": brings a service down also when the system is going down',
  { services: { a: { run: SLEEP } }, system },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    await beginShutdown(nitro);
    await nitro.want('DOWN', 'a');
    await nitro.waitTrace('a', ['STARTING', 'UP', 'SHUTDOWN', 'DOWN']);
    await endShutdown(nitro);
  });
