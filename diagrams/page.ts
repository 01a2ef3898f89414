/**
 * The frame of every picture: title, legend, notes, and the style that all share.
 *
 * Each colour is written twice, as itself and as a variable: a viewer that knows no variables takes the first, which is the light one.
 */
import { textWidth, wrap } from './metrics.js';
import { element, serialize } from './svg.js';
import type { Element } from './svg.js';
import { dashes, shade, states, variables } from './theme.js';
import type { Cause } from './theme.js';

export interface About {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly notes: readonly string[];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const margin = 28;
const top = 74;
const noteHeight = 17;
export const pictureFont = "'Liberation Sans', Arial, Helvetica, Arimo, sans-serif";

/** `property: colour`, once plain and once as a variable. */
const colour = (property: string, name: string): string => `${property}:${shade(name)};${property}:var(--${name})`;

const rules = [
  `text{font-family:${pictureFont};font-size:12px;${colour('fill', 'ink')}}`,
  `.paper{${colour('fill', 'paper')}}`,
  `.heading{font-size:22px;font-weight:bold}`,
  `.small{font-size:12px;${colour('fill', 'faint')}}`,
  `.title{font-size:15px;font-weight:bold;text-anchor:middle}`,
  `.line{font-size:11.5px;text-anchor:middle}`,
  `.parent>.title,.parent>.line{text-anchor:start}`,
  `.line.description{fill-opacity:.75}`,
  `.box>rect{${colour('fill', 'panel')};${colour('stroke', 'faint')};stroke-width:1.2}`,
  `.box>.inner{fill:none}`,
  `.box.parent>rect{fill-opacity:.45}`,
  `.rule{${colour('stroke', 'faint')};stroke-width:.6}`,
  ...states.map((name) => `.hue-${name}>rect{${colour('fill', name)}}`),
  `.dot{${colour('fill', 'ink')}}`,
  `.choice>polygon{${colour('fill', 'paper')};${colour('stroke', 'ink')};stroke-width:1.2}`,
  `.way{fill:none;${colour('stroke', 'ink')};stroke-width:1.4}`,
  `.head{${colour('fill', 'ink')}}`,
  `.label>rect{${colour('fill', 'paper')}}`,
  ...states.map((name) => `.label>rect.in-${name}{${colour('fill', name)};fill-opacity:.45}`),
  `.label>text{text-anchor:middle}`,
  ...(['operator', 'process', 'timer'] as const).flatMap((cause) => [
    `.${cause}>.way{${colour('stroke', cause)}}`,
    `.${cause}>.head,.label.${cause}>text,.line.${cause},.${cause}>.words.event,.${cause}>.key{${colour('fill', cause)}}`,
  ]),
  `.time{${colour('stroke', 'line')};stroke-width:1}`,
  `.clock{text-anchor:end}`,
  `.lane{font-size:15px;font-weight:bold}`,
  `.words.action{${colour('fill', 'faint')}}`,
  `.is-active>rect{${colour('stroke', 'ink')};stroke-width:3.5}`,
  `.is-last>.way{stroke-width:3.5}`,
  `.label.is-last>text{font-weight:bold}`,
  `.line.is-last{font-weight:bold}`,
];

const causes: readonly (readonly [Cause, string])[] = [
  ['operator', 'somebody asks'],
  ['process', 'a process does something'],
  ['timer', 'time is over'],
];

/** A document around `parts`, which are drawn in a space of `size` with its own origin. */
export function document(about: About, size: Size, parts: readonly Element[]): string {
  const headWidth = textWidth(about.title, 22, 'bold') + 40 + legendWidth();
  const width = Math.ceil(Math.max(size.width, headWidth) + 2 * margin);
  const notes = about.notes.flatMap((note) => wrap(note, 12, width - 2 * margin));
  const notesTop = top + size.height + 26;
  const height = Math.ceil(notesTop + notes.length * noteHeight + margin - 12);
  const left = (width - size.width) / 2;
  const selector = `.${about.id}`;
  return `${serialize(
    element(
      'svg',
      {
        xmlns: 'http://www.w3.org/2000/svg',
        class: `nitro-chart ${about.id}`,
        viewBox: `0 0 ${String(width)} ${String(height)}`,
        width,
        height,
        role: 'img',
        'aria-labelledby': `${about.id}-title ${about.id}-desc`,
      },
      element('title', { id: `${about.id}-title` }, about.title),
      element('desc', { id: `${about.id}-desc` }, about.description),
      element('style', {}, variables(selector), ...rules.map((rule) => `\n${scoped(rule, selector)}`)),
      element('rect', { class: 'paper', width, height }),
      element('text', { class: 'heading', x: margin, y: 40 }, about.title),
      legend(width),
      element('g', { transform: `translate(${String(Math.round(left))},${String(top)})` }, ...parts),
      ...notes.map((note, index) => element('text', { class: 'small', x: margin, y: notesTop + index * noteHeight }, note)),
    ),
  )}\n`;
}

/** Every selector of a rule, below the picture's own class: an embedded picture styles itself alone. */
function scoped(rule: string, selector: string): string {
  const brace = rule.indexOf('{');
  const selectors = rule.slice(0, brace).split(',');
  return `${selectors.map((each) => `${selector} ${each}`).join(',')}${rule.slice(brace)}`;
}

const keyWidth = (words: string): number => 46 + Math.ceil(textWidth(words, 12)) + 18;
const legendWidth = (): number => causes.reduce((sum, [, words]) => sum + keyWidth(words), 0) - 18;

/** What the colours and the dashes mean, at the right of the title. */
function legend(width: number): Element {
  let x = width - margin - legendWidth();
  const keys = causes.map(([cause, words]) => {
    const at = String(x);
    const key = element(
      'g',
      { class: cause },
      element('path', { class: 'way', d: `M${at},32h28`, 'stroke-dasharray': dashes[cause] }),
      element('path', { class: 'head', d: `M${String(x + 36)},32l-9,3.5v-7z` }),
      element('text', { class: 'key', x: x + 42, y: 36 }, words),
    );
    x += keyWidth(words);
    return key;
  });
  return element('g', { class: 'legend' }, ...keys);
}
