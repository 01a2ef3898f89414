/**
 * What can be done to a service from outside, and what the service machine then goes through.
 *
 * Theory of operation. The machine's events are facts that nitro observed; from outside one can only cause them: ask, let a script end,
 * let an exec hang or fail, let time pass. Which of these is possible depends on more than the leaf: on which process there is. So the
 * world of a path is a leaf and a process. A *deed* is one thing done from outside, with how the directory is arranged before it,
 * and the events that it comes to, in order: to ask for a service that is down is WANT_UP, and then what becomes of the launch. What each event does
 * is read from the table (`moveAt`); only which events follow is said here.
 */
import type { Compiled } from '../../../machines/compile.js';
import { askedBy } from '../goals.js';
import { assignments, leafName, moveAt, rowsAt } from '../moves.js';
import type { Facts, Move } from '../moves.js';
import { dueEvent } from '../timers.js';

/**
 * `hung`: `run` is forked and its exec hangs, with or without a `notification-fd`. `failed`: its exec failed, and it is
 * held back as dead and unreaped. In the leaves that follow a SIGKILL every process is held back so.
 */
export type Process = 'none' | 'setup' | 'hung' | 'hung, awaited' | 'failed' | 'run' | 'finish';

export function isHung(process: Process): boolean {
  return process === 'hung' || process === 'hung, awaited';
}

export interface World {
  readonly leaf: number;
  readonly process: Process;
  /** nitro knows the service. */
  readonly born: boolean;
  /** The system is going down. */
  readonly down: boolean;
  /** The timer of the leaf was due, and nothing came of it. */
  readonly spent: boolean;
}

/** How the directory is arranged before a deed; what is not said may stay as it is. */
export interface Scene {
  readonly setup?: boolean;
  readonly run?: 'whole' | 'missing' | 'busy' | 'broken' | 'hangs';
  readonly readiness?: 'timed' | 'awaited' | 'impossible';
  /** No descriptor is free, so that pipes and forks fail. */
  readonly limited?: boolean;
}

export type Stimulus =
  | { readonly kind: 'create'; readonly isDown: boolean }
  | { readonly kind: 'ask'; readonly what: 'UP' | 'DOWN' | 'RESTART' | 'READY' }
  | { readonly kind: 'exit'; readonly status: number }
  | { readonly kind: 'exec'; readonly outcome: 'whole' | 'busy' | 'broken' }
  | { readonly kind: 'exec fails, held' }
  | { readonly kind: 'killed before exec' }
  | { readonly kind: 'release' }
  | { readonly kind: 'wait'; readonly delay: string }
  | { readonly kind: 'system goes down' };

export interface Deed {
  readonly stimulus: Stimulus;
  readonly scene: Scene;
  readonly moves: readonly Move[];
  readonly to: World;
  readonly way?: string;
  /** Whether the life must have been short or long; null: it does not matter. */
  readonly lifeWasShort: boolean | null;
}

const asks = { UP: 'WANT_UP', DOWN: 'WANT_DOWN', RESTART: 'WANT_RESTART', READY: 'READY' } as const;

/** Before nitro knows the service. */
export function firstWorld(compiled: Compiled): World {
  return { leaf: compiled.table.initial, process: 'none', born: false, down: false, spent: false };
}

/** Everything that can be done now. */
export function deedsIn(compiled: Compiled, world: World): readonly Deed[] {
  const name = leafName(compiled, world.leaf);
  const deeds: Deed[] = [];
  const cause = (stimulus: Stimulus, event: string, changes: Partial<World> = {}, facts: Facts = {}): void => {
    deeds.push(...lead(compiled, { stimulus, scene: {}, moves: [], to: { ...world, ...changes }, lifeWasShort: null }, event, facts));
  };
  if (!world.born) {
    cause({ kind: 'create', isDown: false }, 'CREATED', { born: true });
    return [...deeds, quiet(world, { kind: 'create', isDown: true }, { born: true })];
  }
  for (const what of ['UP', 'DOWN', 'RESTART', 'READY'] as const) cause({ kind: 'ask', what }, asks[what]);
  if (!world.down) deeds.push(quiet(world, { kind: 'system goes down' }, { down: true }));
  const isKilled = name.endsWith('illing') || name.endsWith('illed');
  switch (world.process) {
    case 'none':
      break;
    case 'setup':
      for (const status of isKilled ? [] : name === 'SETUP.running' ? [0, 1, 111] : [0]) {
        cause({ kind: 'exit', status }, 'SETUP_EXITED', { process: 'none' }, { setupRefused: status === 111, setupFailed: status !== 0 });
      }
      if (isKilled) cause({ kind: 'release' }, 'SETUP_EXITED', { process: 'none' });
      break;
    case 'hung':
    case 'hung, awaited':
      deeds.push(...deedsOfHung(compiled, world));
      break;
    case 'failed':
      cause({ kind: 'release' }, 'EXEC_FAILED', { process: 'none' });
      break;
    case 'run':
      cause(isKilled ? { kind: 'release' } : { kind: 'exit', status: 3 }, 'RUN_EXITED', { process: 'none' });
      break;
    case 'finish':
      cause(isKilled ? { kind: 'release' } : { kind: 'exit', status: 0 }, 'FINISH_EXITED', { process: 'none' });
      break;
  }
  const delay = compiled.table.leaves[world.leaf]?.delay ?? null;
  if (delay !== null && !world.spent) deeds.push(...waits(compiled, world, delay));
  return deeds;
}

