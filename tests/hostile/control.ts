/**
 * Hostile clients at the control socket: a fuzzer, floods, listeners that never read, and clients that are killed at every point.
 */
import { existsSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { checkStderr } from '../end-to-end/harness/aftermath.js';
import { Daemon } from '../end-to-end/harness/daemon.js';
import type { Service } from '../end-to-end/harness/directory.js';
import { ctlPath, stillPath } from '../end-to-end/harness/tools.js';
import { Tag } from '../end-to-end/harness/wire.js';
import { crashMeanwhile, medianOf } from './crashing.js';
import { hostile, numbersIn } from './hostile-tool.js';
import { isOver, messageOf, sizeOf, type Finding, type Limits } from './part.js';
import { sanitizedPath } from './tools.js';

const SLEEP = `#!${stillPath}\n`;
const delays = { RESPAWN: 1, STARTING: 20, SHUTDOWN: 500, FINISH: 500, SPAWN_ERROR: 20 };
const kept: Readonly<Record<string, Service>> = { kept: { run: SLEEP, log: '../keptlog' }, keptlog: { run: SLEEP }, crash: { run: SLEEP } };
const prey: Readonly<Record<string, Service>> = {
  f1: { setup: 'exit 0', run: SLEEP, finish: 'exit 0' }, f2: { run: 'exit 1' }, f3: { run: SLEEP, log: '../f4', 'notification-fd': 3 }, f4: { run: 'exec cat' }, 't@': { run: SLEEP },
};
const preyNames = ['f1', 'f2', 'f3', 'f4', 't@a', 't@b', 'SYS', 'LOG', 'missing', 'n'.repeat(63), 'n'.repeat(64), '', '../x'];

/** A nitro, what is done to it, and what it lost: `body` returns how often and a note. */
export async function underFire(
  what: string,
  description: ConstructorParameters<typeof Daemon>[0],
  body: (nitro: Daemon) => Promise<{ readonly times: number; readonly note?: string; readonly lost?: readonly string[] }>,
): Promise<Finding> {
  const nitro = new Daemon({ delays, patienceMs: 120_000, ...description });
  try {
    await nitro.start();
    for (const [name, { down }] of Object.entries(description.services ?? {})) if (!name.endsWith('@') && down !== true && name.startsWith('k')) await nitro.waitState(name, 'UP');
    // It would keep all that is announced.
    rmSync(`${nitro.notify}/ALL,test`, { force: true });
    const { times, note, lost = [] } = await body(nitro);
    const before = nitro.exit === undefined || nitro.exit.code === 0 ? [] : [`nitro ended with ${JSON.stringify(nitro.exit)}`];
    await nitro.stop({ descriptors: false });
    return { what, times, lost: [...lost, ...before], ...(note === undefined ? {} : { note }) };
  } catch (error) {
    return { what, times: 0, lost: [`${messageOf(error)}; ${JSON.stringify(nitro.exit ?? null)}; stderr: ${nitro.stderr.slice(-2000)}`] };
  } finally {
    await nitro.destroy();
  }
}

/** The process of `kept` and of its logger, which nothing in these tests may change. */
export const pidsKept = async (nitro: Daemon): Promise<string> => `${String(await nitro.pidOf('kept'))} ${String(await nitro.pidOf('keptlog'))}`;

/** Datagrams of a fuzzer, at a nitro with sanitizers if there is one, while a service is killed and repaired. */
export async function fuzz(limits: Limits, count: number, batch = 20_000): Promise<Finding> {
  const hasSanitized = existsSync(sanitizedPath);
  const target = hasSanitized ? { target: { daemon: sanitizedPath, ctl: ctlPath } } : {};
  return await underFire('datagrams of a fuzzer', { services: { ...kept, ...prey }, ...target }, async (nitro) => {
    const pids = await pidsKept(nitro);
    let times = 0;
    let heard = 0;
    let client = hostile('fuzz', nitro.socket, nitro.notify, '0', '1', 'x');
    const pump = (async () => {
      for (let round = 0; times < count && !isOver(limits) && nitro.exit === undefined; round++) {
        client = hostile('fuzz', nitro.socket, nitro.notify, String(Math.min(batch, count - times)), String(limits.seed + round), ...preyNames);
        const [sent = 0, answers = 0] = numbersIn(await client.done);
        times += sent;
        heard += answers;
        limits.progress(`${String(times)} datagrams`);
        if (sent === 0) break;
      }
    })();
    let isPumped = false;
    void pump.finally(() => (isPumped = true)).catch(() => undefined);
    const repairs = await crashMeanwhile(nitro, 'crash', () => isPumped);
    await pump;
    checkStderr(nitro);
    const lost = (await pidsKept(nitro)) === pids ? [] : ['services that nobody named were restarted'];
    const note = `${hasSanitized ? 'build with address and undefined sanitizers' : 'no sanitizers: build/debug is not there'}; ${String(heard)} answers and announcements; meanwhile ${String(repairs.length)} crashes repaired, median ${medianOf(repairs).toFixed(1)} ms`;
    return { times, note, lost };
  });
}

/** Floods from four clients while crashes are repaired. */
export async function floods(limits: Limits, crashes: number): Promise<Finding> {
  return await underFire('crashes repaired while 4 clients send INFO as fast as the kernel takes it', { services: kept }, async (nitro) => {
    const pids = await pidsKept(nitro);
    const quiet = medianOf(await crashMeanwhile(nitro, 'crash', () => false, Math.min(20, crashes)));
    const clients = Array.from({ length: 4 }, () => hostile('flood', nitro.socket, String(Tag.INFO), ''));
    const repairs = await crashMeanwhile(nitro, 'crash', () => isOver(limits), crashes);
    const sent = (await Promise.all(clients.map(async (client) => numbersIn(await client.end())[0] ?? 0))).reduce((a, b) => a + b, 0);
    const lost = (await pidsKept(nitro)) === pids ? [] : ['other services were restarted'];
    return { times: repairs.length, lost, note: `${String(sent)} requests meanwhile; repair: median ${medianOf(repairs).toFixed(1)} ms (${quiet.toFixed(1)} ms without the flood)` };
  });
}

/** Listeners that never read. */
export async function deafListeners(limits: Limits, listeners: number, crashes: number): Promise<Finding> {
  return await underFire(`${String(listeners)} listeners that never read, while a service crashes`, { services: kept }, async (nitro) => {
    const pids = await pidsKept(nitro);
    const client = hostile('deaf', nitro.notify, String(listeners), 'ALL');
    await Promise.race([client.ready, client.done]);
    const before = sizeOf(nitro.pid).descriptors;
    const repairs = await crashMeanwhile(nitro, 'crash', () => isOver(limits), crashes);
    const lost = (await pidsKept(nitro)) === pids ? [] : ['other services were restarted'];
    const more = sizeOf(nitro.pid).descriptors - before;
    await client.end();
    return { times: repairs.length, lost: more > 2 ? [...lost, `${String(more)} descriptors left open`] : lost, note: `repair: median ${medianOf(repairs).toFixed(1)} ms` };
  });
}

/** nitroctl is killed at each of its system calls in turn, for several commands. */
export async function killedClients(limits: Limits, step = 1): Promise<Finding> {
  const commands = [['list'], ['restart', 'crash'], ['rescan'], ['stop', 'f5'], ['start', 'f5'], ['wait-up', 'kept']];
  return await underFire('nitroctl is killed at each of its system calls', { services: { ...kept, f5: { run: SLEEP } } }, async (nitro) => {
    const pids = await pidsKept(nitro);
    let times = 0;
    for (const command of commands)
      for (let when = 2; !isOver(limits); when += step) {
        limits.progress(`${command.join(' ')}, call ${String(when)}`);
        const { status, signal } = spawnSync('strace', ['-qq', '-o', '/dev/null', '-e', `inject=all:signal=KILL:when=${String(when)}`, ctlPath, ...command], { env: { ...nitro.environment }, cwd: nitro.directory, stdio: 'ignore', timeout: 60_000 });
        if (signal === null && status !== 137) break;
        times += 1;
        if ((await nitro.info()) === undefined) throw new Error(`nitro does not answer after nitroctl ${command.join(' ')} was killed at call ${String(when)}`);
      }
    await nitro.want('UP', 'f5');
    await nitro.waitState('f5', 'UP');
    await nitro.waitState('crash', 'UP');
    const lost = (await pidsKept(nitro)) === pids ? [] : ['other services were restarted'];
    return { times, lost };
  });
}

/** Requests that are all answered, and what nitro holds before and after them. */
export async function requests(limits: Limits, count: number): Promise<Finding> {
  let before: Finding['before'];
  let after: Finding['after'];
  const finding = await underFire('requests (QUERY), each answered', { services: kept }, async (nitro) => {
    const batch = Math.min(20_000, count);
    const run = async (many: number): Promise<readonly number[]> => numbersIn(await hostile('ask', nitro.socket, nitro.notify, String(many), String(Tag.QUERY), 'kept').done);
    await run(batch);
    before = sizeOf(nitro.pid);
    let times = 0;
    const lost: string[] = [];
    const beganMs = performance.now();
    while (times < count && !isOver(limits)) {
      const [sent = 0, heard = 0] = await run(batch);
      times += heard;
      limits.progress(`${String(times)} requests`);
      if (heard !== sent) lost.push(`${String(sent - heard)} of ${String(sent)} were not answered`);
    }
    after = sizeOf(nitro.pid);
    return { times, lost: [...lost, ...growth(before, after)], note: `${(times / (performance.now() - beganMs)).toFixed(1)} a millisecond` };
  });
  return { ...finding, ...(before && after ? { before, after } : {}) };
}

/** What a nitro that does the same again and again may hold more, see tests/end-to-end/memory.test.ts. */
const growthMaxKiB = 84;

/** Loss, if there is more than at the start. */
export function growth(before: NonNullable<Finding['before']>, after: NonNullable<Finding['after']>): readonly string[] {
  return [
    ...(after.memoryKiB - before.memoryKiB > growthMaxKiB ? [`memory grew from ${String(before.memoryKiB)} to ${String(after.memoryKiB)} KiB`] : []),
    ...(after.descriptors > before.descriptors ? [`descriptors grew from ${String(before.descriptors)} to ${String(after.descriptors)}`] : []),
  ];
}

