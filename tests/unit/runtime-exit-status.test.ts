/** With which status nitro exits: that of the service which `SYS/exit-status-from` names (docs/containers.md). */
import { describe, expect, test } from 'vitest';
import { Console } from '../../runtime/console.js';
import { ExitStatus } from '../../runtime/exit-status.js';
import type { Os } from '../../runtime/os.js';
import { Services } from '../../runtime/service.js';
import type { Service } from '../../runtime/service.js';
import { serviceTable } from '../../table/service.js';

const errno = { EINVAL: 22, ENOENT: 2, ENOTDIR: 20, EIO: 5 };

class Stage {
  target: string | number = '../a';
  readonly said: string[] = [];
  readonly exitStatus: ExitStatus;

  constructor() {
    const os: Partial<Os> = {
      errno: errno as Partial<Os['errno']> as Os['errno'],
      readLink: (path) => (path === 'SYS/exit-status-from' ? this.target : -errno.ENOENT),
      describe: (number) => `error ${String(number)}`,
      say: (text) => this.said.push(text),
    };
    this.exitStatus = new ExitStatus(os as Os, new Console(os as Os));
    this.exitStatus.update();
  }

  read(target: string | number): void {
    this.target = target;
    this.exitStatus.update();
  }
}

/** A service of this name that came to rest. */
function rests(name: string, facts: Partial<Service> = {}, state = 'DOWN'): Service {
  const leaf = serviceTable.leaves.findIndex((each) => each.state === state);
  return Object.assign(new Services(() => 0).create(name), { leaf, ...facts });
}

test('is 0 where no service ended that counts', () => {
  const { exitStatus } = new Stage();
  expect(exitStatus.takes(rests('b', { waitStatus: 3 << 8 }))).toBe(false);
  expect(exitStatus.value).toBe(0);
});

describe('is that of the service', () => {
  test.each([
    ['exit status 0', 0, 0],
    ['exit status 3', 3 << 8, 3],
    ['SIGKILL', 9, 137],
    ['SIGTERM', 15, 143],
    ['an exec that failed', -1, 111],
  ])('%s', (_how, waitStatus, value) => {
    const { exitStatus } = new Stage();
    expect(exitStatus.takes(rests('a', { waitStatus }))).toBe(true);
    expect(exitStatus.value).toBe(value);
  });

  test('or 111 where it came to FATAL, whatever its last life was', () => {
    const { exitStatus } = new Stage();
    expect(exitStatus.takes(rests('a', { waitStatus: 0 }, 'FATAL'))).toBe(true);
    expect(exitStatus.value).toBe(111);
  });

  test('at its first end', () => {
    const { exitStatus } = new Stage();
    exitStatus.takes(rests('a', { waitStatus: 3 << 8 }));
    expect(exitStatus.takes(rests('a', { waitStatus: 4 << 8 }))).toBe(false);
    expect(exitStatus.value).toBe(3);
  });
});

describe('the link is read with each scan', () => {
  const a = (): Service => rests('a', { waitStatus: 5 << 8 });

  test.each([
    ['not there', -errno.ENOENT, ''],
    ['without a SYS', -errno.ENOTDIR, ''],
    ['no symlink', -errno.EINVAL, '- nitro: SYS/exit-status-from is not a symlink, ignored\n'],
    ['to what can be no service', '../SYS/', '- nitro: SYS/exit-status-from: no such service: SYS\n'],
  ])('%s: no service counts', (_what, target, said) => {
    const stage = new Stage();
    stage.read(target);
    expect(stage.exitStatus.takes(a())).toBe(false);
    expect(stage.said.join('')).toBe(said);
  });

  test('changed: the other service counts', () => {
    const stage = new Stage();
    stage.read('/services/b/');
    expect(stage.exitStatus.takes(a())).toBe(false);
    expect(stage.exitStatus.takes(rests('b'))).toBe(true);
    expect(stage.said).toEqual([]);
  });

  test('not readable now: it stays as it was', () => {
    const stage = new Stage();
    stage.read(-errno.EIO);
    expect(stage.said).toEqual(['- nitro: cannot read SYS/exit-status-from, which stays as it was: error 5\n']);
    expect(stage.exitStatus.takes(a())).toBe(true);
  });
});
