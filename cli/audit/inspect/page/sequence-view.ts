/** The sequence, drawn: lanes from left to right, time downwards, the newest at the end and in view unless somebody has scrolled up. */
import type { Happening, Subject } from '../messages.js';
import { byId, html, shorten, svg } from './dom.js';
import { lanesOf, rowsOf } from './sequence.js';
import type { Lanes, SequenceRow } from './sequence.js';
import { clock } from './words.js';

const [rowHeight, headHeight, timeWidth] = [25, 24, 76] as const;
/** From the middle of a row: its words, and the arrow below them. */
const [textAt, lineAt] = [0, 6] as const;
const rowsMax = 120;
/** Width of a letter of the labels, about. */
const letter = 5.6;

export class SequenceView {
  private readonly place = byId('sequence', HTMLElement);
  private readonly head = byId('sequence-head', HTMLElement);
  private width = 500;

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
    const isAtEnd = this.place.scrollHeight - this.place.scrollTop - this.place.clientHeight < 2 * rowHeight;
    this.head.replaceChildren(this.heading(lanes));
    if (rows.length === 0) {
      this.place.replaceChildren(html('p', { class: 'none' }, 'Nothing has happened yet'));
      return;
    }
    const height = rows.length * rowHeight + 8;
    const lines = lanes.names.map((_, lane) => svg('line', { class: 'lifeline', x1: this.x(lane, lanes), x2: this.x(lane, lanes), y1: 0, y2: height }));
    const drawn = rows.map((row, index) => this.row(row, rows[index - 1], lanes, index * rowHeight + rowHeight / 2 + 4, epoch));
    const label = `${String(rows.length)} messages between ${lanes.names.join(', ')}; the history has them in words`;
    const attributes = { width: this.width, height, viewBox: `0 0 ${String(this.width)} ${String(height)}`, role: 'img', 'aria-label': label };
    this.place.replaceChildren(svg('svg', attributes, ...lines, ...drawn));
    if (isAtEnd) this.place.scrollTop = this.place.scrollHeight;
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
