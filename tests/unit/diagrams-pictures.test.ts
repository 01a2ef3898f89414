/** The pictures: nothing overlaps, nothing is missing, and a page finds what it wants to light. */
import { describe, expect, test } from 'vitest';
import { allNodes } from '../../diagrams/chart.js';
import type { Chart } from '../../diagrams/chart.js';
import { serviceStates, serviceSubstates, systemPhases, systemSubstates } from '../../diagrams/charts.js';
import { draw } from '../../diagrams/draw.js';
import { headHeight, place } from '../../diagrams/layout.js';
import type { Box, Placed, PlacedEdge, PlacedNode } from '../../diagrams/layout.js';
import { sizes, textWidth } from '../../diagrams/metrics.js';
import { serviceModel, systemModel, topOf } from '../../diagrams/model.js';
import type { Transition } from '../../diagrams/model.js';
import { rowId } from '../../diagrams/chart.js';

const pictures = [
  ['the nine states', serviceStates, serviceModel],
  ['the substates', serviceSubstates, serviceModel],
  ['the phases', systemPhases, systemModel],
  ['the substates of the phases', systemSubstates, systemModel],
] as const;

/** Layouts take seconds, and are the same each time. */
const placed = new Map<Chart, Promise<Placed>>();
function placeOnce(chart: Chart): Promise<Placed> {
  const known = placed.get(chart) ?? place(chart);
  placed.set(chart, known);
  return known;
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The straight parts of an edge, as boxes without width. */
function segments({ points }: PlacedEdge): readonly Box[] {
  return points.slice(1).map((to, index) => {
    const from = points[index] ?? to;
    return { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.abs(from.x - to.x), height: Math.abs(from.y - to.y) };
  });
}

const touches = (line: Box, box: Box): boolean => overlap({ ...line, width: line.width + 0.01, height: line.height + 0.01 }, box);

/** Where the text of a box stands: the whole box of a leaf, the head of one with boxes inside. */
function textBox({ node, box, lines }: PlacedNode): Box {
  if (node.children.length === 0) return box;
  const width = Math.max(textWidth(node.title, sizes.title, 'bold'), ...lines.map(({ text }) => textWidth(text, sizes.line)));
  return { x: box.x, y: box.y, width: width + sizes.padding, height: headHeight(lines) };
}

/** Layouts of large charts are work for the processor alone, which others may be using. */
const timeout = 300_000;

describe.each(pictures)('%s', { timeout }, (_name, chart, model) => {
  test('no label lies on another, on a box, or outside', async () => {
    const { nodes, edges, width, height } = await placeOnce(chart);
    const labels = edges.flatMap(({ edge, label }) => (label === null ? [] : [{ id: edge.id, box: label }]));
    const faults = labels.flatMap(({ id, box }, index) => [
      ...labels.slice(index + 1).filter((other) => overlap(box, other.box)).map((other) => `${id} lies on ${other.id}`),
      ...nodes.filter((node) => overlap(box, textBox(node))).map(({ node }) => `${id} lies on ${node.id}`),
      ...(box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height ? [`${id} is outside`] : []),
    ]);
    expect(faults).toEqual([]);
  });

  test('each label lies on its edge, and on no other, but where lines join', async () => {
    const { edges } = await placeOnce(chart);
    const faults = edges.flatMap((own) => {
      const { edge, label } = own;
      if (label === null) return edge.lines.length === 0 ? [] : [`${edge.id} has no label`];
      const others = edges.filter((other) => other !== own && other.edge.to !== edge.to);
      return [
        ...(segments(own).some((part) => touches(part, label)) ? [] : [`${edge.id} is not at its edge`]),
        ...others.filter((other) => segments(other).some((part) => touches(part, label))).map((other) => `${edge.id} is crossed by ${other.edge.id}`),
      ];
    });
    expect(faults).toEqual([]);
  });

  test('all text fits its box', async () => {
    const { nodes, edges } = await placeOnce(chart);
    const wide = [
      ...edges.flatMap(({ edge, label }) => edge.lines.filter((line) => textWidth(line, sizes.label) > (label?.width ?? 0))),
      ...nodes.flatMap(({ lines, box }) => lines.map(({ text }) => text).filter((text) => textWidth(text, sizes.line) > box.width)),
    ];
    expect(wide).toEqual([]);
  });

  test('edges cross no box that they neither leave nor enter', async () => {
    const { nodes, edges } = await placeOnce(chart);
    const leaves = nodes.filter(({ node }) => node.children.length === 0);
    const faults = edges.flatMap((each) =>
      leaves
        .filter(({ node }) => node.id !== each.edge.from && node.id !== each.edge.to)
        .filter(({ box }) => segments(each).some((part) => touches(part, box)))
        .map(({ node }) => `${each.edge.id} crosses ${node.id}`),
    );
    expect(faults).toEqual([]);
  });

  test('every state and leaf can be found, and every row that does something', async () => {
    const text = draw(await placeOnce(chart));
    const isTop = allNodes(chart.nodes).every(({ children }) => children.length === 0) && chart !== serviceSubstates;
    for (const state of model.root.children) expect(text).toContain(`data-state="${state.name}"`);
    if (!isTop) for (const { name } of model.compiled.table.leaves) expect(text).toContain(`data-leaf="${name}"`);
    const ids = new Set([...text.matchAll(/data-rows="([^"]*)"/g)].flatMap(([, rows = '']) => rows.split(' ')));
    const counts = ({ leaf, to, actions }: Transition): boolean =>
      isTop ? to !== null && topOf(to) !== topOf(leaf) : to !== null || actions.length > 0;
    const expected = model.transitions.filter(counts).map(({ leaf, event, to }) => rowId(leaf, event, to ?? leaf));
    expect(expected.filter((id) => !ids.has(id))).toEqual([]);
    expect([...ids].filter((id) => !expected.includes(id))).toEqual([]);
  });

  test('it is told to those who cannot see it', async () => {
    const text = draw(await placeOnce(chart));
    expect(text).toContain('role="img"');
    expect(text).toContain(`<title id="${chart.id}-title">${chart.title}</title>`);
    for (const { name } of model.root.children) expect(chart.description).toContain(name);
  });
});

test('an edge of one row has its name, one of several its ends', { timeout }, async () => {
  const text = draw(await placeOnce(serviceStates));
  expect(text).toContain('data-edge="DOWN.fresh|CREATED|DELAY.created"');
  expect(text).toContain('data-edge="STARTING.timed|after:STARTING|UP"');
  expect(text).toContain('data-edge="SHUTDOWN|process|DOWN"');
});

test('the same chart gives the same picture', { timeout }, async () => {
  expect(draw(await place(systemPhases))).toBe(draw(await place(systemPhases)));
});

test('the checks would notice a label that lies on another', () => {
  const box = { x: 0, y: 0, width: 10, height: 10 };
  expect(overlap(box, { x: 9, y: 9, width: 10, height: 10 })).toBe(true);
  expect(overlap(box, { x: 10, y: 0, width: 10, height: 10 })).toBe(false);
  expect(touches({ x: 5, y: -5, width: 0, height: 20 }, box)).toBe(true);
  expect(touches({ x: 15, y: -5, width: 0, height: 20 }, box)).toBe(false);
});
