/**
 * Rescan: behaviour.md §6, Rescan, for plain services. Instances are in rescan-instances, races in rescan-races.
 */
import { renameSync, rmSync } from 'node:fs';
import { expect } from 'vitest';
import { PATIENT } from './harness/extra-delays.js';
import { rescan, waitForgotten } from './harness/extra-requests.js';
import { alive } from './harness/processes.js';
import { scenario } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';

for (const [what, ask] of [['nitroctl rescan', 'rescan'], ['nitroctl scan', 'scan'], ['nitroctl s', 's'], ['SIGHUP', undefined]] as const)
  scenario(`§6 Rescan (${what}): "new services are created and started; services whose directory is gone are brought down and then forgotten"`,
    { services: { stays: { run: SLEEP }, goes: { run: SLEEP, finish: 'note finish $1 $2' } } },
    async (nitro) => {
      for (const name of ['stays', 'goes']) await nitro.waitState(name, 'UP');
      const pid = await nitro.pidOf('stays');
      nitro.service('comes', { run: SLEEP });
      nitro.service('rests', { run: SLEEP, down: true });
      if (ask === undefined) {
        nitro.signal('SIGHUP');
        await nitro.waitState('comes', 'UP');
        nitro.remove('goes');
        nitro.signal('SIGHUP');
      } else {
        expect((await nitro.ctl(ask)).code).toBe(0);
        await nitro.waitState('comes', 'UP');
        nitro.remove('goes');
        expect((await nitro.ctl(ask)).code).toBe(0);
      }
      await waitForgotten(nitro, 'goes');
      expect(nitro.trace('goes')).toEqual(['STARTING', 'UP', 'SHUTDOWN', 'DOWN']);
      expect((await nitro.query('rests'))?.state).toBe('DOWN');
      expect(await nitro.pidOf('stays')).toBe(pid);
      expect([...(await nitro.list()).keys()].sort()).toEqual(['comes', 'rests', 'stays']);
    });

scenario('§6 "A service is forgotten in the same step in which it is announced DOWN: the next list does not show it"',
  { services: Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`s${index}`, { run: SLEEP, setup: 'exit 0' }])) },
  async (nitro) => {
    for (let index = 0; index < 6; index++) {
      const name = `s${index}`;
      await nitro.waitState(name, 'UP');
      nitro.remove(name);
      await rescan(nitro);
      await nitro.waitTrace(name, ['SHUTDOWN', 'DOWN'], 'end');
      expect([...(await nitro.list()).keys()]).not.toContain(name);
    }
    expect((await nitro.list()).size).toBe(0);
  });

scenario('§6 a service that is DOWN, FATAL, in DELAY or ONESHOT is forgotten, too, when its directory is gone',
  { services: {
    down: { run: SLEEP, down: true },
    fatal: { setup: 'exit 111' },
    delayed: { setup: 'exit 1' },
    oneshot: { setup: 'exit 0', finish: 'note finish' },
  }, delays: { RESPAWN: 60_000 } },
  async (nitro) => {
    for (const [name, state] of [['fatal', 'FATAL'], ['delayed', 'DELAY'], ['oneshot', 'ONESHOT']] as const) await nitro.waitState(name, state);
    for (const name of ['down', 'fatal', 'delayed', 'oneshot']) nitro.remove(name);
    await rescan(nitro);
    await waitForgotten(nitro, 'down', 'fatal', 'delayed', 'oneshot');
    expect(nitro.trace('oneshot')).toEqual(['SETUP', 'ONESHOT', 'SHUTDOWN', 'DOWN']);
  });

