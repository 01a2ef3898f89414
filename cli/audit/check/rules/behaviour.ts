/** Rules about what scripts do, as far as a shell script tells it: how it ends, and what it asks of nitroctl (behaviour.md §3, §4, §8). */
import type { Bytes } from '../../../../runtime/os.js';
import { lastSegment } from '../../../../runtime/paths.js';
import { callsOfNitroctl, programOf, programWords } from '../facts.js';
import type { Facts, Script } from '../facts.js';
import type { Found, Rule } from '../rule.js';
import type { Command } from '../shell.js';

/** Last words of a script that end it, wait, or belong to the grammar: no program is left running behind them. */
const closing = [
  'exit', 'return', 'wait', 'done', 'fi', 'esac', '}', 'exec', 'trap', 'true', 'false', ':', 'kill', 'set', 'break', 'shift', 'echo', 'printf',
  'cd', 'export', 'umask', 'read', 'test', '[', 'unset', 'eval', '.', 'source', 'ulimit', 'local',
];

function lastOf(script: Script): Command | undefined {
  const commands = script.shell?.commands ?? [];
  return commands[commands.length - 1];
}

function has(script: Script, program: Bytes): boolean {
  return (script.shell?.commands ?? []).some((command) => command.words[0]?.text === program);
}

/** Milliseconds that a file may take, by what it is; null: as long as it likes. */
function limitSeconds({ unit, name }: Script): number | null {
  if (unit.kind === 'sys') return name === 'finish' || name === 'final' ? 30 : null;
  return name === 'finish' ? 7 : null;
}

/** The service that an argument of nitroctl means in this script; null: not known here. */
function meant(argument: Bytes, script: Script): Bytes | null {
  if (argument === '.' || argument === './') return nameOfDirectory(script);
  return argument.includes('/') || argument === '..' ? null : argument;
}

/** What `.` means: the last segment of the working directory, where links are resolved. */
function nameOfDirectory({ unit }: Script): Bytes {
  const { target, name } = unit.entry;
  return target === null ? name : lastSegment(target);
}

function* runs({ scripts }: Facts): Iterable<Script> {
  for (const script of scripts) if (script.name === 'run' && script.unit.kind !== 'sys') yield script;
}

/** Asks of a service that wait for it to run. */
function waitsForStart(script: Script): readonly { readonly line: number; readonly services: readonly Bytes[]; readonly hasLimit: boolean }[] {
  return callsOfNitroctl(script).flatMap(({ line, invocation }) => {
    if (invocation.kind !== 'run') return [];
    const { command, services, timeoutMs } = invocation;
    const waits = (command.kind === 'bring' && command.request !== 'down') || (command.kind === 'wait' && !command.goal.done.includes(1));
    return waits ? [{ line, services, hasLimit: timeoutMs !== null }] : [];
  });
}

