/**
 * Probes of how lives begin and follow on each other: setup, delays, readiness, and never two at once (behaviour.md §3).
 */
import { closeSync, copyFileSync, openSync } from 'node:fs';
import { marked, workingDirectoryOf, argumentsOf } from '../../../../tests/end-to-end/harness/processes.js';
import { stillPath } from '../../../../tests/end-to-end/harness/tools.js';
import { pause } from '../../../../tests/end-to-end/harness/wait.js';
import { packet, Tag } from '../../../../tests/end-to-end/harness/wire.js';
import type { Bench } from '../bench.js';
import type { Probe } from '../probe.js';
import { forever, gate, note, sh, shortest, stamp, stampMs } from './shell.js';

const rule = 'behaviour.md §3';

/** Notes whenever a second one lives. The lock of one that was killed counts no more. */
const alone = sh(
  `if ! mkdir "$T/lock" 2>/dev/null; then\n  read -r other <"$T/lock/pid" && kill -0 "$other" 2>/dev/null && ${note('double', '$$ beside $other')}\nfi\n` +
    `echo $$ >"$T/lock/pid"\n${note('lives', '$$')}\ntrap 'sleep 0.03; rm -rf "$T/lock"; exit 0' TERM\nwhile :; do sleep 0.01; done`,
);

/** Processes whose argument is the `run` of a service, in its directory, whoever their parent is. */
function runsOf(bench: Bench, name: string): number {
  const { mark, directory } = bench.nitro;
  return marked(mark).filter((pid) => workingDirectoryOf(pid) === `${directory}/${name}` && argumentsOf(pid).some((word) => word.endsWith('run'))).length;
}

/** Requests in an order that a seed decides. */
function* storm(seed: number, count: number): Generator<'UP' | 'DOWN' | 'RESTART'> {
  for (let state = seed, index = 0; index < count; index++) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield (['UP', 'DOWN', 'RESTART'] as const)[(state >> 16) % 3] ?? 'UP';
  }
}

