/**
 * Services that die all the time and at any time: reaping, crash loops, and the rule that a service never has two
 * processes of `run` alive (behaviour.md §3, §4).
 */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import { childrenOf, descriptorsOf, killHard, zombiesOf } from './harness/processes.js';
import { scenario } from './harness/scenario.js';
import { Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
/** Notes in the journal when an earlier process of the same `run` is still there. `$PWD` is the service's directory. */
const SOLE = `name=\${PWD##*/}
read -r old 2>/dev/null <"$T/run.$name" && [ -d "/proc/$old" ] && [ "$old" != $$ ] && note "two runs of $name: $old and $$"
echo $$ >"$T/run.$name"`;

/** Numbers from 0 to 1 that are the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const pauseMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function checkIntact(nitro: Daemon): Promise<void> {
  expect(nitro.journal().filter((line) => line.startsWith('two'))).toEqual([]);
  await nitro.waitFor('no zombies', () => zombiesOf(nitro.pid).length === 0);
}

scenario('§4 "nitro reaps every child, also the ones it inherits": they count in the totals only',
  { services: { a: { run: `(gate orphans) & (gate orphans) & ${SLEEP}` } }, launch: ['-r'] },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    const pid = await nitro.pidOf('a');
    await nitro.waitFor('the background processes run', () => childrenOf(pid).length === 2);
    killHard(pid);
    await nitro.waitFor('a is started again', async () => ![0, pid].includes(await nitro.pidOf('a')));
    await nitro.waitFor('the orphans were inherited', () => childrenOf(nitro.pid).length >= 3);
    const before = await nitro.info();
    nitro.open('orphans');
    await nitro.waitFor('all orphans are reaped', async () => {
      const total = ((await nitro.info())?.get(Tag.TOTAL_REAPS) ?? 0) - (before?.get(Tag.TOTAL_REAPS) ?? 0);
      return total >= 2 && childrenOf(nitro.pid).length === 1;
    });
    expect((await nitro.info())?.get(Tag.TOTAL_SV_REAPS)).toBe(before?.get(Tag.TOTAL_SV_REAPS));
  });

scenario('a crash loop of 5 services with RESPAWN 1 ms leaks nothing and nitro goes on answering',
  {
    services: Object.fromEntries(
      ['exit 1', 'kill -9 $$', 'exit 0', 'kill -11 $$', 'exit 255'].map((end, index) => [`c${index}`, { setup: 'exit 0', run: `${SOLE}\nnote life; ${end}`, finish: 'exit 1' }]),
    ),
    delays: { RESPAWN: 1 },
  },
  async (nitro) => {
    await nitro.waitFor('100 lives', () => nitro.journal().filter((line) => line === 'life').length >= 100);
    for (let round = 0; round < 20; round++) expect((await nitro.list()).size).toBe(5);
    for (const name of (await nitro.list()).keys()) {
      await nitro.want('DOWN', name);
      await nitro.waitState(name, 'DOWN');
    }
    const info = await nitro.info();
    expect(info?.get(Tag.TOTAL_SV_REAPS)).toBeGreaterThanOrEqual(300);
    expect(childrenOf(nitro.pid)).toEqual([]);
    await checkIntact(nitro);
  });

scenario('kill -9 of run, setup and finish at any time, and wishes at any time: never two runs, and it starts in the end',
  {
    services: {
      a: { setup: '[ -e "$T/calm" ] || sleep 0.01; note setup', run: `${SOLE}\n${SLEEP}`, finish: '[ -e "$T/calm" ] || sleep 0.02', log: '../logger' },
      b: { run: `${SOLE}\ntrap '' TERM; [ -e "$T/calm" ] && trap - TERM; [ -e "$T/calm" ] && ${SLEEP}; sleep 0.02` },
      logger: { run: `${SOLE}\nexec cat` },
    },
    delays: { RESPAWN: 3, STARTING: 7, SHUTDOWN: 20, FINISH: 15 },
  },
  async (nitro) => {
    const random = randomNumbers(20_240_601);
    const pick = <T>(values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];
    for (let step = 0; step < 250; step++) {
      const name = pick(['a', 'b', 'logger']);
      if (random() < 0.5) {
        const now = await nitro.query(name);
        const pid = pick([now?.pid ?? 0, now?.setupPid ?? 0, now?.finishPid ?? 0]);
        // Only its own children: a number that was reaped since could be another's by now.
        if (pid > 0 && childrenOf(nitro.pid).includes(pid)) killHard(pid);
      } else {
        await nitro.want(pick(['UP', 'DOWN', 'RESTART']), name);
      }
      if (random() < 0.3) await pauseMs(random() * 15);
    }
    nitro.open('calm');
    for (const name of ['a', 'b', 'logger']) {
      await nitro.want('UP', name);
      await nitro.waitState(name, 'UP');
    }
    const pids = await Promise.all(['a', 'b', 'logger'].map((name) => nitro.pidOf(name)));
    await nitro.waitFor('no other child', () => [...childrenOf(nitro.pid)].sort().join() === [...pids].sort().join());
    for (const [index, name] of ['a', 'b', 'logger'].entries())
      await nitro.waitFor('run has noted itself', () => Number(readFileSync(`${nitro.scratch}/run.${name}`, 'latin1')) === pids[index]);
    await checkIntact(nitro);
  });

scenario('200 restarts in a row: one process at a time, no descriptor more than before',
  { services: { a: { run: `${SOLE}\nnote life; ${SLEEP}`, 'notification-fd': 7, log: '../logger' }, logger: { run: 'exec cat >/dev/null' } }, delays: { RESPAWN: 1 } },
  async (nitro) => {
    await nitro.waitState('a', 'STARTING');
    const before = descriptorsOf(nitro.pid).size;
    for (let life = 1; life <= 200; life++) {
      await nitro.waitFor(`life ${life}`, async () => nitro.journal().length >= life && (await nitro.query('a'))?.state === 'STARTING');
      await nitro.want('RESTART', 'a');
    }
    await nitro.waitState('a', 'STARTING');
    await nitro.waitFor('descriptors are closed', () => descriptorsOf(nitro.pid).size <= before);
    await checkIntact(nitro);
  });

scenario('§3 "no process of a forgotten service is left behind": removed while setup, run or finish runs',
  {
    services: {
      setup: { setup: `note setup; ${SLEEP}`, run: SLEEP },
      run: { run: `trap '' TERM; note run; ${SLEEP}` },
      finish: { run: 'exit 0', finish: `trap '' TERM; note finish; ${SLEEP}` },
      fatal: { finish: `note fatal; ${SLEEP}`, files: { run: { text: '#!/no/such/interpreter\n', mode: 0o755 } } },
      keeper: { run: SLEEP },
    },
    delays: { SHUTDOWN: 300, FINISH: 300 },
  },
  async (nitro) => {
    await nitro.waitFor('all run', () => nitro.journal().length >= 4);
    for (const name of ['setup', 'run', 'finish', 'fatal']) nitro.remove(name);
    await nitro.ctl('rescan');
    await nitro.waitFor('all are forgotten', async () => [...(await nitro.list()).keys()].join() === 'keeper');
    const keeper = await nitro.pidOf('keeper');
    expect(childrenOf(nitro.pid)).toEqual([keeper]);
  });
