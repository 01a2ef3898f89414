/** What has to happen: scans, starts, signals, scripts of SYS, and each within its time. */
import { S } from '../sim/errors.js';
import { isServiceName } from '../../runtime/protocol.js';
import { toldBy } from './asked.js';
import type { History, Property, ScriptLife } from './history.js';

/** Beside the delays: deaths that are seen late; ms. */
const slackMs = 100;
const timeOf = ({ trace, life }: History, place: number): number => trace[place]?.at ?? life.at;

export const scansAreDone: Property = {
  name: 'the directory is read when bring-up ends, and when a rescan is asked for',
  rule: 'behaviour.md §6 Bring-up, Rescan',
  check(history) {
    const { trace, scripts, endBegins, life } = history;
    const found = [];
    const first = trace.findIndex(({ type }) => type === 'scanned');
    const setup = scripts.find(({ service, script }) => service === 'SYS' && script === 'setup');
    const due = setup === undefined ? 0 : setup.reaped;
    const isListFault = trace.some((entry) => entry.type === 'fault' && entry.call === 'list');
    if (isListFault || life.how === 'exit 111') return [];
    if (due !== Infinity && due < endBegins && (first < 0 || timeOf(history, first) !== timeOf(history, due))) {
      found.push({ place: Math.max(due, 0), what: 'the directory was not read when bring-up ended' });
    }
    for (const [place, entry] of trace.entries()) {
      if (first < 0 || place < first || place > endBegins || entry.type !== 'received' || entry.request?.kind !== 'rescan') continue;
      const isDone = trace.some((each, at) => at > place && each.type === 'scanned' && each.at === entry.at);
      if (!isDone) found.push({ place, what: 'a rescan was asked for and not done' });
    }
    return found;
  },
};

export const whatIsThereStarts: Property = {
  name: 'what is in the directory without `down` is started',
  rule: 'behaviour.md §3 (new)',
  check(history) {
    const { trace, scenario, endBegins, allowance, life } = history;
    const first = trace.findIndex(({ type }) => type === 'scanned');
    const limit = timeOf(history, first) + slackMs + allowance;
    if (first < 0 || life.faults > 0 || limit >= Math.min(timeOf(history, endBegins), life.at)) return [];
    if (scenario.offers !== undefined || scenario.commands.some(({ at, command }) => at <= limit && command.kind !== 'datagram')) return [];
    const asks = Object.values(scenario.services).some((plan) => [plan.setup, plan.run, plan.finish].some((each) => each?.some(({ asks: some }) => some)));
    const sysAsks = scenario.sys.setup?.some(({ asks: some }) => some !== undefined) === true;
    if (asks || sysAsks) return [];
    const targets = Object.values(scenario.services).map(({ log = '' }) => log);
    return Object.entries(scenario.services).flatMap(([name, plan]) => {
      const isPlain = isServiceName(name) && !name.includes('@') && (plan.run !== undefined || plan.setup !== undefined);
      if (!isPlain || plan.down === true || targets.some((target) => target.endsWith(name))) return [];
      const isStarted = trace.some((entry) => entry.service === name && entry.at <= limit && (entry.type === 'announced' || entry.type === 'forked'));
      return isStarted ? [] : [{ place: first, what: `${name} was not started` }];
    });
  },
};

export const whatStopsIsSignalled: Property = {
  name: 'what is brought down is signalled',
  rule: 'behaviour.md §3: SETUP, STARTING, UP on WANT_DOWN and WANT_RESTART; §6 Shutdown of SYS/setup',
  check(history) {
    const { trace, byService } = history;
    const found = [];
    for (const [place, entry] of trace.entries()) {
      if (entry.type !== 'announced' || (entry.state !== 6 && entry.state !== 7)) continue;
      for (const each of byService.get(entry.service) ?? []) {
        if (each.script === 'finish' || each.script === 'final' || each.forked > place || each.ended < place) continue;
        const isTold = trace.slice(each.forked, place).some((one) => one.type === 'signalled' && one.pid === each.pid && one.signal !== S.CONT);
        if (!isTold) found.push({ place, what: `${each.script} of ${entry.service} was not told to end` });
      }
    }
    return found;
  },
};

