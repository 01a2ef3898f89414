/** Rules about `down-signal`, `notification-fd` and `down` (behaviour.md §2, §4). */
import type { Bytes } from '../../../../runtime/os.js';
import { signalOfLetter } from '../../../../runtime/settings.js';
import type { Facts, Unit } from '../facts.js';
import type { Found, Rule } from '../rule.js';
import { isAbsent } from '../snapshot.js';
import type { Entry } from '../snapshot.js';
import { constants } from '../system-names.js';

/** Soft limit of open files that a nitro is usually started with. */
const usualLimit = 1024;

/** What people write for a signal and is understood by its first letter. */
const wordsOfLetter: Readonly<Record<string, readonly string[]>> = {
  p: ['p', 'pause'], c: ['c', 'cont', 'continue'], h: ['h', 'hup'], a: ['a', 'alrm', 'alarm'], i: ['i', 'int', 'interrupt'],
  q: ['q', 'quit'], 1: ['1'], 2: ['2'], t: ['t', 'term', 'terminate'], k: ['k', 'kill'],
};

interface Setting {
  readonly unit: Unit;
  readonly path: Bytes;
  readonly entry: Entry;
  /** What nitro makes of it; null: it is not read. */
  readonly text: Bytes | null;
}

function* settings({ units }: Facts, name: Bytes): Iterable<Setting> {
  for (const unit of units) {
    const entry = unit.files.get(name);
    if (unit.kind === 'sys' || entry === undefined) continue;
    yield { unit, path: `${unit.name}/${name}`, entry, text: entry.text?.slice(0, 64) ?? null };
  }
}

/** The number of a descriptor as nitro reads it, and what is behind it. */
function numberOf(text: Bytes): { readonly number: number; readonly digits: Bytes; readonly rest: Bytes } {
  const digits = /^[0-9]*/.exec(text)?.[0] ?? '';
  return { number: Number(digits), digits, rest: text.slice(digits.length) };
}

