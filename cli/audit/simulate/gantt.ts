/**
 * The course of a simulation as characters: a row for each service, time from left to right.
 *
 * A character stands for a span of time. Of several states in it the one that passes is shown, since it is what one looks for: a second of
 * SETUP is worth more than the UP around it. States have signs of their own, so that no colour is needed.
 */
import { moment, stepOf } from '../../../diagrams/timeline.js';
import { charactersOf } from '../check/names.js';
import type { Course, Lane, Phase } from '../trace/course.js';

/** In the order in which they are preferred where several fall into one character. */
const signs: readonly (readonly [string, string, string])[] = [
  ['FATAL', 'X', '31'],
  ['SETUP', 's', '33'],
  ['RESTART', 'r', '33'],
  ['SHUTDOWN', '\\', '33'],
  ['DELAY', 'd', '33'],
  ['STARTING', '-', '33'],
  ['ONESHOT', 'o', '32'],
  ['UP', '=', '32'],
  ['DOWN', '.', '2'],
];

const nameMax = 20;
/** Fewer characters than this for the time are no picture. */
const cellsMin = 20;
/** Characters for a number of the axis with room around it. */
const labelWidth = 9;
const escape = '\x1b[';

function cut(text: string, width: number): string {
  const characters = charactersOf(text);
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}~`;
}

/** Part of a character's time below which a state is not worth showing. */
const least = 0.1;

/** The state for the span of time; null: the service was not known. */
function stateIn({ spans }: Lane, from: number, to: number): string | null {
  const present = spans.flatMap((span) => {
    const ms = Math.min(span.to, to) - Math.max(span.from, from);
    return ms > (to - from) * least ? [span.state] : [];
  });
  return signs.find(([state]) => present.includes(state))?.[0] ?? null;
}

/** Phases of the system, as words where they fit. */
function phaseRow(phases: readonly Phase[], cells: number, end: number): string {
  const row = Array.from({ length: cells }, () => ' ');
  for (const { from, to, name } of phases) {
    const first = Math.min(cells - 1, Math.floor((from / end) * cells));
    const last = Math.min(cells, Math.max(first + 1, Math.ceil((to / end) * cells)));
    const text = charactersOf(`|${name}`).slice(0, last - first);
    for (let cell = first; cell < last; cell++) row[cell] = text[cell - first] ?? '_';
  }
  return row.join('');
}

function axis(cells: number, end: number): string {
  const step = stepOf(end, Math.max(1, Math.floor(cells / labelWidth)));
  let row = '';
  for (let t = 0; t <= end; t += step) {
    const place = Math.round((t / end) * cells);
    const label = `|${moment(t, step)}`;
    if (place + label.length <= cells) row = row.padEnd(place) + label;
    else if (row.length + label.length < place) row = row.padEnd(place - label.length) + label.slice(1) + '|';
  }
  return row;
}

/** Draw it in `width` characters. */
export function gantt({ lanes, phases, end }: Course, width: number, isColoured: boolean): string {
  const span = Math.max(end, 1);
  const names = Math.min(nameMax, Math.max(8, ...lanes.map(({ service }) => charactersOf(service).length)));
  const cells = Math.max(cellsMin, width - names - 1);
  const name = (text: string): string => cut(text, names).padEnd(names + 1);
  const drawn = new Set<string>();
  const rows = lanes.map((lane) => {
    let row = '';
    let before = '';
    for (let cell = 0; cell < cells; cell++) {
      const state = stateIn(lane, (cell / cells) * span, ((cell + 1) / cells) * span);
      if (state !== null) drawn.add(state);
      const [, sign = ' ', colour = '0'] = signs.find(([each]) => each === state) ?? [];
      if (isColoured && colour !== before) row += `${escape}${colour}m`;
      before = colour;
      row += sign;
    }
    return `${name(lane.service)}${row}`.trimEnd() + (isColoured ? `${escape}0m` : '');
  });
  const legend = signs.filter(([state]) => drawn.has(state)).map(([state, sign]) => `${sign} ${state}`).reverse();
  return `${[`${name('')}${axis(cells, span)}`, `${name('(nitro)')}${phaseRow(phases, cells, span)}`.trimEnd(), ...rows, '', legend.join('   ')].join('\n')}\n`;
}
