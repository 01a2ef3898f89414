/** Who is brought down when, at the end (behaviour.md §5, last paragraph, and §6 Shutdown 3). */
import { describe, expect, test } from 'vitest';
import type { Console } from '../../runtime/console.js';
import type { Lifecycle } from '../../runtime/lifecycle.js';
import type { Logs } from '../../runtime/logs.js';
import type { Pipes } from '../../runtime/pipes.js';
import { Services } from '../../runtime/service.js';
import type { Service } from '../../runtime/service.js';
import { Stopping } from '../../runtime/stopping.js';
import { serviceTable } from '../../table/service.js';

const leafOf = (state: string): number => serviceTable.leaves.findIndex((leaf) => leaf.state === state);

interface Plan {
  /** The logger that its link names, and the one that its present life writes to. */
  readonly log?: string;
  readonly pipe?: string;
  readonly state?: string;
}

/** Services, the order in which they are told to go, and what is said. */
class Stage {
  readonly services = new Services(() => 0);
  readonly stopping: Stopping;
  said = '';
  private told: string[] = [];

  constructor(plans: Readonly<Record<string, Plan>>) {
    for (const [name, { pipe, state = 'UP' }] of Object.entries(plans)) {
      const service = this.services.create(name);
      service.leaf = leafOf(state);
      if (pipe !== undefined) service.pipe = { logger: pipe, read: 3, write: 4, holders: 1 };
    }
    const console: Pick<Console, 'raw'> = { raw: (text) => void (this.said += text) };
    const logs: Pick<Logs, 'isLogger' | 'loggerOf'> = {
      isLogger: (name) => Object.values(plans).some(({ log }) => log === name),
      loggerOf: ({ name }) => plans[name]?.log ?? null,
    };
    const pipes: Pick<Pipes, 'isHeld'> = { isHeld: (name) => Object.values(plans).some(({ pipe }) => pipe === name) };
    const lifecycle: Pick<Lifecycle, 'post'> = {
      post: (service, event) => {
        expect(event).toBe('WANT_DOWN');
        service.stopDeadline = 7000;
        this.told.push(service.name);
      },
    };
    this.stopping = new Stopping(console as Console, this.services, logs as Logs, pipes as Pipes, lifecycle as Lifecycle);
  }

  find(name: string): Service {
    return this.services.find(name) ?? this.services.create(name);
  }

  /** Who was told to go since the last time. */
  get goes(): readonly string[] {
    return this.told.splice(0);
  }

  /** It came to rest, as the system hears of it; true: it was the last that was waited for. */
  rests(name: string): boolean {
    const service = this.find(name);
    service.leaf = leafOf('DOWN');
    return this.stopping.rests(service);
  }

  /** The same among loggers: who is told next. */
  thenGo(name: string): readonly string[] {
    this.rests(name);
    this.stopping.stopUnused();
    return this.goes;
  }

  /** Brings down those that are no loggers, and begins with the loggers. */
  get loggersGo(): readonly string[] {
    this.stopping.stopServices();
    for (const name of this.goes) this.rests(name);
    this.stopping.stopLoggers();
    return this.goes;
  }
}

describe('first all that are no loggers', () => {
  test('at once, and only those that are not down', () => {
    const stage = new Stage({ a: { log: 'l' }, b: {}, d: { state: 'DOWN' }, f: { state: 'FATAL' }, l: {} });
    stage.stopping.stopServices();
    expect(stage.goes).toEqual(['a', 'b', 'f']);
  });

  test('a logger is also one that somebody still writes to, although no link names it any more', () => {
    const stage = new Stage({ a: { pipe: 'old' }, old: {} });
    stage.stopping.stopServices();
    expect(stage.goes).toEqual(['a']);
  });

  test('how many are waited for is said, with a dot for each that went', () => {
    const stage = new Stage({ a: { log: 'l' }, b: {}, d: { state: 'DOWN' }, l: {} });
    stage.stopping.stopServices();
    expect(stage.said).toBe('- nitro: waiting for 3 services to finish');
    expect([stage.rests('a'), stage.rests('d'), stage.rests('a'), stage.stopping.isIdle()]).toEqual([false, false, false, false]);
    expect([stage.rests('b'), stage.stopping.isIdle()]).toEqual([true, true]);
    stage.stopping.stopLoggers();
    expect([stage.stopping.isIdle(), stage.rests('l'), stage.stopping.isIdle()]).toEqual([false, true, true]);
    stage.stopping.done();
    expect(stage.said).toBe('- nitro: waiting for 3 services to finish... done.\n');
  });

  test('nothing is said where nothing runs', () => {
    const stage = new Stage({ d: { state: 'DOWN' } });
    stage.stopping.stopServices();
    stage.stopping.stopLoggers();
    stage.stopping.done();
    expect([stage.stopping.isIdle(), stage.said, stage.goes]).toEqual([true, '', []]);
  });
});

