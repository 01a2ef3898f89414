/**
 * Every change of a machine in one place.
 *
 * An operator looks at the definition and names the changes it can make; each is made on a copy of its own. Nothing is chosen at random and
 * nothing is left out because it looks harmless: what changes nothing is found out by comparing behaviour, not by the operator.
 */
import { leafFrom, placesIn, stateAt, targetPath } from './definition.js';
import type { Definition, Place, State, Transition } from './definition.js';
import { negation } from '../rules/rule.js';

export interface Mutant {
  readonly operator: string;
  /** State, and event or timer if it is a transition. */
  readonly where: string;
  readonly change: string;
  /** Make the change, in a copy of the definition that the operator saw. */
  readonly apply: (definition: Definition) => void;
}

/** A list of candidates in a definition: of an event, or of a timer. */
interface Slot {
  readonly path: readonly string[];
  readonly kind: 'on' | 'after';
  readonly key: string;
  readonly candidates: readonly Transition[];
}

/** A list of actions in a definition. */
interface ActionList {
  readonly where: string;
  readonly actions: readonly string[];
  readonly find: (root: State) => string[];
}

/** All mutants of a definition, by operator. */
export function mutantsOf(definition: Definition): readonly Mutant[] {
  const places = placesIn(definition.root);
  const slots = places.flatMap(slotsOf);
  return [
    ...slots.flatMap(dropped),
    ...slots.flatMap((slot) => retargeted(slot, definition)),
    ...slots.flatMap((slot) => guarded(slot, definition)),
    ...slots.flatMap(reordered),
    ...slots.flatMap(moved),
    ...places.flatMap((place) => actionListsOf(place)).flatMap((actions) => acted(actions, definition)),
    ...delayed(slots, definition),
    ...places.flatMap(begun),
    ...places.flatMap(typed),
    ...places.flatMap(unexplained),
  ];
}

function slotsOf({ path, state }: Place): readonly Slot[] {
  return (['on', 'after'] as const).flatMap((kind) =>
    Object.entries(state[kind]).map(([key, candidates]): Slot => ({ path, kind, key, candidates })),
  );
}

function nameOf(path: readonly string[]): string {
  return path.length === 0 ? 'the machine' : path.join('.');
}
function whereOf({ path, key, kind }: Slot, place?: number): string {
  return `${nameOf(path)} ${kind} ${key}${place === undefined ? '' : `, candidate ${place + 1}`}`;
}
function listIn(root: State, { path, kind, key }: Slot): Transition[] {
  const found = stateAt(root, path)[kind][key];
  if (found === undefined) throw new Error(`no ${kind} ${key} in ${nameOf(path)}`);
  return found;
}
function candidateIn(root: State, slot: Slot, place: number): Transition {
  const found = listIn(root, slot)[place];
  if (found === undefined) throw new Error(`no candidate ${place}`);
  return found;
}
function swap(items: unknown[], place: number): void {
  items.splice(place, 2, ...items.slice(place, place + 2).reverse());
}

function dropped(slot: Slot): readonly Mutant[] {
  const operator = 'drop a transition';
  const all: Mutant = {
    operator,
    where: whereOf(slot),
    change: 'all candidates are dropped',
    apply: ({ root }) => {
      stateAt(root, slot.path)[slot.kind] = without(stateAt(root, slot.path)[slot.kind], slot.key);
    },
  };
  if (slot.candidates.length === 1) return [all];
  const each = slot.candidates.map((_, place): Mutant => ({
    operator,
    where: whereOf(slot, place),
    change: 'dropped',
    apply: ({ root }) => {
      listIn(root, slot).splice(place, 1);
    },
  }));
  return [all, ...each];
}

function retargeted(slot: Slot, { id, root: original }: Definition): readonly Mutant[] {
  const leaves = placesIn(original).filter(({ state }) => Object.keys(state.states).length === 0);
  return slot.candidates.flatMap(({ target }, place): readonly Mutant[] => {
    const old = target === undefined ? null : leafFrom(original, targetPath(slot.path, target)).join('.');
    const others = leaves
      .filter(({ path }) => path.join('.') !== old)
      .map(({ path }): Mutant => ({
        operator: old === null ? 'add a target' : 'retarget a transition',
        where: whereOf(slot, place),
        change: `${old ?? 'no target'} becomes ${path.join('.')}`,
        apply: ({ root }) => {
          candidateIn(root, slot, place).target = [`#${id}`, ...path].join('.');
        },
      }));
    if (old === null) return others;
    const stays: Mutant = {
      operator: 'drop a target',
      where: whereOf(slot, place),
      change: `${old} is dropped`,
      apply: ({ root }) => {
        delete candidateIn(root, slot, place).target;
      },
    };
    return [...others, stays];
  });
}

function guarded(slot: Slot, { guards }: Definition): readonly Mutant[] {
  return slot.candidates.flatMap(({ guard }, place): readonly Mutant[] => {
    if (guard === undefined) return [];
    const where = whereOf(slot, place);
    const replace = (operator: string, by: string): Mutant => ({
      operator,
      where,
      change: `${guard} becomes ${by}`,
      apply: (definition) => {
        candidateIn(definition.root, slot, place).guard = by;
        declareUsed(definition, by);
      },
    });
    const drop: Mutant = {
      operator: 'drop a guard',
      where,
      change: `${guard} is dropped`,
      apply: (definition) => {
        delete candidateIn(definition.root, slot, place).guard;
        declareUsed(definition);
      },
    };
    const others = guards.filter((other) => other !== guard).map((other) => replace('replace a guard', other));
    return [drop, replace('negate a guard', negation + guard), ...others];
  });
}

