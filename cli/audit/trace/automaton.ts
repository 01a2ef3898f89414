/**
 * The machines read as automata: what may follow from what, as seen from outside.
 *
 * Theory of operation. A *configuration* is a leaf, and the announcements of the row that led there which are still to come. A row announces what its
 * actions say (`announceDown`: DOWN; `announce`: the state it leads to). Rows that announce nothing are hidden steps, and a set of
 * configurations is always closed under them. Guards are known, or not: then both ways are open. A service that is DOWN may be forgotten, and created anew.
 */
import { STAY } from '../../../table/format.js';
import type { Leaf, Row, Table } from '../../../table/format.js';
import { serviceTable } from '../../../table/service.js';
import { systemTable } from '../../../table/system.js';
import type { StateName } from './format.js';

export interface Configuration {
  readonly leaf: number;
  readonly owed: readonly StateName[];
}

/** What is known of the guards, and which daemon it is. */
export interface Rules {
  /** Null: not known. */
  readonly goingDown: boolean | null;
  /** Announcements that the reference leaves out may be missing (behaviour.md §3, §7). */
  readonly lenient: boolean;
}

const service: Table = serviceTable;
const system: Table = systemTable;

export const machines = { service, system } as const;
export type MachineName = keyof typeof machines;

/** Name of the timer's event in a trace. */
const timerEvent = 'TIMER';
/** Entered without an announcement by the reference. */
const silent: readonly StateName[] = ['DELAY', 'RESTART', 'SHUTDOWN'];

export function leafNames(machine: MachineName): readonly string[] {
  return machines[machine].leaves.map(({ name }) => name);
}

/** Index of a leaf, -1 if there is none of that name. */
export function leafIndex(machine: MachineName, name: string): number {
  return machines[machine].leaves.findIndex((leaf) => leaf.name === name);
}

function leafOf(machine: MachineName, index: number): Leaf {
  const leaf = machines[machine].leaves[index];
  if (leaf === undefined) throw new Error(`no leaf ${String(index)}`);
  return leaf;
}

export function leafName(machine: MachineName, index: number): string {
  return leafOf(machine, index).name;
}

/** The state that is shown in a leaf. */
export function shown(index: number): StateName {
  return leafOf('service', index).state;
}

/** Of guarded rows, those that may be taken. */
function open(rows: readonly Row[], { goingDown }: Rules): { readonly rows: readonly Row[]; readonly mayPass: boolean } {
  const found: Row[] = [];
  for (const row of rows) {
    const truth = row.guard === null ? true : row.guard === 'systemGoingDown' ? goingDown : null;
    if (truth === false) continue;
    found.push(row);
    if (truth === true) return { rows: found, mayPass: false };
  }
  return { rows: found, mayPass: true };
}

/** What may come of an event: leaves and actions. A pair of leaf and event without a row is ignored. */
export interface Effect {
  readonly to: number;
  readonly actions: readonly string[];
}

/** Null: the machine has no such event. */
export function effectsOf(machine: MachineName, index: number, event: string, rules: Rules): readonly Effect[] | null {
  const leaf = leafOf(machine, index);
  const known = machines[machine].leaves.some(({ on }) => event in on);
  if (!known && event !== timerEvent) return null;
  const { rows, mayPass } = open(event === timerEvent ? leaf.due : (leaf.on[event] ?? []), rules);
  const taken = rows.map(({ target, actions }) => ({ to: target === STAY ? index : target, actions }));
  return mayPass ? [...taken, { to: index, actions: [] }] : taken;
}

/** Every event that means something in a leaf. */
export function eventsIn(machine: MachineName, index: number): readonly string[] {
  const { due, on } = leafOf(machine, index);
  return [...(due.length > 0 ? [timerEvent] : []), ...Object.keys(on)];
}

function movesFrom(index: number, rules: Rules): readonly Configuration[] {
  const effects = eventsIn('service', index).flatMap((event) => effectsOf('service', index, event, rules) ?? []);
  const moves = effects.flatMap(({ to, actions }): readonly Configuration[] => {
    if (to === index) return [];
    const owed = actions.flatMap((action) => (action === 'announceDown' ? ['DOWN'] : action === 'announce' ? [shown(to)] : []));
    const heard = owed.filter((state) => !silent.includes(state));
    return rules.lenient && heard.length < owed.length ? [{ leaf: to, owed }, { leaf: to, owed: heard }] : [{ leaf: to, owed }];
  });
  return shown(index) === 'DOWN' ? [...moves, { leaf: service.initial, owed: [] }] : moves;
}

const known = new Map<string, readonly Configuration[]>();
function moves(index: number, rules: Rules): readonly Configuration[] {
  const key = `${String(index)} ${String(rules.goingDown)} ${String(rules.lenient)}`;
  const found = known.get(key) ?? movesFrom(index, rules);
  known.set(key, found);
  return found;
}

/** With all that hidden steps lead to. */
export function closed(configurations: readonly Configuration[], rules: Rules): readonly Configuration[] {
  const all = new Map<string, Configuration>();
  const add = (each: Configuration): void => {
    const key = `${String(each.leaf)} ${each.owed.join()}`;
    if (all.has(key)) return;
    all.set(key, each);
    if (each.owed.length === 0) for (const move of moves(each.leaf, rules)) if (move.owed.length === 0) add(move);
  };
  configurations.forEach(add);
  return [...all.values()];
}

/** After a state was announced, on the way or once more; empty: it cannot have been. The configurations are closed. */
export function announced(configurations: readonly Configuration[], state: StateName, rules: Rules): readonly Configuration[] {
  const next: Configuration[] = [];
  for (const { leaf, owed } of closed(configurations, rules)) {
    if (owed.length > 0) {
      if (owed[0] === state) next.push({ leaf, owed: owed.slice(1) });
      continue;
    }
    const isShown = shown(leaf) === state || (rules.lenient && state === 'STARTING' && shown(leaf) === 'RESTART');
    if (isShown) next.push({ leaf, owed });
    for (const move of moves(leaf, rules)) if (move.owed[0] === state) next.push({ leaf: move.leaf, owed: move.owed.slice(1) });
  }
  return closed(next, rules);
}

/** All states of which an announcement may come now. */
export function expected(configurations: readonly Configuration[], rules: Rules): readonly StateName[] {
  const all = new Set(service.leaves.map(({ state }) => state));
  return [...all].filter((state) => announced(configurations, state, rules).length > 0);
}

/** Everything that may be after any number of steps, seen or not. */
export function reachable(machine: MachineName, leaves: readonly number[]): readonly number[] {
  const all = new Set(leaves);
  for (const leaf of all) {
    const rules = { goingDown: null, lenient: false };
    for (const event of eventsIn(machine, leaf)) for (const { to } of effectsOf(machine, leaf, event, rules) ?? []) all.add(to);
    if (machine === 'service' && shown(leaf) === 'DOWN') all.add(service.initial);
  }
  return [...all];
}

/** Every leaf: nothing is known. */
export function everything(machine: MachineName): readonly number[] {
  return machines[machine].leaves.map((_, index) => index);
}
