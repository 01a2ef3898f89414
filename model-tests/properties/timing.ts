/** Nothing comes too early: a script has its time, a restart waits, and UP by time alone takes its time (behaviour.md §1). */
import { directoryOfService } from '../../runtime/directory.js';
import { E, S } from '../sim/errors.js';
import { answeredRequests, isEdited, isRespawn, mayBeLogger, nameIn, plansOf, startsOf, toldBy } from './asked.js';
import type { History, Property, ScriptLife } from './history.js';

const timeOf = ({ trace, life }: History, place: number): number => trace[place]?.at ?? life.at;

/** Was the end asked for again before this? A signal may have come before the first was taken. */
function isCutByRequest({ trace }: History, place: number): boolean {
  const ends = trace.slice(0, place).filter(
    (entry) =>
      (entry.type === 'received' && (entry.request?.kind === 'shutdown' || entry.request?.kind === 'reboot')) ||
      (entry.type === 'commanded' && entry.command.kind === 'signal' && entry.command.signal !== 'HUP'),
  );
  return ends.length > 1;
}

/** The time that a script is given, and from when it counts; null: it may be killed at any time. */
function timeGiven(history: History, each: ScriptLife, told: readonly number[], place: number): { readonly from: number; readonly ms: number } | null {
  const { service, script, forked } = each;
  if (service === 'SYS' && script !== 'setup') {
    return script === 'finish' && isCutByRequest(history, place) ? null : { from: forked, ms: 30_000 };
  }
  if (script === 'finish') return { from: forked, ms: 7000 };
  const isDownSignal = plansOf(history.scenario, directoryOfService(service)).some(({ downSignal }) => downSignal === 'k');
  return script === 'run' && isDownSignal ? null : { from: told[0] ?? place, ms: 7000 };
}

export const nothingIsCutEarly: Property = {
  name: 'a script is killed only when its time is over',
  rule: 'behaviour.md §1: SHUTDOWN from the down signal to SIGKILL, FINISH, SYS_FINISH, SYS_FINAL',
  check(history) {
    return [...toldBy(history)].flatMap(([each, told]) => {
      const place = told.find((at) => {
        const entry = history.trace[at];
        return entry?.type === 'signalled' && entry.signal === S.KILL;
      });
      const given = place === undefined ? null : timeGiven(history, each, told, place);
      if (place === undefined || given === null) return [];
      const ms = timeOf(history, place) - timeOf(history, given.from);
      return ms >= given.ms ? [] : [{ place, what: `${each.script} of ${each.service} was killed after ${String(ms)} ms of ${String(given.ms)}` }];
    });
  },
};

const mayPass: readonly number[] = [E.EAGAIN, E.EIO, E.EMFILE, E.ENOMEM, E.ETXTBSY];

export const restartsAreApart: Property = {
  name: 'what restarts by itself does so after RESPAWN, and after an error that may pass after SPAWN_ERROR',
  rule: 'behaviour.md §1, §3: RESTART at the end of life; SETUP; launch',
  check(history) {
    const { trace, byService, scenario } = history;
    const found = [];
    for (const [service, scripts] of byService) {
      if (service === 'SYS' || mayBeLogger(scenario, service)) continue;
      const starts = startsOf(scripts);
      for (const [index, start] of starts.entries()) {
        const before = starts[index - 1];
        if (before === undefined) continue;
        const isAsked = trace.slice(before.forked, start.forked).some(
          (entry) => entry.type === 'scanned' || (entry.type === 'received' && nameIn(entry.request) === service),
        );
        if (isAsked) continue;
        const isPassing = mayPass.includes(before.error) && before.script === 'run' && before.reaped < start.forked;
        const from = isPassing ? before.reaped : before.forked;
        const ms = timeOf(history, start.forked) - timeOf(history, from);
        if (ms < (isPassing ? 2000 : 1000)) found.push({ place: start.forked, what: `${service} was started again after ${String(ms)} ms` });
      }
    }
    return found;
  },
};

