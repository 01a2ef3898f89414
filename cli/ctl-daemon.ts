/**
 * The dialogues that are about no single service: the whole list, the daemon's numbers, and the requests to the
 * daemon itself.
 *
 * Theory of operation. Their sockets listen to nothing, so whatever arrives is a reply. A list comes in pages, asked
 * for one after the other by the number of services to skip. It is complete when a page says nothing new: it is
 * empty, or it is a first page again, from a daemon that ignores the number (protocol.md).
 */
import type { Bytes } from '../runtime/os.js';
import { everyService } from '../runtime/paths.js';
import { encodeRequest } from '../runtime/protocol.js';
import { decodeReplies, type Fields } from '../runtime/wire-replies.js';
import type { Dialogue } from './ctl-converse.js';

/** How such a dialogue ended. */
export type DaemonResult = 'done' | 'unknownCommand';

/** LIST, page by page. */
export class ListDialogue implements Dialogue {
  readonly listensTo = '';
  readonly opening = encodeRequest({ kind: 'list', start: 0 });
  /** Null while it is not over. */
  result: DaemonResult | null = null;
  private readonly byName = new Map<Bytes, Readonly<Fields>>();
  /** Services in the pages so far. */
  private received = 0;

  /** What is known so far, sorted by the bytes of the names. */
  services(): readonly Readonly<Fields>[] {
    const names = Array.from(this.byName.keys()).sort();
    return names.map((name) => this.byName.get(name) ?? { name });
  }

  over(): boolean {
    return this.result !== null;
  }

  reminder(): Bytes {
    return encodeRequest({ kind: 'list', start: this.received });
  }

  hear(datagram: Bytes): Bytes | null {
    const before = this.byName.size;
    let isPage = datagram === '';
    for (const item of decodeReplies(datagram)) {
      if (item.kind === 'unknownCommand') this.result = 'unknownCommand';
      if (item.kind !== 'service') continue;
      isPage = true;
      this.received++;
      if (item.fields.name !== undefined) this.byName.set(item.fields.name, item.fields);
    }
    if (!isPage || this.over()) return null;
    if (this.byName.size > before) return this.reminder();
    this.result = 'done';
    return null;
  }
}

/** INFO. */
export class InfoDialogue implements Dialogue {
  readonly listensTo = '';
  readonly opening = encodeRequest({ kind: 'info' });
  result: DaemonResult | null = null;
  fields: Readonly<Fields> = {};

  over(): boolean {
    return this.result !== null;
  }

  reminder(): Bytes {
    return this.opening;
  }

  hear(datagram: Bytes): Bytes | null {
    for (const item of decodeReplies(datagram)) {
      if (item.kind === 'unknownCommand') this.result = 'unknownCommand';
      if (item.kind !== 'fields') continue;
      this.fields = item.fields;
      this.result = 'done';
    }
    return null;
  }
}

/** A request to the daemon itself, which it answers with OK. */
export class TellDialogue implements Dialogue {
  readonly listensTo = '';
  readonly opening: Bytes;
  result: DaemonResult | null = null;

  constructor(request: 'rescan' | 'shutdown' | 'reboot') {
    this.opening = encodeRequest({ kind: request });
  }

  over(): boolean {
    return this.result !== null;
  }

  /** Not the request again: a second one for shutdown would end the wait for `SYS/finish` (behaviour.md §6). */
  reminder(): Bytes {
    return encodeRequest({ kind: 'info' });
  }

  hear(datagram: Bytes): Bytes | null {
    for (const item of decodeReplies(datagram)) {
      if (item.kind === 'ok' || item.kind === 'fields') this.result = 'done';
      if (item.kind === 'unknownCommand') this.result = 'unknownCommand';
    }
    return null;
  }
}

/**
 * Every announcement, until nobody reads them. It asks for nothing, and only looks whether there still is a daemon. What has arrived is
 * taken in before it is printed, since the queue of a socket is short.
 */
export class EventsDialogue implements Dialogue {
  readonly listensTo = everyService;
  readonly opening = null;
  private lines = '';

  /** `line` makes a line of an announcement; `print` is given several. */
  constructor(
    private readonly line: (state: number, name: Bytes) => Bytes,
    private readonly print: (lines: Bytes) => void,
    private readonly unread: () => boolean,
  ) {}

  settle(): void {
    const { lines } = this;
    this.lines = '';
    if (lines !== '') this.print(lines);
  }

  over(): boolean {
    return this.unread();
  }

  reminder(): null {
    return null;
  }

  hear(datagram: Bytes): null {
    for (const item of decodeReplies(datagram)) {
      if (item.kind === 'announcement') this.lines += this.line(item.state, item.name);
    }
    return null;
  }
}
