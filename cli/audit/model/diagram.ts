/** A machine as a picture, or as text for a program that makes one. */
import { charts } from '../../../diagrams/charts.js';
import { json, literal } from '../../../diagrams/definition.js';
import { dot } from '../../../diagrams/dot.js';
import { mermaid } from '../../../diagrams/mermaid.js';
import { models } from '../../../diagrams/model.js';
import { scxml } from '../../../diagrams/scxml.js';
import type { MachineName } from './lookup.js';
import { pictures, storyPictures } from './pictures.js';
import type { StoryName } from './pictures.js';

export const diagramFormats = ['svg', 'mermaid', 'dot', 'scxml', 'json', 'ts'] as const;
export type DiagramFormat = (typeof diagramFormats)[number];
export const views = ['states', 'substates', 'crash-and-restart', 'shutdown'] as const;
export type View = (typeof views)[number];

/** The diagram, or what is wrong with the question. SCXML, JSON and TypeScript hold the whole machine, whatever the view. */
export function diagram(machine: MachineName, view: View, format: DiagramFormat): { readonly text: string } | { readonly wrong: string } {
  if (isStory(view)) return format === 'svg' ? { text: storyPictures[view] } : { wrong: `the view ${view} is a picture: --format svg` };
  const model = models[machine];
  switch (format) {
    case 'svg':
      return { text: pictures[machine][view] };
    case 'mermaid':
      return { text: mermaid(model, view) };
    case 'dot':
      return { text: dot(chartOf(machine, view)) };
    case 'scxml':
      return { text: scxml(model) };
    case 'json':
      return { text: json(model) };
    case 'ts':
      return { text: literal(model) };
  }
}

function isStory(view: View): view is StoryName {
  return view in storyPictures;
}

function chartOf(machine: MachineName, view: 'states' | 'substates'): (typeof charts)[number] {
  const id = machine === 'system' && view === 'states' ? 'system-phases' : `${machine}-${view}`;
  const found = charts.find((chart) => chart.id === id);
  if (found === undefined) throw new Error(`no such chart: ${id}`);
  return found;
}
