/**
 * The service directory: which names are services, and where their files are (behaviour.md §2).
 *
 * nitro has changed into it, so every path here is relative. Nothing is remembered: each question is asked of the file system.
 */
import type { Console } from './console.js';
import type { Bytes, FileKind, Os, Result } from './os.js';
import { isServiceName } from './protocol.js';

export const globalLogger = 'LOG';
export const globalLoggerTemplate = 'LOG@';

/** Looking again after an error: one that passes must not leave a system without a service until somebody asks for a rescan. */
const triesMax = 3;

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

  /** Is something there that could be executed, whether it can be or not? If that cannot be said now, executing it will tell. */
  hasScript(directory: Bytes, script: Bytes): boolean {
    return !this.isAbsent(this.look(`${directory}/${script}`));
  }

  exists(directory: Bytes): boolean {
    return this.look(directory) === 'directory';
  }

  /** Is it certain that there is no such directory? An error that says nothing about it (no memory, input or output) is no certainty. */
  isGone(directory: Bytes): boolean {
    const kind = this.look(directory);
    return typeof kind === 'string' ? kind !== 'directory' : this.isAbsent(kind);
  }

  /** Can a service of this name be made: is the name valid, and are there a `run` or a `setup`? */
  offers(name: Bytes): boolean {
    return isServiceName(name) && this.exists(directoryOfService(name)) && this.hasAnyScript(directoryOfService(name));
  }

  /** Is it certain that a service of this name could not be made again? */
  offersNoLonger(name: Bytes): boolean {
    const directory = directoryOfService(name);
    return this.isGone(directory) || !this.hasAnyScript(directory);
  }

  hasDownFile(name: Bytes): boolean {
    return typeof this.look(`${directoryOfService(name)}/down`) === 'string';
  }

  /**
   * Names of the services that have an entry, in the order of their bytes; a template is none. What looks like a service and cannot be
   * one is reported. `isKnown` keeps those that cannot be looked at now. Null if the directory cannot be read now, which says nothing about
   * the services.
   */
  scan(isKnown: (name: Bytes) => boolean): readonly Bytes[] | null {
    let entries = this.os.list('.');
    for (let tries = 1; typeof entries === 'number' && tries < triesMax; tries++) entries = this.os.list('.');
    if (typeof entries === 'number') {
      this.console.sayError('cannot read the service directory', entries);
      return null;
    }
    const names: Bytes[] = [];
    for (const name of [...entries].sort()) {
      if (name.startsWith('.') || name.endsWith('@') || name === 'SYS') continue;
      const kind = this.look(name);
      if (typeof kind === 'number' && !this.isAbsent(kind)) {
        this.console.sayError(`cannot look at ${name}`, kind);
        if (isKnown(name)) names.push(name);
      }
      if (kind !== 'directory') continue;
      const directory = directoryOfService(name);
      const hasDirectory = directory === name || this.exists(directory);
      if (!isServiceName(name)) this.console.say(`not a valid service name: ${name}`);
      else if ((hasDirectory && this.hasAnyScript(directory)) || (isKnown(name) && !this.offersNoLonger(name))) names.push(name);
      else this.console.say(`no such service: ${name}`);
    }
    return names;
  }

  /** What a path is; an error is believed when it comes again. */
  private look(path: Bytes): FileKind | Result {
    let kind = this.os.kind(path);
    for (let tries = 1; typeof kind === 'number' && !this.isAbsent(kind) && tries < triesMax; tries++) kind = this.os.kind(path);
    return kind;
  }

  private hasAnyScript(directory: Bytes): boolean {
    return this.hasScript(directory, 'run') || this.hasScript(directory, 'setup');
  }

  private isAbsent(kind: FileKind | Result): boolean {
    return typeof kind === 'number' && (-kind === this.os.errno.ENOENT || -kind === this.os.errno.ENOTDIR);
  }
}
