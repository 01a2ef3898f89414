/**
 * How lives end: behaviour.md §3, the rows of SHUTDOWN and RESTART.
 */
import { renameSync } from 'node:fs';
import { expect } from 'vitest';
import { scenario } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';
/** Notes SIGTERM and lives on until the gate `end` is open. */
const STUBBORN = "trap 'note TERM' TERM; note ready; gate end";
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

for (const wish of ['UP', 'RESTART'] as const)
  scenario(`§3 row "SHUTDOWN | WANT_UP or WANT_RESTART": WANT_${wish} while run ends, RESTART, not signalled again`,
    { services: { a: { run: STUBBORN } } },
    async (nitro) => {
      await nitro.waitFor('run is ready', () => nitro.journal().includes('ready'));
      await nitro.want('DOWN', 'a');
      await nitro.waitFor('run is signalled', () => nitro.journal().includes('TERM'));
      await nitro.want(wish, 'a');
      await nitro.waitTrace('a', ['SHUTDOWN', 'RESTART'], 'end');
      nitro.open('end');
      await nitro.waitFor('it runs again', () => nitro.journal().length >= 3);
      expect(nitro.journal().slice(0, 3)).toEqual(['ready', 'TERM', 'ready']);
    });

for (const wish of ['UP', 'RESTART'] as const)
  scenario(`§3 row "SHUTDOWN | WANT_UP or WANT_RESTART": WANT_${wish} while finish runs, RESTART, finish goes on`,
    { services: { a: { run: `note run; ${SLEEP}`, finish: 'note finish; gate finish; note finished' } } },
    async (nitro) => {
      await nitro.waitFor('run is noted', () => nitro.journal().includes('run'));
      await nitro.want('DOWN', 'a');
      await nitro.waitFor('finish runs', () => nitro.journal().includes('finish'));
      await nitro.want(wish, 'a');
      await nitro.waitTrace('a', ['SHUTDOWN', 'RESTART'], 'end');
      nitro.open('finish');
      await nitro.waitFor('run is noted', () => nitro.journal().length >= 4);
      expect(nitro.journal()).toEqual(['run', 'finish', 'finished', 'run']);
    });

/** Long enough for a slow script to be signalled twice before it is killed. */
const shutdownMs = 15_000;
for (const first of ['DOWN', 'RESTART'] as const)
  scenario(`§3 row "${first === 'DOWN' ? 'SHUTDOWN' : 'RESTART'} | WANT_DOWN": signalled again, SHUTDOWN, the kill timer goes on`,
    { services: { a: { run: STUBBORN } }, delays: { SHUTDOWN: shutdownMs } },
    async (nitro) => {
      await nitro.waitFor('run is ready', () => nitro.journal().includes('ready'));
      const askedMs = nowMs();
      await nitro.want(first, 'a');
      await nitro.waitFor('some of the time is over', () => nitro.journal().length === 2 && nowMs() - askedMs > 1000);
      const againMs = nowMs();
      await nitro.want('DOWN', 'a');
      await nitro.waitFor('run is signalled again', () => nitro.journal().length >= 3);
      await nitro.waitTrace('a', first === 'DOWN' ? ['SHUTDOWN', 'DOWN'] : ['RESTART', 'SHUTDOWN', 'DOWN'], 'end');
      const downMs = nitro.announcements().find((one) => one.state === 'DOWN')?.atMs ?? 0;
      expect(downMs - askedMs).toBeGreaterThanOrEqual(shutdownMs);
      expect(downMs - againMs).toBeLessThan(shutdownMs);
      expect(nitro.journal()).toEqual(['ready', 'TERM', 'TERM']);
    });

scenario('§3 row "RESTART | WANT_DOWN": during finish, SHUTDOWN, and it stays down',
  { services: { a: { run: 'note run; exit 1', finish: 'note finish; gate finish' } } },
  async (nitro) => {
    await nitro.waitFor('finish runs', () => nitro.journal().includes('finish'));
    await nitro.want('DOWN', 'a');
    await nitro.waitTrace('a', ['RESTART', 'SHUTDOWN'], 'end');
    nitro.open('finish');
    await nitro.waitTrace('a', ['SHUTDOWN', 'DOWN'], 'end');
    expect(nitro.journal()).toEqual(['run', 'finish']);
  });

scenario('§3 "finish may itself run nitroctl down .": RESTART becomes SHUTDOWN, so the service stays down',
  { services: { a: { run: 'note run; exit 1', finish: '"$NITROCTL" down . && note asked' } } },
  async (nitro) => {
    await nitro.waitTrace('a', ['RESTART', 'SHUTDOWN', 'DOWN'], 'end');
    expect(nitro.journal()).toEqual(['run', 'asked']);
  });

