/**
 * Shutdown up to the point where no service is left: behaviour.md §6, Shutdown 1 to 3.
 */
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { PATIENT } from './harness/extra-delays.js';
import { isKnown } from './harness/extra-requests.js';
import { scenario } from './harness/scenario.js';
import { OK, packet, Tag, type State } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';

for (const [what, ask] of [['nitroctl Shutdown', undefined], ['SIGTERM', 'SIGTERM'], ['SIGINT', 'SIGINT']] as const)
  scenario(`§6 Shutdown (${what}): what is said, what is left`,
    { services: { a: { run: SLEEP }, b: { run: 'trap "sleep 0.2; exit 0" TERM; note b; while :; do sleep 0.02; done' }, c: { run: SLEEP, down: true } } },
    async (nitro) => {
      await nitro.waitFor('it runs', () => nitro.journal().includes('b'));
      for (const name of ['a', 'b']) await nitro.waitState(name, 'UP');
      if (ask === undefined) expect((await nitro.ctl('Shutdown')).code).toBe(0);
      else nitro.signal(ask);
      expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
      await nitro.waitFor('all is read', () => nitro.stderr.includes('finished'));
      expect(nitro.stderr).toMatch(/^- nitro: booting\n(- nitro: .*\n)*- nitro: shutting down\n- nitro: waiting for 2 services to finish ?\.* done\.\n- nitro: finished\n$/);
      expect(existsSync(nitro.socket)).toBe(false);
      for (const name of ['a', 'b']) expect(nitro.trace(name)).toEqual(['STARTING', 'UP', 'SHUTDOWN', 'DOWN']);
      expect(nitro.trace('c')).toEqual([]);
    });

scenario('§6 Shutdown with nothing to bring down',
  { services: { c: { run: SLEEP, down: true } } },
  async (nitro) => {
    await nitro.stop();
    await nitro.waitFor('it is said', () => nitro.stderr.includes('- nitro: shutting down\n'));
    expect(nitro.stderr).toMatch(/- nitro: finished\n$/);
  });

scenario('§6 Shutdown 2: "SYS/finish 0 0 shutdown|reboot, as service SYS", while the services go on, until it ends',
  { services: { a: { run: SLEEP }, logger: { run: SLEEP }, u: { run: SLEEP, log: '../logger' } }, system: { finish: 'note finish $# $1 $2 $3 $(pwd); gate go; note finished' }, delays: PATIENT },
  async (nitro) => {
    for (const name of ['a', 'u', 'logger']) await nitro.waitState(name, 'UP');
    nitro.signal('SIGTERM');
    await nitro.waitFor('SYS/finish runs', () => nitro.journal().length === 1);
    expect(nitro.journal()).toEqual([`finish 3 0 0 shutdown ${nitro.directory}/SYS`]);
    expect(await isKnown(nitro, 'SYS')).toBe(true);
    expect((await nitro.list()).has('SYS')).toBe(true);
    for (const name of ['a', 'u', 'logger']) expect((await nitro.query(name))?.state).toBe('UP');
    nitro.open('go');
    await nitro.waitExit();
    expect(nitro.journal()).toContain('finished');
  });

scenario('§6 Shutdown 2 "nothing else [ends the wait]" (CORRECTED): services that end, requests, signals, a stop of SYS',
  { services: { a: { run: SLEEP, finish: 'note a ended' }, b: { run: SLEEP }, t: { setup: 'note setup; gate t; exit 0', run: 'note wrong' } }, system: { finish: 'note finish; gate go; note done' }, delays: PATIENT },
  async (nitro) => {
    for (const name of ['a', 'b']) await nitro.waitState(name, 'UP');
    await nitro.waitState('t', 'SETUP');
    nitro.signal('SIGTERM');
    await nitro.waitFor('SYS/finish runs', () => nitro.journal().includes('finish'));
    expect((await nitro.ctl('kill', 'a')).code).toBe(0);
    // It is not started any more: RESTART, end of life, system going down.
    await nitro.waitState('a', 'DOWN');
    nitro.open('t');
    await nitro.waitState('t', 'DOWN');
    nitro.signal('SIGHUP');
    for (const [tag, name] of [[Tag.UP, 'a'], [Tag.RESTART, 'b'], [Tag.RESCAN, ''], [Tag.UP, 't'], [Tag.DOWN, 'SYS'], [Tag.UP, 'SYS'], [Tag.READY, 'b']] as const)
      expect(await nitro.request(packet(tag, name)), String(tag)).toBe(OK);
    await nitro.info();
    expect((await nitro.query('b'))?.state).toBe('UP');
    expect((await nitro.query('a'))?.state).toBe('DOWN');
    expect(nitro.trace('b')).toEqual(['STARTING', 'UP']);
    nitro.open('go');
    await nitro.waitExit();
    expect(nitro.journal()).toEqual(['setup', 'finish', 'a ended', 'done']);
  });

