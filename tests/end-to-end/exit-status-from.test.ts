/**
 * SYS/exit-status-from: the service whose end is nitro's own, for containers that live for one program. This is ours, and goes beyond
 * behaviour.md; what is not said here goes on as there.
 */
import { expect, test } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import type { Description } from './harness/description.js';
import type { Entry } from './harness/directory.js';
import { scenario, withDaemon } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';
/** A `finish` that makes the end of `run` one for good. */
const OVER = '"$NITROCTL" down .';

const exitStatusFrom = (entry: Entry): Pick<Description, 'entries'> => ({ entries: { SYS: { directory: { 'exit-status-from': entry } } } });
const FROM_APP = exitStatusFrom({ link: '../app' });

/** Until its end, without the demand that it exits 0. */
function lived(name: string, description: Description, body: (nitro: Daemon) => Promise<void>): void {
  test.concurrent(name, async () => {
    await withDaemon(description, async (nitro) => {
      await nitro.spawn();
      await body(nitro);
    });
  });
}

for (const [what, app, status] of [
  ['run exits 0 and finish lets it stay down', { run: 'exit 0', finish: OVER }, 0],
  ['run exits 42', { run: 'exit 42', finish: OVER }, 42],
  ['run is killed by a signal', { run: 'kill -9 $$', finish: OVER }, 128 + 9],
  ['setup refuses', { setup: 'exit 111', run: SLEEP }, 111],
  ['run cannot be executed', { files: { run: { text: '#!/nowhere\n', mode: 0o755 } } }, 111],
] as const)
  lived(`when the service ends for good nitro shuts down, and exits with its status: ${what}`,
    { services: { app, other: { run: SLEEP } }, ...FROM_APP },
    async (nitro) => {
      expect(await nitro.waitExit()).toEqual({ code: status, signal: null });
      expect(nitro.stderr).toContain(`- nitro: app ended, exit status ${String(status)}\n- nitro: shutting down\n`);
      expect(nitro.trace('other').slice(-1)).toEqual(['DOWN']);
      expect(nitro.processes()).toEqual([]);
    });

lived('a restart is no end, nor is the end of another service',
  { services: { app: { run: 'note run; [ -e "$T/enough" ] && exit 5; exit 1', finish: '[ "$1" != 5 ] || "$NITROCTL" down .' }, other: { run: 'exit 9', finish: OVER } }, ...FROM_APP },
  async (nitro) => {
    await nitro.waitFor('it was restarted', () => nitro.journal().length > 3);
    await nitro.waitFor('the other ended', () => nitro.trace('other').includes('SHUTDOWN'));
    expect(nitro.stderr).not.toContain('shutting down');
    nitro.open('enough');
    expect(await nitro.waitExit()).toEqual({ code: 5, signal: null });
  });

for (const [what, run, status] of [
  ['it dies of SIGTERM', SLEEP, 128 + 15],
  ['it ends well', 'trap "exit 0" TERM; note ready; while :; do sleep 0.01; done', 0],
  ['it says how it went', 'trap "exit 7" TERM; note ready; while :; do sleep 0.01; done', 7],
] as const)
  lived(`a shutdown from outside ends the service too: ${what}`,
    { services: { app: { run } }, ...FROM_APP },
    async (nitro) => {
      await nitro.waitState('app', 'UP');
      if (run !== SLEEP) await nitro.waitFor('the trap is set', () => nitro.journal().includes('ready'));
      nitro.signal('SIGTERM');
      expect(await nitro.waitExit()).toEqual({ code: status, signal: null });
    });

lived('a reboot executes nitro anew, whatever the service says',
  { services: { app: { run: 'note run; trap "exit 3" TERM; while :; do sleep 0.01; done' } }, ...FROM_APP },
  async (nitro) => {
    await nitro.waitFor('it runs', () => nitro.journal().length === 1);
    await nitro.waitState('app', 'UP');
    expect((await nitro.ctl('Reboot')).code).toBe(0);
    await nitro.waitFor('it runs again', () => nitro.journal().length === 2);
    await nitro.waitState('app', 'UP');
    nitro.signal('SIGTERM');
    expect(await nitro.waitExit()).toEqual({ code: 3, signal: null });
  });

scenario('without the link, and until a rescan has read it, nothing of this happens',
  { services: { app: { run: 'exit 1', finish: OVER } }, system: {} },
  async (nitro) => {
    await nitro.waitTrace('app', ['STARTING', 'RESTART', 'SHUTDOWN', 'DOWN']);
    nitro.place('SYS/exit-status-from', { link: '../app/' });
    expect((await nitro.ctl('up', 'app')).code).toBe(0);
    await nitro.waitFor('it ended again', () => nitro.trace('app').filter((state) => state === 'DOWN').length === 2);
    expect(nitro.stderr).not.toContain('shutting down');
  });

for (const [what, entry, said] of [
  ['a file', 'app\n', 'SYS/exit-status-from is not a symlink, ignored'],
  ['a link to nothing that could be a service', { link: '..' }, 'SYS/exit-status-from: no such service: ..'],
] as const)
  scenario(`${what} in its place is reported, and ignored`,
    { services: { app: { run: 'exit 1', finish: OVER } }, ...exitStatusFrom(entry) },
    async (nitro) => {
      await nitro.waitFor('it is said', () => nitro.stderr.includes(`- nitro: ${said}\n`));
      await nitro.waitTrace('app', ['STARTING', 'RESTART', 'SHUTDOWN', 'DOWN']);
    });
