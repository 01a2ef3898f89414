/** Lives made by hand: what is asked of nitro, and what it answers (protocol.md, Replies). */
import { describe, expect, test } from 'vitest';
import { State } from '../runtime/protocol.js';
import type { ClientRequest } from '../runtime/protocol.js';
import { decodeReplies } from '../runtime/wire-replies.js';
import { violationsOf } from './properties/all.js';
import { plain } from './sim/choice.js';
import { S } from './sim/errors.js';
import { live } from './sim/life.js';
import type { SimulatedOs } from './sim/os.js';
import { quiet } from './sim/scenario.js';
import type { Command, Scenario } from './sim/scenario.js';
import type { Life } from './sim/trace.js';

type Asked = readonly [at: number, request: ClientRequest];
type Name = 'up' | 'down' | 'restart' | 'ready' | 'query';

const of = (kind: Name, name: string): ClientRequest => ({ kind, name });
const signal = (number: number, name: string): ClientRequest => ({ kind: 'signal', signal: number, name });
const ok = [{ kind: 'ok' }];
const noSuchService = [{ kind: 'noSuchService' }];
const unknownCommand = [{ kind: 'unknownCommand' }];

function lives(scenario: Partial<Scenario>, prepare?: (os: SimulatedOs) => void): Life {
  const whole = { ...quiet, ...scenario };
  const life = live(whole, plain, prepare);
  if (prepare === undefined) expect(violationsOf(whole, life)).toEqual([]);
  return life;
}

/** What is asked at these times is answered with these items, in the same order; without what is asked at the end of the life. */
function answers(asked: readonly Asked[], scenario: Partial<Scenario>, prepare?: (os: SimulatedOs) => void): readonly (readonly unknown[])[] {
  const commands = asked.map(([at, request]): Scenario['commands'][number] => ({ at, command: { kind: 'ask', request, manner: 'waits' } }));
  const all = [...commands, ...(scenario.commands ?? [])].sort((one, other) => one.at - other.at);
  const life = lives({ ...scenario, commands: all }, prepare);
  const data = life.trace.flatMap((entry) => (entry.type === 'answered' ? [decodeReplies(entry.data)] : []));
  return data.slice(0, asked.length);
}

/** The states in which a service is announced to be. */
function states(life: Life, name: string): readonly number[] {
  return life.trace.flatMap((entry) => (entry.type === 'announced' && entry.service === name ? [entry.state] : []));
}

const down = { run: [{}], down: true };

