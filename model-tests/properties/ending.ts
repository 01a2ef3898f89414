/** Properties of the end: in time, in order, and with nothing left. */
import { directoryOfService, parameterOf } from '../../runtime/directory.js';
import { lastSegment } from '../../runtime/paths.js';
import type { Scenario } from '../sim/scenario.js';
import { S, signalName } from '../sim/errors.js';
import type { History, Property } from './history.js';

const wayOut: readonly string[] = ['exit 0', 'poweroff', 'reboot', 'exec SYS/reincarnate', 'exec /proc/self/exe', 'exec nitro'];

export const endsWell: Property = {
  name: 'nitro ends by an end of final, and by nothing else',
  rule: 'behaviour.md §6 Final: after start nitro does not exit by itself',
  check({ life, trace }) {
    const booted = trace.some((entry) => entry.type === 'said' && entry.text.endsWith('booting\n'));
    if (wayOut.includes(life.how) || (life.how === 'exit 111' && !booted)) return [];
    return [{ place: trace.length - 1, what: `it came to: ${life.how}` }];
  },
};

/** SHUTDOWN of SYS/setup, SYS_FINISH, SIGTERM_ALL, SIGKILL_ALL, SYS_FINAL; SHUTDOWN and FINISH, for each in a chain of services (behaviour.md §1). */
function boundMs({ byService, allowance }: History): number {
  return 7000 + 30_000 + 7000 + 7000 + 30_000 + 14_000 * (byService.size + 1) + allowance + 500;
}

export const endsInTime: Property = {
  name: 'every shutdown ends within the sum of the times',
  rule: 'behaviour.md §1, §6 Shutdown',
  check(history) {
    const { trace, endBegins, life } = history;
    const began = trace[endBegins]?.at ?? 0;
    if (endBegins === Infinity || life.at - began <= boundMs(history)) return [];
    return [{ place: trace.length - 1, what: `the end took ${String(life.at - began)} ms of at most ${String(boundMs(history))}` }];
  },
};

export const nothingLeftOpen: Property = {
  name: 'at the end nothing is open but the pipes of loggers that are known',
  rule: 'behaviour.md §5: a pipe is closed when its logger is forgotten; architecture.md: every descriptor has an owner that closes it',
  check({ life, trace, scripts, scenario }) {
    if (!wayOut.includes(life.how)) return [];
    const names = new Set([...Object.keys(scenario.services), ...trace.map(({ service }) => service)]);
    const cut = scripts.filter(({ service, reaped }) => service === 'SYS' && reaped === Infinity).length;
    const { logPipes, otherDescriptors, watched } = life.rest;
    if (logPipes <= names.size && otherDescriptors <= cut && watched <= cut) return [];
    const what = `${String(logPipes)} pipes of loggers and ${String(otherDescriptors)} other descriptors are open, ${String(watched)} are watched`;
    return [{ place: trace.length - 1, what }];
  },
};

export const nothingIsHeld: Property = {
  name: 'what nitro holds is of something that is there',
  rule: 'architecture.md, Runtime: every queue has a bound, every descriptor an owner; behaviour.md §6 Rescan: forgotten',
  check({ life, trace }) {
    if (!wayOut.includes(life.how)) return [];
    return life.rest.held.map((what) => ({ place: trace.length - 1, what }));
  },
};

/** Was this service asked down since the place? */
function askedDown({ trace }: History, service: string, since: number, until: number): boolean {
  for (let at = since; at < until; at++) {
    const entry = trace[at];
    if (entry?.type === 'received' && entry.request !== null && 'name' in entry.request && entry.request.name === service) return true;
  }
  return false;
}

/** Was it shown in SHUTDOWN, RESTART or FATAL before? */
function isOnItsWayDown(trace: History['trace'], service: string, place: number): boolean {
  for (let at = place - 1; at >= 0; at--) {
    const entry = trace[at];
    if (entry?.type === 'announced' && entry.service === service) return [6, 7, 8].includes(entry.state);
  }
  return false;
}

