/**
 * What can be done to a whole system from outside, and what the system machine then goes through.
 *
 * As in `world.ts`: a deed is one thing done from outside, with the events it comes to. A system of the walk has all scripts of `SYS`, a
 * service `app`, which writes to a logger `logd`, and, as pid 1, an orphan that ignores SIGTERM: so every phase is one that can be
 * held in for as long as the walk wants, by what is told to end last.
 */
import type { Compiled } from '../../../machines/compile.js';
import { leafName, moveAt } from '../moves.js';
import type { Facts, Move } from '../moves.js';
import { dueEvent } from '../timers.js';

export interface SystemWorld {
  readonly leaf: number;
  /** nitro runs. */
  readonly booted: boolean;
  readonly isPid1: boolean;
  /** There are services: the system has been in `run`, or they were asked for before. */
  readonly populated: boolean;
  /** `SYS/finish` was cut off, and is held back as dead and unreaped. */
  readonly cut: boolean;
}

export type SystemStimulus =
  | { readonly kind: 'boot' }
  /** Services are started while `SYS/setup` runs, as it may ask for. */
  | { readonly kind: 'populate' }
  | { readonly kind: 'ask'; readonly what: 'RESCAN' | 'SHUTDOWN' | 'REBOOT' | 'SYS down' }
  | { readonly kind: 'signal'; readonly signal: 'SIGHUP' | 'SIGTERM' }
  | { readonly kind: 'exit'; readonly who: Who }
  | { readonly kind: 'release'; readonly who: Who }
  | { readonly kind: 'wait'; readonly delay: string };
export type Who = 'setup' | 'finish' | 'final' | 'app' | 'logd' | 'orphan';

export interface SystemDeed {
  readonly stimulus: SystemStimulus;
  /** Whether the script that this cuts off is held back. */
  readonly holds: Who | null;
  readonly moves: readonly Move[];
  readonly to: SystemWorld;
}

export function firstSystem(compiled: Compiled, isPid1: boolean): SystemWorld {
  return { leaf: compiled.table.initial, booted: false, isPid1, populated: false, cut: false };
}

