/**
 * Every path of the system machine that can be caused from outside, on the binary (behaviour.md §6): each a daemon of its own from boot to
 * end, as an ordinary process and as pid 1 of a container.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../machines/compile.js';
import { systemMachine } from '../../machines/system.js';
import type { Compiled } from '../../machines/compile.js';
import { prepareActor } from '../../model-tests/walk/binary/stage.js';
import { mayBePid1, systemPaths, walkPath, walkSystem } from '../../model-tests/walk/binary/walk-system.js';
import { isComplete, toMarkdown } from '../../model-tests/walk/report.js';
import type { RealWalk } from '../../model-tests/walk/report.js';

/** A walk takes half a minute; that it ends is seen by what it waits for. */
const walkMsMax = 3_600_000;

describe('the system machine, walked on the binary', () => {
  const compiled = compile(systemMachine);
  let walk: RealWalk;
  beforeAll(async () => {
    walk = await walkSystem(systemMachine, compiled);
    if (process.env['NITRO_WALK_REPORT'] !== undefined) console.log(toMarkdown({ ladders: [], real: [walk] }));
  }, walkMsMax);

  test('§6: on each path the binary, XState and the table do the same', () => {
    expect(walk.failures).toEqual([]);
  });

  test.skipIf(!mayBePid1())('§6: every transition, ignored event and pair of transitions is walked, or is an exception with a reason', () => {
    expect(walk.covered.flatMap(({ missing }) => missing)).toEqual([]);
    expect(isComplete({ ladders: [], real: [walk] })).toBe(true);
  });

  test.skipIf(!mayBePid1())('the exceptions are those that are known, and no more', () => {
    const counts = walk.covered.map(({ what, goals, reached, exceptions }) => [what, goals, reached, exceptions.map((each) => each.goals.length)]);
    expect(counts).toEqual([
      ['transitions', 33, 33, []],
      ['ignored events', 128, 35, [25, 44, 2, 10, 1, 11]],
      ['transition pairs', 76, 75, [1]],
    ]);
  });
});

describe('the walk would notice', () => {
  const compiled = compile(systemMachine);

  test.concurrent.each([
    ['a message that should not be said', 'run', 'SHUTDOWN_ASKED', ['decideShutdown', 'spawnSysFinish']],
    ['a signal that should not be sent', 'bringUp.settingUp', 'SYS_DOWN_ASKED', []],
  ])('%s', { timeout: walkMsMax }, async (_fault, name, event, actions) => {
    prepareActor();
    const leaf = compiled.table.leaves.findIndex((each) => each.name === name);
    const leaves = compiled.table.leaves.map((each, index) =>
      index === leaf ? { ...each, on: { ...each.on, [event]: each.on[event]?.map((row) => ({ ...row, actions })) ?? [] } } : each,
    );
    const planted: Compiled = { ...compiled, table: { ...compiled.table, leaves } };
    const path = systemPaths(planted).paths.find(({ isPid1, deeds }) => !isPid1 && deeds.some(({ moves }) => moves.some((move) => move.leaf === leaf && move.event === event)));
    if (path === undefined) throw new Error('no such path');
    expect((await walkPath(planted, path)).failure).not.toBeNull();
  });
});
