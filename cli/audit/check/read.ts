/**
 * Reads a service directory into a snapshot.
 *
 * Theory of operation. Names are bytes, so every path is a Buffer. Nothing here can block or be led astray: only what was a regular file when
 * looked at is opened, without waiting, and looked at again once it is open; links are followed by the system, which ends circles with an
 * error. Only files that nitro itself reads or executes are read, and only their beginning.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, realpathSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { arch, constants as system } from 'node:os';
import type { Bytes } from '../../../runtime/os.js';
import { machines, readElf } from './elf.js';
import { fsPath } from './names.js';
import { interpreterOf, soughtByEnv } from './script.js';
import type { Entry, End, FileType, Program, Snapshot } from './snapshot.js';

/** What is read of a file: enough for any script. */
const textBytesMax = 65_536;
/** Entries of a service's directory that are looked at: more are data that it keeps there. */
const filesMax = 1000;
/** PATH of a nitro that was given none (behaviour.md §4). */
const defaultPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

const errors = system.errno;
const filesRead = ['setup', 'run', 'finish', 'final', 'fatal', 'reincarnate', 'down-signal', 'notification-fd'];

/** The errno of an exception of `node:fs`; any other exception is a bug, and is thrown on. */
function errnoOf(error: unknown): number {
  const errno = (error as { readonly errno?: unknown }).errno;
  if (typeof errno !== 'number') throw error;
  return Math.abs(errno);
}

function attempt<T>(work: () => T): T | { readonly errno: number } {
  try {
    return work();
  } catch (error) {
    return { errno: errnoOf(error) };
  }
}

function typeOf(stat: Stats): FileType {
  if (stat.isDirectory()) return 'directory';
  if (stat.isFile()) return 'file';
  if (stat.isSymbolicLink()) return 'link';
  if (stat.isFIFO()) return 'fifo';
  return stat.isSocket() ? 'socket' : 'device';
}

/** Read the beginning of a regular file. */
function readText(path: Bytes): Bytes | { readonly errno: number } {
  return attempt(() => {
    const fd = openSync(fsPath(path), constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      if (!fstatSync(fd).isFile()) return '';
      const buffer = Buffer.alloc(textBytesMax);
      return buffer.toString('latin1', 0, readSync(fd, buffer, 0, textBytesMax, 0));
    } finally {
      closeSync(fd);
    }
  });
}

/** Directories from the top to `path` in which anybody may replace what is there. */
function exposedAbove(path: Bytes): readonly Bytes[] {
  const exposed: Bytes[] = [];
  const segments = path.split('/').slice(0, -1);
  for (let count = 1; count <= segments.length; count++) {
    const above = segments.slice(0, count).join('/') || '/';
    const stat = attempt(() => statSync(fsPath(above)));
    if ('errno' in stat) break;
    if ((stat.mode & 0o002) !== 0 && (stat.mode & 0o1000) === 0) exposed.push(above);
  }
  return exposed;
}

function realPath(path: Bytes): Bytes | null {
  const real = attempt(() => realpathSync(fsPath(path), 'buffer'));
  return 'errno' in real ? null : real.toString('latin1');
}

/** Null: it was removed while we looked. */
function readEntry(parent: Bytes, name: Bytes, depth: number): Entry | null {
  const path = `${parent}/${name}`;
  const own = attempt(() => lstatSync(fsPath(path)));
  if ('errno' in own) {
    if (own.errno === errors.ENOENT) return null;
    const nothing = { mode: 0, uid: 0, gid: 0, identity: '', size: 0, text: null, unread: own.errno, exposed: [], entries: null };
    return { name, is: 'file', target: null, end: own, ...nothing };
  }
  const is = typeOf(own);
  const target = is === 'link' ? attempt(() => readlinkSync(fsPath(path), 'buffer').toString('latin1')) : null;
  const followed = is === 'link' ? attempt(() => statSync(fsPath(path))) : own;
  const end: End = 'errno' in followed ? { errno: followed.errno } : (typeOf(followed) as Exclude<FileType, 'link'>);
  const stat = 'errno' in followed ? own : followed;
  const wantsText = end === 'file' && depth === 1 && filesRead.includes(name);
  const text = wantsText ? readText(path) : null;
  const entries = end === 'directory' && depth === 0 ? readEntries(path, depth + 1, filesMax) : null;
  const real = is === 'link' ? realPath(path) : null;
  return {
    name,
    is,
    target: typeof target === 'string' ? target : null,
    end,
    mode: stat.mode & 0o7777,
    uid: stat.uid,
    gid: stat.gid,
    identity: `${String(stat.dev)}:${String(stat.ino)}`,
    size: stat.size,
    text: typeof text === 'string' ? text : null,
    unread: typeof text === 'object' && text !== null ? text.errno : entries !== null && 'errno' in entries ? entries.errno : 0,
    exposed: real === null ? [] : exposedAbove(real),
    entries: entries === null || 'errno' in entries ? null : entries,
  };
}

function readEntries(path: Bytes, depth: number, max: number): readonly Entry[] | { readonly errno: number } {
  const names = attempt(() => readdirSync(fsPath(path), 'buffer').map((name) => name.toString('latin1')));
  if ('errno' in names) return names;
  // What counts goes before the data that a service may keep beside it.
  const first = [...names].sort((one, other) => Number(filesRead.includes(other)) - Number(filesRead.includes(one)) || (one < other ? -1 : 1));
  const kept = first.slice(0, max).sort((one, other) => (one < other ? -1 : 1));
  return kept.flatMap((name) => readEntry(path, name, depth) ?? []);
}

/** What is at the path of an interpreter. */
function programAt(path: Bytes): Program {
  const stat = attempt(() => statSync(fsPath(path)));
  if ('errno' in stat) return 'absent';
  if (stat.isDirectory()) return 'directory';
  if (!stat.isFile() || (stat.mode & 0o111) === 0) return 'not executable';
  const text = readText(path);
  if (typeof text !== 'string' || readElf(text) !== null || interpreterOf(text) !== null) return 'program';
  return 'a script without an interpreter of its own';
}

function programNamed(name: Bytes): Program {
  return defaultPath.some((directory) => programAt(`${directory}/${name}`) === 'program') ? 'program' : 'absent';
}

function programsOf(root: readonly Entry[]): ReadonlyMap<Bytes, Program> {
  const programs = new Map<Bytes, Program>();
  for (const { text } of root.flatMap((entry) => entry.entries ?? [])) {
    if (text === null) continue;
    const interpreter = interpreterOf(text);
    const loader = readElf(text)?.loader ?? null;
    for (const path of [interpreter?.path ?? '', loader ?? '']) if (path.startsWith('/') && !programs.has(path)) programs.set(path, programAt(path));
    const sought = interpreter === null ? null : soughtByEnv(interpreter);
    if (sought !== null && !programs.has(sought)) programs.set(sought, programNamed(sought));
  }
  return programs;
}

/** Read the service directory at `path`; or the errno: it cannot be listed. */
export function readSnapshot(path: Bytes): Snapshot | { readonly errno: number } {
  const stat = attempt(() => statSync(fsPath(path)));
  if ('errno' in stat) return stat;
  const entries = readEntries(path, 0, Infinity);
  if ('errno' in entries) return entries;
  const root: Entry = {
    name: '', is: typeOf(stat), target: null, end: 'directory', mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid,
    identity: `${String(stat.dev)}:${String(stat.ino)}`, size: 0, text: null, unread: 0, exposed: [], entries,
  };
  const real = realPath(path) ?? path;
  return { path, root, exposed: exposedAbove(real), programs: programsOf(entries), machine: machines[arch()] ?? null };
}
