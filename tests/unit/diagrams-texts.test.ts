/** The machines as text for other programs: each is read back, by another tool where there is one, and held against the table. */
import { spawnSync } from 'node:child_process';
import { transformSync } from 'esbuild';
import * as library from 'state-machine-cat';
import type { IStateMachine, ITransition } from 'state-machine-cat';
import { describe, expect, test } from 'vitest';
import * as xstate from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { charts } from '../../diagrams/charts.js';
import { configOf, json, literal } from '../../diagrams/definition.js';
import { dot } from '../../diagrams/dot.js';
import { mermaid } from '../../diagrams/mermaid.js';
import { models, topOf, within } from '../../diagrams/model.js';
import type { Model, State } from '../../diagrams/model.js';
import { eventName, scxml, targetOf } from '../../diagrams/scxml.js';
import { compareWithXState } from '../../model-tests/oracle.js';

/** Its types say that `render` is exported by name; it is a property of the default export. */
const smcat = (library as unknown as { readonly default: { readonly render: typeof library.render } }).default;

const both = Object.entries(models);

describe.each(both)('SCXML of the %s machine, read by state-machine-cat', (_name, model) => {
  const text = scxml(model);
  const read = smcat.render(text, { inputType: 'scxml', outputType: 'json' }) as unknown as IStateMachine;

  test('the same states in the same places', () => {
    const found = statesIn(read, '');
    const expected = model.states.map((state) => `${state.parent?.name ?? ''} / ${state.name}${state.final ? ' (final)' : ''}`);
    expect([...found].sort()).toEqual([...expected].sort());
  });

  test('the same transitions, with their guards and effects, in the same order', () => {
    const found = transitionsIn(read).filter(({ event }) => event !== undefined);
    const expected = model.states.flatMap((source) => declaredAsRead(model, source));
    const shown = found.map(({ from, to, event, cond, action }) => `${from} ${event ?? ''} ${cond ?? ''} ${to} ${effectsIn(action ?? '').join()}`);
    const bySource = (lines: readonly string[], name: string): readonly string[] => lines.filter((line) => line.startsWith(`${name} `));
    for (const { name } of model.states) expect(bySource(shown, name), name).toEqual(bySource(expected, name));
    expect(shown).toHaveLength(expected.length);
  });

  test('the same states to begin in', () => {
    const initial = transitionsIn(read).filter(({ event }) => event === undefined).map(({ to }) => to);
    const expected = within(model.root).filter((state) => state.initial !== null).map((state) => `${state.name === '' ? '' : `${state.name}.`}${state.initial ?? ''}`);
    expect([...initial].sort()).toEqual([...expected].sort());
  });

  test('each timer is sent on entry and cancelled on exit', () => {
    for (const { name, delay } of model.states) {
      if (delay === null) continue;
      const ms = String(model.compiled.table.delays[delay]);
      expect(text).toContain(`<send id="timer.${name}" event="after.${delay}" delay="${ms}ms"/>`);
      expect(text).toContain(`<cancel sendid="timer.${name}"/>`);
    }
    const timers = model.states.filter(({ delay }) => delay !== null).length;
    expect(text.match(/<cancel /g) ?? []).toHaveLength(timers);
  });
});

function statesIn(machine: IStateMachine, parent: string): readonly string[] {
  return machine.states
    .filter(({ type }) => type !== 'initial')
    .flatMap(({ name, type, statemachine }) => [
      `${parent} / ${name}${type === 'final' ? ' (final)' : ''}`,
      ...(statemachine === undefined ? [] : statesIn(statemachine, name)),
    ]);
}

function transitionsIn(machine: IStateMachine): readonly ITransition[] {
  const inner = machine.states.flatMap(({ statemachine }) => (statemachine === undefined ? [] : transitionsIn(statemachine)));
  return [...(machine.transitions ?? []), ...inner];
}

const effectsIn = (content: string): readonly string[] => [...content.matchAll(/event="effect\.(\w+)"/g)].map(([, name = '']) => name);

/** What a state declares, as state-machine-cat says it: a transition that stays is one to the state itself. */
function declaredAsRead(model: Model, source: State): readonly string[] {
  return [...source.declared].flatMap(([event, all]) =>
    all.map((declared) => {
      const cond = declared.guard === null ? '' : `${declared.guard}()`;
      return `${source.name} ${eventName(event)} ${cond} ${targetOf(model, source, declared) ?? source.name} ${declared.actions.join()}`;
    }),
  );
}

