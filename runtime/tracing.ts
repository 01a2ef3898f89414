/**
 * Tracing: every step of the machines, told to those who asked for it (docs/trace.md).
 *
 * Theory of operation. A client that asks is a tracer from then on, by the name of its socket in `notify/`. Each step that a machine takes, also
 * one that changes nothing, is written down when its row is chosen, before its actions: causes come before what they cause. What is
 * written down is sent before nitro waits or answers, and when a datagram is full: the queue of a socket has few of them. A datagram begins
 * with the number of its first step, so that one who misses steps knows how many. A tracer that is full misses them; one that cannot be
 * reached is one no longer, and may ask again. Without tracers a step is counted, and nothing more.
 */
import type { Leaf, Row } from '../table/format.js';
import { STAY } from '../table/format.js';
import type { Bytes, Fd, Os } from './os.js';
import { lastSegment } from './paths.js';
import { ok, Tag } from './protocol.js';
import { packet, u32 } from './wire.js';

/** Tracers at a time. */
export const tracersMax = 8;
/** Bytes of a datagram of steps. One step is far below this: its names are bounded. */
export const stepsBytesMax = 16_384;
/** Of these, the packet with the number of the first step. */
const numberBytes = 7;

export class Tracing {
  private tracers: readonly Bytes[] = [];
  /** Steps since nitro began, also those that nobody traced: one who lost touch for a while finds out how many they were. */
  private count = 0;
  /** Packets of the last steps, which nobody was told yet; and the number of the first. */
  private pending: Bytes = '';
  private first = 0;

  constructor(
    private readonly os: Os,
    private readonly control: Fd,
    /** Of listeners: a tracer is a socket in it, by whatever path its owner reached it. */
    private readonly directory: Bytes,
  ) {}

  /** Make the sender a tracer. The answer: OK and the number of the next step; null if it is no socket in `notify/`, or there are too many. */
  add(sender: Bytes): Bytes | null {
    this.flush();
    const path = `${this.directory}/${lastSegment(sender)}`;
    if (!this.tracers.includes(path)) {
      if (this.tracers.length >= tracersMax) this.keep((tracer) => this.os.probe(tracer) >= 0);
      if (this.tracers.length >= tracersMax || this.os.probe(path) < 0) return null;
      this.tracers = [...this.tracers, path];
    }
    return ok + this.number();
  }

  /** Packet with the number of the next step. */
  number(): Bytes {
    return packet(Tag.STEPS, u32(this.count));
  }

  /**
   * A machine in `leaf` takes `row` on an event; null: it ignores it. `name` is the service, or empty for the system.
   */
  step(name: Bytes, event: string, leaves: readonly Leaf[], leaf: number, row: Row | null): void {
    if (this.tracers.length === 0) {
      this.count += 1;
      this.first = this.count;
      return;
    }
    const from = leaves[leaf]?.name ?? '';
    const to = row === null || row.target === STAY ? from : (leaves[row.target]?.name ?? '');
    const step = packet(Tag.STEP, [name, event, from, to, ...(row?.actions ?? [])].join('\0'));
    if (numberBytes + this.pending.length + step.length > stepsBytesMax) this.flush();
    this.pending += step;
    this.count += 1;
  }

  /** Tell the tracers what was written down. */
  flush(): void {
    if (this.pending === '') return;
    const datagram = packet(Tag.STEPS, u32(this.first)) + this.pending;
    this.pending = '';
    this.first = this.count;
    const { EAGAIN } = this.os.errno;
    this.keep((tracer) => {
      const sent = this.os.send(this.control, tracer, datagram, 0);
      return sent >= 0 || -sent === EAGAIN;
    });
  }

  /** The control socket is being closed: what is written down now is the last that can be told. */
  close(): void {
    this.flush();
    this.keep(() => false);
  }

  private keep(isKept: (tracer: Bytes) => boolean): void {
    this.tracers = this.tracers.filter(isKept);
  }
}
