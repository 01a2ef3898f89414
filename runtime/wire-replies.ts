/**
 * What a client reads out of the daemon's datagrams.
 *
 * Theory of operation. One pass over the parts of a datagram yields items: announcements, the three plain answers,
 * SERVICE frames, and the fields that stand outside of a frame, which together are one item (they are the reply to
 * QUERY or INFO). What is unknown is skipped: packets, whole frames, fields of a size they should not have. What is
 * malformed ends the pass, and an unfinished frame is dropped, since it may lack anything. There is no input that
 * makes it throw.
 */
import type { Bytes } from './os.js';
import { isState, Tag } from './protocol.js';
import { frameCloses, frameOpens, headerSize, readI32, readU32 } from './wire.js';

/** Fields as they came; one that is absent was not sent. */
export interface Fields {
  name?: Bytes;
  state?: number;
  pid?: number;
  wstatus?: number;
  uptime?: number;
  setupPid?: number;
  finishPid?: number;
  nitroPid?: number;
  maxService?: number;
  totalReaps?: number;
  totalServiceReaps?: number;
  /** Of a service; outside of a frame, of the system. */
  leaf?: string;
}

/** A step of a machine (docs/trace.md). */
export interface Step {
  /** Service; empty for the system. */
  readonly name: Bytes;
  readonly event: string;
  /** Leaves; the same: it stayed. */
  readonly from: string;
  readonly to: string;
  readonly actions: readonly string[];
}

/** Something the daemon said. */
export type Item =
  | { readonly kind: 'announcement'; readonly state: number; readonly name: Bytes }
  | { readonly kind: 'ok' | 'noSuchService' | 'unknownCommand' }
  /** Number of the step that is the next. */
  | { readonly kind: 'steps'; readonly next: number }
  | { readonly kind: 'step'; readonly step: Step }
  /** What follows is a page of leaves, from this number of services on. */
  | { readonly kind: 'page'; readonly start: number }
  /** One service of a list. */
  | { readonly kind: 'service'; readonly fields: Readonly<Fields> }
  /** All fields outside of a frame. */
  | { readonly kind: 'fields'; readonly fields: Readonly<Fields> };

/**
 * Put the packet of `length` bytes at `at` into the fields. False: it is none of them, or has a size that is not its own. A list has
 * thousands of these: they are read where they stand, and those of a list are looked for first.
 */
function readField(fields: Fields, tag: number, bytes: Bytes, at: number, length: number): boolean {
  switch (tag) {
    case Tag.NAME: {
      const end = at + length;
      fields.name = bytes.slice(at, length > 0 && bytes.charCodeAt(end - 1) === 0 ? end - 1 : end);
      return true;
    }
    case Tag.STATE:
      if (length === 1) fields.state = bytes.charCodeAt(at);
      return length === 1;
    case Tag.LEAF:
      fields.leaf = bytes.slice(at, at + length);
      return true;
    default:
      return length === 4 && readNumber(fields, tag, readI32(bytes, at));
  }
}

/** Put the number of a packet into the fields. All but one are unsigned. */
function readNumber(fields: Fields, tag: number, number: number): boolean {
  switch (tag) {
    case Tag.PID:
      fields.pid = number >>> 0;
      return true;
    case Tag.WSTATUS:
      fields.wstatus = number;
      return true;
    case Tag.UPTIME:
      fields.uptime = number >>> 0;
      return true;
    case Tag.SETUP_PID:
      fields.setupPid = number >>> 0;
      return true;
    case Tag.FINISH_PID:
      fields.finishPid = number >>> 0;
      return true;
    case Tag.NITRO_PID:
      fields.nitroPid = number >>> 0;
      return true;
    case Tag.MAX_SERVICE:
      fields.maxService = number >>> 0;
      return true;
    case Tag.TOTAL_REAPS:
      fields.totalReaps = number >>> 0;
      return true;
    case Tag.TOTAL_SV_REAPS:
      fields.totalServiceReaps = number >>> 0;
      return true;
    default:
      return false;
  }
}

/** A packet that is an item by itself. */
function plainItem(tag: number, payload: Bytes): Item | null {
  if (isState(tag)) return { kind: 'announcement', state: tag, name: payload };
  switch (tag) {
    case Tag.OK:
      return { kind: 'ok' };
    case Tag.ESRCH:
      return { kind: 'noSuchService' };
    case Tag.ENOSYS:
      return { kind: 'unknownCommand' };
    case Tag.STEPS:
      return payload.length === 4 ? { kind: 'steps', next: readU32(payload) } : null;
    case Tag.LEAVES:
      return payload.length === 4 ? { kind: 'page', start: readU32(payload) } : null;
    case Tag.STEP: {
      const [name, event, from, to, ...actions] = payload.split('\0');
      if (name === undefined || event === undefined || from === undefined || to === undefined) return null;
      return { kind: 'step', step: { name, event, from, to, actions } };
    }
    default:
      return null;
  }
}

const none = -1;

/** Everything in a datagram that a client understands, in its order; the fields outside of a frame stand last. */
export function decodeReplies(datagram: Bytes): readonly Item[] {
  const items: Item[] = [];
  const outer: Fields = {};
  let outerIsEmpty = true;
  /** Of the SERVICE frame that is open. */
  let service: Fields | null = null;
  /** Tag of the unknown frame that is open. */
  let unknownFrame = none;
  const end = datagram.length;
  for (let at = headerSize; at <= end; at += headerSize) {
    const length = datagram.charCodeAt(at - 3) | (datagram.charCodeAt(at - 2) << 8);
    const tag = datagram.charCodeAt(at - 1);
    if (length === frameOpens) {
      if (unknownFrame !== none) continue;
      if (tag === Tag.SERVICE) service = {};
      else unknownFrame = tag;
    } else if (length === frameCloses) {
      // An unknown frame within a service that was never closed ends with it.
      const isService = tag === Tag.SERVICE && service !== null;
      if (isService || tag === unknownFrame) unknownFrame = none;
      if (tag !== Tag.SERVICE || service === null) continue;
      items.push({ kind: 'service', fields: service });
      service = null;
    } else {
      if (at + length > end) break;
      if (unknownFrame === none) {
        if (service !== null) readField(service, tag, datagram, at, length);
        else {
          const item = plainItem(tag, datagram.slice(at, at + length));
          if (item !== null) items.push(item);
          else if (readField(outer, tag, datagram, at, length)) outerIsEmpty = false;
        }
      }
      at += length;
    }
  }
  if (!outerIsEmpty) items.push({ kind: 'fields', fields: outer });
  return items;
}
