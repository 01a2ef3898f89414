/**
 * Whether this machine has room for very many services.
 */
import { readFileSync } from 'node:fs';

/** A service and what supervises it alone. */
const processesEach = 2;
/** What the two take of the memory, their page tables and kernel stacks included, in KB. */
const memoryEach = 600;
/** Processes that are there anyway. */
const reserve = 1000;
/** So few have room everywhere. */
const few = 1000;

/** Why this machine cannot have so many services, undefined if it can. */
export function whyNoRoom(services: number): string | undefined {
  if (services <= few) return undefined;
  const needed = processesEach * services + reserve;
  const unprivileged = process.getuid?.() === 0 ? Infinity : processLimit(read('/proc/self/limits'));
  const limits = ['/proc/sys/kernel/pid_max', '/proc/sys/kernel/threads-max', '/sys/fs/cgroup/pids.max'].map((path) => numberIn(read(path)));
  const processes = Math.min(unprivileged, ...limits);
  if (processes < needed) return `this machine allows ${processes} processes, and ${needed} are needed`;
  const free = Number(/^MemAvailable:\s+(\d+)/m.exec(read('/proc/meminfo'))?.[1] ?? Infinity);
  if (free < services * memoryEach) return `some ${Math.ceil((services * memoryEach) / 1024)} MB of memory are needed`;
  return undefined;
}

/** Infinite if there is none: no such file, or `max`. */
export function numberIn(text: string): number {
  const number = Number(text.trim() || NaN);
  return Number.isNaN(number) ? Infinity : number;
}

/** The soft limit, which what we start inherits. */
export const processLimit = (limits: string): number => numberIn(/^Max processes +(\S+)/m.exec(limits)?.[1] ?? '');

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
