/** What a scan makes of the directory: who is created, stays, starts, and goes (behaviour.md §5, §6 Bring-up and Rescan). */
import { describe, expect, test } from 'vitest';
import { script, Stage } from './runtime-scan-fake.js';

describe('the first scan', () => {
  test('creates what is there, and starts what has no `down`', () => {
    const stage = new Stage('a', 'b');
    stage.files['b/down'] = script;
    expect(stage.run()).toEqual(['CREATED a']);
    expect(stage.known).toEqual(['a', 'b']);
  });

  test('does not start the target of a `log`, also one that has no entry of its own', () => {
    const stage = new Stage('l', 'm@');
    stage.add('a', 'l');
    stage.add('b', 'm@');
    expect(stage.run()).toEqual(['CREATED a', 'CREATED b']);
    expect(stage.known).toEqual(['a', 'b', 'l', 'm@b']);
  });

  test('leaves what is known already, and was asked for in SYS/setup, as it is', () => {
    const stage = new Stage('a', 'b');
    stage.services.create('b');
    stage.is('UP', 'b');
    expect(stage.run()).toEqual(['CREATED a']);
  });

  test('does nothing if the directory cannot be read, and says so', () => {
    const stage = new Stage('a');
    stage.run();
    stage.is('UP', 'a');
    stage.remove('a');
    stage.broken.add('.');
    expect(stage.run()).toEqual([]);
    expect(stage.said).toEqual(['- nitro: cannot read the service directory: error 5\n']);
  });
});

describe('a rescan', () => {
  test('creates what is new, and leaves what it knows', () => {
    const stage = new Stage('a', 'd');
    stage.files['d/down'] = script;
    stage.run();
    Reflect.deleteProperty(stage.files, 'd/down');
    stage.files['a/down'] = script;
    stage.add('b');
    expect(stage.run()).toEqual(['CREATED b']);
  });

  test('brings down what is gone, and says so only of what runs and only once', () => {
    const stage = new Stage('a', 'b', 'c');
    stage.run();
    stage.is('UP', 'a', 'c');
    stage.remove('a');
    stage.remove('b');
    expect(stage.run()).toEqual(['WANT_DOWN a', 'WANT_DOWN b']);
    expect(stage.run()).toEqual(['WANT_DOWN a', 'WANT_DOWN b']);
    expect(stage.said).toEqual(['- nitro: a is gone from the directory\n']);
    expect(stage.get('a').listed).toBe(false);
    expect(stage.get('c').listed).toBe(true);
  });

  test('starts what was on its way out and is there again, unless it has `down` or waits for its users', () => {
    const stage = new Stage('a', 'b', 'l');
    stage.add('u', 'l');
    stage.run();
    stage.is('UP', 'a', 'b', 'l', 'u');
    for (const name of ['a', 'b', 'l', 'u']) stage.remove(name);
    expect(stage.run()).toEqual(['WANT_DOWN a', 'WANT_DOWN b', 'WANT_DOWN u']);
    stage.is('SHUTDOWN', 'a', 'b', 'u');
    for (const name of ['a', 'b', 'l']) stage.add(name);
    stage.add('u', 'l');
    stage.files['b/down'] = script;
    expect(stage.run()).toEqual(['WANT_UP a', 'WANT_UP u']);
    for (const name of ['a', 'b', 'l', 'u']) expect(stage.get(name).listed).toBe(true);
  });

  test('lets a service be that cannot be looked at now', () => {
    const stage = new Stage('a');
    stage.run();
    stage.is('UP', 'a');
    stage.add('new');
    stage.broken.add('a');
    stage.broken.add('new');
    expect(stage.run()).toEqual([]);
    expect(stage.known).toEqual(['a']);
    expect(stage.said).toEqual(['- nitro: cannot look at a: error 5\n', '- nitro: cannot look at new: error 5\n']);
  });
});

describe('instances (§6 Rescan)', () => {
  function withInstances(): Stage {
    const stage = new Stage('w@', 'w@entry');
    stage.run();
    stage.services.create('w@up');
    stage.services.create('w@down');
    stage.is('UP', 'w@up');
    return stage;
  }

  test('that are not DOWN stay as long as the template exists', () => {
    const stage = withInstances();
    expect(stage.run()).toEqual(['WANT_DOWN w@down']);
    expect(stage.get('w@up').listed).toBe(true);
    stage.remove('w@');
    stage.remove('w@entry');
    expect(stage.run()).toEqual(['WANT_DOWN w@entry', 'WANT_DOWN w@up', 'WANT_DOWN w@down']);
  });

  test('that are DOWN are forgotten, unless there is an entry of their name or they are somebody’s logger', () => {
    const stage = withInstances();
    stage.add('a', 'w@down');
    expect(stage.run()).toEqual(['CREATED a']);
    expect(stage.get('w@down').listed).toBe(true);
    expect(stage.get('w@entry').listed).toBe(true);
  });

  test('a service that is no instance and was asked for needs an entry', () => {
    const stage = new Stage('a');
    stage.run();
    stage.services.create('b');
    stage.is('UP', 'b');
    expect(stage.run()).toEqual(['WANT_DOWN b']);
  });
});

