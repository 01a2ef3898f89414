/** Rules about templates `NAME@` and their instances `NAME@PARAM` (behaviour.md §2). */
import { directoryOfService, globalLoggerTemplate, parameterOf } from '../../../../runtime/directory.js';
import { isServiceName } from '../../../../runtime/protocol.js';
import { lastSegment } from '../../../../runtime/paths.js';
import type { Facts } from '../facts.js';
import { isInstance } from '../facts.js';
import type { Found, Rule } from '../rule.js';
import { entryOf, isAbsent, isDirectory } from '../snapshot.js';
import type { Entry } from '../snapshot.js';

function* instances({ snapshot }: Facts): Iterable<Entry> {
  for (const entry of snapshot.root.entries ?? []) if (isServiceName(entry.name) && isInstance(entry.name)) yield entry;
}

export const templateRules: readonly Rule[] = [
  {
    id: 'T501',
    severity: 'error',
    title: 'instance without its template',
    why: 'The files of NAME@PARAM are those of NAME@, whatever the entry itself holds (behaviour.md §2). Without that directory there is no such service.',
    fix: 'Make the template NAME@, or name the service without an @.',
    *check(facts): Iterable<Found> {
      for (const entry of instances(facts)) {
        const template = directoryOfService(entry.name);
        if (isDirectory(entry) && !isDirectory(entryOf(facts.snapshot.root, template))) yield { path: entry.name, message: `there is no template ${template}` };
      }
    },
  },
  {
    id: 'T502',
    severity: 'note',
    title: 'template that nobody uses',
    why: 'A template is no service (behaviour.md §2). This one has no instance in the directory, and no log link leads to it; only nitroctl can start one.',
    fix: 'Make an instance: ln -s NAME@ NAME@PARAM; or remove the template.',
    *check(facts): Iterable<Found> {
      const { units, plan } = facts;
      for (const { kind, name, files } of units) {
        if (kind !== 'template' || (isAbsent(files.get('run')) && isAbsent(files.get('setup')))) continue;
        const isUsed = [...plan.services.keys()].some((service) => directoryOfService(service) === name && parameterOf(service) !== null);
        const isNamed = units.some((unit) => lastSegment(unit.files.get('log')?.target ?? '') === name);
        if (!isUsed && !isNamed && name !== globalLoggerTemplate) yield { path: name, message: 'no instance of it is in the directory' };
      }
    },
  },
  {
    id: 'T503',
    severity: 'warning',
    title: 'instance with files of its own',
    why: 'The files of an instance are those of its template, also where the instance is a directory (behaviour.md §2). What is in it is never read.',
    fix: 'Replace the directory by a symlink: ln -s NAME@ NAME@PARAM; what differs can follow from the parameter.',
    *check(facts): Iterable<Found> {
      for (const entry of instances(facts)) {
        if (entry.is !== 'directory' || !isDirectory(entryOf(facts.snapshot.root, directoryOfService(entry.name)))) continue;
        const files = (entry.entries ?? []).filter(({ name }) => ['run', 'setup', 'finish', 'log', 'down', 'down-signal', 'notification-fd'].includes(name));
        if (files.length > 0) {
          yield { path: `${entry.name}/${files[0]?.name ?? ''}`, message: `without effect: the files of ${directoryOfService(entry.name)} count` };
        }
      }
    },
  },
  {
    id: 'T504',
    severity: 'warning',
    title: 'instance that links elsewhere',
    why: 'The template of an instance follows from its name, not from where its link leads (behaviour.md §2).',
    fix: 'Have the link lead to the template of its name, or rename it.',
    *check(facts): Iterable<Found> {
      for (const entry of instances(facts)) {
        const template = entryOf(facts.snapshot.root, directoryOfService(entry.name));
        const leadsElsewhere = entry.is === 'link' && entry.end === 'directory' && template !== undefined && template.identity !== entry.identity;
        if (leadsElsewhere) yield { path: entry.name, message: `it leads to ${entry.target ?? ''}, and the files of ${template.name} count` };
      }
    },
  },
  {
    id: 'T505',
    severity: 'error',
    title: 'template with neither run nor setup',
    why: 'An instance of a template without `run` and `setup` is no service (behaviour.md §2).',
    fix: 'Add `run` or `setup` to the template.',
    *check({ units }): Iterable<Found> {
      for (const { kind, name, files, entry } of units) {
        if (kind === 'template' && entry.unread === 0 && isAbsent(files.get('run')) && isAbsent(files.get('setup'))) {
          yield { path: name, message: 'it has neither run nor setup, so it has no instances' };
        }
      }
    },
  },
  {
    id: 'T506',
    severity: 'note',
    title: 'template that does not use its parameter',
    why:
      'Each script of an instance gets what is behind the @ as an argument: `setup` and `run` as the first, `finish` as the third (behaviour.md ' +
      '§2). If `run` does not look at it all instances do the same.',
    fix: 'Use "$1" in run.',
    *check({ scripts }): Iterable<Found> {
      for (const { unit, name, path, shell, entry } of scripts) {
        if (unit.kind !== 'template' || name !== 'run' || shell === null) continue;
        if (!/\$(?:[1@*]|\{[1@*])/.test(entry.text ?? '')) yield { path, message: 'it does not use "$1": all instances do the same' };
      }
    },
  },
  {
    id: 'T507',
    severity: 'note',
    title: 'down in a template',
    why: 'The `down` file of a template counts for all of its instances, as all its files do (behaviour.md §2): none of them starts by itself.',
    fix: 'Remove it, unless that is meant; to keep a single instance down, remove its entry.',
    *check({ units }): Iterable<Found> {
      for (const { kind, name, files } of units) if (kind === 'template' && files.has('down')) {
        yield { path: `${name}/down`, message: 'no instance starts by itself' };
      }
    },
  },
];
