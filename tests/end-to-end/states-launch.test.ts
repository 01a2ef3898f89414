/**
 * The launch of `run`: behaviour.md §3, the rows of "launch", and forks that fail.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, closeSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scenario, withDaemon } from './harness/scenario.js';
import type { Daemon } from './harness/daemon.js';
import type { Entry } from './harness/directory.js';

const SLEEP = 'exec sleep 1000';

scenario('§3 row "launch | there is no run": ONESHOT', { services: { a: { setup: 'note setup' } } }, async (nitro) => {
  await nitro.waitTrace('a', ['SETUP', 'ONESHOT']);
  expect(await nitro.query('a')).toMatchObject({ state: 'ONESHOT', pid: 0 });
});

scenario('§3 row "launch | there is no run; FATAL if the directory itself is gone": removed by its own setup',
  { services: { a: { setup: 'rm -r "$PWD"', run: SLEEP } } },
  async (nitro) => await nitro.waitTrace('a', ['SETUP', 'FATAL']));

scenario('§3 row "launch | FATAL if the directory itself is gone": asked for when it is gone already',
  { services: { a: { run: SLEEP, down: true } } },
  async (nitro) => {
    nitro.remove('a');
    await nitro.want('UP', 'a');
    await nitro.waitTrace('a', ['FATAL'], 'end');
    await nitro.want('DOWN', 'a');
    await nitro.waitTrace('a', ['FATAL', 'DOWN'], 'end');
  });

scenario('§3 row "launch | exec fails with ETXTBSY": DELAY for SPAWN_ERROR, without finish, then it starts',
  { services: { a: { run: SLEEP, finish: 'note finish', down: true } }, delays: { SPAWN_ERROR: 300 } },
  async (nitro) => {
    const writing = openSync(`${nitro.directory}/a/run`, 'a');
    const askedMs = Number(process.hrtime.bigint()) / 1e6;
    await nitro.want('UP', 'a');
    await nitro.waitTrace('a', ['DELAY'], 'end');
    expect(await nitro.query('a')).toMatchObject({ pid: 0 });
    closeSync(writing);
    await nitro.waitTrace('a', ['DELAY', 'STARTING', 'UP'], 'end');
    const started = nitro.announcements().find((one) => one.state === 'STARTING');
    expect((started?.atMs ?? 0) - askedMs).toBeGreaterThanOrEqual(300);
    expect(nitro.journal()).toEqual([]);
  });

const FATAL_RUNS: readonly [string, Entry][] = [
  ['ENOENT, the interpreter is missing', { text: '#!/no/such/interpreter\n', mode: 0o755 }],
  ['EACCES, it is not executable', { text: `#!/bin/sh\n${SLEEP}\n`, mode: 0o644 }],
  ['EACCES, the interpreter is a directory', { text: '#!/tmp\n', mode: 0o755 }],
  ['ENOEXEC, it is empty', { text: '', mode: 0o755 }],
  ['ENOEXEC, it is a truncated binary', { text: Buffer.from('7f454c4602010100', 'hex'), mode: 0o755 }],
];
for (const [why, run] of FATAL_RUNS)
  scenario(`§3 row "launch | exec fails otherwise": FATAL, and finish 111 0 has run: ${why}`,
    { services: { a: { finish: 'note "$# $*"', files: { run } } } },
    async (nitro) => {
      await nitro.waitTrace('a', ['FATAL']);
      await nitro.waitFor('finish has run', async () => {
        const { finishPid = 0 } = (await nitro.query('a')) ?? {};
        return nitro.journal().length > 0 && finishPid === 0;
      });
      expect(nitro.journal()).toEqual(['2 111 0']);
      expect(nitro.trace('a')).toEqual(['FATAL']);
      expect(await nitro.query('a')).toMatchObject({ state: 'FATAL', pid: 0, wstatus: -1 });
      expect(nitro.stderr).toMatch(/a/);
      nitro.place('a/run', { text: `#!/bin/sh\n${SLEEP}\n`, mode: 0o755 });
      await nitro.want('UP', 'a');
      await nitro.waitTrace('a', ['STARTING', 'UP'], 'end');
    });

scenario('§3 row "launch | exec succeeds": STARTING', { services: { a: { run: SLEEP, 'notification-fd': 3 } } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING']);
    const { pid = 0 } = (await nitro.query('a')) ?? {};
    expect(pid).toBeGreaterThan(0);
    expect(nitro.trace('a')).toEqual(['STARTING']);
  });

/** Change a limit of a running nitro; its present hard limit stays. */
function limit(nitro: Daemon, what: 'nofile' | 'nproc', soft: number, asUser: readonly string[] = []): void {
  execFileSync('env', [...asUser, 'prlimit', '--pid', String(nitro.pid), `--${what}=${soft}:`]);
}

for (const kind of ['setup', 'run'] as const)
  scenario(`§3 rows "SETUP | fork fails", "launch | fork or pipe fails": no descriptor left for ${kind} is DELAY for SPAWN_ERROR`,
    { services: { a: { ...(kind === 'setup' ? { setup: 'note setup' } : {}), run: SLEEP, down: true } }, delays: { SPAWN_ERROR: 200 } },
    async (nitro) => {
      // Without a descriptor it cannot look for listeners either: ask for the state.
      limit(nitro, 'nofile', 3);
      await nitro.want('UP', 'a');
      await nitro.waitState('a', 'DELAY');
      expect(nitro.trace('a')).not.toContain('FATAL');
      expect(nitro.journal()).toEqual([]);
      limit(nitro, 'nofile', 1024);
      await nitro.waitTrace('a', ['STARTING', 'UP'], 'end');
      expect(nitro.trace('a')).not.toContain('FATAL');
    });

for (const kind of ['setup', 'run'] as const)
  test.concurrent(`§3 rows "SETUP | fork fails", "launch | fork fails": no process allowed for ${kind} is DELAY for SPAWN_ERROR`, async () => {
    // A user's processes are counted together: as root, nitro runs as a user that has no other.
    const uid = kind === 'setup' ? 54_321 : 54_322;
    const asUser = process.getuid?.() === 0 ? ['setpriv', `--reuid=${uid}`, '--clear-groups'] : [];
    await withDaemon(
      {
        services: { a: { ...(kind === 'setup' ? { setup: 'exit 0' } : {}), run: SLEEP, finish: 'note finish', down: true } },
        delays: { SPAWN_ERROR: 200 },
        wrapper: [...asUser, 'prlimit', '--nproc=1:'],
      },
      async (nitro) => {
        chmodSync(nitro.base, 0o755);
        if (asUser.length > 0) for (const path of ['d', 't', 's', 's/notify']) chownSync(`${nitro.base}/${path}`, uid, -1);
        await nitro.start();
        await nitro.want('UP', 'a');
        await nitro.waitTrace('a', kind === 'setup' ? ['SETUP', 'DELAY'] : ['DELAY'], 'end');
        expect(nitro.journal()).toEqual([]);
        limit(nitro, 'nproc', 500, asUser);
        await nitro.waitTrace('a', ['STARTING', 'UP'], 'end');
        await nitro.stop();
      },
    );
  });

scenario('§3 "A finish that cannot be forked counts as finished at once": no descriptor left',
  { services: { a: { run: SLEEP, finish: 'note finish' } } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    limit(nitro, 'nofile', 3);
    await nitro.want('DOWN', 'a');
    await nitro.waitState('a', 'DOWN');
    expect(nitro.journal()).toEqual([]);
    limit(nitro, 'nofile', 1024);
  });
