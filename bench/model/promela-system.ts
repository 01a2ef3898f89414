/**
 * The system machine, its scripts, and the order of the end, in Promela; a part of promela.ts.
 */
import { STAY } from '../../table/format.js';
import type { Row, Table } from '../../table/format.js';
import { anyOf, eventInline, leafName, leavesOf, sequence } from './promela.js';
import type { At } from './layout.js';
import type { SmallSystem, Tables } from './small.js';

const scripts = ['setup', 'finish', 'final'];
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const phase = (name: string): string => `in_${leafName(name)}`;

/** What the numbers of a state are called here. */
export const systemVariables: Readonly<Record<keyof typeof At, string>> = {
  leaf: 'sys',
  setup: 'sys_setup',
  finish: 'sys_finish',
  final: 'sys_final',
  scanned: 'scanned',
  closed: 'closed',
  asksServices: 'asks_services',
  asksLoggers: 'asks_loggers',
  asksReincarnate: 'asks_reincarnate',
  asksChildless: 'asks_childless',
  ended: 'ended',
};

/** What comes before the services, which ask for it, and what comes after them. */
export function systemOf(small: SmallSystem, tables: Tables): { readonly head: readonly string[]; readonly body: readonly string[] } {
  const table = tables.system;
  const { services } = small;
  const loggers = services.filter(({ name }) => services.some(({ logger }) => logger === name));
  const others = services.filter((service) => !loggers.includes(service));
  const isGone = sequence(services.map(({ name }) => `assert(${name}_process == nothing)`));
  const spawned = new Set(table.start.flatMap((action) => /^spawnSys(\w+)$/.exec(action)?.[1]?.toLowerCase() ?? []));
  const unwritten = table.start.filter((action) => !/^(spawnSys|say)/.test(action));
  if (unwritten.length > 0) throw new Error(`the start of the system does what has no words in Promela: ${unwritten.join(', ')}`);
  const bodies: Readonly<Record<string, string>> = {
    ...Object.fromEntries(
      scripts.flatMap((script) => [
        [`spawnSys${capital(script)}`, sequence([...scripts.map((one) => `assert(sys_${one} != alive)`), `sys_${script} = alive`])],
        [`killSys${capital(script)}`, `assert(sys_${script} == alive); sys_${script} = cut`],
      ]),
    ),
    signalSysSetup: 'assert(sys_setup == alive)',
    scan: `if :: !scanned -> ${sequence(['scanned = true', ...services.map(({ name }) => `${name}_on_CREATED()`)])} :: else -> skip fi`,
    stopServices: sequence([
      'asks_services = true',
      ...others.map(({ name }) => `if :: !${name}_is_down -> ${name}_on_WANT_DOWN() :: else -> skip fi`),
    ]),
    stopLoggers: 'asks_loggers = true; stop_unused()',
    terminateEveryProcess: 'asks_childless = true',
    killEveryProcess: 'asks_childless = true',
    closeControl: `${isGone}; closed = true; asks_childless = false`,
    reincarnate: 'asks_reincarnate = true',
    endSystem: `${isGone}; ended = true`,
  };
  const events = [...new Set(table.leaves.flatMap((leaf) => Object.keys(leaf.on)))];
  const stopUnused = services.map(({ name }) => {
    const writers = services.filter(({ logger }) => logger === name);
    const isFree = [`!${name}_is_down`, `${name}_told == untold`, ...writers.map((writer) => `${writer.name}_is_down`)].join(' && ');
    const areQuiet = writers.map((writer) => `assert(${writer.name}_process == nothing)`);
    return `if :: ${isFree} -> ${sequence([...areQuiet, `${name}_on_WANT_DOWN()`])} :: else -> skip fi`;
  });
  return {
    head: [
      '/* ---- what the services ask of the system */',
      '',
      ...table.leaves.map(({ name }, index) => `#define ${phase(name)} ${String(index)}`),
      '#define absent 0\n#define alive 1\n#define cut 2',
      `#define going_down ${inPhase(anyOf('sys', leavesOf(table, ['shutdown', 'final'])))}`,
      '',
      `byte sys = ${String(table.initial)}, ${scripts.map((script) => `sys_${script} = ${spawned.has(script) ? 'alive' : 'absent'}`).join(', ')};`,
      'bool scanned, closed, asks_services, asks_loggers, asks_reincarnate, asks_childless, ended;',
      '',
    ],
    body: [
      '/* ---- the system */',
      '',
      '/* At the end a logger goes as soon as nobody is left that writes to it. */',
      `inline stop_unused() { if :: asks_loggers -> ${sequence(stopUnused)} :: else -> skip fi }`,
      ...Object.entries(bodies).map(([effect, body]) => `inline sys_${effect}() { ${body} }`),
      '',
      ...[...events, 'TIMER'].flatMap((event) =>
        eventInline(`sys_on_${event}`, 'sys', table, event, (rows) => [rowOf(rows, small, table, new Set(Object.keys(bodies)))]).map(inPhase),
      ),
      '',
      ...world(small, table, others.map(({ name }) => name)),
      'ltl ends { [] (going_down -> <> ended) }',
      ...services.map(({ name }) => `ltl up_${name} { [] (${anyOf(`${name}_leaf`, leavesOf(tables.service, ['UP']))} -> ${name}_process == run) }`),
      '',
    ],
  };
}

