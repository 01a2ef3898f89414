/**
 * Too little of everything: processes, memory, descriptors, readers; and so much of the same that a leak would show.
 */
import { execFileSync } from 'node:child_process';
import { Daemon } from '../end-to-end/harness/daemon.js';
import type { Service } from '../end-to-end/harness/directory.js';
import { containerWrapper, works } from '../end-to-end/harness/container.js';
import { childrenOf, killHard, zombiesOf } from '../end-to-end/harness/processes.js';
import { stillPath } from '../end-to-end/harness/tools.js';
import { pause } from '../end-to-end/harness/wait.js';
import { packet, Tag } from '../end-to-end/harness/wire.js';
import { growth, underFire } from './control.js';
import { isOver, sizeOf, type Finding, type Limits } from './part.js';
import { hostilePath } from './tools.js';

const SLEEP = `#!${stillPath}\n`;
const manySleepers = (count: number): Readonly<Record<string, Service>> => Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${String(index)}`, { run: SLEEP }]));
const up = async (nitro: Daemon, names: readonly string[]): Promise<void> => {
  await nitro.waitFor('all are UP', async () => {
    const all = await nitro.list();
    const missing = names.filter((name) => all.get(name)?.state !== 'UP');
    if (missing.length > 0) throw new Error(missing.slice(0, 20).map((name) => `${name} ${all.get(name)?.state ?? 'unknown'}`).join(', '));
    return true;
  });
};

/** A user that nothing else runs as, so that its limit of processes is ours alone. */
const user = 61_000 + (process.pid % 1000);
const asUser = ['sh', '-c', `chown -R ${String(user)} "\${T%/t}"; exec setpriv --reuid=${String(user)} --regid=${String(user)} --clear-groups "$@"`, 'sh'];
/** May this user become another? */
export const mayBeAnother = (): boolean => works('setpriv', `--reuid=${String(user)}`, '--clear-groups', 'test', '-x', stillPath) && works('prlimit', '--version');

/** No process can be made for a while, by a limit of the kernel; crashes meanwhile are mended after it. */
export async function noProcesses(limits: Limits, ms: number): Promise<Finding> {
  const names = ['kept', 'crash', 'again'];
  const services = Object.fromEntries(names.map((name): [string, Service] => [name, { run: SLEEP }]));
  return await underFire('seconds in which fork fails (RLIMIT_NPROC)', { services, wrapper: asUser }, async (nitro) => {
    await up(nitro, names);
    const kept = await nitro.pidOf('kept');
    // As that user: so it needs no right over another's process.
    const limit = (processes: string): void => void execFileSync('setpriv', [`--reuid=${String(user)}`, `--regid=${String(user)}`, '--clear-groups', 'prlimit', '--pid', String(nitro.pid), `--nproc=${processes}:`]);
    limit('1');
    const began = performance.now();
    for (const name of ['crash', 'again']) killHard(await nitro.pidOf(name));
    for (const name of ['crash', 'again']) await nitro.waitState(name, 'DELAY');
    while (performance.now() - began < ms && !isOver(limits)) {
      await pause(Math.min(500, ms));
      await nitro.info();
      limits.progress(`${String(Math.round((performance.now() - began) / 1000))} s`);
    }
    const times = Math.round((performance.now() - began) / 1000);
    const refusals = nitro.stderr.split('cannot start run').length - 1;
    limit('1000');
    await up(nitro, names);
    return { times, note: `${String(refusals)} refused forks`, lost: (await nitro.pidOf('kept')) === kept ? [] : ['kept was restarted'] };
  });
}

/** So many services with a limit of memory, that all crash, `rounds` times. */
export async function littleMemory(limits: Limits, kib: number, count: number, rounds: number): Promise<Finding> {
  const names = Array.from({ length: count }, (_, index) => `s${String(index)}`);
  const wrapper = ['sh', '-c', `ulimit -v ${String(kib)}; exec "$@"`, 'sh'];
  return await underFire(`${String(count)} services crash at once, nitro with ${String(kib)} KiB of address space`, { services: manySleepers(count), wrapper }, async (nitro) => {
    await up(nitro, names);
    let times = 0;
    for (; times < rounds && !isOver(limits); times++) {
      for (const pid of childrenOf(nitro.pid)) killHard(pid);
      await nitro.waitFor('none is a zombie', () => zombiesOf(nitro.pid).length === 0);
      await up(nitro, names);
      await nitro.ctl('rescan');
    }
    await nitro.list();
    return { times, note: `${String(sizeOf(nitro.pid).memoryKiB)} KiB in use at the end` };
  });
}

/** Services that end at once, restarted without a delay. */
export async function crashRestarts(limits: Limits, count: number): Promise<Finding> {
  let size: Pick<Finding, 'before' | 'after'> = {};
  const services = { kept: { run: SLEEP }, ...Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`c${String(index)}`, { files: { run: { link: '/bin/false' } } }])) };
  const finding = await underFire('crash restarts', { services, delays: { RESPAWN: 0 } }, async (nitro) => {
    const kept = await nitro.pidOf('kept');
    const reaps = async (): Promise<number> => (await nitro.info())?.get(Tag.TOTAL_SV_REAPS) ?? 0;
    const until = async (goal: number): Promise<number> => {
      let made = await reaps();
      for (; made < goal && !isOver(limits); made = await reaps()) {
        limits.progress(`${String(made)} restarts`);
        await pause(100);
      }
      return made;
    };
    // What is in flight is not counted: the sizes are those of a nitro at rest.
    const rest = async (): Promise<NonNullable<Finding['before']>> => {
      for (let index = 0; index < 8; index++) await nitro.want('DOWN', `c${String(index)}`);
      for (let index = 0; index < 8; index++) await nitro.waitState(`c${String(index)}`, 'DOWN');
      return sizeOf(nitro.pid);
    };
    const first = await until(Math.min(2000, count / 10));
    const before = await rest();
    for (let index = 0; index < 8; index++) await nitro.want('UP', `c${String(index)}`);
    const made = (await until(first + count)) - first;
    const after = await rest();
    size = { before, after };
    return { times: made, lost: [...growth(before, after), ...((await nitro.pidOf('kept')) === kept ? [] : ['kept was restarted'])] };
  });
  return { ...finding, ...size };
}

/** Processes that lose their parent, and are nitro's to reap. */
export async function orphans(limits: Limits, count: number): Promise<Finding> {
  let size: Pick<Finding, 'before' | 'after'> = {};
  const batch = Math.min(5000, count);
  const services: Readonly<Record<string, Service>> = { kept: { run: SLEEP }, orphans: { run: `exec ${hostilePath} orphans ${String(batch)}`, finish: 'exec $NITROCTL down .', down: true } };
  const finding = await underFire('orphans reaped', { services, launch: ['-r'] }, async (nitro) => {
    const kept = await nitro.pidOf('kept');
    const reaped = async (): Promise<number> => (await nitro.info())?.get(Tag.TOTAL_REAPS) ?? 0;
    const round = async (): Promise<void> => {
      const goal = (await reaped()) + batch;
      await nitro.want('UP', 'orphans');
      await nitro.waitFor('all orphans are reaped', async () => (await reaped()) >= goal);
      await nitro.waitState('orphans', 'DOWN');
    };
    await round();
    const before = sizeOf(nitro.pid);
    const first = await reaped();
    while ((await reaped()) - first < count && !isOver(limits)) {
      await round();
      limits.progress(`${String((await reaped()) - first)} orphans`);
    }
    const after = sizeOf(nitro.pid);
    size = { before, after };
    const zombies = zombiesOf(nitro.pid).length;
    return { times: (await reaped()) - first, lost: [...growth(before, after), ...(zombies > 0 ? [`${String(zombies)} zombies`] : []), ...((await nitro.pidOf('kept')) === kept ? [] : ['kept was restarted'])] };
  });
  return { ...finding, ...size };
}

/** Bytes of a service that go to a logger which is stopped: the pipe fills, the service waits, nitro does not, and nothing is lost. */
export async function stoppedLogger(limits: Limits, lines: number): Promise<Finding> {
  const services: Readonly<Record<string, Service>> = {
    kept: { run: SLEEP },
    logger: { run: 'exec cat >>"$T/out"' },
    writer: { run: `i=0; while [ $i -lt ${String(lines)} ]; do echo "line $i of a writer whose logger does not read what it writes"; i=$((i+1)); done; note written; exec sleep 1000`, log: '../logger', down: true },
  };
  return await underFire('lines written to a logger that is stopped for a while', { services }, async (nitro) => {
    await nitro.want('UP', 'logger');
    const logger = (await nitro.waitState('logger', 'UP')).pid;
    process.kill(logger, 'SIGSTOP');
    await nitro.want('UP', 'writer');
    await nitro.waitState('writer', 'UP');
    for (let round = 0; round < 20; round++) {
      limits.progress(`request ${String(round)}`);
      await nitro.want('RESTART', 'kept');
      await nitro.waitState('kept', 'UP');
    }
    const early = nitro.journal().includes('written');
    process.kill(logger, 'SIGCONT');
    await nitro.waitFor('all is written', () => nitro.journal().includes('written'));
    await nitro.waitFor('all is logged', () => nitro.read('out').split('\n').length - 1 === lines);
    return { times: lines, lost: early ? ['the pipe was never full'] : [], note: '20 restarts of another service meanwhile' };
  });
}

/** nitro in a container whose /run is full: nothing more can be bound or written there. */
export async function fullRun(): Promise<Finding> {
  const file = 'fill=/run/fill; mount -t tmpfs -o size=64k,nr_inodes=12 none /run; mkdir -p /run/nitro';
  return await underFire('services restarted with a /run that is full', {
    services: { kept: { run: SLEEP }, fill: { setup: 'head -c 1000000 /dev/zero >/run/fill 2>/dev/null; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do touch /run/n$i 2>/dev/null; done; note full; exit 0', run: SLEEP } },
    wrapper: containerWrapper({ prepare: file }),
  }, async (nitro) => {
    await nitro.waitFor('/run is full', () => nitro.journal().includes('full'));
    let times = 0;
    for (; times < 20; times++) {
      const { pid } = await nitro.waitState('kept', 'UP', 'STARTING');
      await nitro.want('RESTART', 'kept');
      await nitro.waitFor('it is another process', async () => ![0, pid].includes(await nitro.pidOf('kept')));
    }
    // The signals of the tests end at the wrapper.
    nitro.send(packet(Tag.SHUTDOWN));
    await nitro.waitExit();
    return { times };
  });
}

