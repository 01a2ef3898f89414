/** The small files of a service that hold a value: how much of them is read, and what is taken for a number (behaviour.md §2, §4); how a script ended. */
import { describe, expect, it, test } from 'vitest';
import type { Os } from '../../runtime/os.js';
import { readDownSignal, readNotificationFd } from '../../runtime/settings.js';
import { exitOf } from '../../runtime/scripts.js';
import { fakeFiles } from './fake-files.js';

/** What the file says to the rule; `asked` is what was asked of the system. */
function file(name: string, content: string | null, asked: unknown[] = []): Os {
  const os = fakeFiles(content === null ? {} : { [`a/${name}`]: { content } });
  return {
    ...os,
    readFile: (path, max) => {
      asked.push(path, max);
      return os.readFile(path, max);
    },
  };
}

describe('down-signal', () => {
  it.each([
    ['2 USR2', 12],
    [' h', 15],
    [null, 15],
  ] as const)('%j is signal %i', (content, signal) => {
    const asked: unknown[] = [];
    expect(readDownSignal(file('down-signal', content, asked), 'a')).toBe(signal);
    expect(asked).toEqual(['a/down-signal', 64]);
  });
});

describe('notification-fd', () => {
  it.each([
    ['10\n', 10],
    ['109', 109],
    ['90', 90],
    ['7x8', 7],
    ['4:', 4],
    ['4/5', 4],
    ['-3', 0],
    [null, null],
  ] as const)('%j is %j', (content, number) => {
    const asked: unknown[] = [];
    expect(readNotificationFd(file('notification-fd', content, asked), 'a')).toBe(number);
    expect(asked).toEqual(['a/notification-fd', 64]);
  });
});

test.each([
  [0, 0, 0],
  [1 << 8, 1, 0],
  [111 << 8, 111, 0],
  [255 << 8, 255, 0],
  [9, -1, 9],
  [11 | 0x80, -1, 11],
  [64, -1, 64],
])('the arguments of finish for wait status %i are %i and %i (behaviour.md §2)', (waitStatus, status, signal) => {
  expect(exitOf(waitStatus)).toEqual({ status, signal });
});
