/**
 * Requests and their replies: protocol.md. What was recorded of the reference is put to this daemon, too.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { PATIENT } from './harness/extra-delays.js';
import { rescan } from './harness/extra-requests.js';
import { scenario } from './harness/scenario.js';
import { ENOSYS, ESRCH, OK, packet, parse, parseInfo, parseServices, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';

interface Exchange {
  readonly name: string;
  readonly request: string;
  readonly reply: readonly string[] | null;
}
const { exchanges } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../vectors/wire.json'), 'utf8')) as { readonly exchanges: readonly Exchange[] };

/** A recorded reply as a pattern: the pids and times in it were others. */
const pattern = (hex: string): RegExp => new RegExp(`^${hex.replace(/PPPPPPPP|NNNNNNNN|SSSSSSSS/g, '[0-9a-f]{8}')}$`);
/** SERVICE frames of a page as hex, in the order of the names. */
const frames = (hex: string): readonly string[] => (hex.match(/ffff64.*?feff64/g) ?? []).sort();

for (const { name, request, reply } of exchanges)
  scenario(`protocol.md, vectors/wire.json: ${name}`,
    { services: name === 'list, no services' ? {} : { a: { run: SLEEP }, b: { run: SLEEP, down: true } } },
    async (nitro) => {
      if (name !== 'list, no services') await nitro.waitState('a', 'UP');
      const replies = await nitro.ask(request);
      if (reply === null) {
        expect(replies).toEqual([]);
        return;
      }
      // The frames of LIST are listed one by one, and came in one datagram.
      const datagrams = reply.some((hex) => hex.startsWith('ffff64')) ? [reply.join('')] : reply;
      expect(replies).toHaveLength(datagrams.length);
      datagrams.forEach((expected, index) => {
        const got = replies[index] ?? '';
        if (!expected.startsWith('ffff64')) expect(got).toMatch(pattern(expected));
        else frames(expected).forEach((frame, place) => expect(frames(got)[place]).toMatch(pattern(frame)));
        expect(frames(got)).toHaveLength(frames(expected).length);
      });
    });

