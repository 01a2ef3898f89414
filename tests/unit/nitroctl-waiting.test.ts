/**
 * How nitroctl waits: what counts as an answer, and that nothing that gets lost, hangs or dies makes it wait for ever.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announcement, noSuchService, ok, State, unknownCommand } from '../../runtime/protocol.js';
import { failures, FakeDaemon, FakeSystem, SIGPIPE } from './nitroctl-fake.js';

let system: FakeSystem;
let began: number;

beforeEach(() => {
  system = new FakeSystem();
  began = system.time;
});

// Whatever happened, nothing is left in the directory of listeners.
afterEach(() => {
  expect(system.leftovers()).toEqual([]);
  expect(system.openDescriptors()).toBe(0);
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

describe('a daemon that is stopped', () => {
  it('is waited for, and asked again once a second, but never the request again', () => {
    system.nitro = 'deaf';
    const daemon = new FakeDaemon(system, { a: { state: State.DOWN } });
    system.after(4500, () => {
      system.nitro = 'alive';
      daemon.change('a', { state: State.UP });
    });
    expect(system.ctl('up', 'a')).toBe(0);
    expect(system.requests()).toEqual(['up a', 'query a', 'query a', 'query a', 'query a', 'query a']);
    expect(took()).toBe(5000);
  });

  it('is waited for when it takes nothing in', () => {
    system.nitro = 'full';
    const daemon = new FakeDaemon(system, { a: { state: State.UP } });
    let sends = 0;
    const send = system.send.bind(system);
    system.send = (...all) => {
      if (++sends === 30) system.nitro = 'alive';
      return send(...all);
    };
    daemon.act = () => daemon.change('a', { state: State.DOWN });
    expect(system.ctl('stop', 'a')).toBe(0);
    expect(asked('down')).toBe(1);
    expect(took()).toBe(2900);
  });
});

describe('a daemon that is gone', () => {
  it.each([
    ['dead', 'Connection refused'],
    ['absent', 'No such file or directory'],
    ['forbidden', 'Permission denied'],
  ] as const)('(%s) is told at once', (nitro, reason) => {
    system.nitro = nitro;
    for (const words of [['start', 'a'], ['list'], [], ['info'], ['events'], ['Reboot'], ['check', 'a']]) {
      system.stderr = '';
      expect(system.ctl(...words)).toBe(4);
      expect(system.stderr).toBe(`nitroctl: cannot reach nitro at /run/nitro/nitro.sock: ${reason}\n`);
      expect(took()).toBe(0);
    }
  });

  it.each(['dead', 'absent'] as const)('(%s) is noticed while waiting', (nitro) => {
    const daemon = new FakeDaemon(system, { a: {} });
    daemon.act = () => daemon.set('a', { state: State.SETUP });
    system.after(2300, () => (system.nitro = nitro));
    expect(system.ctl('start', 'a')).toBe(4);
    expect(took()).toBeLessThanOrEqual(3300);
  });

  it('is noticed by events too', () => {
    new FakeDaemon(system, {});
    system.after(2300, () => (system.nitro = 'dead'));
    expect(system.ctl('events')).toBe(4);
    expect(took()).toBe(3000);
    expect(system.received).toEqual([]);
  });

  it('may have said the answer just before', () => {
    const daemon = new FakeDaemon(system, { a: { state: State.UP } });
    daemon.act = () => daemon.set('a', { state: State.SHUTDOWN });
    const poll = system.poll.bind(system);
    system.poll = (ms) => {
      const ready = poll(ms);
      if (took() >= 1000 && system.nitro === 'alive') {
        // Between the end of the wait and the next packet.
        system.announce(State.DOWN, 'a');
        system.nitro = 'absent';
      }
      return ready;
    };
    expect(system.ctl('stop', 'a')).toBe(0);
  });

  it('is told from a control directory that does not exist', () => {
    system.files.delete('/run/nitro/notify');
    expect(system.ctl('list')).toBe(4);
    expect(system.stderr).toBe(
      'nitroctl: cannot reach nitro at /run/nitro/nitro.sock: no directory /run/nitro/notify: No such file or directory\n',
    );
  });

  it('is told from a directory that one may not write to', () => {
    system.bindErrno = failures.EACCES;
    expect(system.ctl('list')).toBe(4);
    expect(system.stderr).toBe('nitroctl: cannot make the socket /run/nitro/notify/,42_0: Permission denied\n');
  });

  it('is told from a path that is too long', () => {
    const directory = `/${'x'.repeat(90)}`;
    system.environment.set('NITRO_SOCK', `${directory}/sock`);
    system.files.set(`${directory}/notify`, 'directory');
    expect(system.ctl('up', 'service')).toBe(4);
    const path = `${directory}/notify/service,42_0`;
    expect(system.stderr).toBe(
      `nitroctl: cannot make the socket ${path}: File name too long (${path.length} bytes; a socket's path has at most 107)\n`,
    );
  });

  it('is told when there is not even one descriptor', () => {
    system.bindErrno = failures.EMFILE;
    expect(system.ctl('start', 'a', 'b')).toBe(4);
    expect(system.stderr).toBe('nitroctl: cannot make the socket /run/nitro/notify/a,42_0: Too many open files\n');
  });
});

describe('interrupted', () => {
  it.each([
    [1, 129],
    [2, 130],
    [15, 143],
  ])('by signal %i it exits %i', (signal, status) => {
    new FakeDaemon(system, { a: {} });
    system.after(300, () => system.signal(signal));
    expect(system.ctl('wait-up', 'a')).toBe(status);
    expect(took()).toBe(300);
    expect(system.stderr).toBe('');
  });

  it('while the daemon takes nothing in', () => {
    system.nitro = 'full';
    const send = system.send.bind(system);
    let sends = 0;
    system.send = (...all) => {
      if (++sends === 3) {
        system.signal(2);
        return -4;
      }
      return send(...all);
    };
    expect(system.ctl('up', 'a')).toBe(130);
    expect(sends).toBe(3);
  });

  it('events ends well by SIGINT only', () => {
    new FakeDaemon(system, { a: {} });
    system.after(100, () => system.announce(State.UP, 'a'));
    system.after(200, () => system.announce(State.DOWN, 'b c'));
    system.after(300, () => system.signal(2));
    expect(system.ctl('events')).toBe(0);
    expect(system.stdout).toBe('UP a\nDOWN b c\n');
    system.after(100, () => system.signal(15));
    expect(system.ctl('events')).toBe(143);
  });
});

describe('events', () => {
  it('ends when nobody reads it', () => {
    new FakeDaemon(system, {});
    system.after(100, () => {
      system.writeErrno = failures.EPIPE;
      system.announce(State.UP, 'a');
    });
    expect(system.ctl('events')).toBe(1);
    expect(system.stderr).toBe('nitroctl: cannot write: Broken pipe\n');
  });

  it('ends by SIGPIPE as other programs do', () => {
    new FakeDaemon(system, {});
    system.after(100, () => {
      system.writeErrno = failures.EPIPE;
      system.announce(State.UP, 'a');
      const write = system.write.bind(system);
      system.write = (fd, text) => {
        system.signal(SIGPIPE);
        return write(fd, text);
      };
    });
    expect(system.ctl('events')).toBe(141);
  });

  it('ends well by SIGINT also while nobody takes what it prints', () => {
    new FakeDaemon(system, {});
    system.after(100, () => system.announce(State.UP, 'a'));
    system.write = () => {
      system.signal(2);
      return -failures.EINTR;
    };
    expect(system.ctl('events')).toBe(0);
  });

  it('prints a line at a time, as it happens', () => {
    new FakeDaemon(system, {});
    const seen: string[] = [];
    system.after(100, () => system.announce(State.UP, 'a'));
    system.after(200, () => seen.push(system.stdout));
    system.after(300, () => system.signal(2));
    expect(system.ctl('events')).toBe(0);
    expect(seen).toEqual(['UP a\n']);
  });

  it('ends when the time of -t is over', () => {
    new FakeDaemon(system, {});
    expect(system.ctl('-t', '5', 'events')).toBe(3);
    expect(took()).toBe(5000);
  });
});

describe('sockets', () => {
  it('are named after the service, this process and a number', () => {
    new FakeDaemon(system, { 'a@b c': {} });
    system.ctl('check', 'a@b c', 'nope');
    system.ctl('rescan');
    expect(system.received.map(({ from }) => from.slice('/run/nitro/notify/'.length))).toEqual(['a@b c,42_0', 'nope,42_1', ',42_0']);
  });

  it('leave alone what is there already', () => {
    new FakeDaemon(system, { a: {} });
    system.files.set('/run/nitro/notify/a,42_0', 'socket');
    expect(system.ctl('wait-down', 'a')).toBe(0);
    expect(system.received[0]?.from).toBe('/run/nitro/notify/a,42_1');
    expect(system.leftovers()).toEqual(['/run/nitro/notify/a,42_0']);
    system.files.delete('/run/nitro/notify/a,42_0');
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

describe('requests that are not waited for', () => {
  it('up ends with OK', () => {
    const daemon = new FakeDaemon(system, { a: {} });
    daemon.act = () => daemon.set('a', { state: State.SETUP });
    expect(system.ctl('u', 'a')).toBe(0);
    expect(system.requests()).toEqual(['up a']);
    expect(system.ctl('up', 'nope')).toBe(111);
  });

  it('ready ends with OK', () => {
    new FakeDaemon(system, { a: {} });
    expect(system.ctl('ready', 'a')).toBe(0);
    expect(system.ctl('ready', 'a', 'nope')).toBe(111);
    expect(system.stderr).toBe('nitroctl: no such service: nope\n');
  });

  it.each([
    ['pause', 'p', 19],
    ['cont', 'c', 18],
    ['hup', 'h', 1],
    ['alarm', 'a', 14],
    ['interrupt', 'i', 2],
    ['quit', 'q', 3],
    ['1', '1', 10],
    ['2', '2', 12],
    ['term', 't', 15],
    ['kill', 'k', 9],
  ])('%s and %s send signal %i', (command, letter, signal) => {
    new FakeDaemon(system, { a: { pid: 9 } });
    expect(system.ctl(command, 'a')).toBe(0);
    expect(system.ctl(letter, 'a')).toBe(0);
    const request = { kind: 'signal', signal, name: 'a' };
    expect(system.received.map((each) => each.request)).toEqual([request, request]);
  });

  it('a signal to what does not run is refused', () => {
    system.answer = (_, from) => system.deliver(from, noSuchService);
    expect(system.ctl('hup', 'a')).toBe(111);
    expect(system.stderr).toBe('nitroctl: not running, or no such service: a\n');
  });

  it.each([
    [9, 0],
    [0, 111],
  ])('a signal whose answer is lost is not sent again, pid %i tells', (pid, status) => {
    const daemon = new FakeDaemon(system, { a: { pid } });
    daemon.loseOk = true;
    expect(system.ctl('hup', 'a')).toBe(status);
    expect(system.requests()).toEqual(['signal a', 'query a']);
  });

  it.each([
    ['rescan', 'rescan'],
    ['scan', 'rescan'],
    ['s', 'rescan'],
    ['Shutdown', 'shutdown'],
    ['Reboot', 'reboot'],
  ])('%s asks for %s', (command, kind) => {
    new FakeDaemon(system, {});
    expect(system.ctl(command)).toBe(0);
    expect(system.requests()).toEqual([kind]);
  });

  it('Shutdown is not asked for twice, when OK is lost', () => {
    system.answer = (request, from) => {
      if (request.kind === 'info') system.deliver(from, '\x04\x00\x67abcd');
    };
    expect(system.ctl('Shutdown')).toBe(0);
    expect(system.requests()).toEqual(['shutdown', 'info']);
  });

  it.each([[['up', 'a']], [['list']], [['info']], [['rescan']], [['wait-up', 'a']]])('%j: a command that nitro does not know is told', (words) => {
    system.answer = (_, from) => system.deliver(from, unknownCommand);
    expect(system.ctl(...words)).toBe(111);
    expect(system.stderr).toBe('nitroctl: nitro does not know this command\n');
  });

  it('stray datagrams are no answer', () => {
    system.answer = (request, from) => {
      system.deliver(from, '');
      system.deliver(from, '\x00');
      system.deliver(from, '\xff\xff\x64');
      system.deliver(from, announcement(State.UP, 'other') + announcement(State.FATAL, 'a'));
      if (request.kind === 'up') system.after(50, () => system.deliver(from, ok));
    };
    expect(system.ctl('up', 'a')).toBe(0);
    expect(took()).toBe(50);
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
