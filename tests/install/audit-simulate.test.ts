/** `nitro-audit simulate` as a command: what it prints and draws, and its exit status. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, temporaryDirectory } from './workspace.js';

const script = join(root, 'build/nitro-audit.cjs');
const example = join(root, 'examples/services');

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function auditWith(input: string, ...args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', input, maxBuffer: 64 * 1024 * 1024 });
  return { code: status, out: stdout, err: stderr };
}

function audit(...args: readonly string[]): Outcome {
  return auditWith('', ...args);
}

test('a timeline, a picture and a legend', () => {
  const { code, out, err } = audit('simulate', example);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^ 0\.101 {2}greeter +SETUP +found by the scan$/m);
  expect(out).toMatch(/^database +s?-*=+$/m);
  expect(out).toMatch(/^\. DOWN|= UP/m);
});

test('--until, --width and --script -', () => {
  const { code, out } = auditWith('at 1s Shutdown\n', 'simulate', example, '--script', '-', '--width', '60', '--until', '5s');
  expect(code).toBe(0);
  expect(out).toContain('nitro ends: exit 0');
  expect(audit('simulate', example, '--until', '5s').out).toContain('\n5.000  (nitro)       the simulation ends here\n');
});

test('expectations: exit 1 with the line', () => {
  const file = join(temporaryDirectory(), 'story');
  writeFileSync(file, 'database run: never ready\nat 10s expect database UP\nat 11s expect LOG UP\n');
  const { code, err } = audit('simulate', example, '--script', file);
  expect({ code, err }).toEqual({ code: 1, err: `${file}:2: at 10s expect database UP: it is STARTING\n` });
});

test('mistakes in the file: exit 2, all of them', () => {
  const file = join(temporaryDirectory(), 'story');
  writeFileSync(file, 'databsae run: stays\n\ngreeter run: explodes\n');
  const { code, out, err } = audit('simulate', example, '--script', file);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err.split('\n')[0]).toBe(`${file}:1: there is no service databsae; did you mean database?`);
  expect(err.split('\n')[1]).toMatch(/story:3: "explodes" is not understood/);
});

test('--json is a trace that replay accepts and plot draws; --svg draws the same', () => {
  const { out } = audit('simulate', example, '--json', '--until', '10s');
  expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ kind: 'nitro-trace', detail: 'steps', began: null });
  expect(auditWith(out, 'replay', '-')).toMatchObject({ code: 0 });
  expect(auditWith(out, 'plot', '-').out).toContain('<svg');
  const file = join(temporaryDirectory(), 'x.svg');
  audit('simulate', example, '--svg', file);
  expect(readFileSync(file, 'utf8')).toMatch(/role="img"[^]*<title[^]*simulated/);
});

test('--verbose tells of processes and pipes', () => {
  expect(audit('simulate', example, '--verbose').out).toMatch(/nitro → greeter +forks setup as \d+, writes pipe \d+/);
});

test.each([
  ['no directory', ['simulate']],
  ['a time that is none', ['simulate', example, '--until', '5']],
  ['a width that is none', ['simulate', example, '--width', '3']],
])('exit 2 for %s', (_what, args) => {
  expect(audit(...args)).toMatchObject({ code: 2, out: '' });
});

test('exit 3 for a directory or a file that cannot be read', () => {
  expect(audit('simulate', '/nowhere')).toMatchObject({ code: 3, err: expect.stringContaining('/nowhere: ENOENT') as string });
  expect(audit('simulate', example, '--script', '/nowhere')).toMatchObject({ code: 3 });
});

test('--help shows a behaviour file', () => {
  const { code, out } = audit('simulate', '--help');
  expect(code).toBe(0);
  expect(out).toContain('web run: crashes after 500ms; exits 1 after 2s; stays, ignores TERM');
});
