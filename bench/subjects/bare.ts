/**
 * The floor: what comes close to nothing but the kernel's own part (tools/bare.c).
 *
 * It is no supervisor to be used, so it is no peer either: targets are not held against it. But whatever does the same, in whatever language, takes
 * that long at least. What it takes of disk and memory says nothing, as it does nothing with it.
 */
import { floodSocket, socketOf } from '../subject.js';
import type { Subject } from '../subject.js';
import { placeRuns } from './place.js';

/** Built into it, as the length of a table. */
const servicesMost = 20_000;
const lacksIt = 'it does only what has to be done';

/** `program` is the compiled tool. */
export function bare(name: string, program: string): Subject {
  return {
    name,
    version: 'bench/tools/bare.c',
    files: [program],
    most: servicesMost,
    lacks: { footprint: lacksIt, setup: lacksIt, loggers: lacksIt, kill: lacksIt, control: lacksIt },
    place: placeRuns,
    command: (place) => [program, place.services, socketOf(place)],
    environment: () => ({}),
    end: () => ({ signal: 'SIGTERM' }),
    flood: floodSocket,
    socket: socketOf,
  };
}
