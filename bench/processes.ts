/**
 * What /proc says about processes, and the end of those that the benchmark is responsible for.
 *
 * Everything the benchmark starts has the environment variable NITRO_BENCH, which everything that is started by it inherits. So
 * nothing is missed when it cleans up, wherever it has been reparented to.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** The environment variable that marks what belongs to the benchmark. */
export const MARK = 'NITRO_BENCH';

/** Killing takes effect soon: so often, and after so long, it is looked who is left. */
const roundsMax = 1000;
const roundMs = 5;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** A number in a `Name: 123 kB` line of a file in /proc/PID; throws if there is none. */
export function numberIn(pid: number, file: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/${file}`) ?? '');
  if (found === null) throw new Error(`no ${name} in /proc/${pid}/${file}`);
  return Number(found[1]);
}

/** Times all threads have left a processor, of their own will or not. */
export function contextSwitches(pid: number): number {
  let sum = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    sum += numberIn(pid, `task/${task}/status`, 'voluntary_ctxt_switches');
    sum += numberIn(pid, `task/${task}/status`, 'nonvoluntary_ctxt_switches');
  }
  return sum;
}

/** How long it has been on a processor, in ms; undefined if this kernel does not count that precisely. */
export function processorMs(pid: number): number | undefined {
  const ns = Number(read(`/proc/${pid}/schedstat`)?.split(' ')[0] ?? NaN);
  return ns > 0 ? ns / 1e6 : undefined;
}

/** Numbers of the processors that this process, and what it starts, may run on: at least one. */
export function allowedProcessors(): readonly [number, ...number[]] {
  const ranges = /^Cpus_allowed_list:\s+(\S+)/m.exec(read('/proc/self/status') ?? '')?.[1] ?? '0';
  const [first = 0, ...others] = ranges.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
  return [first, ...others];
}

/** Number, arguments, stack and place of the system call it is in; undefined if that may not be read. */
export const systemCallOf = (pid: number): string | undefined => read(`/proc/${pid}/syscall`);

export const openDescriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** All processes that came of a process and are still below it. */
export function descendants(of: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const stat = Number(name) > 0 ? read(`/proc/${name}/stat`) : undefined;
    if (stat === undefined) continue;
    // The name is in brackets, and may hold whatever it likes.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [Number(name)]);
    else known.push(Number(name));
  }
  const all: number[] = [];
  const waiting = [of];
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    const found = children.get(parent) ?? [];
    all.push(...found);
    waiting.push(...found);
  }
  return all;
}

/** What processes take together; KB. */
export interface Footprint {
  readonly processes: number;
  readonly threads: number;
  readonly descriptors: number;
  readonly resident: number;
  /** Pages that several processes have count for each of them in part: smaps_rollup. */
  readonly proportional: number;
}

export function footprintOf(pids: readonly number[]): Footprint {
  const sum = (of: (pid: number) => number): number => pids.reduce((all, pid) => all + of(pid), 0);
  return {
    processes: pids.length,
    threads: sum((pid) => numberIn(pid, 'status', 'Threads')),
    descriptors: sum(openDescriptors),
    resident: sum((pid) => numberIn(pid, 'status', 'VmRSS')),
    proportional: sum((pid) => numberIn(pid, 'smaps_rollup', 'Pss')),
  };
}

/** Processes whose mark is `mark` or a path below it. */
function marked(mark: string): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!(pid > 0) || pid === process.pid) return false;
      const environment = `\0${read(`/proc/${pid}/environ`) ?? ''}`;
      return environment.includes(`\0${MARK}=${mark}\0`) || environment.includes(`\0${MARK}=${mark}/`);
    });
}

/** SIGKILL to all processes with this mark, until there is none. */
export function killMarked(mark: string): void {
  for (let round = 0; round < roundsMax; round++) {
    const left = marked(mark);
    if (left.length === 0) return;
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It is gone.
      }
    }
    // This may be the end of the program: nothing else can be waited for.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, roundMs);
  }
}
