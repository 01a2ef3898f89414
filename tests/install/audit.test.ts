/** `nitro-audit` as a command: what it prints, and its exit status. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { holds, toJson, toMarkdown } from '../../cli/audit/verify/report.js';
import type { Checked } from '../../cli/audit/verify/report.js';

const script = join(import.meta.dirname, '../../build/nitro-audit.cjs');
const bounds = { seed: 1, runs: 10, timeMsMax: null, target: null };

function audit(...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

test('verify reports in Markdown, and exits 0 when everything holds', () => {
  const { code, out, err } = audit('verify', '--only', 'table', 'rules');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^# nitro .*: evidence\n\nEverything that was checked holds\./);
  expect(out).toContain('22 leaves × 13 events = 286 pairs');
});

test('--json is for programs, -o for a file; runs and seed are those asked for', () => {
  const directory = mkdtempSync(join(tmpdir(), 'nitro-audit-'));
  const file = join(directory, 'report.json');
  expect(audit('verify', '--only', 'simulation', '--runs', '50', '--seed', '7', '--json', '-o', file)).toEqual({ code: 0, out: '', err: '' });
  const report = JSON.parse(readFileSync(file, 'utf8')) as { holds: boolean; parts: readonly { data: unknown }[] };
  rmSync(directory, { recursive: true });
  expect(report.holds).toBe(true);
  expect(report.parts[0]?.data).toMatchObject({ seed: 7, asked: 50, done: 50 });
});

test.each([
  ['an option that does not exist', ['verify', '--bogus']],
  ['a part that does not exist', ['verify', '--only', 'nothing']],
  ['a number that is none', ['verify', '--runs', 'many']],
  ['a command that does not exist', ['bogus']],
])('exit 2 for %s', (_what, args) => {
  const { code, out, err } = audit(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^error: /);
});

test('exit 3 when it cannot write the report', () => {
  const { code, err } = audit('verify', '--only', 'rules', '-o', '/nowhere/report');
  expect(code).toBe(3);
  expect(err).toMatch(/^nitro-audit: cannot run: .*\/nowhere\/report/);
});

test('--help and --version', () => {
  expect(audit('--help')).toMatchObject({ code: 0 });
  expect(audit('verify', '--help').out).toContain('--seed');
  expect(audit('--version').out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a violation is shown with its counterexample', () => {
  const planted: Checked = {
    part: { name: 'planted', claim: 'Nothing is wrong.', check: () => planted.finding },
    finding: { holds: false, lines: ['1 of 1'], counterexamples: ['this is wrong'], data: null },
    seconds: 0,
  };
  expect(holds([planted])).toBe(false);
  expect(toMarkdown([planted], bounds)).toMatch(/Not everything holds[^]*is violated[^]*this is wrong/);
  expect(JSON.parse(toJson([planted], bounds))).toMatchObject({ holds: false, parts: [{ counterexamples: ['this is wrong'] }] });
});
