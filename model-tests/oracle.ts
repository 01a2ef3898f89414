/**
 * XState as the oracle of the table.
 *
 * For every leaf, every event (the timer's included) and every outcome of all guards, XState's own `transition` and the table must give
 * the same next state, the same actions in the same order, and the same timers stopped and started. Nothing is sampled.
 */
import { initialTransition, transition } from 'xstate';
import type { AnyMachineSnapshot, AnyStateMachine, EventObject, ExecutableActionObject } from 'xstate';
import type { Compiled } from '../machines/compile.js';
import { STAY } from '../table/format.js';
import type { Leaf, Row } from '../table/format.js';
import { rowFor, rowForTimer } from '../table/step.js';

/** What a step comes to, in words that both sides can be put into. */
interface Outcome {
  readonly leaf: string;
  readonly actions: readonly string[];
  readonly stopped: readonly string[];
  readonly started: readonly string[];
}

export interface Comparison {
  /** Triples of leaf, event and outcome of guards that were compared. */
  readonly compared: number;
  readonly differences: readonly string[];
}

const timer = 'TIMER';

/** Compare a compiled machine with its definition. */
export function compareWithXState(machine: AnyStateMachine, compiled: Compiled): Comparison {
  const differences: string[] = [];
  let compared = 0;
  const check = (what: string, expected: Outcome, found: Outcome): void => {
    compared += 1;
    if (JSON.stringify(expected) === JSON.stringify(found)) return;
    differences.push(`${what}\n  XState: ${JSON.stringify(expected)}\n  table:  ${JSON.stringify(found)}`);
  };
  const [initial, initialActions] = initialTransition(machine);
  const first = compiled.table.leaves[compiled.table.initial];
  check('start', outcomeOf(initial, initialActions), {
    leaf: first?.name ?? '',
    actions: compiled.table.start,
    stopped: [],
    started: first?.delay == null ? [] : [first.delay],
  });
  const allFacts = outcomes(compiled.guards);
  compiled.table.leaves.forEach((leaf, index) => {
    const snapshot = machine.resolveState({ value: valueOf(leaf.name), context: {} });
    for (const event of leaf.delay === null ? compiled.events : [...compiled.events, timer]) {
      for (const facts of allFacts) {
        const type = event === timer ? `xstate.after.${leaf.delay ?? ''}.${machine.id}.${leaf.name}` : event;
        const sent: EventObject & { readonly facts: object } = { type, facts };
        const [next, actions] = transition(machine, snapshot, sent);
        const what = `${leaf.name} on ${event} with ${JSON.stringify(facts)}`;
        check(what, outcomeOf(next, actions), tableOutcome(compiled, leaf, index, event, facts));
      }
    }
  });
  return { compared, differences };
}

type Facts = Readonly<Record<string, boolean>>;

/** Every assignment of true and false to the guards. */
function outcomes(guards: readonly string[]): readonly Facts[] {
  return Array.from({ length: 2 ** guards.length }, (_, bits) =>
    Object.fromEntries(guards.map((guard, place) => [guard, (bits >> place) % 2 === 1])),
  );
}

function tableOutcome(compiled: Compiled, leaf: Leaf, index: number, event: string, facts: Facts): Outcome {
  const holds = (guard: string): boolean => facts[guard] === true;
  const row: Row | null = event === timer ? rowForTimer(compiled.table, index, holds) : rowFor(compiled.table, index, event, holds);
  // A timer that is due is over; XState cancels it when the state is left, even so.
  if (row === null || row.target === STAY) return { leaf: leaf.name, actions: row?.actions ?? [], stopped: [], started: [] };
  const target = compiled.table.leaves[row.target];
  return {
    leaf: target?.name ?? '',
    actions: row.actions,
    stopped: leaf.delay === null ? [] : [leaf.delay],
    started: target?.delay == null ? [] : [target.delay],
  };
}

function outcomeOf(snapshot: AnyMachineSnapshot, actions: readonly ExecutableActionObject[]): Outcome {
  const named = actions.filter(({ type }) => !type.startsWith('xstate.')).map(({ type }) => type);
  const timers = (type: string, read: (params: Record<string, unknown>) => unknown): readonly string[] =>
    actions.filter((action) => action.type === type).map((action) => delayIn(read(action.params as Record<string, unknown>)));
  return {
    leaf: nameOf(snapshot.value),
    actions: named,
    stopped: timers('xstate.cancel', (params) => params['sendId']),
    started: timers('xstate.raise', (params) => params['id']),
  };
}

/** XState names a timer `xstate.after.DELAY.machine.state`. */
function delayIn(id: unknown): string {
  return String(id).split('.')[2] ?? '';
}

function nameOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[key, inner] = ['', ''] as const] = Object.entries(value as Record<string, unknown>);
  return `${key}.${nameOf(inner)}`;
}

function valueOf(name: string): Record<string, string> | string {
  const [state = '', inner] = name.split('.');
  return inner === undefined ? state : { [state]: inner };
}
