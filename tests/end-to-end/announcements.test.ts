/**
 * Announcements and their listeners: behaviour.md §7.
 */
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { Datagrams } from './harness/datagrams.js';
import { place } from './harness/directory.js';
import { killHard } from './harness/processes.js';
import { scenario } from './harness/scenario.js';
import { packet, parse, STATES, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
/** So long after a change of notify/ nitro believes what the directory's times say (host/files.c). */
const settledMs = 3100;

/** What a listener heard, as `STATE NAME`. */
const heard = (listener: Datagrams, socket: number): readonly string[] =>
  listener.on(socket).flatMap(({ hex }) => parse(hex).map(({ tag, payload }) => `${STATES[tag] ?? tag} ${payload.toString('latin1')}`));

scenario('§7 "its file name is NAME,ID for one service or ALL,ID for all": each hears what it is for, in its order',
  { services: { a: { run: SLEEP }, b: { setup: 'exit 0', run: SLEEP }, 't@': { run: SLEEP } } },
  async (nitro) => {
    for (const name of ['a', 'b']) await nitro.waitState(name, 'UP');
    const files = ['a,1', 'a,2', 'b,x_y', 'ALL,7', 't@x y,1', ',1', 'c,1', 'SYS,1', 'nocomma'];
    const listener = await Datagrams.open(files.map((file) => `${nitro.notify}/${file}`));
    try {
      expect((await nitro.ctl('restart', 'a')).code).toBe(0);
      expect((await nitro.ctl('down', 'b')).code).toBe(0);
      expect((await nitro.ctl('start', 't@x y')).code).toBe(0);
      const a = ['RESTART a', 'DOWN a', 'STARTING a', 'UP a'];
      const b = ['SHUTDOWN b', 'DOWN b'];
      await nitro.waitFor('the last is heard', () => heard(listener, 3).includes('UP t@x y'));
      // Requests have the present state announced once more, so a state may be heard several times.
      const changes = (socket: number, name: string): readonly string[] =>
        heard(listener, socket).filter((one) => one.endsWith(` ${name}`)).filter((one, index, all) => one !== all[index - 1]);
      expect(changes(0, 'a').slice(-4)).toEqual(a);
      expect(heard(listener, 0).every((one) => one.endsWith(' a'))).toBe(true);
      expect(heard(listener, 1)).toEqual(heard(listener, 0));
      expect(changes(2, 'b').slice(-2)).toEqual(b);
      expect(changes(3, 'a').slice(-4)).toEqual(a);
      expect(changes(3, 'b').slice(-2)).toEqual(b);
      expect(changes(4, 't@x y').slice(-2)).toEqual(['STARTING t@x y', 'UP t@x y']);
      for (const silent of [5, 6, 7, 8]) expect(heard(listener, silent)).toEqual([]);
    } finally {
      await listener.close();
    }
  });

scenario('§7 listeners come and go while notify/ is otherwise left alone for seconds, and are told of what nobody asked for',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    const dies = async (): Promise<void> => {
      const before = nitro.trace('a').length;
      killHard(Number((await nitro.query('a'))?.pid));
      await nitro.waitFor('it is UP again', () => nitro.trace('a').length > before && nitro.trace('a').at(-1) === 'UP');
    };
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    // Before a change and right after it: what nitro read last is old, and what it reads is of this moment.
    for (const rests of [settledMs, 0, settledMs]) {
      await sleep(rests);
      await dies();
      const listener = await Datagrams.open([`${nitro.notify}/a,new`, `${nitro.notify}/ALL,new`]);
      try {
        await sleep(rests);
        await dies();
        for (const socket of [0, 1]) {
          await nitro.waitFor('it hears of the restart', () => heard(listener, socket).at(-1) === 'UP a');
          expect(heard(listener, socket)).toContain('STARTING a');
        }
      } finally {
        await listener.close();
      }
      await dies();
      expect(existsSync(`${nitro.notify}/a,new`)).toBe(false);
    }
  });

scenario('§7 "{len16le(name), state byte, name}": one packet a datagram, the byte of §3',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    const listener = await Datagrams.open([`${nitro.notify}/a,1`]);
    try {
      await nitro.want('DOWN', 'a');
      await nitro.waitState('a', 'DOWN');
      const all = (): readonly string[] => listener.on(0).map(({ hex }) => hex);
      await nitro.waitFor('DOWN is heard', () => all().includes(packet(1, 'a')));
      expect(all()).toContain(packet(6, 'a'));
      expect(packet(6, 'a')).toBe('01000661');
    } finally {
      await listener.close();
    }
  });

scenario('§7 "One that refuses (no process behind it) is removed"',
  { services: { a: { run: SLEEP }, b: { run: SLEEP } } },
  async (nitro) => {
    for (const name of ['a', 'b']) await nitro.waitState(name, 'UP');
    const paths = ['a,dead', 'ALL,dead', 'b,dead'].map((file) => `${nitro.notify}/${file}`);
    const listener = await Datagrams.open(paths);
    await listener.close();
    for (const path of paths) expect(existsSync(path)).toBe(true);
    await nitro.want('UP', 'a');
    await nitro.waitFor('the dead are removed', () => !existsSync(paths[0] ?? '') && !existsSync(paths[1] ?? ''));
    expect(existsSync(paths[2] ?? '')).toBe(true);
    expect(existsSync(`${nitro.notify}/ALL,test`)).toBe(true);
    await nitro.want('UP', 'b');
    await nitro.waitFor('and the other', () => !existsSync(paths[2] ?? ''));
  });

