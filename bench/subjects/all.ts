/**
 * The supervisors that are compared, in the order of their columns: ours first.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Options } from '../options.js';
import { find, packageNames } from '../packages.js';
import type { Found, PackageName } from '../packages.js';
import type { Subject } from '../subject.js';
import { bare } from './bare.js';
import { nitro } from './nitro.js';
import { oneChild } from './one-child.js';
import { runit } from './runit.js';
import { s6 } from './s6.js';

/** Names of columns, and for `--peers`. */
export const ours = 'nitro';
export const inC = 'nitro-c';
/** No peer, but a floor. */
export const floor = 'bare';
export const names: readonly string[] = [ours, inC, ...packageNames, floor];

export interface Subjects {
  readonly here: readonly Subject[];
  /** The others, and why. */
  readonly missing: Readonly<Record<string, string>>;
}

/** More than any machine has room for. */
const unlimited = 1_000_000;
/** Built into nitro in C. */
const mostInC = 499;

/** What there is of what is asked for. `tool` is where the C programs are. */
export function subjectsOf(options: Options, root: string, tool: (name: 'bare') => string): Subjects {
  const here: Subject[] = [];
  const missing: Record<string, string> = {};
  const isAsked = (name: string): boolean => options.peers?.includes(name) ?? true;
  if (isAsked(ours)) here.push(nitro({ name: ours, version: revision(root), daemon: options.daemon, ctl: options.ctl, most: unlimited }));
  if (isAsked(inC)) {
    const { reference } = options;
    const daemon = join(reference ?? '', 'nitro');
    const ctl = join(reference ?? '', 'nitroctl');
    if (reference === undefined) missing[inC] = 'NITRO_C=DIR does not name a build of it';
    else if (isExecutable(daemon) && isExecutable(ctl)) here.push(nitro({ name: inC, version: 'as built', daemon, ctl, most: mostInC }));
    else missing[inC] = `there is no nitro and nitroctl in ${reference}`;
  }
  for (const name of packageNames.filter(isAsked)) {
    const found = find(root, name);
    if (found.kind === 'found') here.push(peer(name, found));
    else missing[name] = found.why;
  }
  if (isAsked(floor)) here.push(bare(floor, tool('bare')));
  return { here, missing };
}

function peer(name: PackageName, { version, directory, libraries }: Found): Subject {
  switch (name) {
    case 'runit':
      return runit(version, directory);
    case 's6':
      return s6(version, directory, libraries);
    case 'tini':
      // Not process 1 here: it is told to take in orphans, as it would then.
      return oneChild(name, version, [join(directory, name), '-s', '--']);
    case 'dumb-init':
      return oneChild(name, version, [join(directory, name)]);
  }
}

/** The commit that is checked out, if there is one. */
function revision(root: string): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'as built';
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
