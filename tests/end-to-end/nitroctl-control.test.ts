/**
 * What nitroctl asks for and waits for, and how it exits: behaviour.md §8.
 */
import { expect } from 'vitest';
import { PATIENT } from './harness/extra-delays.js';
import { argumentsOf, statOf } from './harness/processes.js';
import { scenario } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';

scenario('§8 start: "ask, wait for UP or ONESHOT; FATAL: exit 1"',
  { services: { a: { run: `gate go; echo >&3; ${SLEEP}`, 'notification-fd': 3, down: true }, one: { setup: 'gate go; exit 0', down: true },
    fatal: { setup: 'exit 111', down: true } } },
  async (nitro) => {
    const waiting = [nitro.ctl('start', 'a'), nitro.ctl('start', 'one')];
    let ended = 0;
    for (const one of waiting) void one.then(() => ended++);
    await nitro.waitState('a', 'STARTING');
    await nitro.waitState('one', 'SETUP');
    expect((await nitro.ctl('fast-start', 'a')).code).toBe(0);
    expect(ended).toBe(0);
    nitro.open('go');
    for (const one of waiting) expect(await one).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect((await nitro.ctl('start', 'a', 'one')).code).toBe(0);
    expect((await nitro.ctl('start', 'fatal')).code).toBe(1);
    expect((await nitro.ctl('start', 'fatal')).code).toBe(1);
    expect((await nitro.ctl('start', 'a', 'fatal', 'one')).code).toBe(1);
  });

for (const command of ['up', 'u'])
  scenario(`§8 ${command}: "ask, do not wait for the state"`,
    { services: { a: { run: `gate go; echo >&3; ${SLEEP}`, 'notification-fd': 3, down: true }, fatal: { setup: 'exit 111', down: true } } },
    async (nitro) => {
      expect(await nitro.ctl(command, 'a', 'fatal')).toMatchObject({ code: 0, stdout: '' });
      await nitro.waitState('a', 'STARTING');
      await nitro.waitState('fatal', 'FATAL');
      expect((await nitro.ctl(command, 'none')).code).toBe(111);
      expect((await nitro.ctl(command, 'a', 'none')).code).toBe(111);
      nitro.open('go');
      await nitro.waitState('a', 'UP');
    });

for (const command of ['down', 'd', 'stop'])
  scenario(`§8 ${command}: "ask, wait for DOWN or FATAL"`,
    { services: { a: { run: 'trap "gate go; exit 0" TERM; note a; while :; do sleep 0.01; done', finish: 'note finish' }, fatal: { setup: 'exit 111' }, off: { run: SLEEP, down: true } }, delays: PATIENT },
    async (nitro) => {
      await nitro.waitFor('it runs', () => nitro.journal().includes('a'));
      await nitro.waitState('fatal', 'FATAL');
      const stopping = nitro.ctl(command, 'a');
      let ended = false;
      void stopping.then(() => (ended = true));
      await nitro.waitState('a', 'SHUTDOWN');
      expect((await nitro.ctl('fast-stop', 'a')).code).toBe(0);
      expect(ended).toBe(false);
      nitro.open('go');
      expect(await stopping).toMatchObject({ code: 0, stdout: '', stderr: '' });
      expect(nitro.journal()).toEqual(['a', 'finish']);
      expect((await nitro.ctl(command, 'off', 'fatal', 'a')).code).toBe(0);
      expect((await nitro.ctl(command, 'none')).code).toBe(111);
    });

for (const [command, state] of [['restart', 'UP'], ['fast-restart', 'STARTING'], ['r', 'STARTING']] as const)
  scenario(`§8 ${command}: waits for the next life to be ${state}, not for what was`,
    { services: { a: { run: 'note $$; [ -e "$T/ok" ] && echo >&3; exec sleep 1000', 'notification-fd': 3 }, one: { setup: 'note one; exit 0', finish: 'exit 0' } } },
    async (nitro) => {
      nitro.open('ok');
      await nitro.waitState('one', 'ONESHOT');
      await nitro.waitFor('it runs', async () => (await nitro.pidOf('a')) !== 0);
      if ((await nitro.query('a'))?.state !== 'UP') await nitro.want('READY', 'a');
      const pid = await nitro.pidOf('a');
      expect(await nitro.ctl(command, 'a')).toMatchObject({ code: 0, stdout: '', stderr: '' });
      const after = await nitro.query('a');
      expect(after?.pid).not.toBe(pid);
      expect(state === 'UP' ? ['UP'] : ['STARTING', 'UP']).toContain(after?.state);
      expect((await nitro.ctl(command, 'one')).code).toBe(0);
      expect(nitro.journal().filter((line) => line === 'one')).toHaveLength(2);
      expect((await nitro.ctl('down', 'a')).code).toBe(0);
      expect((await nitro.ctl(command, 'a')).code).toBe(0);
      expect((await nitro.ctl(command, 'none')).code).toBe(111);
    });

