/**
 * What an inspector is told: the messages of the protocol of `@statelyai/inspect`, made from the mirror's actors.
 *
 * There are three kinds: an actor (with the definition of its machine, so that its chart can be drawn), an event that was sent to one, and the
 * snapshot it has after that. The protocol has no word for an actor that is gone: its last snapshot says that it is stopped. Tests hold
 * these types against those of the package, and have its own receivers take the messages.
 */

/** Version of the protocol that is spoken. */
export const protocolVersion = '0.7.2';

export interface Snapshot {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly value: unknown;
  readonly context: object;
}

export interface AnyEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

interface Base {
  readonly rootId: string;
  /** Of the actor that it is about. */
  readonly sessionId: string;
  /** Milliseconds since 1970, in digits. */
  readonly createdAt: string;
  readonly id: string;
  readonly _version: string;
}

export interface ActorMessage extends Base {
  readonly type: '@xstate.actor';
  readonly name: string;
  readonly parentId: string | undefined;
  /** JSON of the machine's definition. */
  readonly definition: string;
  readonly snapshot: Snapshot;
}

export interface EventMessage extends Base {
  readonly type: '@xstate.event';
  readonly sourceId: string | undefined;
  readonly event: AnyEvent;
}

export interface SnapshotMessage extends Base {
  readonly type: '@xstate.snapshot';
  readonly event: AnyEvent;
  readonly snapshot: Snapshot;
}

export type InspectorMessage = ActorMessage | EventMessage | SnapshotMessage;

/** What the page of an inspector says when it is ready for messages, and is told at the end. */
export const connected = '@statelyai.connected';
export const disconnected = '@statelyai.disconnected';

/** An actor as messages name it. */
export interface Identity {
  readonly sessionId: string;
  readonly rootId: string;
  readonly parentId: string | undefined;
}

let made = 0;

/** What all messages about an actor have. `at` is in milliseconds since 1970. */
function base({ sessionId, rootId }: Identity, at: number): Base {
  return { rootId, sessionId, createdAt: String(Math.round(at)), id: String(++made), _version: protocolVersion };
}

export function actorMessage(of: Identity, at: number, name: string, definition: string, snapshot: Snapshot): ActorMessage {
  return { type: '@xstate.actor', ...base(of, at), name, parentId: of.parentId, definition, snapshot };
}

export function eventMessage(of: Identity, at: number, event: AnyEvent, sourceId: string | undefined): EventMessage {
  return { type: '@xstate.event', ...base(of, at), sourceId, event };
}

export function snapshotMessage(of: Identity, at: number, event: AnyEvent, snapshot: Snapshot): SnapshotMessage {
  return { type: '@xstate.snapshot', ...base(of, at), event, snapshot };
}
