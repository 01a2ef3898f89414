/** Who is told of changes of state (behaviour.md §7). */
import { expect, test } from 'vitest';
import { Announcements } from '../../runtime/announcements.js';
import type { FileKind, Os } from '../../runtime/os.js';
import { announcement, State } from '../../runtime/protocol.js';

const ECONNREFUSED = 111;
const EAGAIN = 11;

/** A directory of listeners, and how each of them answers; what was sent to which of them. */
class Notify {
  readonly sent: string[] = [];
  readonly removed: string[] = [];
  lists = 0;
  /** Of the directory; empty: it changed a moment ago. */
  stamp = '';
  /** Minus an errno: it cannot be read now. */
  error = 0;
  readonly announcements: Announcements;

  constructor(
    readonly listeners: Map<string, number>,
    kinds: Readonly<Record<string, FileKind>> = {},
  ) {
    const os: Partial<Os> = {
      errno: { ECONNREFUSED, EAGAIN } as Partial<Os['errno']> as Os['errno'],
      list: () => {
        this.lists += 1;
        return this.error < 0 ? this.error : [...listeners.keys()];
      },
      stampOf: (path) => {
        expect(path).toBe('/r/notify');
        return this.stamp;
      },
      kind: (path) => kinds[path.slice('/r/notify/'.length)] ?? 'socket',
      send: (fd, to, data, waitMs) => {
        expect([fd, waitMs, data.slice(3)]).toEqual([7, 0, 'a']);
        this.sent.push(to);
        return listeners.get(to.slice('/r/notify/'.length)) ?? -2;
      },
      unlink: (path) => {
        this.removed.push(path);
        return 0;
      },
    };
    this.announcements = new Announcements(os as Os, 7, '/r/notify');
  }

  /** To whom an announcement of `a` goes. */
  announce(): readonly string[] {
    this.sent.length = 0;
    this.announcements.announce(State.UP, 'a');
    return this.sent.map((path) => path.slice('/r/notify/'.length));
  }
}

test('the listeners of the service and those of all, with a datagram as protocol.md has it', () => {
  const notify = new Notify(new Map([['a,1', 0], ['b,1', 0], ['ALL,2', 0], [',3', 0], ['lost+found', 0]]));
  expect(notify.announce()).toEqual(['a,1', 'ALL,2']);
  expect(announcement(State.UP, 'a')).toBe('\x01\x00\x04a');
});

test('those that came are seen after the directory may have changed, and it is not read for each announcement', () => {
  const notify = new Notify(new Map([['a,1', 0]]));
  notify.announce();
  notify.listeners.set('a,2', 0);
  expect(notify.announce()).toEqual(['a,1']);
  expect(notify.lists).toBe(1);
  notify.announcements.invalidate();
  expect(notify.announce()).toEqual(['a,1', 'a,2']);
});

test('it is read again only if it has changed since, or may have', () => {
  const notify = new Notify(new Map([['a,1', 0]]));
  const later = (stamp: string): readonly string[] => {
    notify.announcements.invalidate();
    notify.stamp = stamp;
    return notify.announce();
  };
  notify.announce();
  later('');
  expect(notify.lists).toBe(2);
  later('one');
  later('one');
  expect(later('one')).toEqual(['a,1']);
  expect(notify.lists).toBe(3);
  notify.listeners.set('a,2', 0);
  expect(later('two')).toEqual(['a,1', 'a,2']);
  expect(notify.lists).toBe(4);
  // What was read while it changed is not what the stamp stands for.
  later('');
  later('two');
  expect(notify.lists).toBe(6);
});

test('a stamp counts only with what was read after it', () => {
  const notify = new Notify(new Map([['a,1', 0]]));
  notify.error = -5;
  notify.stamp = 'one';
  expect(notify.announce()).toEqual([]);
  notify.error = 0;
  notify.announcements.invalidate();
  expect(notify.announce()).toEqual(['a,1']);
});

test('a directory that cannot be read now leaves those that were known', () => {
  const notify = new Notify(new Map([['a,1', 0]]));
  notify.error = -5;
  expect(notify.announce()).toEqual([]);
  notify.error = 0;
  notify.announcements.invalidate();
  notify.announce();
  notify.error = -5;
  notify.announcements.invalidate();
  expect(notify.announce()).toEqual(['a,1']);
});

test('a full listener is skipped, and stays', () => {
  const notify = new Notify(new Map([['a,1', -EAGAIN], ['a,2', 0]]));
  expect(notify.announce()).toEqual(['a,1', 'a,2']);
  expect(notify.announce()).toEqual(['a,1', 'a,2']);
  expect(notify.removed).toEqual([]);
});

test('one that refuses is removed, and told no more', () => {
  const notify = new Notify(new Map([['a,1', -ECONNREFUSED], ['a,2', 0]]));
  expect(notify.announce()).toEqual(['a,1', 'a,2']);
  expect(notify.removed).toEqual(['/r/notify/a,1']);
  expect(notify.announce()).toEqual(['a,2']);
});

test('a file that is no socket is not ours to remove', () => {
  const notify = new Notify(new Map([['a,1', -ECONNREFUSED]]), { 'a,1': 'file' });
  notify.announce();
  expect(notify.removed).toEqual([]);
  expect(notify.announce()).toEqual([]);
});
