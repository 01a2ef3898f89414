/**
 * Tests that run a nitro of their own and, at the end, look at what it left behind.
 *
 * How to write a test:
 *
 *     scenario('a service is started', { services: { a: { run: 'exec sleep 1000' } } }, async (nitro) => {
 *       await nitro.waitTrace('a', ['STARTING', 'UP']);
 *       expect((await nitro.ctl('stop', 'a')).code).toBe(0);
 *     });
 *
 * `scenario` makes a fresh directory, starts nitro on it, runs the body, and then stops nitro with `stop()`, which
 * demands that it exits 0 in time, that it leaked no descriptor, that no process is left behind, and that nothing on its stderr
 * speaks of a bug. Scenarios of a file run at the same time. Whatever happens, in the end every process is killed and the
 * directory removed (NITRO_TEST_KEEP=1 keeps it, NITRO_TEST_KEEP=/DIRECTORY moves it there). A failure shows all announcements, stderr, and the processes.
 * For what `scenario` does not fit (a nitro that must not start, or ends by itself): `withDaemon`, and `spawn` in place of `start`.
 *
 * What a script finds in its environment: `T`, a scratch directory (`nitro.scratch`); `NITROCTL`, the path of nitroctl;
 * shell functions `note TEXT...`, which appends a line to `nitro.journal()`, `stamp WORD`, which
 * appends the time after the word (`nitro.stamps(WORD)`), and `gate NAME`, which waits until the test calls
 * `nitro.open(NAME)`. `nitro.hang('a/run')` makes the exec of a script hang until its lease is released. As nitro signals one process and not its group, a
 * script should `exec` what it waits for: `exec sleep 1000` (else the sleep is left over, and `stop` complains).
 *
 * What was announced is recorded by a listener of the tests' own, `notify/ALL,test`, not by nitroctl: `trace(name)` is the
 * states announced for a service without repetitions in a row, `announcements` has everything with times. The kernel
 * queues only some 10 datagrams for a listener (net.unix.max_dgram_qlen) and nitro skips a full one, so do not count on
 * the trace where dozens of services change at once. Packets of one's own go with `request` and `ask`.
 *
 * Delays are short unless `delays: 'default'`, see TEST_DELAYS; `delays: {SHUTDOWN: 100}` overrides some of them.
 * Wait for conditions (`waitFor`, `waitTrace`, `waitState`), not for times.
 */
import { test } from 'vitest';
import type { Daemon } from './daemon.js';
import type { Description } from './description.js';
import { withDaemon } from './with-daemon.js';

export { withDaemon } from './with-daemon.js';

/** A test with a daemon of its own, see the head of the file. */
export function scenario(name: string, description: Description, body: (nitro: Daemon) => Promise<void>, timeoutMs = 120_000): void {
  test.concurrent(name, { timeout: timeoutMs }, async () => {
    await withDaemon(description, async (nitro) => {
      await nitro.start();
      await body(nitro);
      await nitro.stop();
    });
  });
}
