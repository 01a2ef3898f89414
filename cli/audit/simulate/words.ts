/** What the lines of a behaviour file have in common: quotes, and names that have to exist. */
import type { Bytes } from '../../../runtime/os.js';
import { nearTo, textOf } from '../check/names.js';

/** What can be said about a directory. */
export interface Known {
  /** Names of services, for complaints. */
  readonly names: readonly Bytes[];
  readonly isService: (name: Bytes) => boolean;
  readonly isTemplate: (name: Bytes) => boolean;
  /** Has the service, or SYS, this script? */
  readonly hasScript: (service: Bytes, script: Bytes) => boolean;
}

/** Parts between separators outside of quotes, trimmed. */
export function splitOutsideQuotes(text: Bytes, separator: string): readonly Bytes[] {
  const parts: Bytes[] = [];
  let part = '';
  let isQuoted = false;
  for (const byte of text) {
    if (byte === '"') isQuoted = !isQuoted;
    if (byte === separator && !isQuoted) {
      parts.push(part.trim());
      part = '';
    } else part += byte;
  }
  return [...parts, part.trim()];
}

/** Names that a complaint lists where none is near. */
const namesShown = 8;

/** The complaint about a name, with those it may have been meant for. */
export function unknownService(name: Bytes, known: Known): string {
  const near = nearTo(textOf(name), known.names.map(textOf));
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${known.names.slice(0, namesShown).map(textOf).join(', ')}`;
  return `there is no service ${textOf(name)}; ${hint}`;
}
