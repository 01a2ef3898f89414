/** Rules about who may change what nitro, often as root, executes and obeys (behaviour.md §2). */
import type { Bytes } from '../../../../runtime/os.js';
import type { Facts } from '../facts.js';
import type { Found, Rule } from '../rule.js';
import type { Entry } from '../snapshot.js';

const obeyed = ['setup', 'run', 'finish', 'final', 'fatal', 'reincarnate', 'down-signal', 'notification-fd', 'down'];

interface Place {
  readonly path: Bytes;
  readonly entry: Entry;
}

/** Files that nitro executes or obeys. */
function* files({ units }: Facts): Iterable<Place> {
  for (const { name, files: all } of units) {
    for (const [file, entry] of all) if (obeyed.includes(file) && typeof entry.end === 'string') yield { path: `${name}/${file}`, entry };
  }
}

/** The service directory and those in it. */
function* directories({ snapshot, units }: Facts): Iterable<Place> {
  yield { path: '', entry: snapshot.root };
  for (const { name, entry } of units) yield { path: name, entry };
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

export const securityRules: readonly Rule[] = [
  {
    id: 'W601',
    severity: 'error',
    title: 'anybody can write a script',
    why: 'nitro executes the file as the user that it runs as, at each start (behaviour.md §4). Who can write it can do anything that this user can.',
    fix: 'chmod o-w FILE.',
    *check(facts): Iterable<Found> {
      for (const { path, entry } of files(facts)) if (entry.end === 'file' && (entry.mode & 0o002) !== 0) {
        yield { path, message: `its mode is ${octal(entry.mode)}: anybody can change it` };
      }
    },
  },
  {
    id: 'W602',
    severity: 'error',
    title: 'anybody can write a directory',
    why:
      'Who can create files in the directory can add a service, or scripts to one, and nitro executes them after the next rescan or start ' +
      '(behaviour.md §2, §6).',
    fix: 'chmod o-w DIRECTORY.',
    *check(facts): Iterable<Found> {
      for (const { path, entry } of directories(facts)) if ((entry.mode & 0o002) !== 0) {
        yield { path, message: `its mode is ${octal(entry.mode)}: anybody can put scripts there` };
      }
    },
  },
  {
    id: 'W603',
    severity: 'warning',
    title: 'a group can write what root executes',
    why: 'The file or directory belongs to root and its group may write it: every member can have nitro execute something as root (behaviour.md §4).',
    fix: 'chmod g-w FILE, or chgrp root FILE.',
    *check(facts): Iterable<Found> {
      for (const { path, entry } of [...directories(facts), ...files(facts)]) {
        if (entry.uid === 0 && entry.gid !== 0 && (entry.mode & 0o020) !== 0) {
          yield { path, message: `its mode is ${octal(entry.mode)}, and its group ${String(entry.gid)}` };
        }
      }
    },
  },
  {
    id: 'W604',
    severity: 'warning',
    title: 'owned by somebody else',
    why:
      'nitro executes what is in its directory as the user that it runs as (behaviour.md §4). What belongs to another user than the directory, and ' +
      'not to root, that user can change.',
    fix: 'chown FILE to the owner of the directory.',
    *check(facts): Iterable<Found> {
      const { uid } = facts.snapshot.root;
      for (const { path, entry } of [...directories(facts), ...files(facts)]) {
        if (entry.uid !== uid && entry.uid !== 0) yield { path, message: `it belongs to user ${String(entry.uid)}, the service directory to ${String(uid)}` };
      }
    },
  },
  {
    id: 'W605',
    severity: 'error',
    title: 'a way through a directory of anybody',
    why:
      'The way to the file, links followed, leads through a directory in which anybody may rename and replace entries: another file can be put in ' +
      'its place, and nitro executes it (behaviour.md §4).',
    fix: 'Keep scripts where only their owner can write.',
    *check({ snapshot, units }): Iterable<Found> {
      for (const directory of snapshot.exposed) yield { path: '', message: `anybody can write ${directory}, above it` };
      const told = (path: Bytes, entry: Entry): Found[] =>
        entry.exposed.map((directory) => ({ path, message: `its target leads through ${directory}, which anybody can write` }));
      for (const { name, entry, files: all } of units) {
        yield* told(name, entry);
        for (const [file, each] of all) if (obeyed.includes(file)) yield* told(`${name}/${file}`, each);
      }
    },
  },
  {
    id: 'W606',
    severity: 'warning',
    title: 'script that changes its user',
    why:
      'A set-user-ID or set-group-ID bit does nothing on a script with `#!`, and on a program it lets anybody who can execute the file be that ' +
      'user, outside of nitro too (behaviour.md §4).',
    fix: 'chmod ug-s FILE; a service changes its user in run, as with chpst or setpriv.',
    *check(facts): Iterable<Found> {
      for (const { path, entry } of files(facts)) if (entry.end === 'file' && (entry.mode & 0o6000) !== 0) {
        yield { path, message: `its mode is ${octal(entry.mode)}` };
      }
    },
  },
];