/** That a guard is no longer used is not what such a mutant is to be caught by. */
function declareUsed(definition: Definition, added?: string): void {
  const used = placesIn(definition.root).flatMap((place) => slotsOf(place).flatMap(({ candidates }) => candidates.map(({ guard }) => guard)));
  definition.guards = [...new Set([...definition.guards, ...(added === undefined ? [] : [added])])].filter((guard) => used.includes(guard));
}

function reordered(slot: Slot): readonly Mutant[] {
  return slot.candidates.slice(1).map((_, place): Mutant => ({
    operator: 'swap two candidates',
    where: whereOf(slot, place),
    change: 'comes after the next one',
    apply: ({ root }) => swap(listIn(root, slot), place),
  }));
}

/** The transitions of an event, or a timer, as those of the state around; before what that state has itself. */
function moved(slot: Slot): readonly Mutant[] {
  const { path, kind, key } = slot;
  if (path.length === 0) return [];
  return [
    {
      operator: 'move a transition to its parent',
      where: whereOf(slot),
      change: `belongs to ${nameOf(path.slice(0, -1))}`,
      apply: ({ id, root }): void => {
        const candidates = listIn(root, slot).map((one) =>
          one.target === undefined ? one : { ...one, target: [`#${id}`, ...targetPath(path, one.target)].join('.') },
        );
        stateAt(root, path)[kind] = without(stateAt(root, path)[kind], key);
        const parent = stateAt(root, path.slice(0, -1));
        parent[kind][key] = [...candidates, ...(parent[kind][key] ?? [])];
      },
    },
  ];
}

function actionListsOf(place: Place): readonly ActionList[] {
  const { path, state } = place;
  const ofState = (['entry', 'exit'] as const).map(
    (kind): ActionList => ({ where: `${nameOf(path)} ${kind}`, actions: state[kind], find: (root) => stateAt(root, path)[kind] }),
  );
  const ofTransitions = slotsOf(place).flatMap((slot) =>
    slot.candidates.map(
      ({ actions }, at): ActionList => ({ where: whereOf(slot, at), actions, find: (root) => candidateIn(root, slot, at).actions }),
    ),
  );
  return [...ofState, ...ofTransitions];
}

function acted({ where, actions, find }: ActionList, definition: Definition): readonly Mutant[] {
  const change = (operator: string, what: string, edit: (list: string[]) => void): Mutant => ({
    operator,
    where,
    change: what,
    apply: ({ root }) => edit(find(root)),
  });
  const swaps = actions.slice(1).map((action, place) =>
    change('swap two actions', `${action} comes before ${actions[place] ?? ''}`, (list) => swap(list, place)),
  );
  const each = actions.flatMap((action, place) => [
    change('drop an action', `${action} is dropped`, (list) => void list.splice(place, 1)),
    change('repeat an action', `${action} is performed twice`, (list) => void list.splice(place, 0, action)),
    ...definition.actions
      .filter((other) => other !== action)
      .map((other) => change('replace an action', `${action} becomes ${other}`, (list) => void list.splice(place, 1, other))),
  ]);
  return [...swaps, ...each];
}

function delayed(slots: readonly Slot[], { delays }: Definition): readonly Mutant[] {
  const names = Object.keys(delays);
  const values = names.flatMap((name) => {
    const ms = delays[name] ?? 0;
    return [0, ms - 1, ms + 1, ms * 10]
      .filter((other, place, all) => other !== ms && all.indexOf(other) === place)
      .map((other): Mutant => ({
        operator: 'change the value of a delay',
        where: name,
        change: `${ms} ms becomes ${other} ms`,
        apply: (definition) => {
          definition.delays[name] = other;
        },
      }));
  });
  const timers = slots
    .filter(({ kind }) => kind === 'after')
    .flatMap((slot) =>
      names
        .filter((name) => name !== slot.key)
        .map((name): Mutant => ({
          operator: 'change which delay it is',
          where: whereOf(slot),
          change: `${slot.key} becomes ${name}`,
          apply: ({ root }) => {
            stateAt(root, slot.path).after = { [name]: listIn(root, slot) };
          },
        })),
    );
  return [...values, ...timers];
}

function begun({ path, state }: Place): readonly Mutant[] {
  return Object.keys(state.states)
    .filter((key) => key !== state.initial)
    .map((key): Mutant => ({
      operator: 'change an initial state',
      where: nameOf(path),
      change: `${state.initial ?? 'none'} becomes ${key}`,
      apply: ({ root }) => {
        stateAt(root, path).initial = key;
      },
    }));
}

function typed({ path, state }: Place): readonly Mutant[] {
  if (Object.keys(state.states).length > 0) return [];
  return [
    {
      operator: 'change whether a state is final',
      where: nameOf(path),
      change: state.type === 'final' ? 'no longer final' : 'final',
      apply: ({ root }): void => {
        const at = stateAt(root, path);
        if (at.type === 'final') delete at.type;
        else at.type = 'final';
      },
    },
  ];
}

function unexplained({ path, state }: Place): readonly Mutant[] {
  return Object.keys(state.ignores).map((event): Mutant => ({
    operator: 'drop a reason to ignore',
    where: `${nameOf(path)} on ${event}`,
    change: 'no reason is given',
    apply: ({ root }) => {
      const at = stateAt(root, path);
      at.ignores = without(at.ignores, event);
    },
  }));
}

function without<Value>(from: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(from).filter(([one]) => one !== key));
}
