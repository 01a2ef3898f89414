/**
 * The trace of a simulated life: all that can be observed from outside nitro, in its order, with virtual time.
 */
import type { Behaviour, Command } from './scenario.js';
import type { Request } from '../../runtime/protocol.js';

export type Observed =
  /** A script was forked. Pipes are numbers; null: stdin is nothing, or stdout is nitro's own. Arguments are without its name. */
  | {
      readonly type: 'forked';
      readonly pid: number;
      readonly stdin: number | null;
      readonly stdout: number | null;
      readonly args?: readonly string[];
    }
  | { readonly type: 'executed'; readonly pid: number; readonly error: number; readonly behaviour: Behaviour }
  /** A process dies, and its descriptors are closed; noted only where its end can be known later than that. */
  | { readonly type: 'died'; readonly pid: number }
  /** A process has ended, so that it can be reaped. */
  | { readonly type: 'ended'; readonly pid: number; readonly status: number }
  | { readonly type: 'reaped'; readonly pid: number; readonly status: number }
  /** nitro signalled a process; `pid` that is no child of its own, alive or unreaped, has `service` null. */
  | { readonly type: 'signalled'; readonly pid: number; readonly signal: number }
  | { readonly type: 'signalledAll'; readonly signal: number }
  | { readonly type: 'announced'; readonly state: number }
  /** A client sent a request; nitro received it; nitro's answer, and whether it fit into the client's queue. */
  | { readonly type: 'asked'; readonly client: string; readonly request: Request | null; readonly manner: string }
  | { readonly type: 'received'; readonly client: string; readonly request: Request | null }
  | { readonly type: 'answered'; readonly client: string; readonly data: string; readonly result: number }
  /** An announcement that a listener did not get. */
  | { readonly type: 'dropped'; readonly client: string; readonly result: number }
  | { readonly type: 'said'; readonly text: string; readonly result: number }
  | { readonly type: 'wrote'; readonly pid: number; readonly pipe: number; readonly bytes: number }
  | { readonly type: 'read'; readonly pid: number; readonly pipe: number; readonly bytes: number }
  | { readonly type: 'pipeGone'; readonly pipe: number; readonly unread: number }
  | { readonly type: 'scanned' }
  | { readonly type: 'commanded'; readonly command: Command }
  | { readonly type: 'fault'; readonly call: string; readonly error: number; readonly path: string }
  | { readonly type: 'jumped'; readonly by: number }
  | { readonly type: 'controlClosed' }
  | { readonly type: 'over'; readonly how: string };

/** `service` and `script` say whose process it is, or which service it is about; empty: nobody's. */
export type Entry = Observed & { readonly at: number; readonly service: string; readonly script: string };

/** What is left when a life is over. */
export interface Rest {
  /** Pipes of loggers that are open, other descriptors from 3 on, and how many are watched. */
  readonly logPipes: number;
  readonly otherDescriptors: number;
  readonly watched: number;
  /** Children of nitro that were not reaped: whose they were. */
  readonly children: readonly string[];
  readonly calls: number;
  /** What nitro holds of something that is not there any more. */
  readonly held: readonly string[];
}

export interface Life {
  readonly trace: readonly Entry[];
  readonly how: string;
  readonly at: number;
  readonly rest: Rest;
  /** Faults that were injected. */
  readonly faults: number;
}
