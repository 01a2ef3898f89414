/**
 * What arrives at the control socket is not to be trusted (protocol.md): "Nothing a client sends may end nitro, block it or
 * make it lose track of a service".
 */
import { statSync, unlinkSync } from 'node:fs';
import { expect } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import { Datagrams } from './harness/datagrams.js';
import { alive, descriptorsOf } from './harness/processes.js';
import { scenario } from './harness/scenario.js';
import { ENOSYS, ESRCH, OK, packet, parse, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
const services = { a: { run: SLEEP }, b: { run: SLEEP, down: true } };

/** Bytes that are the same in every run. */
function randomBytes(seed: number): (count: number) => Buffer {
  let state = seed;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 8) & 0xff;
  };
  return (count) => Buffer.from(Array.from({ length: count }, next));
}

/** Would this packet be carried out and end or change what the test looks at? */
const isHarmful = (data: Buffer): boolean => data.length >= 3 && [Tag.SHUTDOWN, Tag.REBOOT].includes(data.readUInt8(2) as 127 | 128);

/** `a` runs as the process it was, `b` is DOWN, and both can be changed. */
async function checkUnharmed(nitro: Daemon, pid: number): Promise<void> {
  expect(alive(nitro.pid)).toBe(true);
  expect([...(await nitro.list()).keys()].sort()).toEqual(['a', 'b']);
  expect(await nitro.query('a')).toMatchObject({ state: 'UP', pid });
  expect(await nitro.query('b')).toMatchObject({ state: 'DOWN', pid: 0 });
  expect(await nitro.ctl('start', 'b')).toMatchObject({ code: 0 });
  expect(await nitro.ctl('stop', 'b')).toMatchObject({ code: 0 });
}

/** Everything sent so far was taken in: datagrams are taken in order. */
const takenIn = async (nitro: Daemon): Promise<unknown> => await nitro.waitFor('nitro answers', async () => (await nitro.info()) !== undefined);

const UNANSWERED: Readonly<Record<string, string>> = {
  'an empty datagram': '',
  'one byte': '01',
  'two bytes': '0000',
  'a frame opener': 'ffff7c',
  'a frame closer': 'feff7c',
  'a frame opener of SERVICE, with packets behind it': `ffff64${packet(Tag.QUERY, 'a')}feff64`,
  'a length one beyond the datagram': '02007d61',
  'a length far beyond the datagram': '10007d6162',
  'the greatest length': 'fdff7d61',
  'a length without a payload': '01007c',
};
scenario('protocol.md "A packet that is too short, or whose length is more than what came: not answered"', { services }, async (nitro) => {
  await nitro.waitTrace('a', ['STARTING', 'UP']);
  const pid = await nitro.pidOf('a');
  for (const [what, hex] of Object.entries(UNANSWERED)) expect([what, await nitro.ask(hex)]).toEqual([what, []]);
  await checkUnharmed(nitro, pid);
});

scenario('protocol.md "one packet a datagram (only the first is read)", "any other tag: ENOSYS"', { services }, async (nitro) => {
  await nitro.waitTrace('a', ['STARTING', 'UP']);
  const pid = await nitro.pidOf('a');
  expect(await nitro.ask(packet(Tag.QUERY, 'zz') + packet(Tag.DOWN, 'a'))).toEqual([ESRCH]);
  expect(await nitro.ask(packet(Tag.READY, 'a') + packet(Tag.SHUTDOWN))).toEqual([OK]);
  for (let tag = 0; tag < 256; tag++) {
    if ((tag >= Tag.UP && tag <= Tag.READY) || tag >= 140) continue;
    expect([tag, await nitro.ask(packet(tag, 'a'))]).toEqual([tag, [ENOSYS]]);
    expect([tag, await nitro.ask(packet(tag))]).toEqual([tag, [ENOSYS]]);
  }
  for (const tag of [200, 254, 255]) expect([tag, await nitro.ask(packet(tag, 'a'))]).toEqual([tag, [ENOSYS]]);
  await checkUnharmed(nitro, pid);
});

scenario('protocol.md SIGNAL: only the ten signals of §8, and only to a service that runs', { services }, async (nitro) => {
  await nitro.waitTrace('a', ['STARTING', 'UP']);
  const pid = await nitro.pidOf('a');
  const allowed = [1, 2, 3, 9, 10, 12, 14, 15, 18, 19];
  for (let signal = 0; signal < 256; signal++) {
    const name = String.fromCharCode(signal);
    if (!allowed.includes(signal)) expect([signal, await nitro.ask(packet(Tag.SIGNAL, `${name}a`))]).toEqual([signal, [ESRCH]]);
    for (const other of ['b', 'zz', '', 'a\0', 'SYS']) expect([signal, other, await nitro.ask(packet(Tag.SIGNAL, name + other))]).toEqual([signal, other, [ESRCH]]);
  }
  expect(await nitro.ask(packet(Tag.SIGNAL, '\x12a'))).toEqual([OK]);
  expect(await nitro.ask(packet(Tag.SIGNAL))).toEqual([ESRCH]);
  await checkUnharmed(nitro, pid);
});

scenario('protocol.md LIST with odd payloads: answered with whole frames or nothing', { services }, async (nitro) => {
  await nitro.waitTrace('a', ['STARTING', 'UP']);
  const pid = await nitro.pidOf('a');
  for (const payload of ['00', '0000', '000000', '01000000', '02000000', '03000000', 'ffffffff', '00000080', '0000000000', '01000000ff']) {
    const replies = await nitro.ask(packet(Tag.LIST, Buffer.from(payload, 'hex')));
    expect(replies.length).toBeLessThanOrEqual(1);
    for (const reply of replies) {
      const kinds = parse(reply).map((one) => one.kind);
      expect(kinds.filter((kind) => kind === 'open')).toHaveLength(kinds.filter((kind) => kind === 'close').length);
    }
  }
  await checkUnharmed(nitro, pid);
});

