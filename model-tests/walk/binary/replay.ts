/**
 * The paths that are walked on the binary, walked on XState and on the table, too: the three walk the same events, one by one.
 */
import type { AnyStateMachine } from 'xstate';
import type { Compiled } from '../../../machines/compile.js';
import { leafName } from '../moves.js';
import { timersAsEvents } from '../timers.js';
import { Walk } from '../trail.js';
import type { Does } from './paths.js';

/** Where XState, the table and the plan of a path differ; none, if all is well. */
export function replay(machine: AnyStateMachine, compiled: Compiled, paths: readonly (readonly Does[])[]): readonly string[] {
  const walk = new Walk(timersAsEvents(machine), compiled);
  const differences: string[] = [];
  for (const path of paths) {
    let trail = walk.begin();
    for (const move of path.flatMap(({ moves }) => moves)) {
      if (trail.leaf !== move.leaf) differences.push(`planned in ${leafName(compiled, move.leaf)}, walked in ${leafName(compiled, trail.leaf)}`);
      trail = walk.step(trail, move);
    }
  }
  return [...differences, ...walk.differences];
}
