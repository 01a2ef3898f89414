/**
 * What holds of the system on every way from boot to end (behaviour.md §6).
 *
 * The order of the phases is data: what must have been done before an effect, and what must not.
 */
import { TIMER } from './rule.js';
import type { Invariant } from './invariant.js';
import { killedBy, repeatable, requests } from './system-world.js';
import type { SystemState } from './system-world.js';
import { missed } from './walk.js';
import type { Deed, Step, Walk } from './walk.js';

type Walked = Walk<SystemState>;

function deedsThat(isWrong: (deed: Deed<SystemState>, step: Step<SystemState>) => boolean): (walked: Walked) => readonly string[] {
  return ({ start, steps }) =>
    [start, ...steps].flatMap((step) => step.deeds.filter((deed) => isWrong(deed, step)).map(({ effect }) => `${effect}: ${step.text}`));
}

interface Order {
  readonly row: string;
  readonly effect: string;
  /** At least one of each list was done before. */
  readonly after: readonly (readonly string[])[];
  /** None of these was done before. */
  readonly notAfter?: readonly string[];
  /** The script that must have ended by then. */
  readonly ended?: string;
}

const decided = ['decideShutdown', 'decideReboot'];

const orders: readonly Order[] = [
  { row: '§6 bring-up', effect: 'spawnSysSetup', after: [['sayBooting']] },
  { row: '§6 bring-up: then LOG', effect: 'startGlobalLogger', after: [['SYS_SETUP_EXITED']], notAfter: decided },
  { row: '§6 bring-up: then the scan; rescan is ignored in shutdown', effect: 'scan', after: [['startGlobalLogger']], notAfter: decided },
  { row: '§6 shutdown 1', effect: 'sayGoingDown', after: [decided] },
  { row: '§6 shutdown 1: the first request decides', effect: 'decideShutdown', after: [], notAfter: decided },
  { row: '§6 shutdown 1: the first request decides', effect: 'decideReboot', after: [], notAfter: decided },
  { row: '§6 shutdown 2', effect: 'spawnSysFinish', after: [['sayGoingDown'], ['SYS_SETUP_EXITED']] },
  { row: '§6 shutdown 3', effect: 'stopServices', after: [['SYS_FINISH_EXITED', 'killSysFinish']] },
  { row: '§6 shutdown 3; §5', effect: 'stopLoggers', after: [['SERVICES_DOWN']] },
  { row: '§6 shutdown 4', effect: 'terminateEveryProcess', after: [['LOGGERS_DOWN']] },
  { row: '§6 shutdown 4', effect: 'killEveryProcess', after: [['terminateEveryProcess']] },
  { row: '§6 shutdown 5', effect: 'closeControl', after: [['LOGGERS_DOWN']] },
  { row: '§6 final 1', effect: 'reincarnate', after: [['closeControl']] },
  { row: '§6 final 2', effect: 'spawnSysFinal', after: [['REINCARNATE_FAILED']] },
  { row: '§6 final 3', effect: 'endSystem', after: [['SYS_FINAL_EXITED', 'killSysFinal']] },
];

/** The timer that runs after an effect, until the next one that is not repeated at will. */
const timers: Readonly<Record<string, string>> = {
  spawnSysFinish: 'SYS_FINISH',
  terminateEveryProcess: 'SIGTERM_ALL',
  killEveryProcess: 'SIGKILL_ALL',
  spawnSysFinal: 'SYS_FINAL',
};

