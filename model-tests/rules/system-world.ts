/**
 * What is around the system machine: the one process of `SYS`, which effects were performed, and which answers they may bring.
 *
 * Almost every effect happens once in the life of a system, so what was done is remembered as a set, and the order of the phases can be
 * judged by it. An answer (all services are down, no child is left) comes only after its question.
 */
import { TIMER } from './rule.js';
import type { Facts } from './rule.js';
import type { Happening, World } from './walk.js';

export interface SystemState {
  readonly isPid1: boolean;
  /** The scripts of `SYS` that are alive, `killed` ones included. */
  readonly alive: readonly string[];
  /** Effects performed and answers received, in alphabetical order. */
  readonly done: readonly string[];
  /** The last effect, apart from those that may be repeated at will. */
  readonly last: string;
}

export const requests = ['SYS_DOWN_ASKED', 'RESCAN_ASKED', 'SHUTDOWN_ASKED', 'REBOOT_ASKED'];

/** Effects that may be performed any number of times. */
export const repeatable = ['scan', 'signalSysSetup'];

const spawned: Readonly<Record<string, string>> = { spawnSysSetup: 'setup', spawnSysFinish: 'finish', spawnSysFinal: 'final' };
const killed: Readonly<Record<string, string>> = { killSysSetup: 'setup', killSysFinish: 'finish', killSysFinal: 'final' };
const ended: Readonly<Record<string, string>> = { setup: 'SYS_SETUP_EXITED', finish: 'SYS_FINISH_EXITED', final: 'SYS_FINAL_EXITED' };

/** What an effect is answered with, sooner or later. */
const answers: Readonly<Record<string, string>> = {
  stopServices: 'SERVICES_DOWN',
  stopLoggers: 'LOGGERS_DOWN',
  reincarnate: 'REINCARNATE_FAILED',
};

/** The script that a kill is for, or undefined. */
export function killedBy(effect: string): string | undefined {
  return killed[effect];
}

function withMark(state: SystemState, mark: string): SystemState {
  return state.done.includes(mark) ? state : { ...state, done: [...state.done, mark].sort() };
}

export function systemWorld(isPid1: boolean): World<SystemState> {
  return {
    initial: { isPid1, alive: [], done: [], last: 'nothing' },

    happenings({ alive, done }, leaf): readonly Happening[] {
      const isKilled = (script: string): boolean => Object.entries(killed).some(([effect, of]) => of === script && done.includes(effect));
      const isOpen = Object.entries(answers).filter(([effect, answer]) => done.includes(effect) && !done.includes(answer));
      return [
        ...(done.includes('closeControl') ? [] : requests.map((event) => ({ event, isForced: false }))),
        ...alive.map((script) => ({ event: ended[script] ?? script, isForced: isKilled(script) })),
        ...isOpen.map(([, event]) => ({ event, isForced: true })),
        ...(done.includes('terminateEveryProcess') && alive.length === 0 ? [{ event: 'CHILDLESS', isForced: false }] : []),
        ...(leaf.delay === null ? [] : [{ event: TIMER, isForced: true }]),
      ];
    },

    occur(state, event): SystemState {
      const script = Object.keys(ended).find((key) => ended[key] === event);
      if (script !== undefined) return { ...withMark(state, event), alive: state.alive.filter((one) => one !== script) };
      return Object.values(answers).includes(event) ? withMark(state, event) : state;
    },

    perform(state, effect): SystemState {
      const script = spawned[effect];
      const after = { ...withMark(state, effect), last: repeatable.includes(effect) ? state.last : effect };
      return script === undefined ? after : { ...after, alive: [...new Set([...after.alive, script])].sort() };
    },

    facts: (): Facts => ({ isPid1 }),

    tell({ alive, done, last }): string {
      return `${isPid1 ? 'pid 1' : 'not pid 1'}, alive: ${alive.join(' ')}, last: ${last}, done: ${done.join(' ')}`;
    },
  };
}
