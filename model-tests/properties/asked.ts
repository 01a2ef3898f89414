/** What properties ask of a life about requests, and about what nitro did of its own accord. */
import { lastSegment } from '../../runtime/paths.js';
import type { Request } from '../../runtime/protocol.js';
import { S } from '../sim/errors.js';
import type { Scenario, ServicePlan } from '../sim/scenario.js';
import type { History, ScriptLife } from './history.js';

/** The service that a request names; empty: none. */
export function nameIn(request: Request | null): string {
  return request !== null && 'name' in request ? request.name : '';
}

/** A request that was answered with OK, of a client that has a name. What was done for it lies between the two places. */
export interface Answered {
  readonly request: Request;
  readonly from: number;
  readonly to: number;
}

const ok = 80;

export function answeredRequests({ trace }: History): readonly Answered[] {
  const found: Answered[] = [];
  let open: { readonly client: string; readonly request: Request; readonly from: number } | null = null;
  for (const [place, entry] of trace.entries()) {
    if (entry.type === 'received') open = entry.request === null || entry.client === '' ? null : { client: entry.client, request: entry.request, from: place };
    else if (entry.type === 'answered' && open !== null && entry.client === open.client) {
      if (entry.data.charCodeAt(2) === ok) found.push({ request: open.request, from: open.from, to: place });
      open = null;
    }
  }
  return found;
}

/** Signals that nitro sent to a script by itself, and not because a client asked for that very signal: their places. SIGCONT does not count. */
export function toldBy(history: History): ReadonlyMap<ScriptLife, readonly number[]> {
  const found = new Map<ScriptLife, number[]>();
  const living = new Map<number, ScriptLife>();
  const byFork = new Map(history.scripts.map((each) => [each.forked, each]));
  let request: Request | null = null;
  let at = -1;
  for (const [place, entry] of history.trace.entries()) {
    const forked = byFork.get(place);
    if (forked !== undefined) living.set(forked.pid, forked);
    if (entry.type === 'received') {
      request = entry.request;
      ({ at } = entry);
    } else if (entry.type === 'answered') request = null;
    if (entry.type !== 'signalled' || entry.signal === S.CONT) continue;
    const each = living.get(entry.pid);
    const isAsked = request?.kind === 'signal' && request.name === entry.service && at === entry.at;
    if (each === undefined || isAsked) continue;
    const places = found.get(each) ?? [];
    found.set(each, places);
    places.push(place);
  }
  return found;
}

/** The files of a service at any time: those it has at first, and those that edits put there. */
export function plansOf({ services, commands }: Scenario, directory: string): readonly ServicePlan[] {
  const first = services[directory];
  const put = commands.flatMap(({ command }) =>
    command.kind === 'edit' && command.edit.kind === 'put' && command.edit.name === directory ? [command.edit.plan] : [],
  );
  return first === undefined ? put : [first, ...put];
}

/** Is the directory of a service changed on the way? */
export function isEdited({ commands, offers }: Scenario, directory: string): boolean {
  return [...commands.map(({ command }) => command), ...(offers?.commands ?? [])].some(
    (command) => command.kind === 'edit' && command.edit.name === directory,
  );
}

/** May some service log to it? */
export function mayBeLogger({ services, commands, offers }: Scenario, service: string): boolean {
  if (service.startsWith('LOG')) return true;
  const edits = [...commands.map(({ command }) => command), ...(offers?.commands ?? [])].flatMap((command) => (command.kind === 'edit' ? [command.edit] : []));
  const links = [
    ...Object.values(services).map(({ log }) => log),
    ...edits.map((edit) => (edit.kind === 'link' ? edit.log : edit.kind === 'put' ? edit.plan.log : undefined)),
  ];
  return links.some((link) => {
    const target = link === undefined ? '' : lastSegment(link);
    return target === service || (target.endsWith('@') && service.startsWith(target));
  });
}

/** The scripts with which lives of a service begin: `setup`, or a `run` that no `setup` came before. */
export function startsOf(scripts: readonly ScriptLife[]): readonly ScriptLife[] {
  return scripts.filter(({ script }, index) => script === 'setup' || (script === 'run' && scripts[index - 1]?.script !== 'setup'));
}

/** Does a service that is announced to be in DELAY wait for RESPAWN? DOWN was announced right before, for the end of its life. */
export function isRespawn({ trace }: History, service: string, place: number): boolean {
  for (let at = place - 1; at >= 0; at--) {
    const entry = trace[at];
    if (entry?.type === 'received' || entry?.type === 'fault' || entry?.at !== trace[place]?.at) return false;
    // It was started again, and that failed.
    if (entry?.type === 'said' && entry.text.startsWith(`- nitro: ${service}: `)) return false;
    if (entry?.service === service) return entry.type === 'announced' && entry.state === 1;
  }
  return false;
}
