/** The model at the prompt: names as people type them, what an event does, paths, and the table. */
import { describe, expect, test } from 'vitest';
import { answer, toText } from '../../cli/audit/model/explain.js';
import { eventNamed, leavesNamed, nearest } from '../../cli/audit/model/lookup.js';
import { simplePaths, toText as pathText } from '../../cli/audit/model/paths.js';
import { answersOf, printTable } from '../../cli/audit/model/table.js';
import { models, serviceModel, systemModel } from '../../diagrams/model.js';
import { simplePaths as allFromTheStart } from '../../model-tests/walk/goals.js';

describe('names', () => {
  test.each([
    ['UP', ['UP']],
    ['up', ['UP']],
    ['shutdown.STOPPING', ['SHUTDOWN.stopping']],
    ['Starting', ['STARTING.timed', 'STARTING.awaited']],
    ['FATAL', ['FATAL.finishing', 'FATAL.finishKilled', 'FATAL.resting']],
  ])('%s is a state', (text, value) => {
    expect(leavesNamed(serviceModel, text)).toEqual({ kind: 'found', value });
  });

  test.each([
    ['RUN_EXITED', 'RUN_EXITED'],
    ['run exits', 'RUN_EXITED'],
    ['run-exited', 'RUN_EXITED'],
    ['down', 'WANT_DOWN'],
    ['timer', 'timer'],
    ['after finish', 'after FINISH'],
    ['SPAWN_ERROR', 'after SPAWN_ERROR'],
  ])('%s is an event', (text, value) => {
    expect(eventNamed(serviceModel, text)).toEqual({ kind: 'found', value });
  });

  test('Shutdown is an event of the system, and the name of a delay too: the event comes first', () => {
    expect(eventNamed(systemModel, 'Shutdown')).toEqual({ kind: 'found', value: 'SHUTDOWN_ASKED' });
    expect(eventNamed(serviceModel, 'Shutdown')).toEqual({ kind: 'found', value: 'after SHUTDOWN' });
  });

  test.each([
    ['STRATING', ['STARTING']],
    ['DWON', ['DOWN']],
    ['finishing', ['SHUTDOWN.finishing', 'RESTART.finishing', 'FATAL.finishing']],
    ['nothing at all like it', []],
  ])('%s is not known, and the nearest are said', (text, near) => {
    const found = leavesNamed(serviceModel, text);
    expect(found).toMatchObject({ kind: 'unknown' });
    if (found.kind === 'unknown') expect(found.near.slice(0, near.length)).toEqual(near);
  });

  test('nothing is near to what is far', () => {
    expect(nearest('x', ['RUN_EXITED'])).toEqual([]);
  });
});

describe('explain', () => {
  test('a transition, with its actions, rule, and how the reference differs', () => {
    expect(answer(serviceModel, 'UP', 'RUN_EXITED')).toEqual({
      machine: 'service',
      leaf: 'UP',
      event: 'RUN_EXITED',
      ignored: null,
      rows: [
        {
          guard: null,
          condition: null,
          to: 'RESTART.finishing',
          actions: ['spawnFinish', 'announce'],
          description: null,
          rule: 'behaviour.md §3',
          corrects: 'While finish runs the service goes on being shown as STARTING or UP.',
        },
      ],
    });
  });

  test('guards in words, in their order', () => {
    const text = toText(serviceModel, [answer(serviceModel, 'SETUP.running', 'SETUP_EXITED')]);
    expect(text).toMatch(/1\. if setup exited with status 111: → FATAL\.resting[^]*2\. if .*killed by a signal: → DELAY\.respawn[^]*4\. else: → SETUP\.launching/);
    expect(text).toContain('the reference differs: A setup that is killed by a signal counts as a success.');
  });

  test('why an event is ignored, and leaves that do the same together', () => {
    const all = ['STARTING.timed', 'STARTING.awaited'].map((leaf) => answer(serviceModel, leaf, 'WANT_UP'));
    expect(toText(serviceModel, all)).toBe('STARTING.timed, STARTING.awaited on WANT_UP (it is wanted up)\n  is ignored: it is on its way up\n');
  });

  test('timers', () => {
    expect(answer(serviceModel, 'STARTING.timed', 'timer')).toMatchObject({ event: 'after STARTING', rows: [{ to: 'UP' }] });
    expect(answer(serviceModel, 'UP', 'timer')).toMatchObject({ rows: [], ignored: 'no timer runs here' });
    expect(answer(serviceModel, 'UP', 'after FINISH')).toMatchObject({ rows: [], ignored: 'that timer does not run here' });
  });

  test('every pair of both machines is explained by rows or by a reason', () => {
    for (const model of Object.values(models)) {
      for (const each of answersOf(model)) {
        expect(each.rows.length > 0, `${each.leaf} on ${each.event}`).toBe(each.ignored === null);
        expect(toText(model, [each])).toContain(each.leaf);
        for (const { rule } of each.rows) expect(rule).toMatch(/^behaviour\.md §/);
      }
    }
  });
});

