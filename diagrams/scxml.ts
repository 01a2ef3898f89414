/**
 * A machine as SCXML (W3C Recommendation of 2015), whole: substates, guards, actions and timers.
 *
 * What SCXML has no word for is mapped so. An effect is an event that is sent to whoever runs the machine (`#_parent`), `effect.NAME`. A timer is a
 * delayed event to oneself, `after.NAME`, sent on entry and cancelled on exit; its send has the id of its state. A guard is a predicate,
 * `NAME()`, which reads the data `facts`: whoever runs the machine sets it before each event. Descriptions are comments.
 */
import { dueEvent } from './model.js';
import type { Declared, Model, State } from './model.js';
import { escape } from './svg.js';

export function scxml(model: Model): string {
  const { root, compiled } = model;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" name="${model.id}" initial="${root.initial ?? ''}">`,
    ...comment(root.description, 1),
    '  <datamodel>',
    '    <data id="facts" expr="({})"/>',
    '  </datamodel>',
    '  <script>',
    ...compiled.guards.map((guard) => `    function ${guard}() { return facts.${guard} === true; }`),
    '  </script>',
    ...root.children.flatMap((state) => stateLines(model, state, 1)),
    '</scxml>',
  ];
  return `${lines.join('\n')}\n`;
}

function stateLines(model: Model, state: State, depth: number): readonly string[] {
  const pad = '  '.repeat(depth);
  const kind = state.final ? 'final' : 'state';
  const delay = state.delay === null ? null : { name: state.delay, ms: model.compiled.table.delays[state.delay] ?? 0, id: `timer.${state.name}` };
  const entry = [
    ...state.entry.map(effect),
    ...(delay === null ? [] : [`<send id="${delay.id}" event="${eventName(dueEvent(delay.name))}" delay="${String(delay.ms)}ms"/>`]),
  ];
  return [
    `${pad}<${kind} id="${state.name}">`,
    ...comment(state.description, depth + 1),
    ...(state.initial === null ? [] : [`${pad}  <initial><transition target="${state.name}.${state.initial}"/></initial>`]),
    ...block('onentry', entry, depth + 1),
    ...block('onexit', delay === null ? [] : [`<cancel sendid="${delay.id}"/>`], depth + 1),
    ...[...state.declared].flatMap(([event, all]) => all.flatMap((declared) => transitionLines(model, state, event, declared, depth + 1))),
    ...state.children.flatMap((child) => stateLines(model, child, depth + 1)),
    `${pad}</${kind}>`,
  ];
}

function transitionLines(model: Model, source: State, event: string, declared: Declared, depth: number): readonly string[] {
  const pad = '  '.repeat(depth);
  const target = targetOf(model, source, declared);
  const attributes = [
    `event="${eventName(event)}"`,
    ...(declared.guard === null ? [] : [`cond="${declared.guard}()"`]),
    ...(target === null ? [] : [`target="${target}"`]),
  ].join(' ');
  const about = comment(declared.description ?? '', depth);
  if (declared.actions.length === 0) return [...about, `${pad}<transition ${attributes}/>`];
  return [...about, `${pad}<transition ${attributes}>`, ...declared.actions.map((action) => `${pad}  ${effect(action)}`), `${pad}</transition>`];
}

/** The state that a declared target names, as the definition means it: `#machine.path`, or a neighbour of the source. */
export function targetOf(model: Model, source: State, { target }: Declared): string | null {
  if (target === null) return null;
  if (target.startsWith('#')) return target.slice(model.id.length + 2);
  const around = source.parent?.name ?? '';
  return around === '' ? target : `${around}.${target}`;
}

/** SCXML divides an event's name by dots: `after.SHUTDOWN`. */
export function eventName(event: string): string {
  return event.replace(' ', '.');
}

function effect(name: string): string {
  return `<send event="effect.${name}" target="#_parent"/>`;
}

function block(name: string, content: readonly string[], depth: number): readonly string[] {
  const pad = '  '.repeat(depth);
  return content.length === 0 ? [] : [`${pad}<${name}>`, ...content.map((line) => `${pad}  ${line}`), `${pad}</${name}>`];
}

function comment(text: string, depth: number): readonly string[] {
  return text === '' ? [] : [`${'  '.repeat(depth)}<!-- ${escape(text).replace(/--/g, '- -')} -->`];
}
