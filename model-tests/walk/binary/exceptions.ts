/**
 * What of the service machine cannot be caused from outside, and why, decided from the table.
 */
import type { Compiled } from '../../../machines/compile.js';
import { STAY } from '../../../table/format.js';
import type { Edge } from '../goals.js';
import { leafName, rowsAt } from '../moves.js';
import { delayOf } from '../timers.js';
import type { Reasons } from './cover.js';

const goingDown = 'systemGoingDown';
const foundOut = ['SPAWN_FAILED', 'RUN_MISSING', 'LAUNCH_IMPOSSIBLE'];
const ends = ['SETUP_EXITED', 'RUN_EXITED', 'FINISH_EXITED', 'EXEC_FAILED', 'EXEC_SUCCEEDED'];

/** The reasons of the service machine. */
export function serviceReasons(compiled: Compiled): Reasons {
  return {
    row: (edge) => reasonOfRow(compiled, edge),
    pair: (a, b) => reasonOfPair(compiled, a, b),
    ignored: (_leaf, event) => reasonOfIgnored(event),
  };
}

function reasonOfRow(compiled: Compiled, edge: Edge): string | null {
  if (leafName(compiled, edge.leaf) !== 'SETUP.launching' || edge.event !== 'RUN_EXITED') return null;
  const what = 'a status pipe that death closes reads like one that exec closes';
  return `${what}: an end between fork and exec is seen as EXEC_SUCCEEDED, RUN_EXITED, and walked so`;
}

function reasonOfIgnored(event: string): string | null {
  if (event === 'CREATED') return 'a service is created once';
  if (foundOut.includes(event)) return 'found out within the step that spawns, and nowhere else';
  return ends.includes(event) ? 'there is no process of that kind whose end or exec could be observed' : null;
}

function reasonOfPair(compiled: Compiled, a: Edge, b: Edge): string | null {
  const row = reasonOfRow(compiled, a) ?? reasonOfRow(compiled, b);
  if (row !== null) return 'one of the two is an exception by itself';
  if (isDown(compiled, a) && isUp(compiled, b)) return 'a system that goes down does not come up again';
  if (a.event === b.event && delayOf(a.event) !== null && isStay(compiled, a)) return 'a timer that was due is over';
  if (foundOut.includes(b.event) && isStay(compiled, a)) return 'found out within the step that spawns: nothing comes between';
  if (b.event === 'CREATED') return 'a service is created before anything else can be asked of it';
  if (ends.includes(b.event) && !mayHave(compiled, a, b.event)) {
    return 'another process runs there, or none: what the first brought about excludes the end that the second needs';
  }
  return null;
}

function guardsBefore(compiled: Compiled, { leaf, event, index }: Edge): readonly (string | null)[] {
  const at = compiled.table.leaves[leaf];
  return at === undefined ? [] : rowsAt(at, event).slice(0, index).map(({ guard }) => guard);
}

function guardOf(compiled: Compiled, { leaf, event, index }: Edge): string | null {
  const at = compiled.table.leaves[leaf];
  return at === undefined ? null : (rowsAt(at, event)[index]?.guard ?? null);
}

function isStay(compiled: Compiled, { leaf, event, index }: Edge): boolean {
  const at = compiled.table.leaves[leaf];
  return at !== undefined && rowsAt(at, event)[index]?.target === STAY;
}

/** Taken only while the system goes down; only while it does not. */
function isDown(compiled: Compiled, edge: Edge): boolean {
  return guardOf(compiled, edge) === goingDown;
}
function isUp(compiled: Compiled, edge: Edge): boolean {
  return guardsBefore(compiled, edge).includes(goingDown);
}

/**
 * Can there be, after a row, the process whose end the event is? In SHUTDOWN and RESTART there is that of `setup`, or that of `run`; it depends on
 * where the service came from.
 */
function mayHave(compiled: Compiled, a: Edge, event: string): boolean {
  const from = leafName(compiled, a.leaf);
  if (from === 'SETUP.running') return event === 'SETUP_EXITED';
  if (from === 'SETUP.launching') return event !== 'SETUP_EXITED';
  return !(from.startsWith('STARTING') || from === 'UP') || event === 'RUN_EXITED';
}
