/**
 * What is compared: a supervisor.
 *
 * Theory of operation. The measures know a supervisor by this interface only: how its services are laid out, how it is started, how
 * it is asked and told things, how it is told to end. Another supervisor is one more object of this shape, in `subjects/`. Supervisors do not
 * all do the same: what one lacks it says why, in the words of the page, and it is left out of the measures that need it.
 */

/** Directories of one running supervisor. */
export interface Place {
  /** Holds everything of it; short, for the sake of socket paths. */
  readonly base: string;
  /** The service directory. */
  readonly services: string;
}

/** A service to be laid out. Paths are of programs. */
export interface Service {
  readonly name: string;
  readonly run: string;
  /** Runs to its end before `run`. */
  readonly setup?: string;
  /** Gets what `run` writes. */
  readonly logger?: string;
  /** `run` tells that it is ready by a newline on descriptor 3. */
  readonly tellsReady?: boolean;
  /** It gets so long to end before it is killed, in ms; undefined: what is usual. */
  readonly killAfterMs?: number;
}

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/** What not every supervisor does. */
export type Skill =
  /** What it takes of disk and memory is what it would take in earnest. */
  | 'footprint'
  /** Any number of services, restarted when they end, and not one child. */
  | 'services'
  /** A script before `run`. */
  | 'setup'
  /** A process that gets the output of a service, and is itself supervised. */
  | 'loggers'
  /** Kills what does not end when it is told to. */
  | 'kill'
  /** Its state can be asked for, and changed. */
  | 'control'
  /** It can be sent requests without end. */
  | 'flood'
  /** protocol.md. */
  | 'protocol';

/** How everything is brought down: a signal to the supervisor, and a command right after it. */
export interface Ending {
  readonly signal: NodeJS.Signals;
  readonly command?: Command;
}

export interface Subject {
  /** What its column is called. */
  readonly name: string;
  readonly version: string;
  /** What has to be on the disk for it, without the C library: programs and libraries. */
  readonly files: readonly string[];
  /** The most services it can have, loggers included. */
  readonly most: number;
  /** Loggers are not: a service and its logger count once. */
  readonly countsPairs?: true;
  /** Why not, for each thing that it does not do. */
  readonly lacks: Partial<Readonly<Record<Skill, string>>>;
  place(place: Place, services: readonly Service[]): void;
  command(place: Place, services: readonly Service[]): Command;
  /** What it and its control tool need in their environment. */
  environment(place: Place): Readonly<Record<string, string>>;
  end(place: Place, services: readonly Service[]): Ending;
  readonly control?: Control;
  /** Sends requests about a service without end, as fast as they are taken. `tool` is where the C programs are. */
  flood?(place: Place, name: string, tool: (name: 'control' | 'fifo') => string): Command;
  /** Where it speaks protocol.md, if it does. */
  socket?(place: Place): string;
}

/** Whole processes, as one would type them. */
export interface Control {
  /** Says the state of all services. */
  list(place: Place, names: readonly string[]): Command;
  /** Says the state of one. */
  status(place: Place, name: string): Command;
  /** Ends when the service is down. */
  stop(place: Place, name: string): Command;
  /** Ends when the service is ready, or as ready as it can know. */
  start(place: Place, name: string): Command;
}

/** Name of a service by its number, from 1. */
export const serviceName = (number: number): string => `service-${String(number).padStart(5, '0')}`;

/** Path of the socket below a place. */
export const socketOf = ({ base }: Place): string => `${base}/nitro.sock`;

/** The same for all that speak protocol.md. */
export const floodSocket: NonNullable<Subject['flood']> = (place, name, tool) => [tool('control'), 'flood', socketOf(place), name, '1000000000', '8'];
