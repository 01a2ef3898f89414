/**
 * Readiness: behaviour.md §2 (`notification-fd`), §3 row "STARTING", §4 CORRECTED.
 */
import { expect } from 'vitest';
import { scenario } from './harness/scenario.js';
import type { Service } from './harness/directory.js';
import { stillPath } from './harness/tools.js';
import { descriptorsOf } from './harness/processes.js';

const SLEEP = 'exec sleep 1000';
/** Time never makes a service ready here. */
const delays = { STARTING: 60_000 };

const READY: readonly [string, string][] = [
  ['a newline alone', 'echo >&3'],
  ['at the end', "printf 'ready\\n' >&3"],
  ['in the middle', "printf 'a\\nb' >&3"],
  ['at the start', "printf '\\nabc' >&3"],
  ['many', "printf '\\n\\n\\n\\n' >&3"],
  ['after a pause, text first', "printf 'not yet' >&3; sleep 0.05; printf ', now\\n' >&3"],
  ['after NUL bytes and bytes that are no UTF-8', "printf '\\000\\377\\376\\n' >&3"],
  ['at the end of 200 KB', "head -c 200000 /dev/zero >&3; echo >&3"],
  ['at the start of 200 KB', "echo >&3; head -c 200000 /dev/zero >&3"],
  ['written just before the pipe is closed', "printf 'x\\n' >&3; exec 3>&-"],
  ['in the middle, written just before the pipe is closed', "printf 'x\\ny' >&3; exec 3>&-"],
  ['written by a child that ends', 'sh -c "echo >&3"; exec 3>&-'],
];
for (const [where, text] of READY)
  scenario(`§4 CORRECTED "a newline counts wherever it stands": ${where}`,
    { services: { a: { run: `${text}\n${SLEEP}`, 'notification-fd': 3 } }, delays },
    async (nitro) => {
      await nitro.waitTrace('a', ['STARTING', 'UP']);
      expect(nitro.trace('a')).toEqual(['STARTING', 'UP']);
    });

for (const [what, text] of [
  ['nothing is written and the pipe is closed', 'exec 3>&-'],
  ['text without a newline', "printf 'ready' >&3"],
  ['text without a newline, and the pipe is closed', "printf 'ready' >&3; exec 3>&-"],
  ['100 KB without a newline, and the pipe is closed', 'head -c 100000 /dev/zero >&3; exec 3>&-'],
] as const)
  scenario(`§3 row "STARTING | newline on the readiness pipe": it is not ready when ${what}`,
    { services: { a: { run: `${text}\nnote written; ${SLEEP}`, 'notification-fd': 3 }, b: { run: 'echo >&3; exec sleep 1000', 'notification-fd': 3, down: true } }, delays },
    async (nitro) => {
      await nitro.waitFor('it is written', () => nitro.journal().includes('written'));
      await nitro.want('UP', 'b');
      await nitro.waitTrace('b', ['STARTING', 'UP'], 'end');
      expect((await nitro.query('a'))?.state).toBe('STARTING');
      expect(nitro.trace('a')).toEqual(['STARTING']);
      await nitro.want('READY', 'a');
      await nitro.waitTrace('a', ['STARTING', 'UP'], 'end');
    });

scenario('§4 CORRECTED "what an earlier life\'s pipe still says is ignored"',
  {
    services: {
      a: { run: `if [ ! -e "$T/first" ]; then : >"$T/first"; (trap '' PIPE; gate old; echo >&3; note old) & exit 1; fi; note second; gate new; echo >&3; ${SLEEP}`, 'notification-fd': 3 },
    },
    delays,
  },
  async (nitro) => {
    await nitro.waitFor('the second life', () => nitro.journal().includes('second'));
    nitro.open('old');
    await nitro.waitFor('the earlier life has written', () => nitro.journal().includes('old'));
    for (let round = 0; round < 10; round++) expect((await nitro.query('a'))?.state).toBe('STARTING');
    expect(nitro.trace('a').filter((state) => state === 'UP')).toEqual([]);
    nitro.open('new');
    await nitro.waitTrace('a', ['STARTING', 'UP'], 'end');
  });

