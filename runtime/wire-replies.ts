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
import { readI32, readPart, readU32 } from './wire.js';

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

type NumberField = Exclude<keyof Fields, 'name' | 'leaf'>;

/** The field that is a u32 with this tag. */
function u32Field(tag: number): NumberField | null {
  switch (tag) {
    case Tag.PID:
      return 'pid';
    case Tag.UPTIME:
      return 'uptime';
    case Tag.NITRO_PID:
      return 'nitroPid';
    case Tag.MAX_SERVICE:
      return 'maxService';
    case Tag.TOTAL_REAPS:
      return 'totalReaps';
    case Tag.TOTAL_SV_REAPS:
      return 'totalServiceReaps';
    case Tag.SETUP_PID:
      return 'setupPid';
    case Tag.FINISH_PID:
      return 'finishPid';
    default:
      return null;
  }
}

/** Put a packet into the fields. False: it is none of them, or has a size that is not its own. */
function readField(fields: Fields, tag: number, payload: Bytes): boolean {
  if (tag === Tag.NAME) {
    fields.name = payload.endsWith('\0') ? payload.slice(0, -1) : payload;
    return true;
  }
  if (tag === Tag.LEAF) {
    fields.leaf = payload;
    return true;
  }
  if (tag === Tag.STATE) {
    if (payload.length !== 1) return false;
    fields.state = payload.charCodeAt(0);
    return true;
  }
  if (payload.length !== 4) return false;
  if (tag === Tag.WSTATUS) {
    fields.wstatus = readI32(payload);
    return true;
  }
  const field = u32Field(tag);
  if (field === null) return false;
  fields[field] = readU32(payload);
  return true;
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

/** Where in the frames a pass is, and what it has found. */
class Pass {
  readonly items: Item[] = [];
  private readonly outer: Fields = {};
  private outerIsEmpty = true;
  /** Of the SERVICE frame that is open. */
  private service: Fields | null = null;
  /** Tag of the unknown frame that is open. */
  private unknownFrame = none;

  opens(tag: number): void {
    if (this.unknownFrame !== none) return;
    if (tag === Tag.SERVICE) this.service = {};
    else this.unknownFrame = tag;
  }

  closes(tag: number): void {
    if (tag === Tag.SERVICE && this.service !== null) {
      this.items.push({ kind: 'service', fields: this.service });
      this.service = null;
      // An unknown frame within that was never closed ends here too.
      this.unknownFrame = none;
    } else if (tag === this.unknownFrame) {
      this.unknownFrame = none;
    }
  }

  packet(tag: number, payload: Bytes): void {
    if (this.unknownFrame !== none) return;
    if (this.service !== null) {
      readField(this.service, tag, payload);
      return;
    }
    const item = plainItem(tag, payload);
    if (item !== null) this.items.push(item);
    else if (readField(this.outer, tag, payload)) this.outerIsEmpty = false;
  }

  end(): readonly Item[] {
    return this.outerIsEmpty ? this.items : [...this.items, { kind: 'fields', fields: this.outer }];
  }
}

/** Everything in a datagram that a client understands, in its order; the fields outside of a frame stand last. */
export function decodeReplies(datagram: Bytes): readonly Item[] {
  const pass = new Pass();
  for (let part = readPart(datagram, 0); part !== null; part = readPart(datagram, part.next)) {
    if (part.kind === 'packet') pass.packet(part.tag, part.payload);
    else if (part.kind === 'opens') pass.opens(part.tag);
    else pass.closes(part.tag);
  }
  return pass.end();
}
