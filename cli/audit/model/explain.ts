/**
 * What an event does in a state, in words: the rows that may be taken with their conditions, actions and rule, or why it is ignored.
 */
import type { Model, Transition } from '../../../diagrams/model.js';
import { actionWords, duration, eventWords, guardWords } from '../../../diagrams/words.js';
import { timerEvent } from './lookup.js';

/** What a leaf does on an event. */
export interface Answer {
  readonly machine: string;
  readonly leaf: string;
  readonly event: string;
  /** Empty: it is ignored. */
  readonly rows: readonly AnswerRow[];
  /** Why it is ignored; null: it is not. */
  readonly ignored: string | null;
}

export interface AnswerRow {
  readonly guard: string | null;
  /** The guard in words; null: always. */
  readonly condition: string | null;
  /** null: it stays. */
  readonly to: string | null;
  readonly actions: readonly string[];
  readonly description: string | null;
  readonly rule: string | null;
  /** How the reference differs, if it does. */
  readonly corrects: string | null;
}

export function answer(model: Model, leaf: string, event: string): Answer {
  const rows = model.transitions.filter((row) => row.leaf === leaf && (event === timerEvent ? row.delay !== null : row.event === event));
  const [first] = rows;
  if (first !== undefined) return { machine: model.id, leaf, event: first.event, rows: rows.map(rowOf), ignored: null };
  const noTimer = event === timerEvent ? 'no timer runs here' : 'that timer does not run here';
  return { machine: model.id, leaf, event, rows: [], ignored: model.compiled.ignored[leaf]?.[event] ?? noTimer };
}

function rowOf({ guard, to, actions, declared, rule }: Transition): AnswerRow {
  const { description, corrects } = declared;
  return { guard, condition: guard === null ? null : guardWords(guard).long, to, actions, description, rule, corrects };
}

/** Answers in text; leaves that do the same are named together. */
export function toText(model: Model, answers: readonly Answer[]): string {
  const alike = new Map<string, Answer[]>();
  for (const each of answers) {
    const key = JSON.stringify([each.event, each.rows, each.ignored]);
    alike.set(key, [...(alike.get(key) ?? []), each]);
  }
  return [...alike.values()].map((group) => partText(model, group)).join('\n');
}

function partText(model: Model, group: readonly Answer[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const head = `${group.map(({ leaf }) => leaf).join(', ')} on ${first.event} (${eventText(model, first.event)})\n`;
  if (first.ignored !== null) return `${head}  is ignored: ${first.ignored}\n`;
  return head + first.rows.map((row, index) => rowText(row, index, first.rows.length)).join('');
}

function eventText(model: Model, event: string): string {
  if (event === timerEvent) return 'its timer is due';
  const delay = event.replace(/^after /, '');
  const ms = model.compiled.table.delays[delay];
  return event.startsWith('after ') && ms !== undefined ? `its timer of ${duration(ms)} is due` : eventWords(event).long.replace(/`/g, '');
}

function rowText(row: AnswerRow, index: number, count: number): string {
  const condition = row.condition === null ? (count === 1 ? '' : 'else: ') : `if ${row.condition}: `;
  const lines = [
    `${condition}${row.to === null ? 'it stays' : `→ ${row.to}`}`,
    ...(row.actions.length === 0 ? [] : [`   does: ${row.actions.map(actionWords).join(', ')}`]),
    ...(row.description === null ? [] : [`   note: ${row.description}`]),
    ...(row.rule === null ? [] : [`   rule: ${row.rule}`]),
    ...(row.corrects === null ? [] : [`   the reference differs: ${row.corrects}`]),
  ];
  const mark = count === 1 ? '' : `${String(index + 1)}. `;
  return lines.map((line, at) => `  ${at === 0 ? mark : ' '.repeat(mark.length)}${line}\n`).join('').replace(/`/g, '');
}
