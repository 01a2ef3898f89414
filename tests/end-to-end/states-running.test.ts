/**
 * Services that run: behaviour.md §3, the rows of STARTING, UP, ONESHOT, and of wishes that reach SETUP, STARTING and UP.
 * Readiness has tests of its own (readiness.test.ts).
 */
import { expect } from 'vitest';
import { scenario } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';
/** Notes each signal of the list that it gets, and goes on until the gate `end` is open. */
const noting = (...signals: readonly string[]): string =>
  `${signals.map((signal) => `trap 'note ${signal}' ${signal}`).join('\n')}\nnote ready\ngate end`;

scenario('§3 row "STARTING | STARTING timer (only without notification-fd)": with one, time does nothing',
  { services: { a: { run: SLEEP, 'notification-fd': 3 }, b: { run: SLEEP, 'notification-fd': 0 }, c: { run: SLEEP, down: true } }, delays: { STARTING: 100 } },
  async (nitro) => {
    await nitro.waitState('a', 'STARTING');
    await nitro.waitState('b', 'STARTING');
    await nitro.want('UP', 'c');
    await nitro.waitTrace('c', ['STARTING', 'UP'], 'end');
    expect(nitro.trace('a')).toEqual(['STARTING']);
    expect(nitro.trace('b')).toEqual(['STARTING']);
  });

for (const reports of [false, true])
  scenario(`§3 row "STARTING | nitroctl ready": UP, ${reports ? 'with' : 'without'} notification-fd`,
    { services: { a: { run: SLEEP, ...(reports ? { 'notification-fd': 0 } : {}) } }, delays: { STARTING: 60_000 } },
    async (nitro) => {
      await nitro.waitTrace('a', ['STARTING']);
      expect(await nitro.ctl('ready', 'a')).toMatchObject({ code: 0 });
      await nitro.waitTrace('a', ['STARTING', 'UP']);
    });

for (const state of ['STARTING', 'UP'] as const)
  scenario(`§3 row "STARTING, UP | run exits" (CORRECTED): ${state}, RESTART is shown while finish runs`,
    { services: { a: { run: 'gate crash; exit 3', finish: 'note "$*"; gate finish' } }, delays: { STARTING: state === 'UP' ? 10 : 60_000 } },
    async (nitro) => {
      await nitro.waitTrace('a', [state], 'end');
      nitro.open('crash');
      await nitro.waitTrace('a', [state, 'RESTART'], 'end');
      await nitro.waitFor('finish runs', () => nitro.journal().length > 0);
      const during = await nitro.query('a');
      expect(during).toMatchObject({ state: 'RESTART' });
      expect(during?.finishPid).toBeGreaterThan(0);
      expect(nitro.journal()).toEqual(['3 0']);
      nitro.remove('a/finish');
      nitro.open('finish');
      await nitro.waitFor('it is started again', () => nitro.trace('a').lastIndexOf('STARTING') > nitro.trace('a').indexOf('RESTART'));
    });

scenario('§3 row "SETUP | WANT_DOWN": SIGTERM and SIGCONT to setup, SHUTDOWN, then DOWN without finish or run',
  { services: { a: { setup: `trap 'note TERM; exit 0' TERM; note ready; gate end`, run: `note run; ${SLEEP}`, finish: 'note finish' } } },
  async (nitro) => {
    await nitro.waitFor('setup runs', () => nitro.journal().includes('ready'));
    const { setupPid = 0 } = (await nitro.query('a')) ?? {};
    process.kill(setupPid, 'SIGSTOP');
    await nitro.want('DOWN', 'a');
    await nitro.waitTrace('a', ['SETUP', 'SHUTDOWN', 'DOWN']);
    expect(nitro.journal()).toEqual(['ready', 'TERM']);
  });

scenario('§3 row "SETUP | WANT_RESTART": SIGTERM to setup, RESTART, then again from setup, without finish',
  { services: { a: { setup: `trap 'note TERM; exit 0' TERM; note ready; gate end`, run: SLEEP, finish: 'note finish' } } },
  async (nitro) => {
    await nitro.waitFor('setup runs', () => nitro.journal().includes('ready'));
    await nitro.want('RESTART', 'a');
    await nitro.waitFor('setup runs again', () => nitro.journal().length >= 3);
    await nitro.settle();
    expect(nitro.trace('a').filter((state) => state !== 'DELAY')).toEqual(['SETUP', 'RESTART', 'DOWN', 'SETUP']);
    expect(nitro.journal()).toEqual(['ready', 'TERM', 'ready']);
    nitro.open('end');
    await nitro.waitTrace('a', ['SETUP', 'STARTING', 'UP'], 'end');
    await nitro.want('DOWN', 'a');
    await nitro.waitFor('finish has run', () => nitro.journal().includes('finish'));
  });