export const longLivesRestartAtOnce: Property = {
  name: 'who lived for RESPAWN or longer is started again at once',
  rule: 'behaviour.md §3: RESTART at the end of life: the life lasted under RESPAWN: DELAY; else as WANT_UP',
  check(history) {
    const { trace, byService } = history;
    return trace.flatMap((entry, place) => {
      if (entry.type !== 'announced' || entry.state !== 9 || entry.service === 'SYS' || !isRespawn(history, entry.service, place)) return [];
      const last = (byService.get(entry.service) ?? []).filter(({ script, forked }) => script !== 'finish' && forked < place).pop();
      // The launch of a one shot is seen by nothing but that.
      const shot = trace.slice(0, place).findLastIndex((each) => each.type === 'announced' && each.service === entry.service && each.state === 5);
      const ms = entry.at - timeOf(history, Math.max(shot, last?.forked ?? place));
      return ms < 1000 ? [] : [{ place, what: `${entry.service} lived for ${String(ms)} ms, and waits` }];
    });
  },
};

export const upTakesItsTime: Property = {
  name: 'without being told, a service is UP only after STARTING',
  rule: 'behaviour.md §1: STARTING; §3',
  check(history) {
    const { trace, byService, repetitions } = history;
    const found = [];
    const starting = new Map<string, number>();
    for (const [place, entry] of trace.entries()) {
      if (entry.type !== 'announced' || repetitions.has(place)) continue;
      if (entry.state === 3) starting.set(entry.service, place);
      const from = starting.get(entry.service);
      if (entry.state !== 4 || from === undefined) continue;
      const run = (byService.get(entry.service) ?? []).filter(({ script, forked }) => script === 'run' && forked < place).pop();
      // It may have been asked before the exec was known to have succeeded, or as it was launched.
      const since = trace.findIndex(({ at }) => at === timeOf(history, run?.forked ?? from));
      const isTold = trace.slice(since, place).some(
        (each) => each.type === 'received' && each.request?.kind === 'ready' && each.request.name === entry.service,
      );
      if (isTold || run?.behaviour.ready?.text.includes('\n') === true) continue;
      const ms = entry.at - timeOf(history, from);
      if (ms < 2000) found.push({ place, what: `${entry.service} is UP after ${String(ms)} ms` });
    }
    return found;
  },
};

export const readyMakesUp: Property = {
  name: 'who is STARTING and told to be ready is UP',
  rule: 'behaviour.md §3: STARTING on `nitroctl ready`',
  check(history) {
    const { trace } = history;
    return answeredRequests(history).flatMap(({ request, from, to }) => {
      if (request.kind !== 'ready') return [];
      const states = trace.slice(0, to).flatMap((entry, place) =>
        entry.type === 'announced' && entry.service === request.name ? [{ place, state: entry.state }] : [],
      );
      const before = states.filter(({ place }) => place < from).pop();
      const after = states.pop();
      return before?.state === 3 && after?.state === 3 ? [{ place: to, what: `${request.name} is STARTING, and was told to be ready` }] : [];
    });
  },
};

export const finishIsToldTheEnd: Property = {
  name: '`finish` runs after `run`, and is told how that ended',
  rule: 'behaviour.md §2 finish; §3: exec fails otherwise, ONESHOT',
  check({ scenario, byService, trace, life }) {
    const found = [];
    for (const [service, scripts] of byService) {
      const plan = scenario.services[directoryOfService(service)];
      for (const [index, { script, forked, args }] of scripts.entries()) {
        const before = scripts[index - 1];
        if (service === 'SYS' || script !== 'finish') continue;
        // After the run there was a life without one.
        const isShot = trace.slice(before?.forked ?? 0, forked).some((entry) => entry.type === 'announced' && entry.service === service && entry.state === 5);
        const isRun = before?.script === 'run' && !isShot;
        const { status = 0, error = 0 } = isRun ? before : {};
        const signal = status & 0x7f;
        const expected = error > 0 ? '111,0' : signal > 0 ? `-1,${String(signal)}` : `${String(status >> 8)},0`;
        const told = args.slice(0, 2).join();
        if (told !== expected) found.push({ place: forked, what: `finish of ${service} was told ${told} and not ${expected}` });
      }
      if (service === 'SYS' || plan?.finish === undefined || life.faults > 0 || scenario.pids <= 8 || isEdited(scenario, directoryOfService(service))) continue;
      for (const [index, run] of scripts.entries()) {
        // After an error that may pass there is no life that has ended.
        const hasNone = run.script !== 'run' || run.reaped === Infinity || mayPass.includes(run.error) || run.error === E.ENOENT;
        const next = scripts[index + 1];
        if (hasNone || (next?.script === 'finish' && trace[next.forked]?.at === trace[run.reaped]?.at)) continue;
        if (run.reaped < trace.length - 1) found.push({ place: run.reaped, what: `finish of ${service} did not run` });
      }
    }
    return found;
  },
};
