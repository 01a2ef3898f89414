/**
 * Who may talk to nitro: docs/security.md. Another user is one that nothing else runs as; to become one needs root.
 */
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { works } from './harness/container.js';
import type { Daemon } from './harness/daemon.js';
import { descriptorsOf, statusOf } from './harness/processes.js';
import { scenario, withDaemon } from './harness/scenario.js';
import { ctlPath, dgramPath, stillPath } from './harness/tools.js';
import { packet, Tag } from './harness/wire.js';
import { hostile } from '../hostile/hostile-tool.js';
import { makeHostileTools } from '../hostile/tools.js';

makeHostileTools();
const SLEEP = `#!${stillPath}\n`;
const stranger = 61_999;
const as = (uid: number): readonly string[] => [`--reuid=${String(uid)}`, `--regid=${String(uid)}`, '--clear-groups'];
const isRoot = process.getuid?.() === 0 && works('setpriv', ...as(stranger), 'test', '-x', ctlPath);

/** Open all modes as far as they go, as somebody might by mistake. */
function openWide(nitro: Daemon): void {
  for (const path of [nitro.base, `${nitro.base}/s`, nitro.notify, nitro.socket]) chmodSync(path, 0o777);
}

/** nitroctl as another user. */
const ctlAs = (nitro: Daemon, uid: number, ...args: readonly string[]): number | null =>
  spawnSync('setpriv', [...as(uid), ctlPath, '-t', '1', ...args], { env: { ...nitro.environment }, cwd: '/', stdio: 'ignore', timeout: 30_000 }).status;

/** Datagrams of another user, from a socket without a name and from one in notify/. */
function sendAs(nitro: Daemon, uid: number, ...packets: readonly string[]): void {
  const lines = packets.flatMap((hex) => [`u ${hex} ${nitro.socket}`, `0 ${hex} ${nitro.socket}`]);
  const { status, stderr } = spawnSync('setpriv', [...as(uid), dgramPath, `${nitro.notify}/,stranger`], { input: `${lines.join('\n')}\n`, encoding: 'utf8', timeout: 30_000 });
  if (status !== 0) throw new Error(stderr);
}

test.concurrent('another user cannot reach a nitro: its directory, the socket and notify/ are its owner\'s', { skip: !isRoot }, async () => {
  await withDaemon({ services: { a: { run: SLEEP } }, env: { NITRO_SOCK: 'own/nitro.sock' } }, async (nitro) => {
    await nitro.spawn();
    const own = `${nitro.base}/own`;
    await nitro.waitFor('the socket is there', () => existsSync(`${own}/nitro.sock`));
    expect([own, `${own}/notify`].map((path) => statSync(path).mode & 0o7777)).toEqual([0o700, 0o700]);
    expect(statSync(`${own}/nitro.sock`).mode & 0o7777).toBe(0o600);
    chmodSync(nitro.base, 0o755);
    for (const command of [['list'], ['down', 'a'], ['Shutdown']]) expect([command, ctlAs(nitro, stranger, ...command)]).toEqual([command, 4]);
  });
});

const asStranger = ['sh', '-c', `chown -R ${String(stranger)} "\${T%/t}"; exec setpriv ${as(stranger).join(' ')} "$@"`, 'sh'];
for (const [whose, wrapper, foreign, friends] of [
  ['root', [], stranger, [0]],
  ['an ordinary user', asStranger, stranger - 1, [0, stranger]],
] as const)
  test.concurrent(`a nitro of ${whose} hears nobody else, also where every mode is open: the kernel tells who sent`, { skip: !isRoot }, async () => {
    await withDaemon({ services: { a: { run: SLEEP }, b: { run: SLEEP, down: true } }, wrapper }, async (nitro) => {
      await nitro.start();
      const { pid } = await nitro.waitState('a', 'UP');
      openWide(nitro);
      sendAs(nitro, foreign, packet(Tag.DOWN, 'a'), packet(Tag.UP, 'b'), packet(Tag.SIGNAL, '\x09a'), packet(Tag.SHUTDOWN), packet(Tag.REBOOT), packet(Tag.LIST));
      expect(await nitro.query('a')).toMatchObject({ state: 'UP', pid });
      expect(await nitro.query('b')).toMatchObject({ state: 'DOWN' });
      for (const friend of friends) expect([friend, ctlAs(nitro, friend, 'restart', 'a')]).toEqual([friend, 0]);
      await nitro.stop({ descriptors: false });
    });
  });

