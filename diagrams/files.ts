/**
 * All generated files, by their paths from the root of the project.
 *
 * One list for those who write them and those who check that they are current.
 */
import { auditDocument } from './audit-document.js';
import { charts } from './charts.js';
import { json, literal } from './definition.js';
import { dot } from './dot.js';
import { draw } from './draw.js';
import { place } from './layout.js';
import { mermaid } from './mermaid.js';
import { models } from './model.js';
import { scxml } from './scxml.js';
import { statesDocument } from './states-document.js';
import { stories } from './stories.js';
import { drawStory } from './story-draw.js';

const folder = 'diagrams/output';

/** `readme` is the text of README.md as it is; its block between the markers is filled. */
export async function files(readme: string): Promise<Readonly<Record<string, string>>> {
  const all: Record<string, string> = {};
  for (const chart of charts) {
    all[`${folder}/${chart.id}.svg`] = draw(await place(chart));
    all[`${folder}/${chart.id}.dot`] = dot(chart);
  }
  for (const story of stories) all[`${folder}/${story.id}.svg`] = drawStory(story);
  all[`${folder}/service-states.mmd`] = mermaid(models.service, 'states');
  all[`${folder}/service-substates.mmd`] = mermaid(models.service, 'substates');
  all[`${folder}/system-phases.mmd`] = mermaid(models.system, 'states');
  all[`${folder}/system-substates.mmd`] = mermaid(models.system, 'substates');
  for (const model of Object.values(models)) {
    all[`${folder}/${model.id}.scxml`] = scxml(model);
    all[`${folder}/${model.id}.json`] = json(model);
    all[`${folder}/${model.id}-machine.ts`] = literal(model);
  }
  all['docs/states.md'] = statesDocument();
  all['docs/audit-of-nitro-c.md'] = auditDocument();
  all['README.md'] = withDiagram(readme, mermaid(models.service, 'states'));
  return all;
}

const begin = '<!-- diagram: service -->';
const end = '<!-- end of diagram -->';

/** The text with the diagram between its markers. */
export function withDiagram(text: string, diagram: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md lacks the markers ${begin} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n\`\`\`mermaid\n${diagram}\`\`\`\n${text.slice(to)}`;
}
