/** Properties of the states that are announced. */
import { stateName } from '../../runtime/protocol.js';
import type { History, Property, ScriptLife } from './history.js';
import { Knowledge } from './machine-paths.js';
import { repeatedBy } from './repeats.js';

export const announcedIsAPath: Property = {
  name: 'every announced sequence is a path of the machine',
  rule: 'behaviour.md §3, §7',
  check({ trace, repetitions }) {
    const found = [];
    const known = new Map<string, Knowledge>();
    for (const [place, entry] of trace.entries()) {
      if (entry.type !== 'announced' || entry.service === 'SYS') continue;
      const before = known.get(entry.service) ?? Knowledge.initial;
      const after = before.announced(entry.state, repetitions.get(place) ?? 'change');
      if (after === null) {
        found.push({ place, what: `${entry.service} cannot be ${stateName(entry.state)} now` });
        known.delete(entry.service);
      } else known.set(entry.service, after);
    }
    return found;
  },
};

/** Of the service, not reaped; or reaped last of all and at this moment, since facts of a life are told when it is known to be over. */
function living({ trace, byService }: History, service: string, place: number): readonly ScriptLife[] {
  const now = trace[place]?.at;
  return (byService.get(service) ?? []).filter(
    ({ forked, reaped }) => forked < place && (reaped > place || trace[reaped]?.at === now),
  );
}

export const upHasAProcess: Property = {
  name: 'STARTING and UP only with a process of `run`',
  rule: 'behaviour.md §3: UP is running',
  check(history) {
    return history.trace.flatMap((entry, place) => {
      if (entry.type !== 'announced' || (entry.state !== 3 && entry.state !== 4)) return [];
      const runs = living(history, entry.service, place).filter(({ script }) => script === 'run');
      if (runs.some(({ executed, error }) => error === 0 && (executed < place || executed === Infinity))) return [];
      return [{ place, what: `${entry.service} is ${stateName(entry.state)} without a process` }];
    });
  },
};

export const restHasNone: Property = {
  name: 'DOWN, ONESHOT and DELAY only without a process',
  rule: 'behaviour.md §3: not running',
  check(history) {
    return history.trace.flatMap((entry, place) => {
      if (entry.type !== 'announced' || ![1, 5, 9].includes(entry.state) || entry.service === 'SYS') return [];
      const left = (history.byService.get(entry.service) ?? []).filter(({ forked, reaped }) => forked < place && reaped > place);
      return left.map(({ script }) => ({ place, what: `${entry.service} is ${stateName(entry.state)} and its ${script} is there` }));
    });
  },
};

export const wishesAreTaken: Property = {
  name: 'a wish is taken at once',
  rule: 'behaviour.md §3: WANT_UP, WANT_DOWN, WANT_RESTART in every state; protocol.md, Replies',
  check({ trace, endBegins }) {
    const found = [];
    let wish: { readonly kind: string; readonly name: string } | null = null;
    let state = 0;
    let changes = 0;
    const before = new Map<string, number>();
    for (const [place, entry] of trace.entries()) {
      if (place > endBegins) break;
      if (entry.type === 'received') {
        const { request } = entry;
        wish = request !== null && repeatedBy(request) !== '' && 'name' in request ? request : null;
        state = 0;
        changes = 0;
      } else if (entry.type === 'announced') {
        if (entry.service === wish?.name) {
          state = entry.state;
          changes += 1;
        } else before.set(entry.service, entry.state);
      }
      else if (entry.type === 'answered' && wish !== null && entry.data.charCodeAt(2) === 80) {
        // Announced but once, and as before: nothing came of it.
        const isIdle = wish.kind === 'restart' && changes === 1 && [2, 3, 4, 5].includes(state) && before.get(wish.name) === state;
        const refused = wish.kind === 'down' ? ![1, 6].includes(state) : wish.kind !== 'ready' && [1, 6].includes(state);
        if (wish.name !== 'SYS' && (refused || isIdle)) found.push({ place, what: `${wish.name} is ${stateName(state)} after ${wish.kind}` });
        if (state !== 0) before.set(wish.name, state);
        wish = null;
      }
    }
    return found;
  },
};