scenario('descriptors that come with a request are not taken: none is open afterwards', { services: { a: { run: SLEEP } } }, async (nitro) => {
  await nitro.waitState('a', 'UP');
  const before = descriptorsOf(nitro.pid).size;
  // One in fifty of these carries one.
  expect(await hostile('fuzz', nitro.socket, nitro.notify, '2000', '5', 'missing').done).toMatch(/^2000 sent/);
  await nitro.info();
  expect(descriptorsOf(nitro.pid).size).toBeLessThanOrEqual(before);
});

/** What stands in the place of notify/ before nitro starts. */
const REFUSED: Readonly<Record<string, { readonly make: (path: string) => void; readonly needsRoot?: boolean }>> = {
  'belongs to somebody else': { make: (path) => { mkdirSync(path, { mode: 0o777 }); chownSync(path, stranger, stranger); }, needsRoot: true },
};
for (const [what, { make, needsRoot = false }] of Object.entries(REFUSED))
  test.concurrent(`a notify/ that ${what} is refused: exit 111, and it is left as it is`, { skip: needsRoot && !isRoot }, async () => {
    await withDaemon({ services: { a: { run: 'note ran' } }, env: { NITRO_SOCK: 'sub/nitro.sock' } }, async (nitro) => {
      mkdirSync(`${nitro.base}/sub`);
      make(`${nitro.base}/sub/notify`);
      const before = lstatSync(`${nitro.base}/sub/notify`);
      await nitro.spawn();
      expect(await nitro.waitExit()).toEqual({ code: 111, signal: null });
      await nitro.waitFor('it is said', () => /^- nitro: cannot use .*notify.* for listeners: /m.test(nitro.stderr));
      const after = lstatSync(`${nitro.base}/sub/notify`);
      expect([after.mode, after.uid]).toEqual([before.mode, before.uid]);
      expect(nitro.journal()).toEqual([]);
    });
  });

for (const target of ['elsewhere', 'nowhere'])
  test.concurrent(`a notify/ that is a symlink is refused: ${target === 'nowhere' ? 'a dangling one' : 'one to a directory of ours'}`, async () => {
    await withDaemon({ services: {}, env: { NITRO_SOCK: 'sub/nitro.sock' }, entries: { '../sub': { directory: { notify: { link: `../${target}` } } }, '../elsewhere': { directory: {} } } }, async (nitro) => {
      await nitro.spawn();
      expect(await nitro.waitExit()).toEqual({ code: 111, signal: null });
      expect(existsSync(`${nitro.base}/nowhere`)).toBe(false);
    });
  });

test.concurrent('a notify/ of one\'s own that is open to others is closed to them', async () => {
  await withDaemon({ services: {}, env: { NITRO_SOCK: 'sub/nitro.sock' }, entries: { '../sub': { directory: { notify: { directory: {}, mode: 0o777 } } } } }, async (nitro) => {
    await nitro.spawn();
    await nitro.waitFor('the socket is there', () => existsSync(`${nitro.base}/sub/nitro.sock`));
    expect(statSync(`${nitro.base}/sub/notify`).mode & 0o7777).toBe(0o700);
  });
});

test.concurrent('no privilege is gained: what an ordinary user\'s nitro starts runs as that user, with no more groups and capabilities', { skip: !isRoot }, async () => {
  await withDaemon({ services: { a: { run: SLEEP } }, wrapper: asStranger }, async (nitro) => {
    await nitro.start();
    const { pid } = await nitro.waitState('a', 'UP');
    for (const field of ['Uid', 'Gid', 'Groups', 'CapEff', 'CapPrm', 'CapInh', 'CapAmb']) expect([field, statusOf(pid)?.get(field)]).toEqual([field, statusOf(nitro.pid)?.get(field)]);
    expect(statusOf(pid)?.get('CapEff')).toMatch(/^0+$/);
    await nitro.stop({ descriptors: false });
  });
});
