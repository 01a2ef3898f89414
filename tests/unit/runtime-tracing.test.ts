/** Who is told of steps, how, and that none of them can do harm (docs/trace.md). */
import { expect, test } from 'vitest';
import type { Os } from '../../runtime/os.js';
import { ok, Tag } from '../../runtime/protocol.js';
import { stepsBytesMax, tracersMax, Tracing } from '../../runtime/tracing.js';
import { packet, u32 } from '../../runtime/wire.js';
import { decodeReplies } from '../../runtime/wire-replies.js';
import { serviceTable } from '../../table/service.js';

const [EAGAIN, ECONNREFUSED, ENOENT] = [11, 111, 2];
const up = serviceTable.leaves.findIndex(({ name }) => name === 'UP');
const down = serviceTable.leaves[up]?.on.WANT_DOWN?.[0] ?? null;

/** A directory of sockets, and how each of them takes what is sent; what was sent to which of them. */
class Notify {
  readonly sent: { readonly to: string; readonly data: string }[] = [];
  probes = 0;
  readonly tracing: Tracing;

  constructor(readonly sockets: Map<string, number>) {
    const find = (path: string): number => sockets.get(path.replace('/r/notify/', '')) ?? -ENOENT;
    const os: Partial<Os> = {
      errno: { EAGAIN, ECONNREFUSED } as Partial<Os['errno']> as Os['errno'],
      probe: (path) => {
        this.probes += 1;
        return find(path) === -ECONNREFUSED || find(path) === -ENOENT ? find(path) : 0;
      },
      send: (fd, to, data, waitMs) => {
        expect([fd, waitMs]).toEqual([7, 0]);
        this.sent.push({ to: to.replace('/r/notify/', ''), data });
        return find(to);
      },
    };
    this.tracing = new Tracing(os as Os, 7, '/r/notify');
  }

  /** A service goes down, which is told; to whom. */
  step(name = 'a'): readonly string[] {
    this.sent.length = 0;
    this.tracing.step(name, 'WANT_DOWN', serviceTable.leaves, up, down);
    this.tracing.flush();
    return this.sent.map(({ to }) => to);
  }
}

const answered = (number: number): string => ok + packet(Tag.STEPS, u32(number));

test('nobody is told who did not ask, and steps are counted all the same', () => {
  const notify = new Notify(new Map([[',1', 0]]));
  expect(notify.step()).toEqual([]);
  expect(notify.step()).toEqual([]);
  expect(notify.tracing.add('/r/notify/,1')).toBe(answered(2));
  expect(notify.step()).toEqual([',1']);
});

test('a datagram has the number of its first step, and the steps in their order', () => {
  const notify = new Notify(new Map([[',1', 0]]));
  notify.tracing.add('/r/notify/,1');
  notify.step();
  notify.sent.length = 0;
  notify.tracing.step('b', 'WANT_DOWN', serviceTable.leaves, up, down);
  notify.tracing.step('b', 'READY', serviceTable.leaves, up, null);
  expect(notify.sent).toEqual([]);
  notify.tracing.flush();
  expect(notify.sent.map(({ data }) => decodeReplies(data))).toEqual([[
    { kind: 'steps', next: 1 },
    { kind: 'step', step: { name: 'b', event: 'WANT_DOWN', from: 'UP', to: 'SHUTDOWN.stopping', actions: ['signalDown', 'announce'] } },
    { kind: 'step', step: { name: 'b', event: 'READY', from: 'UP', to: 'UP', actions: [] } },
  ]]);
});

test('the bytes are those of docs/trace.md', () => {
  const notify = new Notify(new Map([[',1', 0]]));
  notify.tracing.add(',1');
  const timed = serviceTable.leaves.findIndex(({ name }) => name === 'STARTING.timed');
  notify.tracing.step('a', 'TIMER', serviceTable.leaves, timed, serviceTable.leaves[timed]?.due[0] ?? null);
  notify.tracing.flush();
  const hex = Buffer.from(notify.sent[0]?.data ?? '', 'latin1').toString('hex');
  expect(hex).toBe(`04008e0000000022008f${Buffer.from('a\0TIMER\0STARTING.timed\0UP\0announce').toString('hex')}`);
});

