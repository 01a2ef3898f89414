/** What all service directories have in common: a directory a service, with `run` in it. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Place, Service } from '../subject.js';

/** Make it; its path. */
export function placeRun({ services }: Place, { name, run }: Pick<Service, 'name' | 'run'>): string {
  const path = join(services, name);
  mkdirSync(path);
  symlinkSync(run, join(path, 'run'));
  return path;
}

/** A logger as runit and s6 have it: a directory below that of its service. */
export function placeLogger(path: string, logger: string): void {
  mkdirSync(join(path, 'log'));
  symlinkSync(logger, join(path, 'log/run'));
}

/** `run` is all that there is. */
export const placeRuns = (place: Place, services: readonly Service[]): void => services.forEach((service) => placeRun(place, service));
