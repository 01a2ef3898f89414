/**
 * The end: behaviour.md §6, Final, without a namespace of processes; container.test.ts has pid 1.
 */
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { PATIENT } from './harness/extra-delays.js';
import { argumentsOf, environmentOf } from './harness/processes.js';
import { scenario } from './harness/scenario.js';
import { OK, packet, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';

for (const [kind, tag] of [['shutdown', Tag.SHUTDOWN], ['reboot', Tag.REBOOT]] as const)
  scenario(`§6 Final 2: "SYS/final ${kind}" in every mode (CORRECTED), in the service directory, after all services and with the socket gone`,
    {
      services: { a: { run: SLEEP, finish: 'note a ended' } },
      system: { finish: 'note finish $1 $2 $3', final: 'note final $# $1 $(pwd) $([ -e "$NITRO_SOCK" ] && echo socket); [ ! -e "$T/once" ] || exec sleep 1000; : >"$T/once"' },
      delays: { SYS_FINAL: 200 },
    },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      nitro.send(packet(tag));
      const expected = [`finish 0 0 ${kind}`, 'a ended', `final 1 ${kind} ${nitro.directory} `].map((line) => line.trim());
      await nitro.waitFor('SYS/final has run', () => nitro.journal().length >= 3);
      expect(nitro.journal().map((line) => line.trim())).toEqual(expected);
      if (kind === 'shutdown') expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
      else await nitro.waitFor('it boots again', async () => (await nitro.query('a'))?.state === 'UP');
    });

scenario('§6 Final 2: SYS/final runs "for at most SYS_FINAL", whatever it ignores',
  { system: { final: 'trap "" TERM; while :; do sleep 0.01; done' }, delays: { SYS_FINAL: 300 } },
  async (nitro) => {
    // Before it was asked, so that whatever is slow here makes the difference greater.
    const asked = process.hrtime.bigint();
    nitro.signal('SIGTERM');
    expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
    expect(Number(process.hrtime.bigint() - asked) / 1e6).toBeGreaterThanOrEqual(300);
  });

scenario('§6 Final 2: the exit status of SYS/final does not matter, nor that of SYS/finish',
  { system: { finish: 'note finish; exit 3', final: 'note final; exit 111' } },
  async (nitro) => {
    await nitro.stop();
    expect(nitro.journal()).toEqual(['finish', 'final']);
  });

for (const [kind, tag] of [['shutdown', Tag.SHUTDOWN], ['reboot', Tag.REBOOT]] as const)
  scenario(`§6 Final 1: SYS/reincarnate "is executed in nitro's place", also at a ${kind}; SYS/final is not run`,
    { services: { a: { run: SLEEP } }, system: { reincarnate: 'note reincarnate $$ $(pwd)', final: 'note final' } },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      const { pid } = nitro;
      nitro.send(packet(tag));
      expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
      expect(nitro.journal()).toEqual([`reincarnate ${pid} ${nitro.directory}`]);
      expect(existsSync(nitro.socket)).toBe(false);
    });

scenario('§6 Final 1, §4: what is executed as SYS/reincarnate gets no descriptor of nitro\'s',
  { services: { a: { run: SLEEP, log: '../logger' }, logger: { run: 'exec cat' } }, system: { reincarnate: '#!/bin/ls /proc/self/fd' } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    await nitro.stop();
    await nitro.waitFor('it has listed its descriptors', () => nitro.stdout.includes('/proc/self/fd:\n'));
    // 3 is the directory that ls reads.
    await nitro.waitFor('that is all', () => nitro.stdout.endsWith('/proc/self/fd:\n0\n1\n2\n3\n'), { withinMs: 2000 });
  });

scenario('§6 Final 1: what is executed as SYS/reincarnate has default signals, and nitro\'s environment',
  { system: { reincarnate: 'grep -E "^Sig(Blk|Ign)" /proc/self/status >"$T/signals"; env >"$T/env"; exit 0' } },
  async (nitro) => {
    const before = environmentOf(nitro.pid);
    await nitro.stop();
    expect(nitro.read('signals')).toMatch(/^SigBlk:\t0+\nSigIgn:\t0+\n$/);
    for (const variable of before) expect(nitro.read('env')).toContain(`${variable}\n`);
  });

const UNUSABLE = {
  'is not executable': { text: '#!/bin/sh\necho wrong >>"$T/journal"\n', mode: 0o644 },
  'has no interpreter': { text: '#!/no/such/interpreter\n', mode: 0o755 },
  'is a directory': { directory: {} },
} as const;
for (const [what, entry] of Object.entries(UNUSABLE))
  scenario(`§6 Final 1: "If that fails, say why and go on": SYS/reincarnate that ${what}`,
    { services: { a: { run: SLEEP } }, entries: { SYS: { directory: { reincarnate: entry, final: { text: '#!/bin/sh\necho final $1 >>"$T/journal"\n', mode: 0o755 } } } } },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      await nitro.stop();
      expect(nitro.stderr).toMatch(/- nitro: .*reincarnate/);
      expect(nitro.stderr).toMatch(/- nitro: finished\n$/);
      expect(nitro.journal()).toEqual(['final shutdown']);
    });