describe('then the loggers', () => {
  test('a chain from its users towards its end', () => {
    const stage = new Stage({ m: {}, l: { log: 'm' }, k: { log: 'l' }, a: { log: 'k' } });
    expect(stage.loggersGo).toEqual(['k']);
    expect(stage.thenGo('k')).toEqual(['l']);
    expect(stage.thenGo('l')).toEqual(['m']);
  });

  test('several at once where nobody writes to them, and none is told twice', () => {
    const stage = new Stage({ a: { log: 'l' }, b: { log: 'm' }, l: { log: 'n' }, m: { log: 'n' }, n: {} });
    expect(stage.loggersGo).toEqual(['l', 'm']);
    expect(stage.thenGo('l')).toEqual([]);
    expect(stage.thenGo('m')).toEqual(['n']);
  });

  test('one that its life still writes to goes after it, as the one that its link names since', () => {
    const stage = new Stage({ a: { log: 'l' }, l: { log: 'new', pipe: 'old' }, old: {}, new: {} });
    expect(stage.loggersGo).toEqual(['l']);
    expect(stage.thenGo('l')).toEqual(['old', 'new']);
  });

  test('a user that is down already, or a logger that is not known, holds nobody up', () => {
    const stage = new Stage({ d: { log: 'l', state: 'DOWN' }, l: { log: 'nobody' } });
    expect(stage.loggersGo).toEqual(['l']);
  });

  test('a link to itself is no reason to wait', () => {
    const stage = new Stage({ l: { log: 'l' }, m: { log: 'm' } });
    expect(stage.loggersGo).toEqual(['l', 'm']);
  });

  test('the members of a circle go together', () => {
    const stage = new Stage({ x: { log: 'y' }, y: { log: 'z' }, z: { log: 'x' } });
    expect([...stage.loggersGo].sort()).toEqual(['x', 'y', 'z']);
  });

  test('a circle goes after those outside that write to it', () => {
    const stage = new Stage({ x: { log: 'y' }, y: { log: 'x' }, k: { log: 'x' }, a: { log: 'k' } });
    expect(stage.loggersGo).toEqual(['k']);
    expect([...stage.thenGo('k')].sort()).toEqual(['x', 'y']);
  });

  test.each([
    ['t', 'x', 'y'],
    ['y', 't', 'x'],
    ['x', 'y', 't'],
  ])('and before those that it writes to, whatever the order in which they are known: %s %s %s', (...order) => {
    // The link of y was changed from t to x while it ran.
    const plans: Readonly<Record<string, Plan>> = { x: { log: 'y' }, y: { log: 'x', pipe: 't' }, t: {} };
    const stage = new Stage(Object.fromEntries(order.map((name) => [name, plans[name] ?? {}])));
    expect([...stage.loggersGo].sort()).toEqual(['x', 'y']);
    expect(stage.thenGo('x')).toEqual([]);
    expect(stage.thenGo('y')).toEqual(['t']);
  });

  test('of two circles that have nothing to do with each other, both go', () => {
    const stage = new Stage({ x: { log: 'y' }, y: { log: 'x' }, p: { log: 'q' }, q: { log: 'p' } });
    const first = stage.loggersGo;
    const rest = first.flatMap((name) => stage.thenGo(name));
    expect([...first, ...rest].sort()).toEqual(['p', 'q', 'x', 'y']);
  });
});
