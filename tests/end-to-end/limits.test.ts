/**
 * Many services: protocol.md (LIST), behaviour.md §4 to §6. NITRO_TEST_BIG=1 adds the largest, which takes long.
 *
 * The services are instances of a template whose `run` is sleep itself, and whose parameter is how long it sleeps: so
 * each of them costs one exec.
 */
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { drain } from './harness/extra-loggers.js';
import type { Entry } from './harness/directory.js';
import { scenario } from './harness/scenario.js';
import { packet, Tag } from './harness/wire.js';

const SLEEP_PROGRAM = ['/usr/bin/sleep', '/bin/sleep'].find((path) => existsSync(path)) ?? 'sleep';

/** The template `sleep@` and so many instances of it. */
function sleepers(count: number): Readonly<Record<string, Entry>> {
  const entries: Record<string, Entry> = { 'sleep@': { directory: { run: { link: SLEEP_PROGRAM } } } };
  for (let index = 0; index < count; index++) entries[`sleep@${100_000 + index}`] = { link: 'sleep@' };
  return entries;
}

/** Lines of `nitroctl list` by state. */
const count = (stdout: string, state: string): number => stdout.split('\n').filter((line) => line.startsWith(`${state} `)).length;

const big = process.env['NITRO_TEST_BIG'] !== undefined;
for (const size of [2000, ...(big ? [10_000] : [])])
  scenario(`protocol.md "nitroctl list shows every service": ${size} services start, are listed, and are shut down`,
    { entries: sleepers(size), delays: { STARTING: 1, SHUTDOWN: 60_000 } },
    async (nitro) => {
      const started = performance.now();
      await nitro.waitFor('all are UP', async () => {
        const up = count((await nitro.ctl('list')).stdout, 'UP');
        if (up < size) throw new Error(`${up} are UP`);
        return true;
      }, { withinMs: 120_000 });
      const upMs = performance.now() - started;
      const { stdout, tookMs: listMs } = await nitro.ctl('list');
      const names = stdout.split('\n').slice(0, -1).map((line) => line.split(' ')[1] ?? '');
      expect(names).toEqual(Array.from({ length: size }, (_, index) => `sleep@${100_000 + index}`));
      expect(new Set(stdout.match(/pid \d+/g)).size).toBe(size);
      expect((await nitro.info())?.get(Tag.MAX_SERVICE)).toBe(size);
      // One among many is found and restarted as fast as ever.
      expect((await nitro.ctl('restart', `sleep@${100_000 + size - 1}`)).code).toBe(0);
      const asked = performance.now();
      nitro.send(packet(Tag.SHUTDOWN));
      expect(await nitro.waitExit(120_000)).toEqual({ code: 0, signal: null });
      const downMs = performance.now() - asked;
      await nitro.waitFor('it is said', () => nitro.stderr.includes(`waiting for ${size} services to finish`));
      console.log(`${size} services: all UP after ${upMs.toFixed(0)} ms, list in ${listMs.toFixed(0)} ms, shut down in ${downMs.toFixed(0)} ms`);
    }, 300_000);

scenario('§5 two hundred services, each with a logger of its own, and all of these with one: two pipes a service are not forgotten',
  {
    services: { 'log@': { run: 'exec cat', log: '../all' }, all: { run: drain('all') }, 'w@': { run: 'echo "$1"; exec sleep 1000', log: '../log@' } },
    entries: Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`w@${index}`, { link: 'w@' }])),
  },
  async (nitro) => {
    await nitro.waitFor('all lines arrive', () => {
      const lines = nitro.read('all').split('\n').length - 1;
      if (lines < 200) throw new Error(`${lines} lines`);
      return true;
    });
    expect(new Set(nitro.read('all').split('\n')).size).toBe(201);
    expect((await nitro.list()).size).toBe(401);
  });

scenario('§4 descriptors run out: services that cannot start are in DELAY, the others go on, and all start when there is room again',
  {
    services: { 'log@': { run: 'exec cat' }, 'w@': { run: 'exec sleep 1000', log: '../log@' }, first: { run: 'exec sleep 1000' } },
    launch: ['-n', '64'], delays: { SPAWN_ERROR: 100 },
  },
  async (nitro) => {
    await nitro.waitState('first', 'UP');
    const pid = await nitro.pidOf('first');
    for (let index = 0; index < 60; index++) nitro.place(`w@${index}`, { link: 'w@' });
    nitro.send(packet(Tag.RESCAN));
    await nitro.waitFor('what can start has started', async () => {
      const states = [...(await nitro.list()).values()].filter(({ name }) => name.startsWith('w@')).map(({ state }) => state);
      if (states.length !== 60) throw new Error(`${states.length} are known`);
      const settled = states.filter((state) => state === 'UP' || state === 'DELAY');
      if (settled.length !== 60) throw new Error(states.join(' '));
      return true;
    });
    expect((await nitro.ctl('restart', 'first')).code).toBe(0);
    expect(await nitro.pidOf('first')).not.toBe(pid);
    for (let index = 0; index < 55; index++) nitro.remove(`w@${index}`);
    for (let index = 0; index < 55; index++) await nitro.request(packet(Tag.DOWN, `w@${index}`));
    await nitro.waitFor('the rest start', async () => {
      await nitro.request(packet(Tag.RESCAN));
      const known = [...(await nitro.list()).values()].filter(({ name }) => name.startsWith('w@'));
      if (known.length !== 5 || known.some(({ state }) => state !== 'UP')) throw new Error(known.map(({ name, state }) => `${name} ${state}`).join(', '));
      return true;
    });
  });
