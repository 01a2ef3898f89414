/**
 * The root file system of a guest: busybox for a userland, nitro as /init, and a service directory.
 *
 * nitro is in /sbin with its links, as `make install PREFIX=/usr` has it; /init is one of these, called `init` as a kernel calls it. The other
 * directories that the kernel or nitro mount upon are there and empty, as in any small initramfs.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { script, serviceEntry, systemEntry, type Entry, type Service, type SystemScripts } from '../../end-to-end/harness/directory.js';
import { daemonPath } from '../../end-to-end/harness/tools.js';
import type { Tree } from './archive.js';

/** What is in the guest. */
export interface Root {
  /** Services of /etc/nitro. */
  readonly services?: Readonly<Record<string, Service>>;
  /** Scripts of /etc/nitro/SYS. */
  readonly system?: SystemScripts;
  /** Further entries of /etc/nitro; null: there is no /etc/nitro. */
  readonly entries?: Tree | null;
  /** Further entries by their paths from /, or others in the place of the usual ones. */
  readonly files?: Tree;
}

const NITRO_LINKS = ['nitroctl', 'init', 'halt', 'poweroff', 'reboot'];

/**
 * A shell at the second serial port, for `Guest.run`: each line that comes in is a command, and its output is ended by a line that says how it ended.
 * Several lines of output may come; the marker is one that no command prints by chance.
 */
const SHELL: Service = {
  run: `
export NO_COLOR=1
exec </dev/ttyS1 >/dev/ttyS1 2>&1
stty raw -echo
echo ::ready
while read -r line; do
  eval "$line"
  echo "::ended $?"
done`,
};

const executable = (path: string): Entry => ({ text: readFileSync(path), mode: 0o755 });

/** The service directory that this describes. */
export function serviceDirectory({ services = {}, system, entries }: Root, withShell: boolean): Entry {
  const all: Record<string, Entry> = {};
  for (const [name, service] of Object.entries(withShell ? { shell: SHELL, ...services } : services)) all[name] = serviceEntry(service);
  if (system !== undefined) all['SYS'] = systemEntry(system);
  return { directory: { ...all, ...entries } };
}

/** The whole root file system. `busybox` is the path of a static busybox. */
export function rootOf(root: Root, busybox: string, withShell: boolean): Tree {
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  const bin = Object.fromEntries(applets.filter((name) => !NITRO_LINKS.includes(name)).map((name) => [name, { link: 'busybox' }]));
  const sbin = Object.fromEntries(NITRO_LINKS.map((name) => [name, { link: 'nitro' }]));
  const empty: Entry = { directory: {} };
  const usual: Tree = {
    init: { link: 'sbin/init' },
    bin: { directory: { ...bin, busybox: executable(busybox) } },
    sbin: { directory: { ...sbin, nitro: executable(daemonPath) } },
    dev: empty, proc: empty, run: empty, tmp: empty, mnt: empty,
    etc: { directory: root.entries === null ? {} : { nitro: serviceDirectory(root, withShell) } },
  };
  return Object.entries(root.files ?? {}).reduce((tree, [path, entry]) => withEntry(tree, path.split('/'), entry), usual);
}

/** `tree` with one entry more, at a path below it. */
function withEntry(tree: Tree, [name = '', ...inner]: readonly string[], entry: Entry): Tree {
  if (inner.length === 0) return { ...tree, [name]: entry };
  const above = tree[name];
  const known = typeof above === 'object' && 'directory' in above ? above.directory : {};
  return { ...tree, [name]: { directory: withEntry(known, inner, entry) } };
}

/** A program at /init or elsewhere: a shell script without the functions of services' scripts. */
export const program = (text: string): Entry => script(`#!/bin/sh\n${text}\n`);
