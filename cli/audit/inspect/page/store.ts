/**
 * What the page knows: the rows, which of them are shown, and what time it is in the stream.
 *
 * Nothing here touches the page. Names are kept sorted; which rows pass the filter is found out anew only if that may have changed.
 */
import type { All, Hello, Link, Row, Some } from '../messages.js';

export class Store {
  hello: Hello | null = null;
  link: Link | 'lost' = 'waiting';
  source = '';
  detail: 'steps' | 'states' = 'states';
  epoch: number | null = null;
  system: string | null = null;
  readonly counts = new Map<string, number>();
  private readonly rows = new Map<string, Row>();
  private names: string[] = [];
  private shown: readonly string[] | null = null;
  private words: readonly string[] = [];
  private states: ReadonlySet<string> = new Set();
  private time = { t: 0, at: 0 };

  get size(): number {
    return this.names.length;
  }

  row(name: string): Row | undefined {
    return this.rows.get(name);
  }

  /** The time of the stream, now. */
  now(): number {
    const isRunning = this.link === 'live';
    return this.time.t + (isRunning ? (performance.now() - this.time.at) * (this.hello?.speed ?? 1) : 0);
  }

  takeAll(all: All): void {
    this.link = all.link;
    this.source = all.header?.source ?? '';
    this.detail = all.header?.detail ?? 'states';
    this.epoch = all.epoch;
    this.system = all.system;
    this.setTime(all.t);
    this.rows.clear();
    this.counts.clear();
    for (const row of all.rows) this.put(row);
    this.names = all.rows.map(({ name }) => name);
    this.shown = null;
  }

  takeSome(some: Some): void {
    this.setTime(some.t);
    this.system = some.system;
    for (const name of some.gone) this.drop(name);
    for (const row of some.rows) {
      const before = this.rows.get(row.name);
      if (before === undefined) this.names.splice(this.placeOf(row.name), 0, row.name);
      if (before === undefined || (this.dependsOnState && before.state !== row.state)) this.shown = null;
      this.put(row);
    }
  }

  /** Names of the services that pass the filter. */
  visible(): readonly string[] {
    this.shown ??= this.isFiltered ? this.names.filter((name) => this.passes(name)) : this.names;
    return this.shown;
  }

  /** Show services whose name or state has all these words, and that are in one of these states, if there are any. */
  filter(text: string, states: ReadonlySet<string>): void {
    this.words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
    this.states = states;
    this.shown = null;
  }

  private get isFiltered(): boolean {
    return this.words.length > 0 || this.states.size > 0;
  }

  private get dependsOnState(): boolean {
    return this.isFiltered;
  }

  private passes(name: string): boolean {
    const row = this.rows.get(name);
    if (row === undefined) return false;
    if (this.states.size > 0 && !this.states.has(row.state)) return false;
    const text = `${name} ${row.leaf ?? ''} ${row.state}`.toLowerCase();
    return this.words.every((word) => text.includes(word));
  }

  private setTime(t: number): void {
    this.time = { t, at: performance.now() };
  }

  private put(row: Row): void {
    this.count(this.rows.get(row.name)?.state, -1);
    this.count(row.state, 1);
    this.rows.set(row.name, row);
  }

  private drop(name: string): void {
    const row = this.rows.get(name);
    if (row === undefined) return;
    this.count(row.state, -1);
    this.rows.delete(name);
    const place = this.placeOf(name);
    if (this.names[place] === name) this.names.splice(place, 1);
    this.shown = null;
  }

  private count(state: string | undefined, by: number): void {
    if (state !== undefined) this.counts.set(state, (this.counts.get(state) ?? 0) + by);
  }

  /** Where the name stands, or would. */
  private placeOf(name: string): number {
    let [low, high] = [0, this.names.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.names[middle] ?? '') < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