describe.each(both)('XState of the %s machine', { timeout: 300_000 }, (_name, model) => {
  test('createMachine takes the JSON, and it is the same machine to the oracle', () => {
    const config = JSON.parse(json(model)) as Parameters<typeof xstate.createMachine>[0] & { readonly meta: { readonly delays: Record<string, number> } };
    const { guards, actions } = model.machine.implementations;
    const machine = (xstate.createMachine(config) as AnyStateMachine).provide({ guards, actions, delays: config.meta.delays });
    const { compared, differences } = compareWithXState(machine, model.compiled);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(model.compiled.events.length);
  });

  test('the literal needs xstate only, and is the same machine', () => {
    const source = literal(model);
    expect([...source.matchAll(/from '([^']*)'/g)].map(([, name]) => name)).toEqual(['xstate']);
    const script = transformSync(source, { loader: 'ts', format: 'cjs' }).code;
    const exported: Record<string, unknown> = {};
    const module = { exports: exported };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- it is to be run as it would be elsewhere
    new Function('module', 'exports', 'require', script)(module, exported, () => xstate);
    const machine = (module.exports as Readonly<Record<string, AnyStateMachine>>)[`${model.id}Machine`];
    if (machine === undefined) throw new Error('it exports no machine');
    expect(configOf({ ...model, machine })).toEqual(configOf(model));
    expect(compareWithXState(machine, model.compiled).differences).toEqual([]);
  });
});

describe('Mermaid', () => {
  test.each([
    ['service', 'states'],
    ['service', 'substates'],
    ['system', 'states'],
    ['system', 'substates'],
  ] as const)('%s, %s: every line is of the language, and every change is an edge', (name, depth) => {
    const model = models[name];
    const { edges, states } = readMermaid(mermaid(model, depth));
    const of = (leaf: string): string => (depth === 'states' ? topOf(leaf) : leaf).replace('.', '_');
    const changes = model.transitions.flatMap(({ leaf, to }) => (to === null || of(leaf) === of(to) ? [] : [`${of(leaf)} --> ${of(to)}`]));
    const initial = model.compiled.table.leaves[model.compiled.table.initial]?.name ?? '';
    const final = model.compiled.table.leaves.filter((leaf) => leaf.final).map((leaf) => `${of(leaf.name)} --> [*]`);
    expect([...edges].sort()).toEqual([...new Set([`[*] --> ${of(initial)}`, ...changes, ...final])].sort());
    for (const leaf of model.compiled.table.leaves) expect([...states, ...edges.join(' ').split(' ')]).toContain(of(leaf.name));
  });
});

/** A strict reader of the part of `stateDiagram-v2` that is used. */
function readMermaid(text: string): { readonly edges: readonly string[]; readonly states: readonly string[] } {
  const [head, ...lines] = text.trimEnd().split('\n');
  expect(head).toBe('stateDiagram-v2');
  const edges: string[] = [];
  const states: string[] = [];
  for (const line of lines) {
    const state = /^ {2}state "[\w.]+" as (\w+)$/.exec(line);
    const edge = /^ {2}((?:\w+|\[\*\]) --> (?:\w+|\[\*\]))(?:: [\w ,()/-]+)?$/.exec(line);
    if (state?.[1] !== undefined) states.push(state[1]);
    else if (edge?.[1] !== undefined) edges.push(edge[1]);
    else throw new Error(`not of the language: ${line}`);
  }
  return { edges, states };
}

const hasDot = spawnSync('dot', ['-V']).status === 0;

describe.each(charts.map((chart) => [chart.id, chart] as const))('dot of %s', (_id, chart) => {
  test.skipIf(!hasDot)('Graphviz lays it out, with every box and edge', () => {
    const { status, stdout, stderr } = spawnSync('dot', ['-Tsvg'], { input: dot(chart), encoding: 'utf8' });
    expect({ status, stderr: stderr.split('\n').filter((line) => !/Fontconfig|Warning: no value for width/.test(line)).join('') }).toEqual({ status: 0, stderr: '' });
    expect(stdout.match(/class="edge"/g) ?? []).toHaveLength(chart.edges.length);
    for (const { title } of chart.nodes) if (title !== '') expect(stdout).toContain(`>${title}<`);
  });
});
