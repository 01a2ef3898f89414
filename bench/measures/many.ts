/**
 * Very many services: started, listed, shut down.
 */
import { readFileSync } from 'node:fs';
import { figure } from '../figures.js';
import type { Finding } from '../figures.js';
import { processorMs, residentKb } from '../processes.js';
import { repeat } from './measure.js';
import type { Measure } from './measure.js';

/** What a resting service takes of the machine, its page tables and kernel stack included, in KB. */
const serviceKb = 300;
/** Processes and descriptors that are there anyway, or needed beside the services. */
const reserve = 1000;
const runsMax = 3;

export const many: Measure = {
  name: 'many',
  about: 'very many services (--many): started, listed, shut down',
  async *findings(lab): AsyncGenerator<Finding> {
    const services = lab.options.many;
    const why = tooMany(services);
    if (why !== undefined) {
      yield { kind: 'skipped', what: `${services} services`, why };
      return;
    }
    const runs = await repeat(Math.min(lab.options.runs, runsMax), () =>
      lab.with(services, async (instance) => {
        const { last: executed } = await instance.waitExecuted();
        const running = await instance.waitRunning();
        const processor = processorMs(instance.pid);
        const { command, environment } = instance.listing();
        const listed = await lab.runForNumbers([lab.tool('timed'), '1', ...command], environment);
        const lines = (await instance.list()).length;
        if (lines !== services) throw new Error(`the list has ${lines} lines for ${services} services`);
        const resident = residentKb(instance.pid);
        return { executed, running, processor, listed: (listed[0] ?? NaN) / 1e6, resident, ended: await instance.end() };
      }),
    );
    const note = `the list has ${services} lines`;
    yield figure(`start to exec of the last of ${services}`, 'ms', runs.map(({ executed }) => executed));
    const running = runs.flatMap((run) => run.running ?? []);
    if (running.length > 0) yield figure(`start until ${services} are STARTING`, 'ms', running);
    const processor = runs.flatMap((run) => run.processor ?? []);
    if (processor.length > 0) yield figure(`processor time to start ${services}`, 'ms', processor);
    yield figure(`list of ${services}, whole process`, 'ms', runs.map(({ listed }) => listed), { note });
    yield figure(`resident, ${services} services`, 'KB', runs.map(({ resident }) => resident));
    yield figure(`shutdown of ${services}`, 'ms', runs.map(({ ended }) => ended));
  },
};

/** Why this machine cannot have so many services, undefined if it can. */
function tooMany(services: number): string | undefined {
  const needed = services + reserve;
  const processes = Math.min(
    numberIn('/proc/sys/kernel/pid_max'),
    numberIn('/proc/sys/kernel/threads-max'),
    numberIn('/sys/fs/cgroup/pids.max'),
    process.getuid?.() === 0 ? Infinity : limitOf('Max processes'),
  );
  if (processes < needed) return `it needs ${needed} processes, and there may be ${processes}`;
  const descriptors = limitOf('Max open files');
  if (descriptors < needed) return `it needs ${needed} descriptors, and a process may have ${descriptors}`;
  const free = Number(/^MemAvailable:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1] ?? Infinity);
  if (free < services * serviceKb) return `it needs some ${Math.ceil((services * serviceKb) / 1024)} MB of memory`;
  return undefined;
}

/** The number in a file; infinite if there is no such file, or it says `max`. */
function numberIn(path: string): number {
  try {
    const number = Number(readFileSync(path, 'latin1'));
    return Number.isNaN(number) ? Infinity : number;
  } catch {
    return Infinity;
  }
}

/** A hard limit of ours, which what we start inherits. */
function limitOf(name: 'Max processes' | 'Max open files'): number {
  const found = new RegExp(`^${name} +\\S+ +(\\d+)`, 'm').exec(readFileSync('/proc/self/limits', 'latin1'));
  return found === null ? Infinity : Number(found[1]);
}
