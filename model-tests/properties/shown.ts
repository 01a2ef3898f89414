/** What nitro answers about a state agrees with what it announced; and what a script came to decides the state that follows. */
import { stateName } from '../../runtime/protocol.js';
import { decodeReplies } from '../../runtime/wire-replies.js';
import { E } from '../sim/errors.js';
import type { History, Property, ScriptLife } from './history.js';
import { Knowledge } from './machine-paths.js';

export const answersAgree: Property = {
  name: 'every change of state is announced: what is answered is what was announced',
  rule: 'behaviour.md §3: each change of state is announced; §7',
  check({ trace, repetitions }) {
    const found = [];
    const known = new Map<string, Knowledge>();
    let asked = '';
    for (const [place, entry] of trace.entries()) {
      if (entry.type === 'received') asked = entry.request?.kind === 'query' ? entry.request.name : '';
      if (entry.type === 'announced') {
        const after = (known.get(entry.service) ?? Knowledge.initial).announced(entry.state, repetitions.get(place) ?? 'change');
        if (after === null) known.delete(entry.service);
        else known.set(entry.service, after);
      }
      if (entry.type !== 'answered') continue;
      for (const item of decodeReplies(entry.data)) {
        if (item.kind !== 'service' && item.kind !== 'fields') continue;
        const { state, name = asked } = item.fields;
        if (state === undefined || name === 'SYS' || (known.get(name) ?? Knowledge.initial).mayBe(state)) continue;
        found.push({ place, what: `${name} is answered to be ${stateName(state)}, which was not announced` });
      }
    }
    return found;
  },
};

const mayPass: readonly number[] = [E.EAGAIN, E.EIO, E.EMFILE, E.ENOMEM, E.ETXTBSY];

function afterFailedExec(error: number): readonly number[] {
  // A script that vanished before its exec is not one that cannot be executed: the next start finds what is there then.
  if (error === E.ENOENT) return [8, 9];
  return mayPass.includes(error) ? [9] : [8];
}

/** States that may follow a script that ended on its own way up; null: any. */
function following({ script, error, status }: ScriptLife): readonly number[] | null {
  if (script === 'run') return error === 0 ? [3, 4, 7] : afterFailedExec(error);
  if (script !== 'setup') return null;
  if (error > 0) return afterFailedExec(error);
  if (status === 0) return null;
  return status === 111 << 8 ? [8] : [9];
}

export const endsDecide: Property = {
  name: 'how a script ended decides what follows',
  rule: 'behaviour.md §3: SETUP, launch, STARTING and UP',
  check({ trace, scripts }: History) {
    const found = [];
    for (const each of scripts) {
      const expected = following(each);
      if (expected === null || each.reaped === Infinity || each.service === 'SYS') continue;
      const isOwn = (at: number): boolean => trace[at]?.type === 'announced' && trace[at].service === each.service;
      let before = each.reaped;
      while (before >= 0 && !isOwn(before)) before -= 1;
      let after = each.reaped;
      while (after < trace.length && !isOwn(after)) after += 1;
      const [was, is] = [trace[before], trace[after]];
      // One that was told to end goes another way.
      if (was?.type === 'announced' && (was.state === 6 || was.state === 7)) continue;
      if (is?.type !== 'announced' || expected.includes(is.state)) continue;
      found.push({ place: after, what: `${each.service} is ${stateName(is.state)} after its ${each.script} ended so` });
    }
    return found;
  },
};

export const readinessIsReported: Property = {
  name: 'a service with `notification-fd` is UP when it says so, and not before',
  rule: 'behaviour.md §2 notification-fd; §3 STARTING',
  check({ trace, scripts, scenario }) {
    const found = [];
    const isEdited = scenario.commands.some(({ command }) => command.kind === 'edit') || scenario.offers !== undefined;
    const previous = new Map<string, number>();
    for (const [place, entry] of trace.entries()) {
      if (entry.type !== 'announced') continue;
      const before = previous.get(entry.service);
      previous.set(entry.service, entry.state);
      if (entry.state !== 4 || before === 4 || isEdited || scenario.services[entry.service]?.notificationFd === undefined) continue;
      const run = scripts.filter(({ service, script, forked }) => service === entry.service && script === 'run' && forked < place).pop();
      const from = trace[run?.forked ?? 0]?.at ?? 0;
      const { ready } = run?.behaviour ?? {};
      const hasSaid = ready?.text.includes('\n') === true && from + ready.at <= entry.at;
      const isTold = trace.slice(run?.forked, place).some(
        (each) => each.type === 'received' && each.request?.kind === 'ready' && each.request.name === entry.service,
      );
      // A file that could not be read is as if it were not there.
      const isUnread = trace.slice(0, place).some((each) => each.type === 'fault' && each.call === 'readFile');
      if (!hasSaid && !isTold && !isUnread) found.push({ place, what: `${entry.service} is UP, and never said so` });
    }
    return found;
  },
};