scenario('§7 "A full listener is skipped: a listener can never block nitro"; it hears what comes when it reads again',
  { services: { a: { run: SLEEP, 'notification-fd': 0 } } },
  async (nitro) => {
    await nitro.waitState('a', 'STARTING');
    const listener = await Datagrams.open([`${nitro.notify}/a,full`, `${nitro.notify}/ALL,full`], { deaf: true });
    try {
      for (let round = 0; round < 100; round++) await nitro.want('UP', 'a');
      expect((await nitro.ctl('ready', 'a')).code).toBe(0);
      expect((await nitro.query('a'))?.state).toBe('UP');
      expect(existsSync(`${nitro.notify}/a,full`)).toBe(true);
      listener.listen();
      await nitro.waitFor('it has read', () => listener.on(0).length > 5 && listener.on(1).length > 5);
      await nitro.want('DOWN', 'a');
      for (const socket of [0, 1]) await nitro.waitFor('it hears again', () => heard(listener, socket).includes('DOWN a'));
    } finally {
      await listener.close();
    }
  });

scenario('§7 whatever else lies in notify/ does no harm',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    writeFileSync(`${nitro.notify}/a,file`, 'text');
    writeFileSync(`${nitro.notify}/no-comma`, 'text');
    mkdirSync(`${nitro.notify}/ALL,directory`);
    symlinkSync('nowhere', `${nitro.notify}/a,dangling`);
    symlinkSync('/dev/full', `${nitro.notify}/a,device`);
    place(`${nitro.notify}/ALL,fifo`, { fifo: true });
    writeFileSync(`${nitro.notify}/${'n'.repeat(250)},1`, '');
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    expect((await nitro.ctl('down', 'a')).code).toBe(0);
    expect(nitro.trace('a').slice(-2)).toEqual(['SHUTDOWN', 'DOWN']);
  });

scenario('§7 "a listener can never block nitro": sixty that do not read, which together could fill the send buffer of one socket',
  { services: { a: { run: SLEEP }, b: { run: SLEEP } } },
  async (nitro) => {
    for (const name of ['a', 'b']) await nitro.waitState(name, 'UP');
    const deaf = await Datagrams.open(Array.from({ length: 60 }, (_, index) => `${nitro.notify}/${index % 2 ? 'a' : 'ALL'},${index}`), { deaf: true });
    try {
      for (let round = 0; round < 100; round++) await nitro.want('UP', 'a');
      expect((await nitro.ctl('restart', 'b')).code).toBe(0);
      await nitro.waitTrace('b', ['RESTART', 'DOWN', 'STARTING', 'UP'], 'end');
    } finally {
      await deaf.close();
    }
  });

scenario('§3 "Each change of state is [announced], CORRECTED: DELAY, RESTART and SHUTDOWN too"; creation is not',
  { services: {
    crash: { run: 'exit 1', finish: 'exit 0', down: true },
    setup: { setup: 'exit 1', down: true },
    one: { setup: 'exit 0', down: true },
    fatal: { setup: 'exit 111', down: true },
  }, delays: { RESPAWN: 60_000 } },
  async (nitro) => {
    expect(nitro.announcements()).toEqual([]);
    // The service's present state is announced first, when it is asked for something (protocol.md).
    await nitro.want('UP', 'crash');
    await nitro.waitState('crash', 'DELAY');
    await nitro.want('UP', 'setup');
    await nitro.waitState('setup', 'DELAY');
    await nitro.want('UP', 'one');
    await nitro.waitState('one', 'ONESHOT');
    await nitro.want('RESTART', 'one');
    await nitro.waitState('one', 'DELAY');
    await nitro.want('DOWN', 'one');
    await nitro.waitState('one', 'DOWN');
    await nitro.want('UP', 'fatal');
    await nitro.waitState('fatal', 'FATAL');
    await nitro.want('DOWN', 'fatal');
    await nitro.waitState('fatal', 'DOWN');
    const trace = (name: string): string => nitro.trace(name).join(' ').replace(/^DOWN /, '');
    await nitro.waitFor('the last is heard', () => nitro.trace('fatal').slice(-1)[0] === 'DOWN');
    expect(trace('crash').replace(/^SETUP /, '')).toBe('STARTING RESTART DOWN DELAY');
    expect(trace('setup')).toBe('SETUP DELAY');
    expect(trace('one')).toBe('SETUP ONESHOT RESTART DOWN DELAY DOWN');
    expect(trace('fatal')).toBe('SETUP FATAL DOWN');
  });

scenario('§7 a service called ALL: a listener to it hears all, as it must, and nitroctl is not misled',
  { services: { ALL: { run: SLEEP }, a: { run: SLEEP } } },
  async (nitro) => {
    for (const name of ['a', 'ALL']) await nitro.waitState(name, 'UP');
    const stopping = nitro.ctl('stop', 'ALL');
    for (let round = 0; round < 20; round++) await nitro.want('UP', 'a');
    expect((await stopping).code).toBe(0);
    expect((await nitro.query('ALL'))?.state).toBe('DOWN');
    expect((await nitro.query('a'))?.state).toBe('UP');
    const reply = await nitro.request(packet(Tag.UP, 'ALL'));
    expect(reply).toBe('000050');
  });

scenario('§7 notify/ is removed while nitro runs, and comes back: nitro goes on',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    renameSync(nitro.notify, `${nitro.notify}-away`);
    expect((await nitro.ctl('restart', 'a')).code).toBe(4);
    nitro.send(packet(Tag.DOWN, 'a'));
    renameSync(`${nitro.notify}-away`, nitro.notify);
    await nitro.waitState('a', 'DOWN');
    expect((await nitro.ctl('start', 'a')).code).toBe(0);
  });
