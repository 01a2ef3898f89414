/** nitroctl's command line: options, commands, services as names and paths, help. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseArguments, parseSeconds, type Run } from '../../cli/ctl-arguments.js';
import { commands, findCommand } from '../../cli/ctl-commands.js';
import { helpText } from '../../cli/ctl-help.js';
import { serviceNameOf } from '../../cli/ctl-service-name.js';
import { version } from '../../runtime/version.js';
import { failures, FakeSystem } from './nitroctl-fake.js';
import { FakeDaemon } from './nitroctl-fake-daemon.js';

const run = (...words: readonly string[]): Run => {
  const invocation = parseArguments(words);
  if (invocation.kind !== 'run') throw new Error(`not a run: ${JSON.stringify(invocation)}`);
  return invocation;
};

describe('options', () => {
  it('without any, and without a command, it is a list', () => {
    expect(parseArguments([])).toEqual({
      kind: 'run',
      command: { kind: 'list' },
      services: [],
      timeoutMs: null,
      verbose: false,
      json: false,
    });
  });

  it.each([
    [['-t', '5', '-v', 'start', 'a']],
    [['-t5', '-v', 'start', 'a']],
    [['-vt5', 'start', 'a']],
    [['-vt', '5', 'start', 'a']],
    [['start', '-v', 'a', '-t', '5']],
    [['-v', '-t', '9', '-t', '5.0', 'start', '--', 'a']],
    [['-v', '-t5', '--', 'start', 'a']],
  ])('%j', (words) => {
    expect(run(...words)).toMatchObject({ timeoutMs: 5000, verbose: true, services: ['a'], command: { kind: 'bring', request: 'up' } });
  });

  it('end at --', () => {
    expect(run('up', '--', '-t', '--', '--help', '-x').services).toEqual(['-t', '--', '--help', '-x']);
    expect(run('up', '-', '--').services).toEqual(['-']);
  });

  it.each([
    [['-x', 'list'], 'unknown option: -x'],
    [['-vx', 'list'], 'unknown option: -x'],
    [['--jsonl'], 'unknown option: --jsonl'],
    [['-t'], 'option -t needs a number of seconds'],
    [['start', 'a', '-t'], 'option -t needs a number of seconds'],
    [['-t', 'x', 'list'], "option -t needs a number of seconds, not 'x'"],
    [['-t', '-5', 'list'], "option -t needs a number of seconds, not '-5'"],
    [['-t5v', 'list'], "option -t needs a number of seconds, not '5v'"],
    [['-t', '', 'list'], "option -t needs a number of seconds, not ''"],
    [['--json', 'start', 'a'], 'option --json is for list, info, events and trace, not for start'],
    [['frobnicate'], 'unknown command: frobnicate'],
    [[''], 'unknown command: '],
    [['shutdown'], 'unknown command: shutdown (did you mean Shutdown?)'],
    [['reboot'], 'unknown command: reboot (did you mean Reboot?)'],
    [['start'], 'start needs the name of a service'],
    [['d'], 'd needs the name of a service'],
    [['rescan', 'a'], 'rescan takes no service: a'],
    [['events', 'a'], 'events takes no service: a'],
  ])('%j is wrong: %s', (words, problem) => {
    expect(parseArguments(words)).toEqual({ kind: 'usage', problem });
  });

  it.each([
    ['5', 5000],
    ['0', 0],
    ['0.5', 500],
    ['.5', 500],
    ['5.', 5000],
    ['0.0001', 1],
    ['007', 7000],
    ['1.2.3', null],
    ['1e3', null],
    ['0x10', null],
    ['.', null],
    ['', null],
    ['+1', null],
    [' 1', null],
    ['inf', null],
    ['1,5', null],
  ])('-t %j is %j ms', (text, ms) => {
    expect(parseSeconds(text)).toBe(ms);
  });

  it('any words are a call, or are told what is wrong', () => {
    const word = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('-t', '-v', '--', '--json', 'list', 'up', '-t1', '--help'));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        expect(['run', 'help', 'version', 'usage']).toContain(parseArguments(words).kind);
      }),
    );
  });
});

describe('commands', () => {
  it('have each name once', () => {
    const names = commands.flatMap((row) => row.names);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    ['list', 'l'],
    ['rescan', 'scan'],
    ['rescan', 's'],
    ['up', 'u'],
    ['down', 'd'],
    ['fast-restart', 'r'],
    ['pause', 'p'],
    ['cont', 'c'],
    ['hup', 'h'],
    ['alarm', 'a'],
    ['interrupt', 'i'],
    ['quit', 'q'],
    ['term', 't'],
    ['kill', 'k'],
  ])('%s is also %s', (name, abbreviation) => {
    expect(findCommand(abbreviation)).toBe(findCommand(name));
    expect(findCommand(name)).toBeDefined();
  });

  it.each(['info', 'start', 'restart', 'stop', 'fast-start', 'fast-stop', 'ready', 'wait-up', 'wait-down', 'wait-starting'])('%s', (name) => {
    expect(findCommand(name)?.names).toEqual([name]);
  });

  it.each(['1', '2', 'pidof', 'check', 'events', 'trace', 'Shutdown', 'Reboot'])('%s', (name) => {
    expect(findCommand(name)?.names).toEqual([name]);
  });

  it.each(['e', 'w', 'S', 'R', 'usr1', 'LIST', 'toString', 'constructor'])('%s is none', (name) => {
    expect(findCommand(name)).toBeUndefined();
  });
});

describe('help', () => {
  it('names every command and fits a terminal', () => {
    const lines = helpText().split('\n');
    for (const row of commands) {
      const rows = lines.filter((line) => line.startsWith(`  ${row.names.join(', ')} `) && line.endsWith(row.help));
      expect(rows).toHaveLength(1);
    }
    for (const line of lines) expect(line.length).toBeLessThan(80);
  });

  it('goes to stdout, as the version does', () => {
    const system = new FakeSystem();
    system.nitro = 'absent';
    expect(system.ctl('--help')).toBe(0);
    expect(system.stdout).toBe(helpText());
    system.stdout = '';
    expect(system.ctl('start', '-h')).toBe(0);
    expect(system.stdout).toBe(helpText());
    system.stdout = '';
    expect(system.ctl('--version')).toBe(0);
    expect(system.stdout).toBe(`nitroctl ${version}\n`);
    expect(system.stderr).toBe('');
  });

  it('what is wrong goes to stderr', () => {
    const system = new FakeSystem();
    system.nitro = 'absent';
    expect(system.ctl('strat', 'a')).toBe(2);
    expect(system.stderr).toBe("nitroctl: unknown command: strat\nTry 'nitroctl --help'.\n");
    expect(system.stdout).toBe('');
  });
});

describe('services', () => {
  let system: FakeSystem;
  beforeEach(() => {
    system = new FakeSystem();
    system.directory = '/real/a';
    for (const path of ['/real', '/real/a', '/real/b', '/etc/nitro', '/etc/nitro/a', '/etc/nitro/b@c d']) system.files.set(path, 'directory');
  });

  it.each(['a', 'nope', 'a@b', '-t', '...', '', 'ALL', '.hidden'])('%j is a name', (argument) => {
    expect(serviceNameOf(system, argument)).toEqual({ name: argument });
  });

  it.each([
    ['.', 'a'],
    ['./', 'a'],
    ['./.', 'a'],
    ['..', 'real'],
    ['../b', 'b'],
    ['..//b//', 'b'],
    ['/etc/nitro/a', 'a'],
    ['/etc/nitro/a/', 'a'],
    ['/etc/nitro/x/../a', 'a'],
    ['/etc/nitro/b@c d', 'b@c d'],
  ])('%j is the path of %j', (argument, name) => {
    expect(serviceNameOf(system, argument)).toEqual({ name });
  });

  it.each(['./x', 'a/b', '/etc/nitro/x', '/'])('%j does not exist', (argument) => {
    const problem = serviceNameOf(system, argument);
    expect(problem).toHaveProperty('problem');
  });

  it('count from $PWD, if that is the working directory', () => {
    system.environment.set('PWD', '/etc/nitro/a');
    expect(serviceNameOf(system, '../b@c d')).toHaveProperty('problem');
    system.same = (a, b) => a === '/etc/nitro/a' && b === '.';
    expect(serviceNameOf(system, '../b@c d')).toEqual({ name: 'b@c d' });
    expect(serviceNameOf(system, '.')).toEqual({ name: 'a' });
    system.same = () => true;
    system.environment.set('PWD', 'a');
    expect(serviceNameOf(system, '../b')).toEqual({ name: 'b' });
  });

  it('a working directory that is gone is told', () => {
    system.directory = -failures.ENOENT;
    expect(serviceNameOf(system, '.')).toEqual({ problem: 'cannot tell the working directory: No such file or directory' });
    expect(serviceNameOf(system, '/etc/nitro/a')).toEqual({ name: 'a' });
  });

  it('nothing is asked if one of the paths does not exist', () => {
    new FakeDaemon(system, { a: {} });
    expect(system.ctl('up', 'a', './x', './y')).toBe(111);
    expect(system.stderr).toBe(
      'nitroctl: no such service: ./x: No such file or directory\nnitroctl: no such service: ./y: No such file or directory\n',
    );
    expect(system.received).toEqual([]);
  });
});
