/**
 * Probes of the phases of the system: bring-up, shutdown and its order, the end (behaviour.md §6).
 */
import { existsSync, writeFileSync } from 'node:fs';
import { argumentsOf } from '../../../../tests/end-to-end/harness/processes.js';
import { packet, Tag } from '../../../../tests/end-to-end/harness/wire.js';
import type { Probe } from '../probe.js';
import { forever, gate, note, sh } from './shell.js';

const rule = 'behaviour.md §6';
const patient = { SYS_FINISH: 60_000, SYS_FINAL: 60_000 } as const;
/** Notes when it is told to end. */
const leaving = (name: string): string => sh(
  `trap '${note('order', name).replaceAll("'", "'\\''")}; exit 0' TERM; ${note('ready', name)}; while :; do sleep 0.02; done`,
);

export const systemProbes: readonly Probe[] = [
  {
    name: 'nothing is started before SYS/setup has ended, but what it asks for',
    rule: `${rule} Bring-up`,
    services: { a: { run: forever }, b: { run: forever, down: true } },
    system: { setup: sh(`pwd -P >"$T/cwd"; "$NITROCTL" up b; ${gate('go')}; exit 7`) },
    body: async (bench) => {
      await bench.running('b');
      bench.is('states', 'SYS SETUP, a unknown', await bench.states('SYS', 'a'));
      bench.open('go');
      await bench.running('a');
      bench.is('working directory of SYS/setup', `${bench.nitro.directory}/SYS`, bench.read('cwd').trim());
      await bench.until('SYS', 'unknown', async () => await bench.state('SYS'));
      bench.is('first line on stderr', '- nitro: booting', bench.stderr.split('\n')[0]);
    },
  },
  {
    name: 'a rescan asked for during SYS/setup is done after it',
    rule: `${rule} Bring-up`,
    corrects: { text: 'It is done at once.' },
    services: { a: { run: forever } },
    system: { setup: sh(gate('go')) },
    body: async (bench) => {
      await bench.reaches('SYS', 'SETUP');
      bench.is('RESCAN', 'OK', await bench.ask('RESCAN', packet(Tag.RESCAN)));
      bench.is('state of a', 'unknown', await bench.state('a'));
      bench.open('go');
      await bench.running('a');
    },
  },
  {
    name: 'a shutdown asked for during SYS/setup ends it and goes on',
    rule: `${rule} Bring-up`,
    corrects: { text: 'It waits for SYS/setup.' },
    services: { a: { run: sh(`${note('run', 'a')}; exec sleep 1000`) } },
    system: { setup: sh('exec sleep 1000'), finish: sh(note('order', 'finish $*')) },
    body: async (bench) => {
      await bench.reaches('SYS', 'SETUP');
      bench.signal('SIGTERM');
      bench.is('nitro ends', 'exit 0', await bench.ends());
      bench.is('SYS/finish, and run of a', 'finish 0 0 shutdown', [...bench.lines('order'), ...bench.lines('run')].join(', '));
    },
  },
  ...([['SIGTERM', 'shutdown'], ['nitroctl Shutdown', 'shutdown'], ['nitroctl Reboot', 'reboot']] as const).map(([how, what]): Probe => ({
    name: `${how}: SYS/finish is told, then services end, then loggers`,
    rule: `${rule} Shutdown`,
    services: { a: { run: leaving('a'), log: '../l' }, b: { run: leaving('b') }, l: { run: leaving('l') } },
    system: { finish: sh(`${note('order', 'finish $*')}; sleep 0.2; ${note('order', 'finished')}`), reincarnate: sh(note('order', 'reincarnate $#')) },
    body: async (bench) => {
      await bench.until('all run', 3, () => bench.lines('ready').length);
      if (how === 'SIGTERM') bench.signal('SIGTERM');
      else bench.is('exit status', 0, (await bench.ctl(how.split(' ')[1] ?? '')).code);
      bench.is('nitro, in whose place SYS/reincarnate was executed, ends', 'exit 0', await bench.ends());
      const order = bench.lines('order');
      bench.is(
        'the order',
        [`finish 0 0 ${what}`, 'finished', 'a, b', 'l', 'reincarnate 0'],
        [...order.slice(0, 2), [...order.slice(2, 4)].sort().join(', '), ...order.slice(4)],
      );
      bench.is('control socket', 'removed', existsSync(bench.nitro.socket) ? 'still there' : 'removed');
      await bench.until('nitro says', true, () => bench.stderr.includes(what === 'reboot' ? '- nitro: rebooting' : '- nitro: shutting down'));
    },
  })),
  {
    name: 'shutdown: nitro says finished and exits with 0',
    rule: `${rule} Final`,
    services: { a: { run: forever }, d: { run: forever, down: true } },
    body: async (bench) => {
      await bench.running('a');
      await bench.ctl('Shutdown');
      bench.is('nitro ends', 'exit 0', await bench.ends());
      await bench.until('the last line on stderr', '- nitro: finished', () => bench.stderr.trim().split('\n').slice(-1)[0]);
      bench.is('control socket', 'removed', existsSync(bench.nitro.socket) ? 'still there' : 'removed');
    },
  },
  {
    name: 'nothing but its end, its time or a second request ends the wait for SYS/finish',
    rule: `${rule} Shutdown 2`,
    corrects: { text: 'Any event ends the wait, so services die while SYS/finish runs.' },
    services: { a: { run: forever }, b: { run: forever } },
    system: { finish: sh(`${note('order', 'finish')}; ${gate('go')}`) },
    delays: patient,
    body: async (bench) => {
      await bench.running('a');
      const b = await bench.running('b');
      bench.signal('SIGTERM');
      await bench.until('SYS/finish runs', 1, () => bench.lines('order').length);
      await bench.crash('a');
      bench.is('RESCAN', 'OK', await bench.ask('RESCAN', packet(Tag.RESCAN)));
      await bench.until('a has ended', 'DOWN', async () => await bench.state('a'));
      bench.is('run of b', b, await bench.nitro.pidOf('b'));
      bench.open('go');
      bench.is('nitro ends', 'exit 0', await bench.ends());
    },
  },
  {
    name: 'a second request for shutdown ends the wait for SYS/finish',
    rule: `${rule} Shutdown 2`,
    services: { a: { run: forever } },
    system: { finish: sh(`${note('order', 'finish')}; exec sleep 1000`) },
    delays: patient,
    body: async (bench) => {
      await bench.running('a');
      bench.signal('SIGTERM');
      await bench.until('SYS/finish runs', 1, () => bench.lines('order').length);
      bench.signal('SIGTERM');
      bench.is('nitro ends', 'exit 0', await bench.ends());
    },
  },
  {
    name: 'the first request decides between shutdown and reboot',
    rule: `${rule} Shutdown 1`,
    corrects: { text: 'A later request of the other kind changes the end.' },
    // The second request cuts off SYS/finish: nitro has to be there for long enough to answer it.
    services: { a: { run: sh(`trap '' TERM; ${gate('go')}`) } },
    system: { setup: sh(note('boots', 'boot')), finish: sh(`${note('order', 'finish $*')}; ${gate('go')}`) },
    delays: { ...patient, SHUTDOWN: 60_000 },
    body: async (bench) => {
      await bench.running('a');
      bench.is('SHUTDOWN', 'OK', await bench.ask('SHUTDOWN', packet(Tag.SHUTDOWN)));
      await bench.until('SYS/finish is told', ['finish 0 0 shutdown'], () => bench.lines('order'));
      bench.is('REBOOT', 'OK', await bench.ask('REBOOT', packet(Tag.REBOOT)));
      bench.mayEnd = true;
      bench.open('go');
      await bench.until('nitro ends, or boots again', true, () => bench.nitro.exit !== undefined || bench.lines('boots').length > 1);
      bench.is('boots', 1, bench.lines('boots').length);
    },
  },
  {
    name: 'from the request on nothing is started any more',
    rule: `${rule} Shutdown 1`,
    services: { a: { run: forever }, d: { run: sh(note('run', 'd')), down: true } },
    system: { finish: sh(`${note('order', 'finish')}; ${gate('go')}`) },
    delays: patient,
    body: async (bench) => {
      await bench.running('a');
      bench.signal('SIGTERM');
      await bench.until('SYS/finish runs', 1, () => bench.lines('order').length);
      bench.service('new', { run: sh(note('run', 'new')) });
      bench.is(
        'UP d, RESTART d, RESCAN',
        'OK OK OK',
        [
          await bench.ask('UP', packet(Tag.UP, 'd'), 'd'),
          await bench.ask('RESTART', packet(Tag.RESTART, 'd'), 'd'),
          await bench.ask('RESCAN', packet(Tag.RESCAN)),
        ].join(' '),
      );
      bench.is('states', 'd DOWN, new unknown', await bench.states('d', 'new'));
      bench.open('go');
      bench.is('nitro ends', 'exit 0', await bench.ends());
      bench.is('what ran', [], bench.lines('run'));
    },
  },
  {
    name: 'SYS/final is told shutdown or reboot, in every mode',
    rule: `${rule} Final 2`,
    corrects: { text: 'SYS/final runs only as real pid 1.' },
    services: { a: { run: forever, finish: sh(note('order', 'a')) } },
    system: { final: sh(note('order', 'final $* $(pwd -P)')) },
    body: async (bench) => {
      await bench.running('a');
      bench.signal('SIGTERM');
      bench.is('nitro ends', 'exit 0', await bench.ends());
      bench.is('the order', ['a', `final shutdown ${bench.nitro.directory}`], bench.lines('order'));
    },
  },
  {
    name: 'reboot executes nitro again, as the same process with the same arguments',
    rule: `${rule} Final 3`,
    services: { a: { run: sh(`${note('lives', 'a')}; exec sleep 1000`) } },
    body: async (bench) => {
      await bench.until('a has begun', 1, () => bench.lines('lives').length);
      const words = argumentsOf(bench.nitro.pid);
      await bench.ctl('Reboot');
      await bench.until('a has begun again', 2, () => bench.lines('lives').length);
      bench.is('arguments of nitro', words, argumentsOf(bench.nitro.pid));
      await bench.until('it answers', true, async () => (await bench.nitro.info()) !== undefined);
    },
  },
  {
    name: 'a socket on which another nitro answers is left alone',
    rule: `${rule} Final`,
    services: { a: { run: forever } },
    body: async (bench) => {
      const before = await bench.running('a');
      bench.is('exit status of the second, and what it says', '111: - nitro: socket already in use', await bench.another());
      bench.is('run of a', before, await bench.nitro.pidOf('a'));
    },
  },
  {
    name: 'an unrecoverable error at the start executes SYS/fatal',
    rule: `${rule} Final`,
    entries: { SYS: { directory: { fatal: { text: sh(`echo fatal >>"$T/fatal"; exit 42`), mode: 0o755 } } } },
    startsItself: true,
    body: async (bench) => {
      const blocked = `${bench.nitro.scratch}/file`;
      writeFileSync(blocked, '');
      bench.log.did(': >$T/file');
      bench.mayEnd = true;
      const [status] = (await bench.another({ NITRO_SOCK: `${blocked}/nitro.sock` })).split(':');
      bench.is('exit status, that of SYS/fatal', '42', status);
      bench.is('SYS/fatal', ['fatal'], bench.lines('fatal'));
    },
  },
];
