/**
 * Listeners that hang, are dead, or are no listeners at all, and a stderr that nobody reads: none of them may block or end
 * supervision (behaviour.md §4, §7).
 */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { place } from './harness/directory.js';
import type { Daemon } from './harness/daemon.js';
import { Datagrams } from './harness/datagrams.js';
import { scenario } from './harness/scenario.js';
import { packet, parse, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
const CRASHING = { run: 'note life; exit 1' };

/** 20 further lives of `crash`, each with four announcements. */
async function checkRestarts(nitro: Daemon): Promise<void> {
  const before = nitro.journal().length;
  await nitro.waitFor('20 more lives', () => nitro.journal().length >= before + 20);
}

scenario('§7 "A full listener is skipped": it blocks neither nitro nor the other listeners, and hears again when it reads',
  { services: { crash: CRASHING, a: { run: SLEEP } }, delays: { RESPAWN: 2 } },
  async (nitro) => {
    const deaf = await Datagrams.open([`${nitro.notify}/ALL,deaf`, `${nitro.notify}/crash,deaf`], { deaf: true });
    await checkRestarts(nitro);
    await nitro.want('RESTART', 'a');
    await nitro.waitFor('the other listener hears it', () => nitro.trace('a').includes('RESTART'));
    expect(deaf.arrivals).toEqual([]);
    deaf.listen();
    const heard = deaf.arrivals.length;
    await nitro.waitFor('it hears new ones', () => deaf.on(0).length > heard + 40 && deaf.on(1).length > 20);
    expect(new Set(deaf.on(1).flatMap(({ hex }) => parse(hex).map((one) => one.payload.toString())))).toEqual(new Set(['crash']));
    await deaf.close();
  });

scenario('§7 "One that refuses (no process behind it) is removed"', { services: { crash: CRASHING }, delays: { RESPAWN: 2 } }, async (nitro) => {
  const names = ['ALL,dead', 'crash,dead', 'ALL,'];
  const dead = await Datagrams.open(names.map((name) => `${nitro.notify}/${name}`));
  await dead.close();
  for (const name of names) await nitro.waitFor(`${name} is removed`, () => !existsSync(`${nitro.notify}/${name}`));
  await checkRestarts(nitro);
});

scenario('§7 what is no datagram socket in notify/ is left alone and blocks nothing', { services: { crash: CRASHING }, delays: { RESPAWN: 2 } }, async (nitro) => {
  const odd = {
    'ALL,file': 'text', 'crash,file': '', 'ALL,fifo': { fifo: true }, 'crash,fifo': { fifo: true }, 'ALL,directory': { directory: { inner: '' } },
    'ALL,null': { link: '/dev/null' }, 'ALL,loop': { link: 'ALL,loop' }, 'ALL,dangling': { link: 'nowhere' }, ALL: 'text', crash: 'text', ',': 'text', 'x': { fifo: true },
  } as const;
  for (const [name, entry] of Object.entries(odd)) place(`${nitro.notify}/${name}`, entry);
  await checkRestarts(nitro);
  for (const name of ['ALL,file', 'ALL,fifo', 'ALL,directory', 'crash,file']) expect([name, existsSync(`${nitro.notify}/${name}`)]).toEqual([name, true]);
});

scenario('§7 hundreds of listeners for one service', { services: { crash: CRASHING, a: { run: SLEEP } }, delays: { RESPAWN: 50 } }, async (nitro) => {
  const many = await Promise.all(
    Array.from({ length: 8 }, (_, tool) => Datagrams.open(Array.from({ length: 40 }, (_, index) => `${nitro.notify}/crash,${tool}-${index}`))),
  );
  await checkRestarts(nitro);
  for (const tool of many) {
    await nitro.waitFor('each hears', () => new Set(tool.arrivals.map((one) => one.socket)).size === 40);
    await tool.close();
  }
});

scenario('§7 the directory notify/ is moved away, replaced by a file, and made anew', { services: { crash: CRASHING }, delays: { RESPAWN: 2 } }, async (nitro) => {
  await checkRestarts(nitro);
  renameSync(nitro.notify, `${nitro.scratch}/notify`);
  const lives = nitro.journal().length;
  await nitro.waitFor('lives without notify/', () => nitro.journal().length >= lives + 10);
  writeFileSync(nitro.notify, 'in its place');
  await nitro.waitFor('lives with a file there', () => nitro.journal().length >= lives + 20);
  place(nitro.notify, { directory: {}, mode: 0o700 });
  const peer = await Datagrams.open([`${nitro.notify}/ALL,new`]);
  await nitro.waitFor('a new listener hears', () => peer.arrivals.length > 10);
  await peer.close();
  place(nitro.notify, { link: `${nitro.scratch}/notify` });
  await nitro.waitFor('nitro answers', async () => (await nitro.query('crash')) !== undefined);
});

/** Directories that are no services: each rescan says so in some 25 KB. A pipe holds 64 KB. */
const NONE = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${index}-${'x'.repeat(50)}`, { directory: {} }]));

scenario('§4 CORRECTED "stderr that nobody reads never blocks nitro: a message is dropped, and how many were is said later"',
  { services: { crash: CRASHING, a: { run: SLEEP } }, delays: { RESPAWN: 20 }, entries: NONE, stderrUnread: true },
  async (nitro) => {
    for (let index = 0; index < 10; index++) expect((await nitro.ctl('rescan')).code).toBe(0);
    expect(await nitro.ctl('list')).toMatchObject({ code: 0 });
    await checkRestarts(nitro);
    expect(await nitro.ctl('restart', 'a')).toMatchObject({ code: 0 });
    nitro.readStderr();
    await nitro.waitFor('it says how many messages were dropped', async () => {
      await nitro.request(packet(Tag.RESCAN));
      return /\b[0-9]+\b[^\n]*(dropped|lost)|(dropped|lost)[^\n]*\b[0-9]+\b/.test(nitro.stderr);
    });
    for (const line of nitro.stderr.split('\n').slice(0, -1)) expect(line).toMatch(/^- nitro: /);
  });

scenario('§4 CORRECTED "stderr that nobody reads": shutdown works all the same',
  { services: { a: { run: SLEEP } }, entries: NONE, stderrUnread: true },
  async (nitro) => {
    for (let index = 0; index < 10; index++) await nitro.request(packet(Tag.RESCAN));
    await nitro.waitState('a', 'UP');
    nitro.signal('SIGTERM');
    expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
  });

scenario('§4 CORRECTED stderr whose reader is gone: nitro lives on', { services: { crash: CRASHING, a: { run: SLEEP } }, delays: { RESPAWN: 5 } }, async (nitro) => {
  nitro.closeOutputs();
  await checkRestarts(nitro);
  await nitro.request(packet(Tag.UP, 'none'));
  expect(await nitro.ctl('rescan')).toMatchObject({ code: 0 });
  expect(await nitro.ctl('restart', 'a')).toMatchObject({ code: 0 });
});
