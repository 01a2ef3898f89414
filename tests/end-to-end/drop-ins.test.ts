/**
 * init, halt, poweroff and reboot: the end of behaviour.md §8. What would end a machine runs in a namespace of processes only.
 */
import { expect, test } from 'vitest';
import { containerScenario, containerWrapper, outerPid, permitted } from './harness/extra-container.js';
import type { Daemon } from './harness/daemon.js';
import { argumentsOf } from './harness/processes.js';
import { scenario, withDaemon } from './harness/scenario.js';
import { packet, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
const NAMES = ['init', 'halt', 'poweroff', 'reboot'] as const;
const call = (nitro: Daemon, argv0: string, ...args: readonly string[]): ReturnType<Daemon['ctlWith']> => nitro.ctlWith({ argv0 }, ...args);

scenario('§8 init: "anything else is a usage error": exit 2, and nothing is asked for',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    for (const args of [[], ['1'], ['2'], ['3'], ['5'], ['s'], ['S'], ['Q'], ['u'], ['00'], ['06'], [''], ['-f'], ['-6'], ['0x'], ['0', '6'], ['6', '0'], ['q', 'q'], ['list']]) {
      const { code, stderr } = await call(nitro, 'init', ...args);
      expect(code, JSON.stringify(args)).toBe(2);
      expect(stderr).not.toBe('');
    }
    expect(nitro.stderr).not.toContain('shutting down');
    expect((await nitro.query('a'))?.state).toBe('UP');
  });

for (const name of ['halt', 'poweroff', 'reboot'])
  scenario(`§8 ${name}: a usage error is exit 2, and nothing is asked for`,
    { services: { a: { run: SLEEP } } },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      for (const args of [['now'], ['-x'], ['--bogus'], ['-wx'], ['--'], ['-'], [''], ['-h', 'now'], ['a']]) {
        if (args[0] === '-h') continue;
        const { code, stderr } = await call(nitro, name, ...args);
        expect(code, JSON.stringify(args)).toBe(2);
        expect(stderr).not.toBe('');
      }
      expect((await nitro.query('a'))?.state).toBe('UP');
    });

for (const [name, args] of [['init', ['0']], ['halt', []], ['poweroff', []]] as const)
  scenario(`§8 ${[name, ...args].join(' ')} asks for Shutdown`,
    { services: { a: { run: SLEEP } }, system: { finish: 'note finish $3' } },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      expect(await call(nitro, name, ...args)).toMatchObject({ code: 0, stdout: '', stderr: '' });
      expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
      expect(nitro.journal()).toEqual(['finish shutdown']);
    });

for (const [name, args] of [['init', ['6']], ['reboot', []]] as const)
  scenario(`§8 ${[name, ...args].join(' ')} asks for Reboot`,
    { services: { a: { run: 'note life; exec sleep 1000' } } },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      expect(await call(nitro, name, ...args)).toMatchObject({ code: 0, stdout: '', stderr: '' });
      await nitro.waitFor('it boots again', () => nitro.journal().length === 2);
      await nitro.waitFor('it answers', async () => (await nitro.query('a'))?.state === 'UP');
    });

scenario('§8 init q asks for a rescan; a path before the name does not matter',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    for (const [argv0, name] of [['init', 'b'], ['/sbin/init', 'c']] as const) {
      nitro.service(name, { run: SLEEP });
      expect((await call(nitro, argv0, 'q')).code).toBe(0);
      await nitro.waitState(name, 'UP');
    }
  });

test.concurrent('§8 init, halt, poweroff, reboot: the daemon cannot be reached: exit 4', async () => {
  await withDaemon({}, async (nitro) => {
    for (const name of NAMES) expect((await call(nitro, name, ...(name === 'init' ? ['0'] : []))).code, name).toBe(4);
  });
});

/** Shell text that calls a drop-in in the container; it does nothing outside of one. */
const inContainer = (name: string, args: string): string => `[ -e /container ] || exit 1; ln -s "$NITROCTL" "$T/${name}"; "$T/${name}" ${args}`;
const MARKED = { prepare: ': >/container; mkdir -p /var/log; : >/var/log/wtmp' };

for (const [name, options, signal] of [
  ['halt', '-f', 'SIGINT'], ['poweroff', '-f', 'SIGINT'], ['reboot', '-f', 'SIGHUP'],
] as const)
  test.concurrent(`§8 ${name} ${options} "does it at once by the system call": no service is stopped, SYS/finish not run`, { skip: !permitted }, async () => {
    await withDaemon({
      wrapper: containerWrapper(MARKED),
      services: { a: { run: `note a; gate go; ${inContainer(name, options)}`, finish: 'note wrong' } },
      system: { finish: 'note wrong', final: 'note wrong' },
    }, async (nitro) => {
      await nitro.start();
      await nitro.waitFor('it runs', () => nitro.journal().includes('a'));
      nitro.open('go');
      // In a namespace of processes the system call ends that with this signal, as reboot(2) says.
      expect(await nitro.waitExit()).toEqual({ code: null, signal });
      expect(nitro.journal()).toEqual(['a']);
    });
  });

/** The kinds of records, their names and lines, in a wtmp file: struct utmp of Linux has 384 bytes. */
const records = (wtmp: string): readonly (readonly [type: number, line: string, user: string])[] => {
  const data = Buffer.from(wtmp, 'latin1');
  const text = (from: number, length: number): string => data.toString('latin1', from, from + length).replace(/\0.*/s, '');
  return Array.from({ length: data.length / 384 }, (_, index) => index * 384).map((at) => [data.readInt16LE(at), text(at + 8, 32), text(at + 44, 32)]);
};
const [RUN_LVL, BOOT_TIME] = [1, 2];

for (const [name, option, type, user] of [
  ['halt', '-w', RUN_LVL, 'shutdown'], ['halt', '-B', BOOT_TIME, 'reboot'], ['poweroff', '-w', RUN_LVL, 'shutdown'], ['reboot', '-B', BOOT_TIME, 'reboot'],
] as const)
  containerScenario(`§8 ${name} ${option} "writes only the wtmp record of a ${user === 'reboot' ? 'boot' : 'shutdown'}"`,
    {
      container: MARKED,
      services: { a: { run: `${inContainer(name, option)}; note $?; cp /var/log/wtmp "$T/wtmp"; note done; exec sleep 1000` } },
    },
    async (nitro) => {
      await nitro.waitFor('it is done', () => nitro.journal().includes('done'));
      expect(nitro.journal()).toEqual(['0', 'done']);
      expect(records(nitro.read('wtmp'))).toEqual([[type, '~', user]]);
      expect(nitro.stderr).not.toContain('shutting down');
      expect(nitro.exit).toBeUndefined();
    });

containerScenario('§8 "as pid 1 init executes nitro", with its arguments; and so again after Reboot',
  { services: { a: { run: 'note life; exec sleep 1000' } }, container: { prepare: 'ln -s "$1" /init; shift; set -- /init "$@"' } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    const pid = await outerPid(nitro);
    expect(argumentsOf(pid)[0]).toMatch(/nitro$/);
    expect(argumentsOf(pid)[1]).toBe(nitro.directory);
    expect((await nitro.info())?.get(Tag.NITRO_PID)).toBe(1);
    nitro.send(packet(Tag.REBOOT));
    await nitro.waitFor('it boots again', () => nitro.journal().length === 2);
    await nitro.waitFor('it answers', async () => (await nitro.query('a'))?.state === 'UP');
    expect(argumentsOf(await outerPid(nitro))[0]).toMatch(/nitro$/);
  });