/** Everything that can be done now. */
export function systemDeedsIn(compiled: Compiled, world: SystemWorld): readonly SystemDeed[] {
  const name = leafName(compiled, world.leaf);
  const deeds: SystemDeed[] = [];
  const cause = (stimulus: SystemStimulus, event: string, { holds = null, ...changes }: Partial<SystemWorld> & { holds?: Who | null } = {}): void => {
    deeds.push(lead(compiled, { stimulus, holds, moves: [], to: { ...world, ...changes } }, event));
  };
  if (!world.booted) return [{ stimulus: { kind: 'boot' }, holds: null, moves: [], to: { ...world, booted: true } }];
  if (name === 'final.ended') return [];

  if (name === 'bringUp.settingUp' && !world.populated) {
    deeds.push({ stimulus: { kind: 'populate' }, holds: null, moves: [], to: { ...world, populated: true } });
  }
  const isFinal = name.startsWith('final');
  const isCuttable = name === 'shutdown.finishing' && world.populated;
  for (const what of isFinal ? [] : (['RESCAN', 'SHUTDOWN', 'REBOOT'] as const)) {
    if (name === 'shutdown.finishing' && what !== 'RESCAN') {
      if (isCuttable) deeds.push(...cuts(compiled, world, { kind: 'ask', what }, `${what}_ASKED`));
    } else cause({ kind: 'ask', what }, `${what}_ASKED`);
  }
  if (name === 'final.finalizing') {
    cause({ kind: 'signal', signal: 'SIGHUP' }, 'RESCAN_ASKED');
    cause({ kind: 'signal', signal: 'SIGTERM' }, 'SHUTDOWN_ASKED');
    cause({ kind: 'exit', who: 'final' }, 'SYS_FINAL_EXITED');
    cause({ kind: 'wait', delay: 'SYS_FINAL' }, dueEvent('SYS_FINAL'));
  }
  const isSetup = name.endsWith('ettingUp') || name.endsWith('Setup');
  if (isSetup || name === 'shutdown.finishing' || (world.cut && !isFinal)) cause({ kind: 'ask', what: 'SYS down' }, 'SYS_DOWN_ASKED');
  if (isSetup) cause(name.endsWith('killingSetup') ? { kind: 'release', who: 'setup' } : { kind: 'exit', who: 'setup' }, 'SYS_SETUP_EXITED');
  if (name.endsWith('stoppingSetup')) cause({ kind: 'wait', delay: 'SHUTDOWN' }, dueEvent('SHUTDOWN'), { holds: 'setup' });
  if (name === 'shutdown.finishing') cause({ kind: 'exit', who: 'finish' }, 'SYS_FINISH_EXITED');
  if (isCuttable) deeds.push(...cuts(compiled, world, { kind: 'wait', delay: 'SYS_FINISH' }, dueEvent('SYS_FINISH')));
  if (world.cut && !isFinal) cause({ kind: 'release', who: 'finish' }, 'SYS_FINISH_EXITED', { cut: false });
  if (name === 'shutdown.stoppingServices') cause({ kind: 'exit', who: 'app' }, 'SERVICES_DOWN');
  if (name === 'shutdown.stoppingLoggers') cause({ kind: 'exit', who: 'logd' }, 'LOGGERS_DOWN');
  if (name === 'shutdown.terminating') {
    if (!world.cut) cause({ kind: 'exit', who: 'orphan' }, 'CHILDLESS');
    cause({ kind: 'wait', delay: 'SIGTERM_ALL' }, dueEvent('SIGTERM_ALL'), { holds: 'orphan' });
  }
  if (name === 'shutdown.killing') {
    if (!world.cut) cause({ kind: 'release', who: 'orphan' }, 'CHILDLESS');
    cause({ kind: 'wait', delay: 'SIGKILL_ALL' }, dueEvent('SIGKILL_ALL'));
  }
  return deeds;
}

/** `SYS/finish` is cut off: it is reaped at once, where its end is of no interest any more, or held back. */
function cuts(compiled: Compiled, world: SystemWorld, stimulus: SystemStimulus, event: string): readonly SystemDeed[] {
  const cut = lead(compiled, { stimulus, holds: null, moves: [], to: world }, event);
  return [lead(compiled, cut, 'SYS_FINISH_EXITED'), { ...cut, holds: 'finish', to: { ...cut.to, cut: true } }];
}

/** A deed with one more event, and what the actions of its row find out at once. */
function lead(compiled: Compiled, deed: SystemDeed, event: string): SystemDeed {
  const facts: Facts = { isPid1: deed.to.isPid1 };
  const move = moveAt(compiled, deed.to.leaf, { event, facts });
  const name = leafName(compiled, move.next);
  const next: SystemDeed = {
    ...deed,
    moves: [...deed.moves, move],
    to: { ...deed.to, leaf: move.next, populated: deed.to.populated || name === 'run' },
  };
  const { populated, isPid1 } = next.to;
  const actions = move.row?.actions ?? [];
  // What there is nothing left to wait for is found out within the step; so is that there is no SYS/reincarnate.
  if (actions.includes('stopServices') && !populated) return lead(compiled, next, 'SERVICES_DOWN');
  if (actions.includes('stopLoggers') && !populated) return lead(compiled, next, 'LOGGERS_DOWN');
  if (actions.includes('terminateEveryProcess') && !populated) return lead(compiled, next, 'CHILDLESS');
  if (actions.includes('killEveryProcess') && (!populated || event === 'CHILDLESS') && isPid1) return lead(compiled, next, 'CHILDLESS');
  if (actions.includes('reincarnate')) return lead(compiled, next, 'REINCARNATE_FAILED');
  return next;
}