for (const [kind, tag] of [['shutdown', Tag.SHUTDOWN], ['reboot', Tag.REBOOT]] as const)
  scenario(`§6 Shutdown 2: "A second request for ${kind} ends the wait"`,
    { services: { a: { run: SLEEP } }, system: { finish: 'note finish $3; exec sleep 1000', reincarnate: 'note reincarnated; exit 0' }, delays: { SYS_FINISH: 60_000 } },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      expect(await nitro.request(packet(tag))).toBe(OK);
      await nitro.waitFor('SYS/finish runs', () => nitro.journal().length === 1);
      expect((await nitro.query('a'))?.state).toBe('UP');
      nitro.send(packet(tag));
      expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
      expect(nitro.journal()).toEqual([`finish ${kind}`, 'reincarnated']);
    });

scenario('§6 Shutdown 2: a second SIGTERM is a second request, and a third is harmless',
  { services: { a: { run: 'trap "gate a; exit 0" TERM; note a; while :; do sleep 0.01; done' } }, system: { finish: 'note finish; exec sleep 1000' }, delays: PATIENT },
  async (nitro) => {
    await nitro.waitFor('it runs', () => nitro.journal().includes('a'));
    nitro.signal('SIGTERM');
    await nitro.waitFor('SYS/finish runs', () => nitro.journal().includes('finish'));
    nitro.signal('SIGTERM');
    await nitro.waitState('a', 'SHUTDOWN');
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) nitro.signal(signal);
    expect(await nitro.request(packet(Tag.SHUTDOWN))).toBe(OK);
    expect((await nitro.query('a'))?.state).toBe('SHUTDOWN');
    nitro.open('a');
    expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
  });

scenario('§6 Shutdown 2: SYS/finish runs "for at most SYS_FINISH"',
  { services: { a: { run: SLEEP } }, system: { finish: 'trap "" TERM; while :; do sleep 0.01; done' }, delays: { SYS_FINISH: 300 } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    // Before it was asked, so that whatever is slow here makes the difference greater.
    const asked = Number(process.hrtime.bigint()) / 1e6;
    nitro.signal('SIGTERM');
    await nitro.waitExit();
    const wentDown = nitro.announcements().find(({ name, state }) => name === 'a' && state === 'SHUTDOWN')?.atMs ?? 0;
    expect(wentDown - asked).toBeGreaterThanOrEqual(300);
  });

const BROKEN = {
  'is not executable': { text: '#!/bin/sh\necho ran >>"$T/journal"\n', mode: 0o644 },
  'has no interpreter': { text: '#!/no/such/interpreter\n', mode: 0o755 },
  'is a directory': { directory: {} },
} as const;
for (const [what, entry] of Object.entries(BROKEN))
  scenario(`§6 Shutdown 2, Final 2: SYS/finish and SYS/final that ${what.replace('is', 'are').replace('has', 'have')} are passed over`,
    { services: { a: { run: SLEEP } }, entries: { SYS: { directory: { finish: entry, final: entry } } } },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      await nitro.stop();
      expect(nitro.journal()).toEqual([]);
      expect(nitro.stderr).toMatch(/- nitro: finished\n$/);
    });

scenario('§6 Shutdown 1: "From here WANT_UP, WANT_RESTART and rescan are answered but ignored", also while services go down',
  { services: { slow: { run: 'trap "gate go; exit 0" TERM; note slow; while :; do sleep 0.01; done' }, a: { run: SLEEP }, d: { run: 'note wrong', down: true } }, delays: PATIENT },
  async (nitro) => {
    await nitro.waitFor('it runs', () => nitro.journal().includes('slow'));
    await nitro.waitState('a', 'UP');
    nitro.signal('SIGTERM');
    await nitro.waitState('a', 'DOWN');
    nitro.service('new', { run: 'note wrong' });
    for (const [tag, name] of [[Tag.UP, 'a'], [Tag.RESTART, 'slow'], [Tag.UP, 'slow'], [Tag.UP, 'd'], [Tag.RESTART, 'd'], [Tag.RESCAN, '']] as const)
      expect(await nitro.request(packet(tag, name))).toBe(OK);
    await nitro.request(packet(Tag.UP, 'new'));
    expect((await nitro.query('slow'))?.state).toBe('SHUTDOWN');
    expect((await nitro.query('a'))?.state).toBe('DOWN');
    nitro.open('go');
    await nitro.waitExit();
    expect(nitro.journal()).toEqual(['slow']);
    expect(nitro.trace('slow').slice(-2)).toEqual(['SHUTDOWN', 'DOWN']);
  });

