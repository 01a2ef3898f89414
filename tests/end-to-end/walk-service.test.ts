/**
 * Every path of the service machine that can be caused from outside, on the binary (behaviour.md §3): scripts that end as the path says,
 * requests, execs that hang or fail, time, and the system going down on the way.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../machines/compile.js';
import { serviceMachine } from '../../machines/service.js';
import type { Compiled } from '../../machines/compile.js';
import type { Row } from '../../table/format.js';
import { cover } from '../../model-tests/walk/binary/cover.js';
import { serviceReasons } from '../../model-tests/walk/binary/exceptions.js';
import { plan } from '../../model-tests/walk/binary/plan.js';
import { walkSetting } from '../../model-tests/walk/binary/services.js';
import { serviceSettings } from '../../model-tests/walk/binary/settings.js';
import { prepareActor } from '../../model-tests/walk/binary/stage.js';
import { mayHold, walkServices } from '../../model-tests/walk/binary/walk-services.js';
import { isComplete, toMarkdown } from '../../model-tests/walk/report.js';
import type { RealWalk } from '../../model-tests/walk/report.js';

/** A walk takes half a minute; that it ends is seen by what it waits for. */
const walkMsMax = 3_600_000;

describe.skipIf(!mayHold)('the service machine, walked on the binary', () => {
  const compiled = compile(serviceMachine);
  let walk: RealWalk;
  beforeAll(async () => {
    walk = await walkServices(serviceMachine, compiled);
    if (process.env['NITRO_WALK_REPORT'] !== undefined) console.log(toMarkdown({ ladders: [], real: [walk] }));
  }, walkMsMax);

  test('§3: on each path the binary, XState and the table do the same', () => {
    expect(walk.failures).toEqual([]);
  });

  test('§3: every transition, ignored event and pair of transitions is walked, or is an exception with a reason', () => {
    expect(walk.covered.flatMap(({ missing }) => missing)).toEqual([]);
    expect(isComplete({ ladders: [], real: [walk] })).toBe(true);
  });

  test('the exceptions are those that are known, and no more', () => {
    const counts = walk.covered.map(({ what, goals, reached, exceptions }) => [what, goals, reached, exceptions.map((each) => each.goals.length)]);
    expect(counts).toEqual([
      ['transitions', 156, 155, [1]],
      ['ignored events', 204, 40, [81, 62, 21]],
      ['transition pairs', 1212, 1016, [129, 3, 27, 4, 30, 3]],
      ['other ways to cause them', 1, 1, []],
    ]);
  });
});

describe('the walk would notice', () => {
  const compiled = compile(serviceMachine);
  const restart = compiled.table.leaves.findIndex(({ name }) => name === 'RESTART.stopping');
  const [setting] = serviceSettings;

  test.concurrent.each([
    ['a transition that leads elsewhere', 'UP', 'WANT_DOWN', (row: Row): Row => ({ ...row, target: restart })],
    ['a transition that is announced and should not be', 'STARTING.timed', 'READY', (row: Row): Row => ({ ...row, actions: [] })],
    ['a signal that should not be sent', 'UP', 'WANT_DOWN', (row: Row): Row => ({ ...row, actions: ['announce'] })],
  ])('%s', { timeout: walkMsMax }, async (_fault, name, event, change) => {
    if (setting === undefined) throw new Error('no settings');
    prepareActor();
    const leaf = compiled.table.leaves.findIndex((each) => each.name === name);
    const leaves = compiled.table.leaves.map((each, index) =>
      index === leaf ? { ...each, on: { ...each.on, [event]: each.on[event]?.map(change) ?? [] } } : each,
    );
    const planted: Compiled = { ...compiled, table: { ...compiled.table, leaves } };
    const [laid] = plan(planted, [setting]).planned;
    const paths = laid?.paths.filter((path) => path.some(({ moves }) => moves.some((move) => move.leaf === leaf && move.event === event))) ?? [];
    expect(paths).not.toEqual([]);
    const { failures } = await walkSetting(planted, { setting, paths: paths.slice(0, 2) });
    expect(failures).not.toEqual([]);
  });

  test('a goal that no world meets and no reason explains', () => {
    const [transitions] = cover(compiled, serviceReasons(compiled), new Set(), new Set());
    expect(transitions?.missing).toContain('UP on WANT_DOWN');
    expect(transitions?.exceptions.map(({ goals }) => goals)).toEqual([['SETUP.launching on RUN_EXITED']]);
  });
});
