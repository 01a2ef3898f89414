/**
 * A service directory as a value: what `check` looks at, and what `simulate` loads.
 *
 * It is read once (read.ts) and never asked again, so that every rule sees the same, and a rule is a function. Two levels are in it, the
 * entries of the directory and the entries of each of these that is a directory: nitro knows no more. Errors are values.
 */
import type { Bytes } from '../../../runtime/os.js';

export type FileType = 'directory' | 'file' | 'link' | 'fifo' | 'socket' | 'device';

/** What is behind a name, symlinks followed; or how looking at it failed. */
export type End = Exclude<FileType, 'link'> | { readonly errno: number };

export interface Entry {
  readonly name: Bytes;
  /** The name itself, no link followed. */
  readonly is: FileType;
  /** Target of a symlink; null: it is none. */
  readonly target: Bytes | null;
  readonly end: End;
  /** Permissions, owner and identity (device and inode) of what is at the end; of the link if there is nothing. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly identity: string;
  /** Bytes of a file. */
  readonly size: number;
  /** Beginning of a regular file that nitro would read or execute; null: another file, or it cannot be read. */
  readonly text: Bytes | null;
  /** Why the text, or the entries, could not be read; 0: they were, or nobody wants them. */
  readonly unread: number;
  /** Directories on the way of a symlink in which anybody can put something else in its place. */
  readonly exposed: readonly Bytes[];
  /** Of a directory on the first level, sorted by bytes; null: it is none, or cannot be read. */
  readonly entries: readonly Entry[] | null;
}

/** A program that some script needs, on the system where the check runs. */
export type Program = 'program' | 'absent' | 'directory' | 'not executable' | 'a script without an interpreter of its own';

export interface Snapshot {
  /** The directory as it was named. */
  readonly path: Bytes;
  readonly root: Entry;
  /** Directories above it in which anybody can put something else in its place. */
  readonly exposed: readonly Bytes[];
  /** Interpreters and loaders by their path, and what `env` looks for by its name. */
  readonly programs: ReadonlyMap<Bytes, Program>;
  /** Kind of machine it was read on, as in the header of an ELF file; null: not known. */
  readonly machine: number | null;
}

/** The entry of a name; undefined without one. */
export function entryOf(of: Entry | undefined, name: Bytes): Entry | undefined {
  return of?.entries?.find((entry) => entry.name === name);
}

export function isDirectory(entry: Entry | undefined): boolean {
  return entry?.end === 'directory';
}

/** Is there nothing at the end: does nitro take it for absent? */
export function isAbsent(entry: Entry | undefined): boolean {
  return entry === undefined || (typeof entry.end === 'object' && [2, 20].includes(entry.end.errno));
}