scenario('10,000 random datagrams, from sockets that are bound and not', { services }, async (nitro) => {
  await nitro.waitTrace('a', ['STARTING', 'UP']);
  const pid = await nitro.pidOf('a');
  const random = randomBytes(0x6e6974);
  const peer = await Datagrams.open([`${nitro.notify}/,fuzz`, `${nitro.notify}/a,fuzz`, `${nitro.scratch}/elsewhere`]);
  try {
    for (let index = 0; index < 10_000; index++) {
      const [length = 0, from = 0, mask = 0, tag = 0] = random(4);
      const data = random(length % 40);
      // Half of them look like requests up to the tag, so that they get further than the length.
      if (index % 2 === 0 && data.length >= 3) {
        data.writeUInt16LE(mask % 4 === 0 ? data.length - 2 : data.length - 3, 0);
        data.writeUInt8(mask % 8 === 0 ? tag : 100 + (tag % 31), 2);
      }
      if (!isHarmful(data)) peer.send(from % 4 === 3 ? 'unbound' : from % 4, data.toString('hex'), nitro.socket);
    }
    peer.send(0, packet(Tag.INFO), nitro.socket);
    await nitro.waitFor('all were taken in', () => peer.on(0).some((one) => one.hex.startsWith(packet(Tag.NITRO_PID, Buffer.alloc(4)).slice(0, 6))));
    await takenIn(nitro);
    await checkUnharmed(nitro, pid);
  } finally {
    await peer.close();
  }
});

scenario('requests that are right but for one byte: nitro keeps track of what they lead to', { services: { ...services, c: { run: SLEEP, finish: 'exit 0' } } }, async (nitro) => {
  await nitro.waitTrace('a', ['STARTING', 'UP']);
  const random = randomBytes(0x6f6e65);
  const requests = [Tag.UP, Tag.DOWN, Tag.RESTART, Tag.QUERY, Tag.READY, Tag.RESCAN, Tag.LIST, Tag.INFO].map((tag) => Buffer.from(packet(tag, tag >= Tag.INFO && tag !== Tag.READY ? '' : 'c'), 'hex'));
  for (let index = 0; index < 2000; index++) {
    const [which = 0, at = 0, value = 0, cut = 0] = random(4);
    const data = Buffer.from(requests[which % requests.length] ?? []);
    if (cut % 3 === 0) data[at % data.length] = value;
    const sent = cut % 5 === 0 ? data.subarray(0, cut % (data.length + 1)) : cut % 7 === 0 ? Buffer.concat([data, random(cut)]) : data;
    if (!isHarmful(sent)) nitro.send(sent.toString('hex'));
  }
  await takenIn(nitro);
  for (const name of ['a', 'b', 'c']) {
    await nitro.want('UP', name);
    await nitro.waitState(name, 'UP');
    await nitro.want('DOWN', name);
    await nitro.waitState(name, 'DOWN');
  }
});

for (const bytes of [4096, 65_535, 65_538, 100_000, 150_000])
  scenario(`a datagram of ${bytes} bytes, as DOWN, as LIST and as nothing`, { services }, async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    const pid = await nitro.pidOf('a');
    const payload = Math.min(bytes - 3, 0xfffd);
    for (const tag of [Tag.DOWN, Tag.LIST, Tag.UP, Tag.SIGNAL, 0, 255]) {
      const head = packet(tag, Buffer.alloc(payload, 'a'));
      nitro.send(head.padEnd(bytes * 2, '61'));
    }
    await takenIn(nitro);
    await checkUnharmed(nitro, pid);
  });

scenario('a client that is gone before its answer, and one whose address was removed', { services }, async (nitro) => {
  await nitro.waitTrace('a', ['STARTING', 'UP']);
  const pid = await nitro.pidOf('a');
  for (let round = 0; round < 20; round++) {
    const peer = await Datagrams.open([`${nitro.notify}/a,gone${round}`]);
    for (const tag of [Tag.LIST, Tag.INFO, Tag.READY]) peer.send(0, packet(tag, tag === Tag.READY ? 'a' : ''), nitro.socket);
    if (round % 2 === 0) unlinkSync(`${nitro.notify}/a,gone${round}`);
    await peer.close();
  }
  await takenIn(nitro);
  await checkUnharmed(nitro, pid);
});

scenario('a client that asks and does not read: others are answered, nothing piles up', { services }, async (nitro) => {
  await nitro.waitTrace('a', ['STARTING', 'UP']);
  const pid = await nitro.pidOf('a');
  const before = descriptorsOf(nitro.pid).size;
  const peer = await Datagrams.open([`${nitro.notify}/a,deaf`], { deaf: true });
  for (let index = 0; index < 500; index++) peer.send(0, packet(index % 2 === 0 ? Tag.LIST : Tag.READY, index % 2 === 0 ? '' : 'a'), nitro.socket);
  await takenIn(nitro);
  await checkUnharmed(nitro, pid);
  expect(descriptorsOf(nitro.pid).size).toBeLessThanOrEqual(before);
  await peer.close();
});

scenario('§7 the control socket and notify/ are for their owner only', { services }, async (nitro) => {
  expect((await nitro.info())?.get(Tag.NITRO_PID)).toBe(nitro.pid);
  expect(statSync(nitro.socket).mode & 0o077).toBe(0);
  expect(statSync(nitro.notify).mode & 0o777).toBe(0o700);
});
