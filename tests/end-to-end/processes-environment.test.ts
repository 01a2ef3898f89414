/**
 * What scripts inherit beside descriptors: behaviour.md §4, environment, arguments, session, directory, signals.
 */
import { symlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { expect } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import { argumentsOf, descriptorLimitOf, environmentOf, sessionOf, signalIn, statOf, workingDirectoryOf } from './harness/processes.js';
import { scenario } from './harness/scenario.js';
import { stillPath } from './harness/tools.js';

const STILL = { link: stillPath } as const;
const SLEEP = 'exec sleep 1000';
const QUICK = { files: { run: STILL } } as const;

async function runOf(nitro: Daemon, name: string): Promise<number> {
  await nitro.waitTrace(name, ['UP'], 'end');
  return await nitro.pidOf(name);
}

scenario('§4 "environment nitro\'s own": all of it, and no more', { services: { a: QUICK }, env: { ODD: 'a=b \xe4 \n c', EMPTY: '' } },
  async (nitro) => {
    const expected = Object.entries(nitro.environment).map(([name, value]) => Buffer.from(`${name}=${value}`).toString('latin1'));
    expect([...environmentOf(await runOf(nitro, 'a'))].sort()).toEqual([...expected].sort());
  });

const HUGE = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`HUGE${index}`, 'x'.repeat(100_000)]));
scenario('§4 "environment nitro\'s own, of any size": 1.2 MB, and 2000 variables',
  { services: { a: QUICK }, env: { ...HUGE, ...Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`MANY${index}`, String(index)])) } },
  async (nitro) => {
    const expected = Object.entries(nitro.environment).map(([name, value]) => `${name}=${value}`);
    expect(environmentOf(await runOf(nitro, 'a')).length).toBe(expected.length);
    expect([...environmentOf(await nitro.pidOf('a'))].sort()).toEqual([...expected].sort());
  });

scenario('§4 "plus a default PATH if it has none"',
  { services: { a: QUICK, b: { setup: 'sleep 0; note "$PATH"', run: 'command -v ls sleep >/dev/null || note lost; exec sleep 1000' } }, env: { PATH: undefined } },
  async (nitro) => {
    const environment = environmentOf(await runOf(nitro, 'a'));
    const paths = environment.filter((one) => one.startsWith('PATH='));
    expect(paths).toHaveLength(1);
    const directories = paths[0]?.slice(5).split(':');
    for (const directory of ['/bin', '/usr/bin', '/sbin', '/usr/sbin']) expect(directories).toContain(directory);
    expect(environment.length).toBe(Object.keys(nitro.environment).length + 1);
    await nitro.waitTrace('b', ['SETUP', 'STARTING', 'UP']);
    expect(nitro.journal()).toHaveLength(1);
  });

scenario('§4 "argv[0] the file\'s name": run, setup, finish, and no argument for a plain service',
  { services: { a: { files: { run: STILL, finish: STILL } }, b: { run: SLEEP, files: { setup: STILL } } } },
  async (nitro) => {
    expect(argumentsOf(await runOf(nitro, 'a'))).toEqual(['run']);
    const { setupPid = 0 } = (await nitro.query('b')) ?? {};
    expect(argumentsOf(setupPid)).toEqual(['setup']);
    await nitro.want('DOWN', 'a');
    await nitro.waitFor('finish is executed', async () => argumentsOf((await nitro.query('a'))?.finishPid ?? 0)[0] === 'finish');
    const { finishPid = 0 } = (await nitro.query('a')) ?? {};
    expect(argumentsOf(finishPid)).toEqual(['finish', '-1', '15']);
    for (const pid of [setupPid, finishPid]) process.kill(pid, 'SIGKILL');
  });

scenario('§4 "own session (setsid)": run, setup and finish lead a session and a process group without a terminal',
  { services: { a: { files: { run: STILL, finish: STILL } }, b: { run: SLEEP, files: { setup: STILL } } } },
  async (nitro) => {
    const run = await runOf(nitro, 'a');
    const { setupPid = 0 } = (await nitro.query('b')) ?? {};
    const check = (pid: number): void => {
      expect([sessionOf(pid), Number(statOf(pid, 2)), Number(statOf(pid, 4)), Number(statOf(pid, 1))]).toEqual([pid, pid, 0, nitro.pid]);
    };
    check(run);
    check(setupPid);
    await nitro.want('DOWN', 'a');
    const finishPid = await nitro.waitFor('finish is executed', async () => {
      const pid = (await nitro.query('a'))?.finishPid ?? 0;
      return argumentsOf(pid)[0] === 'finish' && pid;
    });
    check(finishPid);
    for (const pid of [setupPid, finishPid]) process.kill(pid, 'SIGKILL');
  });

scenario('§4 "working directory the service\'s": also by way of a link, for run, setup and finish',
  { services: { a: { setup: 'note "setup $(pwd -P)"', run: 'note "run $(pwd -P)"; gate end; exit 0', finish: 'note "finish $(pwd -P)"' } } },
  async (nitro) => {
    const at = (name: string): string[] => ['setup', 'run', 'finish'].map((kind) => `${kind} ${nitro.directory}/${name}`);
    nitro.open('end');
    await nitro.waitFor('a life has ended', () => nitro.journal().length >= 3);
    expect(nitro.journal().slice(0, 3)).toEqual(at('a'));
    await nitro.want('DOWN', 'a');
    await nitro.waitState('a', 'DOWN');
    const before = nitro.journal().length;
    nitro.place('link', { link: 'a' });
    await nitro.ctl('rescan');
    await nitro.waitFor('a life has ended', () => nitro.journal().length >= before + 3);
    expect(nitro.journal().slice(before, before + 3)).toEqual(at('a'));
  });