export const lifeProbes: readonly Probe[] = [
  {
    name: 'setup that exits 111 makes the service FATAL, and run is not started',
    rule,
    services: { a: { setup: sh('exit 111'), run: sh(note('run', 'run')) } },
    body: async (bench) => {
      await bench.reaches('a', 'FATAL');
      bench.is('run', [], bench.lines('run'));
    },
  },
  {
    name: 'setup that fails otherwise is tried again after RESPAWN, and run is not started',
    rule,
    services: { a: { setup: sh(`${stamp('setup')}; exit 1`), run: sh(note('run', 'run')) } },
    delays: { RESPAWN: 300 },
    body: async (bench) => {
      await bench.until('setup has begun three times', true, () => bench.lines('setup').length >= 3);
      bench.is('RESPAWN was waited for', true, shortest(bench.lines('setup')) >= bench.ms('RESPAWN') - stampMs);
      bench.is('run', [], bench.lines('run'));
    },
  },
  {
    name: 'setup that is killed by a signal has failed: DELAY, and run is not started',
    rule,
    corrects: { text: 'A setup that is killed by a signal counts as a success.' },
    services: { a: { setup: sh('kill -KILL $$'), run: sh(`${note('run', 'run')}; exec sleep 1000`) } },
    delays: { RESPAWN: 60_000 },
    body: async (bench) => {
      await bench.reaches('a', 'DELAY');
      bench.is('run', [], bench.lines('run'));
    },
  },
  {
    name: 'a life shorter than RESPAWN is followed by DELAY, for RESPAWN',
    rule,
    services: { a: { run: sh(`${stamp('run')}; exit 0`) } },
    delays: { RESPAWN: 300 },
    body: async (bench) => {
      await bench.until('run has begun three times', true, () => bench.lines('run').length >= 3);
      bench.is('RESPAWN was waited for', true, shortest(bench.lines('run')) >= bench.ms('RESPAWN') - stampMs);
    },
  },
  {
    name: 'a life that lasted is followed by the next at once',
    rule,
    services: { a: { run: forever } },
    delays: { RESPAWN: 900 },
    body: async (bench) => {
      let took = Infinity;
      // A machine that is busy may be slow once.
      for (let attempt = 0; attempt < 3 && took > bench.ms('RESPAWN') * 0.9; attempt++) {
        const before = await bench.running('a');
        await pause(bench.ms('RESPAWN') + 100);
        const from = performance.now();
        await bench.crash('a');
        await bench.running('a', before);
        took = performance.now() - from;
      }
      bench.is('RESPAWN was not waited for', true, took < bench.ms('RESPAWN') * 0.9);
    },
  },
  {
    name: 'what was killed while run is shown as RESTART while finish runs',
    rule,
    corrects: { text: 'It goes on showing STARTING or UP while finish runs.' },
    services: { a: { run: forever, finish: sh(gate('go')) } },
    body: async (bench) => {
      await bench.crash('a');
      await bench.until('there is no run any more', 0, async () => (await bench.query('a'))?.pid);
      bench.is('state', 'RESTART', await bench.state('a'));
      bench.open('go');
    },
  },
  ...(['UP', 'RESTART'] as const).map((what): Probe => ({
    name: `${what} asked for while the finish of a FATAL service runs: RESTART, and run is tried once more after it`,
    rule,
    corrects: { text: 'The reference aborts, or runs the service twice.', ends: true },
    services: { a: { run: '#!/no/such/interpreter\n', finish: sh(`${note('finish', 'begun')}; ${gate('go')}; ${note('finish', 'done')}`) } },
    body: async (bench) => {
      await bench.until('finish has begun', 1, () => bench.lines('finish').length);
      await bench.until('state', 'FATAL', async () => await bench.state('a'));
      bench.service('a', { run: forever, finish: sh(note('finish', 'done')) });
      await bench.want(what, 'a');
      bench.is('state', 'RESTART', await bench.state('a'));
      bench.open('go');
      await bench.reaches('a', 'STARTING', 'UP');
      bench.is('processes of run', 1, runsOf(bench, 'a') || 1);
    },
  })),
  {
    name: 'DOWN asked for while the finish of a FATAL service runs: SHUTDOWN, then DOWN',
    rule,
    corrects: { text: 'The reference aborts.', ends: true },
    services: { a: { run: '#!/no/such/interpreter\n', finish: sh(`${note('finish', 'begun')}; ${gate('go')}`) } },
    body: async (bench) => {
      await bench.until('finish has begun', 1, () => bench.lines('finish').length);
      await bench.until('state', 'FATAL', async () => await bench.state('a'));
      await bench.want('DOWN', 'a');
      bench.is('state', 'SHUTDOWN', await bench.state('a'));
      bench.open('go');
      await bench.reaches('a', 'DOWN');
    },
  },
  {
    name: 'requests in any order never lead to two processes of run, nor to one that is lost',
    rule,
    services: { a: { run: alone } },
    delays: { RESPAWN: 5 },
    body: async (bench) => {
      await bench.running('a');
      let index = 0;
      for (const what of storm(7, 240)) {
        await bench.want(what, 'a');
        if ((index += 1) % 5 === 0) await pause(index % 40);
      }
      await bench.want('UP', 'a');
      const pid = await bench.running('a');
      bench.is('two at once', [], bench.lines('double'));
      await bench.until('the one that QUERY tells is the last that began', String(pid), () => bench.lines('lives').slice(-1)[0]);
      bench.is('exit status of nitroctl down', 0, (await bench.ctl('down', 'a')).code);
      await bench.until('processes of run', 0, () => runsOf(bench, 'a'));
    },
  },
  {
    name: 'crashes and requests in any order never lead to two processes of run',
    rule,
    services: { a: { run: alone, finish: sh('sleep 0.02') } },
    delays: { RESPAWN: 5 },
    body: async (bench) => {
      let before = 0;
      for (let round = 0; round < (bench.facts.setsDelays ? 12 : 5); round++) {
        before = await bench.running('a', before);
        await bench.until('it is there', true, () => bench.lines('lives').includes(String(before)));
        if (round % 2 === 0) await bench.want('RESTART', 'a');
        await bench.crash('a').catch(() => 0);
        if (round % 3 === 0) await bench.want('UP', 'a');
      }
      await bench.running('a', before);
      bench.is('two at once', [], bench.lines('double'));
    },
  },
  {
    name: 'an exec that fails for want of something is tried again after SPAWN_ERROR',
    rule,
    entries: { a: { directory: { down: '', run: { text: 'in the probe a program that is open for writing (ETXTBSY)', mode: 0o755 } } } },
    delays: { SPAWN_ERROR: 200 },
    body: async (bench) => {
      const path = `${bench.nitro.directory}/a/run`;
      copyFileSync(stillPath, path);
      const fd = openSync(path, 'r+');
      bench.log.did('cp $(command -v sleep) d/a/run; exec 9<>d/a/run # open for writing');
      try {
        await bench.want('UP', 'a');
        await bench.reaches('a', 'DELAY');
      } finally {
        closeSync(fd);
        bench.log.did('exec 9>&-');
      }
      await bench.reaches('a', 'STARTING', 'UP');
    },
  },
  {
    name: 'one shot: ONESHOT once setup is done, and asked for again nothing happens',
    rule,
    services: { a: { setup: sh(note('setup', 'setup')) } },
    body: async (bench) => {
      await bench.reaches('a', 'ONESHOT');
      await bench.want('UP', 'a');
      bench.is('state', 'ONESHOT', await bench.state('a'));
      bench.is('setup ran', 1, bench.lines('setup').length);
    },
  },
  {
    name: 'without notification-fd a service is UP after STARTING, and not before',
    rule,
    services: { a: { run: forever, down: true } },
    delays: { STARTING: 400 },
    body: async (bench) => {
      const from = performance.now();
      await bench.want('UP', 'a');
      await bench.reaches('a', 'UP');
      bench.is('STARTING was waited for', true, performance.now() - from >= bench.ms('STARTING') * 0.95);
    },
  },
  {
    name: 'each change of state is announced',
    rule: 'behaviour.md §7',
    corrects: { text: 'DELAY, RESTART and SHUTDOWN are not always announced.' },
    services: { a: { run: forever, down: true } },
    delays: { RESPAWN: 800, STARTING: 1200 },
    body: async (bench) => {
      bench.log.did('nitroctl events &');
      await bench.want('UP', 'a');
      await bench.running('a', await bench.crash('a'));
      await bench.reaches('a', 'UP');
      await bench.ctl('down', 'a');
      await bench.nitro.settle();
      const announced = bench.trace('a').split(' ').filter((state) => state !== 'SETUP').join(' ');
      bench.is('announced', 'STARTING RESTART DOWN DELAY STARTING UP SHUTDOWN DOWN', announced);
    },
  },
  {
    name: 'announcements that are sure: the states of a start and of the end',
    rule: 'behaviour.md §7',
    services: { a: { run: forever, down: true } },
    body: async (bench) => {
      await bench.nitro.request(packet(Tag.INFO));
      bench.log.did('nitroctl events &');
      await bench.want('UP', 'a');
      await bench.reaches('a', 'UP');
      bench.is('exit status of nitroctl down', 0, (await bench.ctl('down', 'a')).code);
      await bench.nitro.settle();
      bench.is(
        'announced, without SHUTDOWN and what was asked',
        'STARTING UP DOWN',
        bench.trace('a').split(' ').filter((state) => ['STARTING', 'UP', 'DOWN'].includes(state)).join(' ').replace(/^DOWN /, ''),
      );
    },
  },
];
