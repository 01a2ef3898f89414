/** What the actions of a service do to others: loggers that are started before it, signals, and what is left of a life (behaviour.md §3, §5). */
import { describe, expect, test } from 'vitest';
import { Console } from '../../runtime/console.js';
import { readDelays } from '../../runtime/delays.js';
import { Effects } from '../../runtime/effects.js';
import type { EffectParts } from '../../runtime/effects.js';
import type { Logs } from '../../runtime/logs.js';
import type { Os } from '../../runtime/os.js';
import { Services } from '../../runtime/service.js';
import type { Service } from '../../runtime/service.js';
import { serviceTable } from '../../table/service.js';
import { fakeFiles } from './fake-files.js';

/** Services by name, with the one each writes to. `offered` are not known, and could be. */
class Stage {
  readonly wanted: string[] = [];
  readonly signals: string[] = [];
  readonly services = new Services(() => 0);
  readonly logs: Pick<Logs, 'update' | 'writesTo' | 'isGlobalInUse'>;
  readonly updated: string[] = [];
  readonly effects: Effects;
  hasDirectory = true;

  constructor(links: Readonly<Record<string, string | null>>, offered: readonly string[] = []) {
    for (const name of Object.keys(links)) this.services.create(name);
    const files = fakeFiles({ 'a/down-signal': { content: 'h' } });
    const os: Os = {
      ...files,
      now: () => 500,
      kill: (pid, signal) => {
        this.signals.push(`${String(signal)} to ${String(pid)}`);
        return 0;
      },
    };
    this.logs = {
      isGlobalInUse: true,
      update: ({ name }) => void this.updated.push(name),
      writesTo: ({ name }) => links[name] ?? null,
    };
    const parts = {
      os,
      delays: readDelays(undefined, new Console(os)),
      directory: { offers: (name: string) => offered.includes(name), exists: () => this.hasDirectory },
      services: this.services,
      logs: this.logs,
      scripts: { releasePipe: () => undefined },
    };
    this.effects = new Effects(parts as unknown as EffectParts, {
      wantUp: ({ name }) => void this.wanted.push(name),
      forgotten: () => undefined,
    });
  }

  get(name: string): Service {
    return this.services.find(name) ?? this.services.create(name);
  }

  is(state: string, name: string): void {
    this.get(name).leaf = serviceTable.leaves.findIndex((leaf) => leaf.state === state);
  }

  /** Who is wanted up when `name` starts, in this order. */
  startLogger(name: string): readonly string[] {
    this.effects.perform(this.get(name), 'startLogger');
    return this.wanted.splice(0);
  }
}

describe('before a service starts, the logger it writes to does', () => {
  test('and before that the one that this writes to: the chain from its end', () => {
    const stage = new Stage({ a: 'l', l: 'm', m: 'n', n: null });
    expect(stage.startLogger('a')).toEqual(['n', 'm', 'l']);
    // A changed link counts from the next start.
    expect(stage.updated).toEqual(['a', 'l', 'm', 'n']);
  });

  test('nobody, where it writes to nobody, or to one that there is not', () => {
    expect(new Stage({ a: null }).startLogger('a')).toEqual([]);
    expect(new Stage({ a: 'l' }).startLogger('a')).toEqual([]);
  });

  test('also one that is not known yet and has a directory', () => {
    const stage = new Stage({ a: 'l' }, ['l']);
    expect(stage.startLogger('a')).toEqual(['l']);
    expect(stage.services.find('l')).toBeDefined();
  });

  test.each(['DOWN', 'FATAL', 'DELAY'])('through one that is in %s, and would start', (state) => {
    const stage = new Stage({ a: 'l', l: 'm', m: null });
    stage.is(state, 'l');
    expect(stage.startLogger('a')).toEqual(['m', 'l']);
  });

  test.each(['SETUP', 'STARTING', 'UP', 'ONESHOT', 'SHUTDOWN', 'RESTART'])('but not past one that is in %s: what it writes to was started with it', (state) => {
    const stage = new Stage({ a: 'l', l: 'm', m: null });
    stage.is(state, 'l');
    expect(stage.startLogger('a')).toEqual(['l']);
  });

  test('each once where the links lead in a circle, and never itself', () => {
    expect(new Stage({ a: 'a' }).startLogger('a')).toEqual([]);
    expect(new Stage({ a: 'l', l: 'a' }).startLogger('a')).toEqual(['l']);
    expect(new Stage({ a: 'l', l: 'm', m: 'l' }).startLogger('a')).toEqual(['m', 'l']);
  });
});

describe('the pipe of LOG is in use until it is brought down, also across its crashes (§5)', () => {
  test.each([
    ['LOG', 'DOWN', false],
    ['LOG', 'RESTART', true],
    ['LOG', 'DELAY', true],
    ['a', 'DOWN', true],
  ])('the life of %s ends in %s: in use: %j', (name, state, isInUse) => {
    const stage = new Stage({ [name]: null });
    stage.is(state, name);
    stage.effects.perform(stage.get(name), 'endLife');
    expect(stage.logs.isGlobalInUse).toBe(isInUse);
  });
});

describe('brought down (§3: signal)', () => {
  function signalled(facts: Partial<Service>, hasDirectory = true): { readonly signals: readonly string[]; readonly service: Service } {
    const stage = new Stage({ a: null });
    stage.hasDirectory = hasDirectory;
    const service = Object.assign(stage.get('a'), { downSignal: 3, ...facts });
    stage.effects.perform(service, 'signalDown');
    return { signals: stage.signals, service };
  }

  test('setup gets SIGTERM and SIGCONT', () => {
    const { signals, service } = signalled({ setup: 100, run: 101 });
    expect(signals).toEqual(['15 to 100', '18 to 100']);
    expect(service.downSignal).toBe(3);
  });

  test('run gets the down signal as it is now, and SIGCONT', () => {
    expect(signalled({ run: 101 }).signals).toEqual(['1 to 101', '18 to 101']);
  });

  test('or as it was at the launch, if the directory is gone', () => {
    expect(signalled({ run: 101 }, false).signals).toEqual(['3 to 101', '18 to 101']);
  });

  test('signalled again, its kill timer goes on', () => {
    expect(signalled({ run: 101 }).service.stopDeadline).toBe(7500);
    expect(signalled({ run: 101, stopDeadline: 7001 }).service.stopDeadline).toBe(7001);
  });

  test('SIGKILL goes to setup, else to run; that of finish to finish', () => {
    const stage = new Stage({ a: null });
    const service = Object.assign(stage.get('a'), { setup: 100, run: 0, finish: 102 });
    stage.effects.perform(service, 'kill');
    Object.assign(service, { setup: 0, run: 101 });
    stage.effects.perform(service, 'kill');
    stage.effects.perform(service, 'killFinish');
    expect(stage.signals).toEqual(['9 to 100', '9 to 101', '9 to 102']);
  });
});
