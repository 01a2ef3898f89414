/**
 * The pipes of loggers: behaviour.md §5, that either side restarts in any order and nothing in flight is lost.
 */
import { expect } from 'vitest';
import { complaints, countSent, drain, drainOn, linesOf, numbered, throughDd, waitComplete } from './harness/extra-loggers.js';
import type { Daemon } from './harness/daemon.js';
import { killHard } from './harness/processes.js';
import { scenario } from './harness/scenario.js';
import { pause } from './harness/wait.js';

const SLEEP = 'exec sleep 1000';
/** What the pid of a service is called after it has changed. */
async function nextLife(nitro: Daemon, name: string, before: number): Promise<number> {
  return await nitro.waitFor(`${name} runs again`, async () => {
    const pid = await nitro.pidOf(name);
    return pid !== before && pid !== 0 ? pid : null;
  });
}

/** SIGKILL to the `run` of a service that is running, and wait for the next. */
async function crash(nitro: Daemon, name: string): Promise<void> {
  const pid = await nextLife(nitro, name, 0);
  killHard(pid);
  await nextLife(nitro, name, pid);
}

scenario('§5 "either side restarts in any order and nothing in flight is lost": writer killed, logger restarted',
  { services: { w: { run: numbered('w', 1_000_000), log: '../logger' }, logger: { run: drain('out') } }, delays: { RESPAWN: 10 } },
  async (nitro) => {
    for (let round = 1; round <= 5; round++) {
      await nitro.waitFor('lines are written', () => countSent(nitro, 'w') >= round * 300);
      await crash(nitro, 'w');
      expect((await nitro.ctl('restart', 'logger')).code).toBe(0);
      await crash(nitro, 'w');
    }
    expect((await nitro.ctl('down', 'w')).code).toBe(0);
    await waitComplete(nitro, 'w', 'out');
  });

scenario('§5 "either side restarts in any order and nothing in flight is lost": the logger killed with SIGKILL, too',
  {
    services: { w: { run: numbered('w', 1_000_000), log: '../logger' }, logger: { run: throughDd('out'), 'down-signal': 'k' } },
    delays: { RESPAWN: 10 },
  },
  async (nitro) => {
    for (let round = 1; round <= 5; round++) {
      await nitro.waitFor('lines are written', () => countSent(nitro, 'w') >= round * 300);
      await crash(nitro, 'logger');
      await crash(nitro, 'w');
      await crash(nitro, 'logger');
    }
    expect((await nitro.ctl('down', 'w')).code).toBe(0);
    await waitComplete(nitro, 'w', 'out');
  });

scenario('§5 "nitro makes one pipe a logger and holds both ends": what is written while the logger is down stays in the pipe',
  { services: { w: { run: `gate go; i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo line $i; done; note wrote; ${SLEEP}`, log: '../logger' },
    logger: { run: drain('out') } } },
  async (nitro) => {
    await nitro.waitState('w', 'UP');
    expect((await nitro.ctl('down', 'logger')).code).toBe(0);
    nitro.open('go');
    await nitro.waitFor('the lines are written', () => nitro.journal().includes('wrote'));
    expect((await nitro.ctl('down', 'w')).code).toBe(0);
    expect(nitro.read('out')).toBe('');
    expect((await nitro.ctl('start', 'logger')).code).toBe(0);
    await nitro.waitFor('the lines arrive', () => linesOf(nitro, 'out').length === 100);
    expect(linesOf(nitro, 'out')).toEqual(Array.from({ length: 100 }, (_, index) => `line ${index + 1}`));
  });

scenario('§5 a writer blocks while its logger is down and the pipe is full, and goes on when it is back: nothing is dropped',
  { services: { w: { run: `gate go; ${numbered('w', 8000, 8000)}`, log: '../logger' }, logger: { run: drain('out') } } },
  async (nitro) => {
    await nitro.waitState('logger', 'UP');
    expect((await nitro.ctl('down', 'logger')).code).toBe(0);
    nitro.open('go');
    let before = -1;
    await nitro.waitFor('the pipe is full', async () => {
      const now = countSent(nitro, 'w');
      const still = now === before && now > 4000;
      before = now;
      await pause(50);
      return still;
    });
    expect(before).toBeLessThan(8000);
    expect((await nitro.ctl('start', 'logger')).code).toBe(0);
    await nitro.waitFor('all is written', () => countSent(nitro, 'w') === 8000);
    await waitComplete(nitro, 'w', 'out');
  });

