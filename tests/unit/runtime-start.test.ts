/** From the command line to the loop, and from the loop to the end of the process (behaviour.md §2, §6 Modes and Final, §7). */
import { describe, expect, it, test } from 'vitest';
import { begin, home } from './runtime-start-fake.js';
import type { Surroundings } from './runtime-start-fake.js';

const bound = ['make /r/notify', 'bind /r/nitro.sock'];
const boots = ['watch 7', 'say - nitro: booting', 'waits'];
const opened = ['change into /d', ...bound, ...boots];

describe('the service directory (behaviour.md §2)', () => {
  const directoryOf = (argument: string | undefined, mode: Surroundings = {}): string | undefined =>
    begin({ argv: argument === undefined ? ['nitro'] : ['nitro', argument], ...mode }).find((call) => call.startsWith('change into'));

  it('is the argument, else /etc/nitro', () => {
    expect(directoryOf('/d')).toBe('change into /d');
    expect(directoryOf(undefined)).toBe('change into /etc/nitro');
    expect(directoryOf('')).toBe('change into /etc/nitro');
  });

  it.each(['S', 'single'])('is /etc/nitro.single as real pid 1 with the argument %s, and only there', (argument) => {
    expect(directoryOf(argument, { pid: 1, isMachine: true })).toBe('change into /etc/nitro.single');
    expect(directoryOf(argument, { pid: 1 })).toBe(`change into ${argument}`);
    expect(directoryOf(argument)).toBe(`change into ${argument}`);
  });

  it('is any other argument as real pid 1, too', () => {
    expect(directoryOf('/d', { pid: 1, isMachine: true })).toBe('change into /d');
  });
});

describe('pid 1 (behaviour.md §6 Modes)', () => {
  test('any other process touches nothing of the machine', () => {
    expect(begin({ mountPoints: [], missing: ['/dev/null'] })).toEqual(opened);
  });

  test('sets the umask to 022, mounts /run and opens the console', () => {
    expect(begin({ pid: 1, mountPoints: [] })).toEqual(['umask 22', 'mount run', 'open console', ...opened]);
  });

  test('mounts nothing that is mounted', () => {
    expect(begin({ pid: 1 })).toEqual(['umask 22', 'open console', ...opened]);
    expect(begin({ pid: 1, missing: ['/dev/null'], mountPoints: ['/dev', '/run'] })).toEqual(['umask 22', 'open console', ...opened]);
  });

  test('mounts /dev if /dev/null is missing', () => {
    expect(begin({ pid: 1, missing: ['/dev/null'] })).toEqual(['umask 22', 'mount dev', 'open console', ...opened]);
  });

  test('says what it cannot mount, needs no console, and goes on', () => {
    const failing = ['mount dev', 'mount run', 'open console'];
    expect(begin({ pid: 1, isMachine: true, missing: ['/dev/null'], mountPoints: [], failing })).toEqual([
      'umask 22',
      'mount dev',
      'mount run',
      'open console',
      'say - nitro: cannot mount /dev: error 13',
      'say - nitro: cannot mount /run: error 13',
      ...opened,
    ]);
  });

  test('in a container says nothing of a /run that it may not mount, and need not', () => {
    const failing = ['mount dev', 'mount run'];
    expect(begin({ pid: 1, missing: ['/dev/null'], mountPoints: [], failing })).toEqual([
      'umask 22',
      'mount dev',
      'mount run',
      'open console',
      'say - nitro: cannot mount /dev: error 13',
      ...opened,
    ]);
  });
});

describe('the control socket (behaviour.md §7)', () => {
  test('its directory is made if it is not there', () => {
    expect(begin({ missing: ['/r'] })).toEqual(['change into /d', 'make /r', ...bound, ...boots]);
  });

  test('a stale socket is replaced', () => {
    expect(begin({ files: { '/r/nitro.sock': 'socket' } })).toEqual(['change into /d', 'unlink /r/nitro.sock', ...bound, ...boots]);
  });

  test('one on which another nitro answers is never fatal: exit 111 without SYS/fatal (behaviour.md §6)', () => {
    const calls = begin({ files: { '/r/nitro.sock': 'socket' }, answering: ['/r/nitro.sock'], executables: ['SYS/fatal'] });
    expect(calls).toEqual(['change into /d', 'say - nitro: socket already in use', 'exit 111']);
  });

  test('NITRO_SOCK counts from the directory nitro was started in', () => {
    expect(begin({ env: { NITRO_SOCK: 'c/sock' } })).toContain('bind /home/me/c/sock');
  });
});

describe('what cannot go on at start (behaviour.md §6: an unrecoverable error)', () => {
  const cases: readonly (readonly [string, Surroundings, string])[] = [
    ['the directory is missing', { failing: ['change into /d'] }, 'cannot change into /d: error 13'],
    ['no control directory', { missing: ['/r'], failing: ['make /r'] }, 'cannot make the control directory /r: error 13'],
    ['no directory for listeners', { failing: ['make /r/notify'] }, 'cannot use /r/notify for listeners: error 13'],
    ['the socket cannot be bound', { failing: ['bind /r/nitro.sock'] }, 'cannot bind the control socket /r/nitro.sock: error 13'],
    ['a file is where the socket should be', { files: { '/r/nitro.sock': 'file' } }, 'cannot bind the control socket /r/nitro.sock: it exists and is no socket'],
  ];

  test.each(cases)('%s: exit 111 with one line', (_what, surroundings, message) => {
    const calls = begin(surroundings);
    expect(calls.slice(-3)).toEqual([`say - nitro: ${message}`, 'no exec SYS/fatal as SYS/fatal', 'exit 111']);
    expect(calls.filter((call) => call.startsWith('say'))).toHaveLength(1);
  });

  test.each(cases)('%s: SYS/fatal is executed if it exists', (_what, surroundings, message) => {
    const calls = begin({ ...surroundings, executables: ['SYS/fatal'] });
    expect(calls.slice(-2)).toEqual([`say - nitro: ${message}`, 'exec SYS/fatal as SYS/fatal']);
  });
});