export const sysFinishFirst: Property = {
  name: 'SYS/finish ends, or is cut by rule, before any service is brought down',
  rule: 'behaviour.md §6 Shutdown 2',
  check(history) {
    const { trace, scripts } = history;
    const found = [];
    for (const finish of scripts.filter(({ service, script }) => service === 'SYS' && script === 'finish')) {
      // A wish that was received right before is taken in the course of its answer.
      const since = trace.findIndex(({ at }) => at === trace[finish.forked]?.at);
      for (let place = finish.forked; place < Math.min(finish.ended, trace.length); place++) {
        const entry = trace[place];
        if (entry?.type !== 'signalled') continue;
        if (entry.service === 'SYS') break;
        if (isOnItsWayDown(trace, entry.service, place) || askedDown(history, entry.service, since, place)) continue;
        found.push({ place, what: `${entry.service} was sent ${signalName(entry.signal)} while SYS/finish runs` });
      }
    }
    return found;
  },
};

/** Loggers that a link of the service named at some time, or that it has by LOG@ (behaviour.md §5). */
function linksOf({ services, commands }: Scenario, service: string): readonly string[] {
  const directory = directoryOfService(service);
  const links = [services[directory]?.log];
  for (const { command } of commands) {
    if (command.kind !== 'edit' || command.edit.name !== directory) continue;
    if (command.edit.kind === 'link') links.push(command.edit.log);
    if (command.edit.kind === 'put') links.push(command.edit.plan.log);
  }
  const named = links.flatMap((link) => (link === undefined ? [] : [lastSegment(link)]));
  const loggers = named.map((logger) => (logger.endsWith('@') ? logger + (parameterOf(service) ?? service) : logger));
  return services['LOG@'] === undefined || service.startsWith('LOG') ? loggers : [...loggers, `LOG@${service}`];
}

/** Does what it writes, what those write that read it, and so on, come back to it, in any of their lives, as far as one can know? */
function isInCircle({ scripts, scenario }: History, from: string): boolean {
  const reached = new Set<string>([from]);
  for (const service of reached) {
    for (const target of linksOf(scenario, service)) {
      if (target === from) return true;
      reached.add(target);
    }
    for (const { stdout } of scripts.filter((each) => each.service === service)) {
      if (stdout === null) continue;
      const readers = scripts.filter(({ stdin }) => stdin === stdout);
      // Who would read it never ran: nobody outside nitro can tell who that is.
      if (readers.length === 0) return true;
      for (const reader of readers) {
        if (reader.service === from) return true;
        reached.add(reader.service);
      }
    }
  }
  return false;
}

export const loggersLast: Property = {
  name: 'loggers go after those that write to them',
  rule: 'behaviour.md §5: a chain of loggers from its users towards its end',
  check(history) {
    const { trace, scripts, endBegins } = history;
    const found = [];
    const told = new Set<number>();
    for (const [place, entry] of trace.entries()) {
      if (entry.type === 'forked') told.delete(entry.pid);
      if (entry.type !== 'signalled' || entry.signal === S.CONT) continue;
      const isFirst = !told.has(entry.pid);
      told.add(entry.pid);
      if (place < endBegins || !isFirst || askedDown(history, entry.service, endBegins, place)) continue;
      const alive = scripts.filter(({ forked, ended }) => forked < place && ended > place);
      const logger = alive.find(({ pid }) => pid === entry.pid);
      if (logger?.stdin == null || logger.service === 'SYS' || isInCircle(history, logger.service)) continue;
      for (const { service, script, stdout } of alive) {
        if (stdout !== logger.stdin || service === logger.service) continue;
        found.push({ place, what: `${logger.service} goes, and ${script} of ${service} still writes to it` });
      }
    }
    return found;
  },
};
