/** `nitro-audit explain`, `table`, `paths` and `diagram`: the model at the prompt. */
import { Option } from 'commander';
import { models } from '../../../diagrams/model.js';
import { count, ending, exit, output } from '../command.js';
import type { Exit, Registration } from '../command.js';
import { diagram, diagramFormats, views } from './diagram.js';
import type { DiagramFormat, View } from './diagram.js';
import { answer, toText } from './explain.js';
import { eventNamed, leavesNamed, machineNames } from './lookup.js';
import type { Found, MachineName } from './lookup.js';
import { simplePaths, toData, toText as pathText } from './paths.js';
import { printTable, tableFormats } from './table.js';
import type { TableFormat } from './table.js';

function usage(message: string): Exit {
  process.stderr.write(`error: ${message}\n`);
  return exit.usage;
}

function unknown(what: string, text: string, near: readonly string[]): Exit {
  const hint = near.length === 0 ? '' : `\n(Did you mean ${near.join(', ')}?)`;
  return usage(`no such ${what}: ${text}${hint}`);
}

interface ExplainOptions {
  readonly machine?: MachineName;
  readonly json?: true;
}

/** The machine is the one that knows both names; if none does, what is wrong is said of the one that knows more. */
function explain(stateText: string, eventText: string, { machine, json }: ExplainOptions): Exit {
  const tried = (machine === undefined ? machineNames : [machine]).map((name) => {
    const model = models[name];
    return { model, leaves: leavesNamed(model, stateText), event: eventNamed(model, eventText) };
  });
  for (const { model, leaves, event } of tried) {
    if (leaves.kind === 'unknown' || event.kind === 'unknown') continue;
    const answers = leaves.value.map((leaf) => answer(model, leaf, event.value));
    output(json === true ? `${JSON.stringify(answers, null, 2)}\n` : toText(model, answers), undefined);
    return exit.clean;
  }
  const near = (all: readonly Found<unknown>[]): readonly string[] => [...new Set(all.flatMap((each) => (each.kind === 'unknown' ? each.near : [])))];
  const known = tried.find(({ leaves }) => leaves.kind === 'found');
  if (known === undefined) return unknown('state', stateText, near(tried.map(({ leaves }) => leaves)));
  return unknown('event', `${eventText} (of a ${known.model.id === 'service' ? 'service' : 'system'})`, near([known.event]));
}

interface PathsOptions {
  readonly machine: MachineName;
  readonly from?: string;
  readonly to?: string;
  readonly max: number;
  readonly json?: true;
}

function paths({ machine, from, to, max, json }: PathsOptions): Exit {
  const model = models[machine];
  const initial = model.compiled.table.leaves[model.compiled.table.initial]?.name ?? '';
  const starts = leavesNamed(model, from ?? initial);
  const ends = to === undefined ? null : leavesNamed(model, to);
  if (starts.kind === 'unknown') return unknown('state', from ?? initial, starts.near);
  if (ends?.kind === 'unknown') return unknown('state', to ?? '', ends.near);
  const found = simplePaths(model, starts.value, ends?.value ?? null, max);
  if (json === true) {
    output(`${JSON.stringify({ machine, complete: !found.isCut, paths: found.paths.map(toData) }, null, 2)}\n`, undefined);
  } else {
    output(found.paths.map((path) => pathText(model, path)).join('\n'), undefined);
    if (found.isCut) process.stderr.write(`nitro-audit: there are more than these ${String(found.paths.length)}, which are the shortest; see --max\n`);
    if (found.paths.length === 0) process.stderr.write('nitro-audit: there is no such path\n');
  }
  return found.paths.length > 0 ? exit.clean : exit.findings;
}

interface TableOptions {
  readonly machine: MachineName;
  readonly format: TableFormat;
  readonly output?: string;
}

interface DiagramOptions {
  readonly machine: MachineName;
  readonly view: View;
  readonly format: DiagramFormat;
  readonly output?: string;
}

function draw({ machine, view, format, output: file }: DiagramOptions): Exit {
  const made = diagram(machine, view, format);
  if ('wrong' in made) return usage(made.wrong);
  output(made.text, file);
  return exit.clean;
}

const machineOption = (): Option => new Option('--machine <machine>', 'of a service, or of the system').choices(machineNames);

export const registerModel: Registration = (program) => {
  program
    .command('explain <state> <event>')
    .description('say what an event does in a state, and why; a name of one of the nine states stands for all within')
    .addOption(machineOption())
    .option('--json', 'print JSON, for programs')
    .addHelpText('after', '\nA state is as in UP, SHUTDOWN.stopping; an event as in RUN_EXITED, "run exits", down, timer.')
    .action(ending(explain));
  program
    .command('paths')
    .description('list simple paths through a machine, the shortest first; exit 1 if there is none')
    .option('--from <state>', 'where they begin (default: where the machine does)')
    .option('--to <state>', 'where they end (default: anywhere)')
    .option('--max <n>', 'at most so many', count, 20)
    .addOption(machineOption().default('service'))
    .option('--json', 'print JSON, for programs')
    .action(ending(paths));
  program
    .command('table')
    .description('print the total table: every state and event, transitions and ignored ones')
    .addOption(machineOption().default('service'))
    .addOption(new Option('--format <format>', 'how').choices(tableFormats).default('text'))
    .option('-o, --output <file>', 'write it to a file')
    .action(
      ending(({ machine, format, output: file }: TableOptions) => {
        output(printTable(models[machine], format), file);
        return exit.clean;
      }),
    );
  program
    .command('diagram')
    .description('print a machine as a picture, or as text for a program that makes one')
    .addOption(machineOption().default('service'))
    .addOption(new Option('--view <view>', 'what of it; the last two are stories, and SVG').choices(views).default('states'))
    .addOption(new Option('--format <format>', 'how; scxml, json and ts hold the whole machine').choices(diagramFormats).default('svg'))
    .option('-o, --output <file>', 'write it to a file')
    .action(ending(draw));
};
