/**
 * The timeline: the states of the subject, of its logger, and the phases of the system, over the last minutes.
 */
import type { Lane } from '../messages.js';
import { bars } from './bars.js';
import { byId, choice, html, svg } from './dom.js';
import { clock, duration, stateOf } from './words.js';

const windows = [
  { id: '60000', label: '1 min' },
  { id: '600000', label: '10 min' },
  { id: '3600000', label: '1 h' },
] as const;
const [laneHeight, gap, axis, left] = [20, 5, 16, 96] as const;
const marks = 6;

export class Timeline {
  private readonly place = byId('timeline', HTMLElement);
  private width = 600;
  private windowMs = Number(windows[0].id);

  constructor(changed: () => void) {
    choice(byId('windows', HTMLElement), windows, windows[0].id, (id) => {
      this.windowMs = Number(id);
      changed();
    });
    new ResizeObserver(([entry]) => {
      this.width = entry?.contentRect.width ?? this.width;
      changed();
    }).observe(this.place);
  }

  show(all: readonly Lane[], now: number, epoch: number | null): void {
    const lanes = all.filter(({ spans }) => spans.length > 0);
    const begin = now - this.windowMs;
    const height = lanes.length * (laneHeight + gap) + axis;
    const scale = Math.max(1, this.width - left) / this.windowMs;
    const x = (t: number): number => left + (t - begin) * scale;
    const drawn = lanes.map((lane, index) => this.lane(lane, index * (laneHeight + gap), begin, now, x));
    const ticks = Array.from({ length: marks }, (_, index) => begin + (this.windowMs / marks) * (index + 1)).map((t, index) => {
      const label = index === marks - 1 ? clock(t, epoch).replace(/\.\d+$/, '') : `−${duration(Math.round((now - t) / 1000))}`;
      const text = svg('text', { class: 'tick', x: x(t) - 3, y: height - 3, 'text-anchor': 'end' }, label);
      return svg('g', {}, svg('line', { class: 'grid', x1: x(t), x2: x(t), y1: 0, y2: height - axis + 2 }), text);
    });
    const label = lanes.map((lane) => `${nameOf(lane)}: ${summary(lane, begin, now)}`).join('. ');
    const attributes = { width: this.width, height, viewBox: `0 0 ${String(this.width)} ${String(height)}`, role: 'img', 'aria-label': label };
    this.place.replaceChildren(lanes.length === 0 ? html('p', { class: 'none' }, 'Nothing yet') : svg('svg', attributes, ...ticks, ...drawn));
  }

  private lane(lane: Lane, y: number, begin: number, end: number, x: (t: number) => number): SVGElement {
    const name = svg('text', { class: 'lane', x: 0, y: y + laneHeight - 6 }, nameOf(lane));
    let drawnTo = -Infinity;
    const parts = bars(lane, begin, end).flatMap(({ state, from, to }) => {
      // Of many changes in the breadth of a line one is drawn.
      if (x(to) < drawnTo + 1) return [];
      drawnTo = x(to);
      const width = Math.max(1.5, x(to) - x(from));
      const title = svg('title', {}, `${state}, ${duration((to - from) / 1000)}`);
      const rect = svg('rect', { class: 'bar', 'data-state': stateOf(state), x: x(from), y, width, height: laneHeight, rx: 2 }, title);
      const fits = width > 7 * state.length + 8;
      return fits ? [rect, svg('text', { class: 'in', x: x(from) + 5, y: y + laneHeight - 6 }, state)] : [rect];
    });
    return svg('g', {}, name, ...parts);
  }
}

function nameOf({ name }: Lane): string {
  return name === '' ? 'system' : name.length > 13 ? `${name.slice(0, 12)}…` : name;
}

function summary(lane: Lane, begin: number, end: number): string {
  const all = bars(lane, begin, end).slice(-4);
  return all.map(({ state, from, to }) => `${state} ${duration((to - from) / 1000)}`).join(', ') || 'nothing';
}