/** How long a script may live after the place from which its time counts (behaviour.md §1). */
function limitOf({ script, service, forked }: ScriptLife, told: number | undefined): { readonly from: number; readonly ms: number } | null {
  if (service === 'SYS' && script !== 'setup') return { from: forked, ms: 30_000 };
  if (script === 'finish') return { from: forked, ms: 7000 };
  return told === undefined ? null : { from: told, ms: 7000 };
}

export const scriptsAreCut: Property = {
  name: 'a script whose time is over is killed',
  rule: 'behaviour.md §1: SHUTDOWN, FINISH, SYS_FINISH, SYS_FINAL',
  check(history) {
    const told = toldBy(history);
    return history.scripts.flatMap((each) => {
      const limit = limitOf(each, told.get(each)?.[0]);
      if (limit === null) return [];
      const ms = timeOf(history, each.ended) - timeOf(history, limit.from);
      if (ms <= limit.ms + history.allowance + slackMs) return [];
      return [{ place: each.forked, what: `${each.script} of ${each.service} had ${String(ms)} ms of at most ${String(limit.ms)}` }];
    });
  },
};

export const nothingStartsAtTheEnd: Property = {
  name: 'nothing is started once nitro goes down',
  rule: 'behaviour.md §6 Shutdown 1',
  check({ scripts, endBegins }) {
    return scripts.flatMap(({ service, script, forked }) =>
      service !== 'SYS' && script !== 'finish' && forked > endBegins ? [{ place: forked, what: `${script} of ${service} was started` }] : [],
    );
  },
};

export const sysScriptsRun: Property = {
  name: 'SYS/finish and SYS/final run, and as pid 1 every process is told to end, and killed',
  rule: 'behaviour.md §6 Shutdown 2 and 4, Final 2',
  check({ life, trace, scripts, scenario }) {
    if (!['exit 0', 'poweroff', 'reboot', 'exec /proc/self/exe'].includes(life.how) || life.faults > 0) return [];
    const place = trace.length - 1;
    const missing = (['finish', 'final'] as const).filter(
      (script) => scenario.sys[script] !== undefined && scenario.pids > 8 && !scripts.some((each) => each.service === 'SYS' && each.script === script),
    );
    const found = missing.map((script) => ({ place, what: `SYS/${script} did not run` }));
    const all = trace.flatMap((entry) => (entry.type === 'signalledAll' ? [entry.signal] : [])).join();
    const expected = scenario.mode === 'process' ? '' : [S.TERM, S.CONT, S.KILL].join();
    return all === expected ? found : [...found, { place, what: `every process was sent the signals ${all}` }];
  },
};

export const firstRequestDecides: Property = {
  name: 'the first request decides between shutdown and reboot',
  rule: 'behaviour.md §6 Shutdown 1',
  check({ life, trace, scenario }) {
    const kinds: { readonly kind: string; readonly at: number }[] = [];
    for (const entry of trace) {
      if (entry.type === 'received' && (entry.request?.kind === 'shutdown' || entry.request?.kind === 'reboot')) {
        kinds.push({ kind: entry.request.kind, at: entry.at });
      }
      if (entry.type !== 'commanded' || entry.command.kind !== 'signal' || entry.command.signal === 'HUP') continue;
      if (scenario.mode !== 'machine') kinds.push({ kind: 'shutdown', at: entry.at });
      else if (entry.command.signal === 'INT') kinds.push({ kind: 'reboot', at: entry.at });
    }
    const [first] = kinds;
    if (first === undefined || kinds.some(({ kind, at }) => kind !== first.kind && at === first.at)) return [];
    const ends: Readonly<Record<string, string>> = { 'exit 0': 'shutdown', poweroff: 'shutdown', reboot: 'reboot', 'exec /proc/self/exe': 'reboot' };
    const found = [];
    const came = ends[life.how];
    if (came !== undefined && came !== first.kind) found.push({ place: trace.length - 1, what: `${first.kind} was asked for, and it came to ${life.how}` });
    const said = trace.find((entry) => entry.type === 'said' && (entry.text === '- nitro: shutting down\n' || entry.text === '- nitro: rebooting\n'));
    const isSaid = said?.type === 'said' && (said.text === '- nitro: rebooting\n') === (first.kind === 'reboot');
    if (came !== undefined && !isSaid) found.push({ place: trace.length - 1, what: `${first.kind} was not said` });
    return found;
  },
};
