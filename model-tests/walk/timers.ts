/**
 * A machine whose timers are events, derived from the machine itself.
 *
 * `createTestModel` refuses machines with `after`: it walks events, and a timer is none to it. So each `after: { D: … }` of the definition
 * becomes `on: { 'after D': … }`, in the same state and with the same transitions, guards and actions. Nothing is written twice: what is
 * walked is the definition, with the moment at which a timer is due in the walker's hand.
 */
import { createMachine } from 'xstate';
import type { AnyStateMachine } from 'xstate';

const prefix = 'after ';

/** The event that stands for a timer that is due. */
export function dueEvent(delay: string): string {
  return `${prefix}${delay}`;
}

/** The delay whose timer the event stands for, or null. */
export function delayOf(event: string): string | null {
  return event.startsWith(prefix) ? event.slice(prefix.length) : null;
}

/**
 * The same machine with its timers turned into events.
 *
 * @throws Error when a state already takes an event of that name: then the two could not be told apart.
 */
export function timersAsEvents(machine: AnyStateMachine): AnyStateMachine {
  const config: Parameters<typeof createMachine>[0] = withoutTimers(asRaw(machine.config));
  const { guards, actions } = machine.implementations;
  return (createMachine(config) as AnyStateMachine).provide({ guards, actions });
}

type Raw = Readonly<Record<string, unknown>>;

function withoutTimers({ after, on, states, ...rest }: Raw): Raw {
  const events = { ...asRaw(on) };
  for (const [delay, transitions] of Object.entries(asRaw(after))) {
    if (dueEvent(delay) in events) throw new Error(`a state takes the event ${dueEvent(delay)} already`);
    events[dueEvent(delay)] = transitions;
  }
  const inner = Object.entries(asRaw(states)).map(([name, state]) => [name, withoutTimers(asRaw(state))] as const);
  return {
    ...rest,
    ...(Object.keys(events).length === 0 ? {} : { on: events }),
    ...(inner.length === 0 ? {} : { states: Object.fromEntries(inner) }),
  };
}

function asRaw(value: unknown): Raw {
  return typeof value === 'object' && value !== null ? (value as Raw) : {};
}
