/** What a wish does to the process that runs, and what it does not once nitro goes down. */
import { directoryOfService } from '../../runtime/directory.js';
import { lastSegment } from '../../runtime/paths.js';
import { answeredRequests, isEdited, startsOf } from './asked.js';
import type { Answered } from './asked.js';
import type { History, Property } from './history.js';

/** The script of a service that lives from one place to another; it may be dead already, as long as nitro does not know. */
function livingThrough({ byService }: History, service: string, from: number, to: number): { readonly pid: number; readonly script: string } | undefined {
  return byService.get(service)?.find(({ forked, reaped }) => forked < from && reaped > to);
}

/** The state that was announced last before a place. */
function stateBefore({ trace }: History, service: string, place: number): number {
  for (let at = place - 1; at >= 0; at--) {
    const entry = trace[at];
    if (entry?.type === 'announced' && entry.service === service) return entry.state;
  }
  return 0;
}

function isSignalled({ trace }: History, pid: number, { from, to }: Answered): boolean {
  return trace.slice(from, to).some((entry) => entry.type === 'signalled' && entry.pid === pid);
}

export const wishesSignal: Property = {
  name: 'who is asked down is signalled, each time; who is asked to restart, once',
  rule: 'behaviour.md §3: SETUP, STARTING, UP on WANT_DOWN and WANT_RESTART; SHUTDOWN and RESTART on WANT_DOWN: signalled again',
  check(history) {
    return answeredRequests(history).flatMap((answered) => {
      const { request, from, to } = answered;
      if ((request.kind !== 'down' && request.kind !== 'restart') || request.name === 'SYS') return [];
      const each = livingThrough(history, request.name, from, to);
      if (each === undefined || each.script === 'finish' || isSignalled(history, each.pid, answered)) return [];
      const isRestarted = from < history.endBegins && [2, 3, 4].includes(stateBefore(history, request.name, from));
      const isDue = request.kind === 'down' || isRestarted;
      return isDue ? [{ place: to, what: `${each.script} of ${request.name} was not signalled` }] : [];
    });
  },
};

export const wishesStart: Property = {
  name: 'who waits or has failed, and is asked up, starts',
  rule: 'behaviour.md §3: DOWN, FATAL, DELAY on WANT_UP and WANT_RESTART, system up',
  check(history) {
    const { trace, repetitions, endBegins } = history;
    return answeredRequests(history).flatMap(({ request, from, to }) => {
      if ((request.kind !== 'up' && request.kind !== 'restart') || to > endBegins || request.name === 'SYS') return [];
      // That its `run` is being launched was not announced.
      if (livingThrough(history, request.name, from, to) !== undefined) return [];
      if (![1, 8, 9].includes(stateBefore(history, request.name, from))) return [];
      const isDone = trace.slice(from, to).some((entry, at) => {
        if (entry.type === 'fault') return true;
        return entry.service === request.name && (entry.type === 'forked' || (entry.type === 'announced' && !repetitions.has(from + at)));
      });
      return isDone ? [] : [{ place: to, what: `${request.name} does nothing` }];
    });
  },
};

export const wishesAreInVainAtTheEnd: Property = {
  name: 'once nitro goes down, a wish to start or restart changes nothing',
  rule: 'behaviour.md §6 Shutdown 1',
  check(history) {
    const { trace, endBegins, repetitions } = history;
    return answeredRequests(history).flatMap(({ request, from, to }) => {
      if ((request.kind !== 'up' && request.kind !== 'restart') || from < endBegins || request.name === 'SYS') return [];
      const done = trace.slice(from, to);
      // What was found out before the wish is taken may lead to anything.
      const isOther = done.some(({ type }) => type === 'reaped');
      const place = done.findIndex(
        (entry, at) =>
          entry.service === request.name &&
          (entry.type === 'signalled' || entry.type === 'forked' || (entry.type === 'announced' && entry.state === 7 && !repetitions.has(from + at))),
      );
      return isOther || place < 0 ? [] : [{ place: from + place, what: `${request.name} does something` }];
    });
  },
};