/** `sys == run` would be the process: leaves of the system have names of their own. */
const inPhase = (text: string): string => text.replace(/\bsys == (\w+)/g, 'sys == in_$1');

/** The row that is taken: all guards of the system are decided. */
function rowOf(rows: readonly Row[], small: SmallSystem, table: Table, known: ReadonlySet<string>): string {
  const row = rows.find(({ guard }) => guard === null || (guard === 'isPid1' && small.system?.isPid1 === true));
  if (row === undefined) return 'skip';
  const leaf = table.leaves[row.target];
  return sequence([
    ...(row.target === STAY || leaf === undefined ? [] : [`sys = ${phase(leaf.name)}`]),
    ...row.actions.filter((action) => known.has(action)).map((action) => `sys_${action}()`),
  ]);
}

function world({ services }: SmallSystem, table: Table, others: readonly string[]): readonly string[] {
  const step = (condition: string, event: string, before = ''): string => `  :: atomic { calm && !ended && ${condition} -> ${before}sys_on_${event}() }`;
  const areDown = (names: readonly string[]): string => names.map((name) => ` && ${name}_is_down`).join('');
  const all = services.map(({ name }) => name);
  const requests = ['SYS_DOWN_ASKED', 'RESCAN_ASKED', 'SHUTDOWN_ASKED', 'REBOOT_ASKED'];
  const exits = (condition: (script: string) => string): readonly string[] =>
    scripts.map((script) => step(condition(script), `SYS_${script.toUpperCase()}_EXITED`, `sys_${script} = absent; `));
  const isChildless = [...scripts.map((script) => `sys_${script} == absent`), ...all.map((name) => `${name}_process == nothing`)].join(' && ');
  return [
    'active proctype sys_outside() {',
    'end:',
    '  do',
    ...requests.map((request) => step('!closed', request)),
    ...exits((script) => `sys_${script} != absent`),
    '  od',
    '}',
    'active proctype sys_forced() {',
    'end:',
    '  do',
    ...exits((script) => `sys_${script} == cut`),
    step(`asks_services${areDown(others)}`, 'SERVICES_DOWN', 'asks_services = false; '),
    step(`asks_loggers${areDown(all)}`, 'LOGGERS_DOWN', 'asks_loggers = false; '),
    step('asks_reincarnate', 'REINCARNATE_FAILED', 'asks_reincarnate = false; '),
    step(`asks_childless && ${isChildless}`, 'CHILDLESS'),
    step(inPhase(anyOf('sys', table.leaves.filter(({ delay }) => delay !== null))), 'TIMER'),
    '  od',
    '}',
    '',
  ];
}