scenario('protocol.md: UP, DOWN, RESTART, READY: "first the announcement of the service\'s present state goes to all its listeners, then OK"',
  { services: { a: { run: SLEEP }, d: { run: SLEEP, down: true } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    const before = nitro.announcements().length;
    expect(await nitro.ask(packet(Tag.UP, 'a'))).toEqual([OK]);
    expect(await nitro.ask(packet(Tag.READY, 'a'))).toEqual([OK]);
    expect(await nitro.ask(packet(Tag.DOWN, 'd'))).toEqual([OK]);
    await nitro.waitFor('three announcements', () => nitro.announcements().length === before + 3);
    expect(nitro.announcements().slice(before).map(({ name, state }) => `${state} ${name}`)).toEqual(['UP a', 'UP a', 'DOWN d']);
  });

for (const [tag, what] of [[Tag.UP, 'UP'], [Tag.RESTART, 'RESTART']] as const)
  scenario(`protocol.md ${what}: one that is not known "is created if its name is valid and its directory (or template) exists", else ESRCH`,
    { services: { 't@': { run: SLEEP } } },
    async (nitro) => {
      expect(await nitro.request(packet(tag, 'late'))).toBe(ESRCH);
      nitro.service('late', { run: SLEEP, down: true });
      nitro.service('.hidden', { run: SLEEP });
      expect(await nitro.request(packet(tag, 'late'))).toBe(OK);
      expect(await nitro.request(packet(tag, 't@x'))).toBe(OK);
      for (const name of ['.hidden', 't@', '', 'no@x', '../d/late', 'late/', 'late\0', 'late\0x', '\0', 'SYS', 'x'.repeat(64), 'x'.repeat(5000)])
        expect(await nitro.request(packet(tag, name)), JSON.stringify(name.slice(0, 20))).toBe(ESRCH);
      for (const name of ['late', 't@x']) await nitro.waitState(name, 'UP');
      expect((await nitro.list()).size).toBe(2);
    });

scenario('protocol.md: DOWN creates "only while SYS exists", READY never; QUERY and SIGNAL do not either',
  { services: { 't@': { run: SLEEP }, a: { run: SLEEP } } },
  async (nitro) => {
    nitro.service('late', { run: SLEEP });
    for (const name of ['late', 't@x'])
      for (const request of [packet(Tag.DOWN, name), packet(Tag.READY, name), packet(Tag.QUERY, name), packet(Tag.SIGNAL, `\x0f${name}`)])
        expect(await nitro.request(request)).toBe(ESRCH);
    expect((await nitro.list()).size).toBe(1);
  });

scenario('protocol.md QUERY: "STATE, PID, WSTATUS, UPTIME in one datagram, and SETUP_PID or FINISH_PID while such a script runs"',
  { services: { a: { setup: 'note $$; gate setup', run: 'note $$; exit 3', finish: 'note $$; gate finish' } }, delays: { ...PATIENT, RESPAWN: 60_000 } },
  async (nitro) => {
    const tags = async (): Promise<readonly number[]> => parse((await nitro.request(packet(Tag.QUERY, 'a'))) ?? '').map(({ tag }) => tag);
    await nitro.waitFor('setup runs', () => nitro.journal().length === 1);
    expect(await tags()).toEqual([Tag.STATE, Tag.PID, Tag.WSTATUS, Tag.UPTIME, Tag.SETUP_PID]);
    const inSetup = await nitro.query('a');
    expect(inSetup).toMatchObject({ state: 'SETUP', setupPid: Number(nitro.journal()[0]) });
    nitro.open('setup');
    await nitro.waitFor('finish runs', () => nitro.journal().length === 3);
    expect(await tags()).toEqual([Tag.STATE, Tag.PID, Tag.WSTATUS, Tag.UPTIME, Tag.FINISH_PID]);
    expect(await nitro.query('a')).toMatchObject({ state: 'RESTART', pid: 0, wstatus: 3 << 8, finishPid: Number(nitro.journal()[2]) });
    nitro.open('finish');
    await nitro.waitState('a', 'DELAY');
    expect(await tags()).toEqual([Tag.STATE, Tag.PID, Tag.WSTATUS, Tag.UPTIME]);
    expect(await nitro.query('a')).toMatchObject({ state: 'DELAY', pid: 0, wstatus: 3 << 8 });
  });

scenario('protocol.md WSTATUS: "raw wait status, -1 when exec failed"; UPTIME in seconds since the last start or stop',
  { services: {
    exits: { run: 'exit 5', down: true }, killed: { run: 'kill -SEGV $$', down: true }, fails: { files: { run: { text: '#!/no/such\n', mode: 0o755 } }, down: true },
  }, delays: { RESPAWN: 60_000 } },
  async (nitro) => {
    const begun = performance.now();
    for (const name of ['exits', 'killed', 'fails']) await nitro.want('UP', name);
    await nitro.waitState('exits', 'DELAY');
    await nitro.waitState('killed', 'DELAY');
    await nitro.waitState('fails', 'FATAL');
    expect((await nitro.query('exits'))?.wstatus).toBe(5 << 8);
    expect(((await nitro.query('killed'))?.wstatus ?? 0) & 0x7f).toBe(11);
    expect((await nitro.query('fails'))?.wstatus).toBe(-1);
    const uptimeS = (await nitro.query('fails'))?.uptimeS;
    expect(uptimeS).toBeLessThanOrEqual((performance.now() - begun) / 1000);
    await nitro.waitFor('time goes on', async () => ((await nitro.query('fails'))?.uptimeS ?? 0) >= 1);
  });

scenario('protocol.md INFO: NITRO_PID, PID, MAX_SERVICE, TOTAL_REAPS, TOTAL_SV_REAPS, in this order',
  { services: { a: { run: SLEEP }, b: { setup: 'exit 0' }, c: { run: SLEEP, down: true } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    await nitro.waitState('b', 'ONESHOT');
    const reply = (await nitro.request(packet(Tag.INFO))) ?? '';
    expect(parse(reply).map(({ tag }) => tag)).toEqual([Tag.NITRO_PID, Tag.PID, Tag.MAX_SERVICE, Tag.TOTAL_REAPS, Tag.TOTAL_SV_REAPS]);
    const first = parseInfo(reply);
    expect(first.get(Tag.NITRO_PID)).toBe(nitro.pid);
    expect(first.get(Tag.PID)).toBe(nitro.pid);
    expect(first.get(Tag.MAX_SERVICE)).toBe(3);
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    const second = parseInfo((await nitro.request(packet(Tag.INFO))) ?? '');
    expect(second.get(Tag.TOTAL_REAPS)).toBe((first.get(Tag.TOTAL_REAPS) ?? 0) + 1);
    expect(second.get(Tag.TOTAL_SV_REAPS)).toBe((first.get(Tag.TOTAL_SV_REAPS) ?? 0) + 1);
    nitro.remove('b');
    await rescan(nitro);
    await nitro.waitFor('MAX_SERVICE is "services known now"', async () => (await nitro.info())?.get(Tag.MAX_SERVICE) === 2);
  });

const SIGNALS = { STOP: 19, CONT: 18, HUP: 1, ALRM: 14, INT: 2, QUIT: 3, USR1: 10, USR2: 12, TERM: 15, KILL: 9 };
scenario('protocol.md SIGNAL: "OK if the service has a process running and the number is one of the ten of behaviour.md section 8, else ESRCH"',
  { services: { a: { run: SLEEP, 'notification-fd': 0 }, d: { run: SLEEP, down: true }, o: { setup: 'exit 0' } } },
  async (nitro) => {
    const { pid } = await nitro.waitState('a', 'STARTING');
    for (const number of [0, 4, 5, 6, 7, 8, 11, 13, 16, 17, 20, 21, 28, 31, 34, 63, 64, 65, 127, 128, 143, 255])
      expect(await nitro.request(packet(Tag.SIGNAL, `${String.fromCharCode(number)}a`)), String(number)).toBe(ESRCH);
    for (const name of ['d', 'o', 'x', '', 'a\0', 'SYS']) expect(await nitro.request(packet(Tag.SIGNAL, `\x12${name}`))).toBe(ESRCH);
    expect(await nitro.pidOf('a')).toBe(pid);
    let last = 0;
    for (const number of Object.values(SIGNALS)) {
      // The signal before may have ended the process without nitro knowing yet: then the answer could come from before or after that.
      last = await nitro.waitFor('one runs that no signal has ended', async () => {
        const running = await nitro.pidOf('a');
        return running !== 0 && running !== last ? running : undefined;
      });
      expect(await nitro.request(packet(Tag.SIGNAL, `${String.fromCharCode(number)}a`)), String(number)).toBe(OK);
      await nitro.request(packet(Tag.SIGNAL, '\x12a'));
      if (number === SIGNALS.STOP || number === SIGNALS.CONT) last = 0;
    }
  });

scenario('protocol.md LIST: "as many whole SERVICE frames as fit in 4096 bytes"; START skips, in a stable order; beyond the end: empty',
  { services: { 't@': { run: SLEEP } }, entries: Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`t@${'p'.repeat(index % 50)}${index}`, { link: 't@' }])), system: { setup: 'gate go' } },
  async (nitro) => {
    // All are created by the scan.
    nitro.open('go');
    await nitro.waitFor('all are known', async () => (await nitro.info())?.get(Tag.MAX_SERVICE) === 300);
    const page = async (start: number): Promise<string> => {
      const payload = Buffer.alloc(4);
      payload.writeUInt32LE(start);
      const replies = await nitro.ask(packet(Tag.LIST, payload));
      expect(replies).toHaveLength(1);
      return replies[0] ?? '';
    };
    const first = (await nitro.request(packet(Tag.LIST))) ?? '';
    expect(parseServices(first).map(({ name }) => name)).toEqual(parseServices(await page(0)).map(({ name }) => name));
    const all: string[] = [];
    for (;;) {
      const hex = await page(all.length);
      expect(hex.length / 2).toBeLessThanOrEqual(4096);
      const names = parseServices(hex).map(({ name }) => name);
      if (names.length === 0) {
        expect(hex).toBe('');
        break;
      }
      // A page is full: there is no room for the longest frame.
      if (all.length + names.length < 300) expect(hex.length / 2).toBeGreaterThan(4096 - 120);
      all.push(...names);
    }
    expect(new Set(all).size).toBe(300);
    expect(all).toHaveLength(300);
    expect(parseServices(await page(299)).map(({ name }) => name)).toEqual(all.slice(299));
    for (const start of [300, 301, 65536, 0xffffffff]) expect(await page(start)).toBe('');
    for (const { kind, tag, payload } of parse(first)) if (kind === 'data' && tag === Tag.NAME) expect(payload[payload.length - 1]).toBe(0);
  });

scenario('protocol.md "any other tag: ENOSYS"',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    const known: readonly number[] = [Tag.UP, Tag.DOWN, Tag.RESTART, Tag.INFO, Tag.LIST, Tag.QUERY, Tag.RESCAN, Tag.SHUTDOWN, Tag.REBOOT, Tag.SIGNAL, Tag.READY];
    for (let tag = 0; tag < 256; tag++) {
      // Tags from 140 on are for requests of the project's own.
      if (known.includes(tag) || (tag >= 140 && tag < 160)) continue;
      expect(await nitro.ask(packet(tag, 'a')), String(tag)).toEqual([ENOSYS]);
    }
  });
