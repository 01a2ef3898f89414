/**
 * Faults in the tables, for each property that both checkers hold (small.ts): each must be found by both.
 *
 * There is none for `last`: the order in which loggers go is the world's, not the tables'. One more fault violates nothing at any moment: the system
 * only never ends, which is for SPIN's temporal logic to find.
 */
import { STAY } from '../../table/format.js';
import type { Leaf, Row, Table } from '../../table/format.js';
import { ownTables, withLogger, withOne } from './small.js';
import type { PropertyId, SmallSystem, Tables } from './small.js';

export interface Planted {
  readonly what: string;
  readonly property: PropertyId;
  readonly small: SmallSystem;
  readonly tables: Tables;
}

/** The table with other rows for a pair of leaf and event, which may be TIMER. */
function withRows(table: Table, name: string, event: string, change: (rows: readonly Row[]) => readonly Row[]): Table {
  if (!table.leaves.some((leaf) => leaf.name === name)) throw new Error(`no leaf ${name}`);
  const changed = (leaf: Leaf): Leaf =>
    event === 'TIMER' ? { ...leaf, due: change(leaf.due) } : { ...leaf, on: { ...leaf.on, [event]: change(leaf.on[event] ?? []) } };
  return { ...table, leaves: table.leaves.map((leaf) => (leaf.name === name ? changed(leaf) : leaf)) };
}

const inService = (name: string, event: string, change: (rows: readonly Row[]) => readonly Row[]): Tables => ({
  ...ownTables,
  service: withRows(ownTables.service, name, event, change),
});
const inSystem = (name: string, event: string, change: (rows: readonly Row[]) => readonly Row[]): Tables => ({
  ...ownTables,
  system: withRows(ownTables.system, name, event, change),
});
const without = (action: string) => (rows: readonly Row[]): readonly Row[] =>
  rows.map((row) => ({ ...row, actions: row.actions.filter((one) => one !== action) }));
const only = (actions: readonly string[], target = STAY) => (): readonly Row[] => [{ guard: null, target, actions }];
const leafOf = (table: Table, name: string): number => table.leaves.findIndex((leaf) => leaf.name === name);

export const planted: readonly Planted[] = [
  { what: 'UP starts another run when it is wanted', property: 'one', small: withOne, tables: inService('UP', 'WANT_UP', only(['launch'])) },
  {
    what: 'the end of run leads to UP',
    property: 'shown',
    small: withOne,
    tables: inService('STARTING.timed', 'RUN_EXITED', only([], leafOf(ownTables.service, 'UP'))),
  },
  { what: 'finish is signalled', property: 'signal', small: withOne, tables: inService('SHUTDOWN.finishing', 'WANT_DOWN', only(['signalDown'])) },
  {
    what: 'run is killed without a signal',
    property: 'kill',
    small: withOne,
    tables: inService('UP', 'WANT_DOWN', only(['kill'], leafOf(ownTables.service, 'SHUTDOWN.killing'))),
  },
  {
    what: 'a service rests while its finish runs',
    property: 'rest',
    small: withOne,
    tables: inService('SHUTDOWN.finishing', 'TIMER', only(['endLife'], leafOf(ownTables.service, 'DOWN.resting'))),
  },
  {
    what: 'DOWN does not ask whether the system goes down',
    property: 'late',
    small: withOne,
    tables: inService('DOWN.resting', 'WANT_UP', (rows) => rows.slice(1)),
  },
  { what: 'a logger does not start when it is wanted', property: 'logger', small: withLogger, tables: inService('DELAY.created', 'WANT_UP', only([])) },
  {
    what: 'the system ends before the services',
    property: 'end',
    small: withOne,
    tables: inSystem('shutdown.finishing', 'SYS_FINISH_EXITED', only(['closeControl', 'reincarnate'], leafOf(ownTables.system, 'final.reincarnating'))),
  },
  {
    what: 'SYS/finish goes on after its time, beside SYS/final',
    property: 'script',
    small: withOne,
    tables: inSystem('shutdown.finishing', 'TIMER', without('killSysFinish')),
  },
];

/** What does not end when it is signalled is waited for for ever: its time is over, and nothing follows. */
export const endless: Tables = inService('SHUTDOWN.stopping', 'TIMER', () => []);
