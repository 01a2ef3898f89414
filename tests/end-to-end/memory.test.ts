/**
 * What nitro holds returns to where it was (architecture.md, Runtime: every queue has a bound; behaviour.md §6 Rescan: what is gone is forgotten): after thousands
 * of requests, restarts, and services that came and went, it is no larger than after the first hundred rounds of the same.
 *
 * The bound. Blocks that the engine gives back stay with nitro for the next ones of their size (runtime/host/memory.c), so its memory is the most that
 * was ever needed of each size at once. A hundred rounds need what a round needs; later ones may by chance need at the same time one block more of
 * each size: 16 sizes up to 256 bytes, which come in runs of 1 KiB, and 20 above, four to each doubling up to 8 KiB, 50.4 KiB together. That is 17
 * pages of 4 KiB; 4 more are for the stack and the C library. It is small enough: a leak of 16 bytes a request, or of 48 a service, is larger.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Ears } from '../../model-tests/walk/binary/ears.js';
import { Cast } from '../../model-tests/walk/binary/stage.js';
import { withDaemon } from './harness/scenario.js';
import { stillPath } from './harness/tools.js';
import { OK, packet, Tag } from './harness/wire.js';

const pageKiB = 4;
const sizesKiB = 16 + 50.4;
const pagesMax = Math.ceil(sizesKiB / pageKiB) + 4;

const names = Array.from({ length: 8 }, (_, index) => `g${String(index)}`);
const warmUp = 100;
const rounds = 300;

/** Anonymous memory of a process that is in use, KiB. */
function rssAnonKiB(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'latin1'))?.[1] ?? NaN);
}

// Another nitro, or one with sanitizers, manages its memory in another way.
test.skipIf(process.env['NITRO_DAEMON'] !== undefined)('memory is as it was after the first hundred rounds', { timeout: 3_600_000 }, async () => {
  const delays = { STARTING: 1, RESPAWN: 1, SPAWN_ERROR: 1 };
  await withDaemon({ services: { idle: { run: 'exit 0', down: true } }, delays, patienceMs: 120_000 }, async (nitro) => {
    await nitro.start();
    const casts = new Map(names.map((name) => [name, new Cast(120_000)]));
    const cast = (name: string): Cast => {
      const found = casts.get(name);
      if (found === undefined) throw new Error(`nobody asked about ${name}`);
      return found;
    };
    const ears = await new Ears(nitro.notify, nitro.socket, names, cast).opened();
    let requests = 0;
    const ask = async (name: string, hex: string): Promise<string> => {
      requests += 1;
      ears.send(name, hex);
      return await cast(name).reply();
    };
    const inAll = async (body: (name: string) => Promise<void>): Promise<void> => {
      await Promise.all(names.map(body));
    };
    const settled = async (name: string, state: string): Promise<void> => {
      const { announced } = cast(name);
      await cast(name).until(`${name} is ${state}`, () => announced.includes(state) || undefined);
      announced.length = 0;
    };
    const round = async (): Promise<void> => {
      for (const name of names) nitro.service(name, { run: `#!${stillPath}\n`, ...(name === 'g0' ? {} : { log: '../g0' }) });
      expect(await ask('g0', packet(Tag.RESCAN))).toBe(OK);
      await inAll(async (name) => await settled(name, 'UP'));
      await inAll(async (name) => {
        await ask(name, packet(Tag.QUERY, name));
        await ask(name, packet(Tag.LIST));
        // What a request announces comes before its answer: the life that follows is announced after it, or is awaited.
        expect(await ask(name, packet(Tag.RESTART, name))).toBe(OK);
        await settled(name, 'UP');
      });
      for (const name of names) nitro.remove(name);
      expect(await ask('g0', packet(Tag.RESCAN))).toBe(OK);
      await inAll(async (name) => await settled(name, 'DOWN'));
    };
    try {
      for (let count = 0; count < warmUp; count++) await round();
      const before = rssAnonKiB(nitro.pid);
      for (let count = 0; count < rounds; count++) await round();
      const after = rssAnonKiB(nitro.pid);
      expect(requests).toBeGreaterThan(9000);
      expect((after - before) / pageKiB, `${String(before)} KiB, then ${String(after)} KiB`).toBeLessThanOrEqual(pagesMax);
      if (process.env['NITRO_WALK_REPORT'] !== undefined) console.log(`${String(requests)} requests: ${String(before)} KiB, then ${String(after)} KiB`);
    } finally {
      ears.close();
    }
    await nitro.stop();
  });
});
