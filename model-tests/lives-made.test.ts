/**
 * Lives made by hand for what no property looks at: how scripts are started (behaviour.md §2, §4), and what nitro says on the way.
 */
import { describe, expect, test } from 'vitest';
import type { Spawn } from '../runtime/os.js';
import { violationsOf } from './properties/all.js';
import { plain } from './sim/choice.js';
import { E } from './sim/errors.js';
import { live } from './sim/life.js';
import type { SimulatedOs } from './sim/os.js';
import { quiet } from './sim/scenario.js';
import type { Behaviour, Command, Scenario } from './sim/scenario.js';
import type { Life } from './sim/trace.js';

interface Seen {
  readonly life: Life;
  readonly spawns: readonly Spawn[];
  /** All that was said, in one text. */
  readonly said: string;
}

/** `prepare` makes the system fail in its own way; then properties need not hold. */
function see(scenario: Partial<Scenario>, prepare?: (os: SimulatedOs) => void): Seen {
  const whole = { ...quiet, ...scenario };
  const spawns: Spawn[] = [];
  const life = live(whole, plain, (os) => {
    prepare?.(os);
    const spawn = os.spawn.bind(os);
    os.spawn = (what): ReturnType<typeof spawn> => {
      spawns.push(what);
      return spawn(what);
    };
  });
  if (prepare === undefined) expect(violationsOf(whole, life)).toEqual([]);
  return { life, spawns, said: life.trace.flatMap((entry) => (entry.type === 'said' ? [entry.text] : [])).join('') };
}

/** How a script was started the first time. */
function spawnOf({ spawns }: Seen, directory: string, script: string): Spawn | undefined {
  return spawns.find((spawn) => spawn.directory === directory && spawn.argv[0] === script);
}

function states({ life }: Seen, name: string): readonly number[] {
  return life.trace.flatMap((entry) => (entry.type === 'announced' && entry.service === name ? [entry.state] : []));
}

const once: Behaviour = { lasts: 2000 };
const logger = { run: [{ reads: 0, onSignal: 'drains' as const }] };
const rescan: Command = { kind: 'ask', request: { kind: 'rescan' }, manner: 'waits' };
const nowhere = -1;