export const systemInvariants: readonly Invariant<SystemState>[] = [
  {
    name: 'the phases come in their order',
    row: '§6',
    broken: deedsThat(({ effect, before: { done } }) =>
      orders.some(
        (order) =>
          order.effect === effect &&
          (order.after.some((some) => !some.some((one) => done.includes(one))) || (order.notAfter ?? []).some((one) => done.includes(one))),
      ),
    ),
  },
  {
    name: 'what is done once in the life of a system is done once',
    row: '§6',
    broken: deedsThat(({ effect, before }) => !repeatable.includes(effect) && before.done.includes(effect)),
  },
  {
    name: 'a script of SYS is started only when none is alive, save one that was killed',
    row: '§6: SYS/setup, SYS/finish, SYS/final',
    broken: deedsThat(
      ({ effect, before: { alive, done } }) =>
        effect.startsWith('spawn') && alive.some((script) => !done.some((mark) => killedBy(mark) === script)),
    ),
  },
  {
    name: 'only a live SYS/setup that was not killed is signalled',
    row: '§6 bring-up, the SHUTDOWN rules',
    broken: deedsThat(
      ({ effect, before: { alive, done } }) => effect === 'signalSysSetup' && (!alive.includes('setup') || done.includes('killSysSetup')),
    ),
  },
  {
    name: 'only a live script of SYS is killed, when its time is over or, SYS/finish, by a second request',
    row: '§1; §6 shutdown 2',
    broken: deedsThat(({ effect, before: { alive, done } }, { happening: { event } }) => {
      const script = killedBy(effect);
      if (script === undefined) return false;
      const isAsked = effect === 'killSysFinish' && ['SHUTDOWN_ASKED', 'REBOOT_ASKED'].includes(event);
      const isEarly = effect === 'killSysSetup' && !done.includes('signalSysSetup');
      return !alive.includes(script) || isEarly || !(event === TIMER || isAsked);
    }),
  },
  {
    name: 'each wait has its timer, and only then',
    row: '§1',
    broken: ({ places }) =>
      places
        .filter(({ leaf, state: { alive, done, last } }) => {
          const isStopping = alive.includes('setup') && done.includes('signalSysSetup') && !done.includes('killSysSetup');
          return leaf.delay !== (isStopping ? 'SHUTDOWN' : (timers[last] ?? null));
        })
        .map(({ text, leaf }) => `${leaf.delay ?? 'no timer'}: ${text}`),
  },
  {
    name: 'every process is signalled as pid 1, and only then',
    row: '§6 shutdown 4',
    broken: deedsThat(({ effect, before: { isPid1, done } }) => {
      if (['terminateEveryProcess', 'killEveryProcess'].includes(effect)) return !isPid1;
      return effect === 'closeControl' && isPid1 !== done.includes('killEveryProcess');
    }),
  },
  {
    name: 'SYS/finish is waited for: only its end, its time or a second request goes on',
    row: '§6 shutdown 2',
    broken: deedsThat(
      ({ effect }, { happening: { event } }) =>
        effect === 'stopServices' && !['SYS_FINISH_EXITED', TIMER, 'SHUTDOWN_ASKED', 'REBOOT_ASKED'].includes(event),
    ),
  },
  {
    name: 'a rescan is done at once in run, and never in another phase',
    row: '§6 Rescan; bring-up: it is done after SYS/setup',
    broken: ({ steps }) =>
      steps
        .filter(({ happening, deeds, from }) => {
          const isScanned = deeds.some(({ effect }) => effect === 'scan');
          return happening.event === 'RESCAN_ASKED' && isScanned !== (from.leaf.state === 'run');
        })
        .map(({ text }) => text),
  },
  {
    name: 'a request for the end is heard until one has decided',
    row: '§6 shutdown 1',
    broken: ({ steps }) =>
      steps
        .filter(({ happening: { event }, from, to }) => {
          if (event !== 'SHUTDOWN_ASKED' && event !== 'REBOOT_ASKED') return false;
          if (decided.some((one) => from.state.done.includes(one))) return false;
          const decides = event === 'SHUTDOWN_ASKED' ? 'decideShutdown' : 'decideReboot';
          return !to.state.done.includes(decides) || !to.state.done.includes('sayGoingDown');
        })
        .map(({ text }) => text),
  },
  {
    name: 'no leaf is out of reach',
    row: '§6',
    broken: ({ compiled, places }) => {
      const reached = new Set(places.map(({ leaf }) => leaf.name));
      // The two waits for processes are there for pid 1 alone.
      const isPid1 = places.some(({ state }) => state.isPid1);
      const expected = compiled.table.leaves.filter(({ delay }) => isPid1 || (delay !== 'SIGTERM_ALL' && delay !== 'SIGKILL_ALL'));
      return expected.map(({ name }) => name).filter((name) => !reached.has(name));
    },
  },
  {
    name: 'after a request for the end, the end comes within the timers',
    row: '§6 shutdown, final; §1',
    broken: (walked) => {
      const asked = walked.steps.filter(({ happening: { event } }) => event === 'SHUTDOWN_ASKED' || event === 'REBOOT_ASKED');
      const goal = (place: { readonly state: SystemState; readonly leaf: { readonly final: boolean } }): boolean =>
        place.leaf.final && place.state.last === 'endSystem';
      return missed(walked, asked.map(({ to }) => to), goal, (event) => requests.includes(event));
    },
  },
  {
    name: 'nothing happens after the end',
    row: '§6 final 3',
    broken: deedsThat(({ before }) => before.done.includes('endSystem')),
  },
];
