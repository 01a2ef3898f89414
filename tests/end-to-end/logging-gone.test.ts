/**
 * Loggers that go away: behaviour.md §5, when a pipe is closed and when it is not.
 */
import { expect } from 'vitest';
import { PATIENT } from './harness/extra-delays.js';
import { rescanUntil, waitForgotten } from './harness/extra-requests.js';
import { drain, linesOf } from './harness/extra-loggers.js';
import type { Daemon } from './harness/daemon.js';
import { descriptorsOf } from './harness/processes.js';
import { scenario } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';
const talker = (text: string): string => `echo ${text}; ${SLEEP}`;

/** Pipes of which nitro holds both ends: those of loggers. */
function logPipes(nitro: Daemon): number {
  const targets = [...descriptorsOf(nitro.pid).values()].filter((target) => target.startsWith('pipe:'));
  return targets.filter((target, index) => targets.indexOf(target) !== index).length;
}

scenario('§5 "A logger whose directory is gone stays as long as a log link of a known service names it"; then it is forgotten and its pipe closed',
  { services: { a: { run: talker('line'), log: '../logger' }, logger: { run: drain('out') }, b: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitFor('the first line', () => nitro.read('out') === 'line\n');
    for (const name of ['a', 'logger']) await nitro.waitState(name, 'UP');
    expect(logPipes(nitro)).toBe(1);
    const pid = await nitro.pidOf('logger');
    nitro.remove('logger');
    expect((await nitro.ctl('rescan')).code).toBe(0);
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    await nitro.waitFor('the second line', () => nitro.read('out') === 'line\nline\n');
    expect(await nitro.query('logger')).toMatchObject({ state: 'UP', pid });
    nitro.remove('a');
    expect((await nitro.ctl('rescan')).code).toBe(0);
    await waitForgotten(nitro, 'a');
    await waitForgotten(nitro, 'logger');
    await nitro.waitFor('its pipe is closed', () => logPipes(nitro) === 0);
    expect(nitro.trace('logger').slice(-2)).toEqual(['SHUTDOWN', 'DOWN']);
    expect([...(await nitro.list()).keys()]).toEqual(['b']);
  });

scenario('§5 a service and its logger are removed together: both are brought down and forgotten, nothing is lost',
  { services: {
    a: { run: `trap 'echo last words; exit 0' TERM; echo began; while :; do sleep 0.02; done`, log: '../logger' },
    logger: { run: drain('out') },
  } },
  async (nitro) => {
    await nitro.waitFor('the first line', () => nitro.read('out') === 'began\n');
    for (const name of ['a', 'logger']) nitro.remove(name);
    expect((await nitro.ctl('rescan')).code).toBe(0);
    await waitForgotten(nitro, 'a');
    await waitForgotten(nitro, 'logger');
    await nitro.waitFor('the pipe is closed', () => logPipes(nitro) === 0);
    expect(linesOf(nitro, 'out')).toEqual(['began', 'last words']);
    expect((await nitro.list()).size).toBe(0);
  });

scenario('§5 "When a logger is forgotten, a service that still has its pipe keeps it until that service\'s life ends"',
  { services: {
    a: { run: `gate go; i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo line $i || note failed; done; note wrote; ${SLEEP}`, log: '../one' },
    one: { run: drain('one') }, two: { run: drain('two'), down: true },
  } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    const pid = await nitro.pidOf('a');
    nitro.place('a/log', { link: '../two' });
    nitro.remove('one');
    expect((await nitro.ctl('rescan')).code).toBe(0);
    await waitForgotten(nitro, 'one');
    nitro.open('go');
    await nitro.waitFor('it has written', () => nitro.journal().length > 0);
    expect(nitro.journal()).toEqual(['wrote']);
    expect(await nitro.pidOf('a')).toBe(pid);
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    await nitro.waitFor('the next life logs to the other', () => linesOf(nitro, 'two').length === 200);
    await nitro.waitFor('the pipe of the first is closed', () => logPipes(nitro) === 1);
  });

scenario('§5 "A pipe is closed only when ... no service, and no finish, can write to it any more": the finish of a service that is gone',
  { services: { a: { run: 'exit 0', finish: 'gate go; echo last words && note written', log: '../logger' }, logger: { run: drain('out') }, b: { run: SLEEP } }, delays: PATIENT },
  async (nitro) => {
    await nitro.waitState('a', 'RESTART');
    await nitro.waitState('logger', 'UP');
    nitro.remove('a');
    nitro.remove('logger');
    expect((await nitro.ctl('rescan')).code).toBe(0);
    await nitro.waitState('a', 'SHUTDOWN');
    expect((await nitro.ctl('restart', 'b')).code).toBe(0);
    nitro.open('go');
    await nitro.waitFor('it could write', () => nitro.journal().includes('written'));
    await waitForgotten(nitro, 'a');
    await waitForgotten(nitro, 'logger');
    await nitro.waitFor('the pipe is closed', () => logPipes(nitro) === 0);
    expect(nitro.read('out')).toBe('last words\n');
  });

scenario('§5 the logger of a service that is removed goes when nobody names it, though it was never in the directory: an instance',
  { services: { 'tape@': { run: drain('out') }, a: { run: talker('line'), log: '../tape@' }, b: { run: talker('line'), log: '../tape@shared' },
    c: { run: SLEEP, log: '../tape@shared' } } },
  async (nitro) => {
    for (const name of ['a', 'b', 'c']) await nitro.waitState(name, 'UP');
    expect(logPipes(nitro)).toBe(2);
    for (const name of ['a', 'b']) nitro.remove(name);
    expect((await nitro.ctl('rescan')).code).toBe(0);
    for (const name of ['a', 'b']) await waitForgotten(nitro, name);
    expect((await nitro.query('tape@shared'))?.state).toBe('UP');
    // An instance that is not DOWN stays as long as its template exists (§6); DOWN and named by nobody it goes.
    await nitro.ctl('down', 'tape@a');
    expect((await nitro.ctl('rescan')).code).toBe(0);
    await waitForgotten(nitro, 'tape@a');
    await nitro.waitFor('its pipe is closed', () => logPipes(nitro) === 1);
  });

scenario('§5 fifty times a service with a logger comes and goes: the descriptors are back to where they were',
  { services: { keep: { run: talker('keep'), log: '../kept' }, kept: { run: drain('kept') } } },
  async (nitro) => {
    await nitro.waitFor('it runs', () => nitro.read('kept') === 'keep\n');
    await nitro.waitState('keep', 'UP');
    for (let round = 0; round < 10; round++) {
      const names = [0, 1, 2, 3, 4].map((index) => `x${round * 5 + index}`);
      for (const name of names) nitro.service(name, { run: talker(name), log: `../l-${name}` });
      for (const name of names) nitro.service(`l-${name}`, { run: drain(`out-${name}`) });
      expect((await nitro.ctl('rescan')).code).toBe(0);
      for (const name of names) await nitro.waitFor('its line arrives', () => nitro.read(`out-${name}`) === `${name}\n`);
      for (const name of names) nitro.remove(name);
      for (const name of names) nitro.remove(`l-${name}`);
      await rescanUntil(nitro, ['keep', 'kept']);
    }
    await nitro.waitFor('one pipe is left', () => logPipes(nitro) === 1);
  });

for (const [what, links] of [
  ['to itself', { a: '../a' }],
  ['in a circle of two', { a: '../b', b: '../a' }],
  ['in a circle that another one, gone with it, writes to', { a: '../b', b: '../a', user: '../a' }],
] as const)
  scenario(`§6 Rescan: a service that logs ${what} is forgotten when its directory is gone, as any other`,
    { services: { ...Object.fromEntries(Object.entries(links).map(([name, log]) => [name, { run: 'exec sleep 1000', log }])), kept: { run: 'exec sleep 1000' } } },
    async (nitro) => {
      for (const name of [...Object.keys(links), 'kept']) await nitro.waitState(name, 'UP');
      for (const name of Object.keys(links)) nitro.remove(name);
      expect((await nitro.ctl('rescan')).code).toBe(0);
      await nitro.waitFor('they are forgotten', async () => [...(await nitro.list()).keys()].join() === 'kept');
    });
