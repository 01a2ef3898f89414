/**
 * A machine's definition as plain data that can be changed in one place and compiled again.
 *
 * The copy is made in one form: transitions are lists, actions are lists. So one operator fits all places where the literal allows
 * several ways of writing the same.
 */
import type { AnyStateMachine } from 'xstate';
import { compile } from '../../machines/compile.js';
import type { Compiled } from '../../machines/compile.js';

export interface Transition {
  guard?: string;
  target?: string;
  actions: string[];
}

export interface State {
  initial?: string;
  type?: string;
  entry: string[];
  exit: string[];
  on: Record<string, Transition[]>;
  after: Record<string, Transition[]>;
  ignores: Record<string, string>;
  states: Record<string, State>;
}

export interface Definition {
  readonly id: string;
  readonly root: State;
  guards: string[];
  readonly actions: readonly string[];
  readonly delays: Record<string, number>;
}

/** A state of a definition, and its place: keys from the root. */
export interface Place {
  readonly path: readonly string[];
  readonly state: State;
}

type Raw = Readonly<Record<string, unknown>>;

/** A fresh copy of what the machine says, to be changed at will. */
export function definitionOf(machine: AnyStateMachine): Definition {
  const { guards, actions, delays } = machine.implementations;
  const root = copyState(record(machine.config));
  return {
    id: machine.id,
    root,
    guards: Object.keys(guards),
    actions: Object.keys(actions),
    delays: Object.fromEntries(Object.entries(delays).map(([name, value]) => [name, Number(value)])),
  };
}

/**
 * Compile a definition as the build does.
 *
 * @throws Error if the compiler refuses it.
 */
export function compileDefinition({ id, root, guards, actions, delays }: Definition): Compiled {
  const named = (names: readonly string[]): Raw => Object.fromEntries(names.map((name) => [name, name]));
  const machine: unknown = {
    config: { id, ...writeState(root) },
    implementations: { guards: named(guards), actions: named(actions), delays },
  };
  return compile(machine as AnyStateMachine);
}

/** All states, outer before inner; the root is the first. */
export function placesIn(root: State, path: readonly string[] = []): readonly Place[] {
  return [{ path, state: root }, ...Object.entries(root.states).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

/** The state at a place. */
export function stateAt(root: State, path: readonly string[]): State {
  let at = root;
  for (const key of path) {
    const inner = at.states[key];
    if (inner === undefined) throw new Error(`no state ${path.join('.')}`);
    at = inner;
  }
  return at;
}

/** The place that a target written in a state means: `#id.path` from the root, else from the state around. */
export function targetPath(path: readonly string[], target: string): readonly string[] {
  return target.startsWith('#') ? target.split('.').slice(1) : [...path.slice(0, -1), ...target.split('.')];
}

/** The leaf that is entered with the state at this place. */
export function leafFrom(root: State, path: readonly string[]): readonly string[] {
  const { initial } = stateAt(root, path);
  return initial === undefined ? path : leafFrom(root, [...path, initial]);
}

function copyState(raw: Raw): State {
  const { initial, type } = raw;
  return {
    ...(typeof initial === 'string' ? { initial } : {}),
    ...(typeof type === 'string' ? { type } : {}),
    entry: list(raw['entry']).map(String),
    exit: list(raw['exit']).map(String),
    on: copyLists(raw['on']),
    after: copyLists(raw['after']),
    ignores: Object.fromEntries(Object.entries(record(record(raw['meta'])['ignores'])).map(([event, reason]) => [event, String(reason)])),
    states: Object.fromEntries(Object.entries(record(raw['states'])).map(([key, inner]) => [key, copyState(record(inner))])),
  };
}

function copyLists(raw: unknown): Record<string, Transition[]> {
  return Object.fromEntries(Object.entries(record(raw)).map(([event, value]) => [event, list(value).map(copyTransition)]));
}

function copyTransition(raw: unknown): Transition {
  if (typeof raw === 'string') return { target: raw, actions: [] };
  const { guard, target, actions } = record(raw);
  return {
    ...(typeof guard === 'string' ? { guard } : {}),
    ...(typeof target === 'string' ? { target } : {}),
    actions: list(actions).map(String),
  };
}

function writeState({ initial, type, entry, exit, on, after, ignores, states }: State): Raw {
  return {
    ...(initial === undefined ? {} : { initial }),
    ...(type === undefined ? {} : { type }),
    entry,
    exit,
    on,
    after,
    meta: { ignores },
    states: Object.fromEntries(Object.entries(states).map(([key, inner]) => [key, writeState(inner)])),
  };
}

function list(raw: unknown): readonly unknown[] {
  if (raw === undefined) return [];
  return Array.isArray(raw) ? (raw as readonly unknown[]) : [raw];
}
function record(raw: unknown): Raw {
  return typeof raw === 'object' && raw !== null ? (raw as Raw) : {};
}
