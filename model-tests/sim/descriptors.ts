/** nitro's descriptors, and which of them it watches. 0, 1 and 2 are there from the start; the lowest free number is the next one. */
import type { Datagram, Fd, Result } from '../../runtime/os.js';
import { E } from './errors.js';
import type { Mailbox } from './mailbox.js';
import type { Pipe } from './pipe.js';
import type { World } from './world.js';

export type Open =
  | { readonly kind: 'read' | 'write'; readonly pipe: Pipe }
  | { readonly kind: 'socket'; readonly box: Mailbox };

const first = 3;

export class Descriptors {
  private readonly table: (Open | null)[] = [];
  private readonly watched = new Set<Fd>();

  constructor(private readonly world: World) {}

  count(): { readonly logPipes: number; readonly otherDescriptors: number; readonly watched: number } {
    const open = this.table.filter((each) => each !== null);
    const ends = open.filter((each) => each.kind !== 'socket' && each.pipe.isLog).length;
    return { logPipes: ends / 2, otherDescriptors: open.length - ends, watched: this.watched.size };
  }

  /** All that are open, the first three among them. */
  all(): ReadonlySet<Fd> {
    return new Set([0, 1, 2, ...this.table.flatMap((each, place) => (each === null ? [] : [first + place]))]);
  }

  /** For a fingerprint of the state: every descriptor that is open, by itself. */
  openOnes(): readonly {
    readonly fd: Fd;
    readonly kind: Open['kind'];
    readonly isWatched: boolean;
    readonly pipe: Pipe | null;
    readonly queue: readonly Datagram[];
  }[] {
    return this.table.flatMap((each, place) => {
      if (each === null) return [];
      const isSocket = each.kind === 'socket';
      const isWatched = this.watched.has(first + place);
      return [{ fd: first + place, kind: each.kind, isWatched, pipe: isSocket ? null : each.pipe, queue: isSocket ? each.box.queue : [] }];
    });
  }

  open(what: Open): Fd {
    if (what.kind === 'read') what.pipe.readers += 1;
    if (what.kind === 'write') what.pipe.writers += 1;
    const free = this.table.indexOf(null);
    const place = free < 0 ? this.table.length : free;
    this.table[place] = what;
    return first + place;
  }

  private at(fd: Fd): Open {
    const open = this.table[fd - first] ?? null;
    if (open === null) throw new Error(`descriptor ${String(fd)} is not open`);
    return open;
  }

  close(fd: Fd): void {
    const open = this.at(fd);
    if (this.watched.has(fd)) throw new Error(`descriptor ${String(fd)} is closed while it is watched`);
    this.table[fd - first] = null;
    switch (open.kind) {
      case 'read':
        this.world.closeReader(open.pipe);
        return;
      case 'write':
        this.world.closeWriter(open.pipe);
        return;
      case 'socket': {
        this.world.note({ type: 'controlClosed' });
        const node = this.world.files.find(open.box.path);
        if (typeof node !== 'number' && node.kind === 'socket') node.box = null;
      }
    }
  }

  watch(fd: Fd): void {
    this.at(fd);
    this.watched.add(fd);
  }
  unwatch(fd: Fd): void {
    this.watched.delete(fd);
  }

  /** Those watched that have something. */
  ready(): readonly Fd[] {
    const ready: Fd[] = [];
    for (const fd of this.watched) {
      const open = this.at(fd);
      if (open.kind === 'socket' ? open.box.queue.length > 0 : open.kind === 'read' && open.pipe.isReadable) ready.push(fd);
    }
    return ready;
  }

  /** Non-blocking. Where more than a byte is there, sometimes only one comes. */
  read(fd: Fd, max: number): string | Result {
    const open = this.at(fd);
    if (open.kind !== 'read') return -E.EBADF;
    const { pipe } = open;
    if (pipe.data === '') return pipe.writers > 0 ? -E.EAGAIN : '';
    // The number on a status pipe is written, and so read, in one piece.
    const isNumber = pipe.data.charAt(0) >= '0' && pipe.data.charAt(0) <= '9';
    const isShort = !isNumber && pipe.data.length > 1 && this.world.chooser.choose(2, 'short') === 1;
    return pipe.read(isShort ? 1 : max);
  }

  receive(fd: Fd): Datagram | null {
    const open = this.at(fd);
    return open.kind === 'socket' ? (open.box.queue.shift() ?? null) : null;
  }

  /** The pipe behind a descriptor; null for one of the first three, or none. */
  pipeOf(fd: Fd): Pipe | null {
    if (fd < first) return null;
    const open = this.at(fd);
    return open.kind === 'socket' ? null : open.pipe;
  }

  /** For a fingerprint of the state. */
  describe(pipeText: (pipe: Pipe) => string): string {
    return this.table
      .map((open, place) => {
        if (open === null) return '';
        const content = open.kind === 'socket' ? open.box.queue.map(({ data, from }) => from + data).join() : pipeText(open.pipe);
        return `${open.kind}${this.watched.has(first + place) ? '*' : ''}:${content}`;
      })
      .join(';');
  }
}
