/**
 * What is around one service: its one process, what this process was told, and answers that come at once.
 *
 * `launch` and `spawnSetup` may answer at once (there is no `run`; the fork failed): such an answer comes before anything else, so a place
 * right after them is one where only answers happen, or none.
 */
import { TIMER } from './rule.js';
import type { Facts, Process } from './rule.js';
import type { Happening, World } from './walk.js';

export interface ServiceState {
  readonly process: Process;
  readonly told: 'nothing' | 'signal' | 'kill';
  /** It was asked for just now, and an answer may come at once. */
  readonly mayAnswer: boolean;
}

/** The event of no answer coming: what was asked for is alive. */
const ALIVE = 'ALIVE';

export const wishes = ['WANT_UP', 'WANT_RESTART', 'WANT_DOWN'];

const answers: Readonly<Partial<Record<Process, readonly string[]>>> = {
  setup: ['SPAWN_FAILED'],
  launching: ['SPAWN_FAILED', 'RUN_MISSING', 'LAUNCH_IMPOSSIBLE'],
};
const ends: Readonly<Record<Process, readonly string[]>> = {
  nothing: [],
  setup: ['SETUP_EXITED'],
  // Killed before its exec, or the exec failed.
  launching: ['RUN_EXITED', 'EXEC_FAILED'],
  run: ['RUN_EXITED'],
  finish: ['FINISH_EXITED'],
};
const starts: Readonly<Record<string, Process>> = { spawnSetup: 'setup', launch: 'launching', spawnFinish: 'finish' };
const endings = new Set([...Object.values(answers).flat(), ...Object.values(ends).flat()]);

export const serviceWorld: World<ServiceState> = {
  initial: { process: 'nothing', told: 'nothing', mayAnswer: false },

  happenings({ process, told, mayAnswer }, leaf): readonly Happening[] {
    if (mayAnswer) return [...(answers[process] ?? []), ALIVE].map((event) => ({ event, isForced: true }));
    return [
      ...[...wishes, 'CREATED', 'READY'].map((event) => ({ event, isForced: false })),
      ...ends[process].map((event) => ({ event, isForced: told === 'kill' })),
      ...(process === 'launching' ? [{ event: 'EXEC_SUCCEEDED', isForced: false }] : []),
      ...(leaf.delay === null ? [] : [{ event: TIMER, isForced: true }]),
    ];
  },

  occur(state, event): ServiceState {
    if (endings.has(event)) return { process: 'nothing', told: 'nothing', mayAnswer: false };
    if (event === 'EXEC_SUCCEEDED') return { ...state, process: 'run' };
    return { ...state, mayAnswer: false };
  },

  perform(state, effect): ServiceState {
    const process = starts[effect];
    if (process !== undefined) return { process, told: 'nothing', mayAnswer: process !== 'finish' };
    if (effect === 'signalDown') return { ...state, told: state.told === 'kill' ? 'kill' : 'signal' };
    if (effect === 'kill' || effect === 'killFinish') return { ...state, told: 'kill' };
    return state;
  },

  facts: (): Facts => ({}),

  tell({ process, told, mayAnswer }): string {
    const what = process === 'nothing' ? 'no process' : `${process} ${mayAnswer ? 'just asked for' : 'alive'}`;
    return told === 'nothing' ? what : `${what}, told to end by ${told}`;
  },
};