test('a datagram that is full is sent, and none is longer than it may be', () => {
  const notify = new Notify(new Map([[',1', 0]]));
  notify.tracing.add(',1');
  for (let count = 0; count < 1000; count++) notify.tracing.step('x'.repeat(63), 'WANT_DOWN', serviceTable.leaves, up, down);
  notify.tracing.flush();
  let next = 0;
  for (const { data } of notify.sent) {
    expect(data.length).toBeLessThanOrEqual(stepsBytesMax);
    const [first, ...steps] = decodeReplies(data);
    expect(first).toEqual({ kind: 'steps', next });
    next += steps.length;
  }
  expect(next).toBe(1000);
  expect(notify.sent.length).toBeLessThan(10);
});

test('a tracer that is full stays one; one that cannot be reached does not, and may ask again', () => {
  const notify = new Notify(new Map([[',full', -EAGAIN], [',dead', 0], [',gone', 0]]));
  for (const name of [',full', ',dead', ',gone']) notify.tracing.add(name);
  notify.sockets.set(',dead', -ECONNREFUSED);
  notify.sockets.delete(',gone');
  expect(notify.step()).toEqual([',full', ',dead', ',gone']);
  expect(notify.step()).toEqual([',full']);
  notify.sockets.set(',gone', 0);
  expect(notify.tracing.add(',gone')).toBe(answered(2));
  expect(notify.step()).toEqual([',full', ',gone']);
});

test('asking again changes nothing, and tells the number', () => {
  const notify = new Notify(new Map([[',1', 0]]));
  notify.tracing.add(',1');
  notify.step();
  expect(notify.tracing.add(',1')).toBe(answered(1));
  expect(notify.step()).toEqual([',1']);
});

test('steps that nobody was told yet go out before one more is told', () => {
  const notify = new Notify(new Map([[',1', 0], [',2', 0]]));
  notify.tracing.add(',1');
  notify.tracing.step('a', 'WANT_DOWN', serviceTable.leaves, up, down);
  expect(notify.tracing.add(',2')).toBe(answered(1));
  expect(notify.sent.map(({ to }) => to)).toEqual([',1']);
});

test('only sockets in notify/ are told, by whatever path they were reached', () => {
  const notify = new Notify(new Map([[',1', 0]]));
  expect(notify.tracing.add('/elsewhere/s')).toBeNull();
  expect(notify.tracing.add('/r/notify/../s')).toBeNull();
  expect(notify.tracing.add('/r/')).toBeNull();
  expect(notify.tracing.add('/a/link/to/notify/,1')).toBe(answered(0));
  expect(notify.step()).toEqual([',1']);
});

test('there is room for so many; the dead make room', () => {
  const names = Array.from({ length: tracersMax + 1 }, (_, index) => `,${String(index)}`);
  const notify = new Notify(new Map(names.map((name) => [name, 0])));
  for (const name of names.slice(0, -1)) expect(notify.tracing.add(name)).not.toBeNull();
  expect(notify.tracing.add(names[tracersMax] ?? '')).toBeNull();
  notify.sockets.set(',3', -ECONNREFUSED);
  expect(notify.tracing.add(names[tracersMax] ?? '')).not.toBeNull();
  expect(notify.step()).toEqual(names.filter((name) => name !== ',3'));
});

test('at the end what is written down goes out, and nothing more', () => {
  const notify = new Notify(new Map([[',1', 0]]));
  notify.tracing.add(',1');
  notify.tracing.step('a', 'WANT_DOWN', serviceTable.leaves, up, down);
  notify.tracing.close();
  expect(notify.sent).toHaveLength(1);
  expect(notify.step()).toEqual([]);
});
