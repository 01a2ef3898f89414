/**
 * Virtual time: what will happen, and when.
 *
 * Theory of operation. An entry is an action with a time and a *lane*, such as a process. Entries of one lane happen in their order; of
 * several lanes that are due at once, the chooser says which is first. Time stands still but in `advance`.
 */
import type { Chooser } from './choice.js';

interface Entry {
  readonly time: number;
  readonly lane: object;
  readonly act: () => void;
}

/** Lanes among which the chooser chooses; further ones wait for their turn. */
const lanesMax = 4;

export class Agenda {
  /** Milliseconds. */
  now = 1;
  /** By time, and in the order of their entry. */
  private readonly entries: Entry[] = [];

  constructor(private readonly chooser: Chooser) {}

  /** Have `act` happen in `delay` ms. */
  after(delay: number, lane: object, act: () => void): void {
    const time = this.now + delay;
    let place = this.entries.length;
    while (place > 0 && (this.entries[place - 1]?.time ?? 0) > time) place -= 1;
    this.entries.splice(place, 0, { time, lane, act });
  }

  /** Strike out what a lane still had before it. */
  clear(lane: object): void {
    for (let place = this.entries.length - 1; place >= 0; place--) {
      if (this.entries[place]?.lane === lane) this.entries.splice(place, 1);
    }
  }

  get hasDue(): boolean {
    const first = this.entries[0];
    return first !== undefined && first.time <= this.now;
  }

  /** When something happens next; infinite if nothing does. */
  get next(): number {
    return this.entries[0]?.time ?? Infinity;
  }

  advance(to: number): void {
    if (to > this.now) this.now = to;
  }

  /** One thing that is due happens. */
  runOne(): void {
    const places: number[] = [];
    const lanes: object[] = [];
    for (let place = 0; place < this.entries.length && places.length < lanesMax; place++) {
      const entry = this.entries[place];
      if (entry === undefined || entry.time > this.now) break;
      if (lanes.includes(entry.lane)) continue;
      lanes.push(entry.lane);
      places.push(place);
    }
    if (places.length === 0) return;
    const chosen = places.length === 1 ? 0 : this.chooser.choose(places.length, 'order');
    const [entry] = this.entries.splice(places[chosen] ?? 0, 1);
    entry?.act();
  }

  /** What is to come, for a fingerprint of the state: lanes with the time until their entry. */
  pending(): readonly { readonly lane: object; readonly in: number }[] {
    return this.entries.map(({ lane, time }) => ({ lane, in: Math.max(0, time - this.now) }));
  }
}