scenario('§6 Final 1: without SYS/reincarnate nothing is said of it',
  { system: { setup: 'exit 0' } },
  async (nitro) => {
    await nitro.stop();
    expect(nitro.stderr).not.toContain('reincarnate');
  });

scenario('§6 Final 3: "reboot re-executes nitro with its own arguments": the same pid, arguments, environment and directory, and the services again',
  { services: { a: { run: 'note a; exec sleep 1000' }, d: { run: SLEEP, down: true } }, system: { setup: 'note setup', finish: 'note finish $3', final: 'note final $1' } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    const { pid } = nitro;
    const args = argumentsOf(pid);
    const environment = environmentOf(pid);
    expect((await nitro.ctl('Reboot')).code).toBe(0);
    await nitro.waitFor('it boots again', () => nitro.stderr.split('- nitro: booting\n').length === 3);
    await nitro.waitFor('it answers', async () => nitro.journal().filter((line) => line === 'a').length === 2 && (await nitro.info()) !== undefined);
    await nitro.waitState('a', 'UP');
    expect(nitro.exit).toBeUndefined();
    expect(argumentsOf(pid)).toEqual(args);
    expect(environmentOf(pid)).toEqual(environment);
    await nitro.waitFor('it is said', () => nitro.stderr.includes('- nitro: rebooting\n'));
    expect(nitro.stderr).not.toContain('finished');
    expect(nitro.journal()).toEqual(['setup', 'a', 'finish reboot', 'final reboot', 'setup', 'a']);
  });

scenario('§6 Final 3: ten reboots leave no descriptor behind, nor a process',
  { services: { a: { run: SLEEP, log: '../logger' }, logger: { run: 'exec cat' } } },
  async (nitro) => {
    for (let round = 1; round <= 10; round++) {
      await nitro.waitState('a', 'UP');
      const pid = await nitro.pidOf('a');
      nitro.send(packet(Tag.REBOOT));
      await nitro.waitFor('it boots again', () => nitro.stderr.split('- nitro: booting\n').length === round + 2);
      await nitro.waitFor('the next life', async () => ![0, pid].includes(await nitro.pidOf('a')));
    }
    await nitro.waitState('a', 'UP');
  });

for (const [first, second, word] of [[Tag.SHUTDOWN, Tag.REBOOT, 'shutdown'], [Tag.REBOOT, Tag.SHUTDOWN, 'reboot']] as const)
  scenario(`§6 Shutdown 1 "the first request decides between the two" (CORRECTED): ${word}, and then the other`,
    {
      services: { a: { run: 'trap "gate a; exit 0" TERM; note a; while :; do sleep 0.01; done' } },
      system: { finish: 'note finish $3; gate finish', final: 'note final $1', setup: '[ ! -e "$T/again" ] || { note booted again; rm "$T/a"; }; : >"$T/again"' },
      delays: PATIENT,
    },
    async (nitro) => {
      await nitro.waitFor('it runs', () => nitro.journal().includes('a'));
      expect(await nitro.request(packet(first))).toBe(OK);
      await nitro.waitFor('SYS/finish runs', () => nitro.journal().includes(`finish ${word}`));
      nitro.open('finish');
      await nitro.waitState('a', 'SHUTDOWN');
      expect(await nitro.request(packet(second))).toBe(OK);
      nitro.open('a');
      await nitro.waitFor('SYS/final has run', () => nitro.journal().includes(`final ${word}`));
      if (word === 'shutdown') expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
      else await nitro.waitFor('it boots again', () => nitro.journal().includes('booted again'));
      // A nitro that boots again runs `a` again, which waits for its gate at the end.
      await nitro.waitFor('it runs again', () => word === 'shutdown' || nitro.journal().filter((line) => line === 'a').length === 2);
      nitro.open('a');
    });

scenario('§6 Shutdown 1: SIGINT is a shutdown unless nitro is the real pid 1; SIGTERM after it changes nothing',
  { services: { a: { run: SLEEP } }, system: { final: 'note final $1' } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    nitro.signal('SIGINT');
    expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
    expect(nitro.journal()).toEqual(['final shutdown']);
  });

scenario('§6 Shutdown 5 "The control socket is closed and removed": nitroctl in SYS/final finds nobody',
  { system: { final: '"$NITROCTL" list; note $?; "$NITROCTL" Reboot; note $?' } },
  async (nitro) => {
    await nitro.stop();
    expect(nitro.journal()).toEqual(['4', '4']);
  });
