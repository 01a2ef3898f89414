/**
 * Telling listeners of changes of state (behaviour.md §7).
 *
 * Every datagram socket in `notify/` is a listener. The directory is looked at with the first announcement after something could have
 * changed it: a request, or a wait; it is read if it has changed. A listener that is full is skipped, one with no process behind it is
 * removed.
 */
import type { Bytes, Fd, Os } from './os.js';
import { listensTo, parseListener } from './paths.js';
import type { Listener } from './paths.js';
import { announcement } from './protocol.js';

interface Socket {
  readonly listener: Listener;
  readonly path: Bytes;
}

export class Announcements {
  private sockets: Socket[] | null = null;
  /** As read last: what counts when the directory cannot be read now. */
  private known: Socket[] = [];
  /** Of the directory, before it was read last. */
  private stamp: Bytes = '';

  constructor(
    private readonly os: Os,
    private readonly control: Fd,
    private readonly directory: Bytes,
  ) {}

  /** Listeners may have come or gone. */
  invalidate(): void {
    this.sockets = null;
  }

  announce(state: number, name: Bytes): void {
    this.sockets ??= this.read();
    const datagram = announcement(state, name);
    for (const { listener, path } of this.sockets) {
      if (!listensTo(listener, name)) continue;
      const sent = this.os.send(this.control, path, datagram, 0);
      if (-sent === this.os.errno.ECONNREFUSED) this.remove(path);
    }
  }

  private read(): Socket[] {
    const stamp = this.os.stampOf(this.directory);
    if (stamp !== '' && stamp === this.stamp) return this.known;
    const entries = this.os.list(this.directory);
    if (typeof entries === 'number') return this.known;
    this.stamp = stamp;
    this.known = entries.flatMap((file) => {
      const listener = parseListener(file);
      return listener === null ? [] : [{ listener, path: `${this.directory}/${file}` }];
    });
    return this.known;
  }

  /** A file that is no socket refuses too, and is not ours to remove. */
  private remove(path: Bytes): void {
    if (this.os.kind(path) === 'socket') this.os.unlink(path);
    this.sockets = this.sockets?.filter((socket) => socket.path !== path) ?? null;
  }
}
