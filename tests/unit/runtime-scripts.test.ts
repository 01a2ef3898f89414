/** What the pipes of a script say, and how its end is noted (behaviour.md §3, §4; architecture.md, Runtime). */
import { describe, expect, test } from 'vitest';
import { Console } from '../../runtime/console.js';
import { Directory } from '../../runtime/directory.js';
import { Logs } from '../../runtime/logs.js';
import type { Os, Spawned } from '../../runtime/os.js';
import { Pipes } from '../../runtime/pipes.js';
import { Scripts } from '../../runtime/scripts.js';
import { Services } from '../../runtime/service.js';
import type { Service } from '../../runtime/service.js';
import { fakeFiles } from './fake-files.js';
import type { Entry } from './fake-files.js';

const EAGAIN = 11;
const EIO = 5;

/** One service `a` with all scripts, whose pipes say what they are given. */
class Stage {
  readonly said: string[] = [];
  readonly watched = new Set<number>();
  readonly closed: number[] = [];
  /** What is read next of a descriptor; at the end nothing more for now. */
  readonly reads = new Map<number, (string | number)[]>();
  readCount = 0;
  now = 0;
  kinds: Record<string, number> = {};
  readonly files: Record<string, Entry> = { a: 'directory' };
  next: Spawned = { pid: 100, status: 10, ready: -1 };
  readonly scripts: Scripts;
  readonly logs: Logs;
  readonly a: Service;

  constructor() {
    for (const script of ['setup', 'run', 'finish']) this.files[`a/${script}`] = { content: '' };
    const plain = fakeFiles(this.files, this.said);
    const os: Os = {
      ...plain,
      errno: { ...plain.errno, EAGAIN, EIO },
      kind: (path) => this.kinds[path] ?? plain.kind(path),
      now: () => this.now,
      descriptorLimit: () => 64,
      spawn: () => this.next,
      read: (fd) => {
        this.readCount += 1;
        return this.reads.get(fd)?.shift() ?? -EAGAIN;
      },
      watch: (fd) => void this.watched.add(fd),
      unwatch: (fd) => void this.watched.delete(fd),
      close: (fd) => void this.closed.push(fd),
    };
    const console = new Console(os);
    const directory = new Directory(os, console);
    const services = new Services(() => 0);
    this.logs = new Logs(os, console, directory, services);
    this.scripts = new Scripts(os, console, directory, this.logs, new Pipes(os, () => true));
    this.a = services.create('a');
  }

  /** Launch `run`, with a readiness pipe. */
  launched(): this {
    this.files['a/notification-fd'] = { content: '3' };
    this.next = { pid: 100, status: 10, ready: 11 };
    expect(this.scripts.launch(this.a)).toBeNull();
    return this;
  }

  hear(ended = false): readonly string[] {
    return this.scripts.hear(this.a, ended);
  }
}

describe('the exec status', () => {
  test('is watched, and belongs to the service, until it is closed without a word: executed', () => {
    const stage = new Stage();
    expect(stage.scripts.setup(stage.a)).toBe(true);
    expect([...stage.watched]).toEqual([10]);
    expect(stage.scripts.ownerOfPipe(10)).toBe(stage.a);
    expect(stage.scripts.ownerOfProcess(100)).toBe(stage.a);
    expect(stage.hear()).toEqual([]);
    stage.reads.set(10, ['']);
    expect(stage.hear()).toEqual(['executed']);
    expect([[...stage.watched], stage.closed, stage.a.status]).toEqual([[], [10], -1]);
    expect(stage.scripts.ownerOfPipe(10)).toBeUndefined();
    expect(stage.hear()).toEqual([]);
  });

  test('that says an errno is an exec that failed; the readiness pipe is closed with it', () => {
    const stage = new Stage().launched();
    stage.reads.set(10, ['13']);
    expect(stage.hear()).toEqual([]);
    expect([stage.a.execError, stage.a.ready, stage.closed, [...stage.watched]]).toEqual([13, -1, [10, 11], []]);
  });

  test('of a script before is closed when the next one starts (§4: nothing is leaked)', () => {
    const stage = new Stage();
    stage.scripts.setup(stage.a);
    stage.a.execError = 5;
    stage.next = { pid: 101, status: 12, ready: -1 };
    stage.scripts.finish(stage.a);
    expect([[...stage.watched], stage.closed, stage.a.status, stage.a.execError]).toEqual([[12], [10], 12, 0]);
  });

  test('is heard before readiness: nothing is ready that is not executed', () => {
    const stage = new Stage().launched();
    stage.reads.set(11, ['\n']);
    expect(stage.hear()).toEqual([]);
    stage.reads.set(10, ['']);
    expect(stage.hear()).toEqual(['executed', 'ready']);
  });
});

