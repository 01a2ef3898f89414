/**
 * Probes of the control socket and of nitroctl (protocol.md, behaviour.md §7 and §8).
 */
import { statSync } from 'node:fs';
import { packet, parse, parseInfo, parseServices, Tag } from '../../../../tests/end-to-end/harness/wire.js';
import type { Bench } from '../bench.js';
import type { Probe } from '../probe.js';
import { forever, gate, note, noting, sh } from './shell.js';

const rule = 'protocol.md Replies';
const many = 150;
const largeListing = Object.fromEntries(
  Array.from({ length: many }, (_, index) => [`a-service-with-some-name-${String(index).padStart(3, '0')}`, { run: forever, down: true }]),
);

/** A packet with a length of its own choice. */
function crooked(length: number, tag: number, payload: string): string {
  const head = Buffer.from([length % 256, Math.floor(length / 256), tag]);
  return Buffer.concat([head, Buffer.from(payload, 'latin1')]).toString('hex');
}

const junk: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['one byte', '00'],
  ['two bytes', '0100'],
  ['a length beyond the end', crooked(500, Tag.UP, 'a')],
  ['a frame', 'ffff64'],
  ['the end of a frame', 'feff64'],
  ['UP without a name', packet(Tag.UP)],
  ['QUERY of 4000 bytes', packet(Tag.QUERY, 'x'.repeat(4000))],
  ['UP of 60000 bytes', packet(Tag.UP, 'y'.repeat(60_000))],
  ['SIGNAL without a number', packet(Tag.SIGNAL)],
  ['SIGNAL without a name', packet(Tag.SIGNAL, '\x0f')],
  ['SIGNAL 200', packet(Tag.SIGNAL, '\xc8a')],
  ['an announcement', packet(4, 'a')],
  ['an OK', packet(Tag.OK)],
  ['LIST with one byte', packet(Tag.LIST, 'x')],
  ['LIST from 4294967295 on', packet(Tag.LIST, '\xff\xff\xff\xff')],
  ['a name of newlines', packet(Tag.UP, '\n\n\n')],
  ['%n and slashes', packet(Tag.UP, '%s%s%n/../../..')],
];

async function listed(bench: Bench): Promise<string> {
  const result = await bench.ctl('list');
  return result.code === 0 ? `${String(result.stdout.split('\n').length - 1)} lines` : `exit ${String(result.code ?? result.signal)}: ${result.stderr.trim()}`;
}

