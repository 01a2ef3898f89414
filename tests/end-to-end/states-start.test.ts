/**
 * How services come to be and start: behaviour.md §3, the rows of (new), DOWN, FATAL, DELAY and SETUP.
 */
import { expect } from 'vitest';
import { scenario } from './harness/scenario.js';
import type { Service } from './harness/directory.js';
import type { State } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';

scenario('§3 row "(new), created by a scan, no down file": it comes up, and its creation is not announced',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    expect(nitro.trace('a')).toEqual(['STARTING', 'UP']);
  });

scenario('§3 row "(new), created with down": DOWN, not announced',
  { services: { a: { run: SLEEP, down: true }, b: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitTrace('b', ['STARTING', 'UP']);
    expect(await nitro.query('a')).toMatchObject({ state: 'DOWN', pid: 0 });
    expect(nitro.trace('a')).toEqual([]);
  });

scenario('§3 row "(new), created as the target of a log link": DOWN until a user of it starts',
  { services: { user: { run: SLEEP, log: '../logger', down: true }, logger: { run: 'exec cat' }, b: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitTrace('b', ['STARTING', 'UP']);
    expect(await nitro.query('logger')).toMatchObject({ state: 'DOWN', pid: 0 });
    expect(nitro.trace('logger')).toEqual([]);
    await nitro.want('UP', 'user');
    await nitro.waitTrace('user', ['UP'], 'end');
    await nitro.waitTrace('logger', ['STARTING', 'UP'], 'end');
  });

/** Services that come to rest in a state, and leave it for STARTING, by way of `setup` or not, once the gate `ok` is open. */
const RESTING: readonly { state: 'DOWN' | 'FATAL' | 'DELAY'; setup: boolean; service: Service }[] = [
  { state: 'DOWN', setup: false, service: { run: SLEEP, down: true } },
  { state: 'DOWN', setup: true, service: { setup: 'exit 0', run: SLEEP, down: true } },
  { state: 'FATAL', setup: false, service: { files: { run: { text: '#!/no/such/interpreter\n', mode: 0o755 } } } },
  { state: 'FATAL', setup: true, service: { setup: '[ -e "$T/ok" ] || exit 111', run: SLEEP } },
  { state: 'DELAY', setup: false, service: { run: `[ -e "$T/ok" ] || exit 1; ${SLEEP}` } },
  { state: 'DELAY', setup: true, service: { setup: '[ -e "$T/ok" ] || exit 1', run: SLEEP } },
];
for (const { state, setup, service } of RESTING)
  for (const wish of ['UP', 'RESTART'] as const)
    scenario(`§3 row "DOWN, FATAL, DELAY | WANT_UP or WANT_RESTART": ${state}, WANT_${wish}, ${setup ? 'with' : 'without'} setup`,
      { services: { a: { ...service, log: '../logger' }, logger: { run: 'exec cat', down: true } }, delays: { RESPAWN: 60_000 } },
      async (nitro) => {
        await nitro.waitState('a', state);
        await nitro.waitFor('the logger can be stopped', async () => state === 'DOWN' || (await nitro.pidOf('logger')) > 0);
        await nitro.want('DOWN', 'logger');
        await nitro.waitState('logger', 'DOWN');
        nitro.open('ok');
        if (state === 'FATAL' && !setup) nitro.place('a/run', { text: `#!/bin/sh\n${SLEEP}\n`, mode: 0o755 });
        const before = nitro.announcements().length;
        await nitro.want(wish, 'a');
        const expected: State[] = setup ? ['SETUP', 'STARTING', 'UP'] : ['STARTING', 'UP'];
        await nitro.waitTrace('a', expected, 'end');
        // The answer to the request announces the state it led to: without `setup` that is the launch, which shows as SETUP.
        const seen = nitro.announcements().slice(before).flatMap((one) => (one.name === 'a' && (setup || one.state !== 'SETUP') ? [one.state] : []));
        expect(seen.filter((one, index) => one !== seen[index - 1])).toEqual(expected);
        await nitro.waitState('logger', 'STARTING', 'UP');
      });

scenario('§3 row "DELAY | its timer": as WANT_UP, by way of setup and with its logger',
  {
    services: {
      a: { setup: 'stamp begin; [ -e "$T/ok" ] && exit 0; stamp end; exit 1', run: SLEEP, log: '../logger' },
      logger: { run: 'exec cat' },
    },
    delays: { RESPAWN: 300 },
  },
  async (nitro) => {
    await nitro.waitTrace('a', ['SETUP', 'DELAY']);
    await nitro.waitFor('the logger runs', async () => (await nitro.pidOf('logger')) > 0);
    await nitro.want('DOWN', 'logger');
    // It is started again by the next timer of `a`, which may come before it is looked at.
    await nitro.waitFor('the logger is started again', () => nitro.trace('logger').join(' ').includes('DOWN STARTING'));
    nitro.open('ok');
    await nitro.waitTrace('a', ['SETUP', 'STARTING', 'UP'], 'end');
    await nitro.waitState('logger', 'STARTING', 'UP');
    nitro.stamps('end').forEach((end, life) => expect((nitro.stamps('begin')[life + 1] ?? 0) - end).toBeGreaterThanOrEqual(285));
  });

scenario('§3 row "SETUP | setup exits 0": launch', { services: { a: { setup: 'note setup; exit 0', run: `note run; ${SLEEP}` } } },
  async (nitro) => {
    await nitro.waitTrace('a', ['SETUP', 'STARTING', 'UP']);
    expect(nitro.journal()).toEqual(['setup', 'run']);
  });

scenario('§3 row "SETUP | setup exits 111": FATAL, neither run nor finish nor another try',
  { services: { a: { setup: 'note setup; exit 111', run: `note run; ${SLEEP}`, finish: 'note finish' }, b: { run: SLEEP, down: true } },
    delays: { STARTING: 200, RESPAWN: 20 } },
  async (nitro) => {
    await nitro.waitTrace('a', ['SETUP', 'FATAL']);
    await nitro.want('UP', 'b');
    await nitro.waitTrace('b', ['STARTING', 'UP'], 'end');
    expect(nitro.trace('a')).toEqual(['SETUP', 'FATAL']);
    expect(nitro.journal()).toEqual(['setup']);
    expect(await nitro.query('a')).toMatchObject({ pid: 0, setupPid: 0 });
  });

for (const status of [1, 2, 110, 112, 127, 255])
  scenario(`§3 row "SETUP | setup exits otherwise": status ${status} is DELAY for RESPAWN`,
    { services: { a: { setup: `stamp begin; [ -e "$T/ok" ] && exit 0; stamp end; exit ${status}`, run: SLEEP } }, delays: { RESPAWN: 200 } },
    async (nitro) => {
      await nitro.waitTrace('a', ['SETUP', 'DELAY', 'SETUP', 'DELAY']);
      nitro.open('ok');
      await nitro.waitTrace('a', ['DELAY', 'SETUP', 'STARTING', 'UP'], 'end');
      const begins = nitro.stamps('begin');
      nitro.stamps('end').forEach((end, life) => expect((begins[life + 1] ?? 0) - end).toBeGreaterThanOrEqual(185));
    });

for (const signal of ['TERM', 'KILL', 'SEGV', 'HUP'])
  scenario(`§3 row "SETUP | setup is killed by a signal" (CORRECTED): SIG${signal} is DELAY, run is not started`,
    { services: { a: { setup: `[ -e "$T/ok" ] || kill -${signal} $$`, run: `note run; ${SLEEP}` } } },
    async (nitro) => {
      await nitro.waitTrace('a', ['SETUP', 'DELAY', 'SETUP', 'DELAY']);
      expect(nitro.journal()).toEqual([]);
      nitro.open('ok');
      await nitro.waitTrace('a', ['DELAY', 'SETUP', 'STARTING', 'UP'], 'end');
    });

scenario('§3 row "SETUP | setup exits 0; if the system is no longer up, DOWN"',
  { services: { a: { setup: 'gate setup', run: `note run; ${SLEEP}` } }, system: { finish: 'note finish; gate finish' } },
  async (nitro) => {
    await nitro.waitTrace('a', ['SETUP']);
    nitro.signal('SIGTERM');
    await nitro.waitFor('SYS/finish runs', () => nitro.journal().includes('finish'));
    nitro.open('setup');
    await nitro.waitTrace('a', ['SETUP', 'DOWN']);
    nitro.open('finish');
    await nitro.waitExit();
    expect(nitro.trace('a')).toEqual(['SETUP', 'DOWN']);
    expect(nitro.journal()).toEqual(['finish']);
  });
