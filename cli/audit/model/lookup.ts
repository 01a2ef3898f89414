/**
 * States and events as people type them: in any case, by the name of the machine or by the word that nitroctl and the pictures use.
 *
 * A name of one of the nine states, or of a phase, stands for all leaves within. What is not known comes back with the names nearest to it.
 */
import { dueEvent, models, topOf } from '../../../diagrams/model.js';
import type { Model } from '../../../diagrams/model.js';
import { eventWords } from '../../../diagrams/words.js';

export type MachineName = keyof typeof models;
export const machineNames = ['service', 'system'] as const satisfies readonly MachineName[];

export type Found<Value> = { readonly kind: 'found'; readonly value: Value } | { readonly kind: 'unknown'; readonly near: readonly string[] };

/** The timer of a state, whichever it is. */
export const timerEvent = 'timer';

/** The names of the leaves that are meant; that of a single one, or of all within a state. */
export function leavesNamed(model: Model, text: string): Found<readonly string[]> {
  const leaves = model.compiled.table.leaves.map(({ name }) => name);
  const same = sameAs(text);
  const value = leaves.some(same) ? leaves.filter(same) : leaves.filter((leaf) => same(topOf(leaf)));
  if (value.length > 0) return { kind: 'found', value };
  return { kind: 'unknown', near: nearest(text, [...new Set([...leaves.map(topOf), ...leaves])]) };
}

/** The name of the event that is meant; `timer` is that of the leaf's own timer, `after NAME` and NAME those of a certain one. */
export function eventNamed(model: Model, text: string): Found<string> {
  const delays = Object.keys(model.compiled.table.delays);
  const { events } = model.compiled;
  const same = sameAs(text);
  const event = events.find(same) ?? events.find((name) => same(eventWords(name).short));
  const delay = delays.find((name) => same(dueEvent(name)) || same(name));
  const value = event ?? (same(timerEvent) ? timerEvent : delay === undefined ? undefined : dueEvent(delay));
  if (value !== undefined) return { kind: 'found', value };
  return { kind: 'unknown', near: nearest(text, [...events, ...events.map((name) => eventWords(name).short), timerEvent, ...delays]) };
}

/** Are two names the same, whatever their case, and with spaces, hyphens or underscores? */
function sameAs(text: string): (name: string) => boolean {
  const plain = (name: string): string => name.toLowerCase().replace(/[ _-]/g, '');
  return (name) => plain(name) === plain(text);
}

const nearMax = 3;

/** The names that look like the text: those that hold it, and those few changes away. */
export function nearest(text: string, names: readonly string[]): readonly string[] {
  const given = text.toLowerCase();
  const scored = [...new Set(names)].map((name) => {
    const lower = name.toLowerCase();
    const isPart = given.length > 1 && (lower.includes(given) || given.includes(lower));
    return { name, distance: isPart ? 1 : distance(given, lower) };
  });
  return scored
    .filter(({ name, distance: far }) => far <= Math.max(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, nearMax)
    .map(({ name }) => name);
}

/** Levenshtein's: how many letters have to be put in, taken out or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
