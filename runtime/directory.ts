/**
 * The service directory: which names are services, and where their files are (behaviour.md §2).
 *
 * nitro has changed into it, so every path here is relative. Nothing is remembered: each question is asked of the file system.
 */
import type { Console } from './console.js';
import type { Bytes, Os } from './os.js';
import { isServiceName } from './protocol.js';

export const globalLogger = 'LOG';
export const globalLoggerTemplate = 'LOG@';

/** Where the files of a service are: of an instance, in its template. */
export function directoryOfService(name: Bytes): Bytes {
  const at = name.indexOf('@');
  return at < 0 ? name : name.slice(0, at + 1);
}

/** What is behind the `@` of an instance's name; null: not an instance. */
export function parameterOf(name: Bytes): Bytes | null {
  const at = name.indexOf('@');
  return at < 0 ? null : name.slice(at + 1);
}

export class Directory {
  constructor(
    private readonly os: Os,
    private readonly console: Console,
  ) {}

  /** Is something there that could be executed, whether it can be or not? */
  hasScript(directory: Bytes, script: Bytes): boolean {
    const kind = this.os.kind(`${directory}/${script}`);
    if (typeof kind === 'string') return true;
    return -kind !== this.os.errno.ENOENT && -kind !== this.os.errno.ENOTDIR;
  }

  exists(directory: Bytes): boolean {
    return this.os.kind(directory) === 'directory';
  }

  /** Can a service of this name be made: is the name valid, and are there a `run` or a `setup`? */
  offers(name: Bytes): boolean {
    return isServiceName(name) && this.isService(directoryOfService(name));
  }

  hasDownFile(name: Bytes): boolean {
    return this.hasScript(directoryOfService(name), 'down');
  }

  /**
   * Names of the services that have an entry, in the order of their bytes; a template is none. What looks like a service and cannot be
   * one is reported. Null if the directory cannot be read now, which says nothing about the services.
   */
  scan(): readonly Bytes[] | null {
    const entries = this.os.list('.');
    if (typeof entries === 'number') {
      this.console.sayError('cannot read the service directory', entries);
      return null;
    }
    const names: Bytes[] = [];
    for (const name of [...entries].sort()) {
      if (name.startsWith('.') || name.endsWith('@') || name === 'SYS') continue;
      if (!this.exists(name)) continue;
      if (!isServiceName(name)) this.console.say(`not a valid service name: ${printable(name)}`);
      else if (!this.isService(directoryOfService(name))) this.console.say(`no such service: ${name}`);
      else names.push(name);
    }
    return names;
  }

  /** Has it a `run` or a `setup`? A `run` or `setup` without the rest of a directory cannot be. */
  private isService(directory: Bytes): boolean {
    return this.exists(directory) && (this.hasScript(directory, 'run') || this.hasScript(directory, 'setup'));
  }
}

/** A name with the bytes that would break the line shown as `?`. */
function printable(name: Bytes): Bytes {
  let text = '';
  for (const byte of name) text += byte < ' ' || byte === '\x7f' ? '?' : byte;
  return text;
}