test('a delay that makes no sense is reported, and nitro starts (behaviour.md §1)', () => {
  expect(begin({ env: { NITRO_SOCK: '/r/nitro.sock', NITRO_DELAYS: 'UP=7' } })).toContain('say - nitro: NITRO_DELAYS: not understood: UP=7');
});

describe('the end (behaviour.md §6 Final)', () => {
  const closes = ['unwatch 7', 'close 7', 'unlink /r/nitro.sock'];
  const kills = ['kill all 15', 'kill all 18', 'kill all 9'];
  const end = (surroundings: Surroundings): readonly string[] => {
    const calls = begin(surroundings);
    return calls.slice(calls.findIndex((call) => call === 'say - nitro: shutting down' || call === 'say - nitro: rebooting'));
  };

  test('shutdown of a process: `- nitro: finished`, exit 0', () => {
    expect(end({ signal: 'TERM' })).toEqual(['say - nitro: shutting down', ...closes, 'say - nitro: finished', 'exit 0']);
    expect(end({ signal: 'INT' })).toEqual(['say - nitro: shutting down', ...closes, 'say - nitro: finished', 'exit 0']);
  });

  test('shutdown of a container: every process is told to end first', () => {
    expect(end({ pid: 1, signal: 'TERM' })).toEqual(['say - nitro: shutting down', ...kills, ...closes, 'say - nitro: finished', 'exit 0']);
  });

  const machine: Surroundings = { pid: 1, isMachine: true };

  test('reboot of a machine: / read-only, sync, restart', () => {
    expect(end({ ...machine, signal: 'INT' })).toEqual(['say - nitro: rebooting', ...kills, ...closes, 'remount', 'sync', 'reboot']);
  });

  test('as real pid 1, SIGTERM is no request', () => {
    expect(begin({ ...machine, signal: 'TERM' }).at(-1)).toBe('waits');
  });

  test('a machine that refuses is told of, and nitro goes on waiting: pid 1 must not exit', () => {
    expect(end({ ...machine, signal: 'INT', failing: ['remount', 'reboot'] }).slice(-6)).toEqual([
      'remount',
      'say - nitro: cannot remount / read-only: error 13',
      'sync',
      'reboot',
      'say - nitro: cannot reboot: error 13',
      'waits',
    ]);
  });

  test('SYS/reincarnate is executed in the place of nitro, if it exists', () => {
    const there: Surroundings = { signal: 'TERM', files: { 'SYS/reincarnate': 'file' } };
    const executables = ['SYS/reincarnate'];
    expect(end({ ...there, executables }).slice(-1)).toEqual(['exec SYS/reincarnate as SYS/reincarnate']);
    expect(end({ signal: 'TERM', executables }).slice(-1)).toEqual(['exit 0']);
    expect(end(there).slice(-4)).toEqual([
      'no exec SYS/reincarnate as SYS/reincarnate',
      'say - nitro: cannot execute SYS/reincarnate: error 2',
      'say - nitro: finished',
      'exit 0',
    ]);
  });

  describe('reboot otherwise executes nitro anew with its own arguments, in the directory it was started in', () => {
    const anew = (surroundings: Surroundings): readonly string[] => {
      const calls = end({ asks: 'reboot', ...surroundings });
      return calls.slice(calls.indexOf('unlink /r/nitro.sock') + 1);
    };
    const argv = ['/bin/nitro', '/d'];

    test('under the path it was called by', () => {
      expect(anew({ argv, executables: ['/bin/nitro'] })).toEqual([`change into ${home}`, 'exec /bin/nitro as /bin/nitro /d']);
      expect(anew({ argv, pid: 1, executables: ['/bin/nitro'] })).toEqual([`change into ${home}`, 'exec /bin/nitro as /bin/nitro /d']);
    });

    test('else the file that runs: a name without a slash was looked up, and means nothing now', () => {
      const same = 'exec /proc/self/exe as';
      expect(anew({ argv, executables: ['/proc/self/exe'] }).slice(1)).toEqual(['no exec /bin/nitro as /bin/nitro /d', `${same} /bin/nitro /d`]);
      expect(anew({ executables: ['/proc/self/exe', 'nitro'] }).slice(1)).toEqual([`${same} nitro /d`]);
      expect(anew({ argv: [], executables: ['/proc/self/exe'] }).slice(1)).toEqual([`${same} `]);
    });

    test('from / if nobody knows where it was started', () => {
      expect(anew({ workingDirectory: -2, executables: ['/proc/self/exe'] })[0]).toBe('change into /');
    });

    test('or says why not, and exits 111', () => {
      expect(anew({}).slice(-2)).toEqual(['say - nitro: cannot execute nitro anew: error 2', 'exit 111']);
    });

    test('a shutdown does not', () => {
      expect(end({ asks: 'shutdown', executables: ['/proc/self/exe'] }).slice(-2)).toEqual(['say - nitro: finished', 'exit 0']);
      expect(end({ ...machine, asks: 'shutdown' }).slice(-3)).toEqual(['remount', 'sync', 'poweroff']);
    });
  });
});
