/**
 * A machine as those see it who draw or explain it: the table, and what the definition says of each of its rows.
 *
 * Theory of operation. The table alone has no words; the definition has no rows. Here both are put side by side: for every leaf and event the
 * definition's transitions, innermost state first, are in the order of the table's rows, up to the first without a guard. So each row
 * gets the description, the rule and the difference from the reference that its transition has, and the state that declares it. That a row and
 * its transition have the same guard is checked.
 */
import type { AnyStateMachine } from 'xstate';
import { compile } from '../machines/compile.js';
import type { Compiled } from '../machines/compile.js';
import { serviceMachine } from '../machines/service.js';
import { systemMachine } from '../machines/system.js';
import { STAY } from '../table/format.js';
import type { Leaf, Row } from '../table/format.js';

/** A state of the definition, with or without states inside. */
export interface State {
  /** Path from the root, such as `SETUP.running`; the root's is empty. */
  readonly name: string;
  readonly key: string;
  readonly parent: State | null;
  readonly children: readonly State[];
  readonly description: string;
  readonly rule: string | null;
  readonly corrects: string | null;
  readonly entry: readonly string[];
  readonly initial: string | null;
  readonly delay: string | null;
  readonly final: boolean;
  /** The transitions that this state itself declares, by event; a timer's under `after NAME`. */
  readonly declared: ReadonlyMap<string, readonly Declared[]>;
}

/** A transition as it is declared. */
export interface Declared {
  readonly guard: string | null;
  readonly target: string | null;
  readonly actions: readonly string[];
  readonly description: string | null;
  readonly rule: string | null;
  readonly corrects: string | null;
}

/** A row of the table with what is said of it. */
export interface Transition {
  readonly leaf: string;
  /** Name of an event, or `after NAME` for the timer. */
  readonly event: string;
  /** Delay of the timer that causes it, or null. */
  readonly delay: string | null;
  /** Its place among the rows of this leaf and event. */
  readonly index: number;
  readonly guard: string | null;
  /** The leaf it leads to; null: it stays, and its timer goes on. */
  readonly to: string | null;
  /** All actions, in order: of the transition, and of entering. */
  readonly actions: readonly string[];
  readonly declared: Declared;
  /** The state that declares it. */
  readonly source: State;
  /** The rule it follows: its own, or that of the state around it. */
  readonly rule: string | null;
}

export interface Model {
  readonly id: string;
  readonly machine: AnyStateMachine;
  readonly compiled: Compiled;
  readonly root: State;
  /** Outer before inner, without the root. */
  readonly states: readonly State[];
  readonly transitions: readonly Transition[];
}

type Raw = Readonly<Record<string, unknown>>;
const raw = (value: unknown): Raw => (typeof value === 'object' && value !== null ? (value as Raw) : {});
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const list = (value: unknown): readonly unknown[] => (value === undefined ? [] : Array.isArray(value) ? (value as readonly unknown[]) : [value]);
const names = (value: unknown): readonly string[] => list(value).flatMap((each) => text(each) ?? []);

export function modelOf(machine: AnyStateMachine): Model {
  const compiled = compile(machine);
  const root = stateOf(raw(machine.config), '', null);
  const states = within(root).slice(1);
  const byName = new Map(states.map((state) => [state.name, state]));
  const transitions = compiled.table.leaves.flatMap((leaf) => {
    const state = byName.get(leaf.name);
    if (state === undefined) throw new Error(`${leaf.name} is not in the definition`);
    return transitionsOf(compiled, leaf, state);
  });
  return { id: compiled.id, machine, compiled, root, states, transitions };
}

export const serviceModel = modelOf(serviceMachine);
export const systemModel = modelOf(systemMachine);
export const models: Readonly<Record<'service' | 'system', Model>> = { service: serviceModel, system: systemModel };

/** The event that stands for a timer that is due. */
export function dueEvent(delay: string): string {
  return `after ${delay}`;
}

/** The state and those around it, innermost first, the root last. */
export function pathTo(state: State): readonly State[] {
  return state.parent === null ? [state] : [state, ...pathTo(state.parent)];
}

/** The state and all within, outer before inner. */
export function within(state: State): readonly State[] {
  return [state, ...state.children.flatMap(within)];
}

/** The state around all, such as `SETUP` of `SETUP.running`. */
export function topOf(leaf: string): string {
  return leaf.split('.')[0] ?? leaf;
}

function stateOf(config: Raw, key: string, parent: State | null): State {
  const meta = raw(config['meta']);
  const after = Object.entries(raw(config['after']));
  const on = [...Object.entries(raw(config['on'])), ...after.map(([delay, value]) => [dueEvent(delay), value] as const)];
  const children: State[] = [];
  const state: State = {
    name: parent?.parent == null ? key : `${parent.name}.${key}`,
    key,
    parent,
    children,
    description: text(config['description']) ?? '',
    rule: text(meta['rule']),
    corrects: text(meta['corrects']),
    entry: names(config['entry']),
    initial: text(config['initial']),
    delay: after[0]?.[0] ?? null,
    final: config['type'] === 'final',
    declared: new Map(on.map(([event, value]) => [event, list(value).map(declaredOf)])),
  };
  for (const [name, child] of Object.entries(raw(config['states']))) children.push(stateOf(raw(child), name, state));
  return state;
}

function declaredOf(value: unknown): Declared {
  const config = typeof value === 'string' ? { target: value } : raw(value);
  const meta = raw(config['meta']);
  return {
    guard: text(config['guard']),
    target: text(config['target']),
    actions: names(config['actions']),
    description: text(config['description']),
    rule: text(meta['rule']),
    corrects: text(meta['corrects']),
  };
}

function transitionsOf(compiled: Compiled, leaf: Leaf, state: State): readonly Transition[] {
  const of = (event: string, delay: string | null, rows: readonly Row[]): readonly Transition[] => {
    const candidates = pathTo(state).flatMap((source) => (source.declared.get(event) ?? []).map((declared) => ({ source, declared })));
    return rows.map((row, index): Transition => {
      const found = candidates[index];
      if (found?.declared.guard !== row.guard) throw new Error(`${leaf.name} on ${event}: table and definition differ`);
      const { source, declared } = found;
      const to = row.target === STAY ? null : (compiled.table.leaves[row.target]?.name ?? null);
      const rule = declared.rule ?? pathTo(state).find((each) => each.rule !== null)?.rule ?? null;
      return { leaf: leaf.name, event, delay, index, guard: row.guard, to, actions: row.actions, declared, source, rule };
    });
  };
  const events = compiled.events.flatMap((event) => of(event, null, leaf.on[event] ?? []));
  return leaf.delay === null ? events : [...events, ...of(dueEvent(leaf.delay), leaf.delay, leaf.due)];
}

