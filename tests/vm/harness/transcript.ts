/**
 * What came over a serial port, and a place in it up to which the test has read: each wait goes on from where the last one ended, so a
 * series of waits says in which order things come.
 */
export class Transcript {
  text = '';
  private readTo = 0;

  /** Take in what came. A terminal's carriage returns are left out. */
  add(text: string): void {
    this.text += text.replaceAll('\r', '');
  }

  /** What has not been read yet. */
  get unread(): string {
    return this.text.slice(this.readTo);
  }

  /** Find text, or what matches, in what is unread, and read to its end. Null: it has not come yet. */
  take(wanted: string | RegExp): RegExpExecArray | null {
    const pattern = typeof wanted === 'string' ? new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : wanted;
    const found = pattern.exec(this.unread);
    if (found !== null) this.readTo += found.index + found[0].length;
    return found;
  }

  /** The last lines, for a message. */
  tail(lines = 60): string {
    return this.text.split('\n').slice(-lines).join('\n');
  }
}
