/**
 * What a part of the soak is, and what it comes back with.
 *
 * A part does one kind of harm to a nitro of its own, as often as it is told or until its time is over, and looks at what was lost. A thing
 * that is lost is told in words, so that the report can be read without the code: `lost` is empty where all is well. The short
 * forms in tests/end-to-end/hostile-*.test.ts call the same functions with small numbers.
 */
import { readFileSync } from 'node:fs';
import { descriptorsOf } from '../end-to-end/harness/processes.js';

/** What a part may use. */
export interface Limits {
  /** No more is begun after this, milliseconds of `performance.now()`. */
  readonly untilMs: number;
  /** Chooses what is chosen. */
  readonly seed: number;
  /** How much of a whole run, 1 for all of it. */
  readonly scale: number;
  /** Tell how far it is; shown on a terminal only. */
  readonly progress: (text: string) => void;
}

/** Memory and descriptors of a nitro. */
export interface Size {
  /** Anonymous memory in use, KiB. */
  readonly memoryKiB: number;
  readonly descriptors: number;
}

/** A line of the report. */
export interface Finding {
  readonly what: string;
  /** How often it was done. */
  readonly times: number;
  readonly lost: readonly string[];
  readonly before?: Size;
  readonly after?: Size;
  /** What else was measured, in words. */
  readonly note?: string;
}

export interface Part {
  readonly name: string;
  /** What it does, for the help. */
  readonly summary: string;
  run(limits: Limits): Promise<readonly Finding[]>;
}

/** What a process holds now. */
export function sizeOf(pid: number): Size {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'latin1');
  return { memoryKiB: Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN), descriptors: descriptorsOf(pid).size };
}

/** Is the time of a part over? */
export const isOver = ({ untilMs }: Limits): boolean => performance.now() >= untilMs;

/** So many of a full count. */
export const scaled = (full: number, { scale }: Limits): number => Math.max(1, Math.round(full * scale));

/** The first line of an error, or what was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n--- ')[0] ?? '';

/** Numbers from 0 to below `below` that a seed decides. */
export function randomOf(seed: number): (below: number) => number {
  let state = (seed | 0) === 0 ? 1 : seed | 0;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Do each of the jobs, a few at a time, until all are done or the time is over; how many were begun. */
export async function inTurns<T>(jobs: readonly T[], workers: number, limits: Limits, work: (job: T, worker: number) => Promise<void>): Promise<number> {
  let begun = 0;
  const worker = async (index: number): Promise<void> => {
    for (;;) {
      const job = jobs[begun];
      if (job === undefined || isOver(limits)) return;
      begun += 1;
      limits.progress(`${String(begun)} of ${String(jobs.length)}`);
      await work(job, index);
    }
  };
  await Promise.all(Array.from({ length: workers }, async (_, index) => await worker(index)));
  return begun;
}
