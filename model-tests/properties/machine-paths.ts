/**
 * Is a sequence of announced states a path of the service machine?
 *
 * Theory of operation. The table is read as an automaton whose letters are announcements: a row announces what its actions say
 * (`announceDown`: DOWN; `announce`: the state it leads to) and rows that announce nothing are hidden steps. All that the machine may be
 * in after what was announced is a set of configurations; a letter that leaves none is no path. Sets are worked out once and remembered.
 */
import { STAY } from '../../table/format.js';
import { serviceTable } from '../../table/service.js';
import { stateNames } from '../../runtime/protocol.js';
import type { Repetition } from './repeats.js';

/** A leaf, and announcements of the row that led there which are still to come. */
interface Configuration {
  readonly leaf: number;
  readonly owed: readonly string[];
}

interface Move extends Configuration {
  readonly from: number;
}

const moves: readonly Move[] = serviceTable.leaves.flatMap((leaf, from) => {
  const rows = [...leaf.due, ...Object.values(leaf.on).flat()];
  return rows.flatMap((row): readonly Move[] => {
    if (row.target === STAY) return [];
    const state = serviceTable.leaves[row.target]?.state ?? '';
    const owed = row.actions.flatMap((action) => (action === 'announceDown' ? ['DOWN'] : action === 'announce' ? [state] : []));
    return [{ from, leaf: row.target, owed }];
  });
});
/** A service that is forgotten may be created again. */
const rebirths: readonly Move[] = serviceTable.leaves.flatMap((leaf, from) =>
  leaf.state === 'DOWN' ? [{ from, leaf: serviceTable.initial, owed: [] }] : [],
);
const byLeaf = serviceTable.leaves.map((_, from) => [...moves, ...rebirths].filter((move) => move.from === from));

export class Knowledge {
  private readonly after = new Map<string, Knowledge | null>();
  private static readonly known = new Map<string, Knowledge>();
  static readonly initial = Knowledge.of([{ leaf: serviceTable.initial, owed: [] }]);

  private constructor(private readonly configurations: readonly Configuration[]) {}

  private static of(configurations: readonly Configuration[]): Knowledge {
    const all = new Map<string, Configuration>();
    const add = (each: Configuration): void => {
      const key = `${String(each.leaf)} ${each.owed.join()}`;
      if (all.has(key)) return;
      all.set(key, each);
      if (each.owed.length > 0) return;
      for (const move of byLeaf[each.leaf] ?? []) if (move.owed.length === 0) add({ leaf: move.leaf, owed: [] });
    };
    configurations.forEach(add);
    const key = [...all.keys()].sort().join(';');
    const known = Knowledge.known.get(key) ?? new Knowledge([...all.values()]);
    Knowledge.known.set(key, known);
    return known;
  }

  /** Can it be shown in this state now? */
  mayBe(state: number): boolean {
    const name = stateNames[state] ?? '';
    return this.configurations.some(({ leaf, owed }) => owed.length === 0 && serviceTable.leaves[leaf]?.state === name);
  }

  /** What is known after a state was announced, on the way or once more although nothing changed; null: impossible. */
  announced(state: number, how: Repetition): Knowledge | null {
    const key = `${String(state)} ${how}`;
    const known = this.after.get(key);
    if (known !== undefined) return known;
    const name = stateNames[state] ?? '';
    const next: Configuration[] = [];
    for (const { leaf, owed } of this.configurations) {
      if (owed.length > 0) {
        if (owed[0] === name && how !== 'repeat') next.push({ leaf, owed: owed.slice(1) });
        continue;
      }
      if (how !== 'change' && serviceTable.leaves[leaf]?.state === name) next.push({ leaf, owed });
      if (how === 'repeat') continue;
      for (const move of byLeaf[leaf] ?? []) if (move.owed[0] === name) next.push({ leaf: move.leaf, owed: move.owed.slice(1) });
    }
    const found = next.length === 0 ? null : Knowledge.of(next);
    this.after.set(key, found);
    return found;
  }
}
