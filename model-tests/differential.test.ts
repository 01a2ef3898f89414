/**
 * The table and XState, each deciding in turn which row is taken while the whole runtime runs, give the same life (architecture.md, Machines).
 *
 * Theory of operation. The module that picks rows is replaced by one that can ask XState's own `transition` instead, on the machines the
 * tables were made from. What XState makes of a state and an event is put into a row: the leaf it leads to and the actions. So
 * scenarios with faults and any order of events are lived through twice, from the same seed, and the traces compared.
 */
import * as fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { transition } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { serviceMachine } from '../machines/service.js';
import { systemMachine } from '../machines/system.js';
import { STAY } from '../table/format.js';
import type { Leaf, Row, Table } from '../table/format.js';
import { scenario } from './sim/arbitrary.js';
import { SeededChooser } from './sim/choice.js';
import { live } from './sim/life.js';
import type { Life } from './sim/trace.js';

type Step = typeof import('../table/step.js');
type Holds = (guard: string) => boolean;

const decider = vi.hoisted(() => ({ isXState: false, asked: 0, broken: false }));

vi.mock('../table/step.js', async (importOriginal) => {
  const original = await importOriginal<Step>();
  const picked = (table: Table, leaf: number, event: string | null, holds: Holds): Row | null =>
    event === null ? original.rowForTimer(table, leaf, holds) : original.rowFor(table, leaf, event, holds);
  const decide = (table: Table, leaf: number, event: string | null, holds: Holds): Row | null =>
    decider.isXState ? rowByXState(table, leaf, event, holds) : picked(table, leaf, event, holds);
  return {
    rowFor: (table: Table, leaf: number, event: string, holds: Holds) => decide(table, leaf, event, holds),
    rowForTimer: (table: Table, leaf: number, holds: Holds) => decide(table, leaf, null, holds),
  };
});

/** The row that XState takes; `event` null is the timer of the leaf. */
function rowByXState(table: Table, index: number, event: string | null, holds: Holds): Row | null {
  decider.asked += 1;
  const machine: AnyStateMachine = 'CREATION' in table.delays ? serviceMachine : systemMachine;
  const leaf = table.leaves[index];
  if (leaf === undefined) return null;
  const type = event ?? `xstate.after.${leaf.delay ?? ''}.${machine.id}.${leaf.name}`;
  const snapshot = machine.resolveState({ value: valueOf(leaf), context: {} });
  const [next, actions] = transition(machine, snapshot, { type, facts: factsFrom(holds) });
  const named = actions.map((action): string => action.type).filter((each) => !each.startsWith('xstate.'));
  const target = table.leaves.findIndex((each) => JSON.stringify(valueOf(each)) === JSON.stringify(next.value));
  if (target === index && named.length === 0) return null;
  const kept = decider.broken ? named.filter((each) => each !== 'announceDown') : named;
  return { guard: null, target: target === index ? STAY : target, actions: kept };
}

function valueOf({ name }: Leaf): string | Record<string, string> {
  const [state = '', inner] = name.split('.');
  return inner === undefined ? state : { [state]: inner };
}

/** Facts that are asked for only when a guard wants to know, as the runtime's are; and once, however often it does. */
function factsFrom(holds: Holds): object {
  const known = new Map<string, boolean>();
  return new Proxy(
    {},
    {
      get: (_, guard) => {
        const name = String(guard);
        const answer = known.get(name) ?? holds(name);
        known.set(name, answer);
        return answer;
      },
    },
  );
}

function livedBy(isXState: boolean, [drawn, seed]: readonly [Parameters<typeof live>[0], number]): Life {
  decider.isXState = isXState;
  return live(drawn, new SeededChooser(seed));
}

afterEach(() => {
  decider.isXState = false;
  decider.broken = false;
});

const cases = fc.tuple(scenario(), fc.noShrink(fc.integer()));
const runs = Number(process.env['SIM_DIFFERENTIAL_RUNS'] ?? 1500);

test(`${String(runs)} random lives, the same by the table and by XState`, { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      expect(livedBy(true, drawn)).toEqual(livedBy(false, drawn));
    }),
    { numRuns: runs, seed: 7 },
  );
  expect(decider.asked).toBeGreaterThan(runs * 5);
});

test('would be noticed: an XState that leaves an action out', () => {
  decider.broken = true;
  const textOf = (isXState: boolean, drawn: Parameters<typeof livedBy>[1]): string => JSON.stringify(livedBy(isXState, drawn));
  const differing = fc.sample(cases, { numRuns: 200, seed: 7 }).filter((drawn) => textOf(true, drawn) !== textOf(false, drawn));
  expect(differing.length).toBeGreaterThan(5);
});
