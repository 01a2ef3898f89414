/** What can be said of the service directory when it changes, or cannot be looked at now (behaviour.md §2, §6 Rescan). */
import { describe, expect, test } from 'vitest';
import { Console } from '../../runtime/console.js';
import { Directory } from '../../runtime/directory.js';
import type { FileKind, Os, Result } from '../../runtime/os.js';
import { fakeFiles } from './fake-files.js';

const ENOENT = -2;
const EIO = -5;
const ENOTDIR = -20;

/** A directory with these things in it; what is not named is not there. */
function directory(kinds: Readonly<Record<string, FileKind | Result>>, said: string[] = []): Directory {
  const plain = fakeFiles({}, said);
  const list: Os['list'] = () => Object.keys(kinds).filter((path) => !path.includes('/'));
  const os: Os = { ...plain, kind: (path) => kinds[path] ?? ENOENT, list };
  return new Directory(os, new Console(os));
}

describe('a script', () => {
  test.each([
    ['file', true],
    ['directory', true],
    [EIO, true],
    [ENOENT, false],
    [ENOTDIR, false],
  ] as const)('whose kind is %j: is there one? %j', (kind, isThere) => {
    expect(directory({ 'a/run': kind }).hasScript('a', 'run')).toBe(isThere);
  });
});

describe('a directory', () => {
  test.each([
    ['directory', true, false],
    ['file', false, true],
    ['other', false, true],
    [ENOENT, false, true],
    [ENOTDIR, false, true],
    // Whoever cannot be asked is neither surely there nor surely gone.
    [EIO, false, false],
  ] as const)('whose kind is %j: it exists: %j, it is gone: %j', (kind, exists, isGone) => {
    expect(directory({ a: kind }).exists('a')).toBe(exists);
    expect(directory({ a: kind }).isGone('a')).toBe(isGone);
  });

  test.each([
    [{ a: 'directory', 'a/run': 'file' }, true, false],
    [{ a: 'directory', 'a/setup': 'file' }, true, false],
    [{ a: 'directory' }, false, true],
    [{ a: 'file' }, false, true],
    [{}, false, true],
    [{ a: EIO, 'a/run': EIO }, false, false],
    [{ a: 'directory', 'a/run': EIO }, true, false],
    [{ a: ENOENT, 'a/run': 'file' }, false, true],
  ] as const)('%j: a service could be made: %j, surely not: %j', (kinds, offers, offersNoLonger) => {
    expect(directory(kinds).offers('a')).toBe(offers);
    expect(directory(kinds).offersNoLonger('a')).toBe(offersNoLonger);
  });

  test('of an instance is its template’s', () => {
    const both = directory({ 'w@': 'directory', 'w@/run': 'file', 'w@/down': 'file', 'v@x': 'directory', 'v@x/run': 'file' });
    expect([both.offers('w@x'), both.offersNoLonger('w@x'), both.hasDownFile('w@x')]).toEqual([true, false, true]);
    expect([both.offers('v@x'), both.offersNoLonger('v@x'), both.hasDownFile('v@x')]).toEqual([false, true, false]);
  });

  test.each([
    ['file', true],
    ['directory', true],
    [ENOENT, false],
    [EIO, false],
  ] as const)('with a `down` that is %j: %j', (kind, isDown) => {
    expect(directory({ 'a/down': kind }).hasDownFile('a')).toBe(isDown);
  });
});

describe('a scan', () => {
  const isA = (name: string): boolean => name === 'a';

  test('keeps what is known and cannot be looked at now, and says so of both', () => {
    const said: string[] = [];
    expect(directory({ a: EIO, b: EIO }, said).scan(isA)).toEqual(['a']);
    expect(said).toEqual(['- nitro: cannot look at a: error 5\n', '- nitro: cannot look at b: error 5\n']);
  });

  test('says nothing of what was gone between reading and looking', () => {
    const said: string[] = [];
    expect(directory({ a: ENOENT, b: ENOTDIR }, said).scan(isA)).toEqual([]);
    expect(said).toEqual([]);
  });

  test('takes what is known for a service only while it may be one', () => {
    const said: string[] = [];
    expect(directory({ a: 'directory' }, said).scan(isA)).toEqual([]);
    expect(said).toEqual(['- nitro: no such service: a\n']);
    expect(directory({ a: 'directory', 'a/run': EIO }).scan(isA)).toEqual(['a']);
  });

  test('shows names without the bytes that would break the line', () => {
    const said: string[] = [];
    directory({ 'x,\x7f y\x1f~': 'directory', 'z\n': EIO }, said).scan(() => false);
    expect(said).toEqual(['- nitro: not a valid service name: x,? y?~\n', '- nitro: cannot look at z?: error 5\n']);
  });
});
