/** Lives made by hand: what a tracer is told (docs/trace.md). */
import { describe, expect, test } from 'vitest';
import type { ClientRequest } from '../runtime/protocol.js';
import { decodeReplies } from '../runtime/wire-replies.js';
import type { Item } from '../runtime/wire-replies.js';
import { plain } from './sim/choice.js';
import { live } from './sim/life.js';
import { notifyDirectory } from './sim/layout.js';
import { quiet } from './sim/scenario.js';
import type { Scenario } from './sim/scenario.js';

/** All that is sent to clients, in its order; without announcements. */
function sent(scenario: Partial<Scenario>): readonly (readonly Item[])[] {
  const datagrams: (readonly Item[])[] = [];
  live({ ...quiet, ...scenario }, plain, (os) => {
    const send = os.send.bind(os);
    os.send = (fd, to, data, ...rest): ReturnType<typeof send> => {
      const isClient = to.startsWith(`${notifyDirectory}/`) && !to.endsWith('auditor');
      const items = decodeReplies(data).filter(({ kind }) => kind !== 'announcement');
      if (isClient && items.length > 0) datagrams.push(items);
      return send(fd, to, data, ...rest);
    };
  });
  return datagrams;
}

const ask = (at: number, request: ClientRequest, manner: 'waits' | 'stays' | 'unbound' = 'waits'): Scenario['commands'][number] => ({
  at,
  command: { kind: 'ask', request, manner },
});
const down = { run: [{}], down: true };

describe('TRACE', () => {
  test('is answered with the number of the next step, and each step is told before what it is answered with', () => {
    const all = sent({ services: { a: down }, commands: [ask(100, { kind: 'trace' }, 'stays'), ask(200, { kind: 'down', name: 'a' })] });
    const [first, steps, answer] = all;
    expect(first?.map(({ kind }) => kind)).toEqual(['ok', 'steps']);
    const next = first?.[1];
    if (next?.kind !== 'steps') throw new Error('no number');
    expect(steps).toEqual([
      { kind: 'steps', next: next.next },
      { kind: 'step', step: { name: 'a', event: 'WANT_DOWN', from: 'DOWN.fresh', to: 'DOWN.fresh', actions: ['forgetIfGone'] } },
    ]);
    expect(answer).toEqual([{ kind: 'ok' }]);
  });

  test('without a sender makes nobody a tracer', () => {
    const all = sent({ services: { a: down }, commands: [ask(100, { kind: 'trace' }, 'unbound'), ask(200, { kind: 'down', name: 'a' })] });
    expect(all.map((items) => items.map(({ kind }) => kind))).toEqual([['ok'], ['ok']]);
  });

  test('tells of the system and of services to the end, when the socket is closed', () => {
    const all = sent({ services: { a: { run: [{}] } }, commands: [ask(100, { kind: 'trace' }, 'stays')] });
    const steps = all.flat().flatMap((item) => (item.kind === 'step' ? [`${item.step.name} ${item.step.event}`] : []));
    expect(steps).toContain('a TIMER');
    expect(steps).toContain(' SHUTDOWN_ASKED');
    expect(steps).toContain('a WANT_DOWN');
    expect(steps.at(-1)).toBe(' LOGGERS_DOWN');
  });
});

describe('LEAVES', () => {
  test('has where it starts, the leaf of the system, the number of the next step, and each service with its leaf', () => {
    const commands = [ask(3000, { kind: 'leaves', start: 0 }), ask(3001, { kind: 'leaves', start: 1 })];
    const [page, rest] = sent({ services: { a: down, b: { run: [{}] } }, commands });
    expect(page?.[0]).toEqual({ kind: 'page', start: 0 });
    expect(page?.[1]).toMatchObject({ kind: 'steps' });
    expect(page?.slice(2, 4)).toMatchObject([
      { kind: 'service', fields: { name: 'a', leaf: 'DOWN.fresh' } },
      { kind: 'service', fields: { name: 'b', leaf: 'UP' } },
    ]);
    expect(page?.at(-1)).toEqual({ kind: 'fields', fields: { leaf: 'run' } });
    expect(rest).toMatchObject([{ kind: 'page', start: 1 }, { kind: 'steps' }, { kind: 'service', fields: { name: 'b' } }, { kind: 'fields' }]);
  });
});