const LETTERS = { h: 'HUP', a: 'ALRM', i: 'INT', q: 'QUIT', 1: 'USR1', 2: 'USR2', t: 'TERM' } as const;
const SIGNALS = Object.values(LETTERS);
for (const [content, expected] of [...Object.entries(LETTERS), ['interrupt', 'INT'], ['', 'TERM'], ['x', 'TERM']] as const)
  scenario(`§3 row "STARTING, UP | WANT_DOWN": down-signal "${content}" sends SIG${expected}, SHUTDOWN`,
    { services: { a: { run: noting(...SIGNALS), 'down-signal': content } } },
    async (nitro) => {
      await nitro.waitFor('run is ready', () => nitro.journal().length > 0);
      await nitro.want('DOWN', 'a');
      await nitro.waitTrace('a', ['SHUTDOWN'], 'end');
      await nitro.waitFor('the signal came', () => nitro.journal().length >= 2);
      nitro.open('end');
      await nitro.waitTrace('a', ['SHUTDOWN', 'DOWN'], 'end');
      expect(nitro.journal()).toEqual(['ready', expected]);
    });

scenario('§3 row "WANT_DOWN": down-signal "k" is SIGKILL at once; finish gets -1 9',
  { services: { a: { run: noting('TERM'), 'down-signal': 'k', finish: 'note "$*"' } }, delays: { SHUTDOWN: 60_000 } },
  async (nitro) => {
    await nitro.waitFor('run is ready', () => nitro.journal().length > 0);
    await nitro.want('DOWN', 'a');
    await nitro.waitTrace('a', ['SHUTDOWN', 'DOWN'], 'end');
    expect(nitro.journal()).toEqual(['ready', '-1 9']);
  });

for (const letter of ['p', 'c'] as const)
  scenario(`§3 row "WANT_DOWN": down-signal "${letter}" ends nothing, so that run is killed after SHUTDOWN`,
    { services: { a: { run: `note run; ${SLEEP}`, 'down-signal': letter, finish: 'note "$*"' } }, delays: { SHUTDOWN: 300 } },
    async (nitro) => {
      await nitro.waitFor('run is noted', () => nitro.journal().length > 0);
      await nitro.want('DOWN', 'a');
      await nitro.waitTrace('a', ['SHUTDOWN', 'DOWN'], 'end');
      expect(nitro.journal()).toEqual(['run', '-1 9']);
    });

for (const wish of ['DOWN', 'RESTART'] as const)
  for (const state of ['STARTING', 'UP'] as const)
    scenario(`§3 row "STARTING, UP | WANT_${wish}": ${state}, the down signal, then SIGCONT, so that a stopped run ends too`,
      { services: { a: { run: `note run; ${SLEEP}`, finish: 'note "$*"' } }, delays: { STARTING: state === 'UP' ? 60 : 600_000, SHUTDOWN: 60_000 } },
      async (nitro) => {
        await nitro.waitTrace('a', [state], 'end');
        await nitro.waitFor('run is noted', () => nitro.journal().length > 0);
        process.kill(await nitro.pidOf('a'), 'SIGSTOP');
        const before = nitro.trace('a');
        await nitro.want(wish, 'a');
        if (wish === 'DOWN') {
          await nitro.waitTrace('a', [...before, 'SHUTDOWN', 'DOWN']);
          expect(nitro.journal()).toEqual(['run', '-1 15']);
        } else {
          await nitro.waitTrace('a', [...before, 'RESTART', 'DOWN']);
          await nitro.waitTrace('a', state === 'UP' ? ['STARTING', 'UP'] : ['DOWN', 'STARTING'], 'end');
          await nitro.waitFor('the next run is noted', () => nitro.journal().length >= 3);
          expect(nitro.journal()).toEqual(['run', '-1 15', 'run']);
        }
      });

for (const wish of ['DOWN', 'RESTART'] as const)
  scenario(`§3 row "ONESHOT | WANT_DOWN / WANT_RESTART": WANT_${wish}, finish runs as for exit 0`,
    { services: { a: { setup: 'note setup', finish: 'note "$# $*"; gate finish' } } },
    async (nitro) => {
      await nitro.waitTrace('a', ['SETUP', 'ONESHOT']);
      await nitro.want(wish, 'a');
      await nitro.waitFor('finish runs', () => nitro.journal().length >= 2);
      const state = wish === 'DOWN' ? 'SHUTDOWN' : 'RESTART';
      expect((await nitro.query('a'))?.state).toBe(state);
      nitro.open('finish');
      await nitro.waitTrace('a', ['SETUP', 'ONESHOT', state, 'DOWN']);
      if (wish === 'RESTART') await nitro.waitTrace('a', ['SETUP', 'ONESHOT'], 'end');
      expect(nitro.journal().slice(0, 3)).toEqual(['setup', '2 0 0', ...(wish === 'DOWN' ? [] : ['setup'])]);
    });
