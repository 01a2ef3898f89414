/** `nitro-audit replay`, `blame` and `plot` as commands: what they print, and their exit statuses. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { has, root, run, temporaryDirectory } from './workspace.js';

const script = join(root, 'build/nitro-audit.cjs');
const directory = temporaryDirectory();

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function audit(args: readonly string[], input = ''): Result {
  const env = { ...process.env, NITRO_SOCK: '/nonexistent/nitro.sock' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', input, env });
  return { code: status, out: stdout, err: stderr };
}

const header = '{"kind":"nitro-trace","version":1,"source":"/run/nitro/nitro.sock","detail":"states","began":"2026-01-31T10:00:00.000Z"}';
const state = (t: number, service: string, of: string): string => JSON.stringify({ t, kind: 'state', service, state: of });
const entries = [state(5, 'web', 'SETUP'), state(905, 'web', 'STARTING'), state(950, 'db', 'STARTING'), state(1000, 'db', 'UP'), state(1405, 'web', 'UP')];
const good = [header, ...entries, ''].join('\n');
const bad = [header, state(5, 'web', 'UP'), state(9, 'web', 'SETUP'), ''].join('\n');

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

test('replay: exit 0 and a line where all is allowed; exit 1 with the violation where not', () => {
  expect(audit(['replay', file('good', good)])).toEqual({ code: 0, out: 'The model allows all of it (5 entries of 2 services, in states).\n', err: '' });
  const { code, out } = audit(['replay', file('bad', bad)]);
  expect(code).toBe(1);
  expect(out).toContain('line 3, 0.009 s: web\n  seen     announced SETUP\n');
});

test('replay: from standard input, as JSON, to a file', () => {
  const report = join(directory, 'report.json');
  expect(audit(['replay', '--json', '-o', report, '-'], bad)).toEqual({ code: 1, out: '', err: '' });
  expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ holds: false, violations: [{ line: 3, service: 'web', seen: 'announced SETUP' }] });
});

test('replay: what the reference leaves out is allowed for', () => {
  const trace = [header, state(1, 'a', 'UP'), state(2, 'a', 'DOWN'), state(3, 'a', 'STARTING'), ''].join('\n');
  expect(audit(['replay', '-'], trace).code).toBe(1);
  const { code, out } = audit(['replay', '--known', 'reference', '-'], trace);
  expect({ code, out }).toEqual({ code: 0, out: 'The model allows all of it (3 entries of 1 service, in states; 1 known difference of the reference).\n' });
});

test('blame: the slowest first', () => {
  const { code, out } = audit(['blame', '-'], good);
  expect(code).toBe(0);
  expect(out.split('\n').map((line) => line.split(/ {2,}/).pop())).toEqual(['SERVICE', 'web', 'db', '']);
  expect(out).toContain('1.400 s  0.900 s   0.500 s');
  expect(JSON.parse(audit(['blame', '--json', '--top', '1', '-'], good).out)).toMatchObject([{ service: 'web', total: 1400, setup: 900, outcome: 'UP' }]);
});

test('plot: SVG, to standard output or to a file', () => {
  const { code, out } = audit(['plot', '-'], good);
  expect(code).toBe(0);
  expect(out).toMatch(/^<svg [^>]*role="img"/);
  const picture = join(directory, 'plot.svg');
  expect(audit(['plot', '-', '--only', 'db', '-o', picture], good)).toEqual({ code: 0, out: '', err: '' });
  expect(readFileSync(picture, 'utf8')).not.toContain('>web<');
  expect(audit(['plot', '-', '--only', 'nobody'], good)).toMatchObject({ code: 3, err: 'nitro-audit: cannot run: not in the trace: nobody\n' });
});

test.skipIf(!has('rsvg-convert'))('plot: other viewers can read it', () => {
  const picture = file('other.svg', audit(['plot', '-'], good).out);
  expect(run('rsvg-convert', [picture, '-o', join(directory, 'other.png')])).toMatchObject({ status: 0 });
});

test.each([
  ['a file that is not there', ['replay', '/nonexistent'], 3, /no such file/],
  ['what is no trace', ['plot', '-'], 3, /standard input:1: this is no JSON/],
  ['a nitro that does not run', ['record'], 3, /cannot reach nitro at \/nonexistent\/nitro.sock/],
  ['a nitroctl that is not there', ['watch', '--ctl', '/nonexistent/nitroctl'], 3, /no nitroctl at \/nonexistent\/nitroctl/],
  ['a nitroctl that is none', ['watch', '--ctl', '/bin/echo'], 3, /is no nitroctl that can follow/],
  ['no file', ['blame'], 2, /missing required argument 'file'/],
  ['a number that is none', ['blame', '--top', 'many', '-'], 2, /It takes a whole number/],
  ['a daemon that is not known', ['replay', '--known', 'systemd', '-'], 2, /Allowed choices are reference/],
] as const)('%s: exit %j', (_what, args, code, err) => {
  const result = audit(args, 'x\n');
  expect(result).toMatchObject({ code, out: '' });
  expect(result.err.toLowerCase()).toMatch(new RegExp(err.source.toLowerCase()));
});
