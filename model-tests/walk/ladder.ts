/**
 * The walk of a machine, rung by rung, and what of each rung was reached.
 *
 * Theory of operation. The test model (`createTestModel` of `xstate/graph`) finds a shortest path to every leaf: the beginnings of all that
 * follows. From there every move is made (each event × each outcome of the guards, ignored ones included), every pair of transitions, every
 * loop up to length 3; and every simple path from the start. Each step is taken on XState and on the table (`trail.ts`). The ladder then
 * holds what was walked against the goals, and knows no other way to a hundred per cent.
 */
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { createTestModel } from 'xstate/graph';
import type { AdjacencyMap, SerializedEvent, SerializedSnapshot, TestModel } from 'xstate/graph';
import type { Compiled } from '../../machines/compile.js';
import { compile } from '../../machines/compile.js';
import { edgesOf, factsFor, goalsOf, loops, rungs, simplePaths, simplePathsMax } from './goals.js';
import type { Edge, Rung } from './goals.js';
import { leafName, moveAt, movesOf, stepsOf } from './moves.js';
import type { Facts, Step } from './moves.js';
import { timersAsEvents } from './timers.js';
import { nameOfValue, Walk } from './trail.js';
import type { Trail } from './trail.js';

/** One rung, measured. */
export interface Measured {
  readonly rung: Rung;
  readonly goals: number;
  readonly reached: number;
  /** Goals that were not reached; empty at 100 %. */
  readonly missing: readonly string[];
  /** What limits the rung, if anything does. */
  readonly bound: string | null;
}

export interface Ladder {
  readonly machine: string;
  /** Paths that were walked, and steps in them; a beginning that several share is walked once. */
  readonly paths: number;
  readonly steps: number;
  readonly rungs: readonly Measured[];
  /** Where XState and the table, or the test model and the table, disagree. */
  readonly differences: readonly string[];
}

/** What of the walk is left out, to see that the ladder notices. */
export interface Plan {
  readonly leaveOut?: (step: Step, leaf: string) => boolean;
}

/** Walk a machine. `compiled` is held against it; it is the machine's own table unless a test plants another. */
export function climb(machine: AnyStateMachine, compiled: Compiled = compile(machine), { leaveOut = () => false }: Plan = {}): Ladder {
  const derived = timersAsEvents(machine);
  const walk = new Walk(derived, compiled);
  const start = walk.begin();
  let paths = 1;
  const take = (trail: Trail, step: Step): Trail => (leaveOut(step, leafName(compiled, trail.leaf)) ? trail : walk.step(trail, step));
  const follow = (trail: Trail, edges: readonly Edge[]): void => {
    paths += 1;
    edges.reduce((at, edge) => take(at, { event: edge.event, facts: factsFor(compiled, edge) }), trail);
  };

  const model = testModel(derived, compiled);
  const beginnings = new Map<number, Trail>();
  for (const path of model.getShortestPaths({ allowDuplicatePaths: true })) {
    // The first step of a path of the test model is XState's own start.
    const trail = path.steps.slice(1).reduce((at, { event }) => take(at, stepOf(event)), start);
    beginnings.set(trail.leaf, trail);
    paths += 1;
  }
  const moves = movesOf(compiled);
  const edges = edgesOf(compiled);
  for (const [leaf, trail] of beginnings) {
    for (const move of moves[leaf] ?? []) {
      take(trail, move);
      paths += 1;
    }
    for (const first of edges) if (first.leaf === leaf) for (const second of edges) if (second.leaf === first.next) follow(trail, [first, second]);
    for (const loop of loops(edges)) if (loop[0]?.leaf === leaf) follow(trail, loop);
  }
  paths += walkSimplePaths(compiled, start, take);

  const goals = goalsOf(compiled);
  return {
    machine: compiled.id,
    paths,
    steps: walk.steps,
    rungs: rungs.map((rung) => {
      const reached = walk.walked(rung);
      const missing = [...goals[rung]].filter((goal) => !reached.has(goal));
      return { rung, goals: goals[rung].size, reached: goals[rung].size - missing.length, missing, bound: boundOf(rung, goals[rung].size) };
    }),
    differences: [...compareModel(model, compiled), ...walk.differences],
  };
}

/** The test model: its events are each type × the outcomes of the guards. States are told apart by their leaf alone: there is no context. */
export function testModel(derived: AnyStateMachine, compiled: Compiled): TestModel<AnyMachineSnapshot, EventObject, unknown> {
  const events = stepsOf(compiled).map(({ event, facts }): EventObject & { readonly facts: Facts } => ({ type: event, facts }));
  return createTestModel(derived, { events, serializeTransition: () => '' }) as TestModel<AnyMachineSnapshot, EventObject, unknown>;
}

/** Every simple path, as a tree: a path goes on from the trail of the path that it extends. Parallel rows take turns. */
function walkSimplePaths(compiled: Compiled, start: Trail, take: (trail: Trail, step: Step) => Trail): number {
  const parallel = new Map<string, readonly Edge[]>();
  for (const edge of edgesOf(compiled)) {
    const key = `${String(edge.leaf)} ${String(edge.next)}`;
    parallel.set(key, [...(parallel.get(key) ?? []), edge]);
  }
  const trails = new Map<string, Trail>([[String(compiled.table.initial), start]]);
  let count = 0;
  for (const path of simplePaths(compiled)) {
    if (path.length === 1) continue;
    const before = trails.get(path.slice(0, -1).join());
    const choices = parallel.get(path.slice(-2).join(' ')) ?? [];
    const edge = choices[count % choices.length];
    count += 1;
    if (before === undefined || edge === undefined) throw new Error('a simple path that nothing leads to');
    trails.set(path.join(), take(before, { event: edge.event, facts: factsFor(compiled, edge) }));
  }
  return count;
}

/** The test model's own map of states and events, held against the table: it is made by XState, without the walk. */
function compareModel(model: TestModel<AnyMachineSnapshot, EventObject, unknown>, compiled: Compiled): readonly string[] {
  const differences: string[] = [];
  const indices = new Map(compiled.table.leaves.map(({ name }, index) => [name, index]));
  const map: AdjacencyMap<AnyMachineSnapshot, EventObject> = model.getAdjacencyMap();
  for (const key of Object.keys(map) as SerializedSnapshot[]) {
    const adjacent = map[key];
    if (adjacent === undefined) continue;
    const leaf = nameOfValue(adjacent.state.value);
    for (const eventKey of Object.keys(adjacent.transitions) as SerializedEvent[]) {
      const found = adjacent.transitions[eventKey];
      if (found === undefined) continue;
      const { event, state: next } = found;
      const expected = leafName(compiled, moveAt(compiled, indices.get(leaf) ?? -1, stepOf(event)).next);
      const reached = nameOfValue(next.value);
      if (reached !== expected) differences.push(`${leaf} on ${JSON.stringify(event)}: test model ${reached}, table ${expected}`);
    }
  }
  return differences;
}

function stepOf(event: EventObject): Step {
  return { event: event.type, facts: 'facts' in event ? (event.facts as Facts) : {} };
}

function boundOf(rung: Rung, goals: number): string | null {
  if (rung !== 'simple paths') return null;
  const limit = goals >= simplePathsMax ? `, of which the first ${String(simplePathsMax)} are walked` : '';
  return `paths of leaves${limit}; parallel transitions between two leaves take turns`;
}