describe('UP, DOWN, RESTART, READY', () => {
  test('of a service that is known are OK, whatever state it is in', () => {
    const asked: Asked[] = (['up', 'down', 'restart', 'ready'] as const).map((kind, index) => [100 + index, of(kind, 'a')]);
    expect(answers(asked, { services: { a: { run: [{}] } } })).toEqual([ok, ok, ok, ok]);
    expect(answers(asked, { services: { a: down } })).toEqual([ok, ok, ok, ok]);
  });

  test('one that is not known is made by UP and RESTART, if it could be one; by DOWN and READY never', () => {
    const put: Command = { kind: 'edit', edit: { kind: 'put', name: 'a', plan: { run: [{}] } } };
    const commands = [{ at: 50, command: put }];
    for (const kind of ['up', 'restart'] as const) {
      expect(answers([[100, of(kind, 'a')], [101, of('query', 'a')]], { commands })[0]).toEqual(ok);
      expect(answers([[100, of(kind, 'b')]], { commands })).toEqual([noSuchService]);
    }
    for (const kind of ['down', 'ready'] as const) {
      expect(answers([[100, of(kind, 'a')], [101, of('query', 'a')]], { commands })).toEqual([noSuchService, noSuchService]);
    }
  });

  test.each(['', 'a,b', 'a\nb', '.', '..', 'w@', 'SYS', 'x'.repeat(64), 'a\0'])('the name %j is ESRCH (behaviour.md §7)', (name) => {
    expect(answers([[100, of('up', name)]], { services: { a: { run: [{}] }, 'w@': { run: [{}] } } })).toEqual([noSuchService]);
  });

  test('first the present state is announced, also to the one who asks, and then comes OK', () => {
    const life = lives({ services: { a: down }, commands: [{ at: 100, command: { kind: 'ask', request: of('down', 'a'), manner: 'waits' } }] });
    const place = life.trace.findIndex(({ type }) => type === 'received');
    expect(life.trace.slice(place + 1, place + 3).map(({ type }) => type)).toEqual(['announced', 'answered']);
    expect(states(life, 'a')[0]).toBe(State.DOWN);
  });

  test('while nitro goes down a service that is not known is not made, and what is asked is OK and ignored (behaviour.md §6)', () => {
    const put: Command = { kind: 'edit', edit: { kind: 'put', name: 'b', plan: { run: [{}] } } };
    const services = { a: { run: [{ onSignal: 3000 }] } };
    const commands: Scenario['commands'] = [
      { at: 50, command: put },
      { at: 100, command: { kind: 'signal', signal: 'TERM' } },
    ];
    const asked: Asked[] = [[200, of('up', 'b')], [201, of('restart', 'b')], [202, of('up', 'c')], [203, of('query', 'b')], [204, of('up', 'a')]];
    expect(answers(asked, { services, commands })).toEqual([ok, ok, noSuchService, noSuchService, ok]);
  });
});

describe('SYS, while one of its scripts runs (behaviour.md §6)', () => {
  const sys: Scenario['sys'] = { setup: [{ lasts: 5000, onSignal: 'dies' }] };

  test('is taken for a service that UP, RESTART and READY do nothing to', () => {
    const asked = (['up', 'restart', 'ready', 'query', 'query'] as const).map((kind, index): Asked => [100 + index * 1100, of(kind, 'SYS')]);
    const fields = { state: State.SETUP, pid: 0, wstatus: 0, setupPid: 100 };
    expect(answers(asked, { sys })).toEqual([
      ok,
      ok,
      ok,
      [{ kind: 'fields', fields: { ...fields, uptime: 3 } }],
      [{ kind: 'fields', fields: { ...fields, uptime: 4 } }],
    ]);
  });

  test('is announced at each of them, as it is', () => {
    const commands: Scenario['commands'] = [{ at: 100, command: { kind: 'ask', request: of('up', 'SYS'), manner: 'waits' } }];
    expect(states(lives({ sys, commands }), 'SYS')).toEqual([State.SETUP, State.SETUP, State.DOWN]);
  });

  test('DOWN ends SYS/setup, by its signal, and the system comes up', () => {
    const commands: Scenario['commands'] = [{ at: 100, command: { kind: 'ask', request: of('down', 'SYS'), manner: 'waits' } }];
    const life = lives({ sys, services: { a: { run: [{}] } }, commands });
    expect(states(life, 'SYS')).toEqual([State.SETUP, State.SHUTDOWN, State.SHUTDOWN, State.DOWN]);
    expect(states(life, 'a')).toEqual([State.STARTING, State.UP, State.SHUTDOWN, State.DOWN]);
  });

  test('DOWN makes a service known then, which the scan leaves DOWN', () => {
    const asked: Asked[] = [[100, of('down', 'a')], [101, of('down', 'nobody')], [102, of('ready', 'b')], [8000, of('query', 'a')], [8001, of('query', 'b')]];
    const [first, second, third, a, b] = answers(asked, { sys, services: { a: { run: [{}] }, b: { run: [{}] } } });
    expect([first, second, third]).toEqual([ok, noSuchService, noSuchService]);
    expect(a).toMatchObject([{ fields: { state: State.DOWN } }]);
    expect(b).toMatchObject([{ fields: { state: State.UP } }]);
  });

  test('is the first of LIST, and counts in INFO', () => {
    const services = { a: { run: [{}] }, b: { run: [{}] } };
    const requests: readonly ClientRequest[] = [of('up', 'a'), { kind: 'list', start: 0 }, { kind: 'list', start: 1 }, { kind: 'info' }];
    const asked: Asked[] = [...requests.map((request, index): Asked => [100 + index, request]), [9000, { kind: 'info' }]];
    const [, all, rest, during, later] = answers(asked, { sys, services });
    expect(all).toMatchObject([{ fields: { name: 'SYS', state: State.SETUP } }, { fields: { name: 'a', state: State.STARTING } }]);
    expect(rest).toMatchObject([{ fields: { name: 'a' } }]);
    expect(during).toEqual([{ kind: 'fields', fields: { nitroPid: 50, pid: 50, maxService: 2, totalReaps: 0, totalServiceReaps: 0 } }]);
    expect(later).toEqual([{ kind: 'fields', fields: { nitroPid: 50, pid: 50, maxService: 2, totalReaps: 1, totalServiceReaps: 0 } }]);
  });

  test('is not there when none runs', () => {
    const asked: Asked[] = (['up', 'down', 'restart', 'ready', 'query'] as const).map((kind, index) => [100 + index, of(kind, 'SYS')]);
    expect(answers(asked, {})).toEqual([noSuchService, noSuchService, noSuchService, noSuchService, noSuchService]);
    expect(answers([[100, { kind: 'list', start: 0 }]], {})).toEqual([[]]);
  });
});

