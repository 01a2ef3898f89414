/** Who logs to whom, beyond what a link says (behaviour.md §5), and the pipes between them. */
import { describe, expect, test } from 'vitest';
import { Console } from '../../runtime/console.js';
import { Directory } from '../../runtime/directory.js';
import { Logs } from '../../runtime/logs.js';
import type { Os, Result } from '../../runtime/os.js';
import { Pipes } from '../../runtime/pipes.js';
import type { LogPipe } from '../../runtime/pipes.js';
import { Services } from '../../runtime/service.js';
import type { Service } from '../../runtime/service.js';
import { fakeFiles } from './fake-files.js';
import type { Entry } from './fake-files.js';

/** Services with a `run`, some with a link; `links` overrides what reading one answers. */
class Stage {
  readonly said: string[] = [];
  readonly services = new Services(() => 0);
  readonly files: Record<string, Entry> = {};
  readonly logs: Logs;

  constructor(plans: Readonly<Record<string, string | null>>, links: Readonly<Record<string, Result>> = {}) {
    for (const [name, log] of Object.entries(plans)) {
      this.files[name] = 'directory';
      this.files[`${name}/run`] = { content: '' };
      if (log !== null) this.files[`${name}/log`] = { link: `../${log}` };
    }
    const plain = fakeFiles(this.files, this.said);
    const os: Os = { ...plain, errno: { ...plain.errno, EIO: 5 }, readLink: (path) => links[path] ?? plain.readLink(path) };
    const console = new Console(os);
    this.logs = new Logs(os, console, new Directory(os, console), this.services);
  }

  know(name: string): Service {
    const service = this.services.find(name) ?? this.services.create(name);
    this.logs.update(service);
    return service;
  }
}

describe('LOG', () => {
  test('is a logger, and so is each instance of LOG@, and what a link names; nothing else is', () => {
    const stage = new Stage({ a: 'l', l: null, b: null });
    for (const name of ['a', 'l', 'b']) stage.know(name);
    const loggers = ['LOG', 'LOG@a', 'LOG@', 'l', 'a', 'b', 'xLOG@', 'LOGS'].filter((name) => stage.logs.isLogger(name));
    expect(loggers).toEqual(['LOG', 'LOG@a', 'LOG@', 'l']);
    expect(stage.logs.isNamed('LOG')).toBe(false);
    expect(stage.logs.isNamed('l')).toBe(true);
  });

  test('gets the output of what has no link, from its first launch on; of what has one, never', () => {
    const stage = new Stage({ a: null, b: 'l', c: 'LOG', l: null, LOG: 'a' });
    const [a, b, c, log] = ['a', 'b', 'c', 'LOG'].map((name) => stage.know(name));
    if (a === undefined || b === undefined || c === undefined || log === undefined) throw new Error('not known');
    const writesTo = (): readonly (string | null)[] => [a, b, c, log].map((service) => stage.logs.writesTo(service));
    // Whoever names it by a link means its pipe, whether it runs or not.
    expect(writesTo()).toEqual([null, 'l', 'LOG', null]);
    stage.logs.isGlobalInUse = true;
    expect(writesTo()).toEqual(['LOG', 'l', 'LOG', null]);
    expect([a, b, c, log].map((service) => stage.logs.loggerOf(service))).toEqual(['LOG', 'l', 'LOG', null]);
  });

  test('has no logger, whatever its link says, and waits for nobody', () => {
    const stage = new Stage({ a: 'LOG', LOG: 'a' });
    const log = stage.know('LOG');
    stage.know('a');
    expect(log.logger).toBeNull();
    expect(stage.logs.waitsForUsers(log)).toBe(false);
  });
});

describe('users', () => {
  test('of a logger are those that write to it, without itself', () => {
    const stage = new Stage({ a: 'l', b: 'l', l: 'l', c: null });
    for (const name of ['a', 'b', 'l', 'c']) stage.know(name);
    expect(stage.logs.usersOf('l').map(({ name }) => name)).toEqual(['a', 'b']);
    expect(stage.logs.usersOf('LOG').map(({ name }) => name)).toEqual(['c']);
  });

  test('are counted: a logger is one as long as one service names it', () => {
    const stage = new Stage({ a: 'l', b: 'l', l: null, m: null });
    const a = stage.know('a');
    const b = stage.know('b');
    stage.know('a');
    stage.logs.forget(a);
    expect(stage.logs.isNamed('l')).toBe(true);
    stage.files['b/log'] = { link: '../m' };
    stage.logs.update(b);
    expect([stage.logs.isNamed('l'), stage.logs.isNamed('m')]).toEqual([false, true]);
    stage.logs.forget(b);
    stage.logs.forget(b);
    expect(stage.logs.isNamed('m')).toBe(false);
    stage.logs.update(b);
    expect(stage.logs.isNamed('m')).toBe(true);
  });
});

