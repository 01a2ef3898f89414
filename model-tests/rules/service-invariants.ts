/**
 * What holds of every service on every way (behaviour.md §3).
 *
 * Each invariant is judged on all places and steps of the walk; none of them knows the rules, which say the same things pair by pair.
 */
import { TIMER } from './rule.js';
import { wishes } from './service-world.js';
import type { ServiceState } from './service-world.js';
import type { Invariant } from './invariant.js';
import { missed } from './walk.js';
import type { Deed, Place, Step, Walk } from './walk.js';

type Walked = Walk<ServiceState>;
type Taken = Step<ServiceState>;

/** Effects of the steps that are not as they should be. */
function deedsThat(isWrong: (deed: Deed<ServiceState>, step: Taken) => boolean): (walked: Walked) => readonly string[] {
  return ({ start, steps }) =>
    [start, ...steps].flatMap((step) => step.deeds.filter((deed) => isWrong(deed, step)).map(({ effect }) => `${effect}: ${step.text}`));
}
function stepsThat(isWrong: (step: Taken, effects: readonly string[]) => boolean): (walked: Walked) => readonly string[] {
  return ({ steps }) => steps.filter((step) => isWrong(step, step.deeds.map(({ effect }) => effect))).map(({ text }) => text);
}
function placesThat(isWrong: (place: Place<ServiceState>) => boolean): (walked: Walked) => readonly string[] {
  return ({ places }) => places.filter(isWrong).map(({ text }) => text);
}

const starting = ['spawnSetup', 'launch', 'spawnFinish'];
const stoppable = ['setup', 'launching', 'run'];
const isResting = ({ leaf }: Place<ServiceState>): boolean => ['DOWN', 'FATAL', 'DELAY'].includes(leaf.state);
const count = (effects: readonly string[], effect: string): number => effects.filter((one) => one === effect).length;

/** The process that must be alive in a state that users see; of the others several may, or none. */
const shownAs: Readonly<Record<string, readonly string[]>> = {
  DOWN: ['nothing'],
  SETUP: ['setup', 'launching'],
  STARTING: ['run'],
  UP: ['run'],
  ONESHOT: ['nothing'],
  SHUTDOWN: ['setup', 'launching', 'run', 'finish'],
  RESTART: ['setup', 'launching', 'run', 'finish'],
  FATAL: ['nothing', 'finish'],
  DELAY: ['nothing'],
};

/** States that are entered without saying so: a launch is part of the start, and creation is not announced. */
const unannounced = ['SETUP.launching', 'DELAY.created'];

function announcementsOf(step: Taken): number {
  const { from, to } = step;
  return from.leaf.state === to.leaf.state || unannounced.includes(to.leaf.name) ? 0 : 1;
}

