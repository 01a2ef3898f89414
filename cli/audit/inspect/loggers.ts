/**
 * Who writes to which logger, read from the service directory (behaviour.md §5).
 *
 * The daemon's working directory is the service directory, which Linux shows under /proc to those who may see it. Where it does not (another
 * user, another pid namespace), nothing is known, and only steps tell. What is found is only used to show it.
 */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The service directory of a running daemon; null: it cannot be seen. */
export function directoryOf(pid: number): string | null {
  try {
    // The pid is the daemon's own view: here it may be anybody's.
    if (readFileSync(`/proc/${String(pid)}/comm`, 'utf8').trim() !== 'nitro') return null;
    const directory = `/proc/${String(pid)}/cwd`;
    readdirSync(directory);
    return directory;
  } catch {
    return null;
  }
}

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** The target of the `log` link of a service, or its last segment; null: it has none. */
function link(directory: string): string | null {
  try {
    return basename(readlinkSync(join(directory, 'log')).replace(/\/+$/, ''));
  } catch {
    return null;
  }
}

/** The loggers of those services that have one; null: the directory cannot be seen any more. */
export function loggersIn(directory: string, names: readonly string[]): ReadonlyMap<string, string> | null {
  if (!exists(directory)) return null;
  const found = new Map<string, string>();
  const [hasTemplate, hasGlobal] = [exists(join(directory, 'LOG@')), exists(join(directory, 'LOG'))];
  for (const name of names) {
    const at = name.indexOf('@');
    const linked = link(join(directory, at < 0 ? name : name.slice(0, at + 1)));
    if (linked !== null) found.set(name, linked.endsWith('@') ? linked + (at < 0 ? name : name.slice(at + 1)) : linked);
    else if (name === 'LOG' || name === 'SYS') continue;
    else if (name.startsWith('LOG@') || !hasTemplate) {
      if (hasGlobal) found.set(name, 'LOG');
    } else found.set(name, `LOG@${name}`);
  }
  return found;
}
