/** Tidiness that a reader relies on: files that can be read at a sitting, each opening with what it is. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, sourcesIn } from './source.js';

const rooms = ['machines', 'table', 'runtime', 'cli', 'model-tests', 'diagrams', 'bench', 'tests'];
const isGenerated = (text: string): boolean => text.startsWith('// Generated from ');
/** A machine is one literal in one file, however many states it has. */
const isDefinition = (text: string): boolean => text.includes('.createMachine({\n');
const linesMax = 320;

const all = rooms.flatMap(sourcesIn);
const host = readdirSync(join(root, 'runtime/host'))
  .filter((name) => /\.[ch]$/.test(name))
  .map((name) => ({ path: `runtime/host/${name}`, text: readFileSync(join(root, 'runtime/host', name), 'utf8') }));

test('files are short', () => {
  const long = [...all, ...host].filter(({ text }) => !isGenerated(text) && !isDefinition(text) && text.split('\n').length > linesMax);
  expect(long.map(({ path, text }) => `${path}: ${String(text.split('\n').length)} lines`)).toEqual([]);
});

test('files open with what they are', () => {
  const silent = [...all, ...host].filter(({ text }) => !isGenerated(text) && !/^\/\*\*? ?|^\/\*\n/.test(text));
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test('lines can be read without scrolling', () => {
  const product = [...all, ...host].filter(({ path }) => !path.startsWith('tests/'));
  const wide = product.filter(({ text }) => !isGenerated(text) && text.split('\n').some((line) => line.length > 160));
  expect(wide.map(({ path }) => path)).toEqual([]);
});
