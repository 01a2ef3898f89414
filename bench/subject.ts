/**
 * What is measured: a supervisor.
 *
 * Theory of operation. The measures know a supervisor by this interface only: how its services are laid out, how it is
 * started, how it lists them, how it is told to end. nitro is one subject; another supervisor is one more object of this shape.
 * What only nitro has, its control protocol, is marked by `controlSocket`: measures that need it are skipped without it.
 */
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Directories of one running supervisor. */
export interface Place {
  /** Holds everything of it; short, for the sake of socket paths. */
  readonly base: string;
  /** The service directory. */
  readonly services: string;
}

export interface Subject {
  readonly name: string;
  /** Its programs: what has to be installed. Symlinks resolved, each once. */
  readonly binaries: readonly string[];
  /** Lay out services of these names that execute `program`. */
  place(place: Place, names: readonly string[], program: string): void;
  /** Program and arguments of the daemon. */
  command(place: Place): readonly [string, ...string[]];
  /** Program and arguments that list all services, a line each, the state its first word. */
  listCommand(place: Place): readonly [string, ...string[]];
  /** What daemon and control tool need in their environment. */
  environment(place: Place): Readonly<Record<string, string>>;
  /** State in the list of a service that runs, and has for long enough. */
  readonly upState: string;
  /** Time after which a service is that, and has lived long enough to be restarted at once, in ms. */
  readonly upAfterMs: number;
  /** Signal that makes the daemon bring down everything and end. */
  readonly endSignal: NodeJS.Signals;
  /** Socket on which it speaks protocol.md, undefined if it does not. */
  controlSocket(place: Place): string | undefined;
}

/** Name of a service by its number, from 1. */
export const serviceName = (number: number): string => `service-${String(number).padStart(5, '0')}`;

/** Any nitro. */
export function nitroSubject(daemon: string, ctl: string): Subject {
  const controlSocket = ({ base }: Place): string => join(base, 'nitro.sock');
  return {
    name: daemon,
    binaries: [...new Set([daemon, ctl].map((path) => realpathSync(path)))],
    place({ services }, names, program) {
      for (const name of names) {
        mkdirSync(join(services, name), { recursive: true });
        symlinkSync(program, join(services, name, 'run'));
      }
    },
    command: ({ services }) => [daemon, services],
    listCommand: () => [ctl, 'list'],
    environment: (place) => ({ NITRO_SOCK: controlSocket(place) }),
    upState: 'UP',
    upAfterMs: 2000,
    endSignal: 'SIGTERM',
    controlSocket,
  };
}
