/**
 * A timeline of services as SVG: a row for each, a bar for each of its states, time from left to right.
 *
 * Theory of operation. All is placed by arithmetic alone, so the same timeline is the same file. Bars that are narrower than what can be seen are
 * drawn together, as one bar that says how many it stands for. The axis stands above and below, and a grid of time goes through; the
 * phases of the system are a band on top. DOWN is a thin line: there is nothing to see.
 */
import { textWidth } from './metrics.js';
import { pictureFont } from './page.js';
import { element, serialize } from './svg.js';
import type { Element } from './svg.js';
import { shade, variables } from './theme.js';

/** Times are ms. */
export interface TimelineSpan {
  readonly from: number;
  readonly to: number;
  /** One of the nine states. */
  readonly state: string;
  /** What the tooltip says of it. */
  readonly note: string;
}

export interface Timeline {
  readonly title: string;
  readonly subtitle: string;
  readonly from: number;
  readonly to: number;
  readonly rows: readonly { readonly name: string; readonly spans: readonly TimelineSpan[] }[];
  /** Of the system, with one of the phases `bringUp`, `run`, `shutdown`, `final`. */
  readonly bands: readonly { readonly from: number; readonly to: number; readonly phase: string; readonly name: string }[];
  /** Moments that are marked, such as losses. */
  readonly marks: readonly { readonly at: number; readonly note: string }[];
}

const size = { width: 1280, margin: 20, namesMin: 90, namesMax: 300, name: 11, bar: 9.5, row: 20, rowDense: 15, band: 18, head: 88, axis: 20 } as const;
/** From so many rows on they are dense. */
const denseFrom = 60;
/** Bars below this are drawn together; px. */
const visible = 1.2;
const states = ['DOWN', 'SETUP', 'STARTING', 'UP', 'ONESHOT', 'SHUTDOWN', 'RESTART', 'FATAL', 'DELAY'] as const;

export function timeline(of: Timeline): string {
  return `${serialize(new Drawing(of).document())}\n`;
}

/** ms between lines of the grid: 1, 2 or 5 times a power of ten; minutes and hours as people count them. */
export function stepOf(ms: number, linesMax: number): number {
  const least = ms / linesMax;
  for (const step of [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000]) if (step >= least) return step;
  for (const minutes of [1, 2, 5, 10, 15, 30, 60, 120, 360, 720]) if (minutes * 60_000 >= least) return minutes * 60_000;
  return Math.ceil(least / 86_400_000) * 86_400_000;
}

