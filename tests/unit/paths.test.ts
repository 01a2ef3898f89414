/** The paths that both programs agree on (behaviour.md §7, §8). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absolutePath,
  controlPath,
  directoryOf,
  lastSegment,
  listenerFile,
  listensTo,
  notifyDirectory,
  parseListener,
} from '../../runtime/paths.js';

describe('control path', () => {
  const rule = (environment: string | undefined, link: string | number): string =>
    controlPath({
      runDirectory: '/run',
      workingDirectory: () => '/home/me',
      env: (name) => (name === 'NITRO_SOCK' ? environment : undefined),
      readLink: (path) => (path === '/etc/nitro.sock' ? link : -2),
    });

  it('is NITRO_SOCK, if set and not empty', () => {
    expect(rule('/a/sock', '/b/sock')).toBe('/a/sock');
    expect(rule('sock', '/b/sock')).toBe('/home/me/sock');
    expect(rule('../a/./sock', '/b/sock')).toBe('/home/a/sock');
  });

  it('else the target of /etc/nitro.sock', () => {
    expect(rule('', '/b/sock')).toBe('/b/sock');
    expect(rule(undefined, '/b/sock')).toBe('/b/sock');
    expect(rule(undefined, '../b/sock')).toBe('/etc/../b/sock');
  });

  it('else the default', () => {
    expect(rule(undefined, -2)).toBe('/run/nitro/nitro.sock');
    expect(rule('', -22)).toBe('/run/nitro/nitro.sock');
  });

  it.each([
    ['/run/nitro/nitro.sock', '/run/nitro/notify'],
    ['sock', 'notify'],
    ['./sock', 'notify'],
    ['../sock', '../notify'],
    ['/sock', '/notify'],
    ['a/sock', 'a/notify'],
  ])('of %s has its listeners in %s', (path, directory) => {
    expect(notifyDirectory(path)).toBe(directory);
  });
});

describe('listeners', () => {
  it.each([
    ['a,1_2', { name: 'a', id: '1_2', all: false }],
    ['ALL,1_2', { name: 'ALL', id: '1_2', all: true }],
    [',1_2', { name: '', id: '1_2', all: false }],
    ['a,b,1_2', { name: 'a/b', id: '1_2', all: false }],
    ['a,', { name: 'a', id: '', all: false }],
    ['a', null],
    ['', null],
  ])('%j', (file, listener) => {
    expect(parseListener(file)).toEqual(listener);
  });

  it('hear of their service, or of all', () => {
    const one = { name: 'a', id: '1', all: false };
    const all = { name: 'ALL', id: '1', all: true };
    const none = { name: '', id: '1', all: false };
    expect([one, all, none].map((listener) => listensTo(listener, 'a'))).toEqual([true, true, false]);
    expect([one, all, none].map((listener) => listensTo(listener, 'ALL'))).toEqual([false, true, false]);
  });

  it('have file names that say their name and id', () => {
    const names = fc.string({ maxLength: 63 }).filter((name) => !name.includes(','));
    fc.assert(
      fc.property(names, fc.nat(), fc.nat(), (name, pid, count) => {
        const file = listenerFile(name, `${pid}_${count}`);
        expect(file).not.toContain('/');
        expect(parseListener(file)).toEqual({ name, id: `${pid}_${count}`, all: name === 'ALL' });
      }),
    );
  });
});

describe('paths by text', () => {
  it.each([
    ['/a/b', '.', '/a/b'],
    ['/a/b', '..', '/a'],
    ['/a/b', '../..', '/'],
    ['/a/b', '../../../c', '/c'],
    ['/a/b', 'c//d/', '/a/b/c/d'],
    ['/a/b', '/c/./d/../e', '/c/e'],
    ['/a/../b', 'c', '/b/c'],
    ['/', 'c', '/c'],
  ])('from %s, %s is %s', (directory, path, absolute) => {
    expect(absolutePath(directory, path)).toBe(absolute);
  });

  it.each([
    ['/a/b', 'b', '/a'],
    ['b', 'b', '.'],
    ['../b//', 'b', '../b/'],
    ['/b', 'b', '/'],
    ['/', '', '/'],
    ['', '', '.'],
  ])('the last segment of %j is %j, its directory %j', (path, segment, directory) => {
    expect(lastSegment(path)).toBe(segment);
    expect(directoryOf(path)).toBe(directory);
  });
});
