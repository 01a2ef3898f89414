/**
 * Probes of what stays behind in nitro: descriptors and processes, over many lives (behaviour.md §4, §5, §7).
 */
import { readdirSync } from 'node:fs';
import { Datagrams } from '../../../../tests/end-to-end/harness/datagrams.js';
import { descriptorsOf } from '../../../../tests/end-to-end/harness/processes.js';
import type { Service } from '../../../../tests/end-to-end/harness/directory.js';
import type { Bench } from '../bench.js';
import type { Probe } from '../probe.js';
import { forever, sh } from './shell.js';

const rounds = 12;
const count = (bench: Bench): number => descriptorsOf(bench.nitro.pid).size;

/** The number of descriptors has to come back to what it was. */
async function asBefore(bench: Bench, before: number): Promise<void> {
  await bench.until(`nitro has ${String(before)} descriptors open, as before`, before, () => Math.max(before, count(bench)));
}

function restarts(name: string, service: Service, more: Readonly<Record<string, Service>> = {}): Probe {
  return {
    name,
    rule: 'behaviour.md §4',
    services: { a: service, ...more },
    delays: { RESPAWN: 1 },
    body: async (bench) => {
      let pid = await bench.running('a');
      for (const other of Object.keys(more)) await bench.running(other);
      await bench.reaches('a', 'UP');
      const before = count(bench);
      for (let round = 0; round < (bench.facts.setsDelays ? rounds : 4); round++) {
        await bench.want('RESTART', 'a');
        pid = await bench.running('a', pid);
      }
      await bench.reaches('a', 'UP');
      await asBefore(bench, before);
    },
  };
}

function failures(name: string, service: Service, state: string, corrects?: string): Probe {
  return {
    name,
    rule: 'behaviour.md §4',
    ...(corrects === undefined ? {} : { corrects: { text: corrects, ends: true } }),
    services: { a: { ...service, down: true } },
    delays: { RESPAWN: 60_000, SPAWN_ERROR: 60_000 },
    body: async (bench) => {
      await bench.want('UP', 'a');
      await bench.reaches('a', state);
      const before = count(bench);
      for (let round = 0; round < rounds; round++) {
        await bench.want('UP', 'a');
        await bench.reaches('a', state);
      }
      await asBefore(bench, before);
    },
  };
}

const failed = 'A failed exec, pipe or fork leaves descriptors behind.';

export const leakProbes: readonly Probe[] = [
  restarts('restarts leave no descriptor open', { run: forever }),
  restarts('restarts with setup and finish leave no descriptor open', { setup: sh('exit 0'), run: forever, finish: sh('exit 0') }),
  restarts('restarts with a notification-fd leave no descriptor open', { run: sh('echo >&3; exec sleep 1000'), 'notification-fd': 3 }),
  restarts('restarts of what writes to a logger leave no descriptor open', { run: forever, log: '../l' }, { l: { run: sh('exec cat') } }),
  restarts('restarts of a logger leave no descriptor open', { run: sh('exec cat') }, { w: { run: forever, log: '../a' } }),
  failures('a run that cannot be executed leaves no descriptor open', { run: '#!/no/such/interpreter\n', 'notification-fd': 3 }, 'FATAL', failed),
  failures('a setup that fails leaves no descriptor open', { setup: sh('exit 1'), run: forever }, 'DELAY'),
  {
    name: 'services that come and go leave no descriptor open',
    rule: 'behaviour.md §6 Rescan',
    services: { stays: { run: forever } },
    body: async (bench) => {
      await bench.running('stays');
      const before = count(bench);
      for (let round = 0; round < 5; round++) {
        bench.service('w', { run: forever, log: '../l' });
        bench.service('l', { run: sh('exec cat') });
        await bench.ctl('rescan');
        await bench.running('w');
        await bench.running('l');
        bench.remove('w');
        bench.remove('l');
        await bench.ctl('rescan');
        await bench.reaches('w', 'unknown');
        await bench.reaches('l', 'unknown');
      }
      await asBefore(bench, before);
    },
  },
  {
    name: 'listeners that come and go leave no descriptor open, and one that is gone is removed',
    rule: 'behaviour.md §7',
    services: { a: { run: forever } },
    body: async (bench) => {
      await bench.running('a');
      const before = count(bench);
      for (let round = 0; round < 5; round++) {
        const listener = await Datagrams.open([`${bench.nitro.notify}/a,${String(round)}`, `${bench.nitro.notify}/ALL,${String(round)}`]);
        bench.log.did('nitroctl events & sleep 0.1; kill -KILL $!');
        await bench.want('READY', 'a');
        await listener.close();
        await bench.want('READY', 'a');
      }
      await bench.until(
        'listeners that are left in notify/',
        'none',
        () => readdirSync(bench.nitro.notify).filter((name) => /,\d$/.test(name)).join() || 'none',
      );
      await asBefore(bench, before);
    },
  },
  {
    name: 'a listener that does not read never blocks nitro',
    rule: 'behaviour.md §7',
    services: { a: { run: forever } },
    body: async (bench) => {
      await bench.running('a');
      bench.log.did('nitroctl events & kill -STOP $!');
      const deaf = await Datagrams.open([`${bench.nitro.notify}/ALL,deaf`], { deaf: true });
      try {
        for (let round = 0; round < 60; round++) await bench.want('READY', 'a');
        bench.is('exit status of nitroctl down', 0, (await bench.ctl('down', 'a')).code);
      } finally {
        await deaf.close();
      }
    },
  },
];
