/**
 * What is being inspected: the model, the clock of its stream, and whether the other end is there.
 */
import type { TraceEntry, TraceHeader } from '../trace/format.js';
import type { All, Link } from './messages.js';
import { Model } from './model.js';

export class Inspection {
  readonly model = new Model();
  link: Link = 'waiting';
  header: TraceHeader | null = null;
  /** Told when everything must be looked at anew. */
  renewed: () => void = () => undefined;
  private began = performance.now();
  private start = 0;
  private epoch: number | null = null;

  /** `speed`: seconds of the stream in a second. */
  constructor(
    readonly mode: 'live' | 'recorded',
    readonly speed: number,
  ) {
    if (mode === 'live') this.epoch = Date.now();
  }

  /** Time of the stream, in milliseconds; not for one that is held. */
  get now(): number {
    return this.start + (performance.now() - this.began) * this.speed;
  }

  /** The same, as it is shown: it stands still while nobody is at the other end. */
  get shown(): number {
    if (this.link === 'held') return this.start;
    return this.link === 'live' ? this.now : this.model.now;
  }

  /** Wall clock of a time of the stream, in milliseconds since 1970. */
  wallClock(t: number): number {
    return (this.epoch ?? 0) + t;
  }

  /** The stream begins, or is found again. Of a recorded one, `start` is the time of its first entry. */
  begin(header: TraceHeader, start = 0): void {
    this.header = header;
    if (this.mode === 'recorded') {
      this.began = performance.now();
      this.start = start;
      this.epoch = header.began === null ? null : Date.parse(header.began);
    }
  }

  take(entry: TraceEntry): void {
    this.model.take(entry);
  }

  /** The clock stands still, at this time. */
  hold(at = this.shown): void {
    this.start = at;
    this.turn('held');
  }

  /** It goes on from there. */
  go(): void {
    if (this.link !== 'held') return;
    this.began = performance.now();
    this.turn('live');
  }

  /** The other end is there now, or is not any more. */
  turn(link: Link): void {
    if (link === this.link && link !== 'held') return;
    this.link = link;
    this.renewed();
  }

  all(): All {
    const { model, link, header, epoch } = this;
    return { kind: 'all', t: this.shown, link, header, epoch, system: model.system, rows: model.rows() };
  }
}
