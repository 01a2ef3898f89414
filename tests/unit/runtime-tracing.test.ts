/** Who is told of steps, and in which datagrams (docs/trace.md, On the wire). */
import { describe, expect, test } from 'vitest';
import type { Os } from '../../runtime/os.js';
import { Tag } from '../../runtime/protocol.js';
import { stepsBytesMax, tracersMax, Tracing } from '../../runtime/tracing.js';
import { decodeReplies } from '../../runtime/wire-replies.js';
import { packet, u32 } from '../../runtime/wire.js';
import { STAY } from '../../table/format.js';
import type { Leaf, Row } from '../../table/format.js';

const EAGAIN = 11;
const leaf = (name: string): Leaf => ({ name }) as Leaf;
const leaves = [leaf('DOWN'), leaf('UP')];
const row = (target: number, ...actions: readonly string[]): Row => ({ target, actions }) as unknown as Row;

/** Sockets in `/r/notify`, and what they were sent. */
class Stage {
  readonly sent: { readonly to: string; readonly data: string }[] = [];
  /** Sockets that nobody receives on. */
  readonly gone = new Set<string>();
  readonly answers = new Map<string, number>();
  readonly tracing: Tracing;

  constructor() {
    const os: Partial<Os> = {
      errno: { EAGAIN } as Partial<Os['errno']> as Os['errno'],
      probe: (path) => (path.startsWith('/r/notify/') && !this.gone.has(path) ? 0 : -111),
      send: (fd, to, data, waitMs) => {
        expect([fd, waitMs]).toEqual([7, 0]);
        this.sent.push({ to, data });
        return this.answers.get(to) ?? 0;
      },
    };
    this.tracing = new Tracing(os as Os, 7, '/r/notify');
  }

  /** A step of `a`, from DOWN to UP. */
  step(name = 'a'): void {
    this.tracing.step(name, 'WANT_UP', leaves, 0, row(1, 'launch', 'announce'));
  }

  get told(): readonly { readonly to: string; readonly data: string }[] {
    this.tracing.flush();
    return this.sent.splice(0);
  }
}

const numbered = (next: number): string => packet(Tag.STEPS, u32(next));
const answer = (next: number): string => packet(Tag.OK) + numbered(next);

describe('TRACE', () => {
  test('makes the sender a tracer, by its file name in notify/, and says which step is the next', () => {
    const stage = new Stage();
    stage.step();
    expect(stage.tracing.add('/other/path/to/notify/,5_1')).toBe(answer(1));
    stage.step();
    const [datagram, ...rest] = stage.told;
    expect([datagram?.to, rest]).toEqual(['/r/notify/,5_1', []]);
    expect(decodeReplies(datagram?.data ?? '')).toEqual([
      { kind: 'steps', next: 1 },
      { kind: 'step', step: { name: 'a', event: 'WANT_UP', from: 'DOWN', to: 'UP', actions: ['launch', 'announce'] } },
    ]);
  });

  test('asked again changes nothing, and what was written down before is told before the answer', () => {
    const stage = new Stage();
    stage.tracing.add('t');
    stage.step();
    expect(stage.tracing.add('t')).toBe(answer(1));
    expect(stage.sent.splice(0)).toHaveLength(1);
    stage.step();
    expect(stage.told.map(({ to }) => to)).toEqual(['/r/notify/t']);
  });

  test('is refused for what is no socket in notify/', () => {
    const stage = new Stage();
    stage.gone.add('/r/notify/t');
    expect(stage.tracing.add('t')).toBeNull();
    stage.step();
    expect(stage.told).toEqual([]);
  });

  test('is refused for the ninth, unless one of the eight has gone', () => {
    const stage = new Stage();
    expect(tracersMax).toBe(8);
    for (let index = 0; index < 8; index++) expect(stage.tracing.add(`t${String(index)}`)).toBe(answer(0));
    expect(stage.tracing.add('t8')).toBeNull();
    expect(stage.tracing.add('t7')).toBe(answer(0));
    stage.gone.add('/r/notify/t3');
    expect(stage.tracing.add('t8')).toBe(answer(0));
    stage.step();
    expect(stage.told.map(({ to }) => to.slice('/r/notify/'.length))).toEqual(['t0', 't1', 't2', 't4', 't5', 't6', 't7', 't8']);
  });
});

