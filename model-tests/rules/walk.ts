/**
 * All ways through a table, together with what can happen around it.
 *
 * Theory of operation. A table alone allows pairs that never occur: nobody exits who does not run. So it is walked together with a small
 * world: which process is alive, what it was told, what has been done. The world says what may happen in a place (`happenings`) and how
 * effects change it (`perform`). Both are finite, so every place that can be reached is visited, and every step between two places
 * is kept. Nothing is sampled. Invariants are judged on these places and steps.
 */
import type { Compiled } from '../../machines/compile.js';
import { STAY } from '../../table/format.js';
import type { Leaf, Row } from '../../table/format.js';
import { rowFor, rowForTimer } from '../../table/step.js';
import { TIMER, isSo, outcomes, said } from './rule.js';
import type { Facts } from './rule.js';

export interface Happening {
  readonly event: string;
  /** It comes by itself sooner or later, whatever users and scripts do: time, an answer, the end of what was killed. */
  readonly isForced: boolean;
}

/** What is around the table; `State` holds plain values only. */
export interface World<State extends object> {
  readonly initial: State;
  happenings(state: State, leaf: Leaf): readonly Happening[];
  /** What the event itself means to the world, before any effect. */
  occur(state: State, event: string): State;
  perform(state: State, effect: string): State;
  /** Facts that the state decides; the others may be either. */
  facts(state: State): Facts;
  /** The place in words. */
  tell(state: State): string;
}

export interface Place<State> {
  readonly leaf: Leaf;
  readonly state: State;
  readonly text: string;
}

/** An effect, the world it met, and the event that brought it. */
export interface Deed<State> {
  readonly effect: string;
  readonly before: State;
}

export interface Step<State> {
  readonly from: Place<State>;
  readonly happening: Happening;
  readonly facts: Facts;
  /** The row taken, or null if the event was ignored. */
  readonly row: Row | null;
  readonly deeds: readonly Deed<State>[];
  readonly to: Place<State>;
  /** The step in words. */
  readonly text: string;
}

export interface Walk<State> {
  readonly compiled: Compiled;
  readonly start: Step<State>;
  readonly places: readonly Place<State>[];
  readonly steps: readonly Step<State>[];
  /** Everything was visited. If not, there are more places than any machine here can need. */
  readonly isWhole: boolean;
  /** Steps by the text of the place they leave. */
  readonly from: ReadonlyMap<string, readonly Step<State>[]>;
}

/** Several times what the machines need: a machine that is changed may run wild. */
const placesMax = 2000;

/** @returns everything that can be reached; with more than `placesMax` places it ends there, and is not whole. */
export function walk<State extends object>(world: World<State>, compiled: Compiled): Walk<State> {
  const { leaves, initial, start } = compiled.table;
  const placeAt = (leaf: Leaf, state: State): Place<State> => ({ leaf, state, text: `${leaf.name} (${world.tell(state)})` });
  const perform = (before: State, effects: readonly string[]): { deeds: Deed<State>[]; after: State } => {
    const deeds: Deed<State>[] = [];
    let after = before;
    for (const effect of effects) {
      deeds.push({ effect, before: after });
      after = world.perform(after, effect);
    }
    return { deeds, after };
  };
  const first = leaves[initial];
  if (first === undefined) throw new Error('a table without an initial leaf');
  const begun = perform(world.initial, start);
  const startPlace = placeAt(first, begun.after);
  const startStep: Step<State> = {
    from: placeAt(first, world.initial),
    happening: { event: 'the start', isForced: true },
    facts: {},
    row: null,
    deeds: begun.deeds,
    to: startPlace,
    text: 'the start',
  };
  const places = new Map([[startPlace.text, startPlace]]);
  const from = new Map<string, Step<State>[]>();
  const waiting = [startPlace];
  for (let place = waiting.pop(); place !== undefined && places.size <= placesMax; place = waiting.pop()) {
    const steps: Step<State>[] = [];
    from.set(place.text, steps);
    const index = leaves.indexOf(place.leaf);
    for (const happening of world.happenings(place.state, place.leaf)) {
      const { event } = happening;
      const rows = (event === TIMER ? place.leaf.due : place.leaf.on[event]) ?? [];
      const met = world.occur(place.state, event);
      for (const free of outcomes(rows.flatMap(({ guard }) => guard ?? []))) {
        const facts = { ...free, ...world.facts(place.state) };
        const holds = (guard: string): boolean => isSo(guard, facts);
        const row = event === TIMER ? rowForTimer(compiled.table, index, holds) : rowFor(compiled.table, index, event, holds);
        const { deeds, after } = perform(met, row?.actions ?? []);
        const leaf = row === null || row.target === STAY ? place.leaf : (leaves[row.target] ?? place.leaf);
        const to = placeAt(leaf, after);
        const text = `${place.text} on ${event} with ${said(facts)}`;
        steps.push({ from: place, happening, facts, row, deeds, to, text });
        if (places.has(to.text)) continue;
        places.set(to.text, to);
        waiting.push(to);
      }
    }
  }
  return { compiled, start: startStep, places: [...places.values()], steps: [...from.values()].flat(), isWhole: places.size <= placesMax, from };
}

/**
 * Is `goal` inevitable from these places, if users ask for nothing more? A way that turns in a circle, or ends where nothing more comes by itself,
 * is a way that misses it.
 *
 * @returns each place where a way ends or closes a circle without the goal, in words.
 */
export function missed<State>(
  { from }: Walk<State>,
  begin: readonly Place<State>[],
  goal: (place: Place<State>) => boolean,
  isAsked: (event: string) => boolean,
): readonly string[] {
  const found = new Set<string>();
  const isDone = new Map<string, boolean>();
  const visit = (place: Place<State>): void => {
    if (goal(place)) return;
    isDone.set(place.text, false);
    const onward = (from.get(place.text) ?? []).filter((step) => step.to.text !== place.text && !isAsked(step.happening.event));
    const isMoved = onward.some((step) => step.happening.isForced);
    if (!isMoved) found.add(`${place.text}: nothing leads on`);
    for (const { to, text } of onward) {
      const state = isDone.get(to.text);
      if (state === false) found.add(`${text}: a circle`);
      else if (state === undefined) visit(to);
    }
    isDone.set(place.text, true);
  };
  for (const place of begin) if (!isDone.has(place.text)) visit(place);
  return [...found];
}
