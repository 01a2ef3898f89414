/** Waiting for several services, limits of time, and names (behaviour.md §8). */
import { describe, expect, it } from 'vitest';
import { State } from '../../runtime/protocol.js';
import { failures } from './nitroctl-fake.js';
import { FakeDaemon } from './nitroctl-fake-daemon.js';
import type { FakeSystem } from './nitroctl-fake.js';
import { withFreshSystem } from './nitroctl-fresh.js';

let system: FakeSystem;
let began: number;
withFreshSystem((fresh) => {
  system = fresh;
  began = fresh.time;
});

const took = (): number => system.time - began;

describe('several services', () => {
  it('are asked together and waited for together', () => {
    const daemon = new FakeDaemon(system, { a: {}, b: {}, c: {} });
    const times: Record<string, number> = { a: 3000, b: 1000, c: 2000 };
    daemon.act = (_, name) => {
      daemon.set(name, { state: State.SETUP });
      system.after(times[name] ?? 0, () => daemon.set(name, { state: State.UP }));
    };
    expect(system.ctl('start', 'a', 'b', 'c')).toBe(0);
    expect(took()).toBe(3000);
    expect(system.requests().slice(0, 3)).toEqual(['up a', 'up b', 'up c']);
    expect(system.received.slice(0, 3).map(({ at }) => at)).toEqual([began, began, began]);
  });

  it('end with the worst result, and one does not keep the others from being waited for', () => {
    const daemon = new FakeDaemon(system, { a: {}, b: {} });
    daemon.act = (_, name) => {
      daemon.set(name, { state: State.SETUP });
      system.after(name === 'a' ? 10 : 900, () => daemon.set(name, { state: name === 'a' ? State.FATAL : State.UP }));
    };
    expect(system.ctl('start', 'a', 'b')).toBe(1);
    expect(took()).toBe(900);
    expect(system.ctl('start', 'a', 'nope', 'b')).toBe(111);
    expect(daemon.services.get('b')?.state).toBe(State.UP);
  });

  it('can be more than there are descriptors: some wait for their turn', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const daemon = new FakeDaemon(system, Object.fromEntries(names.map((name) => [name, {}])));
    daemon.act = (_, name) => {
      daemon.set(name, { state: State.SETUP });
      system.after(100, () => daemon.set(name, { state: State.UP }));
    };
    const bind = system.bind.bind(system);
    system.bind = (path) => (system.leftovers().length >= 2 ? -failures.EMFILE : bind(path));
    expect(system.ctl('start', ...names)).toBe(0);
    expect(took()).toBe(300);
    expect(names.map((name) => daemon.services.get(name)?.state)).toEqual(names.map(() => State.UP));
  });

  it('can be ten thousand', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `s${index}`);
    const daemon = new FakeDaemon(system, Object.fromEntries(names.map((name) => [name, {}])));
    daemon.act = (_, name) => daemon.change(name, { state: State.UP });
    system.announce = () => undefined;
    system.deliver = fastDeliver(system);
    expect(system.ctl('start', ...names)).toBe(0);
  });
});

/** The fake's own search through all sockets is too slow for many. */
function fastDeliver(fake: FakeSystem): (path: string, data: string) => void {
  const queues = new Map<string, { push: (datagram: { from: string; data: string }) => void }>();
  const bind = fake.bind.bind(fake);
  fake.bind = (path) => {
    const fd = bind(path);
    const socket = fake['sockets'].get(fd);
    if (socket !== undefined) queues.set(path, socket.queue);
    return fd;
  };
  return (path, data) => queues.get(path)?.push({ from: 'nitro', data });
}

describe('-t', () => {
  it('ends the wait', () => {
    const daemon = new FakeDaemon(system, { a: {} });
    daemon.act = () => daemon.set('a', { state: State.SETUP });
    expect(system.ctl('-t', '2.5', 'start', 'a')).toBe(3);
    expect(took()).toBe(2500);
    expect(system.stderr).toBe('nitroctl: action timed out\n');
  });

  it('counts for all services together, and those that failed are named', () => {
    const daemon = new FakeDaemon(system, { a: {}, b: {} });
    daemon.act = (_, name) => daemon.set(name, { state: name === 'a' ? State.FATAL : State.SETUP });
    expect(system.ctl('-t1', 'start', 'a', 'b')).toBe(3);
    expect(took()).toBe(1000);
    expect(system.stderr).toBe('nitroctl: a failed to start\nnitroctl: action timed out\n');
  });

  it.each(['deaf', 'full'] as const)('ends the wait for a daemon that is %s', (nitro) => {
    system.nitro = nitro;
    for (const words of [['up', 'a'], ['list'], ['list', 'a'], ['info'], ['rescan'], ['Shutdown'], ['kill', 'a'], ['pidof', 'a'], ['wait-up', 'a']]) {
      began = system.time;
      expect(system.ctl('-t', '3', ...words)).toBe(3);
      expect(took()).toBe(3000);
    }
  });

  it('of nothing ends it at once', () => {
    system.nitro = 'deaf';
    expect(system.ctl('-t', '0', 'start', 'a')).toBe(3);
    expect(took()).toBe(0);
  });
});

describe('-v', () => {
  it('prints each change as it happens', () => {
    const daemon = new FakeDaemon(system, { a: {}, b: {} });
    daemon.act = (_, name) => {
      daemon.set(name, { state: State.SETUP });
      system.after(name === 'a' ? 100 : 50, () => daemon.set(name, { state: State.UP }));
    };
    expect(system.ctl('-v', 'start', 'a', 'b')).toBe(0);
    expect(system.stdout).toBe('SETUP a\nSETUP b\nUP b\nUP a\n');
  });
});

describe('names', () => {
  it('that no service can have are not even sent', () => {
    const daemon = new FakeDaemon(system, { a: {} });
    daemon.act = () => daemon.set('a', { state: State.UP });
    const long = 'x'.repeat(100_000);
    expect(system.ctl('start', long, 'a', '')).toBe(111);
    expect(system.stderr).toBe(`nitroctl: no such service: ${long}\nnitroctl: no such service: \n`);
    expect(system.requests()[0]).toBe('up a');
    expect(system.ctl('up', '')).toBe(111);
  });
});
