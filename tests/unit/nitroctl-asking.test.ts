/** Events, sockets, and requests that are not waited for (behaviour.md §8). */
import { describe, expect, it } from 'vitest';
import { announcement, noSuchService, ok, State, unknownCommand } from '../../runtime/protocol.js';
import { failures, SIGPIPE } from './nitroctl-fake.js';
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
