/**
 * More than nitro can take in at once: requests, signals, services, dying children. While it is flooded it still reaps, restarts,
 * keeps its times, and answers others (protocol.md: nothing a client sends may block it).
 */
import { expect, test } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import { Datagrams } from './harness/datagrams.js';
import { childrenOf, descriptorsOf, killHard, zombiesOf } from './harness/processes.js';
import { scenario, withDaemon } from './harness/scenario.js';
import { packet, parseInfo, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';

/** Send as fast as nitro takes it in, from several processes, until `body` is done. */
async function flooded(nitro: Daemon, hex: string, body: () => Promise<void>): Promise<void> {
  const senders = await Promise.all([Datagrams.open([]), Datagrams.open([]), Datagrams.open([])]);
  let isOver = false;
  const pump = async (sender: Datagrams): Promise<void> => {
    for (let sent = 0; !isOver && sent < 500; sent++) {
      for (let index = 0; index < 200; index++) sender.send('unbound', hex, nitro.socket);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const pumps = senders.map(pump);
  try {
    await body();
  } finally {
    isOver = true;
    await Promise.all(pumps);
    for (const sender of senders) await sender.close();
  }
}

for (const [what, hex] of [
  ['INFO', packet(Tag.INFO)],
  ['LIST', packet(Tag.LIST)],
  ['DOWN of a service that is DOWN', packet(Tag.DOWN, 'down')],
  ['nothing', ''],
] as const)
  scenario(`a flood of requests (${what}): children are reaped, timers fire, others are answered`,
    { services: { crash: { run: 'note life; exit 1' }, a: { run: SLEEP }, down: { run: SLEEP, down: true } }, delays: { RESPAWN: 5, STARTING: 100 } },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      await flooded(nitro, hex, async () => {
        const lives = nitro.journal().length;
        await nitro.waitFor('10 more lives', () => nitro.journal().length >= lives + 10);
        const { pid } = await nitro.waitState('a', 'UP');
        await nitro.want('RESTART', 'a');
        await nitro.waitFor('it is up again', async () => {
          const now = await nitro.query('a');
          return now?.state === 'UP' && now.pid !== pid;
        });
        expect(await nitro.ctl('list')).toMatchObject({ code: 0 });
      });
    });

scenario('1000 SIGHUP and SIGPIPE', { services: { a: { run: SLEEP }, b: { run: SLEEP, down: true } } }, async (nitro) => {
  const { pid } = await nitro.waitState('a', 'UP');
  for (let index = 0; index < 1000; index++) nitro.signal(index % 2 === 0 ? 'SIGHUP' : 'SIGPIPE');
  expect(await nitro.ctl('start', 'b')).toMatchObject({ code: 0 });
  expect(await nitro.query('a')).toMatchObject({ state: 'UP', pid });
});

test('150 services that die at once and are restarted without a delay: nitro answers between the deaths', async () => {
  const services = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`s${index}`, { files: { run: { link: '/bin/false' } } }]));
  await withDaemon({ services, delays: { RESPAWN: 0 } }, async (nitro) => {
    await nitro.start();
    await nitro.waitFor('many have died', async () => ((await nitro.info())?.get(Tag.TOTAL_SV_REAPS) ?? 0) > 500);
    for (let round = 0; round < 10; round++) {
      expect(parseInfo((await nitro.request(packet(Tag.INFO))) ?? '').get(Tag.MAX_SERVICE)).toBe(150);
    }
    for (const name of ['s0', 's149']) {
      await nitro.want('DOWN', name);
      await nitro.waitState(name, 'DOWN');
    }
    await nitro.stop({ descriptors: false });
  });
});

scenario('300 services start, die together, and start again',
  { services: Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`s${index}`, { run: SLEEP, ...(index % 3 === 0 ? { log: '../s299' } : {}) }])), delays: { STARTING: 10 } },
  async (nitro) => {
    const allRun = async (): Promise<boolean> => {
      const all = [...(await nitro.list()).values()];
      return all.length === 300 && all.every((one) => one.pid !== 0 && (one.state === 'STARTING' || one.state === 'UP'));
    };
    await nitro.waitFor('all run', allRun);
    const before = new Set(childrenOf(nitro.pid));
    const descriptors = descriptorsOf(nitro.pid).size;
    for (const pid of before) killHard(pid);
    await nitro.waitFor('all run again', async () => (await allRun()) && childrenOf(nitro.pid).every((pid) => !before.has(pid)));
    expect(zombiesOf(nitro.pid)).toEqual([]);
    await nitro.waitFor('no more descriptors than before', () => descriptorsOf(nitro.pid).size <= descriptors);
  });