/** An exec that hangs can be let go on, let fail, or be cut off. */
function deedsOfHung(compiled: Compiled, world: World): readonly Deed[] {
  const begin = (stimulus: Stimulus, process: Process): Deed => ({ stimulus, scene: {}, moves: [], to: { ...world, process }, lifeWasShort: null });
  const launched = { reportsReadiness: world.process === 'hung, awaited' };
  const isLaunching = leafName(compiled, world.leaf) === 'SETUP.launching';
  const succeeds = begin({ kind: 'exec', outcome: 'whole' }, 'run');
  const dies = lead(compiled, begin({ kind: 'killed before exec' }, 'none'), 'EXEC_SUCCEEDED', launched);
  return [
    ...lead(compiled, succeeds, 'EXEC_SUCCEEDED', launched),
    ...lead(compiled, begin({ kind: 'exec', outcome: 'broken' }, 'none'), 'EXEC_FAILED', { errorMayPass: false }),
    ...(isLaunching ? lead(compiled, begin({ kind: 'exec', outcome: 'busy' }, 'none'), 'EXEC_FAILED', { errorMayPass: true }) : []),
    ...(isLaunching ? [] : [quiet(world, { kind: 'exec fails, held' }, { process: 'failed' })]),
    ...(isLaunching ? dies.flatMap((deed) => lead(compiled, { ...deed, way: 'killed between fork and exec' }, 'RUN_EXITED', {})) : []),
  ];
}

/** The timer of the leaf. An exec that hangs is cut off by the SIGKILL: its pipe closes, as if it had succeeded. */
function waits(compiled: Compiled, world: World, delay: string): readonly Deed[] {
  const begin: Deed = { stimulus: { kind: 'wait', delay }, scene: {}, moves: [], to: world, lifeWasShort: null };
  const due = lead(compiled, begin, dueEvent(delay), {}).map((deed): Deed => {
    const stays = deed.to.leaf === world.leaf && deed.moves.length === 1;
    return stays ? { ...deed, to: { ...deed.to, spent: true } } : deed;
  });
  if (!isHung(world.process)) return due;
  return due.flatMap((deed) => lead(compiled, { ...deed, to: { ...deed.to, process: 'run' } }, 'EXEC_SUCCEEDED', {}));
}

/** Something that is no event of the service. */
function quiet(world: World, stimulus: Stimulus, changes: Partial<World>): Deed {
  return { stimulus, scene: {}, moves: [], to: { ...world, ...changes }, lifeWasShort: null };
}

/** A deed with one more event, in each way in which it can go: whether there is a `setup`, how long the life was, what becomes of a launch. */
function lead(compiled: Compiled, deed: Deed, event: string, facts: Facts): readonly Deed[] {
  const { leaf, down } = deed.to;
  const at = compiled.table.leaves[leaf];
  const open = ['hasSetup', 'lifeWasShort'].filter((guard) => at !== undefined && rowsAt(at, event).some((row) => row.guard === guard));
  const deeds: Deed[] = [];
  for (const choice of assignments(open)) {
    const move = moveAt(compiled, leaf, { event, facts: { ...facts, systemGoingDown: down, ...choice } });
    const asked = askedBy(compiled, move);
    if (open.some((guard) => choice[guard] === true && !asked.includes(guard))) continue;
    const setup: Scene = asked.includes('hasSetup') ? { setup: choice['hasSetup'] === true } : {};
    const moved = move.next !== leaf;
    deeds.push(
      ...settle(compiled, {
        ...deed,
        scene: { ...deed.scene, ...setup },
        moves: [...deed.moves, move],
        to: { ...deed.to, leaf: move.next, spent: deed.to.spent && !moved },
        lifeWasShort: asked.includes('lifeWasShort') ? choice['lifeWasShort'] === true : deed.lifeWasShort,
      }),
    );
  }
  return deeds;
}

/** What the spawn that the last event asked for comes to. */
function settle(compiled: Compiled, deed: Deed): readonly Deed[] {
  const actions = deed.moves[deed.moves.length - 1]?.row?.actions ?? [];
  const becomes = (process: Process, scene: Scene = {}): Deed => ({ ...deed, scene: { ...deed.scene, ...scene }, to: { ...deed.to, process } });
  const goesOn = (process: Process, scene: Scene, event: string, facts: Facts = {}): readonly Deed[] =>
    lead(compiled, becomes(process, scene), event, facts);
  if (actions.includes('spawnFinish')) return [becomes('finish')];
  if (actions.includes('spawnSetup')) return [becomes('setup'), ...goesOn('none', { limited: true }, 'SPAWN_FAILED')];
  if (!actions.includes('launch')) return [deed];
  return [
    ...goesOn('run', { run: 'whole', readiness: 'timed' }, 'EXEC_SUCCEEDED', { reportsReadiness: false }),
    ...goesOn('run', { run: 'whole', readiness: 'awaited' }, 'EXEC_SUCCEEDED', { reportsReadiness: true }),
    ...goesOn('none', { run: 'missing' }, 'RUN_MISSING'),
    ...goesOn('none', { run: 'whole', readiness: 'impossible' }, 'LAUNCH_IMPOSSIBLE'),
    ...goesOn('none', { run: 'busy', readiness: 'timed' }, 'EXEC_FAILED', { errorMayPass: true }),
    ...goesOn('none', { run: 'broken', readiness: 'timed' }, 'EXEC_FAILED', { errorMayPass: false }),
    ...goesOn('none', { run: 'whole', readiness: 'timed', limited: true }, 'SPAWN_FAILED'),
    becomes('hung', { run: 'hangs', readiness: 'timed' }),
    becomes('hung, awaited', { run: 'hangs', readiness: 'awaited' }),
  ];
}
