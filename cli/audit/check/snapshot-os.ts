/**
 * A snapshot as the runtime sees a file system: the part of `Os` that its scan and its settings ask.
 *
 * So `check` need not know by itself what nitro makes of a directory: the runtime's own code tells.
 */
import { constants, errorName } from './system-names.js';
import type { Bytes, FileKind, Os, Result } from '../../../runtime/os.js';
import { entryOf } from './snapshot.js';
import type { End, Entry, Snapshot } from './snapshot.js';

/** What is asked while a directory is scanned and settings are read. */
export type FilesOs = Pick<Os, 'errno' | 'signals' | 'kind' | 'list' | 'readLink' | 'readFile' | 'isExecutable' | 'describe' | 'now' | 'say'>;

function kindOf(end: End): FileKind | Result {
  if (typeof end === 'object') return -end.errno;
  return end === 'directory' || end === 'file' || end === 'socket' ? end : 'other';
}

type Index = ReadonlyMap<Bytes, Entry>;

/** The entry at a path of one or two segments, relative to the directory; or minus the errno. */
function find(root: Entry, index: Index, path: Bytes): Entry | Result {
  const { ENOENT, ENOTDIR } = constants.errno;
  if (path === '.') return root;
  const slash = path.indexOf('/');
  const first = index.get(slash < 0 ? path : path.slice(0, slash));
  if (first === undefined) return -ENOENT;
  if (slash < 0) return first;
  if (typeof first.end === 'object') return -first.end.errno;
  if (first.end !== 'directory') return -ENOTDIR;
  if (first.unread !== 0) return -first.unread;
  return entryOf(first, path.slice(slash + 1)) ?? -ENOENT;
}

/** `said` takes what nitro would say on stderr. */
export function filesOs({ root }: Snapshot, said: Bytes[]): FilesOs {
  const { errno } = constants;
  // A directory may have thousands of entries, and each is asked for many times.
  const index = new Map((root.entries ?? []).map((entry) => [entry.name, entry]));
  return {
    errno,
    signals: constants.signals,
    kind: (path) => {
      const entry = find(root, index, path);
      return typeof entry === 'number' ? entry : kindOf(entry.end);
    },
    list: (path) => {
      const entry = find(root, index, path);
      if (typeof entry === 'number') return entry;
      return entry.entries?.map(({ name }) => name) ?? -(entry.unread || errno.ENOTDIR);
    },
    readLink: (path) => {
      const entry = find(root, index, path);
      if (typeof entry === 'number') return entry;
      return entry.target ?? -errno.EINVAL;
    },
    readFile: (path, max) => {
      const entry = find(root, index, path);
      if (typeof entry === 'number') return entry;
      if (typeof entry.end === 'object') return -entry.end.errno;
      return entry.text?.slice(0, max) ?? -(entry.unread || errno.EINVAL);
    },
    isExecutable: (path) => {
      const entry = find(root, index, path);
      return typeof entry !== 'number' && entry.end === 'file' && (entry.mode & 0o111) !== 0;
    },
    describe: (number) => errorName(number),
    now: () => 0,
    say: (text) => {
      said.push(text);
      return 0;
    },
  };
}