describe('a script is started (behaviour.md §4)', () => {
  test('in the directory of its service, with nothing on stdin, and nitro’s stdout and stderr', () => {
    const seen = see({ services: { a: { setup: [{ lasts: 1 }], run: [{}], finish: [{ lasts: 1 }] } } });
    const usual = { directory: 'a', stdin: nowhere, stdout: 1, stderr: 2, notificationFd: 0, terminal: false };
    expect(seen.spawns).toEqual([
      { ...usual, argv: ['setup'] },
      { ...usual, argv: ['run'] },
      { ...usual, argv: ['finish', '-1', '15'] },
    ]);
  });

  test.each([
    [{ lasts: 1500, exit: 3 }, ['finish', '3', '0']],
    [{ lasts: 1500, dies: 'KILL' as const }, ['finish', '-1', '9']],
    [{ fails: 'EACCES' as const }, ['finish', '111', '0']],
  ])('finish gets how run ended (§2): %j', (behaviour, argv) => {
    expect(spawnOf(see({ services: { a: { run: [behaviour, {}], finish: [{ lasts: 1 }] } } }), 'a', 'finish')?.argv).toEqual(argv);
  });

  test('a one shot is finished as by exit 0 (§3), whatever the life before it was', () => {
    const edits: Scenario['commands'] = [
      { at: 100, command: { kind: 'edit', edit: { kind: 'removeFile', name: 'a', file: 'run' } } },
      { at: 200, command: { kind: 'kill', name: 'a', signal: 'USR1' } },
    ];
    const { spawns, ...seen } = see({ commands: edits, services: { a: { setup: [{ lasts: 1 }], run: [{}], finish: [{ lasts: 1 }] } } });
    expect(spawns.filter(({ argv }) => argv[0] === 'finish').map(({ argv }) => argv.slice(1))).toEqual([['-1', '10'], ['0', '0']]);
    expect(states({ spawns, ...seen }, 'a')).toContain(5);
  });

  test('of an instance in the template, with PARAM for the last argument (§2)', () => {
    const seen = see({ services: { 'w@': { run: [{}], finish: [{ lasts: 1 }] }, 'w@b c@d': {} } });
    expect(spawnOf(seen, 'w@', 'run')?.argv).toEqual(['run', 'b c@d']);
    expect(spawnOf(seen, 'w@', 'finish')?.argv).toEqual(['finish', '-1', '15', 'b c@d']);
  });

  test('of a service with a log: to the pipe that its logger reads', () => {
    const seen = see({ services: { a: { setup: [{ lasts: 1 }], run: [{}], finish: [{ lasts: 1 }], log: '../l' }, l: logger } });
    const { stdin, stdout } = spawnOf(seen, 'l', 'run') ?? {};
    expect(stdin).toBeGreaterThan(2);
    expect(stdout).toBe(1);
    for (const script of ['setup', 'run', 'finish']) {
      expect(spawnOf(seen, 'a', script)).toMatchObject({ stdin: nowhere, stdout: (stdin ?? 0) + 1, stderr: 2 });
    }
  });

  test('of a logger: only run reads the pipe; of LOG, run’s stderr goes to its stdout, and nobody else’s', () => {
    const scripts = { setup: [{ lasts: 1 }], finish: [{ lasts: 1 }] };
    const seen = see({ services: { a: { run: [{}] }, l: { ...logger, ...scripts }, u: { run: [{}], log: '../l' }, LOG: { ...logger, ...scripts } } });
    const log = spawnOf(seen, 'LOG', 'run');
    expect(log).toMatchObject({ stdout: 1, stderr: 1 });
    expect(log?.stdin).toBeGreaterThan(2);
    for (const script of ['setup', 'finish']) {
      expect(spawnOf(seen, 'LOG', script)).toMatchObject({ stdin: nowhere, stdout: 1, stderr: 2 });
      expect(spawnOf(seen, 'l', script)).toMatchObject({ stdin: nowhere, stderr: 2 });
    }
    expect(spawnOf(seen, 'l', 'run')?.stderr).toBe(2);
    expect(spawnOf(seen, 'a', 'run')).toMatchObject({ stdin: nowhere, stdout: (log?.stdin ?? 0) + 1, stderr: 2 });
  });

  test('of a link to itself: run reads what it writes (§5)', () => {
    const { stdin = 0, stdout } = spawnOf(see({ services: { a: { ...logger, log: '../a' } } }), 'a', 'run') ?? {};
    expect(stdin).toBeGreaterThan(2);
    expect(stdout).toBe(stdin + 1);
  });

  test('with the number of its notification-fd, of run alone', () => {
    const seen = see({ services: { a: { setup: [{ lasts: 1 }], run: [{}], notificationFd: '63', finish: [{ lasts: 1 }] } } });
    expect(seen.spawns.map(({ notificationFd }) => notificationFd)).toEqual([0, 63, 0]);
  });
});

