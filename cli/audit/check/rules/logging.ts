/** Rules about logging: links that lead nowhere, circles, and loggers that lose what is written to them (behaviour.md §5). */
import { globalLogger } from '../../../../runtime/directory.js';
import type { Bytes } from '../../../../runtime/os.js';
import { lastSegment } from '../../../../runtime/paths.js';
import { programOf } from '../facts.js';
import type { Facts, Script } from '../facts.js';
import type { PlannedService } from '../plan.js';
import type { Found, Rule } from '../rule.js';
import { isAbsent } from '../snapshot.js';
import { constants } from '../system-names.js';

/** Programs that die of SIGTERM without reading what is left in the pipe. */
const readersThatDie = ['cat', 'tee', 'logger', 'sed', 'awk', 'gawk', 'mawk', 'grep', 'ts', 'head', 'tail', 'cut', 'tr', 'dd'];

/** Each service that somebody logs to, with the script that is its `run`. */
function* loggers({ plan, scripts }: Facts): Iterable<{ readonly logger: PlannedService; readonly run: Script | undefined }> {
  const told = new Set<Bytes>();
  for (const logger of plan.services.values()) {
    if (!logger.isLogger || told.has(logger.directory)) continue;
    told.add(logger.directory);
    yield { logger, run: scripts.find(({ path }) => path === `${logger.directory}/run`) };
  }
}

/** Circles of links over several services, each once. */
export function* circles({ plan }: Facts): Iterable<readonly Bytes[]> {
  for (const { circle } of plan.services.values()) {
    if (circle.length > 1 && [...circle].sort()[0] === circle[0]) yield circle;
  }
}

function trapsTerm(script: Script): boolean {
  return (script.shell?.commands ?? []).some(({ words }) => words[0]?.text === 'trap' && words.some(({ text }) => /^(SIG)?TERM$|^15$/.test(text)));
}

