/**
 * Packets and frames: the lowest layer of the control protocol.
 *
 * Theory of operation. A datagram is a row of packets `len16le, tag8, payload[len]`. Two lengths that no payload can
 * have open and close a frame of the given tag instead: 0xFFFF and 0xFFFE. This file knows these three shapes and
 * little-endian numbers, and nothing of what a tag means. All is pure: byte strings in, byte strings out
 * (protocol.md).
 *
 * Reading never fails with an exception. What does not fit the format reads as null, and the rest of the datagram
 * with it, since without a length nobody can say where the next packet begins.
 */
import type { Bytes } from './os.js';

/** Length that opens a frame. */
export const frameOpens = 0xffff;
/** Length that closes a frame. */
export const frameCloses = 0xfffe;
/** Bytes of length and tag before the payload. */
export const headerSize = 3;

/** Longest payload of a packet, in bytes. */
export const longestPayload = 0xfffd;

/** One part of a datagram; `next` is the offset of the part after it. */
export type Part =
  | { readonly kind: 'packet'; readonly tag: number; readonly payload: Bytes; readonly next: number }
  | { readonly kind: 'opens'; readonly tag: number; readonly next: number }
  | { readonly kind: 'closes'; readonly tag: number; readonly next: number };

/** One byte; of a greater number the lowest eight bits. */
export function u8(value: number): Bytes {
  return String.fromCharCode(value & 0xff);
}

/** Four bytes; the number counts modulo 2^32, so that a negative one reads as an i32 again. */
export function u32(value: number): Bytes {
  const word = value >>> 0;
  return String.fromCharCode(word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24);
}

/** Length and tag; of `frameOpens` or `frameCloses`, an end of a frame. */
export function header(length: number, tag: number): Bytes {
  return String.fromCharCode(length & 0xff, length >>> 8, tag & 0xff);
}

/** The unsigned number of the four bytes at `at`, which must be there. */
export function readU32(bytes: Bytes, at = 0): number {
  return readI32(bytes, at) >>> 0;
}

/** The signed number of the four bytes at `at`, which must be there. */
export function readI32(bytes: Bytes, at = 0): number {
  return (
    bytes.charCodeAt(at) |
    (bytes.charCodeAt(at + 1) << 8) |
    (bytes.charCodeAt(at + 2) << 16) |
    (bytes.charCodeAt(at + 3) << 24)
  );
}

/** A packet. A payload longer than `longestPayload` is a bug of the caller, and throws. */
export function packet(tag: number, payload: Bytes = ''): Bytes {
  if (payload.length > longestPayload) throw new RangeError('payload too long for a packet');
  return header(payload.length, tag) + payload;
}

/** The frame of a tag around packets that are encoded already. */
export function frame(tag: number, content: Bytes): Bytes {
  return header(frameOpens, tag) + content + header(frameCloses, tag);
}

/** The part that begins at `at`; null at the end, and where what is left is too short to be the part it says it is. */
export function readPart(datagram: Bytes, at: number): Part | null {
  const start = at + headerSize;
  if (datagram.length < start) return null;
  const length = datagram.charCodeAt(at) | (datagram.charCodeAt(at + 1) << 8);
  const tag = datagram.charCodeAt(at + 2);
  if (length === frameOpens) return { kind: 'opens', tag, next: start };
  if (length === frameCloses) return { kind: 'closes', tag, next: start };
  const next = start + length;
  if (datagram.length < next) return null;
  return { kind: 'packet', tag, payload: datagram.slice(start, next), next };
}