export const setupHasAProcess: Property = {
  name: 'SETUP only with a process of `setup` or `run`',
  rule: 'behaviour.md §3: `setup` is running, or `run` is being launched',
  check({ trace, byService }) {
    const found = [];
    for (const [place, { type, service, at, ...entry }] of trace.entries()) {
      if (type !== 'announced' || !('state' in entry) || entry.state !== 2 || service === 'SYS') continue;
      const hasOne = byService.get(service)?.some(({ forked, reaped }) => reaped > place && (trace[forked]?.at ?? Infinity) <= at);
      if (hasOne === true) continue;
      // What could not be forked is announced to wait in the same step; what was reaped in it goes on.
      let isFollowed = false;
      for (let next = place + 1; next < trace.length && trace[next]?.at === at; next++) {
        isFollowed ||= trace[next]?.type === 'announced' && trace[next]?.service === service;
      }
      if (!isFollowed) found.push({ place, what: `${service} is SETUP, and nothing runs` });
    }
    return found;
  },
};

export const setupComesFirst: Property = {
  name: '`setup` is announced, and runs before `run`, if there is one',
  rule: 'behaviour.md §3: SETUP if there is a `setup`, else launch; each change of state is announced',
  check(history) {
    const { byService, scenario, life, repetitions, trace } = history;
    return [...byService].flatMap(([service, scripts]) => {
      if (service === 'SYS') return [];
      const directory = directoryOfService(service);
      const isStatic = !isEdited(scenario, directory) && life.faults === 0;
      const hasSetup = scenario.services[directory]?.setup !== undefined;
      return scripts.flatMap(({ script, forked }, index) => {
        const before = scripts[index - 1];
        if (script === 'setup') {
          if (isStatic && !hasSetup) return [{ place: forked, what: `${service} has no setup, and it was started` }];
          let at = forked - 1;
          while (at >= 0 && !(trace[at]?.type === 'announced' && trace[at]?.service === service)) at -= 1;
          const last = trace[at];
          const isShown = last?.type === 'announced' && last.state === 2 && last.at === trace[forked]?.at && repetitions.get(at) !== 'repeat';
          return isShown ? [] : [{ place: forked, what: `setup of ${service} was started, and SETUP was not announced` }];
        }
        const isReady = before?.script === 'setup' && before.status === 0 && before.reaped < forked;
        return script === 'run' && isStatic && hasSetup && !isReady ? [{ place: forked, what: `run of ${service} was started without its setup` }] : [];
      });
    });
  },
};

export const loggerStartsFirst: Property = {
  name: 'a service starts after the logger that it writes to',
  rule: 'behaviour.md §3: start the logger it writes to, then SETUP if there is a setup, else launch; §5',
  check(history) {
    const { scenario, byService, endBegins, life } = history;
    // By LOG@ every link may be one of a circle.
    if (life.faults > 0 || scenario.services['LOG@'] !== undefined) return [];
    return [...byService].flatMap(([service, scripts]) => {
      const directory = directoryOfService(service);
      const link = scenario.services[directory]?.log;
      const logger = link === undefined ? '' : lastSegment(link);
      const plan = scenario.services[logger];
      if (plan?.run === undefined || logger === service || service.startsWith('LOG') || logger.includes('@') || plan.log !== undefined) return [];
      if (isEdited(scenario, directory) || isEdited(scenario, logger)) return [];
      return startsOf(scripts).flatMap(({ forked }) => {
        if (forked > endBegins) return [];
        const isThere = byService.get(logger)?.some((each) => each.forked < forked && each.reaped > forked) === true;
        const state = stateBefore(history, logger, forked);
        if (isThere || (state !== 0 && state !== 1)) return [];
        return [{ place: forked, what: `${service} was started, and its logger ${logger} was not` }];
      });
    });
  },
};
