/**
 * The label of a row: its event, and the guard where it says something that the event does not.
 */
import type { Model, Transition } from './model.js';
import { duration, eventWords, guardWords } from './words.js';

/** Guards that say how a script or an exec ended: the event and the guard together are one word. */
const together: Readonly<Record<string, string>> = {
  'SETUP_EXITED setupRefused': 'setup exits 111',
  'SETUP_EXITED setupFailed': 'setup fails',
  'EXEC_FAILED errorMayPass': 'exec fails for now',
};

/** Guards that choose a place within a state, which the chart of the top-level states does not show. */
const inner = ['hasSetup', 'reportsReadiness'];

/** The event in words. A setup that was asked for its status and neither refused nor failed has exited 0. */
export function eventLabel(model: Model, { leaf, event, delay, index, guard }: Transition): string {
  if (delay !== null) return duration(model.compiled.table.delays[delay] ?? 0);
  const before = model.transitions.filter((other) => other.leaf === leaf && other.event === event && other.index < index);
  if (event === 'SETUP_EXITED' && before.some((other) => other.guard === 'setupFailed')) return 'setup exits 0';
  return together[`${event} ${guard ?? ''}`] ?? eventWords(event).short;
}

/** What the guard adds to the event; null: nothing. The chart of the top-level states leaves out what chooses a place within one. */
export function guardLabel({ event, guard }: Transition, chart: 'top' | 'leaves'): string | null {
  if (guard === null || `${event} ${guard}` in together) return null;
  return chart === 'top' && inner.includes(guard) ? null : guardWords(guard).short;
}
