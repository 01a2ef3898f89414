/** A daemon that is stopped or gone, and interruptions (behaviour.md §8). */
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
const asked = (kind: string): number => system.requests().filter((request) => request.startsWith(`${kind} `)).length;

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
