/** docs/audit-of-nitro-c.md: what is known to be wrong in the reference, as a list of findings. */
import { outside } from './findings-outside.js';
import { correctionsOf, seenOf } from './findings.js';
import type { Correction, Finding } from './findings.js';
import { code, sentence, table } from './markdown.js';
import { models } from './model.js';
import type { Model } from './model.js';
import { actionWords } from './words.js';

export function auditDocument(): string {
  const inside = [models.service, models.system].flatMap((model) => correctionsOf(model));
  const parts = [
    ...inside.map((each, index) => correctionPart(each, index + 1)),
    ...outside.map((each, index) => findingPart(each, inside.length + index + 1)),
  ];
  const overview = [
    ...inside.map(({ model, text }, index) => [String(index + 1), model.id === 'service' ? 'States' : 'System', seenOf(text).title]),
    ...outside.map(({ area, title }, index) => [String(inside.length + index + 1), area, title]),
  ];
  return `${[
    '<!-- Generated from machines/ and diagrams/findings*.ts by `npm run diagrams`. Do not edit. -->',
    '# An audit of nitro in C',
    'What the model says about the reference implementation, nitro 0.8 in C and its head. A finding has the state and the event where it happens, what ' +
      'follows from it, what is done here instead, and how to see it from outside.',
    `The first ${String(inside.length)} are the places marked \`corrects\` in the machines: state, event and what is done here are taken from the table. ` +
      'The others are outside the states. What is said of the reference is what the rule that is cited records of it, and no more; the ways to see it are ' +
      'for whoever wants to check.',
    table(['', 'area', 'finding'], overview),
    ...parts,
  ].join('\n\n')}\n`;
}

function correctionPart(correction: Correction, number: number): string {
  const { model, text } = correction;
  const { title, consequence, see } = seenOf(text);
  return part(number, title, [
    ['state, event', places(correction)],
    ['the reference', sentence(text)],
    ['consequence', consequence],
    ['here', here(correction)],
    ['to see it', see],
    ['rule', rules(correction, model)],
  ]);
}

function findingPart({ area, title, reference, consequence, here: instead, see, rule }: Finding, number: number): string {
  return part(number, title, [
    ['area', area],
    ['the reference', reference],
    ['consequence', consequence],
    ['here', instead],
    ['to see it', see],
    ['rule', rule],
  ]);
}

function part(number: number, title: string, rows: readonly (readonly string[])[]): string {
  return `## ${String(number)}. ${title}\n\n${table(['', ''], rows)}`;
}

/** Pairs of state and event; or the states, if it is about all that enters them. */
function places({ states, transitions }: Correction): string {
  const pairs = transitions.map(({ leaf, event }) => `${code(leaf)} on ${code(event)}`);
  return [...new Set([...states.map(({ name }) => `entering ${code(name)}`), ...pairs])].join('\n');
}

function here({ states, transitions }: Correction): string {
  const ofStates = states.map(({ description }) => sentence(description));
  const rows = transitions.map(({ to, actions, declared }) => {
    const does = actions.length === 0 ? '' : ` (${actions.map(actionWords).join(', ')})`;
    const about = declared.description === null ? '' : ` ${sentence(declared.description)}`;
    return `${to === null ? 'stays' : `→ ${code(to)}`}${does}.${about}`;
  });
  return [...new Set([...ofStates, ...rows])].join('\n');
}

function rules({ states, transitions }: Correction, model: Model): string {
  const own = [...states.map(({ rule }) => rule), ...transitions.map(({ rule }) => rule)].flatMap((rule) => rule ?? []);
  return [...new Set(own.length === 0 ? [model.root.rule ?? ''] : own)].join(', ');
}
