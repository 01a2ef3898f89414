/**
 * Names and paths between the byte strings of the runtime and the text of Node.
 *
 * A name on Unix is bytes. Inside, it is a string of one character a byte, as in the runtime; Node's functions take a Buffer, people
 * and JSON take characters. What is not UTF-8 is shown as `\xHH`.
 */
import type { Bytes } from '../../../runtime/os.js';
import { sequences } from '../../ctl-utf8.js';

/** The bytes of a text, such as an argument of the command line. */
export function bytesOf(text: string): Bytes {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** A path for the functions of `node:fs`. */
export function fsPath(path: Bytes): Buffer {
  return Buffer.from(path, 'latin1');
}

/** Text of bytes: characters where they are UTF-8, `\xHH` for every other byte and for control characters. */
export function textOf(bytes: Bytes): string {
  let text = '';
  for (const { text: sequence, valid } of sequences(bytes)) {
    const characters = valid ? Buffer.from(sequence, 'latin1').toString('utf8') : '';
    // U+0080 to U+009F are control characters too.
    if (valid && !/[\0-\x1f\x7f-\x9f]/.test(characters)) text += characters;
    else for (const byte of sequence) text += `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
  }
  return text;
}

/** A text in characters, for widths: one for each code point. */
export function charactersOf(text: string): readonly string[] {
  return Array.from(text);
}

/** Is all of it UTF-8 that a terminal can show? */
export function isShowable(bytes: Bytes): boolean {
  return !/\\x[0-9a-f]{2}/.test(textOf(bytes.split('\\').join('/')));
}

/** How far apart two words are: letters to insert, leave out, replace, or exchange with their neighbour. */
export function distance(one: string, other: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) {
      const replaced = (row[j] ?? 0) + (one.charAt(i) === other.charAt(j) ? 0 : 1);
      const isExchanged = i > 0 && j > 0 && one.charAt(i) === other.charAt(j - 1) && one.charAt(i - 1) === other.charAt(j);
      const exchanged = isExchanged ? (before[j - 1] ?? 0) + 1 : Infinity;
      next.push(Math.min(replaced, exchanged, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}

/** Those of `known` that `word` may have meant, the nearest first, three at most. */
export function nearTo(word: string, known: readonly string[]): readonly string[] {
  const most = Math.max(1, Math.floor(word.length / 3));
  const lower = word.toLowerCase();
  return known
    .map((each) => ({ each, far: distance(lower, each.toLowerCase()) }))
    .filter(({ each, far }) => far <= most || (lower !== '' && each.toLowerCase().startsWith(lower)))
    .sort((one, other) => one.far - other.far)
    .slice(0, 3)
    .map(({ each }) => each);
}
