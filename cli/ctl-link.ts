/**
 * nitroctl's sockets.
 *
 * Theory of operation. Each dialogue with the daemon has a socket of its own in `notify/`, named after the service it
 * is about, so that replies and announcements of that service arrive on it (protocol.md). A name that is taken, be it
 * by a process of the same pid in another container or by one that was killed, is left alone, and the next number
 * tried. Whatever happens afterwards, `closeAll` removes all of them.
 */
import type { Bytes, ControlOs, Fd, Os } from '../runtime/os.js';
import { controlPath, listenerFile, notifyDirectory } from '../runtime/paths.js';

/** The system, as far as the dialogues need it. `probe` asks whether anybody listens, without waking them. */
export type LinkOs = ControlOs & Pick<Os, 'probe'>;

/** Why the daemon cannot be reached, for people. */
export interface Unreachable {
  readonly kind: 'unreachable';
  readonly reason: Bytes;
}

/** What became of a packet: with the daemon, or no room for it now. */
export type Sent = 'sent' | 'full' | Unreachable;

/** No system has room for a longer path to a socket, in bytes. */
const socketPathLimit = 107;
/** So many sockets of the same service and pid are taken to be left over from others. */
const tries = 100;

/** The sockets of one run of nitroctl. */
export class Link {
  readonly path: Bytes;
  private readonly directory: Bytes;
  private readonly bound = new Map<Fd, Bytes>();
  private count = 0;

  constructor(private readonly os: LinkOs) {
    this.path = controlPath(os);
    this.directory = notifyDirectory(this.path);
  }

  /**
   * A watched socket that listens to a service; to none, for the empty name. 'noMore': there is no descriptor for it,
   * until one of the others is closed.
   */
  open(listensTo: Bytes): Fd | 'noMore' | Unreachable {
    for (let attempt = 0; ; attempt++) {
      const path = `${this.directory}/${listenerFile(listensTo, `${this.os.pid()}_${this.count++}`)}`;
      const fd = this.os.bind(path);
      if (fd >= 0) {
        this.bound.set(fd, path);
        this.os.watch(fd);
        return fd;
      }
      const { EMFILE, ENFILE } = this.os.errno;
      if ((-fd === EMFILE || -fd === ENFILE) && this.bound.size > 0) return 'noMore';
      const taken = typeof this.os.kind(path) === 'string';
      if (!taken || attempt >= tries) return this.cannotListen(path, -fd);
    }
  }

  /** Send a packet to the daemon; wait at most `waitMs` for room. */
  send(fd: Fd, data: Bytes, waitMs: number): Sent {
    const sent = this.os.send(fd, this.path, data, waitMs);
    if (sent >= 0) return 'sent';
    const { EAGAIN, EINTR } = this.os.errno;
    return -sent === EAGAIN || -sent === EINTR ? 'full' : this.gone(-sent);
  }

  /** See whether there is a daemon, without a packet. Null: yes. */
  probe(): Unreachable | null {
    const found = this.os.probe(this.path);
    return found >= 0 ? null : this.gone(-found);
  }

  /** Close and remove a socket. */
  close(fd: Fd): void {
    const path = this.bound.get(fd);
    if (path === undefined) return;
    this.bound.delete(fd);
    this.os.unwatch(fd);
    this.os.close(fd);
    this.os.unlink(path);
  }

  /** Close and remove all sockets. */
  closeAll(): void {
    for (const fd of Array.from(this.bound.keys())) this.close(fd);
  }

  private gone(errno: number): Unreachable {
    return { kind: 'unreachable', reason: `cannot reach nitro at ${this.path}: ${this.os.describe(errno)}` };
  }

  private cannotListen(path: Bytes, errno: number): Unreachable {
    const { os, directory } = this;
    const kind = os.kind(directory);
    if (typeof kind === 'number') {
      const reason = `cannot reach nitro at ${this.path}: no directory ${directory}: ${os.describe(-kind)}`;
      return { kind: 'unreachable', reason };
    }
    let reason = `cannot make the socket ${path}: ${os.describe(errno)}`;
    if (path.length > socketPathLimit) reason += ` (${path.length} bytes; a socket's path has at most ${socketPathLimit})`;
    return { kind: 'unreachable', reason };
  }
}