scenario('§4 CORRECTED "Readiness counts for the life that sent it": written just before it ends, restarted at once',
  { services: { a: { run: `note life; if [ ! -e "$T/first" ]; then : >"$T/first"; echo >&3; exit 1; fi; ${SLEEP}`, 'notification-fd': 3 } }, delays: { ...delays, RESPAWN: 1 } },
  async (nitro) => {
    await nitro.waitFor('the second life', () => nitro.journal().length >= 2);
    await nitro.waitState('a', 'STARTING');
    expect(nitro.trace('a').slice(-1)).toEqual(['STARTING']);
  });

scenario('§2 "notification-fd: 0, or no digit, means only explicit": no pipe, and nothing is connected to descriptor 0',
  {
    services: Object.fromEntries(
      (['0', '00', '', 'abc', '-', 'x3'] as const).map((content, index): [string, Service] => [`s${index}`, { 'notification-fd': content, files: { run: { link: stillPath } } }]),
    ),
    delays: { STARTING: 30 },
  },
  async (nitro) => {
    const names = Array.from({ length: 6 }, (_, index) => `s${index}`);
    for (const name of names) {
      const { pid } = await nitro.waitState(name, 'STARTING');
      await nitro.waitFor(`${name} has 0, 1 and 2`, () => [...descriptorsOf(pid).keys()].join() === '0,1,2');
      expect(descriptorsOf(pid).get(0)).toBe('/dev/null');
    }
    for (const name of names) {
      await nitro.want('READY', name);
      await nitro.waitTrace(name, ['STARTING', 'UP']);
    }
  });

/** Reports its readiness on descriptor `fd`, whatever the number. */
const reporting = (fd: number): Service => ({ run: `#!${stillPath} ${fd}\n`, 'notification-fd': fd });

for (const [from, to] of [[1, 16], [17, 32], [33, 48], [49, 64]] as const)
  scenario(`§4 CORRECTED "any descriptor number works, whatever nitro itself has open": ${from} to ${to}`,
    { services: Object.fromEntries(Array.from({ length: to - from + 1 }, (_, index) => [`s${from + index}`, reporting(from + index)])), delays },
    async (nitro) => {
      for (let fd = from; fd <= to; fd++) {
        const { pid } = await nitro.waitState(`s${fd}`, 'UP');
        const open = descriptorsOf(pid);
        expect([...open.keys()].sort((a, b) => a - b)).toEqual([...new Set([0, 1, 2, fd])].sort((a, b) => a - b));
        expect(open.get(fd)).toMatch(/^pipe:/);
      }
    });

scenario('§4 CORRECTED "any number up to the limit; one beyond it makes the service FATAL with a message"',
  {
    services: {
      last: reporting(99),
      limit: reporting(100),
      beyond: reporting(101),
      far: reporting(70_000),
      int: { run: SLEEP, 'notification-fd': 4_294_967_299 },
      huge: { run: SLEEP, 'notification-fd': '99999999999999999999999999999999999999' },
    },
    delays,
    launch: ['-n', '100'],
  },
  async (nitro) => {
    await nitro.waitState('last', 'UP');
    for (const name of ['limit', 'beyond', 'far', 'int', 'huge']) {
      await nitro.waitState(name, 'FATAL');
      await nitro.waitFor('there is a message', () => nitro.stderr.split('\n').some((line) => line.includes(name) && line.includes('notification-fd')));
      expect(nitro.trace(name)).toEqual(['FATAL']);
    }
  });

scenario('a run may call nitroctl ready as its first act: it is found STARTING (30 lives)',
  { services: { a: { run: `"$NITROCTL" ready . && note asked; ${SLEEP}`, 'notification-fd': 0 } }, delays: { ...delays, RESPAWN: 1 } },
  async (nitro) => {
    for (let life = 1; life <= 30; life++) {
      await nitro.waitState('a', 'UP');
      await nitro.waitFor('the request was answered', () => nitro.journal().length >= life);
      if (life < 30) await nitro.want('RESTART', 'a');
      await nitro.waitFor('the life has ended', () => life === 30 || nitro.trace('a').filter((state) => state === 'RESTART').length >= life);
    }
    expect(nitro.trace('a').filter((state) => state === 'UP')).toHaveLength(30);
  });

scenario('§2 the number is read at each start', { services: { a: { run: 'echo >&4; exec sleep 1000', 'notification-fd': 3 } }, delays: { ...delays, RESPAWN: 1 } },
  async (nitro) => {
    await nitro.waitState('a', 'STARTING');
    nitro.place('a/notification-fd', '4\n');
    await nitro.want('RESTART', 'a');
    await nitro.waitTrace('a', ['STARTING', 'UP'], 'end');
  });
