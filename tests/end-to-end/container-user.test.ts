/**
 * nitro without privileges: behaviour.md §6 Modes. It runs as the user nobody, where the tests run as root.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drain } from './harness/extra-loggers.js';
import { rescan } from './harness/extra-requests.js';
import { statusOf } from './harness/processes.js';
import { scenario, withDaemon } from './harness/scenario.js';
import { daemonPath } from './harness/tools.js';
import { packet, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
const NOBODY = 65534;
const as = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
/** Gives the directory of the test to nobody, sockets and all, and starts nitro as that user. */
const wrapper = ['sh', '-c', `chown -R ${NOBODY}:${NOBODY} "\${T%/t}"; exec ${as.join(' ')} "$@"`, 'sh'];

function permitted(): boolean {
  try {
    execFileSync(as[0] ?? '', [...as.slice(1), 'test', '-x', daemonPath], { stdio: 'ignore' });
    accessSync(daemonPath, constants.X_OK);
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}
const can = permitted();

test.concurrent('§6 Modes: an ordinary user\'s nitro starts, restarts, logs, rescans, reboots and shuts down', { skip: !can }, async () => {
  await withDaemon({
    wrapper,
    services: { a: { run: 'echo $(id -u); exec sleep 1000', log: '../logger' }, logger: { run: drain('out') }, 't@': { run: SLEEP } },
    system: { setup: 'id -u >"$T/setup"', final: 'note final $1' },
  }, async (nitro) => {
    await nitro.start();
    await nitro.waitState('a', 'UP');
    expect(statusOf(nitro.pid)?.get('Uid')?.split('\t')[0]).toBe(String(NOBODY));
    await nitro.waitFor('it logs', () => nitro.read('out') === `${NOBODY}\n`);
    await nitro.want('RESTART', 'a');
    await nitro.waitFor('its second life logs', () => nitro.read('out') === `${NOBODY}\n`.repeat(2));
    await nitro.want('UP', 't@x');
    await nitro.waitState('t@x', 'UP');
    nitro.service('b', { run: SLEEP });
    await rescan(nitro);
    await nitro.waitState('b', 'UP');
    expect(statSync(nitro.socket).uid).toBe(NOBODY);
    nitro.send(packet(Tag.REBOOT));
    await nitro.waitFor('it boots again', () => nitro.stderr.split('- nitro: booting\n').length === 3);
    await nitro.waitFor('it answers', async () => (await nitro.query('a'))?.state === 'UP');
    await nitro.stop();
    expect(nitro.journal()).toEqual(['final reboot', 'final shutdown']);
  });
});

test.concurrent('§7 another user can neither use the control socket nor listen: exit 4', { skip: !can }, async () => {
  await withDaemon({ services: { a: { run: SLEEP } } }, async (nitro) => {
    await nitro.start();
    await nitro.waitState('a', 'UP');
    execFileSync('chmod', ['755', nitro.base]);
    let code: unknown;
    try {
      execFileSync(as[0] ?? '', [...as.slice(1), nitro.environment['NITROCTL'] ?? '', 'list'], { env: nitro.environment, stdio: 'pipe' });
    } catch (error) {
      code = (error as { status?: unknown }).status;
    }
    expect(code).toBe(4);
    await nitro.stop();
  });
});

test.concurrent('§7 root can use the control socket of another user: the reply finds its way', { skip: !can }, async () => {
  await withDaemon({ wrapper, services: { a: { run: SLEEP } } }, async (nitro) => {
    await nitro.start();
    expect(await nitro.ctl('-t', '10', 'restart', 'a')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    await nitro.stop();
  });
});

test.concurrent('§6 an ordinary user whose control directory cannot be made: exit 111 with one line', { skip: !can }, async () => {
  await withDaemon({ wrapper, env: { NITRO_SOCK: '/proc/nitro/sock' } }, async (nitro) => {
    await nitro.spawn();
    expect((await nitro.waitExit()).code).toBe(111);
    expect(nitro.stderr.split('\n').filter((line) => line !== '' && line !== '- nitro: booting')).toHaveLength(1);
  });
});

scenario('§6 Modes: a nitro that is not pid 1 keeps its umask, and mounts nothing',
  { services: { a: { run: 'umask >"$T/umask"; note ready; exec sleep 1000' } }, wrapper: ['sh', '-c', 'umask 027; exec "$@"', 'sh'] },
  async (nitro) => {
    await nitro.waitFor('it is ready', () => nitro.journal().length === 1);
    expect(nitro.read('umask').trim()).toMatch(/^0*027$/);
  });