/** Services in each state, and what is announced of them from the shutdown on. */
const AT_SHUTDOWN: readonly (readonly [State, object, readonly State[], readonly string[]])[] = [
  ['ONESHOT', { setup: 'exit 0', finish: 'note finish $1 $2' }, ['SHUTDOWN', 'DOWN'], ['finish 0 0']],
  ['FATAL', { setup: 'exit 111', finish: 'note wrong' }, ['DOWN'], []],
  ['DELAY', { setup: 'exit 1', finish: 'note wrong' }, ['DOWN'], []],
  ['DOWN', { run: SLEEP, down: true, finish: 'note wrong' }, [], []],
  ['SETUP', { setup: 'exec sleep 1000', run: SLEEP, finish: 'note wrong' }, ['SHUTDOWN', 'DOWN'], []],
  ['STARTING', { run: SLEEP, 'notification-fd': 0, finish: 'note finish $1 $2' }, ['SHUTDOWN', 'DOWN'], ['finish -1 15']],
  ['UP', { run: SLEEP, finish: 'note finish $1 $2' }, ['SHUTDOWN', 'DOWN'], ['finish -1 15']],
];
for (const [state, service, after, journal] of AT_SHUTDOWN)
  scenario(`§6 Shutdown 3 "Every service that is not a logger: WANT_DOWN": one in ${state}`,
    { services: { a: service, b: { run: SLEEP } }, delays: { RESPAWN: 60_000 } },
    async (nitro) => {
      await nitro.waitState('b', 'UP');
      await nitro.waitState('a', state);
      const before = nitro.trace('a').length;
      await nitro.stop();
      expect(nitro.trace('a').slice(before)).toEqual(after);
      expect(nitro.journal()).toEqual(journal);
    });

scenario('§6 Shutdown 3, §3: a service in RESTART whose finish runs goes to SHUTDOWN, then DOWN',
  { services: { a: { run: 'exit 0', finish: 'note finish; gate go' } }, delays: PATIENT },
  async (nitro) => {
    await nitro.waitState('a', 'RESTART');
    await nitro.waitFor('finish runs', () => nitro.journal().includes('finish'));
    nitro.signal('SIGTERM');
    await nitro.waitState('a', 'SHUTDOWN');
    nitro.open('go');
    await nitro.waitExit();
    expect(nitro.trace('a').slice(-3)).toEqual(['RESTART', 'SHUTDOWN', 'DOWN']);
    expect(nitro.journal()).toEqual(['finish']);
  });

scenario('§1 SHUTDOWN, FINISH at shutdown: a run that ignores SIGTERM and a finish that hangs are killed in their time',
  { services: { a: { run: 'trap "" TERM; note a; exec sleep 1000', finish: 'note finish $1 $2; exec sleep 1000' } }, delays: { SHUTDOWN: 200, FINISH: 200 } },
  async (nitro) => {
    await nitro.waitFor('it runs', () => nitro.journal().includes('a'));
    await nitro.stop();
    expect(nitro.journal()).toEqual(['a', 'finish -1 9']);
  });

scenario('§6 Shutdown 1, 2: SYS/finish may bring services down in an order of its own; it cannot bring any up',
  {
    services: { a: { run: SLEEP, finish: 'note a ended' }, b: { run: SLEEP, finish: 'note b ended' }, d: { run: 'note wrong', down: true } },
    system: { finish: '"$NITROCTL" stop b; note "b $?"; "$NITROCTL" -t 0.2 start d; note "d $?"; "$NITROCTL" check a; note "a $?"' },
    delays: PATIENT,
  },
  async (nitro) => {
    for (const name of ['a', 'b']) await nitro.waitState(name, 'UP');
    nitro.signal('SIGTERM');
    await nitro.waitExit();
    expect(nitro.journal()).toEqual(['b ended', 'b 0', 'd 3', 'a 0', 'a ended']);
  });
