/**
 * The chart of all states of a machine: boxes within boxes, entry actions, timers, guards and the actions of each transition.
 *
 * Theory of operation. What is drawn is the definition: a transition that a state declares for all that is within it starts at that state's
 * border. Where several states declare the same cascade of guards (how a life begins, and how it ends), the cascade is drawn once,
 * behind a question. A row that stays is a line in its box; one that stays and does nothing is left out, a note says so.
 */
import { grouped, joined, mirrored } from './bundles.js';
import type { Draft, Junction } from './bundles.js';
import { rowId } from './chart.js';
import type { Chart, ChartEdge, ChartNode, Line } from './chart.js';
import { eventLabel, guardLabel } from './labels.js';
import { sizes, textWidth } from './metrics.js';
import { topOf } from './model.js';
import type { Model, State, Transition } from './model.js';
import { actionWords, causeOf, duration } from './words.js';

type Text = Pick<Chart, 'id' | 'title' | 'description' | 'notes' | 'layout'>;

/** Widest line of actions in a label, in pixels. */
const actionsWidth = 150;

/** One list of transitions as a state declares it for an event, with the rows that it became. */
interface Cascade {
  readonly source: State;
  readonly event: string;
  /** The rows of each transition, of one for each leaf within; those that are never taken are not there. */
  readonly branches: readonly Branch[];
}
interface Branch {
  readonly rows: readonly Transition[];
  /** null: it stays. */
  readonly to: string | null;
  readonly guard: string | null;
  readonly actions: readonly string[];
}

export function leavesChart(model: Model, about: Text, ranks: readonly (readonly string[])[]): Chart {
  const all = cascades(model);
  const shared = sharedCascades(all);
  const plain = [...all.flatMap((cascade) => draftsOf(model, cascade, shared)), ...outOf(shared)];
  const leaves = model.compiled.table.leaves.map(({ name }) => name);
  const { drafts, junctions } = joined(mirrored(plain, leaves));
  const rank = (name: string): number => ranks.findIndex((names) => names.includes(name));
  const nodes = model.root.children.map((state) => nodeOf(model, state, all, junctions, rank(state.name)));
  const choices = [...shared.values()].map(({ id }): ChartNode => ({ ...empty, id, kind: 'choice', rank: rank(id) }));
  const start: ChartNode = { ...empty, id: 'start', kind: 'start', rank: 0 };
  const first = model.compiled.table.leaves[model.compiled.table.initial]?.name ?? '';
  const begin: ChartEdge = { id: 'start-edge', from: 'start', to: first, cause: null, lines: [], rows: [] };
  return { ...about, nodes: [start, ...nodes, ...choices], edges: [begin, ...merged(drafts)] };
}

const empty: Omit<ChartNode, 'id' | 'kind'> = { title: '', lines: [], hue: null, children: [], rank: null, data: {} };

function cascades(model: Model): readonly Cascade[] {
  return model.states.flatMap((source) =>
    [...source.declared].map(([event, declared]): Cascade => {
      const branches = declared.flatMap((each): readonly Branch[] => {
        const rows = model.transitions.filter((row) => row.declared === each);
        const [row] = rows;
        return row === undefined ? [] : [{ rows, to: row.to, guard: each.guard, actions: each.actions }];
      });
      return { source, event, branches };
    }),
  );
}

interface SharedCascade {
  readonly id: string;
  readonly members: readonly Cascade[];
}

/** Cascades with more than one end that are declared more than once, by what they say. */
function sharedCascades(all: readonly Cascade[]): ReadonlyMap<string, SharedCascade> {
  const groups = new Map<string, Cascade[]>();
  for (const cascade of all) {
    if (cascade.branches.filter(({ to }) => to !== null).length < 2) continue;
    groups.set(contentOf(cascade), [...(groups.get(contentOf(cascade)) ?? []), cascade]);
  }
  const several = [...groups].filter(([, members]) => members.length > 1);
  return new Map(several.map(([content, members], index) => [content, { id: `choice-${String(index + 1)}`, members }]));
}

function contentOf({ branches }: Cascade): string {
  return JSON.stringify(branches.map(({ to, guard, actions }) => [to, guard, actions]));
}

/** Actions that every branch begins with. */
function commonActions({ branches }: Cascade): readonly string[] {
  const [first, ...others] = branches.filter(({ to }) => to !== null);
  return (first?.actions ?? []).filter((action, index) => others.every(({ actions }) => actions[index] === action));
}

function idsOf(rows: readonly Transition[]): readonly string[] {
  return rows.map(({ leaf, event, to }) => rowId(leaf, event, to ?? leaf));
}

function draftsOf(model: Model, cascade: Cascade, shared: ReadonlyMap<string, SharedCascade>): readonly Draft[] {
  const from = cascade.source.name;
  const leading = cascade.branches.filter(({ to }) => to !== null);
  const [any] = leading.flatMap(({ rows }) => rows);
  if (any === undefined) return [];
  const cause = causeOf(any);
  const choice = shared.get(contentOf(cascade));
  if (choice !== undefined) {
    const rows = idsOf(leading.flatMap((branch) => branch.rows));
    const label = eventLabel(model, { ...any, index: 0, guard: null });
    return [{ from, to: choice.id, cause, label, guard: '', actions: commonActions(cascade).map(actionWords), rows }];
  }
  return leading.flatMap(({ rows, to, actions }): readonly Draft[] => {
    const [row] = rows;
    if (row === undefined || to === null) return [];
    return [{ from, to, cause, label: eventLabel(model, row), guard: guardLabel(row, 'leaves') ?? '', actions: actions.map(actionWords), rows: idsOf(rows) }];
  });
}

