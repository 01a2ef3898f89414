/**
 * The machine the figures are of.
 */
import { cpus, loadavg, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly processors: string;
  readonly kernel: string;
  readonly memoryMb: number;
  readonly node: string;
}

export function thisMachine(): Machine {
  const processors = cpus();
  return {
    processors: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
    kernel: `${type()} ${release()}`,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    node: process.version,
  };
}

/** Processes that wanted to run in the last minute, on average: how quiet it was. */
export const loadNow = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100;

/** Was it too busy with other things for figures of time to mean much? A half of the processors are for the benchmark. */
export const isBusy = (load: number): boolean => load > cpus().length / 2;
