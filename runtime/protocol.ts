/**
 * The control protocol: what the tags mean, requests, and the daemon's replies (protocol.md).
 *
 * Theory of operation. A client sends a request, one packet a datagram. `parseRequest` turns it into a `Request`, of
 * which every kind has one answer, or into null: not answered at all. The daemon answers with what the encoders here
 * make, and tells listeners of changes with `announcement`. What a client reads out of those datagrams is in
 * wire-replies.ts.
 *
 * Nothing here looks at a name: whether a service of that name exists, and whether it could, the daemon answers with
 * ESRCH. `isServiceName` says which names a service may have at all.
 */
import type { Bytes } from './os.js';
import { frameCloses, frameOpens, header, packet, readPart, readU32, u32, u8 } from './wire.js';

/** Tags of packets and frames. A state is its own tag, see `State`. */
export const Tag = {
  OK: 80,
  ESRCH: 81,
  ENOSYS: 82,
  SERVICE: 100,
  NAME: 101,
  STATE: 102,
  PID: 103,
  WSTATUS: 104,
  UPTIME: 105,
  NITRO_PID: 106,
  MAX_SERVICE: 107,
  TOTAL_REAPS: 108,
  TOTAL_SV_REAPS: 109,
  SETUP_PID: 110,
  FINISH_PID: 111,
  UP: 120,
  DOWN: 121,
  RESTART: 122,
  INFO: 123,
  LIST: 124,
  QUERY: 125,
  RESCAN: 126,
  SHUTDOWN: 127,
  REBOOT: 128,
  SIGNAL: 129,
  READY: 130,
  /** Requests of our own, and what answers them (docs/trace.md). */
  TRACE: 140,
  LEAVES: 141,
  STEPS: 142,
  STEP: 143,
  LEAF: 144,
} as const;

/** The states of a service as they are on the wire (behaviour.md §3). */
export const State = {
  DOWN: 1,
  SETUP: 2,
  STARTING: 3,
  UP: 4,
  ONESHOT: 5,
  SHUTDOWN: 6,
  RESTART: 7,
  FATAL: 8,
  DELAY: 9,
} as const;

/** Number of a state. */
export type State = (typeof State)[keyof typeof State];

/** Name of a state by its number; there is none for 0. */
export const stateNames: readonly string[] = [
  '',
  'DOWN',
  'SETUP',
  'STARTING',
  'UP',
  'ONESHOT',
  'SHUTDOWN',
  'RESTART',
  'FATAL',
  'DELAY',
];

/** Name of a state to show to people, also for a number that a later daemon may send. */
export function stateName(state: number): string {
  return (state > 0 ? stateNames[state] : undefined) ?? `STATE${state}`;
}

/** Is this tag the number of a state? */
export function isState(tag: number): tag is State {
  return tag >= State.DOWN && tag <= State.DELAY;
}

/** Longest name of a service, in bytes. */
export const longestName = 63;

/**
 * Can a service have this name (behaviour.md §2)? SYS is none, though it is answered to while its scripts run. A name
 * that ends in `@` is a template.
 */
export function isServiceName(name: Bytes): boolean {
  if (name.length === 0 || name.length > longestName) return false;
  if (name.startsWith('.') || name.endsWith('@') || name === 'SYS') return false;
  return !name.includes('/') && !name.includes(',') && !name.includes('\n') && !name.includes('\0');
}

/** A request that a client can make. `start` is the number of services to skip. */
export type ClientRequest =
  | { readonly kind: 'up' | 'down' | 'restart' | 'query' | 'ready'; readonly name: Bytes }
  | { readonly kind: 'signal'; readonly signal: number; readonly name: Bytes }
  | { readonly kind: 'list' | 'leaves'; readonly start: number }
  | { readonly kind: 'info' | 'rescan' | 'shutdown' | 'reboot' | 'trace' };

/** A request as the daemon finds it. */
export type Request =
  | ClientRequest
  /** A tag that is no request: answered ENOSYS. */
  | { readonly kind: 'unknown'; readonly tag: number }
  /** A request whose payload makes no sense: answered ESRCH. */
  | { readonly kind: 'invalid' };

/** The request in a datagram, of which only the first packet is read. Null: not answered at all. */
export function parseRequest(datagram: Bytes): Request | null {
  const part = readPart(datagram, 0);
  if (part?.kind !== 'packet') return null;
  const { tag, payload } = part;
  switch (tag) {
    case Tag.UP:
      return { kind: 'up', name: payload };
    case Tag.DOWN:
      return { kind: 'down', name: payload };
    case Tag.RESTART:
      return { kind: 'restart', name: payload };
    case Tag.QUERY:
      return { kind: 'query', name: payload };
    case Tag.READY:
      return { kind: 'ready', name: payload };
    case Tag.SIGNAL:
      if (payload === '') return { kind: 'invalid' };
      return { kind: 'signal', signal: payload.charCodeAt(0), name: payload.slice(1) };
    case Tag.LIST:
    case Tag.LEAVES:
      if (payload !== '' && payload.length !== 4) return { kind: 'invalid' };
      return { kind: tag === Tag.LIST ? 'list' : 'leaves', start: payload === '' ? 0 : readU32(payload) };
    case Tag.INFO:
      return { kind: 'info' };
    case Tag.RESCAN:
      return { kind: 'rescan' };
    case Tag.SHUTDOWN:
      return { kind: 'shutdown' };
    case Tag.REBOOT:
      return { kind: 'reboot' };
    case Tag.TRACE:
      return { kind: payload === '' ? 'trace' : 'invalid' };
    default:
      return { kind: 'unknown', tag };
  }
}

