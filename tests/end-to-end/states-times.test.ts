/**
 * The times of behaviour.md §1 as they are by default, and whose timers they are.
 *
 * What is measured begins with a request, before nitro has it, and ends with an announcement, after nitro has sent it: so the lower
 * bounds hold on any machine; the upper ones leave seconds.
 */
import { closeSync, openSync } from 'node:fs';
import { expect } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import { scenario } from './harness/scenario.js';
import type { State } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Milliseconds from `sinceMs` to the first announcement of `state` after it. */
async function timeTo(nitro: Daemon, name: string, state: State, sinceMs: number): Promise<number> {
  const found = await nitro.waitFor(`${name} is announced ${state}`, () =>
    nitro.announcements().find((one) => one.name === name && one.state === state && one.atMs > sinceMs),
  );
  return found.atMs - sinceMs;
}

function expectBetween(ms: number, leastMs: number, mostMs: number): void {
  expect(ms).toBeGreaterThanOrEqual(leastMs);
  expect(ms).toBeLessThan(mostMs);
}

scenario('§1 STARTING is 2000 ms', { services: { a: { run: SLEEP, down: true } }, delays: 'default' }, async (nitro) => {
  const askedMs = nowMs();
  await nitro.want('UP', 'a');
  expectBetween(await timeTo(nitro, 'a', 'UP', askedMs), 2000, 8000);
});

scenario('§1 RESPAWN is 1000 ms after a short life', { services: { a: { run: 'stamp begin; exit 1', finish: 'stamp end' } }, delays: 'default' },
  async (nitro) => {
    await nitro.waitFor('a second life', () => nitro.stamps('begin').length >= 2);
    expectBetween((nitro.stamps('begin')[1] ?? 0) - (nitro.stamps('end')[0] ?? 0), 985, 8000);
  });

scenario('§1 RESPAWN is 1000 ms after a failed setup', { services: { a: { setup: 'stamp begin; stamp end; exit 1', run: SLEEP } }, delays: 'default' },
  async (nitro) => {
    await nitro.waitFor('a second try', () => nitro.stamps('begin').length >= 2);
    expectBetween((nitro.stamps('begin')[1] ?? 0) - (nitro.stamps('end')[0] ?? 0), 985, 8000);
  });

scenario('§1 SPAWN_ERROR is 2000 ms', { services: { a: { run: SLEEP, down: true } }, delays: 'default' }, async (nitro) => {
  const writing = openSync(`${nitro.directory}/a/run`, 'a');
  const askedMs = nowMs();
  await nitro.want('UP', 'a');
  await nitro.waitTrace('a', ['DELAY'], 'end');
  closeSync(writing);
  expectBetween(await timeTo(nitro, 'a', 'STARTING', askedMs), 2000, 8000);
});

scenario('§1 SHUTDOWN is 7000 ms', { services: { a: { run: "trap '' TERM; note ready; exec sleep 1000" } }, delays: 'default' }, async (nitro) => {
  await nitro.waitFor('run is ready', () => nitro.journal().length > 0);
  const askedMs = nowMs();
  await nitro.want('DOWN', 'a');
  expectBetween(await timeTo(nitro, 'a', 'DOWN', askedMs), 7000, 13_000);
});

scenario('§1 FINISH is 7000 ms', { services: { a: { run: `note ready; ${SLEEP}`, finish: "trap '' TERM; exec sleep 1000" } }, delays: 'default' }, async (nitro) => {
  await nitro.waitFor('run is ready', () => nitro.journal().length > 0);
  const askedMs = nowMs();
  await nitro.want('DOWN', 'a');
  expectBetween(await timeTo(nitro, 'a', 'DOWN', askedMs), 7000, 13_000);
});

scenario('§1 "leaving the state cancels it": the SHUTDOWN timer does not touch finish',
  { services: { a: { run: SLEEP, finish: 'sleep 0.8; note finished' } }, delays: { SHUTDOWN: 200 } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    await nitro.want('DOWN', 'a');
    await nitro.waitTrace('a', ['SHUTDOWN', 'DOWN'], 'end');
    expect(nitro.journal()).toEqual(['finished']);
  });

scenario('§1 "leaving the state cancels it": the FINISH timer of one life does not touch the next run or its finish',
  { services: { a: { run: `note run; ${SLEEP}`, finish: 'note finish; sleep 0.4; note finished' } }, delays: { FINISH: 6000, RESPAWN: 1 } },
  async (nitro) => {
    await nitro.waitFor('run', () => nitro.journal().includes('run'));
    await nitro.want('RESTART', 'a');
    await nitro.waitFor('the second life', () => nitro.journal().length >= 4);
    const since = nowMs();
    const pid = await nitro.pidOf('a');
    await nitro.waitFor('the time of the first finish is over', () => nowMs() - since > 6100);
    expect(await nitro.query('a')).toMatchObject({ state: 'UP', pid });
    expect(nitro.journal()).toEqual(['run', 'finish', 'finished', 'run']);
  });

scenario('§1 "leaving the state cancels it": STARTING begins anew with each life',
  { services: { a: { run: SLEEP } }, delays: { STARTING: 1200, RESPAWN: 1 } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING']);
    const since = nowMs();
    await nitro.waitFor('half of it is over', () => nowMs() - since > 600);
    const askedMs = nowMs();
    await nitro.want('RESTART', 'a');
    expect(await timeTo(nitro, 'a', 'UP', askedMs)).toBeGreaterThanOrEqual(1200);
  });

scenario('§1 "leaving the state cancels it": a DELAY that was cut short does not start it again later',
  { services: { a: { run: 'note run; [ -e "$T/ok" ] && exec sleep 1000; exit 1' } }, delays: { RESPAWN: 3000 } },
  async (nitro) => {
    await nitro.waitState('a', 'DELAY');
    nitro.open('ok');
    await nitro.want('UP', 'a');
    const { pid } = await nitro.waitState('a', 'UP');
    const since = nowMs();
    await nitro.waitFor('the time of the delay is over', () => nowMs() - since > 3200);
    expect(await nitro.query('a')).toMatchObject({ state: 'UP', pid });
    expect(nitro.journal()).toEqual(['run', 'run']);
  });

scenario('§1 "leaving the state cancels it": a service brought down during DELAY stays down',
  { services: { a: { run: 'note run; exit 1' } }, delays: { RESPAWN: 3000 } },
  async (nitro) => {
    await nitro.waitState('a', 'DELAY');
    await nitro.want('DOWN', 'a');
    const since = nowMs();
    await nitro.waitFor('the time of the delay is over', () => nowMs() - since > 3200);
    expect((await nitro.query('a'))?.state).toBe('DOWN');
    expect(nitro.journal()).toEqual(['run']);
  });

scenario('§1 timers of many services do not disturb each other',
  {
    services: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`s${index}`, { run: `sleep 0.${String(index).padStart(2, '0')}; stamp end${index}; exit 1` }])),
    delays: { RESPAWN: 1500, STARTING: 20_000 },
  },
  async (nitro) => {
    await nitro.waitFor('all have a second life', () => Array.from({ length: 30 }, (_, index) => nitro.stamps(`end${index}`)).every((ends) => ends.length >= 2));
    for (let index = 0; index < 30; index++) {
      const [first = 0, second = 0] = nitro.stamps(`end${index}`);
      expect(second - first).toBeGreaterThanOrEqual(1485);
    }
  });
