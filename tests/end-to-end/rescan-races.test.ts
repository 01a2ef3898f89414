/**
 * Rescans in bring-up and shutdown, with many services, and while the directory changes: behaviour.md §6.
 */
import { renameSync } from 'node:fs';
import { expect } from 'vitest';
import { PATIENT } from './harness/extra-delays.js';
import { rescan } from './harness/extra-requests.js';
import { alive } from './harness/processes.js';
import { scenario } from './harness/scenario.js';
import { OK } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';

for (const how of ['nitroctl', 'SIGHUP'] as const)
  scenario(`§6 "a rescan asked for during SYS/setup is done after it" (CORRECTED): by ${how}`,
    { services: { a: { run: SLEEP } }, system: { setup: 'note setup; gate go' } },
    async (nitro) => {
      await nitro.waitFor('SYS/setup runs', () => nitro.journal().includes('setup'));
      nitro.service('late', { run: SLEEP });
      if (how === 'SIGHUP') nitro.signal('SIGHUP');
      else expect((await nitro.ctl('rescan')).code).toBe(0);
      nitro.service('later', { run: SLEEP });
      expect([...(await nitro.list()).keys()]).toEqual(['SYS']);
      expect(nitro.announcements().filter(({ name }) => name !== 'SYS')).toEqual([]);
      nitro.open('go');
      for (const name of ['a', 'late', 'later']) await nitro.waitState(name, 'UP');
      expect(nitro.journal()).toEqual(['setup']);
    });

scenario('§6 Shutdown 1 "rescan [is] answered but ignored": nothing new is started, nothing is forgotten or brought down early',
  { services: { a: { run: 'trap "gate a; exit 0" TERM; while :; do sleep 0.01; done' }, b: { run: SLEEP } }, system: { finish: 'note finish; gate go' }, delays: PATIENT },
  async (nitro) => {
    for (const name of ['a', 'b']) await nitro.waitState(name, 'UP');
    nitro.signal('SIGTERM');
    await nitro.waitFor('SYS/finish runs', () => nitro.journal().includes('finish'));
    nitro.service('new', { run: SLEEP });
    nitro.remove('b');
    expect(await nitro.request('00007e')).toBe(OK);
    nitro.signal('SIGHUP');
    expect((await nitro.ctl('rescan')).code).toBe(0);
    expect([...(await nitro.list()).keys()].sort()).toEqual(['SYS', 'a', 'b']);
    expect((await nitro.query('b'))?.state).toBe('UP');
    nitro.open('go');
    await nitro.waitState('a', 'SHUTDOWN');
    expect(await nitro.request('00007e')).toBe(OK);
    nitro.open('a');
    await nitro.waitExit();
    expect(nitro.trace('new')).toEqual([]);
  });

scenario('§6 two hundred services come with one rescan and go with another',
  { services: { first: { run: SLEEP } } },
  async (nitro) => {
    const names = Array.from({ length: 200 }, (_, index) => `s${index}`);
    nitro.service('t@', { run: 'exec sleep 1000' });
    for (const name of names) nitro.service(name, { run: SLEEP });
    await rescan(nitro);
    await nitro.waitFor('all are UP', async () => {
      const list = await nitro.list();
      return list.size === 201 && [...list.values()].every(({ state }) => state === 'UP');
    });
    const pids = [...(await nitro.list()).values()].map(({ pid }) => pid);
    expect(new Set(pids).size).toBe(201);
    for (const name of names) nitro.remove(name);
    await rescan(nitro);
    await nitro.waitFor('all are gone', async () => (await nitro.list()).size === 1);
    expect(pids.filter(alive)).toEqual([await nitro.pidOf('first')]);
  });

scenario('§6 rescans while the directory is being rewritten: in the end what runs is what the directory holds',
  { services: { keep: { run: SLEEP } } },
  async (nitro) => {
    // A small generator of numbers that are the same in each run.
    let seed = 12345;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    const keep = await nitro.pidOf('keep');
    /** What the directory holds: services, and which each of them logs to. */
    const present = new Map<string, string | undefined>();
    for (let step = 0; step < 150; step++) {
      const name = `s${random(12)}`;
      switch (random(5)) {
        case 0:
        case 1:
          nitro.remove(name);
          present.delete(name);
          break;
        case 2:
          present.set(name, `s${random(12)}`);
          nitro.service(name, { setup: 'exit 0', run: SLEEP, log: `../${present.get(name)}` });
          break;
        case 3:
          nitro.place(`half${random(3)}`, { directory: {} });
          break;
        default:
          nitro.service(name, { run: SLEEP });
          present.set(name, undefined);
      }
      nitro.send('00007e');
      if (step % 10 === 0) await nitro.info();
    }
    // A logger whose directory is gone stays as long as a link names it (§5).
    const loggers = new Set(present.values());
    await nitro.waitFor('the services are those of the directory, and loggers of theirs', async () => {
      await rescan(nitro);
      const known = await nitro.list();
      for (const name of ['keep', ...present.keys()]) if (!known.has(name)) throw new Error(`${name} is missing`);
      for (const name of known.keys()) if (name !== 'keep' && !present.has(name) && !loggers.has(name)) throw new Error(`${name} is left over`);
      return true;
    });
    for (const name of present.keys()) await nitro.want('UP', name);
    for (const name of present.keys()) await nitro.waitState(name, 'UP');
    expect(await nitro.pidOf('keep')).toBe(keep);
  });

scenario('§6 a hundred SIGHUP and requests at once are harmless',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    const pid = await nitro.pidOf('a');
    for (let index = 0; index < 100; index++) {
      nitro.signal('SIGHUP');
      nitro.send('00007e');
    }
    // Moved there as a whole: none of these rescans finds a script that is not executable yet.
    nitro.service('../b', { run: SLEEP });
    renameSync(`${nitro.base}/b`, `${nitro.directory}/b`);
    await rescan(nitro);
    await nitro.waitState('b', 'UP');
    expect(await nitro.pidOf('a')).toBe(pid);
  });