scenario('§5 "Several services may share a logger": every line of each, whole',
  {
    services: {
      a: { run: numbered('a', 1500, 500), log: '../logger' },
      b: { run: numbered('b', 1500, 500), log: '../logger' },
      c: { run: numbered('c', 1500, 500), log: '../logger' },
      logger: { run: drain('out') },
    },
  },
  async (nitro) => {
    await nitro.waitFor('some lines are there', () => countSent(nitro, 'b') > 100);
    expect((await nitro.ctl('restart', 'logger')).code).toBe(0);
    for (const name of ['a', 'b', 'c']) await nitro.waitFor(`${name} has written`, () => countSent(nitro, name) === 1500);
    for (const name of ['a', 'b', 'c']) await waitComplete(nitro, name, 'out');
    expect(linesOf(nitro, 'out')).toHaveLength(4500);
  });

scenario('§5 "a logger may have a log itself": a chain, every part of it restarted while lines go through',
  {
    services: {
      w: { run: numbered('w', 1_000_000), log: '../first' },
      first: { run: drainOn(), log: '../second' },
      second: { run: drainOn(), log: '../third' },
      third: { run: drain('out') },
    },
    delays: { RESPAWN: 10 },
  },
  async (nitro) => {
    for (const name of ['second', 'first', 'third', 'w', 'second', 'third']) {
      const sent = countSent(nitro, 'w');
      await nitro.waitFor('lines are written', () => countSent(nitro, 'w') >= sent + 150);
      expect((await nitro.ctl('restart', name)).code).toBe(0);
    }
    expect((await nitro.ctl('down', 'w')).code).toBe(0);
    await waitComplete(nitro, 'w', 'out');
  });

scenario('§2 "stdout of setup, run and finish goes to stdin of that service"',
  { services: { a: { setup: 'echo setup', run: 'echo run; exit 3', finish: 'echo finish $1 $2; gate go', log: '../logger' }, logger: { run: drain('out') } } },
  async (nitro) => {
    await nitro.waitFor('finish has written', () => linesOf(nitro, 'out').length >= 3);
    expect(linesOf(nitro, 'out').slice(0, 3)).toEqual(['setup', 'run', 'finish 3 0']);
    nitro.open('go');
    expect((await nitro.ctl('down', 'a')).code).toBe(0);
  });

scenario('§4 table, `run` of a logger: its setup and finish do not get the log pipe as stdin',
  { services: {
    a: { run: `echo line; ${SLEEP}`, log: '../logger' },
    logger: { setup: 'readlink /proc/self/fd/0 >"$T/setup"', run: drain('out'), finish: 'readlink /proc/self/fd/0 >"$T/finish"' },
  } },
  async (nitro) => {
    await nitro.waitFor('the line arrives', () => nitro.read('out') === 'line\n');
    expect((await nitro.ctl('down', 'logger')).code).toBe(0);
    expect(nitro.read('setup')).toBe('/dev/null\n');
    expect(nitro.read('finish')).toBe('/dev/null\n');
  });

scenario('§5 a logger that reads nothing blocks the writer and never nitro',
  { services: { w: { run: numbered('w', 8000, 8000), log: '../logger' }, logger: { run: SLEEP }, b: { run: SLEEP, down: true } } },
  async (nitro) => {
    await nitro.waitFor('the pipe is full', () => countSent(nitro, 'w') > 4000);
    expect((await nitro.ctl('start', 'b')).code).toBe(0);
    expect((await nitro.ctl('restart', 'w')).code).toBe(0);
    expect(complaints(nitro, 'w', 'none').length).toBeGreaterThan(0);
  });
