/**
 * What descriptors scripts get: behaviour.md §4, the table and the rule that no other is leaked.
 */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import { descriptorsOf, statOf } from './harness/processes.js';
import { scenario, withDaemon } from './harness/scenario.js';
import { stillPath } from './harness/tools.js';

const STILL = { link: stillPath } as const;
/** A service each of whose scripts can be looked at as long as the test wants. */
const LONG = { files: { setup: STILL } } as const;

/** The descriptors of a script, once its exec has happened: before it, they are still nitro's. */
async function settled(nitro: Daemon, pid: number): Promise<ReadonlyMap<number, string>> {
  await nitro.waitFor(`${pid} was executed`, () => statOf(pid, 3) === String(pid) && descriptorsOf(pid).size <= 5 && descriptorsOf(pid).size > 0);
  return descriptorsOf(pid);
}

/** What stands for an end of nitro's own. */
const own = (nitro: Daemon, fd: 0 | 1 | 2): string | undefined => descriptorsOf(nitro.pid).get(fd);

async function pidsOf(nitro: Daemon, name: string, kind: 'run' | 'setup' | 'finish'): Promise<number> {
  return await nitro.waitFor(`${kind} of ${name} runs`, async () => {
    const found = await nitro.query(name);
    const pid = kind === 'run' ? found?.pid : kind === 'setup' ? found?.setupPid : found?.finishPid;
    return pid !== undefined && pid > 0 ? pid : null;
  });
}

scenario('§4 row "any other": without log, stdin is /dev/null, stdout and stderr are nitro\'s, nothing else is open; run, setup, finish',
  { services: { a: { files: { run: STILL, finish: STILL } }, b: { ...LONG, run: 'exit 0' } } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    const expected = [[0, '/dev/null'], [1, own(nitro, 1)], [2, own(nitro, 2)]];
    expect([...(await settled(nitro, await pidsOf(nitro, 'a', 'run')))].sort()).toEqual(expected);
    expect([...(await settled(nitro, await pidsOf(nitro, 'b', 'setup')))].sort()).toEqual(expected);
    await nitro.want('DOWN', 'a');
    const finish = await pidsOf(nitro, 'a', 'finish');
    expect([...(await settled(nitro, finish))].sort()).toEqual(expected);
    process.kill(finish, 'SIGKILL');
  });

scenario('§4 rows "run of a logger", "any other": stdout of run, setup and finish is stdin of the logger; its stdout is nitro\'s',
  {
    services: {
      a: { log: '../logger', files: { run: STILL, finish: STILL } },
      b: { log: '../logger', run: 'exit 0', ...LONG },
      logger: { files: { run: STILL } },
    },
  },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    const logger = await settled(nitro, await pidsOf(nitro, 'logger', 'run'));
    const pipe = logger.get(0);
    expect(pipe).toMatch(/^pipe:/);
    expect([...logger].sort()).toEqual([[0, pipe], [1, own(nitro, 1)], [2, own(nitro, 2)]]);
    const expected = [[0, '/dev/null'], [1, pipe], [2, own(nitro, 2)]];
    expect([...(await settled(nitro, await pidsOf(nitro, 'a', 'run')))].sort()).toEqual(expected);
    expect([...(await settled(nitro, await pidsOf(nitro, 'b', 'setup')))].sort()).toEqual(expected);
    await nitro.want('DOWN', 'a');
    const finish = await pidsOf(nitro, 'a', 'finish');
    expect([...(await settled(nitro, finish))].sort()).toEqual(expected);
    process.kill(finish, 'SIGKILL');
  });

scenario('§4 row "any other": setup and finish of a logger read /dev/null, not the log pipe',
  { services: { a: { run: 'exec sleep 1000', log: '../logger', down: true }, logger: { run: 'exec cat', files: { finish: STILL } }, other: { run: 'exec sleep 1000', log: '../early' }, early: { run: 'exec cat', ...LONG } } },
  async (nitro) => {
    expect((await settled(nitro, await pidsOf(nitro, 'early', 'setup'))).get(0)).toBe('/dev/null');
    await nitro.want('UP', 'a');
    await nitro.waitTrace('logger', ['STARTING', 'UP']);
    await nitro.want('DOWN', 'logger');
    const finish = await pidsOf(nitro, 'logger', 'finish');
    expect((await settled(nitro, finish)).get(0)).toBe('/dev/null');
    process.kill(finish, 'SIGKILL');
  });

scenario('§4 row "run of a logger": its stdout is its own log target',
  { services: { a: { log: '../l1', files: { run: STILL } }, l1: { log: '../l2', files: { run: STILL } }, l2: { files: { run: STILL } } } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    const [a, l1, l2] = [
      await settled(nitro, await pidsOf(nitro, 'a', 'run')),
      await settled(nitro, await pidsOf(nitro, 'l1', 'run')),
      await settled(nitro, await pidsOf(nitro, 'l2', 'run')),
    ];
    expect(a.get(1)).toBe(l1.get(0));
    expect(l1.get(1)).toBe(l2.get(0));
    expect(l2.get(1)).toBe(own(nitro, 1));
    expect(l1.get(0)).not.toBe(l2.get(0));
    for (const one of [a, l1, l2]) expect([...one.keys()].sort()).toEqual([0, 1, 2]);
  });

