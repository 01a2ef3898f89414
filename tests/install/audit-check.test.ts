/** `nitro-audit check` as a command: what it prints, and its exit status. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { root, temporaryDirectory } from './workspace.js';

const script = join(root, 'build/nitro-audit.cjs');

function audit(...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

let directory = '';
beforeAll(() => {
  directory = temporaryDirectory();
  mkdirSync(join(directory, 'web'));
  writeFileSync(join(directory, 'web/run'), '#!/bin/sh\nexec sleep 1000\n');
  chmodSync(join(directory, 'web/run'), 0o644);
  chmodSync(directory, 0o755);
});

test('nothing is wrong with the example: exit 0, on its own line', () => {
  expect(audit('check', join(root, 'examples/services'))).toMatchObject({ code: 0, err: '', out: expect.stringContaining('nothing found\n') as string });
});

test('a finding is a line with its place, and exit 1', () => {
  const { code, out } = audit('check', directory);
  expect(code).toBe(1);
  expect(out.split('\n')[0]).toBe(`${directory}/web/run: error S201 not executable: the service becomes FATAL`);
  expect(out).toContain('1 service, 1 error\n');
});

test('--ignore and --severity', () => {
  expect(audit('check', '--ignore', 's201', directory)).toMatchObject({ code: 0 });
  expect(audit('check', '--ignore', 'N101,S201', directory)).toMatchObject({ code: 0 });
  writeFileSync(join(directory, 'web/down-signal'), 'k\n');
  chmodSync(join(directory, 'web/run'), 0o755);
  expect(audit('check', directory)).toMatchObject({ code: 0, out: expect.stringContaining('note C411') as string });
  expect(audit('check', '--severity', 'note', directory)).toMatchObject({ code: 1 });
  chmodSync(join(directory, 'web/run'), 0o644);
  expect(audit('check', '--severity', 'error', directory)).toMatchObject({ code: 1 });
});

test('--format and -o', () => {
  const file = join(temporaryDirectory(), 'report');
  expect(audit('check', '--format', 'sarif', '-o', file, directory)).toMatchObject({ code: 1, out: '' });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: '2.1.0', runs: [{ results: [{ ruleId: 'C411' }, { ruleId: 'S201' }] }] });
  expect(JSON.parse(audit('check', '--json', directory).out)).toMatchObject({ counts: { error: 1, warning: 0, note: 1 } });
});

test('--explain and --rules need no directory', () => {
  expect(audit('check', '--explain', 'L305')).toMatchObject({ code: 0, out: expect.stringMatching(/^L305 \(warning\): .*\n\nWhy\n/) as string });
  expect(audit('check', '--rules').out).toContain('S201  error    script is not executable');
  expect(audit('check', '--rules', '--format', 'markdown').out).toBe(readFileSync(join(root, 'docs/check-rules.md'), 'utf8'));
});

test.each([
  ['a rule that does not exist', ['check', '--explain', 'S210x'], /there is no rule S210x; did you mean S210/],
  ['a rule that does not exist, ignored', ['check', '--ignore', 'X1', '.'], /there is no rule X1/],
  ['no directory', ['check'], /which directory\?/],
  ['a format that does not exist', ['check', '--format', 'xml', '.'], /^error: /],
])('exit 2 for %s', (_what, args, complaint) => {
  const { code, out, err } = audit(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(complaint);
});

test('exit 3 for a directory that cannot be read', () => {
  expect(audit('check', '/nowhere')).toMatchObject({ code: 3, err: 'nitro-audit: cannot run: cannot read the service directory /nowhere: ENOENT\n' });
});
