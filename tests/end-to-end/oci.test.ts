/**
 * nitro as pid 1 of a container that an OCI runtime makes: what docs/containers.md promises.
 *
 * runc makes the containers, from bundles that harness/oci-run.mjs writes. Where runc or a static busybox is missing, or the kernel
 * does not let runc work, the tests are skipped, visibly.
 */
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import type { Description } from './harness/description.js';
import { childrenOf, statusOf } from './harness/processes.js';
import { withDaemon } from './harness/scenario.js';
import { isSanitized } from '../hostile/tools.js';
import { Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';

interface Oci {
  readonly readOnly?: boolean;
  readonly user?: number;
  readonly tmpfs?: readonly string[];
}

function wrapper(options: Oci): readonly string[] {
  return [process.execPath, join(import.meta.dirname, 'harness/oci-run.mjs'), JSON.stringify(options)];
}

function runc(...args: readonly string[]): string {
  return execFileSync('runc', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 });
}

function isThere(): boolean {
  // A container has no libraries.
  if (isSanitized) return false;
  try {
    runc('--version');
    return !readFileSync('/bin/busybox').includes('/lib64/ld-linux');
  } catch {
    return false;
  }
}

const idOf = (nitro: Daemon): string => basename(nitro.base);
/** The pid of nitro outside of its container. */
const pidOf = (nitro: Daemon): number => (JSON.parse(runc('state', idOf(nitro))) as { pid: number }).pid;

function container(name: string, description: Description & { readonly oci?: Oci }, body: (nitro: Daemon) => Promise<void>): void {
  test.concurrent(name, { skip: !isThere(), timeout: 60_000 }, async () => {
    const { oci = {}, ...rest } = description;
    await withDaemon({ ...rest, wrapper: wrapper(oci) }, async (nitro) => {
      try {
        await nitro.spawn();
        await body(nitro);
      } finally {
        runc('delete', '--force', idOf(nitro));
      }
    });
  });
}

/** Ask it to end, and see that it does. */
async function end(nitro: Daemon, status = 0): Promise<void> {
  nitro.signal('SIGTERM');
  expect(await nitro.waitExit()).toEqual({ code: status, signal: null });
}

container('it is pid 1, supervises, answers on a socket in a bind mount, and ends in order on SIGTERM',
  { services: { a: { run: `note "pid 1 is $(cat /proc/1/comm)"; ${SLEEP}`, finish: 'note "finish $1 $2"' } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    expect(statusOf(pidOf(nitro))?.get('NSpid')).toMatch(/\t1$/);
    // From outside, by the socket in the bind mount; pids are those of the inside.
    expect((await nitro.ctl('list')).stdout).toMatch(/^UP a \(pid \d+\) \(wstatus 0\) \d+s\n$/);
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    await end(nitro);
    expect(nitro.journal()).toEqual(['pid 1 is nitro', 'finish -1 15', 'pid 1 is nitro', 'finish -1 15']);
    expect(nitro.stderr).toContain('- nitro: finished\n');
  });

container('nitroctl put into the container: check, and down waits for finish',
  { services: { a: { run: SLEEP, finish: 'gate go; note finished' } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    expect(runc('exec', '--env', `NITRO_SOCK=${nitro.socket}`, idOf(nitro), '/bin/nitroctl', 'check', 'a')).toBe('');
    const down = runcLater(nitro, 'down', 'a');
    await nitro.waitState('a', 'SHUTDOWN');
    nitro.open('go');
    await down;
    expect(nitro.journal()).toEqual(['finished']);
    expect((await nitro.ctl('check', 'a')).code).toBe(1);
    await end(nitro);
  });

/** nitroctl inside, while the test goes on. */
async function runcLater(nitro: Daemon, ...args: readonly string[]): Promise<void> {
  await promisify(execFile)('runc', ['exec', '--env', `NITRO_SOCK=${nitro.socket}`, idOf(nitro), '/bin/nitroctl', ...args]);
}

container('orphans are adopted and reaped',
  { services: { a: { run: `for i in 1 2 3 4 5 6 7 8 9 10; do (sleep 0.05 &) ; done; ${SLEEP}` } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    await nitro.waitFor('all orphans are reaped', async () => ((await nitro.info())?.get(Tag.TOTAL_REAPS) ?? 0) >= 10);
    expect(childrenOf(pidOf(nitro))).toHaveLength(1);
    await end(nitro);
  });

container('a read-only root needs a tmpfs on /run, and nothing else',
  { services: { a: { run: `touch /file 2>/dev/null || note "read-only"; ${SLEEP}` } }, env: { NITRO_SOCK: undefined }, oci: { readOnly: true, tmpfs: ['/run'] } },
  async (nitro) => {
    await nitro.waitFor('the service noted', () => nitro.journal().includes('read-only'));
    expect(runc('exec', idOf(nitro), '/bin/nitroctl', 'list')).toMatch(/^(STARTING|UP) a /);
    await end(nitro);
    expect(nitro.stderr).not.toContain('cannot');
  });

container('without it nitro says what it cannot make, and where',
  { services: { a: { run: SLEEP } }, env: { NITRO_SOCK: undefined }, oci: { readOnly: true } },
  async (nitro) => {
    expect(await nitro.waitExit()).toEqual({ code: 111, signal: null });
    expect(nitro.stderr).toContain('- nitro: cannot make the control directory /run/nitro: Read-only file system\n');
  });

container('an unprivileged user',
  { services: { a: { run: `note "uid $(id -u)"; ${SLEEP}` }, b: { run: 'trap "" TERM; note b; while :; do sleep 0.1; done' } }, delays: { SHUTDOWN: 300 }, oci: { user: 65534 } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    await nitro.waitFor('b has set its trap', () => nitro.journal().includes('b'));
    await end(nitro);
    expect(nitro.journal()).toContain('uid 65534');
    expect(nitro.trace('b').slice(-2)).toEqual(['SHUTDOWN', 'DOWN']);
    expect(nitro.stderr).not.toContain('cannot');
  });

container('SYS/exit-status-from: the status of the container is that of the program it lives for',
  {
    services: { app: { run: 'exit 42', finish: '"$NITROCTL" down .' }, other: { run: SLEEP } },
    entries: { SYS: { directory: { 'exit-status-from': { link: '../app' } } } },
  },
  async (nitro) => {
    expect(await nitro.waitExit()).toEqual({ code: 42, signal: null });
  });

container('Reboot executes nitro anew in the same container',
  { services: { a: { run: `note run; ${SLEEP}` } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    const pid = pidOf(nitro);
    expect((await nitro.ctl('Reboot')).code).toBe(0);
    await nitro.waitFor('it runs again', () => nitro.journal().length === 2);
    expect(pidOf(nitro)).toBe(pid);
    await end(nitro);
    expect(nitro.stderr.match(/- nitro: booting/g)).toHaveLength(2);
  });
