/** Waiting for a state, without a daemon and without time (behaviour.md §8): start, restart, down, wait-*, lost announcements. */
import { describe, expect, it } from 'vitest';
import { announcement, State } from '../../runtime/protocol.js';
import { FakeSystem } from './nitroctl-fake.js';
import { FakeDaemon } from './nitroctl-fake-daemon.js';
import { withFreshSystem } from './nitroctl-fresh.js';

let system: FakeSystem;
let began: number;
withFreshSystem((fresh) => {
  system = fresh;
  began = fresh.time;
});

const took = (): number => system.time - began;
const asked = (kind: string): number => system.requests().filter((request) => request.startsWith(`${kind} `)).length;

describe('start', () => {
  it('waits until the service is UP', () => {
    const daemon = new FakeDaemon(system, { a: {} });
    daemon.act = () => {
      daemon.set('a', { state: State.SETUP });
      system.after(100, () => daemon.set('a', { state: State.STARTING }));
      system.after(2100, () => daemon.set('a', { state: State.UP }));
    };
    expect(system.ctl('start', 'a')).toBe(0);
    expect(took()).toBe(2100);
    expect(asked('up')).toBe(1);
    expect(system.stderr).toBe('');
    expect(system.stdout).toBe('');
  });

  it.each([State.UP, State.ONESHOT])('ends at once if the state is %i already', (state) => {
    new FakeDaemon(system, { a: { state } });
    expect(system.ctl('start', 'a')).toBe(0);
    expect(took()).toBe(0);
  });

  it('fails when the service becomes FATAL', () => {
    const daemon = new FakeDaemon(system, { a: {} });
    daemon.act = () => {
      daemon.set('a', { state: State.SETUP });
      system.after(30, () => daemon.set('a', { state: State.FATAL }));
    };
    expect(system.ctl('start', 'a')).toBe(1);
    expect(system.stderr).toBe('nitroctl: a failed to start\n');
  });

  it('does not take a FATAL for an answer that came before the request was carried out', () => {
    const daemon = new FakeDaemon(system, { a: { state: State.STARTING } });
    daemon.act = () => {
      // Announced while the request was in the queue.
      daemon.set('a', { state: State.FATAL });
      daemon.set('a', { state: State.SETUP });
      system.after(10, () => daemon.set('a', { state: State.UP }));
    };
    expect(system.ctl('start', 'a')).toBe(0);
  });

  it('goes on through DELAY and DOWN', () => {
    const daemon = new FakeDaemon(system, { a: {} });
    daemon.act = () => {
      daemon.set('a', { state: State.SETUP });
      [State.DELAY, State.SETUP, State.STARTING, State.RESTART, State.DOWN, State.SETUP, State.STARTING, State.UP].forEach((state, index) =>
        system.after(100 + index * 100, () => daemon.set('a', { state })),
      );
    };
    expect(system.ctl('start', 'a')).toBe(0);
    expect(took()).toBe(800);
  });

  it('is not satisfied by STARTING, fast-start is', () => {
    const daemon = new FakeDaemon(system, { a: {} });
    daemon.act = () => {
      daemon.set('a', { state: State.SETUP });
      system.after(100, () => daemon.set('a', { state: State.STARTING }));
      system.after(300, () => daemon.set('a', { state: State.UP }));
    };
    expect(system.ctl('fast-start', 'a')).toBe(0);
    expect(took()).toBe(100);
  });
});

