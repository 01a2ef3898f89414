/**
 * The sequence, drawn: lanes from left to right, time downwards, the newest at the end and in view unless somebody has scrolled up.
 *
 * Theory of operation. A row keeps its place, counted from the first that was ever drawn, and the picture's view moves down: so a new row is put
 * in, an old one is taken out, and the others are left alone. Everything is drawn anew only for other lanes or another width.
 */
import type { Happening, Subject } from '../messages.js';
import { byId, html, setAttribute, shorten, svg } from './dom.js';
import { lanesOf, rowsOf } from './sequence.js';
import type { Lanes, SequenceRow } from './sequence.js';
import { clock } from './words.js';

const [rowHeight, headHeight, timeWidth] = [25, 24, 76] as const;
/** From the middle of a row: its words, and the arrow below them. */
const [textAt, lineAt] = [0, 6] as const;
const rowsMax = 120;
/** Width of a letter of the labels, about. */
const letter = 5.6;

interface Drawn {
  readonly element: SVGElement;
  /** Counted from the first that was ever drawn. */
  readonly place: number;
}

export class SequenceView {
  private readonly place = byId('sequence', HTMLElement);
  private readonly head = byId('sequence-head', HTMLElement);
  private readonly picture = svg('svg', { role: 'img' });
  private width = 500;
  /** What the lanes and the width are for. */
  private drawnFor = '';
  private drawn = new Map<string, Drawn>();

  constructor(changed: () => void) {
    new ResizeObserver(([entry]) => {
      this.width = Math.max(360, Math.floor(entry?.contentRect.width ?? this.width));
      changed();
    }).observe(this.place);
  }

  show(
    subject: Subject,
    logger: string | null,
    happenings: readonly Happening[],
    isLogger: (name: string) => boolean,
    epoch: number | null,
  ): void {
    const lanes = lanesOf(subject, logger);
    const rows = happenings.slice(-rowsMax).flatMap((happening) => rowsOf(happening, subject, lanes, isLogger)).slice(-rowsMax);
    const drawnFor = JSON.stringify([lanes.names, this.width, epoch]);
    const hasGap = this.drawn.size > 0 && !rows.some(({ key }) => this.drawn.has(key));
    if (drawnFor !== this.drawnFor || hasGap) this.begin(lanes, drawnFor);
    if (rows.length === 0) {
      this.place.replaceChildren(html('p', { class: 'none' }, 'Nothing has happened yet'));
      return;
    }
    const newest = rows[rows.length - 1]?.key ?? '';
    if (this.drawn.has(newest) && this.drawn.size === rows.length) return;
    const isAtEnd = this.place.scrollHeight - this.place.scrollTop - this.place.clientHeight < 2 * rowHeight;
    this.update(rows, lanes, epoch);
    if (this.picture.parentNode !== this.place) this.place.replaceChildren(this.picture);
    if (isAtEnd) this.place.scrollTop = this.place.scrollHeight;
  }

  private begin(lanes: Lanes, drawnFor: string): void {
    this.drawnFor = drawnFor;
    this.drawn.clear();
    this.head.replaceChildren(this.heading(lanes));
    const lines = lanes.names.map((_, lane) => svg('line', { class: 'lifeline', x1: this.x(lane, lanes), x2: this.x(lane, lanes) }));
    this.picture.replaceChildren(...lines);
    setAttribute(this.picture, 'width', String(this.width));
  }

