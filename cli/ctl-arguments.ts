/**
 * nitroctl's command line.
 *
 * Theory of operation. The words after argv[0] are turned into an `Invocation`, or into what is wrong with them.
 * Options may stand anywhere, also after the command; `--` ends them, so that a service may have any name. Short
 * options can be joined (`-vt5`). Nothing here asks the system or the daemon.
 */
import type { Bytes } from '../runtime/os.js';
import { findCommand, type Command, type CommandRow } from './ctl-commands.js';

/** A call that makes sense. */
export interface Run {
  readonly kind: 'run';
  readonly command: Command;
  /** As they were written: names or paths. */
  readonly services: readonly Bytes[];
  /** The most it may take, in milliseconds; null without `-t`. */
  readonly timeoutMs: number | null;
  readonly verbose: boolean;
  readonly json: boolean;
}

/** What a command line asks for. */
export type Invocation =
  | Run
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'usage'; readonly problem: Bytes };

interface Options {
  timeoutMs: number | null;
  verbose: boolean;
  json: boolean;
}

function usage(problem: Bytes): Invocation {
  return { kind: 'usage', problem };
}

function areDigits(text: Bytes): boolean {
  for (let at = 0; at < text.length; at++) {
    const digit = text.charAt(at);
    if (digit < '0' || digit > '9') return false;
  }
  return true;
}

/** Milliseconds of a decimal number of seconds (`5`, `0.5`), rounded up; null if it is none. */
export function parseSeconds(text: Bytes): number | null {
  const point = text.indexOf('.');
  const whole = point < 0 ? text : text.slice(0, point);
  const fraction = point < 0 ? '' : text.slice(point + 1);
  if (whole + fraction === '' || !areDigits(whole) || !areDigits(fraction)) return null;
  return Math.ceil(Number(`${whole}.${fraction}0`) * 1000);
}

/** Take in a word of short options; `next` gives the word after it. Not null: that is all there is to do. */
function readShort(word: Bytes, options: Options, next: () => Bytes | undefined): Invocation | null {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    if (letter === 'h') return { kind: 'help' };
    if (letter === 'v') {
      options.verbose = true;
      continue;
    }
    if (letter !== 't') return usage(`unknown option: -${letter}`);
    const value = at + 1 < word.length ? word.slice(at + 1) : next();
    if (value === undefined) return usage('option -t needs a number of seconds');
    const timeoutMs = parseSeconds(value);
    if (timeoutMs === null) return usage(`option -t needs a number of seconds, not '${value}'`);
    options.timeoutMs = timeoutMs;
    return null;
  }
  return null;
}

function readLong(word: Bytes, options: Options): Invocation | null {
  switch (word) {
    case '--help':
      return { kind: 'help' };
    case '--version':
      return { kind: 'version' };
    case '--json':
      options.json = true;
      return null;
    default:
      return usage(`unknown option: ${word}`);
  }
}

function unknownCommand(name: Bytes): Invocation {
  // The two that end the system are written with a capital letter, so that no slip of the hand does it.
  const capital = findCommand(name.charAt(0).toUpperCase() + name.slice(1));
  const hint = name !== '' && capital !== undefined ? ` (did you mean ${capital.names[0] ?? ''}?)` : '';
  return usage(`unknown command: ${name}${hint}`);
}

function checkServices(row: CommandRow, name: Bytes, services: readonly Bytes[]): Invocation | null {
  if (row.services === 'some' && services.length === 0) return usage(`${name} needs the name of a service`);
  if (row.services === 'none' && services.length > 0) return usage(`${name} takes no service: ${services[0] ?? ''}`);
  return null;
}

/** Read the words after argv[0]. */
export function parseArguments(words: readonly Bytes[]): Invocation {
  const options: Options = { timeoutMs: null, verbose: false, json: false };
  const rest: Bytes[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      for (const operand of words.slice(at + 1)) rest.push(operand);
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      rest.push(word);
      continue;
    }
    const ended = word.startsWith('--') ? readLong(word, options) : readShort(word, options, () => words[++at]);
    if (ended !== null) return ended;
  }
  const name = rest[0] ?? 'list';
  const services = rest.slice(1);
  const row = findCommand(name);
  if (row === undefined) return unknownCommand(name);
  const problem = checkServices(row, name, services);
  if (problem !== null) return problem;
  const { command } = row;
  if (options.json && command.kind !== 'list' && command.kind !== 'info' && command.kind !== 'events' && command.kind !== 'trace') {
    return usage(`option --json is for list, info, events and trace, not for ${name}`);
  }
  return { kind: 'run', command, services, ...options };
}
