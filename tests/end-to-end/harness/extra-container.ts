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
import { test } from 'vitest';
import type { Daemon } from './daemon.js';
import type { Description } from './description.js';
import { checkNothingLeft, checkStderr } from './aftermath.js';
import { containerWrapper, mayContain, works } from './container.js';
import type { Container } from './container.js';
import { withDaemon } from './scenario.js';
import { packet, Tag } from './wire.js';

export { containerWrapper, outerPid } from './container.js';

/** May this user make the namespaces? */
export const permitted = mayContain();
/** Can strace be used, and answer system calls? */
export const traceable = permitted && works('strace', '-f', '-qq', '--trace=reboot', '--inject=reboot:retval=0:when=1', 'true');

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
