/**
 * What the server tells the page, as JSON in server-sent events, and what the page asks of it.
 *
 * A viewer is told everything at its beginning (`hello`, `all`, `watched`) and only changes from then on, so one that comes late or comes
 * again has lost nothing but the time between. Times are milliseconds on the clock of the stream: of the trace, where one is played.
 */
import type { StateName, TraceHeader } from '../trace/format.js';
import type { InspectorMessage } from './stately.js';

/** Who a step comes from: somebody who asks, the system, another service that writes to this logger, a process, time. */
export type Source = 'nitroctl' | 'system' | 'service' | 'process' | 'timer';

/** A service as it is now. */
export interface Row {
  readonly name: string;
  readonly state: StateName;
  /** Leaf of the machine; null: the daemon tells states only. */
  readonly leaf: string | null;
  /** 0: no process, or not known yet. */
  readonly pid: number;
  /** When it was last started or stopped; null: not known yet. */
  readonly since: number | null;
  /** The service that its output goes to, if that is known. */
  readonly logger: string | null;
  readonly isLogger: boolean;
}

/** Something that happened, with a number: later ones have greater ones. */
export interface Happening {
  readonly n: number;
  readonly t: number;
  readonly machine: 'service' | 'system';
  /** Empty for the system. */
  readonly service: string;
  /** null: a new state was seen, and not why. */
  readonly event: string | null;
  /** Leaves, or states where leaves are not told. */
  readonly from: string;
  readonly to: string;
  readonly actions: readonly string[];
  readonly source: Source | null;
  /** The service that it comes from, if it comes from one. */
  readonly by: string | null;
}

/** From a time on, a service was in a state; null: not known, or it did not exist. */
export interface Span {
  readonly t: number;
  readonly state: string | null;
}

/** `waiting`: the daemon has not been seen yet; `held`, `ended`: a trace is not played on for now, or was played to its end. */
export type Link = 'waiting' | 'live' | 'gone' | 'held' | 'ended';

export interface Hello {
  readonly kind: 'hello';
  /** Names this viewer in what it asks. */
  readonly viewer: string;
  readonly mode: 'live' | 'recorded';
  /** Seconds of the trace in a second. */
  readonly speed: number;
  /** May this page ask for services to go up and down? */
  readonly control: boolean;
  /** Page of an inspector. */
  readonly stately: string;
}

/** Everything there is now. */
export interface All {
  readonly kind: 'all';
  readonly t: number;
  readonly link: Link;
  readonly header: TraceHeader | null;
  /** Wall clock at time 0, in milliseconds since 1970; null: unknown. */
  readonly epoch: number | null;
  readonly system: string | null;
  readonly rows: readonly Row[];
}

/** What has changed. */
export interface Some {
  readonly kind: 'some';
  readonly t: number;
  readonly rows: readonly Row[];
  readonly gone: readonly string[];
  readonly system: string | null;
}

/** Names a service, or the system. */
export type Subject = { readonly kind: 'service'; readonly name: string } | { readonly kind: 'system' };

/** The past of what the viewer watches. */
export interface Watched {
  readonly kind: 'watched';
  readonly subject: Subject;
  /** Of the subject, of the logger it writes to, and of the system; of the system: of all. */
  readonly past: readonly Happening[];
  readonly spans: readonly Lane[];
}

/** A line of the timeline. */
export interface Lane {
  readonly name: string;
  readonly spans: readonly Span[];
}

/** Happenings of what the viewer watches. */
export interface More {
  readonly kind: 'more';
  readonly happenings: readonly Happening[];
}

/** For the inspector that the viewer has opened. */
export interface ForInspector {
  readonly kind: 'inspector';
  readonly messages: readonly InspectorMessage[];
}

export type ToPage = Hello | All | Some | Watched | More | ForInspector;

/** What can be asked of a trace that is played: hold, go on, one more entry. */
export const plays = ['hold', 'go', 'next'] as const;
export type Play = (typeof plays)[number];

/** Bodies of POST `ask`. `play` goes for all viewers: there is one trace, and one clock. */
export type Ask =
  | { readonly kind: 'watch'; readonly viewer: string; readonly subject: Subject }
  | { readonly kind: 'inspector'; readonly viewer: string; readonly isOn: boolean }
  | { readonly kind: 'play'; readonly viewer: string; readonly what: Play };

export const actions = ['up', 'down', 'restart'] as const;
export type Action = (typeof actions)[number];

/** Body of POST `control`. */
export interface Control {
  readonly action: Action;
  readonly service: string;
}

/** The answer to it. */
export interface Outcome {
  readonly ok: boolean;
  /** What nitroctl said, or why it was not asked. */
  readonly text: string;
}
