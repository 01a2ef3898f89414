/**
 * s6: s6-svscan, which has an s6-supervise for each service, and s6-svc, s6-svstat.
 *
 * What comes closest to what nitro does is taken: s6-svstat reads the state of one service from a file, so that a list is a shell's loop over them;
 * `s6-svc -wU -u` waits for readiness. s6-svscan knows s6-supervise by its path, so the package must be in place.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Place, Subject } from '../subject.js';
import { placeLogger, placeRun } from './place.js';

/** The most that `s6-svscan -c` takes, loggers included. */
const servicesMost = 160_000;
const servicesLeast = 500;

/** `directory` holds its programs; `libraries` are those that come with it. */
export function s6(version: string, directory: string, libraries: readonly string[]): Subject {
  const program = (name: string): string => join(directory, name);
  const at = ({ services }: Place, name: string): string => join(services, name);
  return {
    name: 's6',
    version,
    files: [...['s6-svscan', 's6-supervise', 's6-svc', 's6-svstat', 's6-ftrigrd', 's6-svlisten1'].map(program), ...libraries],
    most: servicesMost,
    lacks: { setup: 'its `run` does it itself', protocol: 'no request is answered: each service has a file that is read and a FIFO that is written' },
    place(place, services) {
      for (const service of services) {
        const { logger, tellsReady, killAfterMs } = service;
        const path = placeRun(place, service);
        if (tellsReady === true) writeFileSync(join(path, 'notification-fd'), '3\n');
        if (killAfterMs !== undefined) writeFileSync(join(path, 'timeout-kill'), `${killAfterMs}\n`);
        if (logger !== undefined) placeLogger(path, logger);
      }
    },
    command({ services: place }, services) {
      const most = Math.max(servicesLeast, 2 * services.length + 10);
      return [program('s6-svscan'), '-c', String(most), place];
    },
    environment: () => ({ PATH: `${directory}:/usr/bin:/bin` }),
    end: () => ({ signal: 'SIGTERM' }),
    control: {
      list: ({ services }): Command => ['/bin/sh', '-c', `for service in ${services}/*/; do ${program('s6-svstat')} "$service"; done`],
      status: (place, name) => [program('s6-svstat'), at(place, name)],
      stop: (place, name) => [program('s6-svc'), '-wd', '-d', at(place, name)],
      start: (place, name) => [program('s6-svc'), '-wU', '-u', at(place, name)],
    },
    flood: (place, name, tool) => [tool('fifo'), join(at(place, name), 'supervise/control'), 'c'],
  };
}