describe('paths', () => {
  test('the shortest comes first, and no state is visited twice', () => {
    const { paths, isCut } = simplePaths(serviceModel, ['UP'], ['DOWN.resting'], 10);
    expect(paths.map((path) => path.length)).toEqual([...paths.map((path) => path.length)].sort((a, b) => a - b));
    expect(isCut).toBe(true);
    for (const path of paths) {
      const visited = [path[0]?.from, ...path.map(({ to }) => to)];
      expect(new Set(visited).size).toBe(visited.length);
      expect(visited.pop()).toBe('DOWN.resting');
    }
  });

  test.each(Object.entries(models))('all paths from the start of the %s machine are those that the walks count', (_name, model) => {
    const start = model.compiled.table.leaves[model.compiled.table.initial]?.name ?? '';
    const expected = [...allFromTheStart(model.compiled)].length - 1;
    const { paths, isCut } = simplePaths(model, [start], null, 1_000_000);
    expect({ count: paths.length, isCut }).toEqual({ count: expected, isCut: false });
  });

  test('where nothing leads there is none', () => {
    expect(simplePaths(serviceModel, ['DOWN.resting'], ['DOWN.fresh'], 10)).toEqual({ paths: [], isCut: false });
  });

  test('in text, with what each step may be caused by', () => {
    const { paths } = simplePaths(serviceModel, ['STARTING.timed'], ['UP'], 1);
    expect(paths.map((path) => pathText(serviceModel, path))).toEqual(['STARTING.timed\n  → UP  ready | after 2 s\n']);
  });
});

describe('table', () => {
  test('every format has every pair', () => {
    for (const model of Object.values(models)) {
      const pairs = model.compiled.table.leaves.flatMap(({ name }) => model.compiled.events.map((event) => [name, event] as const));
      const csv = printTable(model, 'csv').split('\r\n');
      const markdown = printTable(model, 'markdown').split('\n');
      const json = JSON.parse(printTable(model, 'json')) as { readonly pairs: readonly { readonly leaf: string; readonly event: string }[] };
      const text = printTable(model, 'text');
      for (const [leaf, event] of pairs) {
        expect(csv.some((line) => line.startsWith(`${leaf},${event},`)), `${leaf} ${event}`).toBe(true);
        expect(markdown.some((line) => line.startsWith(`| ${leaf} | ${event} |`)), `${leaf} ${event}`).toBe(true);
        expect(json.pairs.some((pair) => pair.leaf === leaf && pair.event === event), `${leaf} ${event}`).toBe(true);
      }
      for (const { name } of model.compiled.table.leaves) expect(text).toMatch(new RegExp(`^${name.replace('.', '\\.')}$`, 'm'));
    }
  });

  test('a field of CSV with a comma is quoted', () => {
    expect(printTable(serviceModel, 'csv')).toContain('"run has ended, and finish is not signalled"');
  });
});