describe('restart', () => {
  it('is not satisfied by the UP before', () => {
    const daemon = new FakeDaemon(system, { a: { state: State.STARTING } });
    daemon.act = () => {
      daemon.set('a', { state: State.UP });
      daemon.set('a', { state: State.RESTART });
      system.after(500, () => daemon.set('a', { state: State.DOWN }));
      system.after(500, () => daemon.set('a', { state: State.SETUP }));
      system.after(600, () => daemon.set('a', { state: State.STARTING }));
      system.after(2600, () => daemon.set('a', { state: State.UP }));
    };
    expect(system.ctl('restart', 'a')).toBe(0);
    expect(took()).toBe(2600);
    expect(asked('restart')).toBe(1);
  });

  it('is not satisfied by it when the announcement of RESTART is lost either', () => {
    const daemon = new FakeDaemon(system, { a: { state: State.STARTING } });
    daemon.act = () => {
      daemon.set('a', { state: State.UP });
      daemon.change('a', { state: State.RESTART });
      system.loses = (_, data) => data === announcement(State.RESTART, 'a');
      system.after(700, () => daemon.set('a', { state: State.UP }));
    };
    expect(system.ctl('restart', 'a')).toBe(0);
    expect(took()).toBe(700);
  });

  it('is never asked for twice, when OK is lost', () => {
    const daemon = new FakeDaemon(system, { a: { state: State.UP } });
    daemon.loseOk = true;
    daemon.act = () => {
      daemon.set('a', { state: State.RESTART });
      system.after(1500, () => daemon.set('a', { state: State.UP }));
    };
    expect(system.ctl('restart', 'a')).toBe(0);
    expect(took()).toBe(1500);
    expect(asked('restart')).toBe(1);
  });

  it('fast-restart is done at STARTING', () => {
    const daemon = new FakeDaemon(system, { a: { state: State.STARTING } });
    daemon.act = () => {
      daemon.set('a', { state: State.RESTART });
      system.after(10, () => daemon.set('a', { state: State.STARTING }));
    };
    expect(system.ctl('r', 'a')).toBe(0);
    expect(took()).toBe(10);
  });
});

describe('down and stop', () => {
  const stopping = (ms: number): FakeDaemon => {
    const daemon = new FakeDaemon(system, { a: { state: State.UP, pid: 77 } });
    daemon.act = () => {
      daemon.set('a', { state: State.SHUTDOWN });
      system.after(ms, () => daemon.set('a', { state: State.DOWN, pid: 0 }));
    };
    return daemon;
  };

  it.each(['down', 'd', 'stop'])('%s waits until the service is DOWN', (command) => {
    stopping(300);
    expect(system.ctl(command, 'a')).toBe(0);
    expect(took()).toBe(300);
  });

  it('fast-stop is done at SHUTDOWN', () => {
    stopping(300);
    expect(system.ctl('fast-stop', 'a')).toBe(0);
    expect(took()).toBe(0);
  });

  it.each([State.DOWN, State.FATAL])('ends at once if the state is %i already', (state) => {
    new FakeDaemon(system, { a: { state } });
    expect(system.ctl('down', 'a')).toBe(0);
    expect(took()).toBe(0);
  });

  it('is not satisfied by a DOWN from before', () => {
    const daemon = new FakeDaemon(system, { a: { state: State.RESTART } });
    daemon.act = () => {
      // A restart came to its end of life while the request was in the queue.
      daemon.set('a', { state: State.DOWN });
      daemon.set('a', { state: State.SETUP });
      daemon.set('a', { state: State.SHUTDOWN });
      system.after(250, () => daemon.set('a', { state: State.DOWN }));
    };
    expect(system.ctl('stop', 'a')).toBe(0);
    expect(took()).toBe(250);
  });

  it.each(['pid', 'setupPid', 'finishPid'] as const)('does not wait when its own script asks (%s)', (role) => {
    const daemon = new FakeDaemon(system, { 'a@x': { state: State.UP, [role]: 77 } });
    daemon.act = () => daemon.set('a@x', { state: State.SHUTDOWN });
    system.mySession = 77;
    for (const command of ['down', 'stop', 'fast-stop']) expect(system.ctl(command, 'a@x')).toBe(0);
    expect(took()).toBe(0);
  });

  it('waits when its session has no number here and the service no process', () => {
    const daemon = stopping(300);
    daemon.act = () => {
      daemon.set('a', { state: State.SHUTDOWN, pid: 0 });
      system.after(300, () => daemon.set('a', { state: State.DOWN }));
    };
    system.mySession = 0;
    expect(system.ctl('down', 'a')).toBe(0);
    expect(took()).toBe(300);
  });

  it('waits when the script of another service asks', () => {
    const daemon = stopping(300);
    daemon.services.set('b', { name: 'b', state: State.UP, pid: 40, wstatus: 0, uptime: 1 });
    expect(system.ctl('down', 'a')).toBe(0);
    expect(took()).toBe(300);
  });

  it('start and wait-up do wait in a script of the service', () => {
    const daemon = new FakeDaemon(system, { a: { state: State.STARTING, pid: 40 } });
    system.after(500, () => daemon.set('a', { state: State.UP }));
    expect(system.ctl('wait-up', 'a')).toBe(0);
    expect(took()).toBe(500);
  });

  it('is done when the service has been forgotten, and the announcement of DOWN was lost', () => {
    const daemon = stopping(10_000);
    system.after(200, () => daemon.services.delete('a'));
    expect(system.ctl('stop', 'a')).toBe(0);
    expect(took()).toBe(1000);
  });

  it('is done when it is forgotten before it can be asked about', () => {
    const daemon = stopping(10_000);
    daemon.act = () => daemon.services.delete('a');
    expect(system.ctl('stop', 'a')).toBe(0);
    expect(took()).toBe(0);
  });

  it('says so when there never was such a service', () => {
    new FakeDaemon(system, {});
    expect(system.ctl('stop', 'a')).toBe(111);
    expect(system.stderr).toBe('nitroctl: no such service: a\n');
  });
});

