/**
 * An init for containers that has one child, forwards signals to it, and ends when it ends: tini, dumb-init.
 *
 * It does not restart, log or answer; its start, its memory and its end can be compared with those of a supervisor that has one service.
 */
import { join } from 'node:path';
import type { Command, Subject } from '../subject.js';
import { placeRuns } from './place.js';

const lacksAll = 'it has one child';

/** `words` are the program and its arguments before those of the child. */
export function oneChild(name: string, version: string, words: Command): Subject {
  return {
    name,
    version,
    files: [words[0]],
    most: 1,
    lacks: { services: lacksAll, setup: lacksAll, loggers: lacksAll, kill: lacksAll, control: lacksAll, flood: lacksAll, protocol: lacksAll },
    place: placeRuns,
    command: ({ services: place }, services) => [...words, ...services.map(({ name: service }) => join(place, service, 'run'))],
    environment: () => ({}),
    end: () => ({ signal: 'SIGTERM' }),
  };
}
