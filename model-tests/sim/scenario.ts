/**
 * A scenario: all that is given before a simulated life begins. Plain data, so that it can be generated, shrunk, printed and read.
 */
import type { ClientRequest } from '../../runtime/protocol.js';
import type { ErrorName, S } from './errors.js';

/** What a script does in one life. Times are ms after its exec. */
export interface Behaviour {
  /** The exec: fails with this error. */
  readonly fails?: ErrorName;
  /** The exec takes this long, and nothing can interrupt it. */
  readonly hangs?: number;
  /** Ends by itself after this; without it, never. */
  readonly lasts?: number;
  /** How it ends by itself; exit status 0 if neither is given. */
  readonly exit?: number;
  readonly dies?: keyof typeof S;
  /** What it does on a signal that would end it: 'dies' is the default; a number: exits 0 after so many ms; 'drains': reads stdin until it is empty. */
  readonly onSignal?: 'dies' | 'ignores' | 'drains' | number;
  /** Writes to stdout: this many bytes at these times. */
  readonly writes?: readonly { readonly at: number; readonly bytes: number }[];
  /** Reads stdin, each time after waiting so long. */
  readonly reads?: number;
  /** Writes this to the readiness descriptor, and closes it. */
  readonly ready?: { readonly at: number; readonly text: string };
  /** What it asks nitro, as by nitroctl. */
  readonly asks?: readonly { readonly at: number; readonly request: ClientRequest }[];
  /** A process that it leaves behind, with its stdout and readiness descriptors, and how long that lasts. */
  readonly orphan?: number;
}

/** A script: what it does in its first life, in the second, and so on; the last one is repeated. */
export type ScriptPlan = readonly Behaviour[];

export interface ServicePlan {
  readonly setup?: ScriptPlan;
  readonly run?: ScriptPlan;
  readonly finish?: ScriptPlan;
  /** Target of the `log` link. */
  readonly log?: string;
  readonly down?: boolean;
  readonly downSignal?: string;
  readonly notificationFd?: string;
}

/** A change of the service directory. */
export type Edit =
  | { readonly kind: 'put'; readonly name: string; readonly plan: ServicePlan }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'removeFile'; readonly name: string; readonly file: string }
  | { readonly kind: 'link'; readonly name: string; readonly log: string }
  | { readonly kind: 'down'; readonly name: string };

/**
 * How a client behaves: waits for its answer; has no name of its own; dies without a trace before it is answered; stays and reads nothing.
 */
export type Manner = 'waits' | 'unbound' | 'crashes' | 'stays';

export type Command =
  | { readonly kind: 'ask'; readonly request: ClientRequest; readonly manner: Manner }
  | { readonly kind: 'datagram'; readonly data: string }
  | { readonly kind: 'signal'; readonly signal: 'HUP' | 'INT' | 'TERM' }
  /** From outside, a signal to what runs of a service. */
  | { readonly kind: 'kill'; readonly name: string; readonly signal: keyof typeof S }
  | { readonly kind: 'edit'; readonly edit: Edit };

export interface Scenario {
  readonly mode: 'machine' | 'container' | 'process';
  readonly services: Readonly<Record<string, ServicePlan>>;
  readonly sys: { readonly setup?: ScriptPlan; readonly finish?: ScriptPlan; readonly final?: ScriptPlan; readonly reincarnate?: 'works' | 'fails' };
  /** In the order of their times, which are ms from the start. */
  readonly commands: readonly { readonly at: number; readonly command: Command }[];
  /** When the end is asked for, if no command has asked for it; ms. */
  readonly endsAt: number;
  /** How many pids there are before they are used again. */
  readonly pids: number;
  /** Capacity of a pipe, bytes. */
  readonly pipeBytes: number;
  /** Most faults in a life. */
  readonly faultsMax: number;
  /** Descriptors that a service may have; 64 without it. */
  readonly descriptors?: number;
  /** How many times longer than usual a life may be before it counts as one without end. */
  readonly patience?: number;
  /**
   * For exploring: commands of which up to so many come at any moment, the end asked for at any moment, and a behaviour of each script that is
   * chosen at each exec, instead of times and lives.
   */
  readonly offers?: { readonly commands: readonly Command[]; readonly max: number };
}

export const quiet: Scenario = {
  mode: 'process',
  services: {},
  sys: {},
  commands: [],
  endsAt: 10_000,
  pids: 1000,
  pipeBytes: 65_536,
  faultsMax: 0,
};
