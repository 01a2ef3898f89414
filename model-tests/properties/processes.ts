/** Properties of processes: how many a service has, and who is signalled. */
import { signalName } from '../sim/errors.js';
import { decodeReplies } from '../../runtime/wire-replies.js';
import type { History, Property } from './history.js';

const isOwn = (service: string): boolean => service !== '' && service !== 'SYS';

export const oneScriptAtATime: Property = {
  name: 'a service never has two processes alive',
  rule: 'behaviour.md §3: a service never has two processes of `run` alive',
  check({ byService }) {
    const found = [];
    for (const [service, scripts] of byService) {
      if (!isOwn(service)) continue;
      for (const [index, each] of scripts.entries()) {
        const before = scripts[index - 1];
        if (before !== undefined && before.ended > each.forked) {
          found.push({ place: each.forked, what: `${each.script} of ${service} was started while its ${before.script} was alive` });
        }
      }
    }
    return found;
  },
};

export const noSignalToReaped: Property = {
  name: 'no signal to a process that is no child',
  rule: 'architecture.md, Runtime: a pid is never signalled after it was reaped',
  check({ trace }) {
    return trace.flatMap((entry, place) =>
      entry.type === 'signalled' && entry.service === ''
        ? [{ place, what: `${signalName(entry.signal)} was sent to ${String(entry.pid)}, which is no script of nitro's` }]
        : [],
    );
  },
};

/** Is the service told to end at this place: is it on its way down, or shown so in the same step? */
function isBeingStopped({ trace }: History, place: number, service: string): boolean {
  for (let at = place - 1; at >= 0; at--) {
    const entry = trace[at];
    if (entry?.type !== 'announced' || entry.service !== service) continue;
    if ([6, 7, 8].includes(entry.state)) return true;
    break;
  }
  const now = trace[place]?.at;
  for (let at = place + 1; at < trace.length && trace[at]?.at === now; at++) {
    const entry = trace[at];
    if (entry?.type === 'announced' && entry.service === service) return entry.state === 6 || entry.state === 7;
  }
  return false;
}

export const signalsHaveAReason: Property = {
  name: 'a service is signalled only when it is brought down, or asked to be',
  rule: 'behaviour.md §3, "signal"; §8',
  check(history) {
    const found = [];
    let request: { readonly kind: string; readonly name?: string } | null = null;
    for (const [place, entry] of history.trace.entries()) {
      if (entry.type === 'received') request = entry.request;
      if (entry.type !== 'signalled' || !isOwn(entry.service)) continue;
      const isAsked = request?.kind === 'signal' && request.name === entry.service;
      if (isAsked || isBeingStopped(history, place, entry.service)) continue;
      found.push({ place, what: `${entry.service} was sent ${signalName(entry.signal)} for no reason` });
    }
    return found;
  },
};

export const processesAreListed: Property = {
  name: 'no process of a forgotten service',
  rule: 'behaviour.md §3: no process of a forgotten service is left behind',
  check({ trace, scripts, scenario }) {
    const found = [];
    const names = new Set(Object.keys(scenario.services));
    let isFirstPage = false;
    for (const [place, entry] of trace.entries()) {
      if (entry.type === 'received') isFirstPage = entry.request?.kind === 'list' && entry.request.start === 0;
      if (entry.type !== 'answered' || !isFirstPage) continue;
      const listed = new Set<string>();
      for (const item of decodeReplies(entry.data)) if (item.kind === 'service') listed.add(item.fields.name ?? '');
      if (names.size > 50) continue;
      for (const { service, script, forked, reaped } of scripts) {
        if (!isOwn(service) || forked > place || reaped < place || listed.has(service)) continue;
        found.push({ place, what: `${script} of ${service} lives, and ${service} is not known` });
      }
    }
    return found;
  },
};

export const killedBeforeEnd: Property = {
  name: 'after the end no script of a service is left',
  rule: 'behaviour.md §6 Shutdown 3',
  check({ life, trace }) {
    if (!['exit 0', 'poweroff', 'reboot'].includes(life.how) && !life.how.startsWith('exec')) return [];
    const left = life.rest.children.filter((child) => !child.startsWith('SYS/') && !child.startsWith('/') && !child.endsWith('hanging'));
    return left.map((child) => ({ place: trace.length - 1, what: `left at the end: ${child}` }));
  },
};

