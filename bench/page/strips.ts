/**
 * A plot of how values are spread: a row of dots for each supervisor, one a value, on a logarithmic axis; a bar stands at the median.
 */
import { element, serialize } from '../../diagrams/svg.js';
import type { Element } from '../../diagrams/svg.js';
import { median, quantile } from '../figures.js';
import { withUnit } from '../report.js';
import { logScale, markText } from './scale.js';
import type { Scale } from './scale.js';
import { classOf, frame, lookOf } from './series.js';

export interface Strip {
  readonly subject: string;
  readonly values: readonly number[];
}

export interface Strips {
  readonly title: string;
  readonly subtitle: string;
  readonly unit: 'ms';
  readonly groups: readonly { readonly name: string; readonly strips: readonly Strip[] }[];
}

const size = { width: 760, left: 96, right: 170, top: 84, bottom: 44, row: 26, group: 30 } as const;

export function stripsPlot({ title, subtitle, unit, groups }: Strips): string {
  const shown = groups.filter(({ strips }) => strips.length > 0);
  const x = logScale(shown.flatMap(({ strips }) => strips.flatMap(({ values }) => values)), size.left, size.width - size.right);
  const rows: Element[] = [];
  const said: string[] = [];
  let y: number = size.top;
  for (const { name, strips } of shown) {
    rows.push(element('text', { class: 'label', x: 24, y: y + 16 }, name));
    y += size.group;
    for (const each of strips) {
      rows.push(strip(each, x, y + size.row / 2, unit));
      said.push(`${name}, ${each.subject}: ${summary(each.values, unit)}`);
      y += size.row;
    }
  }
  const height = y + size.bottom;
  return `${serialize(frame(title, subtitle, said.join('; '), size.width, height, grid(x, y, unit), ...rows))}\n`;
}

const summary = (values: readonly number[], unit: 'ms'): string =>
  `median ${withUnit(median(values), unit)}, 99th percentile ${withUnit(quantile(values, 0.99), unit)}`;

function grid(x: Scale, bottom: number, unit: 'ms'): Element {
  const top = size.top + size.group - 6;
  return element(
    'g',
    {},
    element('g', { class: 'grid' }, ...x.marks.map((mark) => element('line', { x1: x.at(mark), x2: x.at(mark), y1: top, y2: bottom + 4 }))),
    element('g', { class: 'axis' }, ...x.marks.map((mark) => element('text', { class: 'middle', x: x.at(mark), y: bottom + 20 }, markText(mark, unit)))),
  );
}

function strip({ subject, values }: Strip, x: Scale, middle: number, unit: 'ms'): Element {
  const at = x.at(median(values));
  const numbers = `${withUnit(median(values), unit)}, 99 %: ${withUnit(quantile(values, 0.99), unit)}`;
  const half = 9;
  const dot = `dot ${classOf(subject)}`;
  return element(
    'g',
    {},
    element('title', {}, `${subject}: ${summary(values, unit)}, ${values.length} values`),
    element('text', { class: `end ${classOf(subject)}`, x: size.left - 12, y: middle + 4 }, subject),
    // Neighbours stand at different heights, always the same ones.
    ...values.map((value, index) => element('circle', { class: dot, cx: x.at(value), cy: middle + (((index * 7) % 13) - 6) * 0.9, r: 2.2 })),
    element('line', { class: `median l-${lookOf(subject).colour}`, x1: at, x2: at, y1: middle - half, y2: middle + half }),
    element('text', { x: size.width - size.right + 14, y: middle + 4 }, numbers),
  );
}
