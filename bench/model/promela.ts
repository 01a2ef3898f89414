/**
 * A small system (small.ts) in Promela, the language of SPIN, written from the tables.
 *
 * Theory of operation. Each service and the system are some variables; each event is an `inline` that has a branch for every group of leaves with
 * the same rows, as the table has them; each effect is an `inline` with the assertions that belong to it. What the world does are processes of
 * one state, whose steps are atomic: so SPIN stores exactly the states of the small system, and their number can be compared with that of
 * states.ts. What comes by itself sooner or later (time, answers, the end of what was killed) and what may never come (users, ends) are
 * different processes: under weak fairness the first must move, and the second need not.
 */
import { STAY } from '../../table/format.js';
import type { Leaf, Row, Table } from '../../table/format.js';
import { At, Of, placeOf } from './layout.js';
import type { State } from './layout.js';
import type { SmallService, SmallSystem, Tables } from './small.js';
import { shownAs } from './small.js';
import { systemOf, systemVariables } from './promela-system.js';

/** Names of leaves as Promela can have them. */
export const leafName = (name: string): string => name.replace(/\W/g, '_');

const processes = ['nothing', 'setup', 'launching', 'run', 'finish'];

/** Effects of the service machine that mean something to the small world; the others are not written. */
const effects = ['spawnSetup', 'launch', 'spawnFinish', 'signalDown', 'kill', 'killFinish', 'endLife', 'startLogger'];

/** The model, ready for `spin -a`. With `known` it is a violation, too, to come to any other state. */
export function promela(small: SmallSystem, tables: Tables, known?: readonly State[]): string {
  const { services } = small;
  const answering = services.map(({ name }) => `!${name}_answers`).join(' && ');
  // A logger comes after its writers in the list, and before them here: an inline must be known where it is used.
  const inOrder = [...services].reverse();
  return [
    `/* ${small.what}. Written from the tables by \`npm run bench -- --promela FILE\`; do not edit. */`,
    '',
    ...tables.service.leaves.map(({ name }, index) => `#define ${leafName(name)} ${String(index)}`),
    '',
    ...processes.map((name, index) => `#define ${name} ${String(index)}`),
    '#define untold 0\n#define signalled 1\n#define killed 2',
    '',
    ...services.flatMap(({ name }) => [
      `byte ${name}_leaf = ${String(tables.service.initial)}, ${name}_process = nothing, ${name}_told = untold;`,
      `bool ${name}_answers = false;`,
    ]),
    '',
    `/* No effect waits for its answer: then other things can happen. */\n#define calm (${answering})`,
    ...services.map(({ name }) => `#define ${name}_rests ${anyOf(`${name}_leaf`, leavesOf(tables.service, ['DOWN', 'FATAL', 'DELAY']))}`),
    ...services.map(({ name }) => `#define ${name}_is_down ${anyOf(`${name}_leaf`, leavesOf(tables.service, ['DOWN']))}`),
    '',
    ...(small.system === null ? [] : systemOf(small, tables).head),
    ...inOrder.flatMap((service) => serviceInlines(service, small, tables.service)),
    ...(small.system === null ? [] : systemOf(small, tables).body),
    ...services.flatMap((service) => serviceWorld(service, small, tables.service)),
    ...monitor(services, tables.service),
    ...(known === undefined ? [] : limit(small, known)),
    '',
  ].join('\n');
}

/** Leaves of these states. */
export function leavesOf(table: Table, states: readonly string[]): readonly Leaf[] {
  return table.leaves.filter(({ state }) => states.includes(state));
}

/** `variable` is one of these leaves. */
export function anyOf(variable: string, leaves: readonly Leaf[]): string {
  return leaves.length === 0 ? 'false' : `(${leaves.map(({ name }) => `${variable} == ${leafName(name)}`).join(' || ')})`;
}

