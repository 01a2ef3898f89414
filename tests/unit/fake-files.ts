/** A file system in memory, for the rules that only look at files: the part of `Os` that they ask. */
import type { Bytes, FileKind, Os, Result } from '../../runtime/os.js';

const ENOENT = 2;
const EINVAL = 22;

/** What is at a path: a directory, a file with its content, or a symlink. */
export type Entry = 'directory' | { readonly content: Bytes } | { readonly link: Bytes } | 'fifo';

/** Paths are relative to the service directory. `said` collects messages. */
export function fakeFiles(entries: Readonly<Record<string, Entry>>, said: Bytes[] = []): Os {
  const kind = (path: Bytes): FileKind | Result => {
    const entry = entries[path];
    if (entry === undefined) return -ENOENT;
    if (entry === 'directory') return 'directory';
    if (entry === 'fifo') return 'other';
    return 'content' in entry ? 'file' : kind(entry.link);
  };
  const files: Partial<Os> = {
    errno: { ENOENT, EINVAL, ENOTDIR: 20 } as Os['errno'],
    signals: { HUP: 1, INT: 2, QUIT: 3, KILL: 9, USR1: 10, USR2: 12, ALRM: 14, TERM: 15, CONT: 18, STOP: 19 },
    kind,
    list: () => Object.keys(entries).filter((path) => !path.includes('/')),
    readLink: (path) => {
      const entry = entries[path];
      if (entry === undefined) return -ENOENT;
      return typeof entry === 'object' && 'link' in entry ? entry.link : -EINVAL;
    },
    readFile: (path, max) => {
      const entry = entries[path];
      return typeof entry === 'object' && 'content' in entry ? entry.content.slice(0, max) : -EINVAL;
    },
    describe: (errno) => `error ${String(errno)}`,
    say: (text) => {
      said.push(text);
      return 0;
    },
    now: () => 0,
  };
  return files as Os;
}
