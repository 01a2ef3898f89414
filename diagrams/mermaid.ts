/**
 * A machine as Mermaid text (`stateDiagram-v2`), for pages that draw it themselves.
 *
 * Mermaid cannot lead from inside one state to inside another, so there are two flat charts: of the top-level states, and of the leaves.
 * Colours of causes are not to be had; the labels say the same as those of the pictures.
 */
import { grouped } from './bundles.js';
import { linesOfRows } from './chart-top.js';
import { topOf } from './model.js';
import type { Model, Transition } from './model.js';

export type Depth = 'states' | 'substates';

export function mermaid(model: Model, depth: Depth): string {
  const name = (leaf: string): string => (depth === 'states' ? topOf(leaf) : leaf);
  const moving = model.transitions.filter(({ leaf, to }) => to !== null && name(leaf) !== name(to));
  const initial = model.compiled.table.leaves[model.compiled.table.initial]?.name ?? '';
  const all = [...new Set(model.compiled.table.leaves.map((leaf) => name(leaf.name)))];
  const final = model.compiled.table.leaves.filter((leaf) => leaf.final).map((leaf) => name(leaf.name));
  const lines = [
    'stateDiagram-v2',
    ...all.filter((each) => idOf(each) !== each).map((each) => `  state "${each}" as ${idOf(each)}`),
    `  [*] --> ${idOf(name(initial))}`,
    ...grouped(moving, ({ leaf, to }) => `${name(leaf)} ${name(to ?? leaf)}`).map((rows) => edge(model, rows, name)),
    ...final.map((each) => `  ${idOf(each)} --> [*]`),
  ];
  return `${lines.join('\n')}\n`;
}

function edge(model: Model, rows: readonly Transition[], name: (leaf: string) => string): string {
  const [first] = rows;
  if (first === undefined) throw new Error('an edge without rows');
  const label = linesOfRows(model, rows).join(', ').replace(/, \[/g, ' [').replace(/\[/g, '(').replace(/\]/g, ')');
  return `  ${idOf(name(first.leaf))} --> ${idOf(name(first.to ?? first.leaf))}: ${label}`;
}

/** A dot is not allowed in a name. */
function idOf(name: string): string {
  return name.replace(/\./g, '_');
}
