/**
 * What `nitro-audit conform` makes of what its walks see: which paths end by themselves, which failures are one, and what is known of the reference.
 */
import { describe, expect, test } from 'vitest';
import { compile } from '../../machines/compile.js';
import { serviceMachine } from '../../machines/service.js';
import { Findings } from '../../cli/audit/conform/walk/findings.js';
import { walkGraph } from '../../cli/audit/conform/walk/graph.js';
import { leftOut } from '../../cli/audit/conform/walk/lane.js';
import { alike, downIn, failureOf } from '../../cli/audit/conform/walk/settle.js';
import type { Failure } from '../../cli/audit/conform/walk/settle.js';
import { ownSettings } from '../../cli/audit/conform/walk/services.js';
import { contrast, deedTitle, inWords } from '../../cli/audit/conform/walk/words.js';
import { Ended, Hung } from '../../cli/audit/conform/finding.js';
import { inParallel } from '../../cli/audit/conform/parallel.js';
import { explore, layPaths } from '../../model-tests/walk/binary/paths.js';
import { coverable, plan } from '../../model-tests/walk/binary/plan.js';
import type { Path, Setting } from '../../model-tests/walk/binary/plan.js';
import { serviceSettings } from '../../model-tests/walk/binary/settings.js';
import { pause, Time } from '../../model-tests/walk/binary/time.js';
import { deedsIn, firstWorld } from '../../model-tests/walk/binary/world.js';

const compiled = compile(serviceMachine);
const [first] = serviceSettings;
if (first === undefined) throw new Error('no settings');
const up: Setting = first;
const { planned } = plan(compiled, serviceSettings);
const paths = planned[0]?.paths ?? [];

/** The path to the first deed that a part of its title names. */
function pathTo(title: string): Path {
  for (const path of planned.flatMap((each) => each.paths)) {
    const at = path.findIndex((deed) => deedTitle(compiled, deed).includes(title));
    if (at >= 0) return path.slice(0, at + 1);
  }
  throw new Error(`no path to ${title}`);
}

function failing(title: string, message: string, setting = up): Failure {
  const path = pathTo(title);
  const failure = failureOf(compiled, setting, { path, done: path.slice(0, -1), outcome: 'differs', isLeft: false, message, variety: 0 }, null);
  if (failure === null) throw new Error('no failure');
  return failure;
}

describe('a walk ends', () => {
  test.each([Infinity, NaN, 2 ** 31, 86_400_000 * 30])('a pause of %d ms is an error, and not one of 1 ms over and over', async (ms) => {
    await expect(pause(ms)).rejects.toThrow(/do not end/);
  });

  test('a pause that is over already is none', async () => {
    await expect(pause(-5)).resolves.toBeUndefined();
  });

  test('a life that should grow long where RESPAWN does not end is an error', async () => {
    const path = planned.flatMap((each) => each.paths).find((each) => each.some(({ lifeWasShort }) => lifeWasShort === false)) ?? [];
    const index = path.findIndex(({ lifeWasShort }) => lifeWasShort === false);
    expect(index).toBeGreaterThan(0);
    const world = path[index - 1]?.to ?? firstWorld(compiled);
    await expect(new Time(compiled, {}).grow(path, index, world)).rejects.toThrow(/do not end/);
    await expect(new Time(compiled, { RESPAWN: 1 }).grow(path, index, world)).resolves.toBeUndefined();
  });

  test('no path waits for a delay that does not end in the setting that it was laid for, and some would elsewhere', () => {
    const waits = ({ setting: { short }, paths: laid }: { readonly setting: Setting; readonly paths: readonly Path[] }): readonly string[] =>
      laid.flat().flatMap(({ stimulus }) => (stimulus.kind === 'wait' && !short.includes(stimulus.delay) ? [stimulus.delay] : []));
    expect(planned.flatMap(waits)).toEqual([]);
    expect(planned.flatMap((each) => waits({ ...each, setting: up }))).not.toEqual([]);
  });

  test('a failure remembers its setting: its path is walked again in that, and in no other', () => {
    const setting = serviceSettings.find(({ short }) => short.includes('SHUTDOWN')) ?? up;
    expect(failing('UP on WANT_DOWN', 'not in time: signals', setting).setting).toBe(setting);
  });

  test('work that adds work comes to an end', async () => {
    const done: number[] = [];
    await inParallel([3, 1], 2, async (each, add) => {
      done.push(each);
      if (each > 0) add(each - 1);
      await pause(0);
    });
    expect(done.sort()).toEqual([0, 0, 1, 1, 2, 3]);
  });
});

describe('what cannot be walked with delays that cannot be set is left out, and nothing else', () => {
  test('the settings of such a daemon reach everything that is possible there', () => {
    const around = { avoid: new Set<string>(), noHanging: false, ownMs: compiled.table.delays };
    const possible = explore(compiled, walkGraph(compiled, null, around));
    expect(possible.size).toBeGreaterThan(0.9 * coverable(compiled).size);
    const left = new Set(possible);
    for (const setting of ownSettings) layPaths(compiled, walkGraph(compiled, setting, around), left, 10);
    expect([...left]).toEqual([]);
  });
});

