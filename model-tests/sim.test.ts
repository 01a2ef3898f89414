/**
 * The simulated system is what it says: pipes fill, queues are bounded, pids are used again, signals wait; and resources return
 * to where they were (behaviour.md §4, §5, §7; runtime/os.ts).
 */
import { describe, expect, test } from 'vitest';
import { violationsOf } from './properties/all.js';
import { ListedChooser, plain, RecordingChooser, SeededChooser } from './sim/choice.js';
import { live } from './sim/life.js';
import { quiet } from './sim/scenario.js';
import type { Scenario } from './sim/scenario.js';
import { sequenceDiagram, timeline } from './sim/show.js';
import type { Entry, Life } from './sim/trace.js';

function run(scenario: Partial<Scenario>): Life {
  const whole = { ...quiet, ...scenario };
  const life = live(whole, plain);
  expect(violationsOf(whole, life)).toEqual([]);
  return life;
}

function states(life: Life, service: string): readonly number[] {
  return life.trace.flatMap((entry) => (entry.type === 'announced' && entry.service === service ? [entry.state] : []));
}

function of<T extends Entry['type']>(life: Life, type: T): readonly Extract<Entry, { type: T }>[] {
  return life.trace.filter((entry): entry is Extract<Entry, { type: T }> => entry.type === type);
}

describe('lives (behaviour.md §3)', () => {
  test('a service without notification-fd: STARTING, UP after STARTING, SHUTDOWN, DOWN', () => {
    const life = run({ services: { a: { run: [{}] } } });
    expect(states(life, 'a')).toEqual([3, 4, 6, 1]);
    expect(of(life, 'announced').map(({ at }) => at)).toEqual([2, 2002, 10_001, 10_001]);
  });

  test('one that reports: UP at its newline', () => {
    const life = run({ services: { a: { run: [{ ready: { at: 70, text: 'yes\n' } }], notificationFd: '3' } } });
    expect(of(life, 'announced').map(({ at, state }) => [at, state])).toContainEqual([72, 4]);
  });

  test.each([
    ['ENOENT', [8, 1]],
    ['EMFILE', [9, 9, 9, 9, 9, 1]],
  ] as const)('an exec that fails with %s', (fails, shown) => {
    expect(states(run({ services: { a: { run: [{ fails }] } } }), 'a')).toEqual(shown);
  });

  test('a process that ignores the signal is killed after SHUTDOWN', () => {
    const life = run({ services: { a: { run: [{ onSignal: 'ignores' }] } } });
    expect(of(life, 'signalled').map(({ at, signal }) => [at, signal])).toEqual([[10_001, 15], [10_001, 18], [17_001, 9]]);
  });

  test('an exec that hangs stops nobody else (behaviour.md §4)', () => {
    const life = run({ services: { a: { run: [{ hangs: 5000 }] }, b: { run: [{}] } } });
    expect(states(life, 'b')).toEqual([3, 4, 6, 1]);
    expect(of(life, 'announced').find(({ service }) => service === 'a')?.at).toBe(5002);
  });
});

describe('the world', () => {
  test('a full pipe holds up its writer until there is room', () => {
    const services: Scenario['services'] = {
      a: { run: [{ writes: [{ at: 1, bytes: 250 }] }], log: '../l' },
      l: { run: [{ reads: 40, onSignal: 'drains' }] },
    };
    const life = run({ pipeBytes: 100, services });
    expect(of(life, 'wrote').map(({ bytes }) => bytes)).toEqual([100, 100, 50]);
    expect(of(life, 'read').reduce((sum, { bytes }) => sum + bytes, 0)).toBe(250);
  });

  test('a listener that reads nothing gets what fits, and blocks nobody (behaviour.md §7)', () => {
    const asks = Array.from({ length: 15 }, (_, index) => ({
      at: 100 + index,
      command: { kind: 'ask' as const, request: { kind: 'ready' as const, name: 'a' }, manner: 'stays' as const },
    }));
    const life = run({ services: { a: { run: [{}] } }, commands: asks });
    expect(of(life, 'dropped').length).toBeGreaterThan(0);
    expect(states(life, 'a').slice(-2)).toEqual([6, 1]);
  });

  test('pids are used again', () => {
    const life = run({ pids: 3, services: { a: { run: [{ lasts: 1100 }] } } });
    const pids = of(life, 'forked').map(({ pid }) => pid);
    expect(pids.length).toBeGreaterThan(3);
    expect(new Set(pids).size).toBe(3);
  });

  test.each([
    ['process', 'exit 0'],
    ['container', 'exit 0'],
    ['machine', 'poweroff'],
  ] as const)('the end as a %s (behaviour.md §6 Final)', (mode, how) => {
    const life = run({ mode, services: { a: { run: [{ orphan: 60_000, lasts: 1000 }] } } });
    expect(life.how).toBe(how);
    expect(life.rest.children).toEqual([]);
  });
});