/** From each question to where its branches lead. */
function outOf(shared: ReadonlyMap<string, SharedCascade>): readonly Draft[] {
  return [...shared.values()].flatMap(({ id, members }) => {
    const [one] = members;
    if (one === undefined) return [];
    const causes = new Set(members.flatMap(({ branches }) => branches.flatMap(({ rows }) => rows.map(causeOf))));
    const [cause = null] = causes.size === 1 ? causes : [];
    return one.branches.flatMap((branch, index): readonly Draft[] => {
      if (branch.to === null) return [];
      const rows = idsOf(members.flatMap(({ branches }) => branches[index]?.rows ?? []));
      const [row] = branch.rows;
      const guard = (row === undefined ? null : guardLabel(row, 'leaves')) ?? 'else';
      const actions = branch.actions.slice(commonActions(one).length).map(actionWords);
      return [{ from: id, to: branch.to, cause, label: '', guard, actions, rows }];
    });
  });
}

/** Drafts between the same two boxes with the same cause are one edge; those that differ in the event alone share their lines. */
function merged(drafts: readonly Draft[]): readonly ChartEdge[] {
  return grouped(drafts, ({ from, cause, to }) => `${from} ${cause ?? 'any'} ${to}`).flatMap((group): readonly ChartEdge[] => {
    const [first] = group;
    if (first === undefined) return [];
    const lines = grouped(group, ({ guard, actions }) => JSON.stringify([guard, actions])).flatMap(linesOf);
    const { from, to, cause } = first;
    return [{ id: [from, cause ?? 'any', to].join('-'), from, to, cause, lines, rows: group.flatMap(({ rows }) => rows) }];
  });
}

function linesOf(alike: readonly Draft[]): readonly string[] {
  const [first] = alike;
  if (first === undefined) return [];
  const labels = [...new Set(alike.map(({ label }) => label))].filter((label) => label !== '');
  const isShort = labels.every((label) => !label.includes(' '));
  const guard = first.guard === '' ? [] : [`[${first.guard}]`];
  const actions = actionLines(first.actions);
  return [...(isShort && labels.length > 0 ? [labels.join(', ')] : labels), ...guard, ...actions];
}

/** Actions after a slash; a line is broken between two of them only. */
function actionLines(actions: readonly string[]): readonly string[] {
  const lines: string[] = [];
  actions.forEach((action, index) => {
    const part = `${action}${index < actions.length - 1 ? ',' : ''}`;
    const line = lines[lines.length - 1];
    const longer = line === undefined ? `/ ${part}` : `${line} ${part}`;
    if (line !== undefined && textWidth(longer, sizes.label) > actionsWidth) lines.push(part);
    else lines.splice(-1, 1, longer);
  });
  return lines;
}

function nodeOf(model: Model, state: State, all: readonly Cascade[], junctions: readonly Junction[], rank: number | null): ChartNode {
  const dots = junctions.filter(({ inside }) => inside === state.name).map(({ id }): ChartNode => ({ ...empty, id, kind: 'junction' }));
  const isLeaf = state.children.length === 0;
  const isTop = state.parent?.parent === null;
  return {
    id: state.name,
    kind: state.final ? 'final' : isTop ? 'state' : 'leaf',
    title: state.key,
    lines: [...linesIn(model, state), ...internal(model, all.filter(({ source }) => source === state))],
    hue: topOf(state.name),
    children: [...state.children.map((child) => nodeOf(model, child, all, junctions, null)), ...dots],
    rank,
    data: { ...(isTop ? { 'data-state': state.name } : {}), ...(isLeaf ? { 'data-leaf': state.name } : {}) },
  };
}

function linesIn(model: Model, { description, entry, delay }: State): readonly Line[] {
  const ms = delay === null ? 0 : (model.compiled.table.delays[delay] ?? 0);
  return [
    { text: description.replace(/`/g, ''), kind: 'description', rows: [] },
    ...(entry.length === 0 ? [] : [{ text: `entry / ${entry.map(actionWords).join(', ')}`, kind: 'entry', rows: [] } as const]),
    ...(delay === null ? [] : [{ text: `timer ${delay}, ${duration(ms)}`, kind: 'timer', rows: [] } as const]),
  ];
}

/** Transitions that stay, as lines in the box of the state that declares them. */
function internal(model: Model, declared: readonly Cascade[]): readonly Line[] {
  return declared.flatMap(({ branches }) =>
    branches.flatMap(({ rows, to, actions }): readonly Line[] => {
      const [row] = rows;
      if (row === undefined || to !== null || actions.length === 0) return [];
      return [{ text: `${eventLabel(model, row)} / ${actions.map(actionWords).join(', ')}`, kind: causeOf(row), rows: idsOf(rows) }];
    }),
  );
}

