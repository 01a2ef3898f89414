/** The rules of the service directory (behaviour.md §2) and of logger links (§5), without processes. */
import { describe, expect, test } from 'vitest';
import { Console } from '../../runtime/console.js';
import { Directory, directoryOfService, parameterOf } from '../../runtime/directory.js';
import { Logs } from '../../runtime/logs.js';
import type { Os } from '../../runtime/os.js';
import { Services } from '../../runtime/service.js';
import type { Service } from '../../runtime/service.js';
import { readDownSignal, readNotificationFd } from '../../runtime/settings.js';
import { fakeFiles } from './fake-files.js';
import type { Entry } from './fake-files.js';

const script: Entry = { content: '' };
const never = (): boolean => false;

interface World {
  readonly os: Os;
  readonly said: readonly string[];
  readonly directory: Directory;
  readonly logs: Logs;
  readonly know: (...known: readonly string[]) => readonly Service[];
}

/** Services with a `run` each, and with other entries. */
function world(names: readonly string[], others: Readonly<Record<string, Entry>> = {}): World {
  const entries: Record<string, Entry> = {};
  for (const name of names) Object.assign(entries, { [name]: 'directory', [`${name}/run`]: script });
  const said: string[] = [];
  const os = fakeFiles({ ...entries, ...others }, said);
  const console = new Console(os);
  const directory = new Directory(os, console);
  const services = new Services(() => 0);
  const logs = new Logs(os, console, directory, services);
  const know = (...known: readonly string[]): readonly Service[] =>
    known.map((name) => {
      const service = services.create(name);
      logs.update(service);
      return service;
    });
  return { os, said, directory, logs, know };
}

describe('names', () => {
  test.each([
    ['a', 'a', null],
    ['getty@tty1', 'getty@', 'tty1'],
    ['m@a@b c', 'm@', 'a@b c'],
    ['@x', '@', 'x'],
  ])('§2 files and PARAM of %s', (name, directory, parameter) => {
    expect(directoryOfService(name)).toBe(directory);
    expect(parameterOf(name)).toBe(parameter);
  });

  test('§2 what is a service: sorted, without templates, SYS, hidden and plain files', () => {
    const { directory, said } = world(['b', 'a', 't@', 'SYS', '.hidden', 'with space'], { file: script, 't@one': 'directory' });
    expect(directory.scan(never)).toEqual(['a', 'b', 't@one', 'with space']);
    expect(said).toEqual([]);
  });

  test('§2 what cannot be one is reported', () => {
    const long = 'x'.repeat(64);
    const { directory, said } = world(['a,b', 'a\nb', long, 'x'.repeat(63)], { empty: 'directory', 'no@template': 'directory' });
    expect(directory.scan(never)).toEqual(['x'.repeat(63)]);
    expect(said).toEqual([
      '- nitro: not a valid service name: a?b\n',
      '- nitro: not a valid service name: a,b\n',
      '- nitro: no such service: empty\n',
      '- nitro: no such service: no@template\n',
      `- nitro: not a valid service name: ${long}\n`,
    ]);
  });

  test('§2 a one shot has no run, but a setup', () => {
    expect(world([], { s: 'directory', 's/setup': script }).directory.offers('s')).toBe(true);
    expect(world([], { s: 'directory', 's/finish': script }).directory.offers('s')).toBe(false);
  });

  test('§2 a link to a directory is a service, a dangling one is none', () => {
    const { directory } = world(['a'], { b: { link: 'a' }, 'b/run': script, gone: { link: 'nowhere' } });
    expect(directory.scan(never)).toEqual(['a', 'b']);
  });
});

describe('values', () => {
  const read = (content: string): { fd: number | null; signal: number } => {
    const { os } = world([], { 'a/notification-fd': { content }, 'a/down-signal': { content } });
    return { fd: readNotificationFd(os, 'a'), signal: readDownSignal(os, 'a') };
  };

  test.each([
    ['3\n', 3],
    ['0', 0],
    ['', 0],
    ['none', 0],
    ['12 and more', 12],
    ['1000000000000000', 1_000_000_000_000_000],
  ])('§2 notification-fd %j is %d', (content, fd) => expect(read(content).fd).toBe(fd));

  test.each([
    ['p', 19], ['c', 18], ['h', 1], ['a', 14], ['i', 2], ['q', 3], ['1', 10], ['2', 12], ['t', 15], ['k', 9],
    ['hup\n', 1], ['', 15], ['\n', 15], ['Z', 15], ['T', 15],
  ])('§2 down-signal %j is %d', (content, signal) => expect(read(content).signal).toBe(signal));

  test('§4 what is no regular file is as if it were not there', () => {
    const { os } = world([], { 'a/notification-fd': 'fifo', 'a/down-signal': 'directory' });
    expect(readNotificationFd(os, 'a')).toBeNull();
    expect(readDownSignal(os, 'a')).toBe(15);
  });
});

describe('loggers', () => {
  const link = (target: string): Entry => ({ link: target });
  const loggers = (services: readonly Service[]): readonly (string | null)[] => services.map(({ logger }) => logger);

  test('§5 the last segment of the link is the name; trailing slashes do not matter', () => {
    const { know } = world(['a', 'b', 'c', 'log'], { 'a/log': link('../log'), 'b/log': link('/somewhere/log//'), 'c/log': link('log') });
    expect(loggers(know('a', 'b', 'c', 'log'))).toEqual(['log', 'log', 'log', null]);
  });

  test('§5 a template is instantiated with PARAM, or with the name', () => {
    const { know } = world(['a', 's@', 'l@'], { 'a/log': link('../l@'), 's@/log': link('../l@/') });
    expect(loggers(know('a', 's@x y'))).toEqual(['l@a', 'l@x y']);
  });

  test('§5 what is no symlink, or leads nowhere, is as if it were not there, with a warning', () => {
    const { know, said } = world(['a', 'b', 'c'], { 'a/log': script, 'b/log': link('../nobody'), 'c/log': link('..') });
    expect(loggers(know('a', 'b', 'c'))).toEqual([null, null, null]);
    expect(said).toEqual([
      '- nitro: a: log is not a symlink, ignored\n',
      '- nitro: b: no such service to log to: nobody\n',
      '- nitro: c: no such service to log to: ..\n',
    ]);
  });

  test('§5 LOG@ is for every service without a link, but LOG, LOG@… and those whose instance has too long a name', () => {
    const { know, said } = world(['a', 'b', 'LOG', 'LOG@', 'x'.repeat(60)], { 'b/log': link('../a') });
    expect(loggers(know('a', 'b', 'LOG', 'LOG@a', 'x'.repeat(60)))).toEqual(['LOG@a', 'a', null, null, null]);
    expect(said).toHaveLength(1);
  });

  test('§5 who waits for users: a target does, a circle that nobody outside writes to does not', () => {
    const { know, logs } = world(['user', 'log', 'self', 'x', 'y', 'p', 'q', 'out', 'alone'], {
      'user/log': link('../log'),
      'self/log': link('../self'),
      'x/log': link('../y'),
      'y/log': link('../x'),
      'p/log': link('../q'),
      'q/log': link('../p'),
      'out/log': link('../p'),
    });
    const all = know('user', 'log', 'self', 'x', 'y', 'p', 'q', 'out', 'alone');
    const waiting = all.filter((service) => logs.waitsForUsers(service)).map(({ name }) => name);
    expect(waiting).toEqual(['log', 'p', 'q']);
  });
});
