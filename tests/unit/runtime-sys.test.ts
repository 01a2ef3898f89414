/** The scripts of SYS, and the service SYS that is shown while one of them runs (behaviour.md §4, §6 Bring-up, Shutdown 2 and Final 2). */
import { describe, expect, test } from 'vitest';
import { Announcements } from '../../runtime/announcements.js';
import { Console } from '../../runtime/console.js';
import type { Os, Spawn, Spawned } from '../../runtime/os.js';
import { State } from '../../runtime/protocol.js';
import { Sys } from '../../runtime/sys.js';

const pid = 100;
const status = 5;
const EAGAIN = 11;

/** A system with these files, where time is set by hand and a status pipe says what it is given. */
class Stage {
  readonly log: string[] = [];
  readonly spawned: Spawn[] = [];
  now = 0;
  /** What is read from the status pipe next. */
  said: string | number = -EAGAIN;
  answer: Spawned | number = { pid, status, ready: -1 };
  readonly sys: Sys;

  constructor(...files: readonly string[]) {
    const os: Partial<Os> = {
      errno: { EAGAIN } as Partial<Os['errno']> as Os['errno'],
      signals: { TERM: 15, CONT: 18, KILL: 9 } as Partial<Os['signals']> as Os['signals'],
      now: () => this.now,
      describe: (errno) => `error ${String(errno)}`,
      kind: (path) => (files.includes(path) ? 'file' : -2),
      isExecutable: (path) => files.includes(`${path} executable`),
      list: () => ['SYS,1'],
      stampOf: () => '',
      send: (_fd, _to, data) => {
        this.log.push(`SYS is ${String(data.charCodeAt(2))}`);
        return 0;
      },
      say: (text) => {
        this.log.push(text.trimEnd());
        return 0;
      },
      spawn: (spawn) => {
        this.spawned.push(spawn);
        return this.answer;
      },
      kill: (to, signal) => {
        this.log.push(`signal ${String(signal)} to ${String(to)}`);
        return 0;
      },
      read: (fd, max) => {
        expect([fd, max]).toEqual([status, 16]);
        return this.said;
      },
      watch: (fd) => void this.log.push(`watch ${String(fd)}`),
      unwatch: (fd) => void this.log.push(`unwatch ${String(fd)}`),
      close: (fd) => void this.log.push(`close ${String(fd)}`),
    };
    const console = new Console(os as Os);
    this.sys = new Sys(os as Os, console, new Announcements(os as Os, 3, '/r/notify'));
  }

  /** What was done since the last time. */
  done(): readonly string[] {
    return this.log.splice(0);
  }
}

const executable = 'SYS/final executable';

describe('a script of SYS', () => {
  test('that is not there is not started', () => {
    const { sys, spawned } = new Stage('SYS/final');
    for (const script of ['setup', 'finish', 'final'] as const) expect(sys.start(script, [])).toBe(false);
    expect(spawned).toEqual([]);
    expect(sys.isShown).toBe(false);
  });

  test('setup: in SYS/, with the console as its terminal, shown as SETUP', () => {
    const stage = new Stage('SYS/setup');
    expect(stage.sys.start('setup', [])).toBe(true);
    expect(stage.spawned).toEqual([{ directory: 'SYS', argv: ['setup'], stdin: 0, stdout: 1, stderr: 2, notificationFd: 0, terminal: true }]);
    expect(stage.done()).toEqual(['watch 5', `SYS is ${String(State.SETUP)}`]);
    expect(stage.sys.isShown).toBe(true);
  });

  test('finish: in SYS/, with its arguments and nothing on stdin, shown as SHUTDOWN', () => {
    const stage = new Stage('SYS/finish');
    expect(stage.sys.start('finish', ['0', '0', 'reboot'])).toBe(true);
    const argv = ['finish', '0', '0', 'reboot'];
    expect(stage.spawned).toEqual([{ directory: 'SYS', argv, stdin: -1, stdout: 1, stderr: 2, notificationFd: 0, terminal: false }]);
    expect(stage.done()).toEqual(['watch 5', `SYS is ${String(State.SHUTDOWN)}`]);
    expect(stage.sys.isShown).toBe(true);
  });

  test('final: in the service directory, if it is executable, and shown as nothing', () => {
    const stage = new Stage('SYS/final', executable);
    expect(stage.sys.start('final', ['shutdown'])).toBe(true);
    const argv = ['SYS/final', 'shutdown'];
    expect(stage.spawned).toEqual([{ directory: '.', argv, stdin: -1, stdout: 1, stderr: 2, notificationFd: 0, terminal: false }]);
    expect(stage.done()).toEqual(['watch 5']);
    expect(stage.sys.isShown).toBe(false);
  });

  test('that cannot be forked is told of', () => {
    const stage = new Stage('SYS/setup');
    stage.answer = -EAGAIN;
    expect(stage.sys.start('setup', [])).toBe(false);
    expect(stage.done()).toEqual(['- nitro: cannot start SYS/setup: error 11']);
    expect(stage.sys.isShown).toBe(false);
  });
});

