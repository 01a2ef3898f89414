/**
 * The regression guard measures, and finds what has become more: an extra system call a request in a daemon that is otherwise the same, and a
 * bound that is lower than what there is. Bounds of the test's own are made from the daemon as it is.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isInstalled, kindOfBuild } from '../../bench/guard/compiler.js';
import { Relinking } from '../../bench/guard/relink.js';
import { daemonPath } from './harness/tools.js';

const root = resolve(import.meta.dirname, '../..');
const patience = 300_000;
const base = mkdtempSync(join(tmpdir(), 'nitro-guard-test-'));
const bounds = join(base, 'bounds.json');
const hasStrace = isInstalled('strace');

afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Run {
  readonly status: number | null;
  readonly said: string;
}

function guard(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Run> {
  const child = spawn(process.execPath, ['bench/run.mjs', '--quick', '--bounds', bounds, ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += String(text)));
  return new Promise((done) => child.on('close', (status) => done({ status, said })));
}

const check = ['--part', 'calls', '--daemon', daemonPath, '--check'];

beforeAll(async () => {
  if (!hasStrace) return;
  const { status, said } = await guard(['--part', 'calls', '--daemon', daemonPath, '--accept']);
  expect(status, said).toBe(0);
}, patience);

test('what is as it was is held', { timeout: patience }, async (context) => {
  if (!hasStrace) context.skip('strace is missing');
  const { status, said } = await guard(check);
  expect(said).not.toMatch(/EXCEEDED|better|no bounds/);
  expect(said.match(/ held$/gm)?.length).toBe(5);
  expect(status).toBe(0);
});

test('an extra system call a request is found', { timeout: patience }, async (context) => {
  if (!hasStrace) context.skip('strace is missing');
  if (!existsSync(join(root, 'build/objects'))) context.skip('there are no objects of the build');
  const objects = new Relinking(root, base);
  if (!objects.isOf(daemonPath)) context.skip('the objects in build/objects are not those of this daemon');
  const source = join(base, 'wrap.c');
  writeFileSync(
    source,
    [
      '#include <sys/socket.h>',
      '#include <unistd.h>',
      'ssize_t __real_sendto(int, const void *, size_t, int, const struct sockaddr *, socklen_t);',
      'ssize_t __real_sendmsg(int, const struct msghdr *, int);',
      'ssize_t __wrap_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length)',
      '{ getppid(); return __real_sendto(fd, data, size, flags, to, length); }',
      'ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags) { getppid(); return __real_sendmsg(fd, message, flags); }',
    ].join('\n'),
  );
  const { status, said } = await guard(['--part', 'calls', '--daemon', objects.withWrapped(daemonPath, source, ['sendto', 'sendmsg']), '--check']);
  expect(said).toMatch(/^a request: QUERY and its answer .* EXCEEDED$/m);
  expect(said).toMatch(/^a restart: .* held$/m);
  expect(said).toMatch(/^exceeded .* a request: QUERY and its answer: \d+ system calls, and \d+ are allowed/m);
  expect(said).toContain('--accept');
  expect(status).toBe(1);
});

test('a lower bound is found to be exceeded, a higher one to be too high', { timeout: patience }, async (context) => {
  if (!hasStrace) context.skip('strace is missing');
  const before = readFileSync(bounds, 'utf8');
  const kind = kindOfBuild(daemonPath);
  const changed = JSON.parse(before) as Record<string, Record<string, number>>;
  const of = changed[kind] ?? {};
  of['calls.restart'] = (of['calls.restart'] ?? 0) - 1;
  of['calls.page'] = (of['calls.page'] ?? 0) + 1;
  writeFileSync(bounds, JSON.stringify(changed));
  const { status, said } = await guard(check);
  writeFileSync(bounds, before);
  expect(said).toMatch(/^a restart: .* EXCEEDED$/m);
  expect(said).toMatch(/^a page of the list: .* better$/m);
  expect(status).toBe(1);
});

test('without strace and valgrind it says so, and holds the rest', { timeout: patience }, async () => {
  const { status, said } = await guard(['--daemon', daemonPath, '--check', '--part', 'calls', '--part', 'instructions', '--part', 'binary'], {
    PATH: base,
  });
  expect(said).toMatch(/^skipped +strace is missing$/m);
  expect(said).toMatch(/^skipped +valgrind is missing$/m);
  expect(said).toMatch(/^the binary +[\d,]+ bytes/m);
  expect(status).toBe(0);
});

test.each([
  [['--check', '--accept'], '--check and --accept together'],
  [['--part', 'times'], 'no such part: times'],
  [['--fast'], 'Unknown option'],
])('%j is a mistake of usage', async (args, why) => {
  const { status, said } = await guard(args);
  expect(said).toContain(why);
  expect(status).toBe(2);
});
