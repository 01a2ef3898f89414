/**
 * Service directories from descriptions.
 *
 * A name or path is a byte string, one character (0 to 255) a byte, so that names that are not UTF-8 can be
 * written; text of files is UTF-8 as usual. A script without `#!` gets `#!/bin/sh` and three shell functions: `note TEXT`
 * appends a line to `$T/journal` (`Daemon.journal()` reads it), `stamp WORD` notes the word and the time (`Daemon.stamps()`), `gate NAME`
 * waits for the file `$T/NAME` (`Daemon.open()` makes it).
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';

/** What stands at one place of a directory. Text alone is a file with mode 0644. */
export type Entry =
  | string
  | { readonly text: string | Buffer; readonly mode?: number; readonly sizeBytes?: number }
  | { readonly link: string }
  | { readonly fifo: true }
  | { readonly directory: Readonly<Record<string, Entry>>; readonly mode?: number };

/** The files of a service (behaviour.md §2). */
export interface Service {
  /** Scripts; executable. */
  readonly setup?: string;
  readonly run?: string;
  readonly finish?: string;
  /** Target of the link `log`. */
  readonly log?: string;
  readonly down?: boolean;
  readonly 'down-signal'?: string;
  readonly 'notification-fd'?: string | number;
  /** Anything else, or something odd in the place of one of the above. */
  readonly files?: Readonly<Record<string, Entry>>;
}

/** The scripts of `SYS`. */
export type SystemScripts = Partial<Readonly<Record<'setup' | 'finish' | 'final' | 'fatal' | 'reincarnate', string>>>;

const SHELL = `#!/bin/sh
note() { echo "$*" >>"$T/journal"; }
stamp() { read -r up rest </proc/uptime; note "$1 $up"; }
gate() { until [ -e "$T/$1" ]; do sleep 0.01; done; }
`;

/** A path for the functions of `node:fs`. */
export const pathOf = (path: string): Buffer => Buffer.from(path, 'latin1');

/** An executable file. */
export const script = (text: string): Entry => ({ text: text.startsWith('#!') ? text : `${SHELL}${text}\n`, mode: 0o755 });

/** Put `entry` in the place of `path`, whatever was there. */
export function place(path: string, entry: Entry): void {
  const where = pathOf(path);
  rmSync(where, { recursive: true, force: true });
  if (typeof entry === 'string') {
    writeFileSync(where, entry);
  } else if ('link' in entry) {
    symlinkSync(pathOf(entry.link), where);
  } else if ('fifo' in entry) {
    execFileSync('mkfifo', [path]);
  } else if ('directory' in entry) {
    mkdirSync(where, { recursive: true });
    for (const [name, inner] of Object.entries(entry.directory)) place(`${path}/${name}`, inner);
    if (entry.mode !== undefined) chmodSync(where, entry.mode);
  } else {
    writeFileSync(where, entry.text);
    if (entry.sizeBytes !== undefined) truncateSync(path, entry.sizeBytes);
    chmodSync(where, entry.mode ?? 0o644);
  }
}

/** The directory of a service as an entry. */
export function serviceEntry(service: Service): Entry {
  const files: Record<string, Entry> = {};
  for (const name of ['setup', 'run', 'finish'] as const) {
    const text = service[name];
    if (text !== undefined) files[name] = script(text);
  }
  if (service.log !== undefined) files['log'] = { link: service.log };
  if (service.down === true) files['down'] = '';
  for (const name of ['down-signal', 'notification-fd'] as const)
    if (service[name] !== undefined) files[name] = `${service[name]}\n`;
  return { directory: { ...files, ...service.files } };
}

/** The directory `SYS` as an entry. */
export function systemEntry(scripts: SystemScripts): Entry {
  return { directory: Object.fromEntries(Object.entries(scripts).map(([name, text]) => [name, script(text)])) };
}
