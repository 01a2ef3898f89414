/**
 * "Nothing a client sends may end nitro, block it or make it lose track of a service": protocol.md.
 */
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { Datagrams } from './harness/datagrams.js';
import { scenario } from './harness/scenario.js';
import { OK, packet, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';

scenario('protocol.md "one packet a datagram (only the first is read)"',
  { services: { a: { run: SLEEP, down: true }, b: { run: SLEEP, down: true } } },
  async (nitro) => {
    expect(await nitro.ask(packet(Tag.UP, 'a') + packet(Tag.UP, 'b'))).toEqual([OK]);
    expect(await nitro.ask(`${packet(Tag.UP, 'a')}ff`)).toEqual([OK]);
    await nitro.waitState('a', 'UP');
    expect((await nitro.query('b'))?.state).toBe('DOWN');
  });

scenario('protocol.md "A packet that is too short, or whose length is more than what came: not answered", nor done; nor are frames',
  { services: { a: { run: SLEEP, down: true } } },
  async (nitro) => {
    for (const hex of ['', '00', '0100', '010078', '020078', '050078616161', 'ffff78', 'feff78', 'ffff7861', 'fffe7861', 'fdff7861'])
      expect(await nitro.ask(hex), hex).toEqual([]);
    expect((await nitro.query('a'))?.state).toBe('DOWN');
  });

scenario('protocol.md SIGNAL and LIST with payloads of every length',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    for (const length of [0, 1, 2, 3, 4, 5, 8, 63, 64, 65, 1000, 4096, 60_000]) {
      for (const tag of [Tag.LIST, Tag.SIGNAL, Tag.QUERY, Tag.UP]) {
        const replies = await nitro.ask(packet(tag, Buffer.alloc(length, 0xff)));
        expect(replies.length, `tag ${tag}, ${length} bytes`).toBeLessThanOrEqual(1);
      }
    }
    expect((await nitro.query('a'))?.state).toBe('UP');
  });

scenario('protocol.md "A request from an unbound socket is carried out, and not answered"',
  { services: { a: { run: SLEEP, down: true } } },
  async (nitro) => {
    nitro.send(packet(Tag.UP, 'a'));
    await nitro.waitState('a', 'UP');
    nitro.send(packet(Tag.LIST));
    nitro.send(packet(Tag.DOWN, 'a'));
    await nitro.waitState('a', 'DOWN');
  });

scenario('protocol.md random datagrams: nitro answers, and knows its services',
  { services: { a: { run: SLEEP }, b: { run: SLEEP, log: '../logger' }, logger: { run: 'exec cat' } } },
  async (nitro) => {
    for (const name of ['a', 'b', 'logger']) await nitro.waitState(name, 'UP');
    const pids = await Promise.all(['a', 'b', 'logger'].map((name) => nitro.pidOf(name)));
    let seed = 42;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    for (let round = 0; round < 2000; round++) {
      const data = Buffer.from(Array.from({ length: random(40) }, () => random(256)));
      // Neither shutdown nor reboot, nor anything about the services that are there; half of them are well formed.
      if (data.length >= 3 && round % 2 === 0) data.writeUInt16LE(data.length - 3, 0);
      if (data[2] === Tag.SHUTDOWN || data[2] === Tag.REBOOT) continue;
      nitro.send(data.toString('hex'));
      if (round % 100 === 0) expect(await nitro.info()).toBeDefined();
    }
    expect(await nitro.info()).toBeDefined();
    expect(await Promise.all(['a', 'b', 'logger'].map((name) => nitro.pidOf(name)))).toEqual(pids);
    expect((await nitro.list()).size).toBe(3);
  });

scenario('behaviour.md §7 a client that does not read its replies never blocks nitro',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    const deaf = await Datagrams.open([`${nitro.notify}/,deaf`], { deaf: true });
    try {
      for (let index = 0; index < 200; index++) deaf.send(0, packet(index % 2 ? Tag.LIST : Tag.UP, index % 2 ? '' : 'a'), nitro.socket);
      expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    } finally {
      await deaf.close();
    }
  });

scenario('protocol.md a sender that is gone before its reply, or whose socket file is, is no harm',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    for (let round = 0; round < 20; round++) {
      const client = await Datagrams.open([`${nitro.notify}/a,${round}`, `${nitro.base}/t/elsewhere${round}`]);
      client.send(0, packet(Tag.LIST), nitro.socket);
      client.send(1, packet(Tag.RESTART, 'a'), nitro.socket);
      await client.close();
    }
    await nitro.waitState('a', 'UP');
    expect(await nitro.info()).toBeDefined();
  });

scenario('protocol.md a sender bound to a place of its own gets its reply there',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    const client = await Datagrams.open([`${nitro.base}/t/mine`]);
    try {
      client.send(0, packet(Tag.UP, 'a'), nitro.socket);
      await nitro.waitFor('the reply', () => client.on(0).length === 1);
      expect(client.on(0)[0]?.hex).toBe(OK);
    } finally {
      await client.close();
    }
    expect(existsSync(nitro.socket)).toBe(true);
  });

scenario('protocol.md a flood of requests from several clients: each is answered, in its order',
  { services: { a: { run: SLEEP }, b: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    const client = await Datagrams.open([0, 1, 2, 3].map((index) => `${nitro.notify}/,flood${index}`));
    try {
      // No more at a time than a client's queue has room for: what does not fit there is lost, since a client can never block nitro.
      for (let round = 0; round < 250; round += 5) {
        for (let next = round; next < round + 5; next++)
          for (let from = 0; from < 4; from++) client.send(from, packet(next % 2 ? Tag.INFO : Tag.UP, next % 2 ? '' : 'a'), nitro.socket);
        await nitro.waitFor('all are answered', () => client.arrivals.length === 4 * (round + 5));
      }
      for (let from = 0; from < 4; from++)
        client.on(from).forEach(({ hex }, index) => expect(hex === OK).toBe(index % 2 === 0));
    } finally {
      await client.close();
    }
  });

scenario('behaviour.md §4 one loop: hundreds of starts, stops and restarts of one service at once; it ends as the last says',
  { services: { a: { setup: 'exit 0', run: SLEEP, finish: 'exit 0' } }, delays: { RESPAWN: 10 } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    for (let round = 0; round < 200; round++) nitro.send(packet([Tag.UP, Tag.DOWN, Tag.RESTART, Tag.READY][round % 4] ?? 0, 'a'));
    // The requests leave another process; an answer shows that they have arrived.
    await nitro.info();
    expect((await nitro.ctl('start', 'a')).code).toBe(0);
    for (let round = 0; round < 200; round++) nitro.send(packet([Tag.UP, Tag.DOWN, Tag.RESTART, Tag.READY][(round * 7) % 4] ?? 0, 'a'));
    await nitro.info();
    expect((await nitro.ctl('down', 'a')).code).toBe(0);
    expect((await nitro.query('a'))?.state).toBe('DOWN');
  });
