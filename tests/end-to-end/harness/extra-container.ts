/**
 * nitro as pid 1: in a namespace of processes and mounts of its own, with a small root file system of its own.
 *
 * The root is a tmpfs. /bin, /lib and the like are those of the machine; /proc, /dev, /run and /etc are new, so that nitro finds
 * no console to take over but one that the test puts there, and can mount and remount without anybody else noticing. The directory
 * of the daemon stands at the same path inside and outside, so that control sockets work across the border; pids do
 * not: inside they count from 1, and `Daemon.pid` is the pid of `unshare` outside.
 *
 * In a namespace of processes reboot(2) ends that namespace and nothing else, and Ctrl-Alt-Delete cannot be taken over: nitro is a
 * container's pid 1. `realPid1` has strace answer the first reboot(2) of each process with success, so that nitro takes itself for the
 * real one; its second one, which powers off or restarts, is carried out, and ends the namespace with SIGINT or SIGHUP.
 *
 * Where namespaces are not permitted the tests are skipped, visibly.
 */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { test } from 'vitest';
import type { Daemon } from './daemon.js';
import type { Description } from './description.js';
import { checkNothingLeft, checkStderr } from './aftermath.js';
import { childrenOf, argumentsOf } from './processes.js';
import { withDaemon } from './scenario.js';
import { ctlPath, daemonPath } from './tools.js';
import { packet, Tag } from './wire.js';

function works(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** May this user make the namespaces? The trial mounts and pivots as the tests do. */
export const permitted = works('unshare', '--pid', '--fork', '--mount', 'sh', '-c',
  '[ $$ = 1 ] && mount -t tmpfs none /tmp && mkdir /tmp/old && cd /tmp && pivot_root . old');
/** Can strace be used, and answer system calls? */
export const traceable = permitted && works('strace', '-f', '-qq', '--trace=reboot', '--inject=reboot:retval=0:when=1', 'true');

/** What the root of the container holds besides. */
export interface Container {
  /** Shell commands, run in the new root before nitro, as pid 1 and with `$base`. */
  readonly prepare?: string;
  /** An empty /dev, so that nitro has to mount it. */
  readonly emptyDev?: boolean;
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
export function containerWrapper({ prepare = '', emptyDev = false }: Container = {}): readonly string[] {
  const bound = [...new Set([dirname(daemonPath), dirname(ctlPath)])].join(' ');
  const setup = SETUP.replace('BOUND', bound).replace('PREPARE', () => prepare).replace('"$EMPTY_DEV"', emptyDev ? 'yes' : "''");
  return ['unshare', '--pid', '--fork', '--mount', '--propagation', 'private', 'sh', '-c', setup, 'container'];
}

/** The pid, outside, of nitro in its container. */
export async function outerPid(nitro: Daemon): Promise<number> {
  return await nitro.waitFor('nitro is pid 1', () => {
    for (let pids: readonly number[] = [nitro.pid]; pids.length > 0; pids = pids.flatMap(childrenOf))
      for (const pid of pids) if (['nitro', 'init'].includes((argumentsOf(pid)[0] ?? '').replace(/.*\//, ''))) return pid;
    return null;
  });
}

/** A test with a nitro that is pid 1 of a container. It is shut down at the end, if it still runs. */
export function containerScenario(
  name: string,
  { container, ...description }: Description & { readonly container?: Container },
  body: (nitro: Daemon) => Promise<void>,
): void {
  test.concurrent(name, { skip: !permitted }, async () => {
    await withDaemon({ ...description, wrapper: containerWrapper(container) }, async (nitro) => {
      await nitro.start();
      await body(nitro);
      await endContainer(nitro);
    });
  });
}

/** Shut a nitro in a container down, if it runs, and look at what is left. */
export async function endContainer(nitro: Daemon): Promise<void> {
  if (!nitro.exit) nitro.send(packet(Tag.SHUTDOWN));
  const { code, signal } = await nitro.waitExit();
  if (code !== 0) throw new Error(`nitro ended with ${code ?? signal}`);
  await checkNothingLeft(nitro);
  checkStderr(nitro);
}

/** A test with a nitro that takes itself for the real pid 1. It ends by a signal: SIGINT is power off, SIGHUP is restart. */
export function realPid1Scenario(
  name: string,
  { container, ...description }: Description & { readonly container?: Container },
  body: (nitro: Daemon) => Promise<void>,
): void {
  test.concurrent(name, { skip: !traceable }, async () => {
    const trace = ['sh', '-c', 'exec strace -f -qq --seccomp-bpf -o "$T/strace" --trace=reboot,mount,sync --inject=reboot:retval=0:when=1 "$@"', 'sh'];
    await withDaemon({ ...description, wrapper: [...trace, ...containerWrapper(container)] }, async (nitro) => {
      await nitro.spawn();
      await body(nitro);
      await nitro.waitExit();
      await checkNothingLeft(nitro);
      checkStderr(nitro);
    });
  });
}

/** System calls that strace recorded of nitro: reboot(2), mount(2) and sync(2), in order. */
export const systemCalls = (nitro: Daemon): readonly string[] =>
  nitro.read('strace').split('\n').map((line) => line.replace(/^\d+ +/, '')).filter((line) => /^(reboot|mount|sync)\(/.test(line));