export const loggingRules: readonly Rule[] = [
  {
    id: 'L301',
    severity: 'error',
    title: 'log is not a link',
    why:
      'A `log` that is no symlink is ignored with a warning (behaviour.md §5): the output goes to LOG, or to nitro\'s own. In runit and s6 `log` ' +
      'is a directory with a `run` of its own; here the logger is a service like any other.',
    fix: 'Make the logger a service beside this one, and link to it: mv NAME/log NAME-log && ln -s ../NAME-log NAME/log.',
    *check({ units }): Iterable<Found> {
      for (const { kind, name, files } of units) {
        const log = files.get('log');
        if (kind !== 'sys' && log !== undefined && log.is !== 'link') {
          yield { path: `${name}/log`, message: `a ${log.is} in place of a symlink: it is ignored` };
        }
      }
    },
  },
  {
    id: 'L302',
    severity: 'error',
    title: 'log leads to no service',
    why:
      'The last segment of the target is the name of the logger. While there is no service of that name the link is without effect, with a warning ' +
      '(behaviour.md §5).',
    fix: 'Mend the link: ln -sfn ../LOGGER NAME/log.',
    *check({ units, plan }): Iterable<Found> {
      for (const { kind, name, files } of units) {
        const target = files.get('log')?.target ?? null;
        if (kind === 'sys' || name === globalLogger || target === null) continue;
        const segment = lastSegment(target);
        const logger = segment.endsWith('@') ? `${segment}x` : segment;
        if (!plan.services.has(segment) && !plan.offers(logger)) yield { path: `${name}/log`, message: `there is no service ${segment} to log to` };
      }
    },
  },
  {
    id: 'L303',
    severity: 'note',
    title: 'log is right by name only',
    why:
      'Only the last segment of the target counts (behaviour.md §5), so nitro finds the logger although the path of the link leads elsewhere. ' +
      'People and other tools do not.',
    fix: 'Have the link lead to the service: ln -sfn ../LOGGER NAME/log.',
    *check({ units, plan, snapshot }): Iterable<Found> {
      for (const { kind, name, files } of units) {
        const log = files.get('log');
        if (kind === 'sys' || log?.is !== 'link') continue;
        const segment = lastSegment(log.target ?? '');
        // An instance of a template needs no entry of its own.
        const own = snapshot.root.entries?.find((entry) => entry.name === segment);
        const isThere = log.identity === own?.identity && log.end === 'directory';
        const isBare = own === undefined && isAbsent(log) && log.target === `../${segment}`;
        if ((plan.services.has(segment) || plan.offers(segment)) && !isThere && !isBare) {
          yield { path: `${name}/log`, message: `its target ${log.target ?? ''} is not the directory of ${segment}, which it means` };
        }
      }
    },
  },
  {
    id: 'L304',
    severity: 'warning',
    title: 'log links in a circle',
    why:
      'Services that log to each other in a circle are allowed, and go down together (behaviour.md §5). What one of them writes when another has ' +
      'gone is read by nobody, and what a circle repeats never ends.',
    fix: 'Have the last logger of the chain write to a file, or to nitro\'s own output.',
    *check(facts): Iterable<Found> {
      for (const circle of circles(facts)) {
        const [first = ''] = circle;
        yield { path: `${facts.plan.services.get(first)?.directory ?? first}/log`, message: `a circle: ${[...circle, first].join(' -> ')}` };
      }
    },
  },
  {
    id: 'L305',
    severity: 'warning',
    title: 'finish writes to a logger that is gone',
    why:
      'A logger goes down after all that write to it, and its `finish` after its `run` (behaviour.md §5). Within a circle of links, and so for a ' +
      'logger that logs to itself, nobody is left to read what `finish` writes: it is lost, or fills the pipe and holds finish up until it is ' +
      'killed.',
    fix: 'Have finish write to a file, or to standard error; or take the log link away.',
    *check({ plan, scripts }): Iterable<Found> {
      for (const { directory, circle } of plan.services.values()) {
        const finish = circle.length === 0 ? undefined : scripts.find(({ path }) => path === `${directory}/finish`);
        if (finish !== undefined) yield { path: finish.path, message: 'its output goes to a logger that is down by then' };
      }
    },
  },
  {
    id: 'L306',
    severity: 'warning',
    title: 'logger that is killed at once',
    why:
      'At the end a logger is brought down when all that write to it are, and what they wrote last is still in its pipe (behaviour.md §5). SIGKILL ' +
      'leaves it no time to read that, and SIGSTOP stops it from doing so.',
    fix: 'Use a signal after which the logger reads to the end, and exits.',
    *check(facts): Iterable<Found> {
      const { KILL, STOP } = constants.signals;
      for (const { logger } of loggers(facts)) {
        if (logger.downSignal === KILL || logger.downSignal === STOP) {
          yield { path: `${logger.directory}/down-signal`, message: 'the logger loses what is still in its pipe' };
        }
      }
    },
  },
  {
    id: 'L307',
    severity: 'warning',
    title: 'logger that does not read to the end',
    why:
      'What a service writes last is still in the pipe when its logger gets SIGTERM (behaviour.md §5). nitro keeps the pipe; a program that dies ' +
      'of the signal loses what is in it when the system goes down.',
    fix:
      'Use a logger that reads what is there when it is told to end; or have a shell trap TERM and read the rest, as in trap "timeout 0.2 cat; ' +
      'exit 0" TERM.',
    *check(facts): Iterable<Found> {
      const { TERM } = constants.signals;
      for (const { logger, run } of loggers(facts)) {
        if (run?.shell === null || run === undefined || logger.downSignal !== TERM || trapsTerm(run)) continue;
        const last = run.shell.commands[run.shell.commands.length - 1];
        if (last !== undefined && readersThatDie.includes(programOf(last))) {
          yield { path: run.path, line: last.line, message: `${programOf(last)} dies of SIGTERM without reading what is left` };
        }
      }
    },
  },
  {
    id: 'L308',
    severity: 'error',
    title: 'logger that is a one shot',
    why:
      'A service without `run` reads nothing: what is written to its pipe stays there, and who writes more than the pipe holds (64 KiB on Linux) ' +
      'waits for ever (behaviour.md §2, §5).',
    fix: 'Give the logger a `run` that reads its standard input.',
    *check(facts): Iterable<Found> {
      for (const { logger, run } of loggers(facts)) if (run === undefined) {
        yield { path: logger.directory, message: 'services log to it, and it has no run that would read' };
      }
    },
  },
  {
    id: 'L309',
    severity: 'note',
    title: 'logger with a down file',
    why: 'A logger starts with the first service that logs to it, also with a `down` file (behaviour.md §5): here that file changes nothing.',
    fix: 'Remove the file; or, to have no logger, the links to it.',
    *check(facts): Iterable<Found> {
      const { units } = facts;
      for (const { logger } of loggers(facts)) {
        const hasDown = units.some(({ name, files }) => name === logger.directory && files.has('down'));
        if (hasDown && logger.name !== globalLogger) {
          yield { path: `${logger.directory}/down`, message: 'without effect: it starts when the first service that logs to it does' };
        }
      }
    },
  },
  {
    id: 'L310',
    severity: 'warning',
    title: 'LOG that logs',
    why: 'LOG writes to nitro\'s own standard output (behaviour.md §4); a `log` link of it is not looked at. It is where the chain ends.',
    fix: 'Remove the link, and have LOG/run write to a file or to the next program itself.',
    *check({ units }): Iterable<Found> {
      for (const { name, files } of units) if (name === globalLogger && files.has('log')) {
        yield { path: 'LOG/log', message: 'without effect: LOG logs to nobody' };
      }
    },
  },
  {
    id: 'L311',
    severity: 'warning',
    title: 'LOG that is down',
    why: 'LOG is used from its first launch on (behaviour.md §5). With a `down` file it is not launched, and the output of all services goes to nitro\'s own.',
    fix: 'Remove LOG/down; or remove LOG if it is not wanted.',
    *check({ units, plan }): Iterable<Found> {
      for (const { name, files } of units) if (name === globalLogger && files.has('down') && plan.offers(name)) {
        yield { path: 'LOG/down', message: 'LOG is not started, so nobody logs to it' };
      }
    },
  },
  {
    id: 'L312',
    severity: 'note',
    title: 'link to LOG',
    why:
      'LOG is the logger of every service without a `log` link anyway (behaviour.md §5). With the link the service goes past LOG@, if there is ' +
      'one, and counts on LOG also while that is down.',
    fix: 'Remove the link, unless it is to go past LOG@.',
    *check({ units }): Iterable<Found> {
      const hasTemplate = units.some(({ name }) => name === 'LOG@');
      for (const { kind, name, files } of units) {
        const target = files.get('log')?.target ?? null;
        if (kind === 'service' && name !== globalLogger && !hasTemplate && target !== null && lastSegment(target) === globalLogger) {
          yield { path: `${name}/log`, message: 'LOG is its logger without this link' };
        }
      }
    },
  },
];
