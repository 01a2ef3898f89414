/**
 * Walking: each step is taken by XState and by the table, the two are compared, and what was walked is recorded.
 *
 * Theory of operation. A trail is a place in a walk: the leaf, XState's snapshot, and what led there. It is a value: two steps can be taken
 * from the same trail, so that paths with a common beginning share it. `Walk` takes the steps. Only a step on which XState and the table
 * agree, in the next state and in the actions and their order, counts as walked.
 */
import { initialTransition, transition } from 'xstate';
import type { AnyMachineSnapshot, AnyStateMachine, EventObject, ExecutableActionObject } from 'xstate';
import type { Compiled } from '../../machines/compile.js';
import { askedBy, guardGoal, loopLengthMax, mcdcGoal, pairGoal, rungs, sequenceGoal } from './goals.js';
import type { Rung } from './goals.js';
import { guardsOf, leafName, moveAt, rowName } from './moves.js';
import type { Facts, Move, Step } from './moves.js';

/** A place in a walk. */
export interface Trail {
  readonly leaf: number;
  readonly snapshot: AnyMachineSnapshot;
  /** The leaves from the initial one on, as long as none came twice; else null. */
  readonly simple: readonly string[] | null;
  /** The last rows taken, without ignored events between them; newest last, at most as many as a loop may have. */
  readonly rows: readonly { readonly name: string; readonly leaf: number }[];
}

interface Observation {
  readonly facts: Facts;
  readonly index: number;
  readonly asked: readonly string[];
}

export class Walk {
  /** Steps taken. */
  steps = 0;
  /** Steps on which XState and the table differed, each explained. */
  readonly differences: string[] = [];
  private readonly marks = new Map<Rung, Set<string>>(rungs.map((rung) => [rung, new Set<string>()]));
  private readonly observed = new Map<string, Map<string, Observation>>();

  /** `machine` is the one with timers as events. */
  constructor(
    private readonly machine: AnyStateMachine,
    private readonly compiled: Compiled,
  ) {}

  /** What was walked of a rung. */
  walked(rung: Rung): ReadonlySet<string> {
    if (rung === 'MC/DC of guards') this.decideMcdc();
    return this.marks.get(rung) ?? new Set();
  }

  /** The beginning of every path. */
  begin(): Trail {
    const [snapshot, actions] = initialTransition(this.machine);
    const leaf = this.compiled.table.initial;
    const name = leafName(this.compiled, leaf);
    this.compare('start', outcomeOf(snapshot, actions), { leaf: name, actions: this.compiled.table.start });
    this.mark('leaves', name);
    this.mark('simple paths', name);
    return { leaf, snapshot, simple: [name], rows: [] };
  }

  /** Take a step on XState and on the table. */
  step(trail: Trail, step: Step): Trail {
    const move = moveAt(this.compiled, trail.leaf, step);
    const sent: EventObject & { readonly facts: Facts } = { type: step.event, facts: step.facts };
    const [snapshot, actions] = transition(this.machine, trail.snapshot, sent);
    this.steps += 1;
    const what = `${rowName(this.compiled, move)} with ${JSON.stringify(step.facts)}`;
    const expected = { leaf: leafName(this.compiled, move.next), actions: move.row?.actions ?? [] };
    if (!this.compare(what, outcomeOf(snapshot, actions), expected)) return trail;
    const next = this.follow(trail, move, snapshot);
    this.record(trail, move, next);
    return next;
  }

  private follow(trail: Trail, { leaf, next, index, event }: Move, snapshot: AnyMachineSnapshot): Trail {
    if (index < 0) return { ...trail, snapshot };
    const name = leafName(this.compiled, next);
    const rows = [...trail.rows, { name: rowName(this.compiled, { leaf, event, index }), leaf }].slice(-loopLengthMax);
    const simple = trail.simple === null || trail.simple.includes(name) ? null : [...trail.simple, name];
    return { leaf: next, snapshot, simple, rows };
  }

  private record(trail: Trail, move: Move, next: Trail): void {
    const pair = pairGoal(leafName(this.compiled, move.leaf), move.event);
    this.mark('state × event pairs', pair);
    this.observe(pair, move);
    if (move.index < 0) return;
    const { rows } = next;
    this.mark('leaves', leafName(this.compiled, move.next));
    this.mark('transitions', rowName(this.compiled, move));
    if (trail.rows.length > 0) this.mark('transition pairs', sequenceGoal(rows.slice(-2).map(({ name }) => name)));
    if (next.simple !== null) this.mark('simple paths', sequenceGoal(next.simple));
    for (let length = 1; length <= rows.length; length++) {
      const loop = rows.slice(-length);
      if (loop[0]?.leaf === move.next) this.mark('loops up to length 3', sequenceGoal(loop.map(({ name }) => name)));
    }
  }

  private observe(pair: string, move: Move): void {
    const asked = askedBy(this.compiled, move);
    for (const guard of asked) this.mark('guards both ways', guardGoal(pair, guard, move.facts[guard] === true));
    if (guardsOf(this.compiled, move.event).length === 0) return;
    const seen = this.observed.get(pair) ?? new Map<string, Observation>();
    this.observed.set(pair, seen);
    seen.set(JSON.stringify(move.facts), { facts: move.facts, index: move.index, asked });
  }

  /** A guard decides alone if two steps differ in its fact only, it was asked in both, and another row was taken. */
  private decideMcdc(): void {
    for (const [pair, seen] of this.observed) {
      for (const a of seen.values()) {
        for (const guard of a.asked) {
          const isDecided = [...seen.values()].some((b) => b.index !== a.index && b.asked.includes(guard) && differOnlyIn(a.facts, b.facts, guard));
          if (isDecided) this.mark('MC/DC of guards', mcdcGoal(pair, guard));
        }
      }
    }
  }

  private mark(rung: Rung, goal: string): void {
    this.marks.get(rung)?.add(goal);
  }

  private compare(what: string, xstate: Outcome, table: Outcome): boolean {
    if (xstate.leaf === table.leaf && xstate.actions.join() === table.actions.join()) return true;
    this.differences.push(`${what}\n  XState: ${JSON.stringify(xstate)}\n  table:  ${JSON.stringify(table)}`);
    return false;
  }
}

interface Outcome {
  readonly leaf: string;
  readonly actions: readonly string[];
}

function outcomeOf(snapshot: AnyMachineSnapshot, actions: readonly ExecutableActionObject[]): Outcome {
  return { leaf: nameOfValue(snapshot.value), actions: actions.map(({ type }) => type) };
}

/** XState's nested value of one leaf, as the table writes it. */
export function nameOfValue(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[key, inner] = ['', ''] as const] = Object.entries(value as Record<string, unknown>);
  return `${key}.${nameOfValue(inner)}`;
}

function differOnlyIn(a: Facts, b: Facts, guard: string): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => ((a[name] ?? false) !== (b[name] ?? false)) === (name === guard));
}
