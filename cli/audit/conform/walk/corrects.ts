/**
 * Where the machines correct the reference: `meta.corrects` of a transition, by the row it became.
 */
import type { AnyStateMachine } from 'xstate';
import type { Compiled } from '../../../../machines/compile.js';
import { leafName } from '../../../../model-tests/walk/moves.js';
import type { Move } from '../../../../model-tests/walk/moves.js';
import { delayOf } from '../../../../model-tests/walk/timers.js';

type Raw = Readonly<Record<string, unknown>>;
const asRaw = (value: unknown): Raw => (typeof value === 'object' && value !== null ? (value as Raw) : {});

/**
 * How the reference differs in the transition that a move is; null: that it does is not known. `ends`: it has ended, which it is known to do on an event
 * in a state, whatever else holds: so a guard of ours makes no difference.
 */
export function correctsOf(machine: AnyStateMachine, compiled: Compiled, move: Move, ends = false): string | null {
  const names = leafName(compiled, move.leaf).split('.');
  const chain: Raw[] = [asRaw(machine.config)];
  for (const name of names) chain.push(asRaw(asRaw(chain[chain.length - 1]?.['states'])[name]));
  const delay = delayOf(move.event);
  for (const state of chain.reverse()) {
    const transitions = delay === null ? asRaw(state['on'])[move.event] : asRaw(state['after'])[delay];
    if (transitions === undefined) continue;
    const rows: readonly unknown[] = Array.isArray(transitions) ? transitions : [transitions];
    const corrects = (row: unknown): unknown => asRaw(asRaw(row)['meta'])['corrects'];
    const known = ends ? rows.map(corrects).find((text) => String(text).includes('aborts')) : corrects(rows[Math.max(0, move.index)]);
    return typeof known === 'string' ? known : null;
  }
  return null;
}
