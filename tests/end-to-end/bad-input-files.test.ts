/**
 * Something odd in the place of each file of a service (behaviour.md §2, §4 CORRECTED). Whatever it is, nitro answers,
 * the other services run, the odd one can be asked for anything, and shutdown works.
 */
import { expect } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import type { Entry, Service } from './harness/directory.js';
import { scenario } from './harness/scenario.js';
import type { State } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
const GIGABYTE = 1024 ** 3;

/** What can stand where a small regular file is expected. */
const ODD: Readonly<Record<string, Entry>> = {
  'a directory': { directory: {} },
  'a FIFO': { fifo: true },
  'an endless device': { link: '/dev/zero' },
  'a device that has nothing': { link: '/dev/null' },
  'a terminal that is not there': { link: '/dev/tty' },
  'a dangling link': { link: 'nowhere' },
  'a link to itself': { link: 'LOOP' },
  'a huge file': { text: '', sizeBytes: GIGABYTE, mode: 0o755 },
  'a file that nobody may read': { text: '#!/bin/sh\nexec sleep 1000\n', mode: 0 },
  'a link to a socket': { link: '../../s/nitro.sock' },
};

/** ODD, with links to themselves named as what they stand for. */
const oddFor = (file: string): readonly [string, Entry][] =>
  Object.entries(ODD).map(([what, entry]) => [what, typeof entry !== 'string' && 'link' in entry && entry.link === 'LOOP' ? { link: file } : entry]);

/** The good service runs, and the odd one can be brought down, asked up, restarted, and down again. */
async function checkControllable(nitro: Daemon, rest: readonly State[] = ['DOWN', 'FATAL']): Promise<void> {
  await nitro.waitTrace('good', ['STARTING', 'UP']);
  if (await nitro.query('odd')) {
    for (const wish of ['DOWN', 'UP', 'RESTART', 'DOWN'] as const) {
      await nitro.want(wish, 'odd');
      if (wish === 'DOWN') await nitro.waitState('odd', ...rest);
    }
    await nitro.waitState('odd', 'DOWN', 'FATAL');
  }
  expect(await nitro.ctl('list')).toMatchObject({ code: 0 });
  expect((await nitro.ctl('rescan')).code).toBe(0);
  expect(await nitro.query('good')).toMatchObject({ state: 'UP' });
}

const good: Service = { run: SLEEP };

for (const [what, entry] of oddFor('run'))
  scenario(`${what} in the place of run: it never runs, and is no endless crash loop`, { services: { good, odd: { setup: 'exit 0', files: { run: entry } } } },
    async (nitro) => {
      if (what === 'a dangling link' || what === 'a link to itself') await nitro.waitState('odd', 'ONESHOT', 'FATAL');
      else await nitro.waitState('odd', 'FATAL');
      await checkControllable(nitro);
    });

for (const [what, entry] of oddFor('setup'))
  scenario(`${what} in the place of setup: what cannot succeed does not lead to run`, { services: { good, odd: { run: `note run; ${SLEEP}`, files: { setup: entry } } } },
    async (nitro) => {
      // A link that leads nowhere is no setup.
      const missing = what === 'a dangling link' || what === 'a link to itself';
      await nitro.waitState('odd', 'FATAL', 'DELAY', ...(missing ? (['UP'] as const) : []));
      if (!missing) expect(nitro.journal()).toEqual([]);
      await checkControllable(nitro);
    });

for (const [what, entry] of oddFor('finish'))
  scenario(`§3 "its failure is ignored": ${what} in the place of finish, the service is restarted and goes down`,
    { services: { good, odd: { run: 'note run; gate end; exit 1', files: { finish: entry } } } },
    async (nitro) => {
      await nitro.waitTrace('odd', ['STARTING', 'UP']);
      nitro.open('end');
      await nitro.waitTrace('odd', ['STARTING', 'UP', 'RESTART', 'DOWN']);
      await nitro.waitFor('it is restarted', () => nitro.journal().length >= 2);
      await checkControllable(nitro, ['DOWN']);
    });

for (const [what, entry] of oddFor('down-signal'))
  scenario(`§4 CORRECTED "down-signal is read only if it is a regular file": ${what}, it is SIGTERM`,
    { services: { good, odd: { run: "trap 'note TERM; exit 0' TERM; note ready; gate end", files: { 'down-signal': entry } } }, delays: { SHUTDOWN: 60_000 } },
    async (nitro) => {
      await nitro.waitFor('run is ready', () => nitro.journal().includes('ready'));
      await nitro.want('DOWN', 'odd');
      await nitro.waitTrace('odd', ['SHUTDOWN', 'DOWN'], 'end');
      expect(nitro.journal()).toEqual(['ready', 'TERM']);
      await checkControllable(nitro, ['DOWN']);
    });

for (const [what, entry] of oddFor('notification-fd'))
  scenario(`§4 CORRECTED "notification-fd is read only if it is a regular file": ${what}, the service starts and is made ready by hand`,
    { services: { good, odd: { run: SLEEP, files: { 'notification-fd': entry } } } },
    async (nitro) => {
      await nitro.waitState('odd', 'STARTING', 'UP');
      await nitro.want('READY', 'odd');
      await nitro.waitState('odd', 'UP');
      await checkControllable(nitro, ['DOWN']);
    });

for (const [what, entry] of oddFor('log'))
  scenario(`§5 "a log that is not a symlink is ignored with a warning", odd targets are too: ${what}`,
    { services: { good, odd: { run: `echo printed; ${SLEEP}`, files: { log: entry } } } },
    async (nitro) => {
      await nitro.waitTrace('odd', ['STARTING', 'UP']);
      await nitro.waitFor("it writes to nitro's stdout", () => nitro.stdout.includes('printed'));
      await nitro.waitFor('there is a warning', () => /odd.*log|log.*odd/.test(nitro.stderr));
      await checkControllable(nitro, ['DOWN']);
    });

for (const [what, entry] of oddFor('down'))
  scenario(`${what} in the place of down: nothing is read of it`, { services: { good, odd: { run: SLEEP, files: { down: entry } } } },
    async (nitro) => {
      await nitro.waitTrace('good', ['STARTING', 'UP']);
      if (what !== 'a dangling link' && what !== 'a link to itself') expect((await nitro.query('odd'))?.state).toBe('DOWN');
      await nitro.want('UP', 'odd');
      await nitro.waitState('odd', 'UP');
      await checkControllable(nitro, ['DOWN']);
    });

for (const [what, content] of [
  ['64 bytes', '3'.padEnd(64, ' ')],
  ['a number and 100 KB behind it', '3\n'.padEnd(100_000, 'x')],
  ['many lines', '3\n4\n5\n'],
] as const)
  scenario(`§4 CORRECTED "at most 64 bytes" of notification-fd: ${what}`,
    { services: { good, odd: { run: `echo >&3; ${SLEEP}`, files: { 'notification-fd': content } } }, delays: { STARTING: 60_000 } },
    async (nitro) => {
      await nitro.waitState('odd', 'UP', 'STARTING', 'FATAL');
      await nitro.want('UP', 'odd');
      if (what !== 'a number and 100 KB behind it') await nitro.waitTrace('odd', ['STARTING', 'UP']);
    });
