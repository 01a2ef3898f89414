/**
 * A placed chart as SVG.
 *
 * Hooks for a page that embeds it. A box has `data-state` (a top-level state) or `data-leaf`; an edge has `data-rows`, the rows of the table it
 * stands for (see `rowId`), and `data-edge`: the row if it is one, else `FROM|cause|TO` of the boxes. Adding the class `is-active` to a box
 * or `is-last` to an edge lights it; the picture's own style says how.
 */
import type { ElkPoint } from 'elkjs';
import type { Line } from './chart.js';
import type { Box, Placed, PlacedEdge, PlacedNode } from './layout.js';
import { sizes } from './metrics.js';
import { document } from './page.js';
import { element } from './svg.js';
import type { Element } from './svg.js';
import { dashes } from './theme.js';

/** The picture as a document of its own. Deterministic. */
export function draw(placed: Placed): string {
  const { chart, nodes, edges } = placed;
  const boxes = nodes.filter(({ node }) => node.children.length > 0 || node.kind === 'state');
  const others = nodes.filter((each) => !boxes.includes(each));
  const parts = [
    element('g', { class: 'boxes' }, ...boxes.map(box), ...others.map(box)),
    element('g', { class: 'edges' }, ...edges.map(way)),
    element('g', { class: 'labels' }, ...edges.flatMap((edge) => label(edge, boxes))),
  ];
  return document(chart, placed, parts);
}

function box({ node, box: at, lines, depth }: PlacedNode): Element {
  const middle = { x: at.x + at.width / 2, y: at.y + at.height / 2 };
  if (node.kind === 'start' || node.kind === 'junction') return element('circle', { class: 'dot', cx: middle.x, cy: middle.y, r: at.width / 2 });
  if (node.kind === 'choice') {
    const { x, y, width, height } = at;
    const corners = [[x, middle.y], [x + 9, y], [x + width - 9, y], [x + width, middle.y], [x + width - 9, y + height], [x + 9, y + height]];
    const points = corners.map((pair) => pair.map(round).join(',')).join(' ');
    return element('g', { class: 'choice' }, element('polygon', { points }), element('text', { class: 'title', x: middle.x, y: middle.y + 5 }, '?'));
  }
  const isParent = node.children.length > 0;
  const top = isParent || lines.length > 0 ? at.y + sizes.padding + sizes.title - 3 : middle.y + sizes.title / 3;
  return element(
    'g',
    { class: `box ${isParent ? 'parent' : 'plain'} depth${String(depth)} hue-${node.hue ?? 'none'}`, ...node.data },
    element('rect', { ...rect(at), rx: sizes.corner }),
    ...(node.kind === 'final' ? [element('rect', { ...rect(inset(at, 4)), rx: sizes.corner - 3, class: 'inner' })] : []),
    element('text', { class: 'title', x: isParent ? at.x + sizes.padding : middle.x, y: top }, node.title),
    ...lines.map((line, index) => text(line, isParent ? at.x + sizes.padding : middle.x, top + (index + 1) * sizes.lineHeight + 2)),
  );
}

function text(line: Line, x: number, y: number): Element {
  const rows = line.rows.length === 0 ? {} : { 'data-rows': line.rows.join(' ') };
  return element('text', { class: `line ${line.kind}`, x, y, ...rows }, line.text);
}

/** The edge's line, shortened by the length of its arrow head. One that joins others in a dot or at a question has none. */
function way(placed: PlacedEdge): Element {
  const { edge, points, isJoining } = placed;
  const dashesOf = edge.cause === null ? undefined : dashes[edge.cause];
  return element(
    'g',
    { class: `edge ${edge.cause ?? 'start'}`, ...hooks(placed) },
    element('path', { class: 'way', d: path(points, isJoining ? 0 : arrow.length - 1), 'stroke-dasharray': dashesOf }),
    ...(isJoining ? [] : [element('path', { class: 'head', d: arrowHead(points) })]),
  );
}

/** The label on its own ground: the colour of the box it lies in. */
function label(placed: PlacedEdge, boxes: readonly PlacedNode[]): readonly Element[] {
  const { edge, label: at } = placed;
  if (at === null) return [];
  const lines = edge.lines.map((line, index) =>
    element('text', { x: at.x + at.width / 2, y: at.y + (index + 1) * sizes.labelHeight - 2 }, line),
  );
  const around = boxes.find(({ node, box: outer }) => node.children.length > 0 && contains(outer, at));
  const ground = around === undefined ? [] : [element('rect', { ...rect(at), class: `in-${around.node.hue ?? ''}` })];
  return [element('g', { class: `label ${edge.cause ?? 'start'}`, ...hooks(placed) }, element('rect', rect(at)), ...ground, ...lines)];
}

function hooks({ edge }: PlacedEdge): Readonly<Record<string, string>> {
  if (edge.rows.length === 0) return {};
  const [only] = edge.rows;
  const name = edge.rows.length === 1 && only !== undefined ? only : `${edge.from}|${edge.cause ?? ''}|${edge.to}`;
  return { 'data-edge': name, 'data-rows': edge.rows.join(' ') };
}

const round = (value: number): string => String(Math.round(value * 100) / 100);

/** Straight lines with rounded corners; `cut` is left off at the end. */
function path(points: readonly ElkPoint[], cut: number): string {
  const radius = 6;
  return points
    .map((at, index) => {
      const before = points[index - 1];
      const after = points[index + 1];
      if (before === undefined) return `M${round(at.x)},${round(at.y)}`;
      if (after === undefined) return `L${to(towards(at, before, Math.min(cut, distance(at, before))))}`;
      const bend = Math.min(radius, distance(before, at) / 2, distance(at, after) / 2);
      return `L${to(towards(at, before, bend))}Q${to(at)} ${to(towards(at, after, bend))}`;
    })
    .join('');
}

const arrow = { length: 9, width: 7 } as const;

function arrowHead(points: readonly ElkPoint[]): string {
  const end = points[points.length - 1];
  const before = points[points.length - 2];
  if (end === undefined || before === undefined) return '';
  const back = towards(end, before, arrow.length);
  const length = distance(end, before);
  const across = { x: ((end.y - before.y) / length) * (arrow.width / 2), y: ((before.x - end.x) / length) * (arrow.width / 2) };
  return `M${to(end)}L${to({ x: back.x + across.x, y: back.y + across.y })}L${to({ x: back.x - across.x, y: back.y - across.y })}Z`;
}

const to = ({ x, y }: ElkPoint): string => `${round(x)},${round(y)}`;

function distance(a: ElkPoint, b: ElkPoint): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** The point that is `by` away from `from`, in the direction of `other`. */
function towards(from: ElkPoint, other: ElkPoint, by: number): ElkPoint {
  const length = distance(from, other);
  if (length === 0) return from;
  return { x: from.x + ((other.x - from.x) / length) * by, y: from.y + ((other.y - from.y) / length) * by };
}

function inset({ x, y, width, height }: Box, by: number): Box {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by };
}

function contains(outer: Box, { x, y, width, height }: Box): boolean {
  return x >= outer.x && y >= outer.y && x + width <= outer.x + outer.width && y + height <= outer.y + outer.height;
}

function rect({ x, y, width, height }: Box): Readonly<Record<string, number>> {
  return { x, y, width, height };
}
