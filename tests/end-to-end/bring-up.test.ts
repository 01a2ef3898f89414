/**
 * Bring-up: behaviour.md §6, Bring-up, and what SYS/setup may do.
 */
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { drain } from './harness/extra-loggers.js';
import { waitForgotten } from './harness/extra-requests.js';
import { alive, statOf } from './harness/processes.js';
import { scenario, withDaemon } from './harness/scenario.js';
import { ESRCH, OK, packet, Tag } from './harness/wire.js';
import { test } from 'vitest';

const SLEEP = 'exec sleep 1000';

scenario('§6 Bring-up: "- nitro: booting" is the first that it says',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    expect(nitro.stderr.split('\n')[0]).toBe('- nitro: booting');
  });

scenario('§6 "SYS/setup runs as service SYS in state SETUP, and nothing else is started until it ends. SYS is announced DOWN; then LOG, then the scan"',
  {
    services: { a: { setup: 'exit 0', run: SLEEP }, LOG: { setup: 'exit 0', run: drain('log') }, z: { setup: 'exit 0', run: SLEEP } },
    system: { setup: 'note setup $# $(pwd); gate go; note done' },
  },
  async (nitro) => {
    await nitro.waitFor('SYS/setup runs', () => nitro.journal().length === 1);
    expect(nitro.journal()).toEqual([`setup 0 ${nitro.directory}/SYS`]);
    expect([...(await nitro.list()).values()]).toMatchObject([{ name: 'SYS', state: 'SETUP' }]);
    const { state, setupPid } = await nitro.waitState('SYS', 'SETUP');
    expect(state).toBe('SETUP');
    expect(alive(setupPid)).toBe(true);
    expect(statOf(setupPid, 3)).toBe(String(setupPid));
    expect(nitro.announcements().filter(({ name }) => name !== 'SYS')).toEqual([]);
    nitro.open('go');
    for (const name of ['a', 'z', 'LOG']) await nitro.waitState(name, 'UP');
    const order = nitro.announcements().map(({ name, state: now }) => `${name} ${now}`);
    const sysDown = order.indexOf('SYS DOWN');
    expect(sysDown).toBeGreaterThanOrEqual(0);
    expect(order.slice(sysDown + 1)[0]).toBe('LOG SETUP');
    expect(order.slice(0, sysDown).filter((one) => !one.startsWith('SYS '))).toEqual([]);
    expect(nitro.journal()).toEqual([`setup 0 ${nitro.directory}/SYS`, 'done']);
    await waitForgotten(nitro, 'SYS');
    expect([...(await nitro.list()).keys()].sort()).toEqual(['LOG', 'a', 'z']);
  });

for (const [what, end, said] of [['exits 7', 'exit 7', /7/], ['exits 111', 'exit 111', /111/], ['is killed', 'kill -KILL $$', /9|KILL/i], ['exits 0', 'exit 0', null]] as const)
  scenario(`§6 SYS/setup: "Its exit status is reported and otherwise ignored": it ${what}`,
    { services: { a: { run: SLEEP } }, system: { setup: `note setup; ${end}` } },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      expect(nitro.journal()).toEqual(['setup']);
      const about = nitro.stderr.split('\n').filter((line) => line.includes('SYS'));
      if (said === null) expect(about.join('\n')).not.toMatch(/killed|failed|111/);
      else expect(about.join('\n')).toMatch(said);
      expect(nitro.trace('SYS').slice(-1)).toEqual(['DOWN']);
    });

const ODD = {
  'a file that is not executable': { SYS: { directory: { setup: { text: '#!/bin/sh\necho ran >>"$T/journal"\n', mode: 0o644 } } } },
  'one whose interpreter is missing': { SYS: { directory: { setup: { text: '#!/no/such/interpreter\n', mode: 0o755 } } } },
  'a directory': { SYS: { directory: { setup: { directory: {} } } } },
  'a dangling link': { SYS: { directory: { setup: { link: 'nowhere' } } } },
  'not there': { SYS: { directory: {} } },
  'not there, with run, which is none of its files': { SYS: { directory: { run: { text: '#!/bin/sh\necho ran >>"$T/journal"\nexec sleep 1000\n', mode: 0o755 } } } },
  'without a directory: SYS is a file': { SYS: 'text' },
} as const;
for (const [what, entries] of Object.entries(ODD))
  scenario(`§6 "SYS/setup, if there is one": ${what}: the services come up`,
    { services: { a: { run: SLEEP } }, entries },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      expect([...(await nitro.list()).keys()]).toEqual(['a']);
      expect(nitro.journal()).toEqual([]);
    });

