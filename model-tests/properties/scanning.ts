/** A rescan sees every change that was made before it. */
import { decodeReplies } from '../../runtime/wire-replies.js';
import { isServiceName } from '../../runtime/protocol.js';
import type { Edit, ServicePlan } from '../sim/scenario.js';
import type { Property } from './history.js';

/** SHUTDOWN and FINISH, and a little: what is gone is forgotten by then; ms. */
const goneWithinMs = 14_100;

type Directory = Map<string, ServicePlan>;

function change(directory: Directory, edit: Edit): void {
  const before = directory.get(edit.name);
  if (edit.kind === 'put') directory.set(edit.name, { ...before, ...edit.plan });
  else if (edit.kind === 'remove') directory.delete(edit.name);
  else if (before === undefined) return;
  else if (edit.kind === 'link') directory.set(edit.name, { ...before, log: edit.log });
  else if (edit.kind === 'down') directory.set(edit.name, { ...before, down: true });
  else directory.set(edit.name, Object.fromEntries(Object.entries(before).filter(([file]) => file !== edit.file)));
}

/** Names that a scan of this directory finds. */
function offered(directory: Directory): ReadonlySet<string> {
  const isService = (name: string): boolean => {
    const plan = directory.get(name);
    return plan?.run !== undefined || plan?.setup !== undefined;
  };
  const names = [...directory.keys()].filter(
    (name) => isServiceName(name) && isService(name.includes('@') ? name.slice(0, name.indexOf('@') + 1) : name),
  );
  return new Set(names);
}

/** What a scan says of a service that it brings down. */
const gone = ' is gone from the directory\n';

export const onlyWhatIsGoneGoes: Property = {
  name: 'a scan brings down only what is gone',
  rule: 'behaviour.md §6 Rescan: services whose directory is gone are brought down',
  check({ trace, scenario }) {
    const found = [];
    const directory: Directory = new Map(Object.entries(scenario.services));
    for (const [place, entry] of trace.entries()) {
      if (entry.type === 'commanded' && entry.command.kind === 'edit') change(directory, entry.command.edit);
      if (entry.type !== 'said' || !entry.text.endsWith(gone)) continue;
      const name = entry.text.slice('- nitro: '.length, -gone.length);
      if (offered(directory).has(name)) found.push({ place, what: `${name} is brought down, and it is there` });
    }
    return found;
  },
};

function listed(data: string): readonly string[] {
  return decodeReplies(data).flatMap((item) => (item.kind === 'service' ? [item.fields.name ?? ''] : []));
}

export const scansSeeChanges: Property = {
  name: 'a rescan sees every change made before it',
  rule: 'behaviour.md §6 Rescan',
  check({ trace, scenario, life, endBegins, allowance }) {
    if (life.faults > 0) return [];
    const found = [];
    const directory: Directory = new Map(Object.entries(scenario.services));
    let seen: ReadonlySet<string> | null = null;
    let scannedAt = 0;
    let isList = false;
    for (const [place, entry] of trace.entries()) {
      if (place > endBegins) break;
      if (entry.type === 'commanded' && entry.command.kind === 'edit') {
        change(directory, entry.command.edit);
        seen = null;
      } else if (entry.type === 'scanned') {
        seen = offered(directory);
        scannedAt = entry.at;
      } else if (entry.type === 'received') {
        const { request } = entry;
        isList = request?.kind === 'list' && request.start === 0;
        // What is asked up is known, whatever the scan says.
        if (request?.kind === 'up' || request?.kind === 'restart') scannedAt = entry.at;
      } else if (entry.type === 'answered' && isList && seen !== null) {
        const names = listed(entry.data);
        const targets = [...directory.values()].map(({ log = '' }) => log);
        for (const name of seen) if (!names.includes(name)) found.push({ place, what: `${name} is in the directory and not known` });
        if (entry.at <= scannedAt + goneWithinMs + allowance) continue;
        for (const name of names) {
          const mayStay = seen.has(name) || name === 'SYS' || name.includes('@') || targets.some((target) => target.endsWith(name));
          if (!mayStay) found.push({ place, what: `${name} is gone from the directory and still known` });
        }
      }
    }
    return found;
  },
};