  private update(rows: readonly SequenceRow[], lanes: Lanes, epoch: number | null): void {
    const kept = new Map<string, Drawn>();
    let next = Math.max(-1, ...[...this.drawn.values()].map(({ place }) => place)) + 1;
    rows.forEach((row, index) => {
      const known = this.drawn.get(row.key);
      const place = known?.place ?? next++;
      const element = known?.element ?? this.row(row, rows[index - 1], lanes, place * rowHeight + rowHeight / 2 + 4, epoch);
      if (known === undefined) this.picture.append(element);
      kept.set(row.key, { element, place });
    });
    for (const [key, { element }] of this.drawn) if (!kept.has(key)) element.remove();
    this.drawn = kept;
    const places = [...kept.values()].map(({ place }) => place);
    const [first, height] = [Math.min(...places), rows.length * rowHeight + 8];
    setAttribute(this.picture, 'viewBox', `0 ${String(first * rowHeight)} ${String(this.width)} ${String(height)}`);
    setAttribute(this.picture, 'height', String(height));
    const count = rows.length === 1 ? '1 message' : `${String(rows.length)} messages`;
    setAttribute(this.picture, 'aria-label', `${count} between ${lanes.names.join(', ')}; the history has them in words`);
    for (const line of this.picture.querySelectorAll('.lifeline')) {
      setAttribute(line, 'y1', String(first * rowHeight));
      setAttribute(line, 'y2', String(first * rowHeight + height));
    }
  }

  private x(lane: number, { names }: Lanes): number {
    const each = (this.width - timeWidth) / names.length;
    return timeWidth + each * (lane + 0.5);
  }

  private heading(lanes: Lanes): SVGElement {
    const most = Math.max(6, Math.floor((this.width - timeWidth) / lanes.names.length / (letter + 1)));
    const names = lanes.names.map((name, lane) =>
      svg('text', { class: 'lane-name', x: this.x(lane, lanes), y: headHeight - 8, 'text-anchor': 'middle' }, svg('title', {}, name), shorten(name, most)),
    );
    return svg('svg', { width: this.width, height: headHeight, 'aria-hidden': 'true' }, ...names);
  }

  private row(row: SequenceRow, before: SequenceRow | undefined, lanes: Lanes, y: number, epoch: number | null): SVGElement {
    const time = clock(row.t, epoch);
    const isSameTime = before !== undefined && clock(before.t, epoch) === time;
    const parts = isSameTime ? [] : [svg('text', { class: 'tick', x: 0, y: y + 4 }, time)];
    return svg('g', {}, ...parts, ...(row.kind === 'mark' ? this.mark(row, lanes, y) : this.arrow(row, lanes, y)));
  }

  private mark(row: SequenceRow & { readonly kind: 'mark' }, lanes: Lanes, y: number): readonly SVGElement[] {
    const label = shorten(row.label, 26);
    const width = label.length * (letter + 0.6) + 14;
    const x = Math.min(this.width - width / 2, this.x(row.lane, lanes));
    return [
      svg('rect', { class: 'bar', 'data-state': row.state, x: x - width / 2, y: y - 8, width, height: 16, rx: 8 }),
      svg('text', { class: 'in', x, y: y + 4, 'text-anchor': 'middle' }, label),
    ];
  }

  private arrow(row: SequenceRow & { readonly kind: 'arrow' }, lanes: Lanes, y: number): readonly SVGElement[] {
    const [from, to] = [this.x(row.from, lanes), this.x(row.to, lanes)];
    const group = `arrow ${row.cause}${row.isReply ? ' reply' : ''}`;
    const label = shorten(row.label, 30);
    const line = y + lineAt;
    if (row.from === row.to) {
      // From a lane to itself: a stub that comes from nowhere near.
      const way = svg('path', { class: 'way', d: `M${String(to - 26)},${String(line - 6)}H${String(to - 6)}` });
      const text = svg('text', { class: 'message', x: to - 30, y: line - 2, 'text-anchor': 'end' }, label);
      return [svg('g', { class: group }, way, head(to, line - 6, 1), text)];
    }
    const side = to > from ? 1 : -1;
    const way = svg('path', { class: 'way', d: `M${String(from)},${String(line)}H${String(to - side * 6)}` });
    const text = svg('text', { class: 'message', x: (from + to) / 2, y: y + textAt, 'text-anchor': 'middle' }, label);
    return [svg('g', { class: group }, way, head(to, line, side), text)];
  }
}

function head(x: number, y: number, side: number): SVGElement {
  return svg('path', { class: 'head', d: `M${String(x)},${String(y)}l${String(-7 * side)},3.5v-7z` });
}