describe('a circle of links', () => {
  const circle = (stage: Stage, name: string): readonly string[] => stage.logs.circleOf(stage.know(name)).map((each) => each.name);

  test('is what leads back to where it began', () => {
    const stage = new Stage({ x: 'y', y: 'z', z: 'x', into: 'x', self: 'self', a: 'l', l: null });
    for (const name of ['x', 'y', 'z', 'into', 'self', 'a', 'l']) stage.know(name);
    expect(circle(stage, 'x')).toEqual(['x', 'y', 'z']);
    expect(circle(stage, 'z')).toEqual(['z', 'x', 'y']);
    expect(circle(stage, 'self')).toEqual(['self']);
    for (const name of ['into', 'a', 'l']) expect(circle(stage, name)).toEqual([]);
  });

  test('does not go over LOG, which has no logger', () => {
    const stage = new Stage({ a: null, LOG: 'a' });
    stage.know('a');
    expect(circle(stage, 'LOG')).toEqual([]);
    expect(circle(stage, 'a')).toEqual([]);
  });
});

describe('a link that cannot be read', () => {
  test.each([
    [-2, null, ''],
    [-20, null, ''],
    [-22, null, '- nitro: a: log is not a symlink, ignored\n'],
    [-5, 'l', '- nitro: a: cannot read log, which stays as it was: error 5\n'],
  ])('with error %i: the logger is then %j', (result, logger, said) => {
    const links: Record<string, Result> = {};
    const stage = new Stage({ a: 'l', l: null }, links);
    stage.know('a');
    links['a/log'] = result;
    expect(stage.know('a').logger).toBe(logger);
    expect(stage.said.join('')).toBe(said);
  });
});

describe('a link', () => {
  test('may name a service that is known and has no directory any more', () => {
    const stage = new Stage({ a: 'gone' });
    expect(stage.know('a').logger).toBeNull();
    stage.services.create('gone');
    expect(stage.know('a').logger).toBe('gone');
  });

  test('that names what can be no service is ignored, with a warning', () => {
    const stage = new Stage({ a: 'SYS', SYS: null });
    expect(stage.know('a').logger).toBeNull();
    expect(stage.said).toEqual(['- nitro: a: no such service to log to: SYS\n']);
  });

  test('goes before LOG@, and a template of LOG that offers nothing is told of', () => {
    const stage = new Stage({ a: 'l', b: null, l: null });
    stage.files['LOG@'] = 'directory';
    expect(stage.know('a').logger).toBe('l');
    expect(stage.said).toEqual([]);
    expect(stage.know('b').logger).toBeNull();
    expect(stage.said).toEqual(['- nitro: b: cannot log to LOG@b\n']);
  });
});

describe('a pipe', () => {
  class Plumbing {
    readonly closed: number[] = [];
    readonly known = new Set<string>();
    made = 0;
    readonly pipes: Pipes;

    constructor(answer?: Result) {
      const os: Partial<Os> = {
        pipe: () => {
          this.made += 1;
          return answer ?? { read: this.made * 10, write: this.made * 10 + 1 };
        },
        close: (fd) => void this.closed.push(fd),
      };
      this.pipes = new Pipes(os as Os, (logger) => this.known.has(logger));
    }

    open(logger: string): LogPipe {
      const pipe = this.pipes.open(logger);
      if (typeof pipe === 'number') throw new Error('no pipe');
      return pipe;
    }
  }

  test('is made once for each logger', () => {
    const { pipes, ...plumbing } = new Plumbing();
    expect(pipes.has('l')).toBe(false);
    const pipe = pipes.open('l');
    expect(pipe).toEqual({ logger: 'l', read: 10, write: 11, holders: 0 });
    expect(pipes.open('l')).toBe(pipe);
    expect(pipes.open('m')).toMatchObject({ logger: 'm', read: 20 });
    expect([pipes.has('l'), pipes.has('n')]).toEqual([true, false]);
    expect(plumbing.closed).toEqual([]);
  });

  test('that cannot be made is told of by its error', () => {
    const { pipes } = new Plumbing(-24);
    expect(pipes.open('l')).toBe(-24);
    expect(pipes.has('l')).toBe(false);
  });

  test('stays while its logger is known, or somebody holds it, and is closed after both (§5)', () => {
    const plumbing = new Plumbing();
    const { pipes, known, closed } = plumbing;
    known.add('l');
    const pipe = plumbing.open('l');
    expect(pipes.isHeld('l')).toBe(false);
    pipes.hold(pipe);
    pipes.hold(pipe);
    expect([pipes.isHeld('l'), pipes.isHeld('m')]).toEqual([true, false]);
    pipes.release(pipe);
    expect(pipes.isHeld('l')).toBe(true);
    known.delete('l');
    pipes.closeUnused('l');
    expect(closed).toEqual([]);
    pipes.release(pipe);
    expect(closed).toEqual([10, 11]);
    expect([pipes.isHeld('l'), pipes.has('l')]).toEqual([false, false]);
    pipes.closeUnused('l');
    expect(closed).toEqual([10, 11]);
  });

  test('of a logger that is known is not closed when nobody holds it', () => {
    const plumbing = new Plumbing();
    plumbing.known.add('l');
    const pipe = plumbing.open('l');
    plumbing.pipes.hold(pipe);
    plumbing.pipes.release(pipe);
    expect(plumbing.closed).toEqual([]);
    plumbing.known.delete('l');
    plumbing.pipes.closeUnused('l');
    expect(plumbing.closed).toEqual([10, 11]);
  });
});
