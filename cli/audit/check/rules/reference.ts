/** Rules for those who come from another supervisor, or use the same directory with nitro in C too. */
import { globalLogger } from '../../../../runtime/directory.js';
import type { Found, Rule } from '../rule.js';
import { isAbsent } from '../snapshot.js';
import { circles } from './logging.js';

/** Files of runit, s6 and s6-rc that nitro does not look at, and what does their work. */
const foreign: Readonly<Record<string, string>> = {
  check: 'notification-fd, and nitroctl ready',
  control: 'down-signal',
  supervise: 'nothing: nitro keeps its state in memory',
  type: 'nothing: a service without run is a one shot',
  up: 'setup',
  dependencies: 'nitroctl start NAME in setup',
  'dependencies.d': 'nitroctl start NAME in setup',
  'producer-for': 'the log link',
  'consumer-for': 'the log link of the other service',
  'pipeline-name': 'nothing',
  'timeout-kill': 'nothing: it is 7 seconds',
  'timeout-finish': 'nothing: it is 7 seconds',
  'max-death-tally': 'nothing: a short life is followed by a wait of a second',
  'flag-newpidns': 'nothing: use unshare in run',
};

/** Services that the reference has room for, and that it can list. */
const servicesMax = 500;
const servicesListed = 100;

export const referenceRules: readonly Rule[] = [
  {
    id: 'R801',
    severity: 'note',
    title: 'file of another supervisor',
    why: 'runit and s6 look at this file; nitro does not (behaviour.md §2).',
    fix: 'Use what does the same here, if it is wanted.',
    *check({ units }): Iterable<Found> {
      for (const { name, files } of units) {
        for (const file of files.keys()) {
          const instead = Object.hasOwn(foreign, file) ? foreign[file] : undefined;
          if (instead !== undefined) yield { path: `${name}/${file}`, message: `nitro does not look at it; in its place: ${instead}` };
        }
      }
    },
  },
  {
    id: 'R802',
    severity: 'error',
    title: 'more services than nitro in C has room for',
    why: `nitro in C knows ${String(servicesMax)} services at most. This nitro has no such limit.`,
    fix: 'Divide the directory among several nitros.',
    isForReference: true,
    *check({ plan }): Iterable<Found> {
      if (plan.services.size > servicesMax) yield { path: '', message: `${String(plan.services.size)} services, loggers included` };
    },
  },
  {
    id: 'R803',
    severity: 'warning',
    title: 'more services than nitro in C can list',
    why: `nitro in C overruns its buffer at about ${String(servicesListed)} services when they are listed, and dies of it. This one answers in pages.`,
    fix: 'Have fewer services, or do not call nitroctl list.',
    isForReference: true,
    *check({ plan }): Iterable<Found> {
      const { size } = plan.services;
      if (size >= servicesListed && size <= servicesMax) yield { path: '', message: `${String(size)} services, loggers included` };
    },
  },
  {
    id: 'R804',
    severity: 'error',
    title: 'circle of log links, for nitro in C',
    why: 'nitro in C follows a circle of `log` links over several services until its stack is full (behaviour.md §5, CORRECTED).',
    fix: 'Break the circle.',
    isForReference: true,
    *check(facts): Iterable<Found> {
      for (const [first = '', ...rest] of circles(facts)) {
        yield { path: `${facts.plan.services.get(first)?.directory ?? first}/log`, message: `a circle: ${[first, ...rest, first].join(' -> ')}` };
      }
    },
  },
  {
    id: 'R805',
    severity: 'warning',
    title: 'chain of loggers, for nitro in C',
    why:
      'nitro in C brings all loggers down at once, in no order (behaviour.md §5, CORRECTED): what the first of a chain writes last may find the ' +
      'next one gone.',
    fix: 'Have the first logger write to a file, or do the work of both in one.',
    isForReference: true,
    *check({ plan }): Iterable<Found> {
      for (const { name, directory, logger, isLogger } of plan.services.values()) {
        const next = logger === null ? undefined : plan.services.get(logger);
        if (isLogger && next !== undefined && next.name !== name && next.name !== globalLogger) {
          yield { path: `${directory}/log`, message: `it logs to ${next.name}, which may go down before it` };
        }
      }
    },
  },
  {
    id: 'R806',
    severity: 'error',
    title: 'setting that blocks nitro in C',
    why: 'nitro in C opens `notification-fd` and `down-signal` whatever they are: a FIFO there stops it for ever (behaviour.md §4, CORRECTED).',
    fix: 'Write a regular file.',
    isForReference: true,
    *check({ units }): Iterable<Found> {
      for (const { name, files } of units) {
        for (const file of ['notification-fd', 'down-signal']) if (files.get(file)?.end === 'fifo') {
          yield { path: `${name}/${file}`, message: 'a FIFO, which it waits for' };
        }
      }
    },
  },
  {
    id: 'R807',
    severity: 'warning',
    title: 'notification-fd 0, for nitro in C',
    why:
      'With 0 only `nitroctl ready` is meant; nitro in C connects something to descriptor 0 nevertheless, so `run` does not have /dev/null for its ' +
      'standard input (behaviour.md §4, CORRECTED).',
    fix: 'Write run < /dev/null in the script.',
    isForReference: true,
    *check({ units, plan }): Iterable<Found> {
      for (const { name, files } of units) {
        const text = files.get('notification-fd')?.text ?? null;
        if (text !== null && /^(0*)(\D|$)/.test(text) && !plan.services.get(name)?.isLogger) {
          yield { path: `${name}/notification-fd`, message: 'its standard input is not /dev/null there' };
        }
      }
    },
  },
  {
    id: 'R808',
    severity: 'warning',
    title: 'SYS/final of no machine, for nitro in C',
    why: 'nitro in C runs SYS/final only as the init of a machine (behaviour.md §6, CORRECTED), not in a container and not as an ordinary process.',
    fix: 'Do the work in SYS/finish, or start nitro from a script that does it afterwards.',
    isForReference: true,
    *check({ units }): Iterable<Found> {
      for (const { kind, files } of units) if (kind === 'sys' && !isAbsent(files.get('final'))) {
        yield { path: 'SYS/final', message: 'it does not run where nitro is not the init of a machine' };
      }
    },
  },
  {
    id: 'R809',
    severity: 'warning',
    title: 'setup that ends by a signal, for nitro in C',
    why: 'nitro in C takes a `setup` that a signal killed for one that succeeded, and launches `run` (behaviour.md §3, CORRECTED).',
    fix: 'End setup with an exit status above 0.',
    isForReference: true,
    *check({ scripts }): Iterable<Found> {
      for (const { name, unit, path, shell } of scripts) {
        if (name !== 'setup' || unit.kind === 'sys') continue;
        for (const { words, line } of shell?.commands ?? []) {
          if (words[0]?.text === 'kill' && words.some(({ text }) => text === '$$')) {
            yield { path, line, message: 'it kills itself, which counts as success there' };
          }
        }
      }
    },
  },
];