/** An inline that takes an event: a branch for each group of leaves with the same rows. `write` writes the rows of one. */
export function eventInline(
  name: string,
  variable: string,
  table: Table,
  event: string,
  write: (rows: readonly Row[]) => readonly string[],
): readonly string[] {
  const groups = new Map<string, { readonly rows: readonly Row[]; readonly leaves: Leaf[] }>();
  for (const leaf of table.leaves) {
    const rows = (event === 'TIMER' ? leaf.due : leaf.on[event]) ?? [];
    if (rows.length === 0) continue;
    const key = JSON.stringify(rows);
    const group = groups.get(key) ?? { rows, leaves: [] };
    group.leaves.push(leaf);
    groups.set(key, group);
  }
  if (groups.size === 0) return [`inline ${name}() { skip }`];
  const branches = [...groups.values()].flatMap(({ rows, leaves }) => [`  :: ${anyOf(variable, leaves)} ->`, ...indented(write(rows), 5)]);
  return [`inline ${name}() {`, '  if', ...branches, '  :: else -> skip', '  fi', '}'];
}

export const indented = (lines: readonly string[], by = 2): readonly string[] => lines.map((line) => ' '.repeat(by) + line);

/** Statements, one after the other; `skip` where there are none. */
export const sequence = (statements: readonly string[]): string => (statements.length === 0 ? 'skip' : statements.join('; '));

// ---- a service

function serviceInlines({ name, logger }: SmallService, small: SmallSystem, table: Table): readonly string[] {
  const isInTime = small.system === null ? [] : ['assert(!going_down)'];
  const start = (process: string, more: readonly string[]): string =>
    sequence([`assert(${name}_process == nothing)`, ...more, `${name}_process = ${process}`, `${name}_told = untold`]);
  const isStoppable = `(${name}_process == setup || ${name}_process == launching || ${name}_process == run)`;
  const bodies: Readonly<Record<string, string>> = {
    spawnSetup: `${start('setup', isInTime)}; ${name}_answers = true`,
    launch: `${start('launching', isInTime)}; ${name}_answers = true`,
    spawnFinish: start('finish', []),
    signalDown: `assert(${isStoppable}); if :: ${name}_told != killed -> ${name}_told = signalled :: else -> skip fi`,
    kill: `assert(${isStoppable} && ${name}_told == signalled); ${name}_told = killed`,
    killFinish: `assert(${name}_process == finish && ${name}_told == untold); ${name}_told = killed`,
    endLife: `assert(${name}_process == nothing)`,
    startLogger: sequence([...isInTime, ...(logger === null ? [] : [`${logger}_on_WANT_UP()`, `assert(!${logger}_rests)`])]),
  };
  const write = (rows: readonly Row[]): readonly string[] => serviceRows(name, rows, small, table);
  const events = [...new Set(table.leaves.flatMap((leaf) => Object.keys(leaf.on)))];
  return [
    `/* ---- service ${name} */`,
    '',
    ...effects.map((effect) => `inline ${name}_${effect}() { ${bodies[effect] ?? 'skip'} }`),
    '',
    ...[...events, 'TIMER'].flatMap((event) => eventInline(`${name}_on_${event}`, `${name}_leaf`, table, event, write)),
    '',
  ];
}

/** Rows of one pair: which is taken is open where the guards ask what the world does not decide. */
function serviceRows(name: string, rows: readonly Row[], small: SmallSystem, table: Table): readonly string[] {
  const branches: string[] = [];
  let isLater = '';
  for (const { guard, target, actions } of rows) {
    const isDecided = guard === 'systemGoingDown' && small.system !== null;
    const leaf = table.leaves[target];
    const statements = [
      ...(target === STAY || leaf === undefined ? [] : [`${name}_leaf = ${leafName(leaf.name)}`]),
      ...actions.filter((action) => effects.includes(action)).map((action) => `${name}_${action}()`),
    ];
    const condition = isDecided ? `${isLater}going_down` : isLater === '' ? 'true' : isLater.replace(/ && $/, '');
    branches.push(`:: ${condition} -> ${sequence(statements)}${guard === null ? '' : ` /* ${guard} */`}`);
    if (isDecided) isLater += '!going_down && ';
    if (guard === null) break;
  }
  return ['if', ...branches, 'fi'];
}