/** The datagram of a request. A list from the first service on has no payload, which every daemon understands. */
export function encodeRequest(request: ClientRequest): Bytes {
  switch (request.kind) {
    case 'up':
      return packet(Tag.UP, request.name);
    case 'down':
      return packet(Tag.DOWN, request.name);
    case 'restart':
      return packet(Tag.RESTART, request.name);
    case 'query':
      return packet(Tag.QUERY, request.name);
    case 'ready':
      return packet(Tag.READY, request.name);
    case 'signal':
      return packet(Tag.SIGNAL, u8(request.signal) + request.name);
    case 'list':
    case 'leaves':
      return packet(request.kind === 'list' ? Tag.LIST : Tag.LEAVES, request.start === 0 ? '' : u32(request.start));
    case 'info':
      return packet(Tag.INFO);
    case 'rescan':
      return packet(Tag.RESCAN);
    case 'shutdown':
      return packet(Tag.SHUTDOWN);
    case 'reboot':
      return packet(Tag.REBOOT);
    case 'trace':
      return packet(Tag.TRACE);
  }
}

/** Reply: done, or asked of the service. */
export const ok: Bytes = packet(Tag.OK);
/** Reply: no such service, or a request that makes no sense for it. */
export const noSuchService: Bytes = packet(Tag.ESRCH);
/** Reply: a tag that is no request. */
export const unknownCommand: Bytes = packet(Tag.ENOSYS);

/** Tells listeners that a service is in a state. */
export function announcement(state: number, name: Bytes): Bytes {
  return packet(state, name);
}

/** What the daemon tells of a service. A pid of 0 is none. */
export interface ServiceReport {
  readonly name: Bytes;
  readonly state: number;
  /** Of `run`. */
  readonly pid: number;
  /** Raw wait status of the last `run`; -1 when its exec failed. */
  readonly wstatus: number;
  /** Whole seconds since the last start or stop. */
  readonly uptime: number;
  /** Of `setup`, while it runs. */
  readonly setupPid?: number;
  /** Of `finish`, while it runs. */
  readonly finishPid?: number;
  /** Of the machine; in the reply to LEAVES only. */
  readonly leaf?: string;
}

/** Four packets, made in one go: a list has hundreds of them. */
function reportPackets({ state, pid, wstatus, uptime }: ServiceReport): Bytes {
  return String.fromCharCode(
    1, 0, Tag.STATE, state & 0xff,
    4, 0, Tag.PID, pid & 0xff, (pid >>> 8) & 0xff, (pid >>> 16) & 0xff, pid >>> 24,
    4, 0, Tag.WSTATUS, wstatus & 0xff, (wstatus >>> 8) & 0xff, (wstatus >>> 16) & 0xff, wstatus >>> 24,
    4, 0, Tag.UPTIME, uptime & 0xff, (uptime >>> 8) & 0xff, (uptime >>> 16) & 0xff, uptime >>> 24,
  );
}

/** Reply to QUERY; the name is not in it. */
export function encodeQueryReply(report: ServiceReport): Bytes {
  const { setupPid = 0, finishPid = 0 } = report;
  return (
    reportPackets(report) +
    (setupPid === 0 ? '' : packet(Tag.SETUP_PID, u32(setupPid))) +
    (finishPid === 0 ? '' : packet(Tag.FINISH_PID, u32(finishPid)))
  );
}

const serviceOpens: Bytes = header(frameOpens, Tag.SERVICE);
const serviceCloses: Bytes = header(frameCloses, Tag.SERVICE);

/** A service in the reply to LIST: one whole frame. The NUL after the name is what the reference's client needs. */
export function encodeListEntry(report: ServiceReport): Bytes {
  const { name, leaf } = report;
  const more = leaf === undefined ? '' : packet(Tag.LEAF, leaf);
  return serviceOpens + packet(Tag.NAME, name + '\0') + reportPackets(report) + more + serviceCloses;
}

/** Longest reply to LIST, in bytes: what the reference's client reads. */
export const longestPage = 4096;

/**
 * Reply to LIST: the entries from number `start` on, as many as fit whole; `count` is how many services there are,
 * and `entry` encodes one of them. Empty if there is none from there on.
 */
export function listPage(start: number, count: number, entry: (index: number) => Bytes): Bytes {
  let page = '';
  for (let index = start; index < count; index++) {
    const next = entry(index);
    if (page.length + next.length > longestPage) break;
    page += next;
  }
  return page;
}

/** What the daemon tells of itself. */
export interface InfoReport {
  readonly nitroPid: number;
  /** nitro's too: the reference sends it under both tags. */
  readonly pid: number;
  /** Services known now. */
  readonly maxService: number;
  /** Children reaped. */
  readonly totalReaps: number;
  /** Of these, the ones that belonged to a service. */
  readonly totalServiceReaps: number;
}

/** Reply to INFO. */
export function encodeInfoReply(info: InfoReport): Bytes {
  return (
    packet(Tag.NITRO_PID, u32(info.nitroPid)) +
    packet(Tag.PID, u32(info.pid)) +
    packet(Tag.MAX_SERVICE, u32(info.maxService)) +
    packet(Tag.TOTAL_REAPS, u32(info.totalReaps)) +
    packet(Tag.TOTAL_SV_REAPS, u32(info.totalServiceReaps))
  );
}
