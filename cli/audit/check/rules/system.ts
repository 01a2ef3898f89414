/** Rules about SYS, and about the directory as a whole (behaviour.md §6). */
import { lastSegment } from '../../../../runtime/paths.js';
import { scriptNames } from '../facts.js';
import type { Found, Rule } from '../rule.js';
import { entryOf, isAbsent } from '../snapshot.js';

export const systemRules: readonly Rule[] = [
  {
    id: 'Y701',
    severity: 'error',
    title: 'SYS is no directory',
    why: 'The scripts of the system are looked for in the directory SYS (behaviour.md §6). In a SYS that is none nothing is found, and nothing is said.',
    fix: 'Make SYS a directory with setup, finish or final in it.',
    *check({ snapshot }): Iterable<Found> {
      const sys = entryOf(snapshot.root, 'SYS');
      if (sys !== undefined && sys.end !== 'directory') {
        yield { path: 'SYS', message: typeof sys.end === 'string' ? `a ${sys.end} in place of a directory` : 'it leads nowhere' };
      }
    },
  },
  {
    id: 'Y702',
    severity: 'warning',
    title: 'SYS without a script',
    why: 'SYS is looked at for `setup`, `finish`, `final`, `fatal`, `reincarnate` and `exit-status-from` only (behaviour.md §6), and has none of them.',
    fix: 'Add the script that is wanted, or remove SYS.',
    *check({ units }): Iterable<Found> {
      for (const { kind, name, files, entry } of units) {
        if (kind !== 'sys' || entry.unread !== 0 || files.has('exit-status-from')) continue;
        if (scriptNames.sys.every((script) => isAbsent(files.get(script)))) {
          yield { path: name, message: 'it has none of setup, finish, final, fatal and reincarnate' };
        }
      }
    },
  },
  {
    id: 'Y703',
    severity: 'warning',
    title: 'file of SYS without effect',
    why: 'SYS is no service: it has no `run`, is not restarted, logs to nitro\'s own output, and is neither down nor ready (behaviour.md §5, §6).',
    fix: 'Start what run does in a service of its own; what has to be done once goes into SYS/setup.',
    *check({ units }): Iterable<Found> {
      for (const { kind, files } of units) {
        if (kind !== 'sys') continue;
        for (const file of ['run', 'log', 'down', 'down-signal', 'notification-fd']) if (files.has(file)) {
          yield { path: `SYS/${file}`, message: 'without effect in SYS' };
        }
      }
    },
  },
  {
    id: 'Y704',
    severity: 'note',
    title: 'SYS/final behind SYS/reincarnate',
    why: 'SYS/reincarnate is executed in nitro\'s place before SYS/final would be (behaviour.md §6, Final). What is in SYS/final happens only if that fails.',
    fix: 'Do in SYS/finish, or in SYS/reincarnate itself, what has to be done.',
    *check({ units }): Iterable<Found> {
      for (const { kind, files } of units) {
        if (kind === 'sys' && !isAbsent(files.get('reincarnate')) && !isAbsent(files.get('final'))) {
          yield { path: 'SYS/final', message: 'it runs only if SYS/reincarnate cannot be executed' };
        }
      }
    },
  },
  {
    id: 'Y705',
    severity: 'warning',
    title: 'nothing starts',
    why: 'No service of the directory is brought up: nitro runs, and waits for somebody who asks for something (behaviour.md §3, §6).',
    fix: 'Name another directory; remove a down file; or have SYS/setup start what is wanted.',
    *check({ plan, units }): Iterable<Found> {
      const hasSetup = units.some(({ kind, files }) => kind === 'sys' && !isAbsent(files.get('setup')));
      if (!hasSetup && ![...plan.services.values()].some(({ startsItself }) => startsItself)) {
        yield { path: '', message: plan.services.size === 0 ? 'there is no service in it' : 'none of its services starts by itself' };
      }
    },
  },
  {
    id: 'Y706',
    severity: 'warning',
    title: 'SYS with a finish and no setup',
    why:
      'What SYS/finish puts in order nobody has set up: before the services are started nothing runs (behaviour.md §6). That is so also after a ' +
      'typing error in the name of the file.',
    fix: 'Add SYS/setup, which may be as short as exit 0; or do in SYS/final what needs no counterpart.',
    *check({ units }): Iterable<Found> {
      for (const { kind, files } of units) {
        if (kind === 'sys' && !isAbsent(files.get('finish')) && isAbsent(files.get('setup'))) yield { path: 'SYS/finish', message: 'there is no SYS/setup' };
      }
    },
  },
  {
    id: 'Y707',
    severity: 'error',
    title: 'exit status from no service',
    why:
      'SYS/exit-status-from is a symlink to the service with whose status nitro exits, as `log` is one to a logger (behaviour.md §2, log). If it ' +
      'is no symlink, or means no service, nitro does not shut down when the program of a container has ended.',
    fix: 'ln -sfn ../NAME SYS/exit-status-from.',
    *check({ units, plan }): Iterable<Found> {
      for (const { kind, files } of units) {
        const link = kind === 'sys' ? files.get('exit-status-from') : undefined;
        if (link === undefined) continue;
        const name = lastSegment(link.target ?? '');
        if (link.is !== 'link') yield { path: 'SYS/exit-status-from', message: `a ${link.is} in place of a symlink: it is ignored` };
        else if (!plan.services.has(name) && !plan.offers(name)) yield { path: 'SYS/exit-status-from', message: `there is no service ${name}` };
      }
    },
  },
];