scenario('§4 "SYS/setup and SYS/finish run in SYS/; SYS/final in the service directory itself", each in a session of its own',
  {
    system: Object.fromEntries(
      ['setup', 'finish', 'final'].map((name) => [name, `note "${name} $(pwd -P)"; read -r pid name state parent group session rest </proc/$$/stat; [ "$session" = $$ ] && note session`]),
    ),
  },
  async (nitro) => {
    await nitro.waitFor('SYS/setup has run', () => nitro.journal().length >= 2);
    await nitro.stop();
    const { directory } = nitro;
    expect(nitro.journal().filter((line) => line !== 'session')).toEqual([
      `setup ${directory}/SYS`, `finish ${directory}/SYS`, `final ${directory}`,
    ]);
    expect(nitro.journal().filter((line) => line === 'session')).toHaveLength(3);
  });

const PARAM = 'b c@d@ $x "\'';
scenario('§2, §4 an instance: its files and directory are the template\'s, PARAM (with spaces and @) is an argument of every script',
  {
    services: {
      't@': { setup: 'note "setup $#:$1"', run: `note "run $#:$1 $(pwd -P)"; exec "$T/still"`, finish: 'note "finish $#:$1:$2:$3"' },
    },
  },
  async (nitro) => {
    symlinkSync(stillPath, `${nitro.scratch}/still`);
    const name = `t@${PARAM}`;
    await nitro.want('UP', name);
    const pid = await runOf(nitro, name);
    expect(workingDirectoryOf(pid)).toBe(`${nitro.directory}/t@`);
    await nitro.want('DOWN', name);
    await nitro.waitState(name, 'DOWN');
    expect(nitro.journal()).toEqual([`setup 1:${PARAM}`, `run 1:${PARAM} ${nitro.directory}/t@`, `finish 3:-1:15:${PARAM}`]);
  });

scenario('§2 an instance that is itself a link or a directory: its files are the template\'s all the same',
  {
    services: { 't@': { run: `note "template $1"; ${SLEEP}` }, other: { run: SLEEP, down: true }, 't@directory': { run: 'note wrong; exit 1' } },
    entries: { 't@link': { link: 'other' } },
  },
  async (nitro) => {
    for (const name of ['t@link', 't@directory']) expect(workingDirectoryOf(await runOf(nitro, name))).toBe(`${nitro.directory}/t@`);
    expect([...nitro.journal()].sort()).toEqual(['template directory', 'template link']);
  });

for (const [how, run, expected] of [
  ['exit 0', 'exit 0', '2 0 0'],
  ['exit 1', 'exit 1', '2 1 0'],
  ['exit 255', 'exit 255', '2 255 0'],
  ['SIGKILL', 'kill -9 $$', '2 -1 9'],
  ['SIGSEGV', 'kill -11 $$', '2 -1 11'],
  ['SIGHUP', 'kill -1 $$', '2 -1 1'],
] as const)
  scenario(`§2 "finish: arguments are the exit status (or -1) and the signal (or 0)": ${how}`,
    { services: { a: { run, finish: 'note "$# $*"' } }, delays: { RESPAWN: 60_000 } },
    async (nitro) => {
      await nitro.waitState('a', 'DELAY');
      expect(nitro.journal()).toEqual([expected]);
    });

const { SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH } = constants.signals;
const SOME = [SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, 34, 64];
for (const [how, launch] of [
  ['as usual', []],
  ['with all of them ignored', SOME.flatMap((signal) => ['-i', String(signal)])],
  ['with all of them blocked', SOME.flatMap((signal) => ['-b', String(signal)])],
  ['with all of them ignored and blocked', SOME.flatMap((signal) => ['-i', String(signal), '-b', String(signal)])],
] as const)
  scenario(`§4 CORRECTED "signal mask and dispositions reset": nitro started ${how}`,
    { services: { a: { files: { run: STILL, finish: STILL } }, b: { run: SLEEP, files: { setup: STILL } } }, ...(launch.length > 0 ? { launch } : {}) },
    async (nitro) => {
      const run = await runOf(nitro, 'a');
      const { setupPid = 0 } = (await nitro.query('b')) ?? {};
      const check = (pid: number): void => {
        for (const field of ['SigBlk', 'SigIgn', 'SigCgt'] as const)
          expect([field, SOME.filter((signal) => signalIn(pid, field, signal))]).toEqual([field, []]);
      };
      check(run);
      check(setupPid);
      await nitro.want('DOWN', 'a');
      const finish = await nitro.waitFor('finish is executed', async () => {
        const pid = (await nitro.query('a'))?.finishPid ?? 0;
        return argumentsOf(pid)[0] === 'finish' && pid;
      });
      check(finish);
      for (const pid of [setupPid, finish]) process.kill(pid, 'SIGKILL');
      await nitro.waitTrace('a', ['SHUTDOWN', 'DOWN'], 'end');
    });

scenario('§4 a service gets the limit of descriptors that nitro was started with', { services: { a: QUICK }, launch: ['-n', '123'] },
  async (nitro) => {
    expect(descriptorLimitOf(await runOf(nitro, 'a'))).toBe(123);
  });
