/**
 * Probes of logging: who writes where, and that nothing is lost (behaviour.md §5).
 */
import type { Bench } from '../bench.js';
import type { Probe } from '../probe.js';
import { draining, expected, forever, gate, logger, note, numbered, sh, stubborn, tired } from './shell.js';

const rule = 'behaviour.md §5';

/** All lines of a writer have to arrive, each once, in their order; the first that is wrong is told. */
async function allArrive(bench: Bench, word: string, count: number, file = 'log'): Promise<void> {
  const wanted = expected(word, count);
  await bench.until(`all ${String(count)} lines of ${word} arrive in their order`, 'all', () => {
    const lines = bench.lines(file).filter((line) => line.startsWith(`${word} `));
    const wrong = lines.findIndex((line, index) => line !== wanted[index]);
    if (wrong >= 0) return `line ${String(wrong + 1)} is "${lines[wrong] ?? ''}"`;
    return lines.length === count ? 'all' : `${String(lines.length)} lines, the last is "${lines[lines.length - 1] ?? ''}"`;
  });
}

export const logProbes: readonly Probe[] = [
  {
    name: 'stdout of setup, run and finish goes to the logger',
    rule: 'behaviour.md §2',
    services: {
      a: { setup: sh('echo setup'), run: sh(`echo run; ${gate('go')}; exit 0`), finish: sh(`echo finish; ${gate('end')}`), log: '../l' },
      l: { run: logger('log') },
    },
    body: async (bench) => {
      await bench.running('a');
      bench.open('go');
      await bench.until('the logger gets', ['setup', 'run', 'finish'], () => bench.lines('log'));
      bench.open('end');
    },
  },
  {
    name: 'nothing is lost over the ends of a logger',
    rule,
    services: { a: { run: numbered('line', 400), log: '../l' }, l: { run: tired('log', 60) } },
    delays: { RESPAWN: 20 },
    body: async (bench) => await allArrive(bench, 'line', 400),
  },
  {
    name: 'what is written while the logger is down stays in the pipe, and its writer goes on',
    rule,
    services: {
      a: { run: sh(`${gate('go')}; i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo "line $i"; done; ${note('wrote', 'all')}; exec sleep 1000`), log: '../l' },
      l: { run: logger('log') },
    },
    body: async (bench) => {
      const before = await bench.running('a');
      await bench.running('l');
      bench.is('exit status of nitroctl down', 0, (await bench.ctl('down', 'l')).code);
      bench.open('go');
      await bench.until('all is written', ['all'], () => bench.lines('wrote'));
      bench.is('run of the writer', before, await bench.nitro.pidOf('a'));
      await bench.want('UP', 'l');
      await allArrive(bench, 'line', 50);
    },
  },
  {
    name: 'restarts of what writes do not end its logger',
    rule,
    services: { a: { run: sh('echo begun; exec sleep 1000'), log: '../l' }, l: { run: logger('log') } },
    delays: { RESPAWN: 1 },
    body: async (bench) => {
      let a = await bench.running('a');
      const l = await bench.running('l');
      for (let round = 2; round <= 5; round++) {
        await bench.crash('a');
        a = await bench.running('a', a);
        await bench.until('lines', round, () => bench.lines('log').length);
      }
      bench.is('run of the logger', l, await bench.nitro.pidOf('l'));
    },
  },
  {
    name: 'a crash of a logger does not end what writes to it',
    rule,
    services: { a: { run: sh('while :; do echo line; sleep 0.02; done'), log: '../l' }, l: { run: logger('log') } },
    delays: { RESPAWN: 20 },
    body: async (bench) => {
      const a = await bench.running('a');
      const l = await bench.running('l');
      await bench.crash('l');
      await bench.running('l', l);
      const before = bench.lines('log').length;
      await bench.until('more lines arrive', true, () => bench.lines('log').length > before + 3);
      bench.is('run of the writer', a, await bench.nitro.pidOf('a'));
    },
  },
  {
    name: 'several services may share a logger, and a logger may have a log itself',
    rule,
    services: {
      a: { run: numbered('a', 100), log: '../l/' },
      b: { run: numbered('b', 100), log: '../l' },
      l: { run: sh('while read -r line; do echo "$line"; done'), log: '../m' },
      m: { run: logger('log') },
    },
    body: async (bench) => {
      await allArrive(bench, 'a', 100);
      await allArrive(bench, 'b', 100);
    },
  },
  {
    name: 'a logger may write to itself',
    rule,
    services: { l: { run: sh(`echo to myself; read -r line; ${note('log', '$line')}; exec sleep 1000`), log: '../l' } },
    body: async (bench) => await bench.until('the logger gets', ['to myself'], () => bench.lines('log')),
  },
  {
    name: 'a cycle of log links over several services is allowed',
    rule,
    corrects: { text: 'A cycle overflows the stack.', ends: true },
    services: { a: { run: forever, log: '../b' }, b: { run: forever, log: '../c' }, c: { run: forever, log: '../a' } },
    body: async (bench) => {
      for (const name of ['a', 'b', 'c']) await bench.running(name);
    },
  },
  {
    name: 'a logger is started by its first user, also with a `down` file',
    rule,
    services: { l: { run: logger('log'), down: true }, a: { run: sh('echo hello; exec sleep 1000'), log: '../l', down: true } },
    body: async (bench) => {
      bench.is('states', 'a DOWN, l DOWN', await bench.states('a', 'l'));
      await bench.want('UP', 'a');
      await bench.until('the logger gets', ['hello'], () => bench.lines('log'));
    },
  },
  {
    name: 'a log that is a template is instantiated with the name of the service, or with its parameter',
    rule,
    services: {
      'a@': { run: sh('echo of an instance; exec sleep 1000'), log: '../l@' },
      b: { run: sh('echo of b; exec sleep 1000'), log: '../l@' },
      'l@': { run: sh('while read -r line; do echo "$line" >>"$T/log.$1"; done') },
    },
    body: async (bench) => {
      await bench.want('UP', 'a@x');
      await bench.until('l@x gets', ['of an instance'], () => bench.lines('log.x'));
      await bench.until('l@b gets', ['of b'], () => bench.lines('log.b'));
    },
  },
  {
    name: 'a log that is no symlink, or leads nowhere, is passed over with a warning',
    rule,
    services: { a: { run: forever, files: { log: 'a file' } }, b: { run: forever, log: '../no-such' } },
    body: async (bench) => {
      await bench.running('a');
      await bench.running('b');
      await bench.until('warnings on stderr', true, () => bench.stderr.trim().split('\n').length >= 3);
    },
  },
  {
    name: 'a log link that was changed counts from the next start, also if that comes of a crash',
    rule,
    corrects: { text: 'Not after a crash.' },
    services: { a: { run: sh('echo begun; exec sleep 1000'), log: '../l' }, l: { run: logger('first') }, m: { run: logger('second') } },
    delays: { RESPAWN: 1 },
    body: async (bench) => {
      const before = await bench.running('a');
      await bench.until('the first logger gets', ['begun'], () => bench.lines('first'));
      bench.place('a/log', { link: '../m' });
      await bench.crash('a');
      await bench.running('a', before);
      await bench.until('the second logger gets', ['begun'], () => bench.lines('second'));
    },
  },
  {
    name: 'LOG gets stdout of every service without a log link',
    rule,
    services: {
      LOG: { run: logger('log') },
      a: { run: sh('echo of a; exec sleep 1000') },
      b: { run: sh('echo of b; exec sleep 1000'), log: '../l' },
      l: { run: logger('own') },
    },
    body: async (bench) => {
      await bench.until('LOG gets', ['of a'], () => bench.lines('log'));
      await bench.until('the logger gets', ['of b'], () => bench.lines('own'));
    },
  },
  {
    name: 'the pipe of LOG is in use across its crashes, too',
    rule,
    corrects: { text: 'The reference goes back to the console after a crash of LOG.' },
    services: { LOG: { run: logger('log') }, a: { run: sh('echo begun; exec sleep 1000') } },
    delays: { RESPAWN: 20 },
    body: async (bench) => {
      const a = await bench.running('a');
      await bench.until('LOG gets', ['begun'], () => bench.lines('log'));
      const LOG = await bench.crash('LOG');
      await bench.crash('a');
      await bench.running('a', a);
      await bench.running('LOG', LOG);
      await bench.until('LOG gets', ['begun', 'begun'], () => bench.lines('log'));
    },
  },
  {
    name: 'LOG@ is instantiated for every service without a log link',
    rule,
    services: {
      'LOG@': { run: sh('while read -r line; do echo "$line" >>"$T/log.$1"; done') },
      a: { run: sh('echo of a; exec sleep 1000') },
      b: { run: sh('echo of b; exec sleep 1000') },
    },
    body: async (bench) => {
      await bench.until('LOG@a gets', ['of a'], () => bench.lines('log.a'));
      await bench.until('LOG@b gets', ['of b'], () => bench.lines('log.b'));
    },
  },
  {
    name: 'what a service says as its last is not lost at shutdown: loggers go after those that write to them',
    rule,
    services: {
      a: {
        run: sh(`trap 'sleep 0.2; echo last words; exit 0' TERM; ${note('ready', 'a')}; while :; do sleep 0.02; done`),
        finish: sh('sleep 0.1; echo of finish'),
        log: '../l',
      },
      l: { run: draining('log') },
    },
    body: async (bench) => {
      await bench.until('it has set its trap', ['a'], () => bench.lines('ready'));
      await bench.running('l');
      bench.signal('SIGTERM');
      bench.is('nitro ends', 'exit 0', await bench.ends());
      await bench.until('the logger got', ['last words', 'of finish'], () => bench.lines('log'));
    },
  },
  {
    name: 'nor is what goes through a chain of loggers',
    rule,
    corrects: { text: 'Chains of loggers are brought down in no order, so that lines are lost.' },
    services: {
      b: { run: draining('log') },
      a: { run: sh(`trap 'exit 0' TERM; while read -r line; do echo "$line"; sleep 0.1; done`), finish: sh('sleep 0.2; echo of finish'), log: '../b' },
      c: { run: sh('echo hello; exec sleep 1000'), log: '../a' },
    },
    body: async (bench) => {
      await bench.until('the last logger gets', ['hello'], () => bench.lines('log'));
      bench.signal('SIGTERM');
      bench.is('nitro ends', 'exit 0', await bench.ends());
      await bench.until('the last logger got', ['hello', 'of finish'], () => bench.lines('log'));
    },
  },
  {
    name: 'a logger that does not want to end is killed at shutdown',
    rule: 'behaviour.md §3',
    services: { a: { run: forever, log: '../l' }, l: { run: stubborn } },
    delays: { SHUTDOWN: 400 },
    body: async (bench) => {
      await bench.until('it runs', 1, () => bench.lines('stubborn').length);
      bench.signal('SIGTERM');
      bench.is('nitro ends', 'exit 0', await bench.ends());
    },
  },
];
