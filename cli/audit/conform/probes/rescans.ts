/**
 * Probes of the service directory and of rescans (behaviour.md §2 and §6 Rescan).
 */
import { marked } from '../../../../tests/end-to-end/harness/processes.js';
import type { Probe } from '../probe.js';
import { forever, note, sh, stubborn } from './shell.js';

const rule = 'behaviour.md §6 Rescan';

export const rescanProbes: readonly Probe[] = [
  {
    name: 'what is no service is left alone, and the rest is started',
    rule: 'behaviour.md §2',
    services: {
      a: { run: forever },
      'b-2': { run: forever, down: true },
      '.hidden': { run: forever },
      'x,y': { run: forever },
      't@': { run: forever },
      ['l'.repeat(64)]: { run: forever },
      ['m'.repeat(63)]: { run: forever },
    },
    entries: { file: 'text', empty: { directory: {} } },
    body: async (bench) => {
      await bench.running('a');
      await bench.running('m'.repeat(63));
      const names = ['a', 'b-2', '.hidden', 'x,y', 't@', 'l'.repeat(64), 'file', 'empty'];
      bench.is(
        'states',
        'b-2 DOWN, .hidden unknown, x,y unknown, t@ unknown, file unknown, empty unknown',
        await bench.states(...names.filter((name) => name !== 'a' && name.length < 60)),
      );
      await bench.until('the empty directory is named on stderr', true, () => bench.stderr.includes('no such service: empty'));
    },
  },
  ...(['nitroctl rescan', 'SIGHUP'] as const).map((how): Probe => ({
    name: `${how}: what is new is started, what is gone is brought down and forgotten, what is there goes on`,
    rule,
    services: { stays: { run: forever }, goes: { run: forever, finish: sh(note('finish', 'goes')) }, idle: { run: forever, down: true } },
    body: async (bench) => {
      const before = await bench.running('stays');
      await bench.running('goes');
      bench.service('new', { run: forever });
      bench.service('new-down', { run: forever, down: true });
      bench.remove('goes');
      bench.remove('idle');
      if (how === 'SIGHUP') bench.signal('SIGHUP');
      else bench.is('exit status of nitroctl rescan', 0, (await bench.ctl('rescan')).code);
      await bench.running('new');
      await bench.until('states', 'goes unknown, idle unknown, new-down DOWN', async () => await bench.states('goes', 'idle', 'new-down'));
      bench.is('stays has the same run', before, await bench.nitro.pidOf('stays'));
    },
  })),
  {
    name: 'a `down` file that is added or removed later changes nothing for a service that exists',
    rule,
    services: { a: { run: forever }, b: { run: forever, down: true } },
    body: async (bench) => {
      const before = await bench.running('a');
      bench.place('a/down', '');
      bench.remove('b/down');
      await bench.ctl('rescan');
      bench.is('pid of a, state of b', `${String(before)} DOWN`, `${String(await bench.nitro.pidOf('a'))} ${await bench.state('b')}`);
    },
  },
  {
    name: 'a service that is gone and does not want to end is killed, and no process of it is left',
    rule: 'behaviour.md §3',
    services: { a: { run: stubborn } },
    delays: { SHUTDOWN: 400 },
    body: async (bench) => {
      await bench.until('it runs', 1, () => bench.lines('stubborn').length);
      bench.remove('a');
      await bench.ctl('rescan');
      await bench.reaches('a', 'unknown');
      await bench.until('processes of it', 1, () => marked(bench.nitro.mark).length);
    },
  },
  {
    name: 'instances that are not DOWN stay over a rescan, those that are DOWN are forgotten',
    rule,
    services: { 't@': { run: forever } },
    body: async (bench) => {
      await bench.want('UP', 't@one');
      await bench.want('UP', 't@two');
      const one = await bench.running('t@one');
      await bench.running('t@two');
      await bench.ctl('down', 't@two');
      await bench.ctl('rescan');
      await bench.until('state of t@two', 'unknown', async () => await bench.state('t@two'));
      bench.is('run of t@one', one, await bench.nitro.pidOf('t@one'));
    },
  },
  {
    name: 'a service that is gone can come back while its last life ends',
    rule,
    services: { a: { run: forever, finish: sh('sleep 0.3') } },
    body: async (bench) => {
      const before = await bench.running('a');
      bench.remove('a');
      await bench.ctl('rescan');
      bench.service('a', { run: forever });
      await bench.ctl('rescan');
      await bench.until('it runs anew, or is asked to', true, async () => {
        if (['unknown', 'DOWN'].includes(await bench.state('a'))) await bench.ctl('rescan');
        if ((await bench.state('a')) === 'DOWN') await bench.want('UP', 'a');
        const pid = await bench.nitro.pidOf('a');
        return pid !== 0 && pid !== before;
      });
    },
  },
  {
    name: 'where the directory is missing nitro says so in a line, and exits with 111',
    rule: 'behaviour.md §6',
    args: ['/no/such/directory'],
    startsItself: true,
    body: async (bench) => {
      await bench.nitro.spawn();
      bench.is('nitro ends', 'exit 111', await bench.ends());
      await bench.until('lines on stderr', 1, () => bench.stderr.trim().split('\n').length);
    },
  },
];
