/**
 * Which service an argument means (behaviour.md §8).
 *
 * Theory of operation. A word without a slash is a name, and the daemon knows whether there is such a service.
 * Everything else is a path: it is made absolute and cleaned by text, must lead to something, and its last segment is
 * the name. `$PWD` goes before what the system says of the working directory, since it still has the symlinks that
 * one came by: those are the names of services.
 */
import type { Bytes, ControlOs } from '../runtime/os.js';
import { absolutePath, lastSegment } from '../runtime/paths.js';

type NameOs = Pick<ControlOs, 'env' | 'isSameFile' | 'workingDirectory' | 'kind' | 'describe'>;

/** A name, or why there is none. */
export type ServiceName = { readonly name: Bytes } | { readonly problem: Bytes };

function currentDirectory(os: NameOs): Bytes | number {
  const shell = os.env('PWD');
  if (shell !== undefined && shell.startsWith('/') && os.isSameFile(shell, '.')) return shell;
  return os.workingDirectory();
}

/** The service that an argument means. */
export function serviceNameOf(os: NameOs, argument: Bytes): ServiceName {
  if (!argument.includes('/') && argument !== '.' && argument !== '..') return { name: argument };
  let path = argument;
  if (!path.startsWith('/')) {
    const directory = currentDirectory(os);
    if (typeof directory === 'number') return { problem: `cannot tell the working directory: ${os.describe(-directory)}` };
    path = absolutePath(directory, path);
  }
  path = absolutePath('/', path);
  const kind = os.kind(path);
  if (typeof kind === 'number') return { problem: `no such service: ${argument}: ${os.describe(-kind)}` };
  const name = lastSegment(path);
  if (name === '') return { problem: `no such service: ${argument}` };
  return { name };
}
