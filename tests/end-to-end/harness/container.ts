/**
 * The command that brings a nitro into a container: a namespace of processes and mounts of its own, with a small root file system of
 * its own. What it is good for stands at the head of extra-container.ts; nitro-audit uses it too.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Daemon } from './daemon.js';
import { argumentsOf, childrenOf } from './processes.js';
import { actorPath, ctlPath, daemonPath } from './tools.js';
import type { Target } from './tools.js';

/** Does a command exit 0? */
export function works(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

let isPermitted: boolean | undefined;
/** May this user make the namespaces? The trial mounts and pivots as the tests do. */
export function mayContain(): boolean {
  return (isPermitted ??= works('unshare', '--pid', '--fork', '--mount', 'sh', '-c',
    '[ $$ = 1 ] && mount -t tmpfs none /tmp && mkdir /tmp/old && cd /tmp && pivot_root . old'));
}

/** What the root of the container holds besides. */
export interface Container {
  /** Shell commands, run in the new root before nitro, as pid 1 and with `$base`. */
  readonly prepare?: string;
  /** An empty /dev, so that nitro has to mount it. */
  readonly emptyDev?: boolean;
  /** The nitro that is to run, where it is not the one under test. */
  readonly target?: Target;
}

const SETUP = `
set -e
base=\${T%/t}; root=$base/root
mkdir $root; mount -t tmpfs none $root; cd $root
mkdir proc dev run etc tmp sbin var .old; mkdir -p ./$base
mount --bind $base ./$base
for name in bin lib lib32 lib64 libx32 usr; do
  if [ -L /$name ]; then cp -P /$name $name; elif [ -d /$name ]; then mkdir $name; mount --bind /$name $name; fi
done
for path in BOUND; do mkdir -p ./$path; mount --bind $path ./$path; done
mount -t proc proc proc
[ "$EMPTY_DEV" ] || for node in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9'; do (set -- $node; mknod -m 666 dev/$1 c $2 $3); done
pivot_root . .old
cd /
umount -l /.old
rmdir /.old
PREPARE
cd $base
exec "$@"
`;

/** The command before nitro's own that brings it into a container. */
export function containerWrapper({ prepare = '', emptyDev = false, target }: Container = {}): readonly string[] {
  const { daemon, ctl } = target ?? { daemon: daemonPath, ctl: ctlPath };
  const bound = [...new Set([dirname(daemon), dirname(ctl), dirname(actorPath)])].filter(existsSync).join(' ');
  const setup = SETUP.replace('BOUND', bound).replace('PREPARE', () => prepare).replace('"$EMPTY_DEV"', emptyDev ? 'yes' : "''");
  return ['unshare', '--pid', '--fork', '--mount', '--propagation', 'private', 'sh', '-c', setup, 'container'];
}

/** The pid, outside, of nitro in its container. */
export async function outerPid(nitro: Daemon): Promise<number> {
  return await nitro.waitFor('nitro is pid 1', () => {
    for (let pids: readonly number[] = [nitro.pid]; pids.length > 0; pids = pids.flatMap(childrenOf))
      for (const pid of pids) if (['nitro', 'init', basename(nitro.target.daemon)].includes(basename(argumentsOf(pid)[0] ?? ''))) return pid;
    return null;
  });
}