describe('choices', () => {
  const scenario: Scenario = { ...quiet, faultsMax: 3, services: { a: { run: [{ lasts: 300 }] }, b: { setup: [{ lasts: 5 }], run: [{}], log: '../a' } } };

  test('the same seed gives the same life, and so does the list of its choices', () => {
    for (let seed = 0; seed < 50; seed++) {
      const recorder = new RecordingChooser(new SeededChooser(seed));
      const life = live(scenario, recorder);
      expect(live(scenario, new SeededChooser(seed)).trace).toEqual(life.trace);
      expect(live(scenario, new ListedChooser(recorder.choices)).trace).toEqual(life.trace);
    }
  });

  test('other seeds give other lives, with faults', () => {
    const lives = Array.from({ length: 30 }, (_, seed) => live(scenario, new SeededChooser(seed)));
    expect(new Set(lives.map(({ trace }) => timeline(trace))).size).toBeGreaterThan(20);
    expect(lives.some(({ faults }) => faults > 0)).toBe(true);
  });
});

describe('what an order of events once broke', () => {
  test('a child that ends while a request for all is answered is reaped (architecture.md, Runtime: reap everything)', () => {
    const list = { at: 101, command: { kind: 'ask' as const, request: { kind: 'list' as const, start: 0 }, manner: 'waits' as const } };
    const scenario: Scenario = { ...quiet, services: { a: { run: [{ lasts: 100 }] } }, commands: [list] };
    // nitro is woken as soon as there is the request, and the process ends after nitro looked for those that did.
    const life = live(scenario, { choose: (_n, kind) => (kind === 'more' ? 1 : 0) });
    expect(violationsOf(scenario, life)).toEqual([]);
    expect(of(life, 'reaped')[0]?.at).toBe(102);
  });

  test('SYS/final gets the number that the control socket had, and is waited for without a busy loop (behaviour.md §6 Final 2)', () => {
    const life = run({ sys: { final: [{ lasts: 5000 }] } });
    expect(life.rest.calls).toBeLessThan(100);
  });
});

test('services and loggers that come and go leave no descriptor behind (behaviour.md §5: a pipe is closed when its logger is forgotten)', () => {
  const plan = { run: [{ writes: [{ at: 1, bytes: 9 }] }], notificationFd: '5', log: '../l' };
  const logger = { run: [{ reads: 1, onSignal: 'drains' as const }] };
  const rescan = { kind: 'ask' as const, request: { kind: 'rescan' as const }, manner: 'waits' as const };
  const commands = Array.from({ length: 100 }, (_, turn) => {
    const at = 10 + turn * 100;
    return [
      { at, command: { kind: 'edit' as const, edit: { kind: 'put' as const, name: 'a', plan } } },
      { at, command: { kind: 'edit' as const, edit: { kind: 'put' as const, name: 'l', plan: logger } } },
      { at: at + 1, command: rescan },
      { at: at + 50, command: { kind: 'edit' as const, edit: { kind: 'remove' as const, name: 'a' } } },
      { at: at + 50, command: { kind: 'edit' as const, edit: { kind: 'remove' as const, name: 'l' } } },
      { at: at + 51, command: rescan },
    ];
  }).flat();
  const life = run({ commands, endsAt: 30_000 });
  expect(of(life, 'forked').length).toBe(200);
  expect(life.rest).toMatchObject({ logPipes: 0, otherDescriptors: 0, watched: 0, children: [] });
});

test('a life is drawn as a timeline and as a sequence diagram', () => {
  const { trace } = run({ services: { a: { run: [{}] } } });
  expect(timeline(trace, new Map([[1, 'here']]))).toContain('>>>  here');
  const diagram = sequenceDiagram(trace);
  expect(diagram.split('\n')[0]).toBe('sequenceDiagram');
  expect(diagram).toContain('nitro->>a: is UP');
});
