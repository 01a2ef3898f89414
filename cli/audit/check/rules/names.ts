/** Rules about names: what the scan takes for a service, and what it passes over (behaviour.md §2). */
import { isServiceName, longestName } from '../../../../runtime/protocol.js';
import { everyService } from '../../../../runtime/paths.js';
import type { Facts } from '../facts.js';
import { isInstance } from '../facts.js';
import { isShowable } from '../names.js';
import type { Found, Rule } from '../rule.js';
import { entryOf, isAbsent, isDirectory } from '../snapshot.js';
import type { Entry } from '../snapshot.js';

/** Entries that the scan looks at: no template, not SYS, nothing hidden. */
function* scanned({ snapshot }: Facts): Iterable<Entry> {
  for (const entry of snapshot.root.entries ?? []) {
    if (!entry.name.startsWith('.') && !entry.name.endsWith('@') && entry.name !== 'SYS') yield entry;
  }
}

function* directories(facts: Facts): Iterable<Entry> {
  for (const entry of scanned(facts)) if (isDirectory(entry)) yield entry;
}

function hasAnyScript(entry: Entry): boolean {
  return ['run', 'setup'].some((name) => !isAbsent(entryOf(entry, name)));
}

export const nameRules: readonly Rule[] = [
  {
    id: 'N101',
    severity: 'error',
    title: 'name too long',
    why: `The name of a service has 1 to ${String(longestName)} bytes; nitro does not start a service with a longer one (behaviour.md §2).`,
    fix: 'Give the directory a shorter name. A character that is not ASCII has two to four bytes.',
    *check(facts): Iterable<Found> {
      for (const { name } of directories(facts)) {
        if (name.length > longestName) yield { path: name, message: `its name has ${String(name.length)} bytes, ${String(longestName)} are possible` };
      }
    },
  },
  {
    id: 'N102',
    severity: 'error',
    title: 'name with a comma or a newline',
    why:
      'A service cannot have a comma or a newline in its name (behaviour.md §2): the names of listeners beside the control socket are NAME,ID ' +
      '(§7), and lists are lines.',
    fix: 'Rename the directory.',
    *check(facts): Iterable<Found> {
      for (const { name } of directories(facts)) {
        if (name.length <= longestName && !isServiceName(name)) yield { path: name, message: 'no service can have this name: it holds a comma or a newline' };
      }
    },
  },
  {
    id: 'N103',
    severity: 'warning',
    title: 'name that listeners use',
    why:
      `A listener called ${everyService},ID hears the announcements of every service (behaviour.md §7). One for a service of that name cannot be ` +
      'told from it, so tools that follow it see all services, and nitroctl of nitro in C takes their changes for an answer.',
    fix: 'Rename the service.',
    *check(facts): Iterable<Found> {
      for (const { name } of directories(facts)) if (name === everyService) yield { path: name, message: `"${name}" is how listeners ask for every service` };
    },
  },
  {
    id: 'N104',
    severity: 'warning',
    title: 'name that cannot be shown',
    why:
      'A name is bytes, and any but `/`, `,`, newline and NUL will do (behaviour.md §2). Bytes that are no UTF-8, and control characters, are ' +
      'shown as `?` on a terminal, so the service is hard to name to nitroctl.',
    fix: 'Use letters, digits, `-`, `_`, `.` and `+`.',
    *check(facts): Iterable<Found> {
      for (const { name } of directories(facts)) {
        if (isServiceName(name) && !isShowable(name)) yield { path: name, message: 'its name holds control characters, or is not UTF-8' };
      }
    },
  },
  {
    id: 'N105',
    severity: 'note',
    title: 'name that reads like an option',
    why: 'nitroctl takes a word that starts with `-` for an option, so this service has to be named after `--` (behaviour.md §8).',
    fix: 'Rename the service, or write `nitroctl up -- -NAME`.',
    *check(facts): Iterable<Found> {
      for (const { name } of directories(facts)) if (name.startsWith('-')) yield { path: name, message: 'nitroctl takes its name for an option' };
    },
  },
  {
    id: 'N106',
    severity: 'note',
    title: 'hidden service',
    why: 'Entries that start with a dot are passed over without a word (behaviour.md §2).',
    fix: 'Take the dot away; or, to keep a service from being started, give it a `down` file, so that nitroctl can still start it.',
    *check({ snapshot }): Iterable<Found> {
      for (const entry of snapshot.root.entries ?? []) {
        if (entry.name.startsWith('.') && isDirectory(entry) && hasAnyScript(entry)) {
          yield { path: entry.name, message: 'it has scripts of a service, and nitro does not look at it' };
        }
      }
    },
  },
  {
    id: 'N107',
    severity: 'warning',
    title: 'a service in place of a directory of services',
    why:
      'nitro takes the sub-directories of its directory for services, and nothing else in it (behaviour.md §2). Scripts on the top level are never ' +
      'executed.',
    fix: 'Name the directory above, or put the scripts into a sub-directory.',
    *check({ snapshot }): Iterable<Found> {
      for (const name of ['run', 'setup', 'finish']) {
        const entry = entryOf(snapshot.root, name);
        if (entry?.end === 'file') yield { path: name, message: 'a script on the top level: is this the directory of one service?' };
      }
    },
  },
  {
    id: 'N108',
    severity: 'warning',
    title: 'neither run nor setup',
    why: 'A directory with neither `run` nor `setup` is no service: nitro says "no such service" at each scan (behaviour.md §2).',
    fix: 'Add `run`, or `setup` for a one shot; or move what is no service elsewhere.',
    *check(facts): Iterable<Found> {
      for (const entry of directories(facts)) {
        if (isServiceName(entry.name) && !isInstance(entry.name) && entry.unread === 0 && !hasAnyScript(entry)) {
          yield { path: entry.name, message: 'it has neither run nor setup, so it is no service' };
        }
      }
    },
  },
  {
    id: 'N109',
    severity: 'error',
    title: 'link to nothing',
    why:
      'A symlink stands for a service only if it leads to a directory (behaviour.md §2). One that leads nowhere is passed over without a word, one ' +
      'that leads in a circle with a message.',
    fix: 'Mend or remove the link.',
    *check(facts): Iterable<Found> {
      for (const entry of facts.snapshot.root.entries ?? []) {
        if (entry.is === 'link' && typeof entry.end === 'object' && !entry.name.startsWith('.')) {
          yield { path: entry.name, message: `its target ${entry.target ?? ''} ${isAbsent(entry) ? 'does not exist' : 'cannot be reached'}` };
        }
      }
    },
  },
  {
    id: 'N110',
    severity: 'note',
    title: 'nearly a special name',
    why:
      'Only `SYS`, `LOG` and `LOG@`, in capitals, are special (behaviour.md §5, §6). Written otherwise the directory is an ordinary service: it is ' +
      'restarted when it ends, and logs nobody.',
    fix: 'Write the name in capitals, or choose another one.',
    *check(facts): Iterable<Found> {
      for (const { name } of facts.units) {
        const upper = name.toUpperCase();
        if (['SYS', 'LOG', 'LOG@'].includes(upper) && upper !== name) {
          yield { path: name, message: `an ordinary ${name.endsWith('@') ? 'template' : 'service'}: only ${upper} is special` };
        }
      }
    },
  },
  {
    id: 'N111',
    severity: 'note',
    title: 'two services in one directory',
    why:
      'The scripts of both run in the same directory, and `.` means the same service to nitroctl in both: the one whose directory it really is ' +
      '(behaviour.md §8).',
    fix: 'For one set of scripts with several services use a template NAME@ with instances, which get a parameter (behaviour.md §2).',
    *check({ units }): Iterable<Found> {
      const first = new Map<string, string>();
      for (const { kind, name, entry } of units) {
        if (kind !== 'service') continue;
        const other = first.get(entry.identity);
        if (other === undefined) first.set(entry.identity, name);
        else yield { path: name, message: `the same directory as ${other}` };
      }
    },
  },
  {
    id: 'N112',
    severity: 'warning',
    title: 'cannot be read',
    why:
      'What cannot be read here was not checked. nitro may run as another user; what it cannot read it cannot start, or takes the default for ' +
      '(behaviour.md §2).',
    fix: 'Run the check as the user that nitro runs as, or mend the permissions.',
    *check({ snapshot }): Iterable<Found> {
      for (const entry of snapshot.root.entries ?? []) {
        if (entry.unread !== 0) yield { path: entry.name, message: 'it cannot be read by this user, so it was not checked' };
        for (const file of entry.entries ?? []) if (file.unread !== 0) {
          yield { path: `${entry.name}/${file.name}`, message: 'it cannot be read by this user, so it was not checked' };
        }
      }
    },
  },
];
