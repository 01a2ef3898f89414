/**
 * The chart of the top-level states of a machine: the nine states of a service, the four phases of the system.
 *
 * All rows that lead from a leaf of one state to a leaf of another, with the same cause, are one edge. Its label names the events, with
 * what the guard adds where that decides; rows within a state are not shown.
 */
import { rowId } from './chart.js';
import type { Chart, ChartEdge, ChartNode } from './chart.js';
import { topOf } from './model.js';
import type { Model, Transition } from './model.js';
import { eventLabel, guardLabel } from './labels.js';
import type { Cause } from './theme.js';
import { causeOf } from './words.js';

type Text = Pick<Chart, 'id' | 'title' | 'description' | 'notes' | 'layout'>;

export function topChart(model: Model, about: Text, ranks: readonly (readonly string[])[]): Chart {
  const { root, transitions } = model;
  const nodes = root.children.map(
    (state): ChartNode => ({
      id: state.name,
      kind: 'state',
      title: state.name,
      lines: [{ text: state.description.replace(/`/g, ''), kind: 'description', rows: [] }],
      hue: state.name,
      children: [],
      rank: ranks.findIndex((names) => names.includes(state.name)),
      data: { 'data-state': state.name },
    }),
  );
  const merged = new Map<string, { readonly cause: Cause; readonly all: Transition[] }>();
  for (const transition of transitions) {
    if (transition.to === null || topOf(transition.to) === topOf(transition.leaf)) continue;
    const cause = causeOf(transition);
    const key = `${topOf(transition.leaf)} ${cause} ${topOf(transition.to)}`;
    const group = merged.get(key) ?? { cause, all: [] };
    group.all.push(transition);
    merged.set(key, group);
  }
  const edges = [...merged].map(([key, { cause, all }]): ChartEdge => {
    const [from = '', , to = ''] = key.split(' ');
    return {
      id: key.replace(/ /g, '-'),
      from,
      to,
      cause,
      lines: linesOfRows(model, all),
      rows: all.map(({ leaf, event, to: end }) => rowId(leaf, event, end ?? leaf)),
    };
  });
  const start: ChartNode = { id: 'start', kind: 'start', title: '', lines: [], hue: null, children: [], rank: 0, data: {} };
  const first: ChartEdge = { id: 'start-edge', from: 'start', to: topOf(root.initial ?? ''), cause: null, lines: [], rows: [] };
  return { ...about, nodes: [start, ...nodes], edges: [first, ...edges] };
}

/** What the rows of an edge have in common, in few lines: a line for the events of each guard, and the guard below. */
export function linesOfRows(model: Model, rows: readonly Transition[]): readonly string[] {
  const byGuard = new Map<string, Set<string>>();
  for (const row of rows) {
    const guard = guardLabel(row, 'top') ?? '';
    byGuard.set(guard, (byGuard.get(guard) ?? new Set()).add(eventLabel(model, row)));
  }
  return [...byGuard].flatMap(([guard, events]) => [...joined([...events]), ...(guard === '' ? [] : [`[${guard}]`])]);
}

/** Single words and times share a line, and so do those that end alike: `up, restart`, `setup or finish exits`. */
function joined(words: readonly string[]): readonly string[] {
  const isShort = (word: string): boolean => !word.includes(' ') || /^[0-9]/.test(word);
  const exits = words.filter((word) => word.endsWith(' exits')).map((word) => word.replace(/ exits$/, ''));
  const rest = words.filter((word) => !isShort(word) && !word.endsWith(' exits'));
  const short = words.filter(isShort);
  return [...(short.length === 0 ? [] : [short.join(', ')]), ...(exits.length === 0 ? [] : [`${exits.join(' or ')} exits`]), ...rest];
}
