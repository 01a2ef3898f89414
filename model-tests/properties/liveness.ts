/** Properties of progress: no service stays in a state that is on the way for longer than its times allow. */
import { stateName } from '../../runtime/protocol.js';
import { isRespawn } from './asked.js';
import type { History, Property } from './history.js';

/** Beside the delays of behaviour.md §1: deaths that are seen late; ms. */
const slackMs = 100;
/** A start that fails at once leads from DELAY to DELAY. */
const delay = 9;

interface Stay {
  readonly service: string;
  readonly state: number;
  readonly place: number;
  readonly ms: number;
}

/** How long each announced state lasted; SHUTDOWN and RESTART in a row are one, since what was asked of a process stays asked. */
function stays({ trace, life, endBegins, repetitions }: History): readonly Stay[] {
  const found: Stay[] = [];
  const present = new Map<string, { readonly state: number; readonly place: number; readonly at: number }>();
  const isStopping = (state: number): boolean => state === 6 || state === 7;
  const leave = (service: string, until: number): void => {
    const was = present.get(service);
    if (was === undefined) return;
    // When nitro goes down nothing is started any more: who waits in DELAY waits until it is its turn.
    const limit = was.state === delay ? Math.min(until, trace[endBegins]?.at ?? until) : until;
    found.push({ service, state: was.state, place: was.place, ms: limit - was.at });
  };
  for (const [place, entry] of trace.entries()) {
    if (entry.type !== 'announced' || entry.service === 'SYS') continue;
    const { service, state, at } = entry;
    const was = present.get(service);
    const isSame = was?.state === state && (state !== delay || repetitions.get(place) === 'repeat');
    if (was !== undefined && (isSame || (isStopping(was.state) && isStopping(state)))) continue;
    leave(service, at);
    present.set(service, { state, place, at });
  }
  for (const service of present.keys()) leave(service, life.at);
  return found;
}

/** SHUTDOWN and FINISH; RESPAWN or SPAWN_ERROR, the longest of DELAY; STARTING (behaviour.md §1). */
function limitMs(history: History, stay: Stay): number {
  const { scenario } = history;
  const { service, state } = stay;
  if (state === 6 || state === 7) return 14_000;
  if (state === delay) return isRespawn(history, service, stay.place) ? 1000 : 2000;
  const directory = service.includes('@') ? service.slice(0, service.indexOf('@') + 1) : service;
  const plans = [
    scenario.services[directory],
    ...scenario.commands.map(({ command }) => {
      const isPut = command.kind === 'edit' && command.edit.kind === 'put' && command.edit.name === directory;
      return isPut ? command.edit.plan : undefined;
    }),
  ];
  const reports = plans.some((plan) => plan?.notificationFd !== undefined);
  return state === 3 && !reports ? 2000 : Infinity;
}

export const noStateOnTheWayLasts: Property = {
  name: 'a wanted service is UP, ONESHOT or FATAL, or waits in DELAY, within its bound; one that is not wanted is down',
  rule: 'behaviour.md §1, §3',
  check(history) {
    return stays(history).flatMap((stay) => {
      const limit = limitMs(history, stay) + history.allowance + slackMs;
      if (stay.ms <= limit) return [];
      return [{ place: stay.place, what: `${stay.service} was ${stateName(stay.state)} for ${String(stay.ms)} ms of at most ${String(limit)}` }];
    });
  },
};

export const deathsAreSeen: Property = {
  name: 'a child that ended is reaped at once',
  rule: 'architecture.md, Runtime: reap everything',
  check({ scripts, trace, life, allowance }) {
    return scripts.flatMap(({ service, script, ended, reaped }) => {
      const end = trace[ended];
      if (end === undefined || life.how === 'exit 111') return [];
      const late = (trace[reaped]?.at ?? life.at) - end.at;
      return late <= slackMs + allowance ? [] : [{ place: ended, what: `${script} of ${service} was reaped after ${String(late)} ms` }];
    });
  },
};
