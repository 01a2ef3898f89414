/**
 * What a measure is: rows that it finds values for, and how one run of it is done with one supervisor.
 *
 * Theory of operation. A measure is opened for each supervisor, which gives a probe; then the probes take a sample each, run by run, one after the
 * other, so that what the machine does meanwhile hits them all. A probe that needs nothing that stands starts a new
 * supervisor for each sample (`fresh`); the others have one all the time (`standing`).
 */
import type { Instance } from '../instance.js';
import type { Environment, Lab } from '../lab.js';
import type { Service, Skill, Subject } from '../subject.js';
import { serviceName } from '../subject.js';

/** Parts of the page, and names for `--only`. */
export const parts = ['footprint', 'boot', 'restart', 'control', 'logging', 'shutdown', 'idle'] as const;
export type Part = (typeof parts)[number];

/** The unit of the values. A KB has 1024 bytes, as in /proc. */
export type Unit = 'KB' | 'ms' | 'µs' | '/s' | 'MB/s' | '';

export interface Row {
  readonly part: Part;
  /** Its name in the results. */
  readonly key: string;
  readonly what: string;
  readonly unit: Unit;
  /** Is less better, or more? Less, if it is not said. */
  readonly better?: 'more';
  /** What a supervisor has to do for it, beyond what the measure needs. */
  readonly needs?: readonly Skill[];
  /** Services that it is a figure for, where that is what makes it differ from others. */
  readonly services?: number;
}

/** Values of the rows, by their keys: one each, or several. */
export type Sample = Readonly<Record<string, readonly number[]>>;

export interface Probe {
  sample(run: number): Promise<Sample>;
  close(): Promise<void>;
}

export interface Measure {
  /** For people who watch. */
  readonly title: string;
  readonly rows: readonly Row[];
  readonly needs: readonly Skill[];
  /** Processes that are supervised. */
  readonly services: number;
  /** How many of these are loggers of others. */
  readonly loggers?: number;
  /** How many runs at most, where that takes long. */
  readonly runsMost?: number;
  /** Runs for each one that is asked for, where there have to be many. */
  readonly runsTimes?: number;
  /** All samples of a run are taken at the same time: they are long waits. */
  readonly together?: true;
  open(lab: Lab, subject: Subject): Promise<Probe>;
}

/** So many services that execute `run`, with what `more` says. */
export function servicesOf(count: number, run: string, more: Omit<Service, 'name' | 'run'> = {}): readonly Service[] {
  return Array.from({ length: count }, (_, index) => ({ name: serviceName(index + 1), run, ...more }));
}

/** A probe that starts a supervisor for each sample. */
export function fresh(
  lab: Lab,
  subject: Subject,
  services: readonly Service[],
  sample: (instance: Instance) => Promise<Sample>,
  environment: Environment = {},
): Promise<Probe> {
  return Promise.resolve({ sample: () => lab.with(subject, services, sample, environment), close: () => Promise.resolve() });
}

/** A probe of one supervisor, which is settled. */
export async function standing(
  lab: Lab,
  subject: Subject,
  services: readonly Service[],
  sample: (instance: Instance, run: number) => Promise<Sample>,
): Promise<Probe> {
  const instance = await lab.start(subject, services);
  const close = async (): Promise<void> => {
    try {
      if (instance.isRunning) await instance.end();
    } finally {
      lab.remove(instance);
    }
  };
  try {
    await instance.settle();
  } catch (error) {
    lab.remove(instance);
    throw error;
  }
  return { sample: (run) => sample(instance, run), close };
}
