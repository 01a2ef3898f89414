/** init, halt, poweroff and reboot. */
import { beforeEach, describe, expect, it } from 'vitest';
import { dropIn, isDropIn, type DropIn } from '../../cli/init.js';
import { failures, FakeSystem } from './nitroctl-fake.js';
import { FakeDaemon } from './nitroctl-fake-daemon.js';

let system: FakeSystem;

beforeEach(() => {
  system = new FakeSystem();
  new FakeDaemon(system, {});
});

const call = (name: DropIn, ...words: readonly string[]): number => dropIn(system, name, `/sbin/${name}`, words);

describe('names', () => {
  it('are these four', () => {
    expect(['init', 'halt', 'poweroff', 'reboot', 'nitroctl', '', 'nitro'].map(isDropIn)).toEqual([true, true, true, true, false, false, false]);
  });
});

describe('init', () => {
  it.each([
    ['0', 'shutdown'],
    ['6', 'reboot'],
    ['q', 'rescan'],
  ])('%s asks for %s', (level, request) => {
    expect(call('init', level)).toBe(0);
    expect(system.requests()).toEqual([request]);
  });

  it.each([[[]], [['1']], [['Q']], [['']], [['-x']], [['0', '6']]])('%j is wrong usage', (words) => {
    expect(call('init', ...words)).toBe(2);
    expect(system.requests()).toEqual([]);
    expect(system.stderr).toContain("Try 'init --help'.");
  });

  it('exits 4 when nitro cannot be reached', () => {
    system.nitro = 'absent';
    expect(call('init', '0')).toBe(4);
  });
});

describe('init as process 1', () => {
  beforeEach(() => {
    system.myPid = 1;
  });

  it('executes the nitro beside its own file, with its own arguments', () => {
    system.links.set('/proc/self/exe', '/opt/nitro/nitro');
    system.files.set('/opt/nitro/nitro', 'file');
    call('init', 'S', '--help');
    expect(system.executed).toEqual([{ path: '/opt/nitro/nitro', argv: ['/opt/nitro/nitro', 'S', '--help'] }]);
  });

  it('does without /proc', () => {
    system.files.set('/sbin/nitro', 'file');
    call('init');
    expect(system.executed[0]).toEqual({ path: '/sbin/nitro', argv: ['/sbin/nitro'] });
  });

  it('finds the nitro beside the target of a link', () => {
    system.links.set('/sbin/init', '../usr/lib/nitro/nitroctl');
    system.files.set('/sbin/../usr/lib/nitro/nitro', 'file');
    call('init');
    expect(system.executed[0]?.path).toBe('/sbin/../usr/lib/nitro/nitro');
  });

  it('tries the usual places, one after the other', () => {
    system.files.set('/usr/bin/nitro', 'file').set('/usr/sbin/nitro', 'file').set('/bin/nitro', 'directory');
    expect(call('init')).toBe(111);
    expect(system.executed.map(({ path }) => path)).toEqual(['/usr/sbin/nitro', '/usr/bin/nitro']);
    expect(system.stderr).toBe('init: cannot execute /usr/bin/nitro: No such file or directory\n');
  });

  it('says when there is none', () => {
    expect(call('init')).toBe(111);
    expect(system.stderr).toBe('init: cannot find nitro\n');
  });
});

describe('halt, poweroff and reboot', () => {
  it.each([
    ['halt', 'shutdown'],
    ['poweroff', 'shutdown'],
    ['reboot', 'reboot'],
  ] as const)('%s asks for %s', (name, request) => {
    expect(call(name)).toBe(0);
    expect(system.requests()).toEqual([request]);
    expect(system.calls).toEqual([]);
  });

  it.each(['halt', 'poweroff', 'reboot'] as const)('%s -f does it at once', (name) => {
    expect(call(name, '-f')).toBe(1);
    expect(system.calls).toEqual(['sync', name]);
    expect(system.requests()).toEqual([]);
    expect(system.stderr).toBe(`${name}: cannot ${name}: errno 1\n`);
  });

  it.each([
    ['-w', 'wtmp shutdown'],
    ['-B', 'wtmp boot'],
    ['-fw', 'wtmp shutdown'],
  ])('halt %s writes only the record', (option, record) => {
    expect(call('halt', option)).toBe(0);
    expect(system.calls).toEqual([record]);
    expect(system.requests()).toEqual([]);
  });

  it('says when the record cannot be written', () => {
    system.accountingErrno = failures.EACCES;
    expect(call('halt', '-w')).toBe(1);
    expect(system.stderr).toBe('halt: cannot write the record: Permission denied\n');
  });

  it.each([[['-x']], [['now']], [['-']], [['-fx']], [['--force']]])('%j is wrong usage, and does nothing', (words) => {
    expect(call('reboot', ...words)).toBe(2);
    expect(system.calls).toEqual([]);
    expect(system.requests()).toEqual([]);
  });
});

describe('help and version', () => {
  it.each(['init', 'halt', 'poweroff', 'reboot'] as const)('of %s', (name) => {
    expect(call(name, '--help')).toBe(0);
    expect(system.stdout).toContain(`Usage: ${name} `);
    for (const line of system.stdout.split('\n')) expect(line.length).toBeLessThan(80);
    expect(call(name, '--version')).toBe(0);
    expect(system.requests()).toEqual([]);
  });
});
