/**
 * nitro: ours, or any other.
 */
import { realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { floodSocket, socketOf } from '../subject.js';
import type { Place, Service, Subject } from '../subject.js';
import { placeRun } from './place.js';

export interface Nitro {
  readonly name: string;
  readonly version: string;
  readonly daemon: string;
  readonly ctl: string;
  readonly most: number;
}

export function nitro({ name, version, daemon, ctl, most }: Nitro): Subject {
  const ask = (...words: readonly string[]): readonly [string, ...string[]] => [ctl, ...words];
  return {
    name,
    version,
    files: [...new Set([daemon, ctl].map((path) => realpathSync(path)))],
    most,
    lacks: {},
    place: (place, services) => services.forEach((service) => layOut(place, service)),
    command: ({ services }) => [daemon, services],
    environment: (place) => ({ NITRO_SOCK: socketOf(place) }),
    end: () => ({ signal: 'SIGTERM' }),
    control: {
      list: () => ask('list'),
      status: (_place, service) => ask('list', service),
      stop: (_place, service) => ask('stop', service),
      start: (_place, service) => ask('start', service),
    },
    flood: floodSocket,
    socket: socketOf,
  };
}

/** A service is killed after 7 s, whatever `killAfterMs` says: that is built in. */
function layOut(place: Place, { name, run, setup, logger, tellsReady }: Service): void {
  const path = placeRun(place, { name, run });
  if (setup !== undefined) symlinkSync(setup, join(path, 'setup'));
  if (tellsReady === true) writeFileSync(join(path, 'notification-fd'), '3\n');
  if (logger === undefined) return;
  const log = `log-${name}`;
  placeRun(place, { name: log, run: logger });
  symlinkSync(`../${log}`, join(path, 'log'));
}
