/** `nitro-audit explain`, `paths`, `table` and `diagram` as commands: what they print, and their exit status. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const script = join(root, 'build/nitro-audit.cjs');

function audit(...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { code: status, out: stdout, err: stderr };
}

describe('explain', () => {
  test('in words', () => {
    const { code, out, err } = audit('explain', 'up', 'run exits');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^UP on RUN_EXITED \(run has ended\)\n {2}→ RESTART\.finishing\n[^]*rule: behaviour\.md §3\n/);
  });

  test('for programs', () => {
    const { code, out } = audit('explain', 'FATAL', 'WANT_UP', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(out) as readonly { readonly leaf: string }[]).map(({ leaf }) => leaf)).toEqual(['FATAL.finishing', 'FATAL.finishKilled', 'FATAL.resting']);
  });

  test('the machine is the one that knows both names, or the one that is asked for', () => {
    expect(audit('explain', 'shutdown', 'SERVICES_DOWN').out).toContain('shutdown.stoppingServices on SERVICES_DOWN');
    expect(audit('explain', 'shutdown', 'down').out).toContain('SHUTDOWN.stopping on WANT_DOWN');
    expect(audit('explain', 'run', 'Shutdown', '--machine', 'service')).toMatchObject({ code: 2 });
  });

  test.each([
    [['STRATING', 'ready'], 'error: no such state: STRATING\n(Did you mean STARTING?)\n'],
    [['UP', 'REDY'], 'error: no such event: REDY (of a service)\n(Did you mean READY, ready?)\n'],
    [['nowhere', 'ready'], 'error: no such state: nowhere\n'],
  ])('exit 2 for %j', (args, err) => {
    expect(audit('explain', ...args)).toEqual({ code: 2, out: '', err });
  });

  test('exit 2 without an event', () => {
    expect(audit('explain', 'UP')).toMatchObject({ code: 2, out: '' });
  });
});

describe('paths', () => {
  test('from the start by default, as many as there are asked for, and a word on the rest', () => {
    const { code, out, err } = audit('paths', '--to', 'FATAL', '--max', '2');
    expect(code).toBe(0);
    expect(out.match(/^DOWN\.fresh$/gm)).toHaveLength(2);
    expect(err).toContain('there are more');
  });

  test('of the system, for programs', () => {
    const { code, out, err } = audit('paths', '--machine', 'system', '--from', 'run', '--to', 'final.ended', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { complete, paths } = JSON.parse(out) as { readonly complete: boolean; readonly paths: readonly (readonly { readonly to: string }[])[] };
    expect(complete).toBe(true);
    for (const path of paths) expect(path[path.length - 1]?.to).toBe('final.ended');
  });

  test('exit 1 where there is none, exit 2 for a state that does not exist', () => {
    expect(audit('paths', '--from', 'DOWN.resting', '--to', 'DOWN.fresh')).toMatchObject({ code: 1, out: '' });
    expect(audit('paths', '--to', 'NOWHERE')).toMatchObject({ code: 2, out: '' });
    expect(audit('paths', '--max', 'many')).toMatchObject({ code: 2, out: '' });
  });
});

describe('table', () => {
  test.each([
    ['text', /^DOWN\.fresh\n {2}WANT_UP/],
    ['markdown', /^\| state \| event \|/],
    ['csv', /^state,event,if,/],
    ['json', /^\{\n {2}"machine": "service"/],
  ])('as %s', (format, start) => {
    const { code, out } = audit('table', '--format', format);
    expect(code).toBe(0);
    expect(out).toMatch(start);
  });

  test('of the system; exit 2 for a machine or a format that does not exist', () => {
    expect(audit('table', '--machine', 'system').out).toContain('shutdown.stoppingLoggers');
    expect(audit('table', '--machine', 'toaster')).toMatchObject({ code: 2, out: '' });
    expect(audit('table', '--format', 'clay')).toMatchObject({ code: 2, out: '' });
  });
});

describe('diagram', () => {
  test.each([
    ['service', 'states', 'svg', 'service-states.svg'],
    ['service', 'substates', 'svg', 'service-substates.svg'],
    ['system', 'states', 'svg', 'system-phases.svg'],
    ['system', 'substates', 'svg', 'system-substates.svg'],
    ['service', 'crash-and-restart', 'svg', 'crash-and-restart.svg'],
    ['system', 'shutdown', 'svg', 'shutdown.svg'],
    ['service', 'states', 'mermaid', 'service-states.mmd'],
    ['system', 'substates', 'dot', 'system-substates.dot'],
    ['service', 'states', 'scxml', 'service.scxml'],
    ['system', 'states', 'json', 'system.json'],
    ['service', 'states', 'ts', 'service-machine.ts'],
  ])('%s, %s, as %s is what is checked in', (machine, view, format, file) => {
    const { code, out, err } = audit('diagram', '--machine', machine, '--view', view, '--format', format);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(readFileSync(join(root, 'diagrams/output', file), 'utf8'));
  });

  test('-o writes it to a file; exit 3 when that cannot be written', () => {
    const directory = mkdtempSync(join(tmpdir(), 'nitro-audit-'));
    const file = join(directory, 'states.svg');
    expect(audit('diagram', '-o', file)).toEqual({ code: 0, out: '', err: '' });
    expect(readFileSync(file, 'utf8')).toContain('<svg ');
    rmSync(directory, { recursive: true });
    expect(audit('diagram', '-o', '/nowhere/states.svg')).toMatchObject({ code: 3, out: '' });
  });

  test('exit 2 for a story that is no picture', () => {
    expect(audit('diagram', '--view', 'shutdown', '--format', 'dot')).toEqual({
      code: 2,
      out: '',
      err: 'error: the view shutdown is a picture: --format svg\n',
    });
  });
});

test('the layout engine is not in the program', () => {
  expect(readFileSync(script, 'utf8')).not.toContain('org.eclipse.elk');
});
