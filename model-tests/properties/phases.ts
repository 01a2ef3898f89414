/** What the system does in its phases, and when it goes on (behaviour.md §6). */
import { S } from '../sim/errors.js';
import { isEdited, mayBeLogger, toldBy } from './asked.js';
import type { History, Property, ScriptLife } from './history.js';

/** Beside what clocks jump: deaths that are seen late; ms. */
const slackMs = 100;
const timeOf = ({ trace, life }: History, place: number): number => trace[place]?.at ?? life.at;
const sysScript = ({ scripts }: History, script: string): ScriptLife | undefined =>
  scripts.find((each) => each.service === 'SYS' && each.script === script);

/** Was a script killed by nitro before a place? */
function isKilled({ trace }: History, { pid, forked }: ScriptLife, place: number): boolean {
  return trace.slice(forked, place).some((entry) => entry.type === 'signalled' && entry.pid === pid && entry.signal === S.KILL);
}

export const sysSetupIsToldToEnd: Property = {
  name: 'SYS/setup is told to end by a shutdown, and each time SYS is asked down',
  rule: 'behaviour.md §6 Bring-up: a shutdown asked for during SYS/setup ends it with the SHUTDOWN rules',
  check(history) {
    const { trace, endBegins } = history;
    const setup = sysScript(history, 'setup');
    if (setup === undefined) return [];
    return trace.flatMap((entry, place) => {
      const isAsked = entry.type === 'received' && entry.request?.kind === 'down' && entry.request.name === 'SYS';
      if (!(isAsked || place === endBegins) || place < setup.forked || isKilled(history, setup, place)) return [];
      let isTold = false;
      let at = place + 1;
      for (; at < trace.length && trace[at]?.at === entry.at && trace[at]?.type !== 'received'; at++) {
        const next = trace[at];
        isTold ||= next?.type === 'signalled' && next.pid === setup.pid && next.signal === S.TERM;
      }
      return isTold || setup.reaped < at ? [] : [{ place, what: 'SYS/setup was not told to end' }];
    });
  },
};

export const secondRequestEndsTheWait: Property = {
  name: 'a second request for the end cuts SYS/finish off',
  rule: 'behaviour.md §6 Shutdown 2: a second request for shutdown ends the wait',
  check(history) {
    const { trace } = history;
    const finish = sysScript(history, 'finish');
    if (finish === undefined) return [];
    return trace.flatMap((entry, place) => {
      const isEnd = entry.type === 'received' && (entry.request?.kind === 'shutdown' || entry.request?.kind === 'reboot');
      if (!isEnd || place < finish.forked || isKilled(history, finish, place)) return [];
      let at = place + 1;
      let isCut = false;
      for (; at < trace.length && trace[at]?.at === entry.at; at++) {
        const next = trace[at];
        isCut ||= next?.type === 'signalled' && next.pid === finish.pid && next.signal === S.KILL;
      }
      return isCut || finish.reaped < at ? [] : [{ place, what: 'SYS/finish goes on' }];
    });
  },
};

export const servicesGoAfterFinish: Property = {
  name: 'when SYS/finish has ended, or was cut off, the services are told to end at once',
  rule: 'behaviour.md §6 Shutdown 2 and 3',
  check(history) {
    const { trace, scripts, scenario, allowance, life } = history;
    const finish = sysScript(history, 'finish');
    if (finish === undefined) return [];
    const told = toldBy(history);
    const place = Math.min(finish.reaped, told.get(finish)?.[0] ?? Infinity);
    if (place === Infinity) return [];
    const limit = timeOf(history, place) + slackMs + allowance;
    if (limit >= life.at) return [];
    return scripts.flatMap((each) => {
      const { service, script, executed, error, ended } = each;
      const isService = service !== 'SYS' && script === 'run' && error === 0 && !mayBeLogger(scenario, service);
      if (!isService || executed > place || timeOf(history, ended) <= limit) return [];
      const first = told.get(each)?.[0];
      return first !== undefined && (trace[first]?.at ?? Infinity) <= limit ? [] : [{ place, what: `${service} was not told to end` }];
    });
  },
};

export const globalLoggerIsFirst: Property = {
  name: 'LOG is brought up before what a scan finds',
  rule: 'behaviour.md §5 LOG: it is brought up first; §6 Bring-up',
  check(history) {
    const { trace, scenario, life } = history;
    const plan = scenario.services['LOG'];
    const scanned = trace.findIndex(({ type }) => type === 'scanned');
    if (plan?.run === undefined || plan.down === true || isEdited(scenario, 'LOG') || life.faults > 0 || scanned < 0) return [];
    const own = trace.flatMap((entry, place) =>
      entry.type === 'forked' && entry.service !== 'SYS' && entry.service !== '' ? [{ place, service: entry.service }] : [],
    );
    const isEarly = trace.slice(0, scanned).some((entry) => entry.type === 'received');
    const [first] = own;
    if (isEarly || first === undefined || first.service === 'LOG') return [];
    return [{ place: first.place, what: `${first.service} was started before LOG` }];
  },
};

/** Children at a place: scripts, and as pid 1 everything that was executed and not reaped. The helper that signals all is none. */
function childrenAt({ trace }: History, place: number): number {
  const alive = new Set<number>();
  for (const entry of trace.slice(0, place)) {
    if (entry.type === 'forked' || entry.type === 'executed') alive.add(entry.pid);
    if (entry.type === 'reaped') alive.delete(entry.pid);
  }
  return alive.size;
}

export const everyProcessHasItsTime: Property = {
  name: 'as pid 1: every process has SIGTERM_ALL, and SIGKILL_ALL, as long as a child is left and no longer',
  rule: 'behaviour.md §1: SIGTERM_ALL, SIGKILL_ALL; §6 Shutdown 4: either wait ends when no child is left',
  check(history) {
    const { trace, allowance } = history;
    const at = (signal: number): number => trace.findIndex((entry) => entry.type === 'signalledAll' && entry.signal === signal);
    const [term, kill, closed] = [at(S.TERM), at(S.KILL), trace.findIndex(({ type }) => type === 'controlClosed')];
    if (term < 0 || kill < 0 || closed < 0) return [];
    const lastReaped = (before: number): number =>
      Math.max(0, ...trace.slice(0, before).flatMap((entry) => (entry.type === 'reaped' ? [entry.at] : [])));
    return [
      { what: 'SIGTERM', from: term, to: kill },
      { what: 'SIGKILL', from: kill, to: closed },
    ].flatMap(({ what, from, to }) => {
      const ms = timeOf(history, to) - timeOf(history, from);
      const isLeft = childrenAt(history, to) > 0;
      const waited = timeOf(history, to) - Math.max(timeOf(history, from), lastReaped(to));
      if (isLeft && ms < 7000) return [{ place: to, what: `${String(ms)} ms after ${what} it goes on, and a child is left` }];
      if (ms > 7000 + slackMs + allowance) return [{ place: to, what: `${String(ms)} ms after ${what} it goes on` }];
      return !isLeft && ms < 7000 && waited > slackMs + allowance ? [{ place: to, what: `it goes on ${String(waited)} ms after the last child` }] : [];
    });
  },
};
