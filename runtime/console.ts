/**
 * What nitro says on stderr.
 *
 * Nobody need read it: a message that does not fit now is dropped, and how many were is said with the next one that fits
 * (behaviour.md §4).
 */
import type { Bytes, Os, Result } from './os.js';

export class Console {
  private dropped = 0;

  constructor(private readonly os: Os) {}

  /** One line, `- nitro: TEXT`. Names in it may hold any byte; what would break the line or steer a terminal is shown as `?`. */
  say(text: Bytes): void {
    let line = '';
    for (const byte of text) line += byte < ' ' || byte === '\x7f' ? '?' : byte;
    this.raw(`- nitro: ${line}\n`);
  }

  /** What failed and why: `- nitro: WHAT: TEXT OF THE ERROR`. */
  sayError(what: Bytes, result: Result): void {
    this.say(`${what}: ${this.os.describe(-result)}`);
  }

  /** Text as it is, for lines that are written in pieces. */
  raw(text: Bytes): void {
    if (this.dropped > 0 && this.os.say(`- nitro: ${String(this.dropped)} messages were dropped\n`) >= 0) this.dropped = 0;
    if (this.os.say(text) < 0) this.dropped += 1;
  }
}
