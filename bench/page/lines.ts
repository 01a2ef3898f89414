/**
 * A plot of something by the number of services, both logarithmic: a line a supervisor, which ends in its name.
 */
import { textWidth } from '../../diagrams/metrics.js';
import { element, serialize } from '../../diagrams/svg.js';
import type { Element } from '../../diagrams/svg.js';
import { withUnit } from '../report.js';
import { logScale, markText } from './scale.js';
import type { Scale } from './scale.js';
import { classOf, frame, lookOf, path, point } from './series.js';

export interface Line {
  readonly subject: string;
  /** What stands at its end; the supervisor's name if it is not said. */
  readonly label?: string;
  readonly isDashed?: boolean;
  /** Number of services, and the value: both above 0. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Lines {
  readonly title: string;
  readonly subtitle: string;
  readonly unit: 'KB' | 'ms';
  readonly lines: readonly Line[];
}

const size = { width: 760, height: 420, left: 76, right: 170, top: 78, bottom: 52 } as const;
const labelHeight = 15;

export function linesPlot({ title, subtitle, unit, lines }: Lines): string {
  const drawn = lines.filter(({ points }) => points.length > 0);
  const all = drawn.flatMap(({ points }) => points);
  const x = logScale(all.map(([services]) => services), size.left, size.width - size.right);
  const y = logScale(all.map(([, value]) => value), size.height - size.bottom, size.top);
  const said = drawn.map((line) => {
    const values = line.points.map(([services, value]) => `${withUnit(value, unit)} with ${services.toLocaleString('en-US')}`);
    return `${nameOf(line)}: ${values.join(', ')}`;
  });
  const inner = [grid(x, y, unit), ...drawn.map((line) => series(line, x, y, unit)), labels(drawn, x, y)];
  return `${serialize(frame(title, subtitle, said.join('; '), size.width, size.height, ...inner))}\n`;
}

const nameOf = ({ subject, label }: Line): string => label ?? subject;

function grid(x: Scale, y: Scale, unit: 'KB' | 'ms'): Element {
  const [left, right, top, bottom] = [size.left, size.width - size.right, size.top, size.height - size.bottom];
  return element(
    'g',
    {},
    element(
      'g',
      { class: 'grid' },
      ...x.marks.map((mark) => element('line', { x1: x.at(mark), x2: x.at(mark), y1: top, y2: bottom })),
      ...y.marks.map((mark) => element('line', { x1: left, x2: right, y1: y.at(mark), y2: y.at(mark) })),
    ),
    element(
      'g',
      { class: 'axis' },
      ...x.marks.map((mark) => element('text', { class: 'middle', x: x.at(mark), y: bottom + 18 }, markText(mark, ''))),
      ...y.marks.map((mark) => element('text', { class: 'end', x: left - 8, y: y.at(mark) + 4 }, markText(mark, unit))),
      element('text', { class: 'middle', x: (left + right) / 2, y: bottom + 38 }, 'services'),
    ),
  );
}

function series({ subject, points, isDashed, label }: Line, x: Scale, y: Scale, unit: 'KB' | 'ms'): Element {
  const places = points.map(([services, value]) => [x.at(services), y.at(value)] as const);
  const { colour, dash } = lookOf(subject);
  return element(
    'g',
    {},
    element('path', { class: `line l-${colour}`, 'stroke-dasharray': isDashed === true ? '4 4' : dash, d: path(places, false) }),
    ...points.map(([services, value], index) => {
      const [px = 0, py = 0] = places[index] ?? [];
      const shown = point(subject, px, py);
      return { ...shown, children: [element('title', {}, `${label ?? subject}, ${services.toLocaleString('en-US')} services: ${withUnit(value, unit)}`)] };
    }),
  );
}

/** The names right of the last points, moved apart where they would touch. */
function labels(lines: readonly Line[], x: Scale, y: Scale): Element {
  const ends = lines.flatMap((line) => {
    const last = line.points.at(-1);
    return last === undefined ? [] : [{ line, x: x.at(last[0]) + 10, y: y.at(last[1]) + 4 }];
  });
  const placed: { x: number; end: number; y: number }[] = [];
  const texts = ends
    .sort((one, other) => other.y - one.y)
    .map(({ line, x: at, y: wanted }) => {
      const end = at + textWidth(nameOf(line), 12, 'bold');
      const near = placed.filter((each) => each.x < end && at < each.end);
      const place = near.reduce((free, each) => (Math.abs(each.y - free) < labelHeight ? each.y - labelHeight : free), wanted);
      placed.push({ x: at, end, y: place });
      return element('text', { class: `label ${classOf(line.subject)}`, x: at, y: place }, nameOf(line));
    });
  return element('g', {}, ...texts);
}