export const controlProbes: readonly Probe[] = [
  {
    name: 'nothing that a client sends ends nitro or blocks it',
    rule,
    corrects: { text: 'Lengths of packets are trusted.', ends: true },
    services: { a: { run: forever } },
    body: async (bench) => {
      const before = await bench.running('a');
      for (const [what, hex] of junk) {
        bench.send(what, hex);
        bench.is(`after ${what} INFO is answered`, true, (await bench.nitro.info()) !== undefined);
      }
      bench.is('a still has its run', before, await bench.nitro.pidOf('a'));
    },
  },
  {
    name: 'a command that is unknown is answered with ENOSYS',
    rule,
    body: async (bench) => {
      for (const tag of [0, 50, 99, 139]) bench.is(`tag ${String(tag)}`, 'ENOSYS', await bench.ask(`tag ${String(tag)}`, packet(tag)));
    },
  },
  {
    name: 'what asks for a service that there is not is answered with ESRCH',
    rule,
    services: { a: { run: forever } },
    body: async (bench) => {
      for (const name of ['no-such', 'a\0', '', '.', '..', 'a/b', 'a,b', 'a\nb', 'x'.repeat(64), 'x'.repeat(300)]) {
        for (const what of ['UP', 'DOWN', 'RESTART', 'READY', 'QUERY'] as const) {
          bench.is(
            `${what} of ${JSON.stringify(name).slice(0, 40)}`,
            'ESRCH',
            await bench.ask(`${what} ${JSON.stringify(name).slice(0, 40)}`, packet(Tag[what], name)),
          );
        }
      }
    },
  },
  {
    name: 'SIGNAL reaches run, and is refused where it makes no sense',
    rule,
    services: { a: { run: noting }, d: { run: forever, down: true } },
    body: async (bench) => {
      await bench.until('run has set its traps', ['ready'], () => bench.lines('signals'));
      const signal = (number: number, name: string): string => packet(Tag.SIGNAL, `${String.fromCharCode(number)}${name}`);
      bench.is('SIGNAL 10 to a service that is down', 'ESRCH', await bench.ask('SIGNAL 10 d', signal(10, 'd')));
      for (const number of [0, 5, 11, 17, 64, 255]) bench.is(
        `SIGNAL ${String(number)}, which is none of the ten`,
        'ESRCH',
        await bench.ask(`SIGNAL ${String(number)} a`, signal(number, 'a')),
      );
      bench.is('SIGNAL 10', 'OK', await bench.ask('SIGNAL 10 a', signal(10, 'a')));
      await bench.until('run gets', ['ready', 'USR1'], () => bench.lines('signals').slice(0, 2));
    },
  },
  {
    name: 'INFO tells the pid, the number of services and the reaps',
    rule,
    services: { a: { run: forever }, b: { run: forever, down: true } },
    body: async (bench) => {
      await bench.running('a');
      const info = parseInfo((await bench.nitro.request(packet(Tag.INFO))) ?? '');
      bench.log.did('nitroctl info');
      bench.is('nitro_pid', bench.nitro.pid, info.get(Tag.NITRO_PID));
      bench.is('max_service', 2, info.get(Tag.MAX_SERVICE));
      bench.is(
        'exit status and lines of nitroctl info',
        '0: nitro_pid, pid, max_service, total_reaps, total_sv_reaps',
        await bench.ctl('info').then(({ code, stdout }) => `${String(code)}: ${stdout.trim().split('\n').map((line) => line.split(' ')[0]).join(', ')}`),
      );
    },
  },
  {
    name: 'QUERY tells state, pid, wait status and seconds',
    rule,
    services: { a: { run: sh(`${gate('go')}; exit 3`), finish: sh(gate('end')) }, d: { run: forever, down: true } },
    body: async (bench) => {
      const pid = await bench.running('a');
      const reply = await bench.nitro.request(packet(Tag.QUERY, 'a'));
      bench.is(
        'packets',
        'STATE, PID, WSTATUS, UPTIME',
        parse(reply ?? '').map(
          ({ tag }) => Object.entries(Tag).find(([, value]) => value === tag)?.[0],
        ).filter((name) => name !== 'SETUP_PID' && name !== 'FINISH_PID').join(', '),
      );
      bench.open('go');
      await bench.until('raw wait status of exit 3', 768, async () => (await bench.query('a'))?.wstatus);
      bench.is('pid, once it has ended', 0, (await bench.query('a'))?.pid);
      bench.is('it has run before', true, pid > 0);
      bench.is(
        'a service that was never started',
        { state: 'DOWN', pid: 0 },
        await bench.query('d').then((found) => ({ state: found?.state, pid: found?.pid })),
      );
      bench.open('end');
    },
  },
  {
    name: 'a request from a socket without a name is carried out',
    rule: 'protocol.md',
    services: { a: { run: forever, down: true } },
    body: async (bench) => {
      bench.send('UP a', packet(Tag.UP, 'a'));
      await bench.running('a');
    },
  },
  {
    name: `LIST does not end a nitro with ${String(many)} services`,
    rule: 'protocol.md LIST',
    corrects: { text: 'The reply to LIST overruns its buffer at about 100 services, and the daemon dies of it.', ends: true },
    services: largeListing,
    body: async (bench) => {
      const reply = await bench.nitro.request(packet(Tag.LIST));
      bench.log.did('nitroctl list');
      const page = parseServices(reply ?? '');
      bench.is(
        'a first page is answered, of whole frames',
        true,
        page.length > 20 && page.every(({ name, state }) => name in largeListing && state === 'DOWN'),
      );
      bench.is('bytes of it, at most 4096', true, (reply ?? '').length / 2 <= 4096);
    },
  },
  {
    name: `nitroctl list shows all ${String(many)} services`,
    rule: 'protocol.md LIST',
    corrects: { text: 'LIST has no pages.', ends: true },
    services: largeListing,
    body: async (bench) => {
      bench.is('nitroctl list', `${String(many)} lines`, await listed(bench));
    },
  },
  {
    name: 'nitroctl list: a line a service, sorted, with pid, wait status and seconds',
    rule: 'behaviour.md §8',
    services: { b: { run: forever }, a: { run: forever, down: true }, c: { setup: sh('exit 111') } },
    body: async (bench) => {
      const pid = await bench.running('b');
      await bench.reaches('b', 'UP');
      await bench.reaches('c', 'FATAL');
      const { stdout } = await bench.ctl('list');
      bench.is(
        'nitroctl list',
        ['DOWN a (wstatus 0) Ns', `UP b (pid ${String(pid)}) (wstatus 0) Ns`, 'FATAL c'],
        stdout.trim().split('\n').map((line) => line.replace(/ \d+s$/, ' Ns').replace(/^(FATAL c).*/, '$1')),
      );
    },
  },
  {
    name: 'nitroctl waits for what was asked, and tells by its exit status what came of it',
    rule: 'behaviour.md §8',
    services: { a: { run: forever, down: true, finish: sh(note('finish', 'done')) }, fatal: { setup: sh('exit 111'), down: true } },
    body: async (bench) => {
      const status = async (...args: readonly string[]): Promise<number | null> => (await bench.ctl(...args)).code;
      bench.is('check of a service that is down', 1, await status('check', 'a'));
      bench.is('start', 0, await status('start', 'a'));
      bench.is('state after start', 'UP', await bench.state('a'));
      bench.is('check', 0, await status('check', 'a'));
      bench.is('pidof', `${String(await bench.nitro.pidOf('a'))}\n`, (await bench.ctl('pidof', 'a')).stdout);
      bench.is('restart', 0, await status('restart', 'a'));
      bench.is('stop', 0, await status('stop', 'a'));
      bench.is('state after stop', 'DOWN', await bench.state('a'));
      bench.is('finish has run for both lives', 2, bench.lines('finish').length);
      bench.is('start of a service whose setup exits 111', 1, await status('start', 'fatal'));
      bench.is('down of a service that there is not', 111, await status('down', 'no-such'));
      bench.is('a command that there is not', 2, await status('frobnicate', 'a'));
    },
  },
  {
    name: 'nitroctl -t gives up in time, with exit status 3',
    rule: 'behaviour.md §8',
    services: { a: { run: forever, 'notification-fd': 0 } },
    body: async (bench) => {
      const result = await bench.ctl('-t', '0.3', 'wait-up', 'a');
      bench.is('exit status and message', '3 nitroctl: action timed out', `${String(result.code)} ${result.stderr.trim()}`);
    },
  },
  {
    name: 'nitroctl that finds no daemon, or loses it while it waits, ends with 4',
    rule: 'behaviour.md §8',
    corrects: { text: 'nitroctl hangs when nitro is gone.' },
    services: { a: { run: forever, 'notification-fd': 0 } },
    body: async (bench) => {
      const waiting = bench.ctlGoesOn('wait-up', 'a');
      await bench.reaches('a', 'STARTING');
      bench.signal('SIGTERM');
      bench.is('nitro ends', 'exit 0', await bench.ends());
      bench.is('exit status of the one that waits', 4, (await waiting.done).code);
      bench.is('exit status of one that comes later', 4, (await bench.ctl('list')).code);
    },
  },
  {
    name: 'nitroctl events shows each change, until SIGINT',
    rule: 'behaviour.md §8',
    services: { a: { run: forever, down: true } },
    body: async (bench) => {
      const events = bench.ctlGoesOn('events');
      await bench.until('events show READY, asked for again and again', true, async () => {
        await bench.want('READY', 'a');
        return events.stdout.includes('DOWN a\n');
      });
      await bench.ctl('start', 'a');
      await bench.until('events show', true, () => events.stdout.includes('STARTING a\n') && events.stdout.includes('UP a\n'));
      events.kill('SIGINT');
      bench.is('exit status', 0, (await events.done).code);
    },
  },
  {
    name: 'the socket is for its owner only',
    rule: 'behaviour.md §7',
    body: (bench) => {
      const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
      bench.log.did('stat -c %a $NITRO_SOCK $base/s/notify');
      bench.is(
        'modes of the socket and of notify/',
        '600 or 700, 700',
        `${mode(bench.nitro.socket).replace(/^[67]00$/, '600 or 700')}, ${mode(bench.nitro.notify)}`,
      );
      return Promise.resolve();
    },
  },
];
