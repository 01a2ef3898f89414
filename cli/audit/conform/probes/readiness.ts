/**
 * Probes of readiness and of the small files of a service (behaviour.md §2 and §4).
 */
import { existsSync } from 'node:fs';
import { pause } from '../../../../tests/end-to-end/harness/wait.js';
import type { Probe } from '../probe.js';
import { forever, gate, note, sh } from './shell.js';

const rule = 'behaviour.md §4';

export const readinessProbes: readonly Probe[] = [
  {
    name: 'with notification-fd a service is UP when it writes a newline, and not before',
    rule: 'behaviour.md §3',
    services: { a: { run: sh(`${gate('go')}; echo >&7; exec sleep 1000`), 'notification-fd': 7 } },
    delays: { STARTING: 50 },
    body: async (bench) => {
      await bench.reaches('a', 'STARTING');
      await pause(bench.ms('STARTING') + 200);
      bench.is('state, when STARTING is over', 'STARTING', await bench.state('a'));
      bench.open('go');
      await bench.reaches('a', 'UP');
    },
  },
  {
    name: 'a newline counts wherever it stands, also if the pipe is closed right after',
    rule,
    corrects: { text: 'Only a newline at the end of what was read counts, and none that comes with the end of the pipe.' },
    services: { a: { run: sh('printf "ready\\nand more" >&3; exec 3>&-; exec sleep 1000'), 'notification-fd': 3 } },
    body: async (bench) => await bench.reaches('a', 'UP'),
  },
  {
    name: 'with notification-fd 0 only `nitroctl ready` makes it UP, and stdin stays /dev/null',
    rule,
    corrects: { text: 'The readiness pipe is connected to descriptor 0.' },
    services: { a: { run: sh(`${note('stdin', '$(readlink /proc/$$/fd/0)')}; exec sleep 1000`), 'notification-fd': 0 } },
    delays: { STARTING: 50 },
    body: async (bench) => {
      await bench.until('stdin', ['/dev/null'], () => bench.lines('stdin'));
      await bench.reaches('a', 'STARTING');
      await pause(bench.ms('STARTING') + 200);
      bench.is('state, when STARTING is over', 'STARTING', await bench.state('a'));
      await bench.want('READY', 'a');
      bench.is('state', 'UP', await bench.state('a'));
    },
  },
  {
    name: 'any descriptor from 3 on works, whatever nitro itself has open',
    rule,
    corrects: { text: 'Numbers that nitro itself has open do not work.' },
    services: Object.fromEntries(Array.from(
      { length: 7 },
      (_, index) => [`a${String(index + 3)}`, { run: sh(`echo >&${String(index + 3)}; exec sleep 1000`), 'notification-fd': index + 3 }],
    )),
    body: async (bench) => {
      for (let fd = 3; fd < 10; fd++) await bench.reaches(`a${String(fd)}`, 'UP');
    },
  },
  {
    name: 'a notification-fd beyond the limit makes the service FATAL, with a message',
    rule,
    corrects: { text: 'The failure is not noticed before the exec.' },
    services: { a: { run: sh(`${note('run', 'run')}; exec sleep 1000`), 'notification-fd': 1_000_000_000 } },
    body: async (bench) => {
      await bench.reaches('a', 'FATAL');
      bench.is('run', [], bench.lines('run'));
      await bench.until(
        'nitro names the service on stderr',
        true,
        () => bench.stderr.split('\n').some((line) => line.includes('a:') || line.includes(' a ') || line.endsWith(' a')),
      );
    },
  },
  {
    name: 'readiness counts for the life that sent it',
    rule,
    corrects: { text: 'What an earlier life left in the pipe makes the next one UP.' },
    services: {
      a: {
        run: sh(
          `if [ -e "$T/second" ]; then exec sleep 1000; fi\n(trap '' PIPE; ${gate('go')}; echo >&3; ${note('old', 'wrote')}) &\n` +
            ': >"$T/second"; exec sleep 1000',
        ),
        'notification-fd': 3,
      },
    },
    body: async (bench) => {
      const first = await bench.running('a');
      await bench.until('it has left a process behind', true, () => existsSync(`${bench.nitro.scratch}/second`));
      await bench.want('RESTART', 'a');
      await bench.running('a', first);
      bench.open('go');
      await bench.until('what the first life left has written', ['wrote'], () => bench.lines('old'));
      await pause(200);
      bench.is('state of the second life', 'STARTING', await bench.state('a'));
    },
  },
  ...(['notification-fd', 'down-signal'] as const).map((name): Probe => ({
    name: `${name} is read only if it is a regular file, without blocking`,
    rule,
    corrects: { text: 'nitro blocks on a fifo.', ends: true },
    services: { a: { run: forever, files: { [name]: { fifo: true } } }, b: { run: forever } },
    body: async (bench) => {
      await bench.reaches('b', 'STARTING', 'UP');
      await bench.reaches('a', 'STARTING', 'UP');
      bench.is('exit status of nitroctl down', 0, (await bench.ctl('down', 'a')).code);
    },
  })),
  {
    name: 'a run on a file system that hangs in exec does not stop nitro from supervising the others',
    rule,
    corrects: { text: 'nitro waits for the exec.', ends: true },
    services: { a: { run: forever, down: true }, b: { run: forever } },
    body: async (bench) => {
      bench.log.did('# have every exec of d/a/run hang (a write lease on the file, fcntl F_SETLEASE)');
      const lease = await bench.nitro.hang('a/run');
      try {
        bench.send('UP', `${Buffer.from([1, 0, 120]).toString('hex')}61`);
        await lease.wanted();
        const before = await bench.crash('b');
        await bench.running('b', before);
      } finally {
        await lease.release();
      }
      await bench.reaches('a', 'STARTING', 'UP');
    },
  },
];
