/**
 * Instances of templates at a rescan: behaviour.md §6, Rescan.
 */
import { expect } from 'vitest';
import { drain } from './harness/extra-loggers.js';
import { isKnown, rescan, waitForgotten } from './harness/extra-requests.js';
import { scenario } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';

scenario('§6 "Instances that are not DOWN stay as long as their template exists"; "those that are DOWN are forgotten"',
  { services: { 't@': { run: SLEEP } } },
  async (nitro) => {
    for (const name of ['t@up', 't@down']) expect((await nitro.ctl('start', name)).code).toBe(0);
    expect((await nitro.ctl('down', 't@down')).code).toBe(0);
    expect((await nitro.query('t@down'))?.state).toBe('DOWN');
    await rescan(nitro);
    expect((await nitro.query('t@up'))?.state).toBe('UP');
    await waitForgotten(nitro, 't@down');
    expect([...(await nitro.list()).keys()]).toEqual(['t@up']);
    nitro.remove('t@');
    await rescan(nitro);
    await waitForgotten(nitro, 't@up');
    expect(nitro.trace('t@up').slice(-2)).toEqual(['SHUTDOWN', 'DOWN']);
  });

for (const [what, entry] of [['symlink', { link: 't@' }], ['directory', { directory: {} }], ['dangling symlink', { link: 'nowhere' }]] as const)
  scenario(`§6 an instance that is DOWN stays if "the directory has an entry of their name": a ${what}`,
    { services: { 't@': { run: SLEEP } }, entries: { 't@a': entry } },
    async (nitro) => {
      if (what !== 'dangling symlink') await nitro.waitState('t@a', 'UP');
      else expect((await nitro.ctl('start', 't@a')).code).toBe(0);
      expect((await nitro.ctl('down', 't@a')).code).toBe(0);
      await rescan(nitro);
      if (what !== 'dangling symlink') expect((await nitro.query('t@a'))?.state).toBe('DOWN');
      nitro.remove('t@a');
      await rescan(nitro);
      await waitForgotten(nitro, 't@a');
    });

scenario('§6 an instance that runs, whose entry is removed, stays while its template exists',
  { services: { 't@': { run: SLEEP } }, entries: { 't@a': { link: 't@' } } },
  async (nitro) => {
    await nitro.waitState('t@a', 'UP');
    const pid = await nitro.pidOf('t@a');
    nitro.remove('t@a');
    await rescan(nitro);
    expect(await nitro.query('t@a')).toMatchObject({ state: 'UP', pid });
    expect(nitro.trace('t@a')).toEqual(['STARTING', 'UP']);
  });

scenario('§6 an entry for an instance that comes with a rescan starts it; with the template\'s down file it is listed as DOWN',
  { services: { 't@': { run: SLEEP }, 'd@': { run: SLEEP, down: true } } },
  async (nitro) => {
    expect((await nitro.list()).size).toBe(0);
    nitro.place('t@x', { link: 't@' });
    nitro.place('d@x', { link: 'd@' });
    await rescan(nitro);
    await nitro.waitState('t@x', 'UP');
    expect((await nitro.query('d@x'))?.state).toBe('DOWN');
  });

scenario('§6 an entry for an instance whose template is gone: it is brought down and forgotten',
  { services: { 't@': { run: SLEEP } }, entries: { 't@a': { link: 't@' }, 't@b': { directory: {} } } },
  async (nitro) => {
    for (const name of ['t@a', 't@b']) await nitro.waitState(name, 'UP');
    nitro.remove('t@');
    await rescan(nitro);
    await waitForgotten(nitro, 't@a', 't@b');
  });

scenario('§6 an instance that is DOWN stays if it is "the logger of a service"',
  { services: { 'log@': { run: drain('out') }, user: { run: SLEEP, log: '../log@one' } } },
  async (nitro) => {
    await nitro.waitState('user', 'UP');
    expect((await nitro.ctl('down', 'log@one')).code).toBe(0);
    await rescan(nitro);
    expect((await nitro.query('log@one'))?.state).toBe('DOWN');
    nitro.place('user/log', { link: '../log@two' });
    await rescan(nitro);
    await waitForgotten(nitro, 'log@one');
    expect(await isKnown(nitro, 'log@two')).toBe(true);
  });

scenario('§6 an instance that is DOWN stays if it is the logger of a service that is DOWN, and of one that is itself an instance',
  { services: { 'log@': { run: drain('out') }, user: { run: SLEEP, log: '../log@', down: true }, 'u@': { run: SLEEP, log: '../log@' } } },
  async (nitro) => {
    expect((await nitro.ctl('start', 'u@x')).code).toBe(0);
    await nitro.waitState('log@x', 'UP');
    expect((await nitro.ctl('down', 'log@x')).code).toBe(0);
    await rescan(nitro);
    expect((await nitro.query('log@x'))?.state).toBe('DOWN');
    expect((await nitro.query('log@user'))?.state).toBe('DOWN');
    expect((await nitro.ctl('down', 'u@x')).code).toBe(0);
    // Now u@x is DOWN, and goes; and then nobody names log@x any more.
    await rescan(nitro);
    await rescan(nitro);
    await waitForgotten(nitro, 'u@x', 'log@x');
    expect((await nitro.query('log@user'))?.state).toBe('DOWN');
  });

scenario('§6 an instance of LOG@ stays as long as the service that it serves, DOWN or not',
  { services: { 'LOG@': { run: drain('out') }, LOG: { run: drain('log') }, a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    expect((await nitro.ctl('down', 'LOG@a')).code).toBe(0);
    await rescan(nitro);
    expect((await nitro.query('LOG@a'))?.state).toBe('DOWN');
    nitro.remove('a');
    await rescan(nitro);
    await waitForgotten(nitro, 'a');
    await rescan(nitro);
    await waitForgotten(nitro, 'LOG@a');
    expect((await nitro.query('LOG'))?.state).toBe('UP');
  });

for (const state of ['FATAL', 'DELAY', 'ONESHOT'] as const)
  scenario(`§6 "Instances that are not DOWN stay": ${state}`,
    { services: { 't@': { setup: { FATAL: 'exit 111', DELAY: 'exit 1', ONESHOT: 'exit 0' }[state] } }, delays: { RESPAWN: 60_000 } },
    async (nitro) => {
      await nitro.want('UP', 't@a');
      await nitro.waitState('t@a', state);
      await rescan(nitro);
      expect((await nitro.query('t@a'))?.state).toBe(state);
      await nitro.want('DOWN', 't@a');
      await nitro.waitState('t@a', 'DOWN');
      await rescan(nitro);
      await waitForgotten(nitro, 't@a');
    });

scenario('§6 a template that appears later: instances can be started from then on',
  {},
  async (nitro) => {
    expect((await nitro.ctl('start', 't@a')).code).toBe(111);
    nitro.service('t@', { run: SLEEP });
    expect((await nitro.ctl('start', 't@a')).code).toBe(0);
  });
