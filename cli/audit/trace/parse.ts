/**
 * Traces as text: read, with an exact complaint about the first line that does not fit, and written (docs/trace.md).
 *
 * What is unknown is let be: further members of a known kind, and entries of a kind that a later version may have. Order of time is demanded, since
 * everything that reads a trace counts on it.
 */
import { stateNames } from '../../../runtime/protocol.js';
import type { PresentService, Trace, TraceEntry, TraceHeader } from './format.js';
import { nameAsText } from './names.js';

/** What is wrong with a trace, and where: the number of the line, from 1. */
export interface Malformed {
  readonly error: string;
  readonly line: number;
}

/** A line of the file, of which entries know where they stand. */
export interface Placed {
  readonly line: number;
  readonly entry: TraceEntry;
}

type Json = Readonly<Record<string, unknown>>;

class Wrong extends Error {}

function objectOf(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Wrong('this is no JSON');
  }
  return asObject(value, 'a line');
}

function asObject(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Wrong(`${what} must be an object`);
  return value as Json;
}

function textOf(object: Json, member: string): string {
  const value = object[member];
  if (typeof value !== 'string') throw new Wrong(`"${member}" must be a string`);
  return nameAsText(value);
}

function oneOf<T extends string>(object: Json, member: string, choices: readonly T[]): T {
  const text = textOf(object, member);
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new Wrong(`"${member}" is "${text}", and must be one of ${choices.filter((each) => each !== '').join(', ')}`);
  return found;
}

function numberOf(object: Json, member: string): number {
  const value = object[member];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw new Wrong(`"${member}" must be a number, 0 or more`);
  return value;
}

function textOrNull(object: Json, member: string): string | null {
  return object[member] === null ? null : textOf(object, member);
}

function listOf(object: Json, member: string): readonly unknown[] {
  const value = object[member];
  if (!Array.isArray(value)) throw new Wrong(`"${member}" must be a list`);
  return value as readonly unknown[];
}

const states = stateNames.filter((name) => name !== '');

function presentOf(value: unknown): PresentService {
  const object = asObject(value, 'a service');
  return {
    service: textOf(object, 'service'),
    state: oneOf(object, 'state', states),
    leaf: textOrNull(object, 'leaf'),
    pid: numberOf(object, 'pid'),
    uptime: numberOf(object, 'uptime'),
  };
}

function headerOf(text: string): TraceHeader {
  const object = objectOf(text);
  if (object['kind'] !== 'nitro-trace') throw new Wrong('this is no trace: the first line must be its header');
  if (object['version'] !== 1) throw new Wrong(`version ${String(object['version'])} of the format is not known here`);
  return {
    kind: 'nitro-trace',
    version: 1,
    source: textOf(object, 'source'),
    detail: oneOf(object, 'detail', ['steps', 'states']),
    began: textOrNull(object, 'began'),
  };
}

/** Null: an entry of a kind that is not known. */
function entryOf(text: string): TraceEntry | null {
  const object = objectOf(text);
  const t = numberOf(object, 't');
  switch (object['kind']) {
    case 'state':
      return { t, kind: 'state', service: textOf(object, 'service'), state: oneOf(object, 'state', states) };
    case 'step':
      return {
        t,
        kind: 'step',
        machine: oneOf(object, 'machine', ['service', 'system']),
        service: textOf(object, 'service'),
        event: textOf(object, 'event'),
        from: textOf(object, 'from'),
        to: textOf(object, 'to'),
        actions: listOf(object, 'actions').map((action) => {
          if (typeof action !== 'string') throw new Wrong('"actions" must be a list of strings');
          return action;
        }),
      };
    case 'present':
      return { t, kind: 'present', services: listOf(object, 'services').map(presentOf), system: textOrNull(object, 'system') };
    case 'lost':
      return { t, kind: 'lost', count: object['count'] === null ? null : numberOf(object, 'count') };
    case 'end':
      return { t, kind: 'end', why: oneOf(object, 'why', ['daemon gone', 'stopped']) };
    default:
      textOf(object, 'kind');
      return null;
  }
}

/** The header in a line. */
export function parseHeader(text: string): TraceHeader | { readonly error: string } {
  return attempt(() => headerOf(text));
}

/** The entry in a line; null: of a kind that is not known. */
export function parseEntry(text: string): TraceEntry | null | { readonly error: string } {
  return attempt(() => entryOf(text));
}

function attempt<T>(read: () => T): T | { readonly error: string } {
  try {
    return read();
  } catch (problem) {
    if (problem instanceof Wrong) return { error: problem.message };
    throw problem;
  }
}

/** A trace with the places of its entries. A last line that was cut off, since a recording was killed, is left out. */
export function parsePlaced(text: string): { readonly header: TraceHeader; readonly placed: readonly Placed[] } | Malformed {
  const lines = text.split('\n');
  const isCut = lines[lines.length - 1] !== '';
  const header = parseHeader(lines[0] ?? '');
  if ('error' in header) return { error: header.error, line: 1 };
  const placed: Placed[] = [];
  let before = 0;
  for (let index = 1; index < lines.length; index++) {
    const of = lines[index] ?? '';
    if (of.trim() === '') continue;
    const entry = parseEntry(of);
    if (entry === null) continue;
    if ('error' in entry) {
      if (isCut && index === lines.length - 1) break;
      return { error: entry.error, line: index + 1 };
    }
    if (entry.t < before) return { error: `time goes back, from ${String(before)} to ${String(entry.t)} ms`, line: index + 1 };
    before = entry.t;
    placed.push({ line: index + 1, entry });
  }
  return { header, placed };
}

export function parseTrace(text: string): Trace | Malformed {
  const parsed = parsePlaced(text);
  return 'error' in parsed ? parsed : { header: parsed.header, entries: parsed.placed.map(({ entry }) => entry) };
}

/** A line, with its end. */
export function formatHeader(header: TraceHeader): string {
  return `${JSON.stringify(header)}\n`;
}

/** A line, with its end. */
export function formatEntry(entry: TraceEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

export function formatTrace({ header, entries }: Trace): string {
  return formatHeader(header) + entries.map(formatEntry).join('');
}