for (const wish of ['DOWN', 'RESTART'] as const)
  for (const kind of ['setup', 'run'] as const)
    scenario(`§3 row "SHUTDOWN, RESTART | the SHUTDOWN timer": WANT_${wish}, SIGKILL to a ${kind} that goes on`,
      {
        services: { a: kind === 'run' ? { run: STUBBORN, finish: 'note "$*"' } : { setup: STUBBORN, run: SLEEP, finish: 'note "$*"' } },
        delays: { SHUTDOWN: 200 },
      },
      async (nitro) => {
        await nitro.waitFor(`${kind} is ready`, () => nitro.journal().includes('ready'));
        const askedMs = nowMs();
        await nitro.want(wish, 'a');
        await nitro.waitFor('it is down', () => nitro.trace('a').includes('DOWN'));
        expect(nowMs() - askedMs).toBeGreaterThanOrEqual(200);
        const expected = kind === 'run' ? ['ready', 'TERM', '-1 9'] : ['ready', 'TERM'];
        expect(nitro.journal().slice(0, expected.length)).toEqual(expected);
        if (wish === 'RESTART') {
          nitro.open('end');
          await nitro.waitFor('it is started again', () => nitro.journal().filter((line) => line === 'ready').length >= 2);
        }
        await nitro.want('DOWN', 'a');
        await nitro.waitState('a', 'DOWN');
      });

for (const wish of ['DOWN', 'RESTART'] as const)
  scenario(`§3 row "SHUTDOWN, RESTART | run exits": WANT_${wish}, finish is killed after FINISH`,
    { services: { a: { run: SLEEP, finish: "trap '' TERM INT; note \"$*\"; exec sleep 1000" } }, delays: { FINISH: 200 } },
    async (nitro) => {
      await nitro.waitTrace('a', ['STARTING', 'UP']);
      const askedMs = nowMs();
      await nitro.want(wish, 'a');
      await nitro.waitTrace('a', ['STARTING', 'UP', wish === 'DOWN' ? 'SHUTDOWN' : 'RESTART', 'DOWN']);
      expect(nowMs() - askedMs).toBeGreaterThanOrEqual(200);
      if (wish === 'RESTART') await nitro.waitTrace('a', ['STARTING', 'UP'], 'end');
      expect(nitro.journal()).toEqual(['-1 15']);
    });

scenario('§3 row "SHUTDOWN | end of life": the service is forgotten if no scan has seen it',
  { services: { a: { run: SLEEP, finish: 'gate finish' }, b: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    renameSync(`${nitro.directory}/a`, `${nitro.scratch}/a`);
    expect(await nitro.ctl('rescan')).toMatchObject({ code: 0 });
    await nitro.waitTrace('a', ['SHUTDOWN', 'DOWN'], 'end');
    expect(await nitro.query('a')).toBeUndefined();
    expect([...(await nitro.list()).keys()]).toEqual(['b']);
  });

scenario('§3 row "RESTART | end of life": a life shorter than RESPAWN is followed by DELAY for RESPAWN',
  { services: { a: { run: 'stamp begin; exit 1', finish: 'stamp end' } }, delays: { RESPAWN: 500, STARTING: 5000 } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'RESTART', 'DOWN', 'DELAY', 'STARTING', 'RESTART', 'DOWN', 'DELAY', 'STARTING']);
    const begins = nitro.stamps('begin');
    nitro.stamps('end').slice(0, 2).forEach((end, life) => expect((begins[life + 1] ?? Infinity) - end).toBeGreaterThanOrEqual(485));
  });

scenario('§3 row "RESTART | end of life": a life that lasted RESPAWN is followed by the next at once',
  { services: { a: { run: 'note run; sleep 0.4; exit 1' } }, delays: { RESPAWN: 300 } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP', 'RESTART', 'DOWN', 'STARTING', 'UP', 'RESTART', 'DOWN', 'STARTING']);
  });

scenario('§3 row "RESTART | end of life": the life is counted from launch to the end of finish',
  { services: { a: { run: 'exit 1', finish: 'sleep 0.4' } }, delays: { RESPAWN: 300, STARTING: 5000 } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'RESTART', 'DOWN', 'STARTING', 'RESTART', 'DOWN', 'STARTING']);
  });

for (const state of ['FATAL', 'DELAY', 'DOWN'] as const)
  scenario(`§3 row "FATAL, DELAY, DOWN | WANT_DOWN": ${state} becomes DOWN, and nothing starts any more`,
    { services: { a: { setup: `note setup; exit ${state === 'FATAL' ? 111 : 1}`, down: state === 'DOWN' }, b: { run: SLEEP, down: true } },
      delays: { RESPAWN: 4000, STARTING: 4500 } },
    async (nitro) => {
      await nitro.waitState('a', state);
      await nitro.want('DOWN', 'a');
      await nitro.waitTrace('a', ['DOWN'], 'end');
      await nitro.want('UP', 'b');
      await nitro.waitTrace('b', ['STARTING', 'UP'], 'end');
      expect((await nitro.query('a'))?.state).toBe('DOWN');
      expect(nitro.journal()).toHaveLength(state === 'DOWN' ? 0 : 1);
    });
