/**
 * An archive of the kind that the kernel unpacks into its first root file system: cpio, "newc".
 *
 * Written from data, with everything owned by root, so that neither cpio nor a scratch directory nor any privilege is needed. Each entry is a
 * header of hexadecimal numbers, its path, and its content, the latter two padded to four bytes.
 */
import type { Entry } from '../../end-to-end/harness/directory.js';

/** What stands at the top of a file system, by name. */
export type Tree = Readonly<Record<string, Entry>>;

const KIND = { directory: 0o040000, file: 0o100000, link: 0o120000, fifo: 0o010000 } as const;

const padded = (data: Buffer): Buffer => Buffer.concat([data, Buffer.alloc(-data.length & 3)]);

/** The archive of `tree`. Paths are byte strings, text of files is UTF-8. */
export function archiveOf(tree: Tree): Buffer {
  const parts: Buffer[] = [];
  let inode = 0;

  function add(path: string, mode: number, content: Buffer | string = ''): void {
    const data = Buffer.from(content);
    const name = Buffer.from(`${path}\0`, 'latin1');
    const numbers = [++inode, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length, 0];
    const head = `070701${numbers.map((number) => number.toString(16).padStart(8, '0')).join('')}`;
    parts.push(padded(Buffer.concat([Buffer.from(head), name])), padded(data));
  }

  function place(path: string, entry: Entry): void {
    if (typeof entry === 'string') add(path, KIND.file | 0o644, entry);
    else if ('link' in entry) add(path, KIND.link | 0o777, Buffer.from(entry.link, 'latin1'));
    else if ('fifo' in entry) add(path, KIND.fifo | 0o644);
    else if ('text' in entry) add(path, KIND.file | (entry.mode ?? 0o644), entry.text);
    else {
      add(path, KIND.directory | (entry.mode ?? 0o755));
      for (const [name, inner] of Object.entries(entry.directory)) place(`${path}/${name}`, inner);
    }
  }

  for (const [name, entry] of Object.entries(tree)) place(name, entry);
  add('TRAILER!!!', 0);
  return Buffer.concat(parts);
}
