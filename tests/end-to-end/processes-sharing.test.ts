/**
 * Children share nitro's memory until their exec, where the kernel allows it (host/sharing.c). Nobody may notice: neither when an exec hangs, nor
 * when such a child dies, nor where it is not allowed.
 */
import { readFileSync } from 'node:fs';
import { arch, release } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Fault } from '../hostile/strace.js';
import { Injection, mayInject } from '../hostile/strace.js';
import { isSanitized } from '../hostile/tools.js';
import type { Daemon } from './harness/daemon.js';
import { childrenOf } from './harness/processes.js';
import { scenario, withDaemon } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';
const [major = 0, minor = 0] = release().split('.').map(Number);
const shares = arch() === 'x64' && (major > 5 || (major === 5 && minor >= 16)) && process.env['NITRO_DAEMON'] === undefined;
/** More than there are slots. */
const many = Array.from({ length: 20 }, (_, index) => `s${String(index)}`);

/** What nitro calls while `a` is brought up, and the first of these calls fails if `fault` says so. */
async function callsOfStart(fault: Fault | null, check: (calls: string, nitro: Daemon) => void): Promise<void> {
  await withDaemon({ services: { a: { setup: 'note setup', run: `note run; ${SLEEP}`, down: true } } }, async (nitro) => {
    await nitro.start();
    const file = join(nitro.base, 'strace');
    const tracing = await Injection.to(nitro.pid, fault, file);
    await nitro.want('UP', 'a');
    await nitro.waitTrace('a', ['SETUP', 'STARTING', 'UP'], 'end');
    await tracing.detach();
    check(readFileSync(file, 'latin1'), nitro);
    await nitro.waitFor('run is noted', () => nitro.journal().length === 2);
    await nitro.stop();
  });
}

const options = { skip: !shares || !mayInject(), timeout: 60_000 };

test.concurrent('a child is given nitro\'s memory, and no copy of it', options, async () => {
  await callsOfStart(null, (calls) => {
    expect(calls.match(/^clone\(child_stack=0x[0-9a-f]+, flags=CLONE_VM\|CLONE_CHILD_CLEARTID\|SIGCHLD/gm)).toHaveLength(2);
    expect(calls).not.toMatch(/^v?fork\(/m);
  });
});

for (const errno of ['ENOSYS', 'EPERM', 'EINVAL'])
  test.concurrent(`a sandbox that answers ${errno} to that: nitro forks, and does not ask again`, options, async () => {
    await callsOfStart({ call: 'clone', errno, when: 1 }, (calls, nitro) => {
      expect(calls.match(/^clone\(child_stack=0x.*INJECTED/gm)).toHaveLength(1);
      expect(calls.match(/^clone\(child_stack=0x/gm)).toHaveLength(1);
      expect(nitro.stderr).not.toContain('cannot start');
    });
  });

scenario('§4 CORRECTED "a script that hangs in exec": twenty at the same time; the others are started, restarted and answered for',
  { services: { ...Object.fromEntries(many.map((name) => [name, { run: SLEEP, down: true }])), other: { run: 'note other; gate crash; exit 1' }, late: { run: SLEEP, down: true } } },
  async (nitro) => {
    const leases = await Promise.all(many.map((name) => nitro.hang(`${name}/run`)));
    for (const name of many) await nitro.want('UP', name);
    await Promise.all(leases.map((lease) => lease.wanted()));
    await nitro.want('UP', 'late');
    await nitro.waitTrace('late', ['STARTING', 'UP'], 'end');
    nitro.open('crash');
    await nitro.waitFor('the crashed one is restarted', () => nitro.journal().length >= 3);
    for (const name of many) expect((await nitro.query(name))?.state).toBe('SETUP');
    await Promise.all(leases.map((lease) => lease.release()));
    for (const name of many) await nitro.waitState(name, 'UP');
    expect(new Set(await Promise.all(many.map((name) => nitro.pidOf(name)))).size).toBe(many.length);
  });

// Sanitizers have a handler for SIGSEGV, and report it.
const ending = ['SIGQUIT', 'SIGABRT', 'SIGKILL', 'SIGALRM', 'SIGHUP', 'SIGTERM', ...(isSanitized ? [] : ['SIGSEGV'] as const)] as const;
for (const signal of ending)
  scenario(`a child that ${signal} ends while its exec hangs takes nothing with it, and is started again`,
    { services: { a: { run: `note run; ${SLEEP}`, down: true }, b: { run: SLEEP } } },
    async (nitro) => {
      await nitro.waitState('b', 'UP');
      const other = await nitro.pidOf('b');
      const lease = await nitro.hang('a/run');
      await nitro.want('UP', 'a');
      await lease.wanted();
      const child = childrenOf(nitro.pid).find((pid) => pid !== other) ?? NaN;
      process.kill(child, signal);
      await nitro.waitFor('another is started', () => childrenOf(nitro.pid).some((pid) => pid !== child && pid !== other));
      await lease.release();
      await nitro.waitTrace('a', ['STARTING', 'UP'], 'end');
      await nitro.waitFor('run is noted', () => nitro.journal().length > 0);
      expect(nitro.journal()).toEqual(['run']);
      expect(await nitro.query('b')).toMatchObject({ state: 'UP', pid: other });
    });
