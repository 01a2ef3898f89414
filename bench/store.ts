/**
 * What is kept of a benchmark, in docs/performance, and the page that is made of it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parts } from './measures/measure.js';
import { page } from './page/page.js';
import type { Extra } from './page/page.js';
import { plotsOf } from './page/plots.js';
import { merge, toJson } from './results.js';
import type { Results } from './results.js';

const directory = (root: string): string => join(root, 'docs/performance');
const resultsPath = (root: string): string => join(directory(root), 'results.json');

/** Put what was measured in place of what there is of the same parts. */
export function keep(root: string, results: Results): void {
  mkdirSync(directory(root), { recursive: true });
  writeFileSync(resultsPath(root), toJson(merge(readKept(root), results, parts)));
}

/** Write the page and its plots from what is kept. */
export function render(root: string): void {
  const results = readKept(root);
  const plots = plotsOf(results);
  mkdirSync(directory(root), { recursive: true });
  for (const { file, svg } of plots) writeFileSync(join(directory(root), file), svg);
  const text = page({
    results,
    plots,
    model: readExtra(root, 'model.json'),
    guard: readExtra(root, 'guard.json'),
    whatPaid: read(join(directory(root), 'what-paid.md')),
  });
  writeFileSync(join(root, 'docs/performance.md'), text);
}

function readKept(root: string): Results {
  const text = read(resultsPath(root));
  return text === undefined ? { parts: [] } : (JSON.parse(text) as Results);
}

function readExtra(root: string, name: string): Extra | undefined {
  const text = read(join(directory(root), name));
  return text === undefined ? undefined : (JSON.parse(text) as Extra);
}

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