describe('a step', () => {
  test('that stays, or is ignored, has the leaf it is in twice', () => {
    const stage = new Stage();
    stage.tracing.add('t');
    stage.tracing.step('a', 'TIMER', leaves, 1, row(STAY, 'kill'));
    stage.tracing.step('', 'RESCAN_ASKED', leaves, 1, null);
    const data = stage.told[0]?.data ?? '';
    expect(data).toBe(`${numbered(0)}${packet(Tag.STEP, 'a\0TIMER\0UP\0UP\0kill')}${packet(Tag.STEP, '\0RESCAN_ASKED\0UP\0UP')}`);
  });

  test('is counted also when nobody traces it; its number is that of the first in its datagram', () => {
    const stage = new Stage();
    stage.step();
    stage.step();
    expect(stage.tracing.number()).toBe(numbered(2));
    expect(stage.tracing.add('t')).toBe(answer(2));
    stage.step();
    stage.step();
    expect(stage.tracing.number()).toBe(numbered(4));
    stage.step();
    expect(stage.told[0]?.data.startsWith(numbered(2))).toBe(true);
    stage.step();
    expect(stage.told[0]?.data.startsWith(numbered(5))).toBe(true);
  });

  test('is told in datagrams of bounded length, as full as they can be, and none without a step', () => {
    const stage = new Stage();
    stage.tracing.add('t');
    expect(stage.told).toEqual([]);
    // Steps of 100 bytes as long as they fit beside the number of the first, and one that fills what is left.
    const length = packet(Tag.STEP, '\0WANT_UP\0DOWN\0UP\0launch\0announce').length;
    const count = Math.floor((stepsBytesMax - numbered(0).length) / 100);
    const left = stepsBytesMax - numbered(0).length - count * 100;
    const fill = (): void => {
      for (let index = 0; index < count - 1; index++) stage.step('x'.repeat(100 - length));
    };
    fill();
    expect(stage.sent).toEqual([]);
    stage.step('y'.repeat(100 + left - length));
    expect(stage.sent).toEqual([]);
    stage.step('z');
    expect(stage.sent.map(({ data }) => data.length)).toEqual([stepsBytesMax]);
    expect(stage.sent.splice(0)[0]?.data.startsWith(numbered(0))).toBe(true);
    expect(stage.told.map(({ data }) => data.slice(0, 7))).toEqual([numbered(count)]);
    fill();
    stage.step('y'.repeat(100 + left - length + 1));
    expect(stage.sent.map(({ data }) => data.length)).toEqual([stepsBytesMax - left - 100]);
  });
});

describe('a tracer', () => {
  test('that is full misses a datagram and stays', () => {
    const stage = new Stage();
    stage.tracing.add('t');
    stage.answers.set('/r/notify/t', -EAGAIN);
    stage.step();
    expect(stage.told).toHaveLength(1);
    stage.step();
    expect(stage.told).toHaveLength(1);
  });

  test('that cannot be reached is one no longer, and the others are', () => {
    const stage = new Stage();
    stage.tracing.add('t');
    stage.tracing.add('u');
    stage.answers.set('/r/notify/t', -111);
    stage.step();
    expect(stage.told).toHaveLength(2);
    stage.step();
    expect(stage.told.map(({ to }) => to)).toEqual(['/r/notify/u']);
  });

  test('is told the last steps when the control socket is closed, and nothing more', () => {
    const stage = new Stage();
    stage.tracing.add('t');
    stage.step();
    stage.tracing.close();
    expect(stage.sent.splice(0)).toHaveLength(1);
    stage.step();
    expect(stage.told).toEqual([]);
  });
});
