/**
 * A compiled machine against its rules, pair by pair.
 *
 * For every situation, every event (the timer's included) and every outcome of the facts that the rules or the table ask for there, what
 * the rules say and what the table does must be the same: next situation, effects and their order, timer. Nothing is sampled.
 */
import type { Compiled } from '../../machines/compile.js';
import { STAY } from '../../table/format.js';
import type { Row, Table } from '../../table/format.js';
import { rowFor, rowForTimer } from '../../table/step.js';
import { SAME, TIMER, isSo, outcomes, said } from './rule.js';
import type { Facts, Rule, Rulebook } from './rule.js';

/** The rules by leaf and event: what is asked of them for each machine that is checked. */
export interface Index {
  readonly rulebook: Rulebook;
  readonly at: ReadonlyMap<string, readonly Rule[]>;
  /** What was found of a pair that had these rows; machines that are checked differ in a few pairs only. */
  readonly judged: Map<string, readonly string[]>;
}

/** @returns the index, to be used for any number of checks. */
export function indexOf(rulebook: Rulebook): Index {
  const at = new Map<string, Rule[]>();
  for (const rule of rulebook.rules) {
    for (const leaf of rule.in) {
      for (const event of rule.on) {
        const key = keyOf(leaf, event);
        at.set(key, [...(at.get(key) ?? []), rule]);
      }
    }
  }
  return { rulebook, at, judged: new Map() };
}

/** @returns each place where the machine is not what the rules say, in words; empty if there is none. */
export function conformance(index: Index, { events, table }: Compiled): readonly string[] {
  const { rulebook } = index;
  const found: string[] = [];
  const expect = (what: string, expected: unknown, actual: unknown): void => {
    if (JSON.stringify(expected) === JSON.stringify(actual)) return;
    found.push(`${what}: should be ${JSON.stringify(expected)}, is ${JSON.stringify(actual)}`);
  };
  expect('situations', sorted(rulebook.situations.map(({ leaf }) => leaf)), sorted(table.leaves.map(({ name }) => name)));
  expect('events', sorted(rulebook.events), sorted(events));
  expect('initial situation', rulebook.initial, table.leaves[table.initial]?.name);
  expect('effects of the start', rulebook.start, table.start);
  expect('times of §1', sortedEntries(rulebook.times), sortedEntries(table.delays));
  for (const situation of rulebook.situations) {
    const place = table.leaves.findIndex(({ name }) => name === situation.leaf);
    const leaf = table.leaves[place];
    if (leaf === undefined) continue;
    expect(`${leaf.name}: visible state`, situation.visible, leaf.state);
    expect(`${leaf.name}: timer`, situation.timer, leaf.delay);
    expect(`${leaf.name}: the end of the machine`, !rulebook.rules.some((rule) => rule.in.includes(leaf.name)), leaf.final);
    for (const event of [...rulebook.events, TIMER]) found.push(...pair(index, table, place, event));
  }
  return found;
}

/** What is wrong with one pair of situation and event. */
function pair({ at, judged }: Index, table: Table, place: number, event: string): readonly string[] {
  const leaf = table.leaves[place];
  if (leaf === undefined) return [];
  const rows = (event === TIMER ? leaf.due : leaf.on[event]) ?? [];
  const pairKey = keyOf(leaf.name, event);
  const key = `${pairKey} ${rows.map((row) => `${row.guard ?? ''}?${targetOf(table, row)}:${row.actions.join()}`).join(';')}`;
  const known = judged.get(key);
  if (known !== undefined) return known;
  const found: string[] = [];
  judged.set(key, found);
  const rules = at.get(pairKey) ?? [];
  for (const facts of outcomes([...rules.flatMap(({ when }) => Object.keys(when)), ...rows.flatMap(({ guard }) => guard ?? [])])) {
    const where = `${leaf.name} on ${event} with ${said(facts)}`;
    const applying = rules.filter((rule) => applies(rule, facts));
    const [rule] = applying;
    if (applying.length > 1) found.push(`${where}: more than one rule: ${applying.map(({ row }) => row).join('; ')}`);
    const should = rule === undefined ? 'ignored' : `${rule.to} [${rule.effects.join(', ')}]`;
    const does = done(table, place, event, facts);
    if (does !== should) found.push(`${where} (${rule?.row ?? 'any other pair'}): should be ${should}, is ${does}`);
  }
  return found;
}

/** What the table does, in the words of a rule. A row that changes nothing is how the table says "ignored" under a guard. */
function done(table: Table, index: number, event: string, facts: Facts): string {
  const holds = (guard: string): boolean => isSo(guard, facts);
  const row = event === TIMER ? rowForTimer(table, index, holds) : rowFor(table, index, event, holds);
  if (row === null || (row.target === STAY && row.actions.length === 0)) return 'ignored';
  return `${targetOf(table, row)} [${row.actions.join(', ')}]`;
}

function targetOf(table: Table, row: Row): string {
  return row.target === STAY ? SAME : (table.leaves[row.target]?.name ?? 'no situation');
}

function keyOf(leaf: string, event: string): string {
  return `${leaf} ${event}`;
}

function applies(rule: Rule, facts: Facts): boolean {
  return Object.entries(rule.when).every(([fact, value]) => facts[fact] === value);
}

function sorted(names: readonly string[]): readonly string[] {
  return [...names].sort();
}
function sortedEntries(record: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