describe('nitro says', () => {
  const ordinary = '- nitro: booting\n';
  const end = (count: number): string => {
    const services = count === 0 ? '' : `- nitro: waiting for ${String(count)} services to finish${'.'.repeat(count)} done.\n`;
    return `- nitro: shutting down\n${services}- nitro: finished\n`;
  };

  test('the course of an ordinary life, and whom it waits for at its end (behaviour.md §6)', () => {
    expect(see({ services: { a: { run: [{}], log: '../l' }, b: { run: [{}] }, d: { run: [{}], down: true }, l: logger } }).said).toBe(ordinary + end(3));
    expect(see({}).said).toBe(ordinary + end(0));
  });

  test('nothing of those that are down by themselves', () => {
    expect(see({ services: { d: { run: [{}], down: true } } }).said).toBe(ordinary + end(0));
  });

  test.each(['EACCES', 'ENOENT', 'ENOMEM'] as const)('that an exec failed with %s, and of which script', (fails) => {
    expect(see({ services: { a: { run: [{ fails }, {}] } } }).said).toContain(`${ordinary}- nitro: a: cannot execute run: ${fails}\n`);
    expect(see({ services: { a: { setup: [{ fails }, { lasts: 1 }], run: [{}] } } }).said).toContain(`- nitro: a: cannot execute setup: ${fails}\n`);
    const finish = see({ services: { a: { run: [once, {}], finish: [{ fails }, { lasts: 1 }] } } });
    expect(finish.said).toContain(`${ordinary}- nitro: a: cannot execute finish: ${fails}\n`);
    expect(finish.said.split('cannot execute')).toHaveLength(2);
  });

  test('that notification-fd is beyond the limit, which makes it FATAL (§4)', () => {
    const seen = see({ services: { a: { run: [{}], notificationFd: '64' } } });
    expect(seen.said).toContain(`${ordinary}- nitro: a: notification-fd is beyond the limit of 64 descriptors\n`);
    expect(states(seen, 'a')[0]).toBe(8);
    expect(seen.spawns).toEqual([]);
  });

  test('that a directory is gone at the launch, which makes it FATAL (§3)', () => {
    const commands: Scenario['commands'] = [{ at: 100, command: { kind: 'edit', edit: { kind: 'remove', name: 'a' } } }];
    const seen = see({ services: { a: { setup: [{ lasts: 1 }], run: [once] } }, commands });
    expect(seen.said).toContain('- nitro: a: its directory is gone\n');
    expect(states(seen, 'a')).toContain(8);
  });

  test('that a service is gone from the directory, once, and only if it ran (§6 Rescan)', () => {
    const remove = (name: string): Command => ({ kind: 'edit', edit: { kind: 'remove', name } });
    const commands = [remove('a'), remove('d'), rescan, rescan].map((command, index) => ({ at: 100 + index * 10, command }));
    const { said } = see({ services: { a: { run: [{ onSignal: 3000 }] }, d: { run: [{}], down: true } }, commands });
    expect(said.split('gone')).toHaveLength(2);
    expect(said).toContain(`${ordinary}- nitro: a is gone from the directory\n`);
  });

  test('that a script could not be forked, and tries again (§3: DELAY for SPAWN_ERROR)', () => {
    let failures = 2;
    const seen = see({ services: { a: { setup: [{ lasts: 1 }], run: [{}] } } }, (os) => {
      const spawn = os.spawn.bind(os);
      os.spawn = (what): ReturnType<typeof spawn> => (failures-- > 0 ? -E.EAGAIN : spawn(what));
    });
    expect(seen.said).toContain(`${ordinary}- nitro: a: cannot start setup: EAGAIN\n- nitro: a: cannot start setup: EAGAIN\n`);
    expect(states(seen, 'a')).toEqual([2, 9, 2, 9, 2, 3, 4, 6, 1]);
  });

  test('that a pipe could not be made: of a logger, and of its user', () => {
    let failures = 2;
    const seen = see({ services: { a: { run: [{}], log: '../l' }, l: logger } }, (os) => {
      const pipe = os.pipe.bind(os);
      os.pipe = (): ReturnType<typeof pipe> => (failures-- > 0 ? -E.EMFILE : pipe());
    });
    expect(seen.said).toContain(`${ordinary}- nitro: l: cannot make a pipe: EMFILE\n- nitro: a: cannot start run: EMFILE\n`);
    expect(states(seen, 'a').at(-1)).toBe(1);
    expect(states(seen, 'a')).toContain(4);
    expect(states(seen, 'l')).toContain(4);
  });
});
