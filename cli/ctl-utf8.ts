/**
 * UTF-8 in byte strings.
 *
 * Names are bytes and need not be UTF-8. Where they go to something that wants characters (a terminal, JSON), this
 * tells the valid sequences from the rest.
 */
import type { Bytes } from '../runtime/os.js';

/** Length in bytes that the first byte of a sequence asks for, 0 if it cannot be one. */
function lengthFrom(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/**
 * Length in bytes of the valid sequence at `at`, 0 if there is none. No surrogates, nothing overlong, nothing above
 * U+10FFFF.
 */
export function sequenceLength(bytes: Bytes, at: number): number {
  const first = bytes.charCodeAt(at);
  const length = lengthFrom(first);
  if (length <= 1 || at + length > bytes.length) return length === 1 ? 1 : 0;
  const second = bytes.charCodeAt(at + 1);
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let rest = 2; rest < length; rest++) {
    if ((bytes.charCodeAt(at + rest) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** Cut into its valid sequences, and single bytes where there is none. */
export function* sequences(bytes: Bytes): Generator<{ readonly text: Bytes; readonly valid: boolean }, void> {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    const next = at + (length === 0 ? 1 : length);
    yield { text: bytes.slice(at, next), valid: length > 0 };
    at = next;
  }
}
