/**
 * Packets of the control protocol (protocol.md), written here once more and apart from the daemon's own code, so that a
 * mistake there is not repeated by what tests it. Names are byte strings: one character (0 to 255) a byte.
 */

/** State names by their byte, behaviour.md §3. */
export const STATES = [
  '?', 'DOWN', 'SETUP', 'STARTING', 'UP', 'ONESHOT', 'SHUTDOWN', 'RESTART', 'FATAL', 'DELAY',
] as const;
/** A service state by name. */
export type State = (typeof STATES)[number];

/** Tags of requests and replies. */
export const Tag = {
  OK: 80, ESRCH: 81, ENOSYS: 82, SERVICE: 100, NAME: 101, STATE: 102, PID: 103, WSTATUS: 104, UPTIME: 105,
  NITRO_PID: 106, MAX_SERVICE: 107, TOTAL_REAPS: 108, TOTAL_SV_REAPS: 109, SETUP_PID: 110, FINISH_PID: 111,
  UP: 120, DOWN: 121, RESTART: 122, INFO: 123, LIST: 124, QUERY: 125, RESCAN: 126, SHUTDOWN: 127, REBOOT: 128,
  SIGNAL: 129, READY: 130,
} as const;

/** The replies without a payload, as hex. */
export const OK = '000050';
export const ESRCH = '000051';
export const ENOSYS = '000052';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** One packet as hex. */
export function packet(tag: number, payload: string | Buffer = ''): string {
  const data = typeof payload === 'string' ? bytes(payload) : payload;
  const head = Buffer.alloc(3);
  head.writeUInt16LE(data.length, 0);
  head.writeUInt8(tag, 2);
  return Buffer.concat([head, data]).toString('hex');
}

/** A parsed packet. Frames show as `open` and `close`. */
export interface Packet {
  readonly tag: number;
  readonly kind: 'data' | 'open' | 'close';
  readonly payload: Buffer;
}

/** All packets of a datagram; an incomplete one is an error. */
export function parse(hex: string): readonly Packet[] {
  const data = Buffer.from(hex, 'hex');
  const packets: Packet[] = [];
  for (let at = 0; at < data.length; ) {
    const length = data.readUInt16LE(at);
    const tag = data.readUInt8(at + 2);
    at += 3;
    if (length >= 0xfffe) {
      packets.push({ tag, kind: length === 0xffff ? 'open' : 'close', payload: Buffer.alloc(0) });
      continue;
    }
    if (at + length > data.length) throw new Error(`truncated packet in ${hex}`);
    packets.push({ tag, kind: 'data', payload: data.subarray(at, at + length) });
    at += length;
  }
  return packets;
}

/** What LIST and QUERY tell about a service; `name` is empty in the answer to QUERY. */
export interface Listed {
  readonly name: string;
  readonly state: State;
  readonly pid: number;
  readonly wstatus: number;
  readonly uptimeS: number;
  readonly setupPid: number;
  readonly finishPid: number;
}

/** The services in a reply to LIST, or the single one in a reply to QUERY. */
export function parseServices(hex: string): readonly Listed[] {
  const empty: Listed = { name: '', state: '?', pid: 0, wstatus: 0, uptimeS: 0, setupPid: 0, finishPid: 0 };
  const all: Listed[] = [];
  let current = empty;
  let seen = false;
  for (const { tag, kind, payload } of parse(hex)) {
    if (kind === 'open') {
      current = empty;
    } else if (kind === 'close') {
      all.push(current);
      seen = false;
    } else {
      if (tag === Tag.NAME) current = { ...current, name: payload.toString('latin1').replace(/\0$/, '') };
      if (tag === Tag.STATE) seen = true;
      if (tag === Tag.STATE) current = { ...current, state: STATES[payload.readUInt8(0)] ?? '?' };
      if (tag === Tag.PID) current = { ...current, pid: payload.readUInt32LE(0) };
      if (tag === Tag.WSTATUS) current = { ...current, wstatus: payload.readInt32LE(0) };
      if (tag === Tag.UPTIME) current = { ...current, uptimeS: payload.readUInt32LE(0) };
      if (tag === Tag.SETUP_PID) current = { ...current, setupPid: payload.readUInt32LE(0) };
      if (tag === Tag.FINISH_PID) current = { ...current, finishPid: payload.readUInt32LE(0) };
    }
  }
  return seen ? [...all, current] : all;
}

/** The numbers in a reply to INFO. */
export function parseInfo(hex: string): ReadonlyMap<number, number> {
  return new Map(parse(hex).map(({ tag, payload }) => [tag, payload.readUInt32LE(0)]));
}
