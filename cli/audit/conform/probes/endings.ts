/**
 * Probes of how lives end: what finish is told, how often it runs, which signals are sent, and what does not want to end (behaviour.md §2 and §3).
 */
import type { Probe } from '../probe.js';
import { forever, gate, note, noting, sh, stubborn } from './shell.js';

const rule = 'behaviour.md §2';
const finish = sh(note('finish', '$*'));

export const endingProbes: readonly Probe[] = [
  {
    name: 'finish is told the exit status of run',
    rule,
    services: { a: { run: sh(`${gate('go')}; exit 3`), finish } },
    body: async (bench) => {
      await bench.running('a');
      bench.open('go');
      await bench.until('arguments of finish', '3 0', () => bench.lines('finish')[0]);
    },
  },
  {
    name: 'finish is told -1 and the signal that killed run',
    rule,
    services: { a: { run: forever, finish } },
    body: async (bench) => {
      await bench.crash('a');
      await bench.until('arguments of finish', '-1 9', () => bench.lines('finish')[0]);
    },
  },
  {
    name: 'a run that cannot be executed makes the service FATAL, after `finish 111 0`',
    rule: 'behaviour.md §3',
    services: { a: { run: '#!/no/such/interpreter\n', finish } },
    body: async (bench) => {
      await bench.reaches('a', 'FATAL');
      await bench.until('arguments of finish', ['111 0'], () => bench.lines('finish'));
      bench.is('and it stays so', 'FATAL', await bench.state('a'));
    },
  },
  {
    name: 'a one shot that is brought down gets `finish 0 0`',
    rule: 'behaviour.md §3',
    services: { a: { setup: sh(note('setup', 'done')), finish } },
    body: async (bench) => {
      await bench.reaches('a', 'ONESHOT');
      bench.is('exit status of nitroctl down', 0, (await bench.ctl('down', 'a')).code);
      bench.is('arguments of finish', ['0 0'], bench.lines('finish'));
    },
  },
  {
    name: 'finish runs once for each life, whatever ended it',
    rule: 'behaviour.md §3',
    services: { a: { run: sh(`${note('run', 'run')}; exec sleep 1000`), finish } },
    delays: { RESPAWN: 5 },
    body: async (bench) => {
      const lives = async (count: number): Promise<void> => {
        await bench.until(`run has begun ${String(count)} times`, count, () => bench.lines('run').length);
        await bench.reaches('a', 'STARTING', 'UP');
      };
      await lives(1);
      await bench.crash('a');
      await lives(2);
      await bench.want('RESTART', 'a');
      await lives(3);
      await bench.want('DOWN', 'a');
      await bench.want('UP', 'a');
      await lives(4);
      await bench.want('DOWN', 'a');
      await bench.want('DOWN', 'a');
      await bench.reaches('a', 'DOWN');
      bench.is('finish ran', 4, bench.lines('finish').length);
    },
  },
  {
    name: 'a service that is brought down during setup gets no finish, and no run',
    rule: 'behaviour.md §3',
    services: {
      a: { setup: sh(`${note('setup', 'begun')}; ${gate('go')}; exit 0`), run: sh(`${note('run', 'run')}; exec sleep 1000`), finish, 'down-signal': 'c' },
    },
    body: async (bench) => {
      await bench.until('setup has begun', 1, () => bench.lines('setup').length);
      await bench.want('DOWN', 'a');
      await bench.reaches('a', 'DOWN');
      bench.is('finish and run', [], [...bench.lines('finish'), ...bench.lines('run')]);
    },
  },
  {
    name: 'finish may keep its service down with `nitroctl down .`',
    rule: 'behaviour.md §3',
    corrects: { text: 'nitroctl hangs there until the script is killed.' },
    services: { a: { run: sh(`${gate('go')}; exit 1`), finish: sh(`"$NITROCTL" down .; ${note('finish', 'nitroctl $?')}`) } },
    body: async (bench) => {
      await bench.running('a');
      bench.open('go');
      await bench.reaches('a', 'DOWN');
      await bench.until('exit status of nitroctl in finish', ['nitroctl 0'], () => bench.lines('finish'));
    },
  },
  ...([['h', 'HUP'], ['i', 'INT'], ['q', 'QUIT'], ['1', 'USR1'], ['2', 'USR2'], ['a', 'ALRM']] as const).map(([letter, signal]): Probe => ({
    name: `down-signal ${letter} is ${signal}`,
    rule,
    services: { a: { run: noting, 'down-signal': letter } },
    delays: { SHUTDOWN: 1500 },
    body: async (bench) => {
      await bench.until('run has set its traps', ['ready'], () => bench.lines('signals'));
      await bench.want('DOWN', 'a');
      await bench.until('run gets', ['ready', signal], () => bench.lines('signals'));
    },
  })),
  {
    name: 'without down-signal it is SIGTERM',
    rule,
    services: { a: { run: noting } },
    body: async (bench) => {
      await bench.until('run has set its traps', ['ready'], () => bench.lines('signals'));
      bench.is('exit status of nitroctl down', 0, (await bench.ctl('down', 'a')).code);
      bench.is('run got', ['ready', 'TERM'], bench.lines('signals'));
    },
  },
  {
    name: 'the signal is followed by SIGCONT, so that a service that is paused ends, too',
    rule: 'behaviour.md §3',
    services: { a: { run: noting } },
    body: async (bench) => {
      await bench.until('run has set its traps', ['ready'], () => bench.lines('signals'));
      await bench.ctl('pause', 'a');
      await bench.want('DOWN', 'a');
      await bench.until('it is down, and not by SIGKILL', 'DOWN TERM', async () => `${await bench.state('a')} ${bench.lines('signals')[1] ?? ''}`);
    },
  },
  {
    name: 'a run that does not end gets SIGKILL after SHUTDOWN, and not before',
    rule: 'behaviour.md §3',
    services: { a: { run: stubborn, finish } },
    delays: { SHUTDOWN: 600 },
    body: async (bench) => {
      await bench.until('it runs', 1, () => bench.lines('stubborn').length);
      const from = performance.now();
      await bench.want('DOWN', 'a');
      bench.is('state', 'SHUTDOWN', await bench.state('a'));
      await bench.reaches('a', 'DOWN');
      bench.is('SIGKILL came not before SHUTDOWN was over', true, performance.now() - from >= bench.ms('SHUTDOWN') * 0.95);
      bench.is('arguments of finish', ['-1 9'], bench.lines('finish'));
    },
  },
  {
    name: 'a setup that does not end gets SIGKILL after SHUTDOWN',
    rule: 'behaviour.md §3',
    services: { a: { setup: stubborn, run: forever, finish } },
    delays: { SHUTDOWN: 400 },
    body: async (bench) => {
      await bench.until('it runs', 1, () => bench.lines('stubborn').length);
      await bench.want('DOWN', 'a');
      await bench.reaches('a', 'DOWN');
      bench.is('finish', [], bench.lines('finish'));
    },
  },
  {
    name: 'a finish that does not end gets SIGKILL after FINISH',
    rule: 'behaviour.md §3',
    services: { a: { run: forever, finish: stubborn } },
    delays: { FINISH: 400 },
    body: async (bench) => {
      await bench.running('a');
      const from = performance.now();
      await bench.want('DOWN', 'a');
      await bench.reaches('a', 'DOWN');
      bench.is('SIGKILL came not before FINISH was over', true, performance.now() - from >= bench.ms('FINISH') * 0.95);
    },
  },
  {
    name: 'down again signals again, and the kill timer goes on',
    rule: 'behaviour.md §3',
    services: { a: { run: sh(`trap 'echo TERM >>"$T/signals"' TERM\n${note('signals', 'ready')}\nwhile :; do sleep 0.02; done`) } },
    delays: { SHUTDOWN: 5000 },
    body: async (bench) => {
      await bench.until('run has set its traps', ['ready'], () => bench.lines('signals'));
      const from = performance.now();
      for (const count of [2, 3, 4]) {
        await bench.want('DOWN', 'a');
        await bench.until('run gets SIGTERM', count, () => bench.lines('signals').length);
      }
      await bench.reaches('a', 'DOWN');
      const took = performance.now() - from;
      bench.is('SIGKILL came not before SHUTDOWN was over', true, took >= bench.ms('SHUTDOWN') * 0.95);
    },
  },
];
