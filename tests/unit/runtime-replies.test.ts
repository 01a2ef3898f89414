/** What of a datagram is an item, each kind for itself (protocol.md; for steps and leaves docs/trace.md), and requests about steps. */
import { describe, expect, test } from 'vitest';
import { isState, parseRequest, Tag } from '../../runtime/protocol.js';
import { decodeReplies } from '../../runtime/wire-replies.js';
import { frame, longestPayload, packet, readPart, u32, u8 } from '../../runtime/wire.js';

const fieldsOf = (...packets: readonly string[]): readonly unknown[] => decodeReplies(packets.join(''));

describe('a field outside of a frame', () => {
  test.each([
    ['name', packet(Tag.NAME, 'a\0'), { name: 'a' }],
    ['name without NUL', packet(Tag.NAME, 'a'), { name: 'a' }],
    ['leaf', packet(Tag.LEAF, 'run'), { leaf: 'run' }],
    ['state', packet(Tag.STATE, u8(4)), { state: 4 }],
    ['wait status', packet(Tag.WSTATUS, u32(-1)), { wstatus: -1 }],
    ['pid', packet(Tag.PID, u32(0xffffffff)), { pid: 0xffffffff }],
  ])('%s is one by itself', (_what, data, fields) => {
    expect(fieldsOf(data)).toEqual([{ kind: 'fields', fields }]);
  });

  test.each([
    ['a state of two bytes', packet(Tag.STATE, 'xx')],
    ['a pid of three', packet(Tag.PID, 'xxx')],
    ['a wait status of five', packet(Tag.WSTATUS, 'xxxxx')],
    ['a number that is unknown', packet(200, u32(7))],
    ['nothing', ''],
  ])('%s is none, and no item', (_what, data) => {
    expect(fieldsOf(data)).toEqual([]);
  });
});

describe('steps', () => {
  const step = (...texts: readonly string[]): readonly unknown[] => fieldsOf(packet(Tag.STEP, texts.join('\0')));

  test('are read with their actions, if there are any', () => {
    const all = { name: 'a', event: 'WANT_UP', from: 'DOWN', to: 'UP' };
    expect(step('a', 'WANT_UP', 'DOWN', 'UP', 'launch', 'announce')).toEqual([{ kind: 'step', step: { ...all, actions: ['launch', 'announce'] } }]);
    expect(step('', 'WANT_UP', 'DOWN', 'UP')).toEqual([{ kind: 'step', step: { ...all, name: '', actions: [] } }]);
  });

  test('that lack something are skipped', () => {
    expect(step('a', 'WANT_UP', 'DOWN')).toEqual([]);
    expect(step('')).toEqual([]);
  });

  test('the number of the next, and the start of a page of leaves, have four bytes', () => {
    expect(fieldsOf(packet(Tag.STEPS, u32(9)), packet(Tag.LEAVES, u32(40)))).toEqual([
      { kind: 'steps', next: 9 },
      { kind: 'page', start: 40 },
    ]);
    expect(fieldsOf(packet(Tag.STEPS, 'xxx'), packet(Tag.LEAVES, 'xxxxx'))).toEqual([]);
  });
});

describe('requests', () => {
  test('TRACE has no payload', () => {
    expect(parseRequest(packet(Tag.TRACE))).toEqual({ kind: 'trace' });
    expect(parseRequest(packet(Tag.TRACE, 'x'))).toEqual({ kind: 'invalid' });
  });

  test('LEAVES has none, or the number of services to skip', () => {
    expect(parseRequest(packet(Tag.LEAVES))).toEqual({ kind: 'leaves', start: 0 });
    expect(parseRequest(packet(Tag.LEAVES, u32(7)))).toEqual({ kind: 'leaves', start: 7 });
    expect(parseRequest(packet(Tag.LEAVES, 'abc'))).toEqual({ kind: 'invalid' });
  });
});

test('the tags of states are 1 to 9', () => {
  expect([0, 1, 9, 10].map((tag) => isState(tag))).toEqual([false, true, true, false]);
});

describe('frames', () => {
  test('are opened and closed by lengths that no payload has', () => {
    expect(readPart(frame(100, ''), 0)).toEqual({ kind: 'opens', tag: 100, next: 3 });
    expect(readPart(frame(100, ''), 3)).toEqual({ kind: 'closes', tag: 100, next: 6 });
    expect(readPart('ab', 0)).toBeNull();
    expect(readPart('\0\0', 0)).toBeNull();
    expect(readPart('', 0)).toBeNull();
  });

  test('hold payloads up to the longest', () => {
    expect(packet(1, 'x'.repeat(longestPayload))).toHaveLength(3 + longestPayload);
    expect(() => packet(1, 'x'.repeat(longestPayload + 1))).toThrow('payload too long for a packet');
  });

  test('that are unknown end with their own tag only, and a service in one is none', () => {
    const inner = frame(Tag.SERVICE, packet(Tag.NAME, 'a'));
    expect(fieldsOf(frame(200, inner), packet(Tag.OK))).toEqual([{ kind: 'ok' }]);
    expect(fieldsOf(packet(Tag.OK), '\xfe\xff\x64', packet(Tag.ESRCH))).toEqual([{ kind: 'ok' }, { kind: 'noSuchService' }]);
    expect(fieldsOf('\xff\xff\x01', packet(Tag.OK), '\xfe\xff\x01', packet(Tag.ESRCH))).toEqual([{ kind: 'noSuchService' }]);
  });
});