describe('a logger whose directory is gone (§5)', () => {
  /** `a` logs to `l`, and that to `m`; both run, and their directories are gone. */
  function orphaned(): Stage {
    const stage = new Stage('m');
    stage.add('l', 'm');
    stage.add('a', 'l');
    stage.run();
    stage.is('UP', 'a', 'l', 'm');
    stage.remove('l');
    return stage;
  }

  test('stays as long as a link of a known service names it', () => {
    const stage = orphaned();
    expect(stage.run()).toEqual([]);
    expect(stage.get('l').listed).toBe(true);
    stage.files['a/log'] = { link: '../m' };
    expect(stage.run()).toEqual(['WANT_DOWN l']);
  });

  test('goes when the last service that names it is forgotten', () => {
    const stage = orphaned();
    stage.run();
    stage.remove('a');
    expect(stage.run()).toEqual(['WANT_DOWN a']);
    expect(stage.get('l').listed).toBe(true);
    expect(stage.forget('a')).toEqual(['WANT_DOWN l']);
    expect(stage.get('l').listed).toBe(false);
  });

  test('does not go while another one names it', () => {
    const stage = orphaned();
    stage.add('b', 'l');
    stage.run();
    stage.remove('a');
    stage.run();
    expect(stage.forget('a')).toEqual([]);
    expect(stage.forget('b')).toEqual(['WANT_DOWN l']);
  });

  test('does not go if its directory is there again', () => {
    const stage = orphaned();
    stage.run();
    stage.add('l', 'm');
    stage.run();
    stage.remove('a');
    stage.run();
    expect(stage.forget('a')).toEqual([]);
  });

  test('nor does one that has its directory, or a service without a logger take one with it', () => {
    const stage = orphaned();
    stage.add('l', 'm');
    stage.add('n');
    stage.run();
    expect(stage.forget('a')).toEqual([]);
    expect(stage.forget('n')).toEqual([]);
    expect(stage.known).toEqual(['l', 'm']);
  });

  test('that logs to itself is forgotten once', () => {
    const stage = new Stage();
    stage.add('s', 's');
    stage.run();
    stage.get('s').onlyNamed = true;
    const service = stage.get('s');
    stage.scan.forgotten(service, 's');
    expect(service.listed).toBe(true);
  });
});

describe('what goes while it runs keeps its loggers until it is forgotten (§5: nothing of it is lost before)', () => {
  test('the whole chain, each of them for the one before', () => {
    const stage = new Stage('m');
    stage.add('l', 'm');
    stage.add('a', 'l');
    stage.run();
    stage.is('UP', 'a', 'l', 'm');
    for (const name of ['a', 'l', 'm']) stage.remove(name);
    expect(stage.run()).toEqual(['WANT_DOWN a']);
    expect([stage.get('l').onlyNamed, stage.get('m').onlyNamed]).toEqual([true, true]);
    expect(stage.forget('a')).toEqual(['WANT_DOWN l']);
    expect(stage.forget('l')).toEqual(['WANT_DOWN m']);
  });

  test('in a circle, too', () => {
    const stage = new Stage();
    stage.add('x', 'y');
    stage.add('y', 'x');
    stage.run();
    stage.is('UP', 'x', 'y');
    stage.remove('x');
    stage.remove('y');
    stage.run();
    expect([...stage.known].sort()).toEqual(['x', 'y']);
  });

  test('what is down already keeps nobody', () => {
    const stage = new Stage('l');
    stage.add('a', 'l');
    stage.run();
    stage.is('UP', 'l');
    stage.remove('a');
    stage.remove('l');
    expect(stage.run()).toEqual(['WANT_DOWN a', 'WANT_DOWN l']);
  });

  test('one that stays for itself is not kept for others', () => {
    const stage = new Stage('l');
    stage.add('a', 'l');
    stage.run();
    stage.is('UP', 'a', 'l');
    stage.remove('a');
    expect(stage.run()).toEqual(['WANT_DOWN a']);
    expect(stage.get('l').onlyNamed).toBe(false);
    expect(stage.forget('a')).toEqual([]);
  });
});

describe('LOG is brought up before all others (§5)', () => {
  test('if it is there, and has no `down`', () => {
    expect(new Stage('a').startGlobalLogger()).toEqual([]);
    const stage = new Stage('LOG');
    expect(stage.startGlobalLogger()).toEqual(['WANT_UP LOG']);
    expect(stage.run()).toEqual([]);
    const down = new Stage('LOG');
    down.files['LOG/down'] = script;
    expect(down.startGlobalLogger()).toEqual([]);
    expect(down.known).toEqual(['LOG']);
  });

  test('as the service that it is, if it is known already', () => {
    const stage = new Stage('LOG');
    const known = stage.services.create('LOG');
    expect(stage.startGlobalLogger()).toEqual(['WANT_UP LOG']);
    expect(stage.get('LOG')).toBe(known);
  });
});
