/**
 * What a test wants: the services, the times, and the surroundings of its nitro.
 */
import type { Entry, Service, SystemScripts } from './directory.js';
import { MARK } from './processes.js';
import { ctlPath } from './tools.js';
import type { Target } from './tools.js';

/** The delays of behaviour.md §1, in milliseconds, as the tests shorten them. */
export const TEST_DELAYS = {
  STARTING: 50, RESPAWN: 50, SPAWN_ERROR: 50, SHUTDOWN: 8000, FINISH: 8000,
  SIGTERM_ALL: 500, SIGKILL_ALL: 500, SYS_FINISH: 3000, SYS_FINAL: 3000,
};

/** What to run, and how. */
export interface Description {
  readonly services?: Readonly<Record<string, Service>>;
  readonly system?: SystemScripts;
  /** Further entries of the service directory. */
  readonly entries?: Readonly<Record<string, Entry>>;
  readonly delays?: 'default' | Partial<typeof TEST_DELAYS>;
  /** Added to the environment; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Arguments in place of the service directory. */
  readonly args?: readonly string[];
  /** Options of the launch tool: inherited signals and descriptors, limits. */
  readonly launch?: readonly string[];
  /** A command that starts nitro, put before it, like `unshare` and its options. */
  readonly wrapper?: readonly string[];
  /** Have nobody read nitro's stderr, so that the pipe fills. */
  readonly stderrUnread?: boolean;
  /** The nitro to run, where it is not the one under test. */
  readonly target?: Target;
  /** How long to wait for what must happen, unless it is said where it is waited for; milliseconds. */
  readonly patienceMs?: number;
}

/** The environment of a nitro that this describes. `scratch` is its `$T`. */
export function environmentFor(
  { delays, env, target }: Description,
  { scratch, socket, mark }: { readonly scratch: string; readonly socket: string; readonly mark: string },
): Readonly<Record<string, string>> {
  const named = Object.entries({ ...TEST_DELAYS, ...(delays === 'default' ? {} : delays) });
  const all: Record<string, string | undefined> = {
    PATH: process.env['PATH'],
    HOME: '/',
    ASAN_OPTIONS: process.env['ASAN_OPTIONS'],
    T: scratch,
    NITROCTL: target?.ctl ?? ctlPath,
    NITRO_SOCK: socket,
    NITRO_DELAYS: delays === 'default' ? undefined : named.map(([name, ms]) => `${name}=${ms}`).join(','),
    [MARK]: mark,
    ...env,
  };
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined));
}
