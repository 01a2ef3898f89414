/**
 * docs/states.md: the total table in words. Every leaf has a section, every event a line in it: the rows that may be taken, or why it is ignored.
 */
import { correctionsOf } from './findings.js';
import { code, sentence, table } from './markdown.js';
import { models, within } from './model.js';
import type { Model, State, Transition } from './model.js';
import { actionSentence, actionWords, duration, eventWords, guardWords } from './words.js';

const causes = { operator: 'somebody asks', process: 'a process', timer: 'time' } as const;

export function statesDocument(): string {
  const { service, system } = models;
  return `${[
    '<!-- Generated from machines/ by `npm run diagrams`. Do not edit. -->',
    '# States and transitions',
    'This is the whole table that nitro interprets, in words. Every pair of a state and an event is here: a transition, or the reason for which the ' +
      'event is ignored. Rules are cited by the part of the specification that states them.',
    [
      `- [A service](#a-service): ${sizeOf(service)}`,
      `- [The system](#the-system): ${sizeOf(system)}`,
      '- [Differences from the reference](#differences-from-the-reference)',
    ].join('\n'),
    'Rows of an event are tried from above; the first whose condition holds is taken. An event without a condition is always taken. “Stays” leaves the ' +
      'state as it is: its timer goes on. Actions are done in the order in which they stand, those of entering the new state included. ' +
      'At the prompt: `nitro-audit explain UP RUN_EXITED`, `nitro-audit table`, `nitro-audit paths`.',
    ...machineParts(service, 'A service', ['service-states', 'service-substates', 'crash-and-restart']),
    ...machineParts(system, 'The system', ['system-phases', 'system-substates', 'shutdown']),
    ...differences([service, system]),
  ].join('\n\n')}\n`;
}

function sizeOf({ compiled }: Model): string {
  const { leaves } = compiled.table;
  const [states, events] = [leaves.length, compiled.events.length];
  return `${String(states)} states without states inside × ${String(events)} events = ${String(states * events)} pairs`;
}

function machineParts(model: Model, title: string, pictures: readonly string[]): readonly string[] {
  const { compiled } = model;
  return [
    `## ${title}`,
    sentence(model.root.description),
    ...pictures.map((name) => `![${name.replace(/-/g, ' ')}](../diagrams/output/${name}.svg)`),
    `### Events of ${title.toLowerCase()}`,
    table(['event', 'says that', 'caused by'], compiled.events.map((name) => [code(name), eventWords(name).long, causes[eventWords(name).cause]])),
    `### Conditions of ${title.toLowerCase()}`,
    table(['condition', 'holds if'], compiled.guards.map((name) => [code(name), guardWords(name).long])),
    `### Actions of ${title.toLowerCase()}`,
    table(['action', 'does'], compiled.actions.map((name) => [code(name), actionSentence(name)])),
    `### Timers of ${title.toLowerCase()}`,
    table(
      ['timer', 'time', 'runs in'],
      Object.entries(compiled.table.delays).map(([name, ms]) => [
        code(name),
        duration(ms),
        compiled.table.leaves.filter(({ delay }) => delay === name).map((leaf) => code(leaf.name)).join(', '),
      ]),
    ),
    ...model.root.children.flatMap((state) => stateParts(model, state)),
  ];
}

function stateParts(model: Model, state: State): readonly string[] {
  const leaves = within(state).filter(({ children }) => children.length === 0);
  const isAlone = leaves.length === 1 && leaves[0] === state;
  return [
    `### ${state.name}`,
    about(state),
    ...leaves.flatMap((leaf) => [...(isAlone ? [] : [`#### ${leaf.name}`, about(leaf)]), leafTable(model, leaf)]),
  ];
}

function about(state: State): string {
  const timer = state.delay === null ? '' : ` Timer: ${code(state.delay)}.`;
  const entry = state.entry.length === 0 ? '' : ` On entry: ${state.entry.map(actionWords).join(', ')}.`;
  const rule = state.rule === null ? '' : ` Rule: ${state.rule}.`;
  const corrects = state.corrects === null ? '' : `\n\nThe reference differs: ${state.corrects}`;
  return `${sentence(state.description)}${timer}${entry}${rule}${corrects}`;
}

function leafTable(model: Model, leaf: State): string {
  const { compiled } = model;
  const rows = model.transitions.filter((row) => row.leaf === leaf.name);
  const due = rows.filter(({ delay }) => delay !== null);
  const lines = [...due, ...compiled.events.flatMap((event) => rows.filter((row) => row.event === event))].map(rowCells);
  const ignored = compiled.events.flatMap((event) => {
    const reason = compiled.ignored[leaf.name]?.[event];
    return reason === undefined ? [] : [[code(event), '', 'ignored', '', sentence(reason)]];
  });
  return table(['event', 'if', 'leads to', 'does', 'note'], [...lines, ...ignored]);
}

function rowCells(row: Transition): readonly string[] {
  const { declared } = row;
  const notes = [
    ...(declared.description === null ? [] : [sentence(declared.description)]),
    ...(declared.rule === null ? [] : [`${declared.rule}.`]),
    ...(declared.corrects === null ? [] : [`The reference differs: ${sentence(declared.corrects)}`]),
  ];
  return [
    row.delay === null ? code(row.event) : `timer ${code(row.delay)}`,
    row.guard === null ? '' : guardWords(row.guard).short,
    row.to === null ? 'stays' : `**${row.to}**`,
    row.actions.map(actionWords).join(', '),
    notes.join(' '),
  ];
}

function differences(all: readonly Model[]): readonly string[] {
  const rows = all.flatMap((model) =>
    correctionsOf(model).map(({ text, states, transitions }) => {
      const places = [
        ...states.map(({ name }) => name),
        ...transitions.map(({ leaf, event, to }) => `${leaf} on ${event}${to === null ? '' : ` → ${to}`}`),
      ];
      return [[...new Set(places)].map(code).join('\n'), sentence(text)];
    }),
  );
  return [
    '## Differences from the reference',
    'Where the machines follow a rule that the reference, nitro 0.8 in C, breaks. [The audit](audit-of-nitro-c.md) says how each is seen from outside, and ' +
      'lists those that are not in the machines.',
    table(['where', 'the reference'], rows),
  ];
}