/** A moment on the axis. */
export function moment(ms: number, step: number): string {
  if (step < 1000) return `${(ms / 1000).toFixed(step < 10 ? 3 : step < 100 ? 2 : 1)} s`;
  if (step < 60_000 && ms < 600_000) return `${String(Math.round(ms / 1000))} s`;
  const seconds = Math.round(ms / 1000);
  const two = (number: number): string => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${String(hours)}:${rest}` : rest;
}

function duration(ms: number): string {
  return ms < 1000 ? `${String(Math.round(ms * 10) / 10)} ms` : `${(ms / 1000).toFixed(3)} s`;
}

class Drawing {
  private readonly namesWidth: number;
  private readonly rowHeight: number;
  private readonly left: number;
  private readonly right = size.width - size.margin;
  private readonly top: number;
  private readonly bottom: number;

  constructor(private readonly of: Timeline) {
    const longest = Math.max(0, ...of.rows.map(({ name }) => textWidth(name, size.name)));
    this.namesWidth = Math.min(size.namesMax, Math.max(size.namesMin, longest + 14));
    this.rowHeight = of.rows.length >= denseFrom ? size.rowDense : size.row;
    this.left = size.margin + this.namesWidth;
    this.top = size.head + size.axis + (of.bands.length > 0 ? size.band + 6 : 0);
    this.bottom = this.top + Math.max(1, of.rows.length) * this.rowHeight;
  }

  document(): Element {
    const { title, subtitle, rows, bands, marks } = this.of;
    const height = this.bottom + size.axis + size.margin;
    const described = `${subtitle}. ${String(rows.length)} services; ${bands.map(({ name, from, to }) => `${name} ${duration(to - from)}`).join(', ')}`;
    return element(
      'svg',
      { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${String(size.width)} ${String(height)}`, width: size.width, height, role: 'img' },
      element('title', {}, title),
      element('desc', {}, described),
      element('style', {}, this.style()),
      element('rect', { class: 'paper', width: size.width, height }),
      element('text', { class: 'title', x: size.margin, y: 34 }, title),
      element('text', { class: 'faint', x: size.margin, y: 54 }, subtitle),
      this.legend(),
      element('g', { class: 'stripes' }, ...rows.flatMap((_, index) => (index % 2 === 0 ? [this.stripe(index)] : []))),
      this.grid(),
      element(
        'g',
        { class: 'bands' },
        ...(bands.length > 0 ? [this.name('system', size.head + size.axis + size.band / 2)] : []),
        ...bands.map((band) => this.band(band)),
      ),
      ...rows.map((row, index) => this.row(row, index)),
      element('g', { class: 'marks' }, ...marks.map(({ at, note }) => this.mark(at, note))),
    );
  }

  private style(): string {
    // Viewers that know no variables take the light colour, which stands before.
    const fill = (name: string): string => `fill:${shade(name)};fill:var(--${name})`;
    const stroke = (name: string): string => `stroke:${shade(name)};stroke:var(--${name})`;
    const used = [...states, ...new Set(this.of.bands.map(({ phase }) => phase))];
    return [
      variables('svg'),
      `text{font-family:${pictureFont};${fill('ink')};font-size:${String(size.name)}px}`,
      `.paper{${fill('paper')}}.stripe{${fill('panel')}}.title{font-size:17px;font-weight:600}.faint{${fill('faint')}}`,
      `.grid line{${stroke('line')};stroke-width:1}.axis text{${fill('faint')};text-anchor:middle;font-variant-numeric:tabular-nums}`,
      `.name{text-anchor:end}.bar{${stroke('ink')};stroke-width:.6;stroke-opacity:.55}.inside{font-size:${String(size.bar)}px;pointer-events:none}`,
      `.rest{${stroke('faint')};stroke-width:1;stroke-dasharray:2 3}.many{stroke-width:1;stroke-opacity:1}`,
      `.mark{${stroke('FATAL')};stroke-width:4;stroke-opacity:.8}`,
      `.mark-line{${stroke('ink')};stroke-width:1;stroke-dasharray:1 3}`,
      ...used.map((name) => `.s-${name}{${fill(name)}}`),
    ].join('');
  }

  private x(ms: number): number {
    const { from, to } = this.of;
    return this.left + ((ms - from) / Math.max(1e-9, to - from)) * (this.right - this.left);
  }

  private legend(): Element {
    const shown = states.filter((state) => state !== 'DOWN' && this.of.rows.some(({ spans }) => spans.some((span) => span.state === state)));
    let x = size.margin;
    const items = shown.flatMap((state) => {
      const at = x;
      x += 18 + textWidth(state, size.name) + 18;
      return [
        element('rect', { class: `bar s-${state}`, x: at, y: 66, width: 13, height: 11, rx: 2 }),
        element('text', { x: at + 18, y: 76 }, state),
      ];
    });
    const down = [
      element('line', { class: 'rest', x1: x, x2: x + 13, y1: 71.5, y2: 71.5 }),
      element('text', { x: x + 18, y: 76 }, 'DOWN'),
    ];
    const lost = x + 18 + textWidth('DOWN', size.name) + 18;
    const marks = [
      element('line', { class: 'mark', x1: lost + 3, x2: lost + 3, y1: 65, y2: 78 }),
      element('line', { class: 'mark-line', x1: lost + 3, x2: lost + 3, y1: 65, y2: 78 }),
      element('text', { x: lost + 12, y: 76 }, 'something was not seen'),
    ];
    return element('g', { class: 'legend' }, ...items, ...down, ...(this.of.marks.length > 0 ? marks : []));
  }

  private stripe(index: number): Element {
    return element('rect', { class: 'stripe', x: size.margin, y: this.rowTop(index), width: this.right - size.margin, height: this.rowHeight });
  }

  private rowTop(index: number): number {
    return this.top + index * this.rowHeight;
  }

  private grid(): Element {
    const { from, to } = this.of;
    const step = stepOf(to - from, 12);
    const lines: Element[] = [];
    const labels: Element[] = [];
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      const x = this.x(at);
      lines.push(element('line', { x1: x, x2: x, y1: size.head + size.axis - 4, y2: this.bottom + 4 }));
      for (const y of [size.head + size.axis - 9, this.bottom + 16]) labels.push(element('text', { x, y }, moment(at, step)));
    }
    return element('g', {}, element('g', { class: 'grid' }, ...lines), element('g', { class: 'axis' }, ...labels));
  }

  private band({ from, to, phase, name }: Timeline['bands'][number]): Element {
    const [x, y] = [this.x(from), size.head + size.axis];
    const width = Math.max(visible, this.x(to) - x);
    return element(
      'g',
      {},
      element('title', {}, `${name}: ${duration(to - from)}, from ${duration(from)} to ${duration(to)}`),
      element('rect', { class: `bar s-${phase}`, x, y, width, height: size.band }),
      ...this.inside(name, x, y, width, size.band),
    );
  }

  /** The words in a bar: all, those behind the colon, or none, as there is room. */
  private inside(text: string, x: number, y: number, width: number, height: number): readonly Element[] {
    const found = [text, text.slice(text.indexOf(': ') + 2), text.split(': ')[0] ?? ''].find((words) => textWidth(words, size.bar) + 8 <= width);
    return found === undefined ? [] : [element('text', { class: 'inside', x: x + 4, y: y + height / 2 + 3.4 }, found)];
  }

  private row({ name, spans }: Timeline['rows'][number], index: number): Element {
    const y = this.rowTop(index);
    const middle = y + this.rowHeight / 2;
    return element(
      'g',
      { class: 'row' },
      this.name(name, middle),
      ...clusters(spans, (ms) => this.x(ms)).map((cluster) => this.bar(cluster, y)),
    );
  }

  private name(name: string, middle: number): Element {
    const shown = fits(name);
    const whole = shown === name ? [] : [element('title', {}, name)];
    return element('text', { class: 'name', x: this.left - 8, y: middle + 3.8 }, ...whole, shown);
  }

  private bar(cluster: readonly TimelineSpan[], y: number): Element {
    const [first] = cluster;
    const last = cluster[cluster.length - 1];
    if (first === undefined || last === undefined) return element('g');
    const [x, end] = [this.x(first.from), this.x(last.to)];
    const [top, height] = [y + 2.5, this.rowHeight - 5];
    if (cluster.length === 1 && first.state === 'DOWN') {
      const middle = y + this.rowHeight / 2;
      return element('g', {}, element('title', {}, note(first)), element('line', { class: 'rest', x1: x, x2: end, y1: middle, y2: middle }));
    }
    const width = Math.max(visible, end - x);
    const state = longest(cluster);
    const all = `${String(cluster.length)} states from ${duration(first.from)} to ${duration(last.to)}: ${summary(cluster)}`;
    const title = cluster.length === 1 ? note(first) : all;
    const isMany = cluster.length > 1 ? ' many' : '';
    return element(
      'g',
      {},
      element('title', {}, title),
      element('rect', { class: `bar${isMany} s-${state}`, x, y: top, width, height, rx: width > 6 ? 2 : 0 }),
      ...(cluster.length === 1 ? this.inside(state, x, top, width, height) : []),
    );
  }

  private mark(at: number, text: string): Element {
    const x = this.x(at);
    return element(
      'g',
      {},
      element('title', {}, `${text}, at ${duration(at)}`),
      element('line', { class: 'mark', x1: x, x2: x, y1: this.top, y2: this.bottom }),
      element('line', { class: 'mark-line', x1: x, x2: x, y1: this.top, y2: this.bottom }),
    );
  }
}

