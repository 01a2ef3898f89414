/**
 * What it does when there is nothing to do.
 *
 * Theory of operation. Two supervisors with 100 services each, up and settled, are looked at for the same time. Of the processes of one the context
 * switches and the processor time are read before and after, and nothing in between. The other one is watched by strace, which lists the system
 * calls; strace disturbs what it watches, so it may not be the first one.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab.js';
import type { Instance } from '../instance.js';
import { contextSwitches, numberIn, processorMs } from '../processes.js';
import { sleep, waitUntil } from '../waiting.js';
import { servicesOf, standing } from './measure.js';
import type { Measure, Sample } from './measure.js';

const services = 100;
const attachWithinMs = 20_000;

export const idle = (seconds: number): Measure => ({
  title: `idle for ${seconds} s`,
  rows: [
    { part: 'idle', key: 'idle-calls', what: `system calls in ${seconds} s`, unit: '' },
    { part: 'idle', key: 'idle-switches', what: `context switches in ${seconds} s`, unit: '' },
    { part: 'idle', key: 'idle-processor', what: `processor time in ${seconds} s`, unit: 'ms' },
  ],
  needs: ['services'],
  services,
  runsMost: 1,
  together: true,
  async open(lab, subject) {
    const all = servicesOf(services, lab.tool('stamp'));
    let left: Instance | undefined;
    const first = await standing(lab, subject, all, (instance) => {
      left = instance;
      return Promise.resolve({});
    });
    await first.sample(0);
    const second = await standing(lab, subject, all, (traced) => {
      if (left === undefined) throw new Error('nothing is idle');
      return watch(lab, left, traced, seconds * 1000);
    });
    return {
      sample: (run) => second.sample(run),
      close: async () => {
        await second.close();
        await first.close();
      },
    };
  },
});

async function watch(lab: Lab, left: Instance, traced: Instance, forMs: number): Promise<Sample> {
  const pids = left.supervision();
  const sum = (of: (pid: number) => number): number => pids.reduce((all, pid) => all + of(pid), 0);
  const look = (): readonly [number, number] => [sum(contextSwitches), sum((pid) => processorMs(pid) ?? 0)];
  const tracing = trace(lab, traced, forMs);
  const before = look();
  await sleep(forMs);
  const after = look();
  const calls = await tracing;
  return {
    'idle-calls': calls === undefined ? [] : [calls],
    'idle-switches': [after[0] - before[0]],
    'idle-processor': [after[1] - before[1]],
  };
}

/** How many system calls all its processes make within `forMs`; undefined if strace is missing or cannot say. */
async function trace(lab: Lab, traced: Instance, forMs: number): Promise<number | undefined> {
  const pids = traced.supervision();
  const output = join(traced.place.base, 'strace');
  mkdirSync(output);
  const args = ['-ff', '-q', '-o', join(output, 'of'), '-p', pids.join(',')];
  const child = spawn('strace', args, { env: lab.environment(traced.place.base, {}), stdio: 'ignore' });
  const state = { ended: false };
  child.on('error', () => (state.ended = true));
  child.on('exit', () => (state.ended = true));
  const isTraced = (): boolean => pids.every((pid) => numberIn(pid, 'status', 'TracerPid') > 0);
  await waitUntil('strace is attached', attachWithinMs, () => state.ended || isTraced());
  await sleep(forMs);
  if (state.ended) return undefined;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await gone;
  return readdirSync(output).reduce((sum, name) => sum + callsIn(readFileSync(join(output, name), 'latin1')), 0);
}

/** Calls that a process made according to strace: the first line is the one that it was found in. */
export function callsIn(log: string): number {
  const lines = log.split('\n').filter((line) => line !== '' && !/^(\+\+\+|---)/.test(line));
  return Math.max(0, lines.length - 1);
}