describe('QUERY', () => {
  test('tells of the processes, how the last one ended, and for how many whole seconds it has been so', () => {
    const service = { setup: [{ lasts: 500 }], run: [{ lasts: 3500, exit: 3 }], finish: [{ lasts: 5000 }] };
    const asked: Asked[] = [400, 502, 1500, 1501, 3000, 4900, 5100].map((at) => [at, of('query', 'a')]);
    const none = { pid: 0, wstatus: 0 };
    expect(answers(asked, { services: { a: service } }).map(([item]) => item)).toEqual([
      { kind: 'fields', fields: { ...none, state: State.SETUP, uptime: 0, setupPid: 100 } },
      { kind: 'fields', fields: { ...none, state: State.STARTING, pid: 101, uptime: 0 } },
      { kind: 'fields', fields: { ...none, state: State.STARTING, pid: 101, uptime: 0 } },
      { kind: 'fields', fields: { ...none, state: State.STARTING, pid: 101, uptime: 1 } },
      { kind: 'fields', fields: { ...none, state: State.UP, pid: 101, uptime: 2 } },
      { kind: 'fields', fields: { ...none, state: State.RESTART, wstatus: 3 << 8, uptime: 0, finishPid: 102 } },
      { kind: 'fields', fields: { ...none, state: State.RESTART, wstatus: 3 << 8, uptime: 1, finishPid: 102 } },
    ]);
  });

  test('of an exec that failed: wait status -1 (protocol.md, WSTATUS)', () => {
    const [item] = answers([[100, of('query', 'a')]], { services: { a: { run: [{ fails: 'EACCES' }] } } })[0] ?? [];
    expect(item).toMatchObject({ fields: { state: State.FATAL, pid: 0, wstatus: -1 } });
  });

  test('a life that goes well forgets how the one before ended', () => {
    const asked: Asked[] = [[100, of('query', 'a')], [2500, of('query', 'a')]];
    const [before, after] = answers(asked, { services: { a: { run: [{ lasts: 5, exit: 7 }, {}] } } });
    expect(before).toMatchObject([{ fields: { state: State.DELAY, wstatus: 7 << 8 } }]);
    expect(after).toMatchObject([{ fields: { state: State.STARTING, wstatus: 0 } }]);
  });
});