function note({ from, to, note: text }: TimelineSpan): string {
  return `${text}: ${duration(to - from)}, from ${duration(from)} to ${duration(to)}`;
}

/** A name as long as there is room for. */
function fits(name: string): string {
  const room = size.namesMax - 14;
  if (textWidth(name, size.name) <= room) return name;
  let cut = name;
  while (cut !== '' && textWidth(`${cut}…`, size.name) > room) cut = cut.slice(0, -1);
  return `${cut}…`;
}

/** Spans one by one, and those together that are too narrow to be seen alone. */
function clusters(spans: readonly TimelineSpan[], x: (ms: number) => number): readonly (readonly TimelineSpan[])[] {
  const all: TimelineSpan[][] = [];
  let isNarrow = false;
  for (const span of spans) {
    const narrow = x(span.to) - x(span.from) < visible;
    const last = all[all.length - 1];
    const start = last?.[0];
    // A cluster grows until it is wide enough, so that long storms stay several bars.
    const hasRoom = start !== undefined && x(span.to) - x(start.from) < 3 * visible;
    if (narrow && isNarrow && hasRoom && last !== undefined) last.push(span);
    else all.push([span]);
    isNarrow = narrow;
  }
  return all;
}

function sums(spans: readonly TimelineSpan[]): readonly (readonly [string, number])[] {
  const sum = new Map<string, number>();
  for (const { state, from, to } of spans) sum.set(state, (sum.get(state) ?? 0) + to - from);
  return [...sum].sort(([, one], [, other]) => other - one);
}

function longest(spans: readonly TimelineSpan[]): string {
  const found = sums(spans).find(([state]) => state !== 'DOWN');
  return found?.[0] ?? 'DOWN';
}

function summary(spans: readonly TimelineSpan[]): string {
  return sums(spans).map(([state, ms]) => `${state} ${duration(ms)}`).join(', ');
}
