/**
 * What a deed should have announced of a service (behaviour.md §7, protocol.md Replies), read from the rows it takes.
 */
import type { Compiled } from '../../../machines/compile.js';
import type { Move } from '../moves.js';

/** The state that is shown in a leaf. */
export function stateIn(compiled: Compiled, leaf: number): string {
  return compiled.table.leaves[leaf]?.state ?? '?';
}

/** What the rows announce, in order. */
export function announcedBy(compiled: Compiled, moves: readonly Move[]): readonly string[] {
  return moves.flatMap(({ row, next }) =>
    (row?.actions ?? []).flatMap((action) => (action === 'announce' ? [stateIn(compiled, next)] : action === 'announceDown' ? ['DOWN'] : [])),
  );
}

/** A request is followed by the state it found, before what takes until later: the exec. `leaf` is that before it. */
export function announcedToAsker(compiled: Compiled, leaf: number, moves: readonly Move[]): readonly string[] {
  const isLater = ({ event }: Move): boolean => event === 'EXEC_SUCCEEDED' || event === 'EXEC_FAILED';
  const first = moves.filter((move) => !isLater(move));
  const found = stateIn(compiled, first[first.length - 1]?.next ?? leaf);
  return [...announcedBy(compiled, first), found, ...announcedBy(compiled, moves.filter(isLater))];
}
