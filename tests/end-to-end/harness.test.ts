/**
 * The harness itself: what it promises to notice at the end of a test, it notices.
 */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkDescriptors, countDescriptors } from './harness/aftermath.js';
import { alive } from './harness/processes.js';
import { withDaemon } from './harness/scenario.js';
import { pause } from './harness/wait.js';

const SLEEP = 'exec sleep 1000';

test.concurrent('stop notices a process that is left behind, and destroy kills it', async () => {
  let left: readonly number[] = [];
  await withDaemon({ services: { a: { run: `(sleep 1000) & ${SLEEP}` } } }, async (nitro) => {
    await nitro.start();
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    await expect(nitro.stop()).rejects.toThrow('no process is left behind');
    left = nitro.processes();
    expect(left).toHaveLength(1);
  });
  for (const pid of left) expect(alive(pid)).toBe(false);
});

test.concurrent('stop notices an exit status other than 0, and a nitro that does not end', async () => {
  await withDaemon({ services: { a: { run: SLEEP } } }, async (nitro) => {
    await nitro.start();
    await nitro.waitState('a', 'UP');
    process.kill(nitro.pid, 'SIGKILL');
    await expect(nitro.stop()).rejects.toThrow('SIGKILL');
  });
});

test.concurrent('checkDescriptors notices one descriptor more than needed', async () => {
  await withDaemon({ services: { a: { run: SLEEP } } }, async (nitro) => {
    await nitro.start();
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    const { others, ends } = countDescriptors(nitro.pid);
    await checkDescriptors(nitro, { others, ends });
    await expect(checkDescriptors(nitro, { others: others - 1, ends })).rejects.toThrow('no descriptor is leaked');
    await expect(checkDescriptors(nitro, { others, ends: ends - 1 })).rejects.toThrow('no descriptor is leaked');
    await nitro.stop();
  });
});

test.concurrent('stop notices the report of a bug on stderr', async () => {
  await withDaemon({ services: { a: { run: `echo 'TypeError: not a function' >&2; ${SLEEP}` } } }, async (nitro) => {
    await nitro.start();
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    await expect(nitro.stop()).rejects.toThrow('TypeError');
  });
});

test.concurrent('a failure shows what happened, and nothing is left of the test', async () => {
  let base = '';
  const failing = withDaemon({ services: { a: { run: `note hello; ${SLEEP}` } } }, async (nitro) => {
    base = nitro.base;
    await nitro.start();
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    expect(nitro.trace('a')).toEqual(['DOWN']);
  });
  await expect(failing).rejects.toThrow(/a: STARTING UP[^]*nitro: booting[^]*hello[^]*sleep 1000/);
  expect(existsSync(base)).toBe(false);
});

test.concurrent('the trace holds nothing that was not announced', async () => {
  await withDaemon({}, async (nitro) => {
    await nitro.start();
    await pause(20);
    expect(nitro.announcements().filter((one) => one.name !== 'SYS')).toEqual([]);
    await nitro.stop();
  });
});