describe('failures of one cause are one divergence', () => {
  const query = (state: string): string => `QUERY says ${state} setup false run false finish true, and should say ${state} setup false run true finish false`;

  test('what differs in one thing is the same in all states', () => {
    expect(contrast('QUERY says DOWN setup false run true finish false', 'DOWN setup false run false finish false')).toEqual(['QUERY says run true', 'run false']);
    expect(contrast('QUERY says DOWN setup false run true finish false', 'UP setup false run true finish false')).toEqual(['QUERY says DOWN', 'UP']);
    expect(contrast('UP is announced', 'DOWN is announced')).toEqual(['UP is announced', 'DOWN is announced']);
  });

  test('other states, the same processes: one, that lists its instances', () => {
    const failures = [failing('UP on WANT_DOWN', query('SHUTDOWN')), failing('UP on WANT_RESTART', query('RESTART'))];
    const groups = alike(failures, () => null);
    expect(groups).toHaveLength(1);
    const findings = new Findings(compiled);
    for (const group of groups) findings.add(group, group[0] ?? null);
    const [found, ...more] = findings.divergences;
    expect(more).toEqual([]);
    expect([found?.title, ...(found?.also ?? [])].sort()).toEqual(['UP on WANT_DOWN', 'UP on WANT_RESTART']);
  });

  test('something else seen, or expected: another', () => {
    const findings = new Findings(compiled);
    for (const each of [failing('UP on WANT_DOWN', query('SHUTDOWN')), failing('UP on WANT_RESTART', 'not in time: signals')]) findings.add([each], each);
    expect(findings.divergences.map(({ title }) => title)).toEqual(['UP on WANT_DOWN', 'UP on WANT_RESTART']);
  });

  test('a later instance is added to what is there; one that was not seen again alone is not', () => {
    const findings = new Findings(compiled);
    const first = failing('UP on WANT_DOWN', 'not in time: signals');
    const later = failing('UP on WANT_RESTART', 'not in time: signals');
    expect(findings.addLike([later])).toBe(false);
    findings.add([first], null);
    expect(findings.divergences[0]?.seen).toMatch(/once; not when it was tried alone/);
    expect(findings.addLike([later])).toBe(false);
    findings.add([first], first);
    expect(findings.addLike([later])).toBe(true);
    expect(findings.divergences.map(({ also }) => also)).toEqual([[], ['UP on WANT_RESTART']]);
  });

  test('what many daemons leave behind is one, by what that is', () => {
    const findings = new Findings(compiled);
    findings.afterwards(up, 60, 'not within 5000 ms: nitro ends');
    findings.afterwards(up, 1, 'not within 6200 ms: nitro ends');
    findings.afterwards(up, 2, 'not within 5000 ms: no descriptor is leaked\nlast: 3 more');
    expect(findings.divergences.map(({ title, also }) => [title, also])).toEqual([
      ['after 60 paths of services (up)', ['after 1 path of services (up)']],
      ['after 2 paths of services (up)', ['last: 3 more']],
    ]);
  });

  test('what is known of the reference is not one with what is not', () => {
    const announced = 'something else was announced\n  should be announced: DOWN RESTART\n  was announced: DOWN UP';
    const findings = new Findings(compiled);
    const known = failing('UP on WANT_RESTART', announced);
    expect(known.expected).toBe('RESTART is announced');
    findings.add([known], { ...known, expected: 'UP is announced' });
    expect(findings.divergences.map((each) => each.known === null)).toEqual([true, false]);
  });
});

describe('a daemon that is gone', () => {
  const path = paths[0] ?? [];
  const walked = { path, done: path.slice(0, 2), outcome: 'lost', isLeft: false, message: 'gone', variety: 0 } as const;

  test('who ended is told from who hangs', () => {
    expect(failureOf(compiled, up, walked, new Hung())?.kind).toBe('hung');
    expect(failureOf(compiled, up, walked, new Ended('nitro ended with SIGKILL'))?.seen).toBe('nitro ended with SIGKILL');
  });

  test('where all was done, it was the request by which the service is left', () => {
    const failure = failureOf(compiled, up, { ...walked, done: path, isLeft: true }, new Hung());
    const last = failure?.path[failure.path.length - 1];
    expect(last?.stimulus).toEqual({ kind: 'ask', what: 'DOWN' });
    expect(failure?.path).toHaveLength(path.length + 1);
    expect(downIn(compiled, firstWorld(compiled))).toBeUndefined();
    expect(deedsIn(compiled, path[path.length - 1]?.to ?? firstWorld(compiled))).toContainEqual(last);
  });
});

describe('complaints in words', () => {
  test.each([
    ['QUERY says UP setup false run true finish false, and should say DOWN setup false run false finish false', 'QUERY says DOWN setup false run false finish false', 'UP setup false run true finish false'],
    ['finish got 0 3 and should have got 3 0', 'finish gets the arguments 3 0', '0 3'],
    ['not in time: finish starts ', 'this comes: finish starts', 'it does not come'],
    ['signals 2 18 were caught', 'SIGTERM (15) and SIGCONT (18) are sent, once for each time', 'signals 2 18'],
  ])('%s', (message, expected, seen) => {
    expect(inWords(message)).toEqual({ expected, seen });
  });

  test('announcements that are left out are told from others', () => {
    expect(leftOut(['UP', 'RESTART', 'UP'], ['UP', 'UP'])).toEqual(['RESTART']);
    expect(leftOut(['UP'], ['DOWN'])).toBeNull();
  });
});