scenario('§4 row "run of LOG": stdin is the global log pipe, stdout nitro\'s, stderr goes to its stdout; others and loggers write to it',
  {
    services: {
      LOG: { files: { run: STILL } },
      a: { files: { run: STILL } },
      b: { log: '../logger', files: { run: STILL } },
      logger: { files: { run: STILL } },
    },
  },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    await nitro.waitTrace('logger', ['STARTING', 'UP']);
    const log = await settled(nitro, await pidsOf(nitro, 'LOG', 'run'));
    const pipe = log.get(0);
    expect(pipe).toMatch(/^pipe:/);
    expect([...log].sort()).toEqual([[0, pipe], [1, own(nitro, 1)], [2, own(nitro, 1)]]);
    expect([...(await settled(nitro, await pidsOf(nitro, 'a', 'run')))].sort()).toEqual([[0, '/dev/null'], [1, pipe], [2, own(nitro, 2)]]);
    const logger = await settled(nitro, await pidsOf(nitro, 'logger', 'run'));
    expect([...logger].sort()).toEqual([[0, logger.get(0)], [1, pipe], [2, own(nitro, 2)]]);
    expect((await settled(nitro, await pidsOf(nitro, 'b', 'run'))).get(1)).toBe(logger.get(0));
  });

test.concurrent('§4 row "SYS/setup": stdin, stdout and stderr are nitro\'s, also with LOG and LOG@', async () => {
  await withDaemon(
    {
      services: { LOG: { run: 'exec cat' }, 'LOG@': { run: 'exec cat' } },
      entries: { SYS: { directory: { setup: STILL } } },
      wrapper: ['sh', '-c', 'exec "$@" <"$T/stdin"', 'sh'],
    },
    async (nitro) => {
      writeFileSync(`${nitro.scratch}/stdin`, '');
      await nitro.start();
      const setup = await pidsOf(nitro, 'SYS', 'setup');
      expect([...(await settled(nitro, setup))].sort()).toEqual([[0, `${nitro.scratch}/stdin`], [1, own(nitro, 1)], [2, own(nitro, 2)]]);
      expect(statOf(setup, 4)).toBe('0');
      process.kill(setup, 'SIGKILL');
      await nitro.stop();
    },
  );
});

test.concurrent('§4 row "SYS/setup": nitro\'s stdin becomes its controlling terminal, and nobody else\'s', async () => {
  await withDaemon(
    { services: { a: { files: { run: STILL } } }, entries: { SYS: { directory: { setup: STILL } } }, launch: ['-t'] },
    async (nitro) => {
      await nitro.start();
      const setup = await pidsOf(nitro, 'SYS', 'setup');
      await nitro.waitFor('it has a terminal', () => statOf(setup, 4) !== '0');
      expect(descriptorsOf(setup).get(0)).toBe(own(nitro, 0));
      process.kill(setup, 'SIGKILL');
      const run = await pidsOf(nitro, 'a', 'run');
      await settled(nitro, run);
      expect(statOf(run, 4)).toBe('0');
      await nitro.stop();
    },
  );
});

scenario('§4 CORRECTED "no descriptor leaked, also none that nitro inherited"',
  {
    services: {
      a: { files: { run: STILL, setup: { text: '#!/bin/sh\nls -l /proc/self/fd >"$T/setup"\n', mode: 0o755 } }, 'notification-fd': 0 },
      b: { files: { run: STILL }, log: '../logger' },
      logger: { run: 'exec cat' },
    },
    launch: ['-o', '3', '-o', '5', '-o', '9', '-o', '63', '-o', '200'],
  },
  async (nitro) => {
    await nitro.waitTrace('b', ['STARTING', 'UP']);
    for (const name of ['a', 'b']) {
      const pid = await pidsOf(nitro, name, 'run');
      await nitro.waitFor(`${name} has 0, 1 and 2 only`, () => [...descriptorsOf(pid).keys()].join() === '0,1,2');
    }
    const listed = nitro.read('setup').split('\n').filter((line) => line.includes('->') && !line.includes('/proc/'));
    expect(listed).toHaveLength(3);
  });

scenario('§6 "Descriptors 0, 1 and 2 are always open, to nowhere if need be": for nitro and what it starts',
  { services: { a: { files: { run: STILL }, log: '../logger' }, logger: { files: { run: STILL } } }, launch: ['-c', '0', '-c', '1', '-c', '2'] },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    for (const fd of [0, 1, 2] as const) expect(own(nitro, fd)).toBe('/dev/null');
    const logger = await settled(nitro, await pidsOf(nitro, 'logger', 'run'));
    expect([...logger].sort()).toEqual([[0, logger.get(0)], [1, '/dev/null'], [2, '/dev/null']]);
    expect(logger.get(0)).toMatch(/^pipe:/);
    expect([...(await settled(nitro, await pidsOf(nitro, 'a', 'run')))].sort()).toEqual([[0, '/dev/null'], [1, logger.get(0)], [2, '/dev/null']]);
  });

scenario('§4 CORRECTED "A failed exec leaves no descriptor behind": 60 failures of each kind',
  {
    services: {
      fatal: { down: true, 'notification-fd': 3, files: { run: { text: '#!/no/such/interpreter\n', mode: 0o755 } } },
      setup: { down: true, run: 'exit 0', files: { setup: { text: '#!/no/such/interpreter\n', mode: 0o755 } } },
      beyond: { down: true, run: 'exit 0', 'notification-fd': 99_999_999 },
    },
    delays: { RESPAWN: 60_000 },
  },
  async (nitro) => {
    const before = descriptorsOf(nitro.pid).size;
    for (let round = 0; round < 60; round++)
      for (const name of ['fatal', 'setup', 'beyond']) {
        await nitro.want('UP', name);
        await nitro.waitState(name, 'FATAL', 'DELAY');
      }
    await nitro.waitFor('all are closed', () => descriptorsOf(nitro.pid).size <= before);
  });