scenario('§6 SYS may be a symlink to a directory',
  { services: { a: { run: SLEEP } }, entries: { SYS: { link: '../system' }, '../system': { directory: { setup: { text: '#!/bin/sh\necho ran >>"$T/journal"\n', mode: 0o755 } } } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    expect(nitro.journal()).toEqual(['ran']);
  });

scenario('§6 during SYS/setup "nothing else is started, save what it asks for with nitroctl (up, start, restart)"; the scan takes it as it is',
  {
    services: { asked: { run: 'note asked $$; exec sleep 1000', down: true }, started: { run: 'note started; exec sleep 1000' },
      restarted: { setup: 'exit 0' }, 'other': { run: 'note other; exec sleep 1000' }, 't@': { run: 'note "t@$1"; exec sleep 1000' } },
    system: { setup: '"$NITROCTL" up asked; "$NITROCTL" start started t@1; "$NITROCTL" restart restarted; "$NITROCTL" -t 3 wait-up asked || note failed; "$NITROCTL" list | sed "s/ .*(.*//" >"$T/list"; note done' },
  },
  async (nitro) => {
    await nitro.waitFor('all have noted', () => nitro.journal().length >= 5);
    const journal = nitro.journal().map((line) => line.replace(/ \d+$/, ''));
    expect([...journal.slice(0, 3)].sort()).toEqual(['asked', 'started', 't@1']);
    expect(journal.slice(3)).toEqual(['done', 'other']);
    const list = nitro.read('list');
    for (const line of ['SETUP', 'UP', 'ONESHOT']) expect(list).toContain(line);
    expect(list).not.toContain('other');
    expect(await nitro.pidOf('asked')).toBe(Number(nitro.journal().find((line) => line.startsWith('asked'))?.split(' ')[1]));
    await nitro.waitState('t@1', 'UP');
    await nitro.waitState('restarted', 'ONESHOT');
  });

scenario('§6 during SYS/setup "down makes a service that the following scan leaves DOWN"; protocol.md DOWN: created "only while SYS exists"',
  {
    services: { kept: { run: 'note kept; exec sleep 1000' }, a: { run: SLEEP } },
    system: { setup: '"$NITROCTL" down kept && note downed; "$NITROCTL" start a; "$NITROCTL" down a; "$NITROCTL" down missing; note missing $?' },
  },
  async (nitro) => {
    await nitro.waitTrace('SYS', ['DOWN'], 'end');
    await waitForgotten(nitro, 'SYS');
    nitro.service('last', { run: SLEEP });
    await nitro.waitFor('the scan is done', async () => (await nitro.request(packet(Tag.RESCAN))) === OK && (await nitro.query('last'))?.state === 'UP');
    for (const name of ['kept', 'a']) expect(await nitro.query(name)).toMatchObject({ state: 'DOWN' });
    expect(nitro.journal()).toEqual(['downed', 'missing 111']);
    nitro.service('never', { run: SLEEP });
    expect(await nitro.request(packet(Tag.DOWN, 'never'))).toBe(ESRCH);
  });

scenario('§6 a service that SYS/setup started and that crashes meanwhile is restarted',
  { services: { a: { run: 'note life; [ -e "$T/ok" ] && exec sleep 1000; : >"$T/ok"; exit 1' } }, system: { setup: '"$NITROCTL" up a; gate go' }, delays: { RESPAWN: 10 } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    await nitro.waitFor('both lives have noted', () => nitro.journal().length === 2);
    expect((await nitro.query('SYS'))?.state).toBe('SETUP');
    nitro.open('go');
    await nitro.waitTrace('SYS', ['DOWN'], 'end');
  });

scenario('§6 "nitroctl down SYS" ends SYS/setup by the rules of SHUTDOWN, and bring-up goes on',
  { services: { a: { run: SLEEP } }, system: { setup: 'note setup; exec sleep 1000' } },
  async (nitro) => {
    await nitro.waitFor('SYS/setup runs', () => nitro.journal().includes('setup'));
    await nitro.want('DOWN', 'SYS');
    await nitro.waitState('a', 'UP');
    expect(nitro.trace('SYS').slice(-2)).toEqual(['SHUTDOWN', 'DOWN']);
  });

scenario('§6 "nitroctl down SYS": one that does not heed SIGTERM is killed after SHUTDOWN, and bring-up goes on',
  { services: { a: { run: SLEEP } }, system: { setup: 'trap "note told" TERM; note setup; while :; do sleep 0.01; done' }, delays: { SHUTDOWN: 300 } },
  async (nitro) => {
    await nitro.waitFor('SYS/setup runs', () => nitro.journal().includes('setup'));
    expect((await nitro.ctl('down', 'SYS')).code).toBe(0);
    await nitro.waitState('a', 'UP');
    expect(nitro.journal()).toEqual(['setup', 'told']);
  });

for (const [what, ask] of [['SIGTERM', 'SIGTERM'], ['SIGINT', 'SIGINT'], ['nitroctl Shutdown', undefined]] as const)
  test.concurrent(`§6 "a shutdown asked for during SYS/setup ends it with the SHUTDOWN rules and goes on to shutdown" (CORRECTED): ${what}`, async () => {
    await withDaemon({
      services: { early: { run: SLEEP }, never: { run: 'note never; exec sleep 1000' } },
      system: { setup: '"$NITROCTL" start early; note ready; exec sleep 1000', finish: 'note finish $3', final: 'note final $1' },
    }, async (nitro) => {
      await nitro.start();
      await nitro.waitFor('SYS/setup is ready', () => nitro.journal().includes('ready'));
      if (ask === undefined) expect((await nitro.ctl('Shutdown')).code).toBe(0);
      else nitro.signal(ask);
      expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
      expect(nitro.journal()).toEqual(['ready', 'finish shutdown', 'final shutdown']);
      expect(nitro.trace('early').slice(-2)).toEqual(['SHUTDOWN', 'DOWN']);
      expect(existsSync(nitro.socket)).toBe(false);
      await nitro.stop();
    });
  });

scenario('§6 a shutdown asked for during a SYS/setup that ignores SIGTERM: it is killed after SHUTDOWN',
  { services: { a: { run: SLEEP } }, system: { setup: 'trap "" TERM; note setup; while :; do sleep 0.01; done' }, delays: { SHUTDOWN: 200 } },
  async (nitro) => {
    await nitro.waitFor('SYS/setup runs', () => nitro.journal().includes('setup'));
    await nitro.stop();
    expect(nitro.trace('a')).toEqual([]);
  });

scenario('§6 after bring-up SYS is no service: nothing can be asked of it',
  { services: { a: { run: SLEEP } }, system: { setup: 'exit 0', finish: 'exit 0' } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    for (const tag of [Tag.UP, Tag.DOWN, Tag.RESTART, Tag.READY, Tag.QUERY]) expect(await nitro.request(packet(tag, 'SYS'))).toBe(ESRCH);
    expect((await nitro.query('a'))?.state).toBe('UP');
  });

scenario('§4 table: SYS/setup has nitro\'s stdin and stdout; what it leaves behind is reaped (§4)',
  { services: { a: { run: SLEEP } }, system: { setup: 'echo on stdout; readlink /proc/$$/fd/0 >"$T/stdin"; (sleep 0.05; note orphan) & exit 0' } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    await nitro.waitFor('its line', () => nitro.stdout === 'on stdout\n');
    expect(nitro.read('stdin')).toBe('/dev/null\n');
    await nitro.waitFor('the orphan was there', () => nitro.journal().includes('orphan'));
  });

scenario('§8 down in SYS/setup itself: it does not wait for its own end, and is told to end',
  { services: { a: { run: SLEEP } }, system: { setup: 'trap "note told" TERM; "$NITROCTL" down .; note "asked $?"; exit 0' } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    expect([...nitro.journal()].sort()).toEqual(['asked 0', 'told']);
  });

scenario('§6 SYS/setup asks for the shutdown itself',
  { services: { never: { run: 'note never' } }, system: { setup: 'gate go; "$NITROCTL" Shutdown; note "asked $?"; exec sleep 1000', final: 'note final $1' } },
  async (nitro) => {
    nitro.open('go');
    expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
    expect(nitro.journal().slice(-1)).toEqual(['final shutdown']);
    expect(nitro.journal()).not.toContain('never');
  });

scenario('§5, §6 what SYS/setup starts brings its logger with it',
  {
    services: { user: { run: 'echo from user; exec sleep 1000', log: '../logger', down: true }, logger: { run: drain('out'), down: true }, a: { run: SLEEP } },
    system: { setup: '"$NITROCTL" start user; until [ -s "$T/out" ]; do sleep 0.01; done; note heard' },
  },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    expect(nitro.journal()).toEqual(['heard']);
    expect(nitro.read('out')).toBe('from user\n');
  });