describe('wait-*', () => {
  it.each([
    ['wait-up', [State.UP, State.ONESHOT]],
    ['wait-down', [State.DOWN, State.FATAL]],
    ['wait-starting', [State.STARTING, State.UP, State.ONESHOT]],
  ])('%s ends in the states %j and no other', (command, done) => {
    for (const state of Object.values(State)) {
      system = new FakeSystem();
      new FakeDaemon(system, { a: { state } });
      expect(system.ctl('-t', '1', command, 'a')).toBe((done as readonly number[]).includes(state) ? 0 : 3);
      expect(system.requests().every((request) => request === 'query a')).toBe(true);
    }
  });

  it('does not give up at FATAL', () => {
    const daemon = new FakeDaemon(system, { a: { state: State.FATAL } });
    system.after(5000, () => daemon.set('a', { state: State.UP }));
    expect(system.ctl('wait-up', 'a')).toBe(0);
    expect(took()).toBe(5000);
  });

  it('knows no service that does not exist', () => {
    new FakeDaemon(system, {});
    expect(system.ctl('wait-up', 'nope')).toBe(111);
    expect(system.ctl('wait-down', 'nope')).toBe(111);
  });

  it('wait-up ends when the service is forgotten', () => {
    const daemon = new FakeDaemon(system, { a: {} });
    system.after(300, () => daemon.services.delete('a'));
    expect(system.ctl('wait-up', 'a')).toBe(111);
  });
});

describe('an announcement that is lost', () => {
  it('is made up for within a second', () => {
    const daemon = new FakeDaemon(system, { a: { state: State.DOWN } });
    system.loses = (_, data) => data.charCodeAt(2) <= 9;
    daemon.act = () => {
      daemon.change('a', { state: State.SETUP });
      system.after(2500, () => daemon.change('a', { state: State.UP }));
    };
    expect(system.ctl('start', 'a')).toBe(0);
    expect(took()).toBe(3000);
    expect(asked('up')).toBe(1);
  });
});

describe('a service called ALL', () => {
  it('is not taken for another', () => {
    const daemon = new FakeDaemon(system, { ALL: { state: State.DOWN }, b: { state: State.DOWN } });
    daemon.act = () => {
      daemon.set('ALL', { state: State.SETUP });
      daemon.set('b', { state: State.UP });
      system.after(100, () => daemon.set('b', { state: State.FATAL }));
      system.after(200, () => daemon.set('b', { state: State.UP }));
      system.after(300, () => daemon.set('ALL', { state: State.UP }));
    };
    expect(system.ctl('-v', 'start', 'ALL')).toBe(0);
    expect(took()).toBe(300);
    expect(system.stdout).toBe('SETUP ALL\nUP ALL\n');
  });
});