describe('SIGNAL', () => {
  const services = { a: { run: [{ onSignal: 'ignores' as const }] }, d: down, s: { setup: [{}] } };

  test('is OK for the ten signals of behaviour.md §8, and goes to run', () => {
    const ten = [S.STOP, S.CONT, S.HUP, S.ALRM, S.INT, S.QUIT, S.USR1, S.USR2, S.TERM, S.KILL];
    const commands = ten.map((number, index): Scenario['commands'][number] => ({
      at: 100 + index,
      command: { kind: 'ask', request: signal(number, 'a'), manner: 'waits' },
    }));
    const life = lives({ services, commands, endsAt: 105 + ten.length });
    const sent = life.trace.flatMap((entry) => (entry.type === 'signalled' && entry.at < 111 ? [entry.signal] : []));
    expect(sent).toEqual(ten);
    const replies = life.trace.flatMap((entry) => (entry.type === 'answered' ? [decodeReplies(entry.data)] : []));
    expect(replies.slice(0, ten.length)).toEqual(ten.map(() => ok));
  });

  test('is ESRCH for any other, for a service that runs nothing or that only has a setup running, and for nobody', () => {
    const requests = [signal(S.PIPE, 'a'), signal(0, 'a'), signal(S.TERM, 'd'), signal(S.TERM, 's'), signal(S.TERM, 'x')];
    const asked = requests.map((request, index): Asked => [100 + index, request]);
    expect(answers(asked, { services })).toEqual(asked.map(() => noSuchService));
  });

  test('is ESRCH if it cannot be sent', () => {
    const refuses = (os: SimulatedOs): void => {
      const kill = os.kill.bind(os);
      os.kill = (pid, number): number => (number === S.HUP ? -1 : kill(pid, number));
    };
    expect(answers([[100, signal(S.HUP, 'a')], [101, signal(S.USR1, 'a')]], { services }, refuses)).toEqual([noSuchService, ok]);
  });
});

describe('INFO and LIST', () => {
  test('count the services that are known, and the children that were reaped, whoever they belonged to', () => {
    const services = { a: { run: [{ lasts: 1500, orphan: 100 }, {}] }, d: down };
    const [info] = answers([[4000, { kind: 'info' }]], { mode: 'container', services });
    expect(info).toEqual([{ kind: 'fields', fields: { nitroPid: 1, pid: 1, maxService: 2, totalReaps: 2, totalServiceReaps: 1 } }]);
  });

  test('list all in the order in which they came to be known, from any number on', () => {
    const services = { b: down, a: { run: [{}] }, c: down };
    const asked = [0, 1, 3, 9].map((start, index): Asked => [100 + index, { kind: 'list', start }]);
    const names = answers(asked, { services }).map((items) => items.map((item) => (item as { readonly fields: { readonly name: string } }).fields.name));
    expect(names).toEqual([['a', 'b', 'c'], ['b', 'c'], [], []]);
  });
});

describe('datagrams that are no requests', () => {
  const raw = (data: string): Command => ({ kind: 'datagram', data });

  test('an unknown tag is ENOSYS, a payload that makes no sense ESRCH, and what is too short is not answered', () => {
    const commands = ['\0\0\xc8', '\x02\0\x7cxy', '\0', '\x05\0\x78a', '\0\0\x81'].map((data, index) => ({ at: 100 + index, command: raw(data) }));
    const life = lives({ commands });
    const replies = life.trace.flatMap((entry) => (entry.type === 'answered' ? [decodeReplies(entry.data)] : []));
    expect(replies.slice(0, -1)).toEqual([unknownCommand, noSuchService, noSuchService]);
  });

  test('a request without a sender is carried out and not answered', () => {
    const commands: Scenario['commands'] = [{ at: 100, command: { kind: 'ask', request: of('up', 'a'), manner: 'unbound' } }];
    const life = lives({ services: { a: down }, commands });
    expect(states(life, 'a')).toContain(State.STARTING);
    expect(life.trace.filter(({ type }) => type === 'answered')).toHaveLength(1);
  });
});
