/**
 * How a supervisor looks in the plots: a colour, a shape of its points, a dash of its lines. None is told by its colour alone.
 */
import { element } from '../../diagrams/svg.js';
import type { Element } from '../../diagrams/svg.js';
import { pictureFont } from '../../diagrams/page.js';
import { shade, variables } from '../../diagrams/theme.js';

interface Look {
  /** A colour of the theme. */
  readonly colour: string;
  readonly dash?: string;
  readonly shape: 'circle' | 'square' | 'diamond' | 'triangle';
}

const looks: Readonly<Record<string, Look>> = {
  nitro: { colour: 'operator', shape: 'circle' },
  'nitro-c': { colour: 'ink', shape: 'diamond', dash: '6 3' },
  runit: { colour: 'process', shape: 'square' },
  s6: { colour: 'timer', shape: 'triangle' },
};
const other: Look = { colour: 'faint', shape: 'diamond', dash: '2 3' };

export const lookOf = (subject: string): Look => looks[subject] ?? other;

/** Name of its style. */
export const classOf = (subject: string): string => `c-${lookOf(subject).colour}`;

/** A point of the series, some 8 px wide. */
export function point(subject: string, x: number, y: number, radius = 4): Element {
  const attributes = { class: `point ${classOf(subject)}` };
  switch (lookOf(subject).shape) {
    case 'circle':
      return element('circle', { ...attributes, cx: x, cy: y, r: radius });
    case 'square':
      return element('rect', { ...attributes, x: x - radius * 0.9, y: y - radius * 0.9, width: radius * 1.8, height: radius * 1.8 });
    case 'diamond':
      return element('path', { ...attributes, d: path([[x, y - radius * 1.3], [x + radius * 1.3, y], [x, y + radius * 1.3], [x - radius * 1.3, y]]) });
    case 'triangle':
      return element('path', { ...attributes, d: path([[x, y - radius * 1.2], [x + radius * 1.15, y + radius * 0.9], [x - radius * 1.15, y + radius * 0.9]]) });
  }
}

const number = (value: number): string => String(Math.round(value * 100) / 100);
export const path = (points: readonly (readonly [number, number])[], isClosed = true): string =>
  `M${points.map(([x, y]) => `${number(x)} ${number(y)}`).join('L')}${isClosed ? 'Z' : ''}`;

/** Viewers that know no variables take the light colour, which stands before. */
const colour = (property: string, name: string): string => `${property}:${shade(name)};${property}:var(--${name})`;

const colours = ['operator', 'process', 'timer', 'ink', 'faint'] as const;

export const style = (): string =>
  [
    variables('svg'),
    `text{font-family:${pictureFont};${colour('fill', 'ink')};font-size:12px}`,
    `.paper{${colour('fill', 'paper')}}.title{font-size:17px;font-weight:600}.faint{${colour('fill', 'faint')}}`,
    `.grid line{${colour('stroke', 'line')};stroke-width:1}.axis text{${colour('fill', 'faint')};font-size:11px;font-variant-numeric:tabular-nums}`,
    `.line{fill:none;stroke-width:2}.point{${colour('stroke', 'paper')};stroke-width:1}.dot{stroke:none;fill-opacity:.45}`,
    // Names stand out from lines that go through behind them.
    `.median{stroke-width:2.5}.end{text-anchor:end}.middle{text-anchor:middle}`,
    `.label{font-weight:600;${colour('stroke', 'paper')};stroke-width:4;stroke-linejoin:round;paint-order:stroke}`,
    ...colours.map((name) => `.c-${name}{${colour('fill', name)}}.l-${name}{${colour('stroke', name)}}`),
  ].join('');

/** The frame of all plots. `desc` says in words what is seen. */
export function frame(title: string, subtitle: string, desc: string, width: number, height: number, ...inner: readonly Element[]): Element {
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' },
    element('title', {}, title),
    element('desc', {}, desc),
    element('style', {}, style()),
    element('rect', { class: 'paper', width, height }),
    element('text', { class: 'title', x: 24, y: 34 }, title),
    element('text', { class: 'faint', x: 24, y: 54 }, subtitle),
    ...inner,
  );
}
