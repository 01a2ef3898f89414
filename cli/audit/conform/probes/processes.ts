/**
 * Probes of how scripts are executed: environment, directory, session, signals and descriptors (behaviour.md §4).
 */
import { stillPath } from '../../../../tests/end-to-end/harness/tools.js';
import {
  argumentsOf, childrenOf, descriptorsOf, environmentOf, sessionOf, statusOf, workingDirectoryOf,
} from '../../../../tests/end-to-end/harness/processes.js';
import type { Bench } from '../bench.js';
import type { Probe } from '../probe.js';
import { forever, gate, note, sh } from './shell.js';

const rule = 'behaviour.md §4';

/** The pid of a script of a service that is there, as seen from outside: the only child of nitro in that directory. */
async function scriptIn(bench: Bench, name: string): Promise<number> {
  let found = 0;
  await bench.until(`a script of ${name} runs`, true, () => {
    const inside = childrenOf(bench.nitro.pid).filter((pid) => workingDirectoryOf(pid) === `${bench.nitro.directory}/${name}`);
    found = inside[0] ?? 0;
    return found !== 0 && sessionOf(found) === found;
  });
  return found;
}

/** Descriptors of a process, `NUMBER TARGET`, sorted; what is nitro's own by the name of it. */
function descriptors(bench: Bench, pid: number): readonly string[] {
  const own = descriptorsOf(bench.nitro.pid);
  const known = new Map([[own.get(1), "nitro's stdout"], [own.get(2), "nitro's stderr"]]);
  const named = (target: string): string => known.get(target) ?? target.replace(/:\[\d+\]/, '');
  return [...descriptorsOf(pid)].sort(([a], [b]) => a - b).map(([fd, target]) => `${String(fd)} ${named(target)}`);
}

const plain = ['0 /dev/null', "1 nitro's stdout", "2 nitro's stderr"];

/** Signals of a mask in /proc/PID/status, by number. */
function mask(pid: number, field: string): readonly number[] {
  const set = BigInt(`0x${statusOf(pid)?.get(field) ?? '0'}`);
  return Array.from({ length: 31 }, (_, index) => index + 1).filter((signal) => ((set >> BigInt(signal - 1)) & 1n) === 1n);
}

