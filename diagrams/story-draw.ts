/**
 * A story as SVG: a lane for each machine, time flows down. A row is a time at which something happened; what happens at the same time in
 * several lanes stands side by side.
 */
import { eventLabel, guardLabel } from './labels.js';
import { rowId } from './chart.js';
import { sizes, textWidth, wrap } from './metrics.js';
import { topOf } from './model.js';
import { document } from './page.js';
import type { Lane, Moment, Story } from './story.js';
import { tell } from './story.js';
import { element } from './svg.js';
import type { Element } from './svg.js';
import { dashes } from './theme.js';
import { actionWords } from './words.js';

const timeWidth = 92;
const boxWidth = 136;
const boxHeight = 42;
const head = 58;
/** Height of a line beside an arrow, and the least length of an arrow. */
const lineHeight = 15;
const arrowMin = 46;

interface Row {
  readonly at: number;
  readonly moments: readonly Moment[];
  readonly y: number;
}

export function drawStory(story: Story): string {
  const moments = tell(story);
  const laneWidth = story.lanes.length === 1 ? 470 : 312;
  const x = new Map(story.lanes.map(({ id }, index) => [id, timeWidth + index * laneWidth]));
  const rows = rowsOf(moments, story, laneWidth);
  const height = (rows[rows.length - 1]?.y ?? 0) + boxHeight + 4;
  const width = timeWidth + story.lanes.length * laneWidth;
  const parts = [
    element('g', { class: 'times' }, ...rows.flatMap(({ at, y }) => timeMark(at, y, width))),
    ...story.lanes.flatMap((lane) => drawLane(lane, rows, x.get(lane.id) ?? 0, story, laneWidth)),
  ];
  return document(story, { width, height }, parts);
}

/** Moments at the same time share a row, a lane having one moment in each. A row is as far below the one before as its words need. */
function rowsOf(moments: readonly Moment[], story: Story, laneWidth: number): readonly Row[] {
  const groups: Moment[][] = [];
  for (const moment of moments) {
    const last = groups[groups.length - 1];
    const isFree = last !== undefined && last[0]?.at === moment.at && !last.some(({ lane }) => lane === moment.lane);
    if (isFree) last.push(moment);
    else groups.push([moment]);
  }
  let y = head;
  return groups.map((group): Row => {
    const lines = Math.max(...group.map((moment) => wordsOf(moment, story, laneWidth).length));
    y += boxHeight + Math.max(arrowMin, lines * lineHeight + 22);
    return { at: group[0]?.at ?? 0, moments: group, y };
  });
}

function timeMark(at: number, y: number, width: number): readonly Element[] {
  const middle = y + boxHeight / 2;
  return [
    element('line', { class: 'time', x1: 74, x2: width, y1: middle, y2: middle }),
    element('text', { class: 'small clock', x: 64, y: middle + 4 }, seconds(at)),
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

function drawLane(lane: Lane, rows: readonly Row[], x: number, story: Story, laneWidth: number): readonly Element[] {
  const own = rows.flatMap(({ y, moments }) => moments.filter((moment) => moment.lane === lane.id).map((moment) => ({ y, moment })));
  const middle = x + boxWidth / 2;
  const parts: Element[] = [
    element('text', { class: 'lane', x, y: 12 }, lane.id),
    element('text', { class: 'small', x, y: 29 }, lane.about),
    stateBox(lane.start, x, head - 12),
  ];
  let from = head - 12 + boxHeight;
  for (const { y, moment } of own) {
    const { row, cause } = moment;
    const lines = wordsOf(moment, story, laneWidth);
    const top = y - 12 - lines.length * lineHeight + 10;
    parts.push(
      element(
        'g',
        { class: `edge ${cause}`, 'data-rows': rowId(row.leaf, row.event, row.to ?? row.leaf) },
        element('path', { class: 'way', d: `M${String(middle)},${String(from)}V${String(y - 8)}`, 'stroke-dasharray': dashes[cause] }),
        element('path', { class: 'head', d: `M${String(middle)},${String(y)}l-3.5,-9h7z` }),
        ...lines.map(({ text, kind }, index) => element('text', { class: `words ${kind}`, x: middle + 12, y: top + index * lineHeight }, text)),
      ),
      stateBox(row.to ?? row.leaf, x, y),
      ...announced(moment, x + boxWidth + 12, y + boxHeight / 2),
    );
    from = y + boxHeight;
  }
  return [element('g', { class: 'story-lane' }, ...parts)];
}

function stateBox(leaf: string, x: number, y: number): Element {
  const [state = leaf, inner] = leaf.split('.');
  const middle = x + boxWidth / 2;
  return element(
    'g',
    { class: `box plain hue-${state}` },
    element('rect', { x, y, width: boxWidth, height: boxHeight, rx: sizes.corner }),
    element('text', { class: 'title', x: middle, y: y + (inner === undefined ? 26 : 18) }, state),
    ...(inner === undefined ? [] : [element('text', { class: 'line', x: middle, y: y + 33 }, inner)]),
  );
}

/** What listeners are told at this moment. */
function announced({ row }: Moment, x: number, y: number): readonly Element[] {
  const told = row.actions.flatMap((action) => (action === 'announce' ? [topOf(row.to ?? row.leaf)] : action === 'announceDown' ? ['DOWN'] : []));
  if (told.length === 0) return [];
  const words = `announced: ${told.join(', ')}`;
  return [
    element('rect', { class: 'paper', x: x - 4, y: y - 8, width: textWidth(words, 12) + 8, height: 16 }),
    element('text', { class: 'small', x, y: y + 4 }, words),
  ];
}

interface Words {
  readonly text: string;
  readonly kind: 'event' | 'action';
}

/** The event with its guard, and the actions; announcements stand beside the box. */
function wordsOf({ row, lane }: Moment, story: Story, laneWidth: number): readonly Words[] {
  const model = story.lanes.find(({ id }) => id === lane)?.model;
  if (model === undefined) throw new Error(`no such lane: ${lane}`);
  const guard = guardLabel(row, 'leaves');
  const event = `${row.delay === null ? '' : 'after '}${eventLabel(model, row)}${guard === null ? '' : ` [${guard}]`}`;
  const actions = row.actions.filter((action) => !action.startsWith('announce')).map(actionWords);
  const width = laneWidth - boxWidth / 2 - 30;
  return [
    { text: event, kind: 'event' },
    ...(actions.length === 0 ? [] : wrap(`/ ${actions.join(', ')}`, 12, width).map((text) => ({ text, kind: 'action' }) as const)),
  ];
}