describe('its exec status', () => {
  function started(): Stage {
    const stage = new Stage('SYS/setup');
    stage.sys.start('setup', []);
    stage.done();
    return stage;
  }

  test('is of no interest while there is none, or of another descriptor', () => {
    const stage = started();
    expect(stage.sys.hear(6)).toBe(false);
    expect(stage.sys.hear(status)).toBe(true);
    expect(stage.done()).toEqual([]);
    expect(new Stage().sys.hear(status)).toBe(false);
  });

  test('closed without a word: it was executed', () => {
    const stage = started();
    stage.said = '';
    expect(stage.sys.hear(status)).toBe(true);
    expect(stage.done()).toEqual(['unwatch 5', 'close 5']);
    expect(stage.sys.hear(status)).toBe(false);
  });

  test('an errno: it was not, and that is said', () => {
    const stage = started();
    stage.said = '13';
    expect(stage.sys.hear(status)).toBe(true);
    expect(stage.done()).toEqual(['unwatch 5', 'close 5', '- nitro: cannot execute SYS/setup: error 13']);
  });

  test('is heard before the end is, and closed with it', () => {
    const stage = started();
    stage.said = '13';
    expect(stage.sys.ended(pid, 111 << 8)).toBe('setup');
    const said = ['- nitro: cannot execute SYS/setup: error 13', '- nitro: SYS/setup exited 111'];
    expect(stage.done()).toEqual(['unwatch 5', 'close 5', ...said, `SYS is ${String(State.DOWN)}`]);
  });

  test('of one that was cut off is closed when the next one starts', () => {
    const stage = new Stage('SYS/setup', 'SYS/finish');
    stage.sys.start('setup', []);
    stage.done();
    stage.answer = { pid: 101, status: 6, ready: -1 };
    stage.sys.start('finish', ['0', '0', 'shutdown']);
    expect(stage.done()).toEqual(['unwatch 5', 'close 5', 'watch 6', `SYS is ${String(State.SHUTDOWN)}`]);
    expect(stage.sys.ended(pid, 0)).toBeNull();
    expect(stage.sys.isShown).toBe(true);
  });

  test('that was read is not closed twice', () => {
    const stage = new Stage('SYS/setup', 'SYS/finish');
    stage.sys.start('setup', []);
    stage.said = '';
    stage.sys.hear(status);
    stage.done();
    stage.sys.start('finish', ['0', '0', 'shutdown']);
    expect(stage.done()).toEqual(['watch 5', `SYS is ${String(State.SHUTDOWN)}`]);
  });
});

describe('its end', () => {
  test.each([
    [0, []],
    [3 << 8, ['- nitro: SYS/finish exited 3']],
    [9, ['- nitro: SYS/finish was killed by signal 9']],
  ])('with wait status %i is reported, and otherwise ignored', (waitStatus, said) => {
    const stage = new Stage('SYS/finish');
    stage.sys.start('finish', ['0', '0', 'shutdown']);
    stage.said = '';
    stage.sys.hear(status);
    stage.done();
    expect(stage.sys.ended(pid, waitStatus)).toBe('finish');
    expect(stage.done()).toEqual([...said, `SYS is ${String(State.DOWN)}`]);
    expect(stage.sys.isShown).toBe(false);
    expect(stage.sys.ended(pid, waitStatus)).toBeNull();
  });

  test('of another process is not its own', () => {
    const stage = new Stage('SYS/finish');
    expect(stage.sys.ended(pid, 0)).toBeNull();
    stage.sys.start('finish', ['0', '0', 'shutdown']);
    expect(stage.sys.ended(pid + 1, 0)).toBeNull();
    expect(stage.sys.isShown).toBe(true);
  });
});

describe('signals', () => {
  test('SYS/setup is told to end by SIGTERM and SIGCONT, each time, and shown as SHUTDOWN', () => {
    const stage = new Stage('SYS/setup');
    stage.sys.start('setup', []);
    stage.done();
    stage.sys.signal();
    expect(stage.done()).toEqual(['signal 15 to 100', 'signal 18 to 100', `SYS is ${String(State.SHUTDOWN)}`]);
    stage.sys.signal();
    expect(stage.done()).toEqual(['signal 15 to 100', 'signal 18 to 100']);
    stage.sys.kill();
    expect(stage.done()).toEqual(['signal 9 to 100']);
  });

  test('go to nobody when nothing runs', () => {
    const stage = new Stage();
    stage.sys.signal();
    stage.sys.kill();
    stage.sys.announce();
    expect(stage.done()).toEqual([]);
  });
});

test('the report: the pid of the script that runs, and for how many whole seconds (protocol.md, Replies: QUERY)', () => {
  const stage = new Stage('SYS/setup', 'SYS/finish', executable);
  const nothing = { name: 'SYS', state: State.DOWN, pid: 0, wstatus: 0, uptime: 0 };
  expect(stage.sys.report()).toEqual(nothing);
  stage.now = 1500;
  stage.sys.start('setup', []);
  stage.now = 4400;
  expect(stage.sys.report()).toEqual({ ...nothing, state: State.SETUP, uptime: 2, setupPid: pid });
  stage.sys.start('finish', []);
  expect(stage.sys.report()).toEqual({ ...nothing, state: State.SHUTDOWN, finishPid: pid });
  stage.sys.start('final', []);
  expect(stage.sys.report()).toEqual({ ...nothing, state: State.SHUTDOWN });
});