export const settingRules: readonly Rule[] = [
  {
    id: 'C401',
    severity: 'error',
    title: 'setting is no regular file',
    why:
      '`down-signal` and `notification-fd` are read only if they are regular files (behaviour.md §4). Anything else is as if it were not there: ' +
      'SIGTERM, and ready after two seconds. nitro in C waits for ever to read a FIFO.',
    fix: 'Write a file with one line.',
    *check(facts): Iterable<Found> {
      for (const name of ['down-signal', 'notification-fd']) {
        for (const { path, entry } of settings(facts, name)) {
          if (entry.end !== 'file') {
            yield { path, message: typeof entry.end === 'string' ? `a ${entry.end}, which is not read` : `its target ${entry.target ?? ''} cannot be reached` };
          }
        }
      }
    },
  },
  {
    id: 'C402',
    severity: 'error',
    title: 'notification-fd takes an output',
    why:
      'The descriptor of that number becomes the readiness pipe of `run` (behaviour.md §2, §4): 1 and 2 take its standard output or error away, ' +
      'and the first line that it writes there says that it is ready. Numbers from 3 on are free.',
    fix: 'Use 3 or above; 0 for "nitroctl ready".',
    *check(facts): Iterable<Found> {
      for (const { path, text } of settings(facts, 'notification-fd')) {
        const number = text === null ? 0 : numberOf(text).number;
        if (number === 1 || number === 2) yield { path, line: 1, message: `${String(number)} is its standard ${number === 1 ? 'output' : 'error'}` };
      }
    },
  },
  {
    id: 'C403',
    severity: 'warning',
    title: 'notification-fd without a number',
    why:
      'Without a digit at its beginning the file means that only `nitroctl ready` makes the service UP (behaviour.md §2). Until somebody calls it ' +
      'the service stays STARTING.',
    fix: 'Write the number of the descriptor; or 0 to say that nitroctl ready is meant.',
    *check(facts): Iterable<Found> {
      for (const { path, text } of settings(facts, 'notification-fd')) {
        if (text !== null && numberOf(text).digits === '') yield { path, line: 1, message: 'no number: it will be STARTING until "nitroctl ready"' };
      }
    },
  },
  {
    id: 'C404',
    severity: 'error',
    title: 'notification-fd beyond the limit',
    why:
      'A descriptor beyond the limit of open files makes the service FATAL (behaviour.md §4). The limit is the soft one that nitro was started ' +
      `with, usually ${String(usualLimit)}.`,
    fix: 'Use a small number, such as 3.',
    *check(facts): Iterable<Found> {
      for (const { path, text } of settings(facts, 'notification-fd')) {
        const { number, digits } = numberOf(text ?? '');
        if (number >= usualLimit) yield { path, line: 1, message: `${digits} is beyond the usual limit of ${String(usualLimit)} descriptors: FATAL` };
      }
    },
  },
  {
    id: 'C405',
    severity: 'warning',
    title: 'notification-fd with more than a number',
    why: 'The digits at the beginning count, and nothing else of the file (behaviour.md §2).',
    fix: 'Write the number alone.',
    *check(facts): Iterable<Found> {
      for (const { path, text } of settings(facts, 'notification-fd')) {
        const { digits, rest } = numberOf(text ?? '');
        if (digits !== '' && rest.trim() !== '') yield { path, line: 1, message: `only ${digits} counts of what is written there` };
      }
    },
  },
  {
    id: 'C406',
    severity: 'warning',
    title: 'readiness that run cannot tell',
    why:
      'With `notification-fd` the service is UP when a newline comes on that descriptor, and not by time (behaviour.md §3). A shell script that ' +
      'never names the descriptor, and hands it to no program, does not tell.',
    fix: 'Write echo >&NUMBER when the service is ready; or remove notification-fd.',
    *check(facts): Iterable<Found> {
      for (const { path, text, unit } of settings(facts, 'notification-fd')) {
        const run = facts.scripts.find((script) => script.path === `${unit.name}/run`);
        const { number, digits } = numberOf(text ?? '');
        if (number < 3 || run?.shell === null || run === undefined) continue;
        const body = (run.entry.text ?? '').split('\n').filter((line) => !/^\s*#/.test(line)).join('\n');
        // A program that is executed may know the number from elsewhere.
        const isTold = body.includes(digits) || /\bexec\s+[^<>\d&]/.test(body) || /\bnitroctl\b.*\bready\b/.test(body) || body.includes('notification-fd');
        if (!isTold) yield { path, message: `run does not write to descriptor ${digits}: it will stay STARTING` };
      }
    },
  },
  {
    id: 'C407',
    severity: 'warning',
    title: 'setting of a service that has no run',
    why: '`down-signal` and `notification-fd` are about `run` (behaviour.md §2). A one shot has none; its setup always gets SIGTERM.',
    fix: 'Remove the file.',
    *check(facts): Iterable<Found> {
      for (const name of ['down-signal', 'notification-fd']) {
        for (const { path, unit } of settings(facts, name)) {
          if (isAbsent(unit.files.get('run')) && !isAbsent(unit.files.get('setup'))) yield { path, message: 'without effect: there is no run' };
        }
      }
    },
  },
  {
    id: 'C408',
    severity: 'error',
    title: 'down-signal that is none',
    why: 'The first character names the signal, by the letters p c h a i q 1 2 t k (behaviour.md §2, §8). With any other the service gets SIGTERM.',
    fix: 'Write the letter: h for SIGHUP, i for SIGINT, q for SIGQUIT, 1 and 2 for SIGUSR1 and SIGUSR2, k for SIGKILL.',
    *check(facts): Iterable<Found> {
      for (const { path, text } of settings(facts, 'down-signal')) {
        if (text !== null && signalOfLetter(text.charAt(0), constants.signals) === null) {
          yield { path, line: 1, message: text === '' ? 'it is empty: SIGTERM' : `"${text.split('\n')[0]?.trim() ?? ''}" names no signal: SIGTERM` };
        }
      }
    },
  },
  {
    id: 'C409',
    severity: 'warning',
    title: 'down-signal is more than a letter',
    why: 'Only the first character counts (behaviour.md §2): 15 is not SIGTERM but 1, SIGUSR1.',
    fix: 'Write one letter.',
    *check(facts): Iterable<Found> {
      for (const { path, text } of settings(facts, 'down-signal')) {
        const word = (text ?? '').trim().toLowerCase();
        const letter = text?.charAt(0) ?? '';
        const understood = wordsOfLetter[letter];
        if (understood !== undefined && !understood.includes(word)) {
          yield { path, line: 1, message: `only the "${letter}" of "${word.split('\n')[0] ?? ''}" counts` };
        }
      }
    },
  },
  {
    id: 'C410',
    severity: 'error',
    title: 'down-signal that ends nothing',
    why:
      'SIGSTOP, which is followed by SIGCONT, and SIGCONT end no process: the service runs on until it is killed after 7 seconds, each time ' +
      '(behaviour.md §1, §3).',
    fix: 'Use a signal that the program ends on.',
    *check(facts): Iterable<Found> {
      const { STOP, CONT } = constants.signals;
      for (const { path, text } of settings(facts, 'down-signal')) {
        const signal = signalOfLetter(text?.charAt(0) ?? '', constants.signals);
        if (signal === STOP || signal === CONT) {
          yield { path, line: 1, message: `SIG${signal === STOP ? 'STOP' : 'CONT'} does not bring it down: it is killed after 7 seconds` };
        }
      }
    },
  },
  {
    id: 'C411',
    severity: 'note',
    title: 'down-signal is SIGKILL',
    why: 'A program cannot put its things in order when it is killed (behaviour.md §3). nitro does that by itself after 7 seconds.',
    fix: 'Remove down-signal, unless the program is made for it.',
    *check(facts): Iterable<Found> {
      for (const { path, text } of settings(facts, 'down-signal')) {
        if (signalOfLetter(text?.charAt(0) ?? '', constants.signals) === constants.signals.KILL) {
          yield { path, line: 1, message: 'it is killed without a warning' };
        }
      }
    },
  },
];
