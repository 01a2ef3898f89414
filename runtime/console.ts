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

  /** One line, `- nitro: TEXT`. */
  say(text: Bytes): void {
    this.raw(`- nitro: ${text}\n`);
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
