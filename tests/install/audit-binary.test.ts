/** `nitro-audit verify` walks the binary, and says so where it cannot. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { holds, toJson, toMarkdown } from '../../cli/audit/verify/report.js';
import type { Checked } from '../../cli/audit/verify/report.js';

const build = join(import.meta.dirname, '../../build');
const directory = mkdtempSync(join(tmpdir(), 'nitro-audit-'));
afterAll(() => rmSync(directory, { recursive: true }));

function audit(script: string, ...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'verify', ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

/** nitro-audit where there is nothing else of nitro. */
function alone(): string {
  const script = join(directory, 'build/nitro-audit.cjs');
  mkdirSync(join(directory, 'build'), { recursive: true });
  copyFileSync(join(build, 'nitro-audit.cjs'), script);
  return script;
}

test('without a binary that part is not run: it is an error to ask for that part alone', () => {
  const script = alone();
  const only = audit(script, '--only', 'binary');
  expect({ code: only.code, out: only.out }).toEqual({ code: 3, out: '' });
  expect(only.err).toContain('there is no ');
  expect(only.err).toContain('--daemon');
});

test('a daemon without the tools of the walk: what is missing is named', () => {
  const { code, err } = audit(alone(), '--only', 'binary', '--daemon', join(build, 'nitro'));
  expect(code).toBe(3);
  expect(err).toContain('build/test/actor is not there, and neither is its source');
});

test('a daemon that cannot be executed, and a control tool without a daemon', () => {
  const script = join(build, 'nitro-audit.cjs');
  expect(audit(script, '--only', 'binary', '--daemon', join(directory, 'nothing'))).toMatchObject({ code: 3, out: '' });
  expect(audit(script, '--only', 'binary', '--ctl', join(build, 'nitroctl')).code).toBe(3);
});

test('the report says that a part was not run, and does not count it as violated', () => {
  const checked: Checked = {
    part: { name: 'binary', claim: 'It does.', check: () => checked.finding },
    finding: { holds: true, notRun: 'there is none', lines: [], counterexamples: [], data: null },
    seconds: 0,
  };
  const bounds = { seed: 1, runs: 1, timeMsMax: null, target: null };
  expect(holds([checked])).toBe(true);
  expect(toMarkdown([checked], bounds)).toContain('**Not run**: there is none.');
  expect(JSON.parse(toJson([checked], bounds))).toMatchObject({ holds: true, parts: [{ notRun: 'there is none' }] });
});
