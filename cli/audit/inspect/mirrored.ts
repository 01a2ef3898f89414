/**
 * An XState actor that does what a machine in the daemon does.
 *
 * Theory of operation. The logic of the actor is the machine itself, with one event more: `nitro.seen` puts it into a leaf, where it is not
 * known what led there. Its clock stands still, because time passes in the daemon: a timer there is an event here. The daemon does not
 * tell the facts that guards ask for, but what came of them: the row of the table with this target and these actions names its guard, and
 * the facts are what makes XState take it. So the actor is in the daemon's leaf after every step; where it is not, it is put there,
 * and `differences` counts it.
 */
import { createActor } from 'xstate';
import type { Actor, AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { STAY } from '../../../table/format.js';
import type { Row, Table } from '../../../table/format.js';
import { isTimer } from './cause.js';
import type { AnyEvent, Snapshot } from './stately.js';

export const seen = 'nitro.seen';
const stillClock = { setTimeout: (): number => 0, clearTimeout: (): void => undefined };

/** Names of leaves and XState's values of them. */
function valueOf(leaf: string): string | Record<string, string> {
  const [state = '', inner] = leaf.split('.');
  return inner === undefined ? state : { [state]: inner };
}

export function leafOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[state, inner] = ['', ''] as const] = Object.entries(value as Readonly<Record<string, unknown>>);
  return `${state}.${leafOf(inner)}`;
}

function isSeen(event: EventObject): event is EventObject & { readonly leaf: string } {
  return event.type === seen;
}

/** The machine, and the event that puts it anywhere. */
function withSeen(machine: AnyStateMachine): AnyStateMachine {
  const transition: AnyStateMachine['transition'] = (snapshot, event: EventObject, scope) =>
    isSeen(event) ? machine.resolveState({ value: valueOf(event.leaf), context: {} }) : machine.transition(snapshot, event, scope);
  return Object.create(machine, { transition: { value: transition } }) as AnyStateMachine;
}

/** The row of the table that was taken, and the name that XState has for the event. */
interface Taken {
  readonly row: Row | null;
  readonly type: string;
}

/** A kind of machine to be mirrored. */
export class Kind {
  /** JSON of its definition. */
  readonly definition: string;
  private readonly logic: AnyStateMachine;
  private readonly leaves: ReadonlyMap<string, Table['leaves'][number]>;

  constructor(
    private readonly machine: AnyStateMachine,
    private readonly table: Table,
  ) {
    // Why events are ignored is of no use to a chart, and half of the text.
    this.definition = JSON.stringify(machine.config, (key, value: unknown) => (key === 'ignores' ? undefined : value));
    this.logic = withSeen(machine);
    this.leaves = new Map(table.leaves.map((leaf) => [leaf.name, leaf]));
  }

  /** A started actor in a leaf. */
  actorIn(leaf: string): Mirrored {
    const snapshot = this.machine.resolveState({ value: valueOf(leaf), context: {} });
    return new Mirrored(this, createActor(this.logic, { snapshot, clock: stillClock }).start());
  }

  taken(from: string, event: string, to: string, actions: readonly string[]): Taken {
    const leaf = this.leaves.get(from);
    const delay = leaf?.delay;
    const isDue = isTimer(event) && leaf !== undefined && delay != null;
    const type = isDue ? `xstate.after.${delay}.${this.machine.id}.${from}` : event;
    const rows = (isDue ? leaf.due : leaf?.on[event]) ?? [];
    const target = (row: Row): string => (row.target === STAY ? from : (this.table.leaves[row.target]?.name ?? ''));
    const row = rows.find((each) => target(each) === to && each.actions.join() === actions.join()) ?? null;
    return { row, type };
  }
}

export class Mirrored {
  /** Steps after which it was not where the daemon's machine is. */
  differences = 0;

  constructor(
    private readonly kind: Kind,
    private readonly actor: Actor<AnyStateMachine>,
  ) {}

  get leaf(): string {
    return leafOf((this.actor.getSnapshot() as AnyMachineSnapshot).value);
  }

  get snapshot(): Snapshot {
    const { status, value } = this.actor.getSnapshot() as { readonly status: Snapshot['status']; readonly value: unknown };
    // Neither machine has a context.
    return { status, value, context: {} };
  }

  /** It is in this leaf, whatever led there. The event that it was sent. */
  put(leaf: string): AnyEvent {
    const event = { type: seen, leaf };
    this.actor.send(event);
    return event;
  }

  /** The daemon's machine took a step. The event that the actor was sent. */
  step(from: string, type: string, to: string, actions: readonly string[]): AnyEvent {
    if (this.leaf !== from) this.put(from);
    const taken = this.kind.taken(from, type, to, actions);
    const facts = taken.row?.guard == null ? {} : { [taken.row.guard]: true };
    const event: AnyEvent = { type: taken.type, ...(Object.keys(facts).length === 0 ? {} : { facts }) };
    this.actor.send(event);
    if (this.leaf !== to) {
      this.differences += 1;
      this.put(to);
    }
    return event;
  }

  stop(): Snapshot {
    this.actor.stop();
    return this.snapshot;
  }
}