export const serviceInvariants: readonly Invariant<ServiceState>[] = [
  {
    name: 'a process is started only when none is alive',
    row: '§3: never two processes of `run` alive',
    broken: deedsThat(({ effect, before }) => starting.includes(effect) && before.process !== 'nothing'),
  },
  {
    name: 'what is shown is what is alive',
    row: '§3, the states',
    broken: placesThat(({ leaf, state }) => !(shownAs[leaf.state] ?? []).includes(state.process)),
  },
  {
    name: 'only a live setup or run is signalled',
    row: '§3: "signal" means',
    broken: deedsThat(({ effect, before }) => effect === 'signalDown' && !stoppable.includes(before.process)),
  },
  {
    name: 'SIGKILL goes to a live setup or run, which was signalled, when its time is over',
    row: '§3 SHUTDOWN, RESTART, the SHUTDOWN timer',
    broken: deedsThat(
      ({ effect, before }, { happening }) =>
        effect === 'kill' && (!stoppable.includes(before.process) || before.told !== 'signal' || happening.event !== TIMER),
    ),
  },
  {
    name: 'SIGKILL goes to a live finish when its time is over',
    row: '§1 FINISH',
    broken: deedsThat(
      ({ effect, before }, { happening }) =>
        effect === 'killFinish' && (before.process !== 'finish' || before.told !== 'nothing' || happening.event !== TIMER),
    ),
  },
  {
    name: 'a finish that runs has the FINISH timer, and nothing else has',
    row: '§1 FINISH',
    broken: placesThat(({ leaf, state }) => (state.process === 'finish' && state.told === 'nothing') !== (leaf.delay === 'FINISH')),
  },
  {
    name: 'what was signalled has the SHUTDOWN timer, and nothing else has',
    row: '§1 SHUTDOWN',
    broken: placesThat(({ leaf, state }) => (state.told === 'signal') !== (leaf.delay === 'SHUTDOWN')),
  },
  {
    name: 'each change of state is announced once, and nothing else is',
    row: '§3, §7: each change of state is',
    broken: stepsThat((step, effects) => count(effects, 'announce') !== announcementsOf(step)),
  },
  {
    name: 'DOWN in passing is announced once, when a life ends in RESTART and the service is not DOWN then',
    row: '§3 RESTART, end of life',
    broken: stepsThat(({ from, to }, effects) => {
      const isPassing = from.leaf.state === 'RESTART' && ['SETUP', 'DELAY'].includes(to.leaf.state);
      return count(effects, 'announceDown') !== (isPassing ? 1 : 0);
    }),
  },
  {
    name: 'a logger is started before the service that starts to write to it, once',
    row: '§3 DOWN, FATAL, DELAY on WANT_UP: start the logger, then',
    broken: stepsThat(({ from, to }, effects) => {
      const isStart = from.leaf.state !== 'SETUP' && to.leaf.state === 'SETUP';
      const early = effects.indexOf('startLogger') < effects.findIndex((effect) => starting.includes(effect));
      return count(effects, 'startLogger') !== (isStart ? 1 : 0) || (isStart && !early);
    }),
  },
  {
    name: 'nothing is started when the system goes down',
    row: '§6 shutdown 1',
    broken: stepsThat(
      ({ facts, from }, effects) =>
        facts['systemGoingDown'] !== false &&
        (effects.includes('spawnSetup') || effects.includes('startLogger') || (effects.includes('launch') && from.leaf.state === 'SETUP')),
    ),
  },
  {
    name: 'a run that ended is finished, and a setup is not',
    row: '§3: `run` exits; `setup` exits',
    broken: stepsThat(({ from, happening }, effects) => {
      if (happening.event === 'RUN_EXITED') return !effects.includes('spawnFinish');
      return from.state.process === 'setup' && effects.includes('spawnFinish');
    }),
  },
  {
    name: 'a life that comes to rest has ended, and nothing of it is alive',
    row: '§3, end of life; §5, until that service’s life ends',
    broken: (walked) => [
      ...deedsThat(({ effect, before }) => effect === 'endLife' && before.process !== 'nothing')(walked),
      ...stepsThat((step, effects) => {
        const comesToRest = isResting(step.to) && step.to.state.process === 'nothing' && step.from.text !== step.to.text;
        return comesToRest && step.to.leaf.name !== 'DELAY.created' && !effects.includes('endLife');
      })(walked),
    ],
  },
  {
    name: 'a service is forgotten in DOWN, when DOWN has been announced and no process of it is left, and whenever it comes to DOWN',
    row: '§3: no process of a forgotten service; §6 Rescan',
    broken: (walked) => [
      ...deedsThat(({ effect, before }, { to, deeds }) => {
        if (effect !== 'forgetIfGone') return false;
        const last = deeds[deeds.length - 1]?.effect;
        return before.process !== 'nothing' || to.leaf.state !== 'DOWN' || last !== 'forgetIfGone';
      })(walked),
      ...stepsThat(({ to, from }, effects) => {
        return to.leaf.state === 'DOWN' && from.leaf.state !== 'DOWN' && !effects.includes('forgetIfGone');
      })(walked),
    ],
  },
  {
    name: 'a new service is neither announced nor started before it is wanted',
    row: '§3 (new)',
    broken: ({ start, steps }) => [
      ...(start.deeds.length > 0 || start.to.leaf.state !== 'DOWN' ? ['the start'] : []),
      ...steps.filter(({ happening, deeds }) => happening.event === 'CREATED' && deeds.length > 0).map(({ text }) => text),
    ],
  },
  {
    name: 'an event that is ignored changes nothing, and a timer goes on only where the service stays',
    row: '§1: leaving the state cancels it',
    broken: stepsThat(({ row, from, to }) => row !== null && row.target >= 0 && from.leaf === to.leaf),
  },
  {
    name: 'no leaf is out of reach',
    row: '§3: no pair of state and event is impossible',
    broken: ({ compiled, places }) => {
      const reached = new Set(places.map(({ leaf }) => leaf.name));
      return compiled.table.leaves.map(({ name }) => name).filter((name) => !reached.has(name));
    },
  },
  {
    name: 'from everywhere WANT_DOWN leads to DOWN within the timers',
    row: '§3 WANT_DOWN; §1',
    broken: (walked) => {
      const begin = walked.steps.filter(({ happening }) => happening.event === 'WANT_DOWN').map(({ to }) => to);
      const goal = ({ leaf, state }: Place<ServiceState>): boolean => leaf.state === 'DOWN' && state.process === 'nothing';
      return missed(walked, begin, goal, (event) => wishes.includes(event));
    },
  },
  {
    name: 'a service that is wanted can come up from everywhere, without being asked for again',
    row: '§3 WANT_UP; DELAY, its timer; RESTART, end of life',
    broken: (walked) => {
      const whileUp = walked.steps.filter(({ facts, happening }) => facts['systemGoingDown'] !== true && !wishes.includes(happening.event));
      const ways = new Set(walked.places.filter(({ leaf }) => leaf.state === 'UP').map(({ text }) => text));
      for (let before = -1; before !== ways.size; ) {
        before = ways.size;
        for (const { from, to } of whileUp) if (ways.has(to.text)) ways.add(from.text);
      }
      const wanted = walked.steps.filter(({ happening, facts }) => happening.event === 'WANT_UP' && facts['systemGoingDown'] !== true);
      // A one shot is up in its own way.
      return wanted.filter(({ to }) => to.leaf.state !== 'ONESHOT' && !ways.has(to.text)).map(({ text }) => text);
    },
  },
];