scenario('§8 restart of a service that cannot start again: exit 1',
  { services: { a: { setup: '[ ! -e "$T/bad" ] || exit 111', run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    nitro.open('bad');
    expect((await nitro.ctl('restart', 'a')).code).toBe(1);
    expect((await nitro.query('a'))?.state).toBe('FATAL');
  });

scenario('§8 fast-start: done at STARTING, exit 1 at FATAL; fast-stop: done at SHUTDOWN, or DOWN',
  { services: { a: { run: 'trap "gate go; exit 0" TERM; note a; while :; do sleep 0.01; done', 'notification-fd': 0, down: true },
    fatal: { files: { run: { text: '#!/no/such\n', mode: 0o755 } }, down: true } }, delays: PATIENT },
  async (nitro) => {
    expect((await nitro.ctl('fast-start', 'a')).code).toBe(0);
    expect((await nitro.query('a'))?.state).toBe('STARTING');
    expect((await nitro.ctl('fast-start', 'fatal')).code).toBe(1);
    await nitro.waitFor('it runs', () => nitro.journal().includes('a'));
    expect((await nitro.ctl('fast-stop', 'a')).code).toBe(0);
    expect((await nitro.query('a'))?.state).toBe('SHUTDOWN');
    nitro.open('go');
    await nitro.waitState('a', 'DOWN');
    expect((await nitro.ctl('fast-stop', 'a')).code).toBe(0);
  });

scenario('§8 ready: "STARTING becomes UP"; of any other it changes nothing, of none it is 111',
  { services: { a: { run: SLEEP, 'notification-fd': 0 }, d: { run: SLEEP, down: true } } },
  async (nitro) => {
    await nitro.waitState('a', 'STARTING');
    expect((await nitro.ctl('ready', 'a', 'd')).code).toBe(0);
    await nitro.waitState('a', 'UP');
    expect((await nitro.query('d'))?.state).toBe('DOWN');
    expect((await nitro.ctl('ready', 'none')).code).toBe(111);
  });

scenario('§8 wait-up, wait-starting, wait-down: "wait only"',
  { services: { a: { run: SLEEP, 'notification-fd': 0, down: true }, fatal: { setup: 'exit 111' }, one: { setup: 'exit 0' } } },
  async (nitro) => {
    await nitro.waitState('fatal', 'FATAL');
    await nitro.waitState('one', 'ONESHOT');
    const done: string[] = [];
    const wait = (command: string, ...names: string[]): Promise<void> => nitro.ctl(command, ...names).then(({ code }) => void done.push(`${command} ${code}`));
    const [starting, up] = [wait('wait-starting', 'a', 'one'), wait('wait-up', 'a', 'one')];
    expect((await nitro.ctl('-t', '0.2', 'wait-up', 'a')).code).toBe(3);
    expect(nitro.trace('a')).toEqual([]);
    await nitro.want('UP', 'a');
    await starting;
    expect(done).toEqual(['wait-starting 0']);
    const down = wait('wait-down', 'a', 'fatal');
    expect((await nitro.ctl('ready', 'a')).code).toBe(0);
    await up;
    expect(done).toEqual(['wait-starting 0', 'wait-up 0']);
    await nitro.want('DOWN', 'a');
    await down;
    expect(done).toEqual(['wait-starting 0', 'wait-up 0', 'wait-down 0']);
    for (const command of ['wait-up', 'wait-down', 'wait-starting']) expect((await nitro.ctl(command, 'none')).code).toBe(111);
  });

const SIGNALS: readonly (readonly [string, string, string])[] = [
  ['hup', 'h', 'HUP'], ['alarm', 'a', 'ALRM'], ['interrupt', 'i', 'INT'], ['quit', 'q', 'QUIT'], ['1', '1', 'USR1'], ['2', '2', 'USR2'], ['term', 't', 'TERM'],
];
scenario('§8 signals by name and by letter: hup, alarm, interrupt, quit, 1, 2, term',
  { services: { a: { run: `${SIGNALS.map(([, , name]) => `trap "note ${name}" ${name}`).join('; ')}; note ready; while :; do sleep 0.01; done`, 'down-signal': 'k' }, d: { run: SLEEP, down: true } } },
  async (nitro) => {
    await nitro.waitFor('it is ready', () => nitro.journal().includes('ready'));
    for (const [name, letter, signal] of SIGNALS)
      for (const command of [name, letter]) {
        const before = nitro.journal().length;
        expect(await nitro.ctl(command, 'a')).toMatchObject({ code: 0, stdout: '', stderr: '' });
        await nitro.waitFor(`${command} arrives`, () => nitro.journal().length === before + 1);
        expect(nitro.journal()[before]).toBe(signal);
        expect((await nitro.ctl(command, 'd')).code, command).toBe(111);
      }
    expect((await nitro.ctl('hup', 'none')).code).toBe(111);
  });

for (const [pause, cont, kill] of [['pause', 'cont', 'kill'], ['p', 'c', 'k']] as const)
  scenario(`§8 signals ${pause}, ${cont}, ${kill}: SIGSTOP, SIGCONT, SIGKILL to run`,
    { services: { a: { run: SLEEP, finish: 'note finish $1 $2' } } },
    async (nitro) => {
      const { pid } = await nitro.waitState('a', 'UP');
      await nitro.waitFor('its shell has become sleep', () => argumentsOf(pid)[0] === 'sleep');
      expect((await nitro.ctl(pause, 'a')).code).toBe(0);
      await nitro.waitFor('it stands still', () => statOf(pid, 0) === 'T');
      expect((await nitro.ctl(cont, 'a')).code).toBe(0);
      await nitro.waitFor('it goes on', () => statOf(pid, 0) === 'S');
      expect((await nitro.ctl(kill, 'a')).code).toBe(0);
      await nitro.waitFor('it was killed', () => nitro.journal().includes('finish -1 9'));
    });

scenario('§8 "Requests for several services go out together and are waited for together"',
  { services: Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, { run: 'trap "sleep 0.5; exit 0" TERM; while :; do sleep 0.02; done', down: true }])) },
  async (nitro) => {
    const all = ['a', 'b', 'c', 'd'];
    expect((await nitro.ctl('start', ...all)).code).toBe(0);
    for (const name of all) expect((await nitro.query(name))?.state).toBe('UP');
    expect((await nitro.ctl('down', ...all)).code).toBe(0);
    // All had been asked before the first was down: a life goes on for half a second after that.
    const ends = nitro.announcements().map(({ state }) => state).filter((state) => state === 'SHUTDOWN' || state === 'DOWN');
    expect(ends.slice(ends.indexOf('SHUTDOWN')).lastIndexOf('SHUTDOWN')).toBeLessThan(ends.slice(ends.indexOf('SHUTDOWN')).indexOf('DOWN'));
    for (const name of all) expect((await nitro.query(name))?.state).toBe('DOWN');
    // The same one twice, and one that does not exist among them.
    expect((await nitro.ctl('start', 'a', 'a')).code).toBe(0);
    expect((await nitro.ctl('start', 'none', 'b')).code).toBe(111);
    await nitro.waitState('b', 'UP');
  });

scenario('§8 Shutdown and Reboot: "ask for it", exit 0 at once; rescan with its short forms is in rescan.test.ts',
  { services: { a: { run: 'note life; exec sleep 1000' } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    expect(await nitro.ctl('Reboot')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    await nitro.waitFor('it boots again', () => nitro.journal().length === 2);
    await nitro.waitFor('it answers', async () => (await nitro.info()) !== undefined);
    expect(await nitro.ctl('Shutdown')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
  });