export const behaviourRules: readonly Rule[] = [
  {
    id: 'S220',
    severity: 'warning',
    title: 'run goes into the background',
    why:
      '`run` is the service: when it ends, the service has ended, and is restarted (behaviour.md §2, §3). What it left in the background goes on ' +
      'beside the next one, and nitro neither knows nor stops it.',
    fix: 'Run the program in the foreground, as the last command, with exec; or wait for it.',
    *check(facts): Iterable<Found> {
      for (const script of runs(facts)) {
        const last = lastOf(script);
        if (last?.end === '&' && !has(script, 'wait')) {
          yield { path: script.path, line: last.line, message: 'its last command goes into the background, and run ends' };
        }
      }
    },
  },
  {
    id: 'S221',
    severity: 'warning',
    title: 'run keeps a shell before its program',
    why:
      'nitro signals the process that it started (behaviour.md §3, "signal"). A shell that waits for a program dies of the signal, and the program ' +
      'goes on without anybody who supervises it: "down" leaves it behind, "restart" runs it twice.',
    fix: 'Write exec before the last command, or trap the signal and pass it on.',
    *check(facts): Iterable<Found> {
      for (const script of runs(facts)) {
        const last = lastOf(script);
        if (last?.end !== '\n' || has(script, 'trap')) continue;
        const [first] = last.words;
        const program = programOf(last);
        if (first?.isPlain !== true || closing.includes(first.text) || program === '' || !/^[\w.+-]+$/.test(program)) continue;
        const isFunction = (script.entry.text ?? '').includes(`${program}()`) || (script.entry.text ?? '').includes(`${program} ()`);
        if (!isFunction) {
          yield { path: script.path, line: last.line, message: `the shell waits for ${program}, and the signal that is to bring it down gets the shell only` };
        }
      }
    },
  },
  {
    id: 'S222',
    severity: 'warning',
    title: 'nitroctl . means another service here',
    why:
      '`.` is the service whose directory one is in (behaviour.md §8). Scripts of an instance run in the directory of its template (§2), which is ' +
      'no service; and where the entry is a symlink, the directory has the name that it has at the other end.',
    fix: 'Name the service; in a template with its parameter, as in nitroctl down "NAME@$1" (for finish it is "$3").',
    *check({ scripts }): Iterable<Found> {
      for (const script of scripts) {
        for (const { line, invocation } of callsOfNitroctl(script)) {
          if (invocation.kind !== 'run' || !invocation.services.some((service) => service === '.' || service === './')) continue;
          const name = nameOfDirectory(script);
          if (script.unit.kind === 'template') yield { path: script.path, line, message: '"." is the template here, which is no service' };
          else if (script.unit.kind === 'service' && name !== script.unit.name) {
            yield { path: script.path, line, message: `"." means ${name} here, not ${script.unit.name}` };
          }
        }
      }
    },
  },
  {
    id: 'S223',
    severity: 'error',
    title: 'script waits for its own service',
    why:
      '`setup` and `finish` run while the service is in SETUP, SHUTDOWN or RESTART (behaviour.md §3). One that waits for its service to start ' +
      'waits for what comes only after its own end: for ever in setup, until it is killed in finish.',
    fix: 'Ask without waiting: nitroctl up NAME.',
    *check({ scripts }): Iterable<Found> {
      for (const script of scripts) {
        if (script.unit.kind === 'sys' || script.name === 'run') continue;
        for (const { line, services, hasLimit } of waitsForStart(script)) {
          if (!hasLimit && services.some((service) => meant(service, script) === script.unit.name)) {
            yield {
              path: script.path, line,
              message: `${script.name} waits for ${script.unit.name} to start, which it does not before ${script.name} has ended`,
            };
          }
        }
      }
    },
  },
  {
    id: 'S224',
    severity: 'warning',
    title: 'nitroctl names a service that there is not',
    why: 'A service that is neither known nor in the directory is answered "no such service", and nitroctl exits 111 (behaviour.md §8).',
    fix: 'Mend the name, or add the service.',
    *check({ scripts, plan }): Iterable<Found> {
      for (const script of scripts) {
        for (const { line, invocation } of callsOfNitroctl(script)) {
          if (invocation.kind !== 'run') continue;
          for (const service of invocation.services) {
            const name = meant(service, script);
            if (service.startsWith('.') || name === null || name === 'SYS' || plan.services.has(name) || plan.offers(name)) continue;
            yield { path: script.path, line, message: `there is no service ${name}` };
          }
        }
      }
    },
  },
  {
    id: 'S225',
    severity: 'warning',
    title: 'nitroctl does not understand this',
    why: 'nitroctl exits 2 on a command line that it does not understand, and asks nothing of nitro (behaviour.md §8).',
    fix: 'See nitroctl --help.',
    *check({ scripts }): Iterable<Found> {
      for (const script of scripts) {
        for (const { line, invocation } of callsOfNitroctl(script)) if (invocation.kind === 'usage') {
          yield { path: script.path, line, message: `nitroctl: ${invocation.problem}` };
        }
      }
    },
  },
  {
    id: 'S226',
    severity: 'warning',
    title: 'finish takes longer than it may',
    why: 'A `finish` is killed after 7 seconds, SYS/finish and SYS/final after 30 (behaviour.md §1).',
    fix: 'Do less there; or leave long work to a service of its own.',
    *check({ scripts }): Iterable<Found> {
      for (const script of scripts) {
        const limit = limitSeconds(script);
        if (limit === null) continue;
        for (const command of script.shell?.commands ?? []) {
          const [, time] = programWords(command);
          const seconds = programOf(command) === 'sleep' && time?.isPlain === true ? secondsOf(time.text) : 0;
          if (seconds >= limit && command.end !== '&') {
            yield { path: script.path, line: command.line, message: `it sleeps ${String(seconds)} seconds, and is killed after ${String(limit)}` };
          }
        }
      }
    },
  },
  {
    id: 'S227',
    severity: 'note',
    title: 'start without a limit while the system boots',
    why: 'Nothing else is started before SYS/setup has ended (behaviour.md §6). One that waits for a service that never gets ready holds up the whole system.',
    fix: 'nitroctl -t SECONDS start NAME.',
    *check({ scripts }): Iterable<Found> {
      for (const script of scripts) {
        if (script.unit.kind !== 'sys' || script.name !== 'setup') continue;
        for (const { line, hasLimit } of waitsForStart(script)) if (!hasLimit) {
          yield { path: script.path, line, message: 'it waits here as long as it takes: nothing else is started meanwhile' };
        }
      }
    },
  },
];

/** What `sleep` makes of its argument. */
function secondsOf(text: Bytes): number {
  const parsed = /^(\d+(?:\.\d+)?|infinity)([smhd]?)$/.exec(text);
  if (parsed === null) return 0;
  const [, number = '', unit = ''] = parsed;
  const factor = unit === 'm' ? 60 : unit === 'h' ? 3600 : unit === 'd' ? 86_400 : 1;
  return number === 'infinity' ? Infinity : Number(number) * factor;
}
