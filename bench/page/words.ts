/**
 * The load of the machine in words.
 */
import { isBusy } from '../machine.js';

/** Of several parts the least and the greatest; with a warning where it was too busy for figures of time. */
export function loadText(loads: readonly (readonly [number, number])[]): string {
  const before = Math.min(...loads.map(([first]) => first));
  const after = Math.max(...loads.map(([, last]) => last));
  const warning = isBusy(before) ? ': the machine was busy with other things, so figures of time are too high' : '';
  return `${before}, ${after}${warning}`;
}
