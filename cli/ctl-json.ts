/**
 * JSON for `--json`.
 *
 * Text goes out as UTF-8. A byte of a name that is not UTF-8 becomes the escape of a lone surrogate, U+DC80 to U+DCFF
 * for the bytes 0x80 to 0xFF, as Python decodes file names: so no two names look the same, and Python gives back the
 * bytes.
 */
import type { Bytes } from '../runtime/os.js';
import { stateName } from '../runtime/protocol.js';
import type { Fields } from '../runtime/wire-replies.js';
import { sequences } from './ctl-utf8.js';

function escape(code: number): Bytes {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** A JSON string. */
export function quote(text: Bytes): Bytes {
  let quoted = '"';
  for (const { text: sequence, valid } of sequences(text)) {
    const code = sequence.charCodeAt(0);
    if (!valid) quoted += escape(0xdc00 + code);
    else if (code < 0x20 || code === 0x7f) quoted += escape(code);
    else if (sequence === '"' || sequence === '\\') quoted += `\\${sequence}`;
    else quoted += sequence;
  }
  return `${quoted}"`;
}

/** A JSON object of members that are JSON already. */
export function object(members: readonly (readonly [string, Bytes])[]): Bytes {
  return `{${members.map(([key, value]) => `${quote(key)}:${value}`).join(',')}}`;
}

/** A service of a list. `pid` is null without one. */
function service(fields: Readonly<Fields>): Bytes {
  const { name = '', state = 0, pid = 0, wstatus = 0, uptime = 0 } = fields;
  return object([
    ['name', quote(name)],
    ['state', quote(stateName(state))],
    ['pid', pid === 0 ? 'null' : `${pid}`],
    ['wstatus', `${wstatus}`],
    ['uptime', `${uptime}`],
  ]);
}

/** An array of objects, one a line. */
export function jsonList(services: readonly Readonly<Fields>[]): Bytes {
  return services.length === 0 ? '[]\n' : `[\n${services.map(service).join(',\n')}\n]\n`;
}

/** An object of numbers. */
export function jsonInfo(rows: readonly (readonly [string, number])[]): Bytes {
  return `${object(rows.map(([key, value]) => [key, `${value}`] as const))}\n`;
}

/** An object a line. */
export function jsonEvent(state: number, name: Bytes): Bytes {
  return `${object([
    ['state', quote(stateName(state))],
    ['name', quote(name)],
  ])}\n`;
}