describe('readiness (§4: a newline counts wherever it stands)', () => {
  function executed(): Stage {
    const stage = new Stage().launched();
    stage.reads.set(10, ['']);
    expect(stage.hear()).toEqual(['executed']);
    expect([...stage.watched]).toEqual([11]);
    return stage;
  }

  test.each([
    ['at once', ['\n']],
    ['behind other text', ['we are ', 'up\n and running']],
  ])('%s', (_what, reads) => {
    const stage = executed();
    stage.reads.set(11, reads);
    expect(stage.hear()).toEqual(['ready']);
    expect([stage.a.ready, [...stage.watched], stage.closed]).toEqual([-1, [], [10, 11]]);
  });

  test('without one: the pipe is heard again, until it is closed', () => {
    const stage = executed();
    stage.reads.set(11, ['not yet']);
    expect(stage.hear()).toEqual([]);
    expect(stage.a.ready).toBe(11);
    stage.reads.set(11, ['', '\n']);
    expect(stage.hear()).toEqual([]);
    expect([stage.a.ready, stage.closed]).toEqual([-1, [10, 11]]);
  });

  test('a pipe that cannot be read is closed', () => {
    const stage = executed();
    stage.reads.set(11, [-EIO]);
    expect(stage.hear()).toEqual([]);
    expect(stage.a.ready).toBe(-1);
  });

  test('one who writes without end is read in portions; what one wrote who has ended, to its end', () => {
    const flood = (): string[] => [...Array.from({ length: 40 }, () => 'x'), '\n'];
    const alive = executed();
    alive.reads.set(11, flood());
    alive.readCount = 0;
    expect(alive.hear()).toEqual([]);
    // The portion of a turn.
    expect(alive.readCount).toBe(16);
    expect(alive.a.ready).toBe(11);
    const dead = executed();
    dead.reads.set(11, flood());
    expect(dead.hear(true)).toEqual(['ready']);
  });

  test('of one who has ended is over, also if another process holds its pipe (§4: what an earlier life’s pipe still says)', () => {
    const stage = executed();
    expect(stage.hear(true)).toEqual([]);
    expect([stage.a.ready, stage.closed]).toEqual([-1, [10, 11]]);
  });
});

describe('the end of a script', () => {
  test('of setup: its wait status', () => {
    const stage = new Stage();
    stage.scripts.setup(stage.a);
    stage.a.stopDeadline = 7000;
    expect(stage.scripts.bury(stage.a, 100, 111 << 8)).toBe('setup');
    expect(stage.a).toMatchObject({ setup: 0, setupStatus: 111 << 8, stopDeadline: 0, waitStatus: 0, changedAt: 0 });
    expect(stage.scripts.ownerOfProcess(100)).toBeUndefined();
  });

  test('of run: when, its wait status, and the arguments of finish', () => {
    const stage = new Stage().launched();
    stage.a.stopDeadline = 7000;
    stage.now = 5;
    expect(stage.scripts.bury(stage.a, 100, 9)).toBe('run');
    expect(stage.a).toMatchObject({ run: 0, waitStatus: 9, exitStatus: -1, exitSignal: 9, stopDeadline: 0, changedAt: 5 });
  });

  test('of a run that was not executed: -1 on the wire, and 111 0 for finish', () => {
    const stage = new Stage().launched();
    stage.reads.set(10, ['13']);
    stage.hear();
    expect(stage.scripts.bury(stage.a, 100, 111 << 8)).toBe('run that was not executed');
    expect(stage.a).toMatchObject({ run: 0, waitStatus: -1, exitStatus: 111, exitSignal: 0 });
    expect(stage.said).toEqual(['- nitro: a: cannot execute run: error 13\n']);
  });

  test('of finish: nothing of run’s end is changed', () => {
    const stage = new Stage().launched();
    stage.scripts.bury(stage.a, 100, 3 << 8);
    stage.next = { pid: 101, status: 12, ready: -1 };
    expect(stage.scripts.finish(stage.a)).toBe(true);
    stage.a.stopDeadline = 7000;
    stage.now = 5;
    expect(stage.scripts.bury(stage.a, 101, 1 << 8)).toBe('finish');
    expect(stage.a).toMatchObject({ finish: 0, waitStatus: 3 << 8, exitStatus: 3, exitSignal: 0, stopDeadline: 7000, changedAt: 0 });
  });
});

describe('a launch', () => {
  test('forgets how the life before ended, and reads down-signal', () => {
    const stage = new Stage();
    Object.assign(stage.a, { waitStatus: 9, execError: 13, reportsReadiness: true });
    stage.files['a/down-signal'] = { content: 'h' };
    expect(stage.scripts.launch(stage.a)).toBeNull();
    expect(stage.a).toMatchObject({ run: 100, waitStatus: 0, execError: 0, reportsReadiness: false, ready: -1, downSignal: 1 });
    expect([...stage.watched]).toEqual([10]);
  });

  test('with notification-fd 0 nothing is connected, and time does not make it ready (§2)', () => {
    const stage = new Stage();
    stage.files['a/notification-fd'] = { content: '0' };
    expect(stage.scripts.launch(stage.a)).toBeNull();
    expect(stage.a).toMatchObject({ reportsReadiness: true, ready: -1 });
  });

  test('of what has no run: missing; with no directory: impossible; if that cannot be said now: failed', () => {
    const stage = new Stage();
    Reflect.deleteProperty(stage.files, 'a/run');
    expect(stage.scripts.launch(stage.a)).toBe('missing');
    stage.kinds = { a: -EIO };
    expect(stage.scripts.launch(stage.a)).toBe('failed');
    expect(stage.said).toEqual([]);
    stage.kinds = { a: -2 };
    expect(stage.scripts.launch(stage.a)).toBe('impossible');
    expect(stage.said).toEqual(['- nitro: a: its directory is gone\n']);
  });

  test('of LOG puts it into use, and no other does (§5)', () => {
    const stage = new Stage();
    stage.scripts.launch(stage.a);
    expect(stage.logs.isGlobalInUse).toBe(false);
  });
});

test('there is no finish to wait for where there is none (§3)', () => {
  const stage = new Stage();
  Reflect.deleteProperty(stage.files, 'a/finish');
  expect(stage.scripts.finish(stage.a)).toBe(false);
});
