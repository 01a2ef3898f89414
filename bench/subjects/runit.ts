/**
 * runit: runsvdir, which has a runsv for each service, and sv.
 *
 * What comes closest to what nitro does is taken: `sv status` reads the state of any number of services from files; `sv start` waits until the service
 * is executed, since there is no readiness. runsvdir ends at once on SIGHUP and leaves it to its runsv to bring down the services.
 */
import { join } from 'node:path';
import type { Command, Place, Subject } from '../subject.js';
import { placeLogger, placeRun } from './place.js';

/** Built into runsvdir. */
const servicesMost = 1000;

/** `directory` holds its programs. */
export function runit(version: string, directory: string): Subject {
  const program = (name: string): string => join(directory, name);
  const sv = (...words: readonly string[]): Command => [program('sv'), ...words];
  return {
    name: 'runit',
    version,
    files: ['runsvdir', 'runsv', 'sv'].map(program),
    most: servicesMost,
    countsPairs: true,
    lacks: { setup: 'its `run` does it itself', protocol: 'no request is answered: each service has a file that is read and a FIFO that is written' },
    place(place, services) {
      for (const service of services) {
        const path = placeRun(place, service);
        if (service.logger !== undefined) placeLogger(path, service.logger);
      }
    },
    command: ({ services }) => [program('runsvdir'), services],
    environment: ({ services }) => ({ SVDIR: services, PATH: `${directory}:/usr/bin:/bin` }),
    end(_place, services) {
      const stubborn = services.filter(({ killAfterMs }) => killAfterMs !== undefined);
      const [first] = stubborn;
      if (first === undefined) return { signal: 'SIGHUP' };
      const seconds = String(Math.round((first.killAfterMs ?? 0) / 1000));
      return { signal: 'SIGHUP', command: sv('-w', seconds, 'force-shutdown', ...stubborn.map(({ name }) => name)) };
    },
    control: {
      list: (_place, names) => sv('status', ...names),
      status: (_place, name) => sv('status', name),
      stop: (_place, name) => sv('stop', name),
      start: (_place, name) => sv('start', name),
    },
    flood: ({ services }: Place, name, tool) => [tool('fifo'), join(services, name, 'supervise/control'), 'c'],
  };
}
