/**
 * What it does when there is nothing to do: nothing.
 *
 * Theory of operation. Two daemons with 100 services each, up and settled, are looked at for the same time. Of one, the context switches
 * and the system call it is in are read before and after, and nothing in between: a process that has not left that call has
 * neither run nor made another one. The other one is watched by strace, which lists the calls themselves; strace disturbs what it
 * watches, so it may not be the first one.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { figure } from '../figures.js';
import type { Finding } from '../figures.js';
import type { Instance } from '../instance.js';
import type { Lab } from '../lab.js';
import { contextSwitches, numberIn, openDescriptors, systemCallOf } from '../processes.js';
import { sleep, waitUntil } from '../waiting.js';
import type { Measure } from './measure.js';

const services = 100;
/** After the last service is up. */
const settleMs = 1000;
const attachWithinMs = 5000;

export const idle: Measure = {
  name: 'idle',
  about: `system calls, context switches, threads and descriptors of an idle daemon with ${services} services`,
  async *findings(lab): AsyncGenerator<Finding> {
    const empty = await lab.with(0, async (instance) => {
      await sleep(settleMs);
      return openDescriptors(instance.pid);
    });
    yield* await lab.with(services, (left) => lab.with(services, (traced) => watch(lab, left, traced, empty)));
  },
};

async function watch(lab: Lab, left: Instance, traced: Instance, empty: number): Promise<readonly Finding[]> {
  await Promise.all([left.waitUp(), traced.waitUp()]);
  await sleep(settleMs);
  const seconds = lab.options.idleSeconds;
  const tracing = trace(lab, traced.pid, seconds * 1000);
  const before = { switches: contextSwitches(left.pid), call: systemCallOf(left.pid) };
  await sleep(seconds * 1000);
  const after = { switches: contextSwitches(left.pid), call: systemCallOf(left.pid) };
  const calls = await tracing;

  const what = `system calls in ${seconds} s, idle`;
  const open = openDescriptors(left.pid);
  const service = left.executed()[0]?.pid ?? 0;
  return [
    typeof calls === 'number'
      ? figure(what, '', [calls], { atMost: 0, note: 'by strace' })
      : figure(what, '', [callsWithoutTrace(before, after)], { atMost: 0, note: `${calls}; by /proc: 0, or at least 1` }),
    figure(`context switches in ${seconds} s, idle`, '', [after.switches - before.switches], { atMost: 0 }),
    figure('threads', '', [numberIn(left.pid, 'status', 'Threads')], { atMost: 1 }),
    figure(`open descriptors, ${services} services`, '', [open], { note: `${empty} without services` }),
    figure('open descriptors more for a service', '', [(open - empty) / services]),
    figure('open descriptors of a service itself', '', [openDescriptors(service)]),
  ];
}

/** A call that was made and left can only have been made by a process that ran. */
function callsWithoutTrace(before: { switches: number; call: string | undefined }, after: { switches: number; call: string | undefined }): number {
  return before.switches === after.switches && before.call === after.call ? 0 : 1;
}

/** How many system calls the process makes within `forMs`; or why strace cannot say. */
async function trace(lab: Lab, pid: number, forMs: number): Promise<number | string> {
  const output = join(lab.base, 'strace');
  const child = spawn('strace', ['-f', '-q', '-o', output, '-p', String(pid)], { env: lab.environment(lab.base, {}), stdio: 'ignore' });
  let ended: string | undefined;
  child.on('error', () => (ended = 'strace is not installed'));
  child.on('exit', () => (ended ??= 'strace cannot trace'));
  await waitUntil('strace is attached', attachWithinMs, () => ended !== undefined || numberIn(pid, 'status', 'TracerPid') > 0);
  await sleep(forMs);
  if (ended !== undefined) return ended;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await gone;
  return readFileSync(output, 'latin1').split('\n').filter(isCall).length;
}

/** A line of strace about a call that was made; the one that it found the process in is not. */
function isCall(line: string): boolean {
  return line !== '' && !line.includes('detached ...>') && !line.includes('+++') && !line.includes('---');
}
