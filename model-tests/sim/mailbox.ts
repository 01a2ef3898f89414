/** The queue of a datagram socket: bounded, as the system's is. */
import type { Datagram } from '../../runtime/os.js';

/** Datagrams that wait in a socket at most: Linux has 10 (net.unix.max_dgram_qlen), and takes one more. */
export const mailboxMax = 10;

export class Mailbox {
  readonly queue: Datagram[] = [];

  constructor(
    readonly path: string,
    /** Told of what comes in; what it takes does not stay in the queue. */
    private readonly take: ((datagram: Datagram) => boolean) | null,
  ) {}

  get isFull(): boolean {
    return this.queue.length >= mailboxMax;
  }

  /** False: there is no room. */
  post(datagram: Datagram): boolean {
    if (this.take?.(datagram) === true) return true;
    if (this.isFull) return false;
    this.queue.push(datagram);
    return true;
  }
}
