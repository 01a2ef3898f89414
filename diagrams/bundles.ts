/**
 * Fewer lines for the same transitions.
 *
 * Two bundles. *Mirror*: when each leaf of one state leads, on the same event, to the leaf of the same name in another, that is one edge from
 * border to border, "to the same place". *Junction*: when several leaves of one state lead to the same box outside, with the same cause, guard and
 * actions, their edges meet in a dot inside the state, and one edge goes on from there.
 */
import { topOf } from './model.js';
import type { Cause } from './theme.js';

/** A transition, or several, as one edge, before its label is made. */
export interface Draft {
  readonly from: string;
  readonly to: string;
  readonly cause: Cause | null;
  readonly label: string;
  readonly guard: string;
  /** In words. */
  readonly actions: readonly string[];
  readonly rows: readonly string[];
}

export interface Junction {
  readonly id: string;
  /** The state it lies in. */
  readonly inside: string;
}

const placeOf = (name: string): string => name.slice(topOf(name).length + 1);

/** `leaves` are the names of all leaves. */
export function mirrored(drafts: readonly Draft[], leaves: readonly string[]): readonly Draft[] {
  const groups = grouped(
    drafts.filter(({ from, to }) => from.includes('.') && topOf(from) !== topOf(to) && placeOf(from) === placeOf(to)),
    ({ from, to, label, guard }) => JSON.stringify([topOf(from), topOf(to), label, guard]),
  );
  const whole = groups.filter((group) => {
    const all = leaves.filter((leaf) => topOf(leaf) === topOf(group[0]?.from ?? ''));
    return all.length > 1 && all.every((leaf) => group.some(({ from }) => from === leaf));
  });
  const bundles = whole.flatMap((group): readonly Draft[] => {
    const [first] = group;
    if (first === undefined) return [];
    const actions = [...new Set(group.flatMap((draft) => draft.actions))].map((action) => {
      const places = group.filter((draft) => draft.actions.includes(action)).map(({ from }) => placeOf(from));
      return places.length === group.length ? action : `${action} (${places.join(', ')})`;
    });
    return [{ ...first, from: topOf(first.from), to: topOf(first.to), guard: 'to the same place', actions, rows: rowsOf(group) }];
  });
  return [...drafts.filter((draft) => !whole.some((group) => group.includes(draft))), ...bundles];
}

export function joined(drafts: readonly Draft[]): { readonly drafts: readonly Draft[]; readonly junctions: readonly Junction[] } {
  const groups = grouped(
    drafts.filter(({ from, to }) => from.includes('.') && topOf(from) !== topOf(to)),
    ({ from, to, cause, guard, actions }) => JSON.stringify([topOf(from), to, cause, guard, actions]),
  ).filter((group) => new Set(group.map(({ from }) => from)).size > 1);
  const junctions = groups.map((group, index): Junction => ({ id: `junction-${String(index + 1)}`, inside: topOf(group[0]?.from ?? '') }));
  const bundles = groups.flatMap((group, index): readonly Draft[] => {
    const [first] = group;
    const id = junctions[index]?.id;
    if (first === undefined || id === undefined) return [];
    return [...group.map((draft) => ({ ...draft, to: id, guard: '', actions: [] })), { ...first, from: id, label: '', rows: rowsOf(group) }];
  });
  return { drafts: [...drafts.filter((draft) => !groups.some((group) => group.includes(draft))), ...bundles], junctions };
}

function rowsOf(group: readonly Draft[]): readonly string[] {
  return group.flatMap(({ rows }) => rows);
}

/** Items by key, in the order in which the keys came. */
export function grouped<Item>(items: readonly Item[], key: (item: Item) => string): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
