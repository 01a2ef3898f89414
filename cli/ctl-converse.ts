/**
 * The loop that carries dialogues with the daemon.
 *
 * Theory of operation. A dialogue is what one request leads to: its first packet, what it makes of each datagram that
 * arrives, and when it is over. It is pure but for its own memory; this loop owns the sockets and the time. All first
 * packets go out before anything is waited for; only where there are more dialogues than descriptors, some begin when
 * others are over. Once a second, a dialogue that is not over sends its reminder: a harmless question, never the
 * request again, since a restart or a signal must not be done twice. So a lost datagram delays, and never hangs, and a
 * daemon that is gone is noticed by the next reminder (behaviour.md §8).
 *
 * Requests are carried out in the order they were sent, and replies come in that order. So the reply to a reminder
 * also says that what was sent before has been carried out.
 */
import type { Bytes, Fd } from '../runtime/os.js';
import type { Link, LinkOs, Unreachable } from './ctl-link.js';

/** One exchange with the daemon. */
export interface Dialogue {
  /** Service whose announcements it wants; ALL for every one, empty for none. */
  readonly listensTo: Bytes;
  /** First packet. Null: only see whether there is a daemon. */
  readonly opening: Bytes | null;
  /** What to send once a second while it is not over. Null: only see whether there still is a daemon. */
  reminder(): Bytes | null;
  /** Take in a datagram. What to send at once, null for nothing. */
  hear(datagram: Bytes): Bytes | null;
  /** Is nothing more waited for? */
  over(): boolean;
  /** All that had arrived was taken in: time for what takes longer, such as to print. */
  settle?(): void;
}

/** Why the loop ended. */
export type Ending =
  | { readonly kind: 'over' | 'timedOut' }
  | { readonly kind: 'interrupted'; readonly signal: number }
  | Unreachable;

/** A dialogue asks again after this, in milliseconds. */
export const remindMs = 1000;
/** How long to wait at a time for a daemon that takes nothing in, in milliseconds. */
export const roomWaitMs = 100;
/** So many datagrams of one socket are taken in before signals and the time are looked at again. */
const drainLimit = 100;

interface Party {
  readonly dialogue: Dialogue;
  readonly fd: Fd;
  /** Packets that are not sent yet; null is a probe. */
  readonly outbox: (Bytes | null)[];
  remindAt: number;
}

/** Carry the dialogues until all are over, or it cannot go on. `deadline` is a time of `os.now`, null for none. */
export function converse(os: LinkOs, link: Link, dialogues: readonly Dialogue[], deadline: number | null): Ending {
  return new Conversation(os, link, dialogues, deadline).run();
}

class Conversation {
  private readonly byFd = new Map<Fd, Party>();
  /** Those that have begun and are not over. */
  private active: Party[] = [];
  /** How many of the dialogues have begun. */
  private begun = 0;

  constructor(
    private readonly os: LinkOs,
    private readonly link: Link,
    private readonly dialogues: readonly Dialogue[],
    private readonly deadline: number | null,
  ) {}

  run(): Ending {
    for (;;) {
      const unreachable = this.begin();
      if (unreachable !== null) return unreachable;
      const sent = this.sendAll();
      if (typeof sent !== 'string') return this.lastWords(sent);
      if (this.active.length === 0) return { kind: 'over' };
      const now = this.os.now();
      if (this.deadline !== null && now >= this.deadline) return { kind: 'timedOut' };
      const ready = this.os.poll(sent === 'full' ? 0 : this.waitMs(now));
      const [signal] = this.os.takeSignals();
      if (signal !== undefined) return { kind: 'interrupted', signal };
      this.receive(ready);
      this.remind();
    }
  }

  /** Begin as many of the dialogues as there are descriptors for. */
  private begin(): Unreachable | null {
    for (; this.begun < this.dialogues.length; this.begun++) {
      const dialogue = this.dialogues[this.begun];
      if (dialogue === undefined) break;
      const fd = this.link.open(dialogue.listensTo);
      if (fd === 'noMore') break;
      if (typeof fd !== 'number') return fd;
      const party: Party = { dialogue, fd, outbox: [dialogue.opening], remindAt: this.os.now() + remindMs };
      this.byFd.set(fd, party);
      this.active.push(party);
    }
    return null;
  }

  /** Send what is to be sent, in its order, as far as the daemon takes it. */
  private sendAll(): 'sent' | 'full' | Unreachable {
    for (const party of this.active) {
      while (party.outbox.length > 0) {
        const sent = this.sendOne(party.fd, party.outbox[0] ?? null);
        if (sent !== 'sent') return sent;
        party.outbox.shift();
      }
    }
    return 'sent';
  }

  private sendOne(fd: Fd, data: Bytes | null): 'sent' | 'full' | Unreachable {
    if (data === null) return this.link.probe() ?? 'sent';
    const left = this.deadline === null ? roomWaitMs : Math.max(0, this.deadline - this.os.now());
    return this.link.send(fd, data, Math.min(roomWaitMs, Math.ceil(left)));
  }

  private waitMs(now: number): number {
    let until = this.deadline ?? Infinity;
    for (const party of this.active) until = Math.min(until, party.remindAt);
    return Math.max(0, Math.ceil(until - now));
  }

  private receive(ready: readonly Fd[]): void {
    for (const fd of ready) {
      const party = this.byFd.get(fd);
      if (party !== undefined) this.drain(party);
    }
    if (ready.length > 0) this.active = this.active.filter((party) => !this.endIfOver(party));
  }

  private endIfOver(party: Party): boolean {
    if (!party.dialogue.over()) return false;
    this.byFd.delete(party.fd);
    this.link.close(party.fd);
    return true;
  }

  /** Take in what has arrived, as far as it still matters. */
  private drain(party: Party): void {
    this.takeIn(party);
    party.dialogue.settle?.();
  }

  /** The queue of a socket is short, and a datagram may take long to look at: before each, the queue is emptied. */
  private takeIn(party: Party): void {
    const waiting: Bytes[] = [];
    for (let count = 0; !party.dialogue.over(); ) {
      for (; count < drainLimit; count++) {
        const datagram = this.os.receive(party.fd);
        if (datagram === null) break;
        waiting.push(datagram.data);
      }
      const next = waiting.shift();
      if (next === undefined) return;
      const answer = party.dialogue.hear(next);
      if (answer === null) continue;
      party.outbox.push(answer);
      party.remindAt = this.os.now() + remindMs;
    }
  }

  private remind(): void {
    const now = this.os.now();
    for (const party of this.active) {
      if (party.remindAt > now) continue;
      party.remindAt = now + remindMs;
      if (party.outbox.length === 0) party.outbox.push(party.dialogue.reminder());
    }
  }

  /** The daemon is gone; but the answer may have arrived just before. */
  private lastWords(unreachable: Unreachable): Ending {
    this.receive(this.active.map((party) => party.fd));
    const allOver = this.active.length === 0 && this.begun === this.dialogues.length;
    return allOver ? { kind: 'over' } : unreachable;
  }
}
