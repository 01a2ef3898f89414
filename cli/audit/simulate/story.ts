/**
 * A behaviour file: how scripts behave, and what the operator does. docs/simulate.md describes it.
 *
 * Theory of operation. A line is one statement, and is understood by itself. Mistakes are collected, so that all are told at once: where, what, and
 * what would be right. What a line means in this directory (is there such a service, has it that script) is asked of `Known`.
 */
import type { Behaviour } from '../../../model-tests/sim/scenario.js';
import type { Bytes } from '../../../runtime/os.js';
import { nearTo, textOf } from '../check/names.js';
import { parseAct } from './acts.js';
import type { Act } from './acts.js';
import { parseLife } from './lives.js';
import type { Known } from './words.js';
import { splitOutsideQuotes, unknownService } from './words.js';

/** What one script does: in its first life, the second, and so on; the last one is repeated. */
export interface Manner {
  readonly service: Bytes;
  readonly script: Bytes;
  readonly lives: readonly Partial<Behaviour>[];
  readonly line: number;
}

export interface Story {
  readonly manners: readonly Manner[];
  readonly acts: readonly Act[];
}

export interface Mistake {
  readonly line: number;
  readonly message: string;
}

export const everything = '*';
export const scripts = ['setup', 'run', 'finish', 'final'];

/** A line without its comment, which begins with a # at its start or after a blank, outside of quotes. */
function withoutComment(line: Bytes): Bytes {
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const byte = line.charAt(at);
    if (byte === '"') isQuoted = !isQuoted;
    if (byte === '#' && !isQuoted && (at === 0 || /\s/.test(line.charAt(at - 1)))) return line.slice(0, at);
  }
  return line;
}

/** Does what was said of `pattern` count for `service`? */
export function matches(pattern: Bytes, service: Bytes): boolean {
  if (pattern === everything) return service !== 'SYS';
  return pattern.endsWith('@*') ? service.startsWith(pattern.slice(0, -1)) : pattern === service;
}

/** How narrow a pattern is: what is said of a service goes before what is said of all. */
export function narrowness(pattern: Bytes): number {
  return pattern === everything ? 0 : pattern.endsWith('@*') ? 1 : 2;
}

function parseManner(line: Bytes, number: number, known: Known): Manner | string {
  const parsed = /^(?:"([^"]*)"|(\S+))\s+(\S+?)\s*:\s*(.*)$/.exec(line);
  if (parsed === null) return 'this is neither "SERVICE SCRIPT: BEHAVIOUR", as in "web run: crash after 5s", nor "at TIME ACT", as in "at 5s down web"';
  const service = parsed[1] ?? parsed[2] ?? '';
  const script = parsed[3] ?? '';
  const isPattern = service === everything || (service.endsWith('@*') && known.isTemplate(service.slice(0, -1)));
  if (!isPattern && service !== 'SYS' && !known.isService(service)) return unknownService(service, known);
  if (!scripts.includes(script)) {
    const near = nearTo(script, scripts);
    const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'there are setup, run and finish, and of SYS setup, finish and final';
    return `"${textOf(script)}" is no script; ${hint}`;
  }
  if (!isPattern && !known.hasScript(service, script)) return `${textOf(service)} has no ${script}`;
  const lives: Partial<Behaviour>[] = [];
  for (const text of splitOutsideQuotes(parsed[4] ?? '', ';')) {
    const life = parseLife(text, script);
    if (typeof life === 'string') return life;
    lives.push(life);
  }
  return { service, script, lives, line: number };
}

/** Read a behaviour file, of bytes; all that is wrong with it if anything is. */
export function parseStory(text: Bytes, known: Known): Story | { readonly mistakes: readonly Mistake[] } {
  const manners: Manner[] = [];
  const acts: Act[] = [];
  const mistakes: Mistake[] = [];
  for (const [index, whole] of text.split('\n').entries()) {
    const line = withoutComment(whole).trim();
    const number = index + 1;
    if (line === '') continue;
    const parsed = /^at\s/.test(line) ? parseAct(line, number, known) : parseManner(line, number, known);
    if (typeof parsed === 'string') mistakes.push({ line: number, message: parsed });
    else if ('kind' in parsed) acts.push(parsed);
    else {
      const before = manners.find(({ service, script }) => service === parsed.service && script === parsed.script);
      if (before === undefined) manners.push(parsed);
      else {
        const which = `${textOf(parsed.service)} ${parsed.script}`;
        mistakes.push({ line: number, message: `${which} was described in line ${String(before.line)} already; several lives go into one line, divided by ;` });
      }
    }
  }
  return mistakes.length > 0 ? { mistakes } : { manners, acts };
}