scenario('§6 a service that is removed in SETUP is told to end, and one with a finish is forgotten when that is over',
  { services: { s: { setup: 'note setup; exec sleep 1000', run: SLEEP }, other: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitFor('setup runs', () => nitro.journal().includes('setup'));
    nitro.remove('s');
    await rescan(nitro);
    await waitForgotten(nitro, 's');
    expect(nitro.trace('s')).toEqual(['SETUP', 'SHUTDOWN', 'DOWN']);
  });

scenario('§6 "a down file added or removed later changes nothing for a service that exists"; "down services stay listed"',
  { services: { up: { run: SLEEP }, down: { run: SLEEP, down: true } } },
  async (nitro) => {
    await nitro.waitState('up', 'UP');
    const pid = await nitro.pidOf('up');
    nitro.place('up/down', '');
    nitro.remove('down/down');
    await rescan(nitro);
    nitro.service('last', { run: SLEEP });
    await rescan(nitro);
    await nitro.waitState('last', 'UP');
    expect(await nitro.query('up')).toMatchObject({ state: 'UP', pid });
    expect(await nitro.query('down')).toMatchObject({ state: 'DOWN', pid: 0 });
    expect(nitro.trace('down')).toEqual([]);
  });

scenario('§6 a service that was brought down stays DOWN, and FATAL stays FATAL, over a rescan',
  { services: { a: { run: SLEEP }, fatal: { setup: 'note tried; exit 111' } } },
  async (nitro) => {
    await nitro.waitState('fatal', 'FATAL');
    expect((await nitro.ctl('down', 'a')).code).toBe(0);
    for (let round = 0; round < 3; round++) await rescan(nitro);
    nitro.service('last', { run: SLEEP });
    await rescan(nitro);
    await nitro.waitState('last', 'UP');
    expect((await nitro.query('a'))?.state).toBe('DOWN');
    expect((await nitro.query('fatal'))?.state).toBe('FATAL');
    expect(nitro.journal()).toEqual(['tried']);
  });

scenario('§6 a service that is removed and comes back while it goes down is not forgotten, and can be started again',
  { services: { a: { run: 'trap "gate go; exit 0" TERM; note began; while :; do sleep 0.01; done' } }, delays: PATIENT },
  async (nitro) => {
    await nitro.waitFor('it runs', () => nitro.journal().length === 1);
    nitro.remove('a');
    await rescan(nitro);
    await nitro.waitState('a', 'SHUTDOWN');
    nitro.service('a', { run: `note again; ${SLEEP}` });
    await rescan(nitro);
    nitro.open('go');
    await nitro.waitFor('its first life has ended', () => nitro.trace('a').includes('DOWN'));
    expect((await nitro.ctl('start', 'a')).code).toBe(0);
    expect((await nitro.list()).get('a')).toMatchObject({ state: 'UP' });
    await nitro.waitFor('it runs again', () => nitro.journal().join() === 'began,again');
  });

scenario('§3 "A service never has two processes of run alive": removed, and back with another run, as fast as it goes',
  { services: { a: { run: 'note $$; exec sleep 1000' } } },
  async (nitro) => {
    for (let round = 0; round < 15; round++) {
      nitro.remove('a');
      nitro.send('00007e');
      nitro.service('a', { run: 'note $$; exec sleep 1000' });
      await rescan(nitro);
      await nitro.want('UP', 'a');
    }
    await nitro.waitState('a', 'UP');
    const pid = await nitro.pidOf('a');
    await nitro.waitFor('it has noted its pid', () => nitro.journal().includes(String(pid)));
    expect(nitro.journal().map(Number).filter(alive)).toEqual([pid]);
  });

scenario('protocol.md UP: "A service that is known is taken as it is, also if its directory is gone": it restarts after a crash, or is FATAL',
  { services: { a: { run: SLEEP }, b: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    nitro.remove('a');
    await nitro.want('UP', 'a');
    expect((await nitro.query('a'))?.state).toBe('UP');
    expect((await nitro.ctl('kill', 'a')).code).toBe(0);
    // Nothing is left that could run (§3, launch: FATAL if the directory itself is gone).
    await nitro.waitState('a', 'FATAL');
    await rescan(nitro);
    await waitForgotten(nitro, 'a');
  });

scenario('§6 a service whose directory lost run and setup is none any more; one that lost run alone stays',
  { services: { a: { run: SLEEP }, b: { setup: 'exit 0', run: SLEEP }, c: { run: SLEEP } } },
  async (nitro) => {
    for (const name of ['a', 'b']) await nitro.waitState(name, 'UP');
    nitro.remove('a/run');
    nitro.remove('b/run');
    await rescan(nitro);
    await waitForgotten(nitro, 'a');
    expect((await nitro.query('b'))?.state).toBe('UP');
  });

scenario('§6 the service directory itself is moved away: nitro stays in it, and goes on',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    nitro.place('../moved', { directory: {} });
    renameSync(nitro.directory, `${nitro.base}/moved/d`);
    await rescan(nitro);
    nitro.place('../moved/d/b', { directory: { run: { text: `#!/bin/sh\n${SLEEP}\n`, mode: 0o755 } } });
    await rescan(nitro);
    await nitro.waitState('b', 'UP');
    expect((await nitro.query('a'))?.state).toBe('UP');
  });

scenario('§6 "After start nitro does not exit by itself, whatever happens": the service directory is deleted',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    rmSync(nitro.directory, { recursive: true });
    await rescan(nitro);
    expect(await nitro.info()).toBeDefined();
    await rescan(nitro);
  });