function serviceWorld({ name }: SmallService, small: SmallSystem, table: Table): readonly string[] {
  const isQuiet = small.system === null ? 'calm' : 'calm && scanned && !closed';
  const settle = small.system === null ? '' : '; stop_unused()';
  const step = (condition: string, event: string, before = ''): string => `  :: atomic { ${condition} -> ${before}${name}_on_${event}()${settle} }`;
  const gone = `${name}_process = nothing; ${name}_told = untold; ${name}_answers = false; `;
  const ends = (condition: string, event: string): string => step(condition, event, gone);
  const is = (process: string): string => `${name}_process == ${process}`;
  const isAlive = (process: string): string => `calm && ${is(process)}`;
  const wishes = ['WANT_UP', 'WANT_RESTART', 'WANT_DOWN', 'READY'];
  const timed = table.leaves.filter(({ delay }) => delay !== null);
  /** Ends of what is alive; `more` is a further condition. */
  const deaths = (more: string): readonly string[] => [
    ends(`${isAlive('setup')}${more}`, 'SETUP_EXITED'),
    ends(`calm && (${is('launching')} || ${is('run')})${more}`, 'RUN_EXITED'),
    ends(`${isAlive('launching')}${more}`, 'EXEC_FAILED'),
    ends(`${isAlive('finish')}${more}`, 'FINISH_EXITED'),
  ];
  return [
    `/* What may happen to ${name}, and may never. */`,
    `active proctype ${name}_outside() {`,
    'end:',
    '  do',
    ...wishes.map((wish) => step(isQuiet, wish)),
    ...(small.system === null ? [step('calm', 'CREATED')] : []),
    ...deaths(''),
    step(isAlive('launching'), 'EXEC_SUCCEEDED', `${name}_process = run; `),
    '  od',
    '}',
    `/* What happens to ${name} sooner or later. */`,
    `active proctype ${name}_forced() {`,
    'end:',
    '  do',
    ends(`${name}_answers`, 'SPAWN_FAILED'),
    ends(`${name}_answers && ${is('launching')}`, 'RUN_MISSING'),
    ends(`${name}_answers && ${is('launching')}`, 'LAUNCH_IMPOSSIBLE'),
    `  :: atomic { ${name}_answers -> ${name}_answers = false }`,
    ...deaths(` && ${name}_told == killed`),
    step(`calm && ${anyOf(`${name}_leaf`, timed)}`, 'TIMER'),
    '  od',
    '}',
    '',
  ];
}

/** What must hold in every state. Without a violation it never moves, and so adds no state. */
function monitor(services: readonly SmallService[], table: Table): readonly string[] {
  const wrong = services.flatMap(({ name }) =>
    Object.entries(shownAs).map(([state, shown]) => {
      const isShown = shown.map((process) => `${name}_process == ${process}`).join(' || ');
      return `${anyOf(`${name}_leaf`, leavesOf(table, [state]))} && !(${isShown})`;
    }),
  );
  return [
    '/* What is shown is what is alive. */',
    'active proctype monitor() {',
    'end:',
    '  do',
    ...wrong.map((condition) => `  :: atomic { ${condition} -> assert(false) }`),
    '  od',
    '}',
  ];
}

/** Any state but these is a violation. */
function limit({ services, system }: SmallSystem, known: readonly State[]): readonly string[] {
  const places: (readonly [string, number])[] = [
    ...(system === null ? [] : Object.entries(At).map(([key, at]) => [systemVariables[key as keyof typeof At], at] as const)),
    ...services.flatMap(({ name }, index) =>
      Object.entries(Of).map(([key, of]) => [`${name}_${key === 'mayAnswer' ? 'answers' : key}`, placeOf(index, of)] as const),
    ),
  ];
  const isState = (state: State): string => places.map(([variable, at]) => `${variable} == ${String(state[at])}`).join(' && ');
  const isKnown = known.map((state) => `(${isState(state)})`).join('\n    || ');
  return ['active proctype limit() {', 'end:', '  do', `  :: atomic { !(${isKnown}) -> assert(false) }`, '  od', '}'];
}
