/** The arrows between the rooms (architecture.md, The rooms): cli → runtime → table ← compile ← machines. */
import { expect, test } from 'vitest';
import { importsOf, sourcesIn } from './source.js';
import type { Import, Source } from './source.js';

/** What each room may import: prefixes of paths, and names of packages. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  machines: ['machines/', 'table/format', 'xstate'],
  table: ['table/format'],
  runtime: ['runtime/', 'table/format', 'table/step', 'table/service', 'table/system'],
  cli: ['cli/', 'runtime/'],
  // nitro-audit runs on Node, and looks at all; `conform` holds another daemon against the model with what the tests hold ours.
  'cli/audit': [
    'cli/audit/', 'cli/ctl-arguments', 'cli/ctl-commands', 'cli/ctl-utf8',
    'runtime/', 'table/', 'machines/', 'model-tests/', 'diagrams/', 'tests/end-to-end/harness/',
    'xstate', 'node:', 'commander', 'ws',
  ],
  diagrams: ['diagrams/', 'runtime/protocol', 'table/', 'machines/', 'xstate', 'elkjs', 'node:'],
};

/** The sources of a room, without those of a room inside it. */
function sourcesOf(room: string): readonly Source[] {
  const inner = Object.keys(allowed).filter((other) => other.startsWith(`${room}/`));
  const isOther = ({ path }: Source): boolean => inner.some((other) => path.startsWith(`${other}/`)) || path === 'cli/nitro-audit.ts';
  return sourcesIn(room).filter((source) => !isOther(source));
}

function isAllowed(room: string, { to }: Import): boolean {
  return (allowed[room] ?? []).some((prefix) => (/[/:]$/.test(prefix) ? to.startsWith(prefix) : to === prefix));
}

test.each(Object.keys(allowed))('%s imports only what it may', (room) => {
  const imports = sourcesOf(room).flatMap(importsOf);
  expect(imports.length).toBeGreaterThan(0);
  expect(imports.filter((each) => !isAllowed(room, each))).toEqual([]);
});

test('the definitions import xstate only, and each other for types', () => {
  for (const source of sourcesIn('machines').filter(({ path }) => /(service|system)\.ts$/.test(path))) {
    expect(importsOf(source).filter(({ to, typesOnly }) => to !== 'xstate' && !typesOnly)).toEqual([]);
  }
});

test.each(['table', 'runtime', 'cli'])('%s has no circle of imports', (room) => {
  const edges = new Map<string, readonly string[]>();
  for (const source of sourcesIn(room)) {
    const needed = importsOf(source).filter(({ typesOnly }) => !typesOnly);
    edges.set(source.path.replace(/\.ts$/, ''), needed.map(({ to }) => to));
  }
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (at: string, path: readonly string[]): void => {
    if (path.includes(at)) circles.push([...path.slice(path.indexOf(at)), at].join(' → '));
    if (path.includes(at) || done.has(at)) return;
    for (const next of edges.get(at) ?? []) walk(next, [...path, at]);
    done.add(at);
  };
  for (const start of edges.keys()) walk(start, []);
  expect(circles).toEqual([]);
});

test('the rules would notice: a clock in the machines, Node in the runtime, a circle', () => {
  const planted = (to: string): Import => ({ from: 'planted', to, typesOnly: false });
  expect(isAllowed('machines', planted('node:fs'))).toBe(false);
  expect(isAllowed('machines', planted('runtime/os'))).toBe(false);
  expect(isAllowed('runtime', planted('xstate'))).toBe(false);
  expect(isAllowed('runtime', planted('table/ignored'))).toBe(false);
  expect(isAllowed('runtime', planted('runtime/os'))).toBe(true);
});
