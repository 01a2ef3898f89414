/**
 * The format of a trace: what was seen of a running nitro, or of a simulated one, in the order in which it was seen.
 *
 * A file is JSON, an object a line. The first is the header, the others are entries; the times of entries never go back.
 * Names of services are text: bytes that are no UTF-8 are written as `\xHH`, as nitroctl does.
 */
import type { stateNames } from '../../../runtime/protocol.js';

/** One of the nine states by its name, such as `UP`. */
export type StateName = (typeof stateNames)[number];

export interface TraceHeader {
  readonly kind: 'nitro-trace';
  readonly version: 1;
  /** What was followed, in words: a control socket, or a directory that was simulated. */
  readonly source: string;
  /** `states`: announcements, as of any nitro. `steps`: steps of the machines, of whose actions announcements are a part (docs/trace.md). */
  readonly detail: 'states' | 'steps';
  /** Wall clock at time 0, ISO 8601; null in virtual time. */
  readonly began: string | null;
}

/** A service as the daemon lists it. */
export interface PresentService {
  readonly service: string;
  readonly state: StateName;
  /** Leaf of the machine, if the daemon tells. */
  readonly leaf: string | null;
  /** 0: no process. */
  readonly pid: number;
  /** Seconds since its last start or stop. */
  readonly uptime: number;
}

export type TraceEntry = {
  /** Milliseconds since the trace began. */
  readonly t: number;
} & (
  | { readonly kind: 'state'; readonly service: string; readonly state: StateName }
  | {
      readonly kind: 'step';
      readonly machine: 'service' | 'system';
      /** Empty for the system. */
      readonly service: string;
      readonly event: string;
      /** Leaves; the same: it stayed. */
      readonly from: string;
      readonly to: string;
      readonly actions: readonly string[];
    }
  /** All services there are now: at the start, and again after a loss. `system`: its leaf, if the daemon tells. */
  | { readonly kind: 'present'; readonly services: readonly PresentService[]; readonly system: string | null }
  /** Something was not seen here; null: nobody knows how much. */
  | { readonly kind: 'lost'; readonly count: number | null }
  /** The daemon is gone, or the one who followed it went. */
  | { readonly kind: 'end'; readonly why: 'daemon gone' | 'stopped' }
);

export interface Trace {
  readonly header: TraceHeader;
  readonly entries: readonly TraceEntry[];
}
