/** The total table of a machine, in several formats: every pair of a leaf and an event, transitions and ignored ones. */
import { table as markdownTable } from '../../../diagrams/markdown.js';
import type { Model } from '../../../diagrams/model.js';
import { answer } from './explain.js';
import type { Answer } from './explain.js';
import { timerEvent } from './lookup.js';

export const tableFormats = ['text', 'markdown', 'json', 'csv'] as const;
export type TableFormat = (typeof tableFormats)[number];

/** One line of the table. */
interface Line {
  readonly leaf: string;
  readonly event: string;
  readonly guard: string;
  /** A leaf, `stays`, or `ignored`. */
  readonly to: string;
  readonly actions: string;
  /** Why it is ignored, or what is said of the transition. */
  readonly note: string;
  readonly rule: string;
  readonly corrects: string;
}

export function printTable(model: Model, format: TableFormat): string {
  const answers = answersOf(model);
  const lines = answers.flatMap(linesOf);
  switch (format) {
    case 'json':
      return `${JSON.stringify({ machine: model.id, delays: model.compiled.table.delays, pairs: answers }, null, 2)}\n`;
    case 'csv':
      return [columns, ...lines.map(cells)].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
    case 'markdown':
      return `${markdownTable(columns, lines.map(cells))}\n`;
    case 'text':
      return text(lines);
  }
}

/** All pairs, leaf by leaf: the events in the order of the machine, then the timer. */
export function answersOf(model: Model): readonly Answer[] {
  return model.compiled.table.leaves.flatMap((leaf) => [
    ...model.compiled.events.map((event) => answer(model, leaf.name, event)),
    ...(leaf.delay === null ? [] : [answer(model, leaf.name, timerEvent)]),
  ]);
}

function linesOf({ leaf, event, rows, ignored }: Answer): readonly Line[] {
  if (ignored !== null) return [{ leaf, event, guard: '', to: 'ignored', actions: '', note: ignored, rule: '', corrects: '' }];
  return rows.map(({ guard, to, actions, description, rule, corrects }) => ({
    leaf,
    event,
    guard: guard ?? '',
    to: to ?? 'stays',
    actions: actions.join(' '),
    note: description ?? '',
    rule: rule ?? '',
    corrects: corrects ?? '',
  }));
}

const columns = ['state', 'event', 'if', 'leads to', 'does', 'note', 'rule', 'the reference'];
const cells = ({ leaf, event, guard, to, actions, note, rule, corrects }: Line): readonly string[] => [leaf, event, guard, to, actions, note, rule, corrects];

/** A field of CSV (RFC 4180). */
function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replace(/"/g, '""')}"` : field;
}

/** For a terminal: a part for each leaf, the columns aligned. */
function text(lines: readonly Line[]): string {
  const width = (of: (line: Line) => string): number => Math.max(...lines.map((line) => of(line).length));
  const widths = { event: width(({ event }) => event), guard: width(({ guard }) => guard) + 2, to: width(({ to }) => to) };
  const leaves = [...new Set(lines.map(({ leaf }) => leaf))];
  return leaves
    .map((leaf) => {
      const own = lines.filter((line) => line.leaf === leaf).map(({ event, guard, to, actions, note }) => {
        const condition = guard === '' ? '' : `[${guard}]`;
        const rest = to === 'ignored' ? note : actions;
        return `  ${event.padEnd(widths.event)}  ${condition.padEnd(widths.guard)}  ${to.padEnd(widths.to)}  ${rest}`.trimEnd();
      });
      return `${[leaf, ...own].join('\n')}\n`;
    })
    .join('\n');
}
