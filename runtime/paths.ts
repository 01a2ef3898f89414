/**
 * Paths that both programs have to agree on: the control socket, the directory of listeners beside it, and the names
 * in it.
 *
 * Theory of operation. Everything is text, except that the control path may ask for one environment variable and one
 * symlink. A listener is a socket in `notify/` whose file name says what it wants to hear (behaviour.md §7):
 * `NAME,ID` of one service, `ALL,ID` of all. A service name holds no comma, and an ID none either, so the last comma
 * divides the two.
 */
import type { Bytes, CommonOs } from './os.js';

/** Symlink whose target is the control socket of this system. */
export const controlLink: Bytes = '/etc/nitro.sock';

/**
 * Absolute path of the control socket (behaviour.md §7). A NITRO_SOCK that is relative counts from the working directory, so this has to be
 * asked before that is changed; and a client's address must mean the same to the daemon, which has another.
 */
export function controlPath(os: Pick<CommonOs, 'env' | 'readLink' | 'runDirectory' | 'workingDirectory'>): Bytes {
  const fromEnvironment = os.env('NITRO_SOCK');
  if (fromEnvironment !== undefined && fromEnvironment !== '') {
    if (fromEnvironment.startsWith('/')) return fromEnvironment;
    const directory = os.workingDirectory();
    return absolutePath(typeof directory === 'string' ? directory : '/', fromEnvironment);
  }
  const target = os.readLink(controlLink);
  if (typeof target === 'string' && target !== '') return target.startsWith('/') ? target : `/etc/${target}`;
  return `${os.runDirectory}/nitro/nitro.sock`;
}

/** Directory that a file is in, by text alone: of `a/b` it is `a`, of `b` it is `.`. */
export function directoryOf(path: Bytes): Bytes {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return '.';
  return slash === 0 ? '/' : path.slice(0, slash);
}

/** Directory of the listeners of the nitro at this control path. */
export function notifyDirectory(control: Bytes): Bytes {
  const directory = directoryOf(control);
  if (directory === '.') return 'notify';
  return directory === '/' ? '/notify' : `${directory}/notify`;
}

/** What a listener's file name says. */
export interface Listener {
  /** The service it listens to; empty for none. */
  readonly name: Bytes;
  readonly id: Bytes;
  /** It listens to all services; `name` is ALL then, which may also be the name of a service. */
  readonly all: boolean;
}

/** Listeners to every service have this for a name. */
export const everyService: Bytes = 'ALL';

/** File name of a listener. `id` must be unique in the directory and hold no comma. */
export function listenerFile(name: Bytes, id: Bytes): Bytes {
  return `${name.split('/').join(',')},${id}`;
}

/** What a file name in the directory of listeners means; null if it is no listener's. */
export function parseListener(file: Bytes): Listener | null {
  const comma = file.lastIndexOf(',');
  if (comma < 0) return null;
  const name = file.slice(0, comma).split(',').join('/');
  return { name, id: file.slice(comma + 1), all: name === everyService };
}

/** Is an announcement about `service` for this listener? */
export function listensTo(listener: Listener, service: Bytes): boolean {
  return listener.all || listener.name === service;
}

/** `path` as seen from `directory`, an absolute path: absolute, and with `.`, `..` and empty segments resolved by text. */
export function absolutePath(directory: Bytes, path: Bytes): Bytes {
  const segments: Bytes[] = [];
  const whole = path.startsWith('/') ? path : `${directory}/${path}`;
  for (const segment of whole.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

/** The last segment of a path; trailing slashes do not matter. Empty only if there is nothing but slashes. */
export function lastSegment(path: Bytes): Bytes {
  let end = path.length;
  while (end > 0 && path.charAt(end - 1) === '/') end--;
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end);
}