export const processProbes: readonly Probe[] = [
  {
    name: 'run gets the environment of nitro, with a default PATH if there is none',
    rule,
    services: { a: { run: sh('exec /bin/sleep 1000') } },
    env: { PATH: undefined, COLOUR: 'blue' },
    body: async (bench) => {
      const pid = await bench.running('a');
      await bench.until('COLOUR and a PATH are in the environment of run', 'COLOUR, PATH', () =>
        ['COLOUR=blue', 'PATH=/'].flatMap((start) => (environmentOf(pid).some((each) => each.startsWith(start)) ? [start.split('=')[0]] : [])).join(', '));
    },
  },
  {
    name: 'an environment of any size is passed on',
    rule,
    services: { a: { run: forever } },
    env: { LARGE: 'x'.repeat(100_000), LAST: 'here' },
    body: async (bench) => {
      const pid = await bench.running('a');
      await bench.until('all of it is there', '100000 bytes of LARGE, LAST=here', () => {
        const all = environmentOf(pid);
        const large = (all.find((each) => each.startsWith('LARGE='))?.length ?? 6) - 6;
        return `${String(large)} bytes of LARGE, ${all.find((each) => each.startsWith('LAST=')) ?? 'no LAST'}`;
      });
    },
  },
  {
    name: 'setup, run and finish work in the directory of the service, in a session of their own',
    rule,
    services: {
      a: {
        setup: sh(`${note('cwd', 'setup $(pwd -P)')}; ${gate('go')}`),
        run: sh(`${note('cwd', 'run $(pwd -P)')}; exec sleep 1000`),
        finish: sh(`${note('cwd', 'finish $(pwd -P)')}; ${gate('end')}`),
      },
    },
    body: async (bench) => {
      const { directory, pid: nitro } = bench.nitro;
      const setup = await scriptIn(bench, 'a');
      bench.is('setup leads a session', setup, sessionOf(setup));
      bench.open('go');
      const run = await bench.running('a');
      await bench.until('run leads a session', run, () => sessionOf(run));
      await bench.until('run has begun', 2, () => bench.lines('cwd').length);
      await bench.want('DOWN', 'a');
      await bench.until('finish runs', 3, () => bench.lines('cwd').length);
      const finish = await scriptIn(bench, 'a');
      bench.is('finish leads a session, and not that of nitro', true, finish !== run && sessionOf(nitro) !== finish);
      bench.is('all worked in the directory', ['setup', 'run', 'finish'].map((role) => `${role} ${directory}/a`), bench.lines('cwd'));
      bench.open('end');
    },
  },
  {
    name: 'an instance works in the directory of its template, and each of its scripts gets its parameter',
    rule: 'behaviour.md §2',
    services: {
      'a@': {
        setup: sh(note('args', 'setup $* $(pwd -P)')),
        run: sh(`${note('args', 'run $* $(pwd -P)')}; exec sleep 1000`),
        finish: sh(note('args', 'finish $* $(pwd -P)')),
      },
    },
    body: async (bench) => {
      await bench.want('UP', 'a@one two');
      await bench.until('run has begun', 2, () => bench.lines('args').length);
      await bench.want('DOWN', 'a@one two');
      const at = `${bench.nitro.directory}/a@`;
      await bench.until(
        'the scripts got',
        [`setup one two ${at}`, `run one two ${at}`, `finish 0 15 one two ${at}`.replace('0 15', '-1 15')],
        () => bench.lines('args'),
      );
    },
  },
  {
    name: 'argv[0] of a script is the name of its file',
    rule,
    entries: { a: { directory: { run: { link: stillPath } } } },
    body: async (bench) => {
      const pid = await bench.running('a');
      await bench.until('argv of run, a program that only waits', ['run'], () => argumentsOf(pid));
    },
  },
  {
    name: 'without a log, stdin is /dev/null, stdout and stderr are those of nitro, and nothing else is open',
    rule,
    corrects: { text: 'Descriptors of nitro are leaked into scripts.' },
    services: { a: { setup: sh(gate('go')), run: forever, finish: sh(gate('end')), 'notification-fd': 0 }, l: { run: sh('exec cat'), log: '../l' } },
    body: async (bench) => {
      const setup = await scriptIn(bench, 'a');
      await bench.until(
        'descriptors of setup',
        plain,
        () => descriptors(bench, setup).slice(0, 3).concat(descriptors(bench, setup).slice(3).filter((each) => !each.startsWith('10 '))),
      );
      bench.open('go');
      const run = await bench.running('a');
      await bench.until('descriptors of run', plain, () => descriptors(bench, run));
      await bench.want('DOWN', 'a');
      await bench.until('run has ended', 0, async () => (await bench.query('a'))?.pid);
      const finish = await scriptIn(bench, 'a');
      await bench.until('descriptors of finish', plain, () => descriptors(bench, finish).filter((each) => !each.startsWith('10 ')));
      bench.open('end');
    },
  },
  {
    name: 'a logger reads its pipe, who writes to it writes into it, and neither has anything else open',
    rule,
    corrects: { text: 'Descriptors of nitro are leaked into scripts.' },
    services: { a: { run: forever, log: '../l' }, b: { run: forever, 'notification-fd': 5 }, l: { run: sh('exec cat') } },
    body: async (bench) => {
      const [a, b, l] = [await bench.running('a'), await bench.running('b'), await bench.running('l')];
      await bench.until('run of a', ['0 /dev/null', '1 pipe', "2 nitro's stderr"], () => descriptors(bench, a));
      await bench.until('run of the logger', ['0 pipe', "1 nitro's stdout", "2 nitro's stderr"], () => descriptors(bench, l));
      await bench.until('run of b, which has a notification-fd', [...plain, '5 pipe'], () => descriptors(bench, b));
      bench.is('the pipe is the same one', descriptorsOf(l).get(0), descriptorsOf(a).get(1));
    },
  },
  {
    name: 'what nitro has inherited is not passed on to services',
    rule,
    corrects: { text: 'Descriptors that nitro inherited are leaked into scripts.' },
    services: { a: { run: forever } },
    launch: ['-o', '3', '-o', '9', '-o', '63'],
    body: async (bench) => {
      const run = await bench.running('a');
      await bench.until('descriptors of run', plain, () => descriptors(bench, run));
    },
  },
  ...([
    ['setup, run and finish are executed with no signal blocked or ignored', []],
    ['what nitro has inherited as ignored or blocked is reset for scripts', ['-i', '2', '-i', '13', '-i', '15', '-b', '10', '-b', '17', '-b', '18']],
  ] as const).map(([name, launch]): Probe => ({
    name,
    rule,
    corrects: { text: 'Signal mask and dispositions are not reset.' },
    entries: { a: { directory: { run: { link: stillPath }, finish: { link: stillPath } } } },
    ...(launch.length === 0 ? {} : { launch }),
    body: async (bench) => {
      const run = await bench.running('a');
      await bench.until(
        'blocked and ignored in run, a program that only waits',
        { blocked: [], ignored: [] },
        () => ({ blocked: mask(run, 'SigBlk'), ignored: mask(run, 'SigIgn') }),
      );
      await bench.want('DOWN', 'a');
      await bench.until('run has ended', 0, async () => (await bench.query('a'))?.pid);
      const finish = await scriptIn(bench, 'a');
      await bench.until(
        'blocked and ignored in finish',
        { blocked: [], ignored: [] },
        () => ({ blocked: mask(finish, 'SigBlk'), ignored: mask(finish, 'SigIgn') }),
      );
      process.kill(finish, 'SIGKILL');
    },
  })),
  {
    name: 'nitro reaps what it inherits, and counts it',
    rule,
    services: { a: { run: sh(`${gate('go')}; i=0; while [ $i -lt 20 ]; do i=$((i+1)); (sleep 0.01 &) ; done; exec sleep 1000`) } },
    launch: ['-r'],
    body: async (bench) => {
      await bench.running('a');
      const reaps = async (): Promise<number> => (await bench.nitro.info())?.get(108) ?? 0;
      const before = await reaps();
      bench.open('go');
      await bench.until('20 orphans are reaped', true, async () => (await reaps()) >= before + 20);
    },
  },
  {
    name: 'stderr that nobody reads does not block nitro',
    rule,
    corrects: { text: 'nitro blocks when stderr is full.', ends: true },
    services: { a: { run: forever } },
    entries: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`no-service-with-a-long-name-${String(index)}`, { directory: {} }])),
    stderrUnread: true,
    body: async (bench) => {
      await bench.running('a');
      for (let round = 0; round < 60; round++) bench.is(
        'RESCAN, with 40 directories that are no services, is answered',
        'OK',
        await bench.ask('RESCAN', '00007e'),
      );
      await bench.ctl('restart', 'a');
      await bench.reaches('a', 'STARTING', 'UP');
    },
  },
];
