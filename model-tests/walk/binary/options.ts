/**
 * How the machines are walked on a daemon: on which, how many at a time, and how long to wait for what must happen.
 */
import type { Daemon } from '../../../tests/end-to-end/harness/daemon.js';
import type { Lane } from './lane.js';
import type { SystemLane } from './system-lane.js';
import type { Target } from '../../../tests/end-to-end/harness/tools.js';
import type { World } from './world.js';

export type { Target } from '../../../tests/end-to-end/harness/tools.js';

export interface WalkOptions {
  /** Of a daemon that takes no delays from its environment: those it has, all of which end; milliseconds. */
  readonly ownDelaysMs?: Readonly<Record<string, number>>;
  /** Who walks a path of the service machine, where it is not the strict one of `lane.ts`. */
  readonly lane?: typeof Lane;
  /** Of paths that can be walked in two ways, which: else it goes by their places. */
  readonly variety?: number;
  /** The worlds in which a service is not brought down at the end of its path. */
  readonly isSpared?: (world: World) => boolean;
  /** Who walks a path of the system machine. */
  readonly systemLane?: typeof SystemLane;
  /** What a failure on a path of the system machine means, asked while its daemon is still there. */
  readonly diagnose?: (nitro: Daemon, error: Error) => Promise<Error>;
  /** How often a path of the system machine is begun that a timer was faster than; else `attemptsMax`. */
  readonly attempts?: number;
  /** The nitro to walk on; else the one under test. */
  readonly target?: Target;
  /** Daemons at the same time: mostly they wait. */
  readonly daemons?: number;
  /** How long something may take that must happen; milliseconds. A walk that fails takes that long, one that does not never waits for a time. */
  readonly patienceMs?: number;
  /** Called with how many paths of how many are walked. */
  readonly progress?: (done: number, all: number) => void;
}

/** Longer than any machine is busy with something else. */
export const patienceMsUsual = 60_000;

/** The part of a daemon's description that the options say. What takes the longest of its delays may take that much longer. */
export function described({ target, patienceMs = patienceMsUsual }: WalkOptions, longestMs: number): { readonly target?: Target; readonly patienceMs: number } {
  return { ...(target === undefined ? {} : { target }), patienceMs: patienceMs + longestMs };
}

/** What never ends: the longest delay that nitro takes, a day. */
export const endlessMs = 86_400_000;

/**
 * A delay that a path waits for is short, and what the path does before it is due has to be done in time. Where it was not, it proves nothing, and
 * the path is begun again with delays twice as long: so there is no load under which it would not come to its end.
 */
export const attemptsMax = 8;
export function stretched(ms: number, attempt: number): number {
  return ms * 2 ** (attempt - 1);
}

/** What was to be done before a timer was due was not: that is no failure. */
export class TooSlow extends Error {
  /** `mayDiffer`: besides, something else was seen than should be, for which the timer may be the reason. */
  constructor(
    message: string,
    readonly mayDiffer = false,
  ) {
    super(message);
  }
}
