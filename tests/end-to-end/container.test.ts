/**
 * nitro as pid 1 of a container: behaviour.md §6, Shutdown 4, Final and Modes.
 */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { containerScenario, containerWrapper, endContainer, outerPid, permitted } from './harness/extra-container.js';
import { alive, argumentsOf, childrenOf, statusOf } from './harness/processes.js';
import { withDaemon } from './harness/scenario.js';
import { ENOSYS, OK, packet, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';

containerScenario('§6 Modes: in a container nitro is pid 1 and works as ever; it exits 0 and the container is gone',
  { services: { a: { run: 'note $$ $PPID; exec sleep 1000' }, b: { setup: 'exit 0' } }, system: { setup: 'note setup', finish: 'note finish $3', final: 'note final $1' } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    await nitro.waitFor('both have noted', () => nitro.journal().length === 2);
    const info = await nitro.info();
    expect(info?.get(Tag.NITRO_PID)).toBe(1);
    expect(await nitro.pidOf('a')).toBe(Number(nitro.journal()[1]?.split(' ')[0]));
    expect(nitro.journal()[1]).toMatch(/^\d+ 1$/);
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    await endContainer(nitro);
    expect(nitro.journal().slice(-2)).toEqual(['finish shutdown', 'final shutdown']);
    expect(nitro.stderr).toMatch(/- nitro: finished\n$/);
    expect(existsSync(nitro.socket)).toBe(false);
  });

containerScenario('§4 "nitro reaps every child, also the ones it inherits. A child that belongs to no service counts only in the totals"',
  { services: { a: { run: 'i=0; while [ $i -lt 20 ]; do (sleep 0.05 & exit 0); i=$((i+1)); done; (setsid sleep 0.1 & ) ; note ready; exec sleep 1000' } } },
  async (nitro) => {
    await nitro.waitFor('it is ready', () => nitro.journal().length === 1);
    await nitro.waitFor('all orphans are reaped', async () => ((await nitro.info())?.get(Tag.TOTAL_REAPS) ?? 0) >= 21);
    expect((await nitro.info())?.get(Tag.TOTAL_SV_REAPS)).toBe(0);
    const pid = await outerPid(nitro);
    await nitro.waitFor('no child is left but the service', () => childrenOf(pid).length === 1);
    expect((await nitro.ctl('check', 'a')).code).toBe(0);
  });

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  containerScenario(`§6 ${signal} is a shutdown in a container: it is not the real pid 1`,
    { services: { a: { run: SLEEP } }, system: { final: 'note final $1' } },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      process.kill(await outerPid(nitro), signal);
      expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
      expect(nitro.journal()).toEqual(['final shutdown']);
    });

containerScenario('§6 Shutdown 4: "SIGTERM and SIGCONT to every process ...; Either wait ends when no child is left"',
  {
    services: { a: { run: `
      setsid sh -c 'trap "echo told >>$T/journal; exit 0" TERM; echo waiting >>$T/journal; while :; do sleep 0.02; done' &
      (setsid sleep 1000 &)
      setsid sh -c 'kill -STOP $$; exec sleep 1000' &
      exec sleep 1000` } },
    delays: { SIGTERM_ALL: 60_000, SIGKILL_ALL: 60_000 },
  },
  async (nitro) => {
    await nitro.waitFor('the orphan is ready', () => nitro.journal().includes('waiting'));
    await nitro.waitState('a', 'UP');
    const started = performance.now();
    await endContainer(nitro);
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(nitro.journal()).toEqual(['waiting', 'told']);
  });

containerScenario('§6 Shutdown 4: "up to SIGTERM_ALL; SIGKILL to every process": one that ignores SIGTERM; SYS/final runs after it is dead',
  {
    services: { a: { run: `setsid sh -c 'trap "" TERM; echo ignoring >>"$T/journal"; while :; do sleep 0.02; echo alive >"$T/alive"; done' & exec sleep 1000` } },
    system: { final: 'rm "$T/alive"; sleep 0.1; [ -e "$T/alive" ] && note still alive; note final' },
    delays: { SIGTERM_ALL: 300 },
  },
  async (nitro) => {
    await nitro.waitFor('the orphan is ready', () => nitro.journal().includes('ignoring'));
    await nitro.waitState('a', 'UP');
    const down = performance.now();
    await endContainer(nitro);
    expect(performance.now() - down).toBeGreaterThanOrEqual(300);
    expect(nitro.journal()).toEqual(['ignoring', 'final']);
  });

containerScenario('§6 Shutdown 4: "Requests go on being answered meanwhile, and none (rescan, up, down of any name) changes what happens"',
  {
    services: {
      a: { run: `setsid sh -c 'trap "" TERM; echo ignoring >>"$T/journal"; until [ -e "$T/go" ]; do sleep 0.02; done' & exec sleep 1000` },
      d: { run: 'note wrong', down: true },
    },
    system: { final: 'note final $1' },
    delays: { SIGTERM_ALL: 20_000 },
  },
  async (nitro) => {
    await nitro.waitFor('the orphan is ready', () => nitro.journal().includes('ignoring'));
    await nitro.waitState('a', 'UP');
    nitro.service('new', { run: 'note wrong' });
    nitro.send(packet(Tag.SHUTDOWN));
    await nitro.waitState('a', 'DOWN');
    for (const request of [packet(Tag.RESCAN), packet(Tag.UP, 'a'), packet(Tag.DOWN, 'a'), packet(Tag.RESTART, 'd'), packet(Tag.SHUTDOWN), packet(Tag.REBOOT)])
      expect(await nitro.request(request)).toBe(OK);
    for (const request of [packet(Tag.UP, 'new'), packet(Tag.DOWN, 'SYS'), packet(Tag.DOWN, 'nobody'), packet(200)])
      expect(['000051', OK, ENOSYS]).toContain(await nitro.request(request));
    process.kill(await outerPid(nitro), 'SIGHUP');
    expect((await nitro.query('a'))?.state).toBe('DOWN');
    nitro.open('go');
    expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
    expect(nitro.journal()).toEqual(['ignoring', 'final shutdown']);
  });

containerScenario('§6 Final 3: Reboot in a container: nitro is executed again as pid 1, and what was left before is dead',
  { services: { a: { run: `setsid sh -c 'trap "" TERM; exec sleep 1000' & echo $! >>"$T/left"; note life; exec sleep 1000` } }, delays: { SIGTERM_ALL: 200 } },
  async (nitro) => {
    const pid = await outerPid(nitro);
    await nitro.waitState('a', 'UP');
    nitro.send(packet(Tag.REBOOT));
    await nitro.waitFor('it boots again', () => nitro.journal().length === 2);
    await nitro.waitFor('it answers', async () => (await nitro.info()) !== undefined);
    await nitro.waitState('a', 'UP');
    expect(await outerPid(nitro)).toBe(pid);
    expect(alive(pid)).toBe(true);
    expect(nitro.processes().filter((one) => argumentsOf(one)[0] === 'sleep')).toHaveLength(2);
    expect(nitro.stderr.split('- nitro: booting\n')).toHaveLength(3);
  });

containerScenario('§6 Modes: "Pid 1: umask 022"; "/run is mounted (tmpfs) if it is no mount point"; /dev stays if /dev/null is there',
  { services: { a: { run: 'umask >"$T/umask"; cat /proc/mounts >"$T/mounts"; note ready; exec sleep 1000' } }, container: { prepare: 'umask 077; : >/run/hidden; : >/dev/marker' } },
  async (nitro) => {
    await nitro.waitFor('it is ready', () => nitro.journal().length === 1);
    expect(nitro.read('umask').trim()).toMatch(/^0*022$/);
    const mounts = nitro.read('mounts').split('\n').map((line) => line.split(' '));
    expect(mounts.filter(([, where]) => where === '/run').map(([, , type]) => type)).toEqual(['tmpfs']);
    expect(mounts.filter(([, where]) => where === '/dev')).toEqual([]);
  });

containerScenario('§6 Modes: "/dev is mounted (devtmpfs) if /dev/null is missing and it is no mount point"; a /run that is one is left alone',
  {
    services: { a: { run: 'cat /proc/mounts >"$T/mounts"; ls /run >"$T/run"; note ready; exec sleep 1000' } },
    container: { emptyDev: true, prepare: 'mount -t tmpfs mine /run; : >/run/mine' },
  },
  async (nitro) => {
    await nitro.waitFor('it is ready', () => nitro.journal().length === 1);
    const mounts = nitro.read('mounts').split('\n').map((line) => line.split(' '));
    expect(mounts.filter(([, where]) => where === '/dev').map(([, , type]) => type)).toEqual(['devtmpfs']);
    expect(mounts.filter(([, where]) => where === '/run').map(([what]) => what)).toEqual(['mine']);
    expect(nitro.read('run')).toContain('mine');
  });

containerScenario('§6 Modes: a /dev that is a mount point is left alone, though it has no null',
  {
    services: { a: { run: 'cat /proc/mounts >"$T/mounts"; note ready; exec sleep 1000' } },
    container: { emptyDev: true, prepare: 'mount -t tmpfs mine /dev' },
  },
  async (nitro) => {
    await nitro.waitFor('it is ready', () => nitro.journal().length === 1);
    const mounts = nitro.read('mounts').split('\n').map((line) => line.split(' '));
    expect(mounts.filter(([, where]) => where === '/dev').map(([what]) => what)).toEqual(['mine']);
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
  });

containerScenario('§6 Modes: "/dev/console becomes stdin, stdout and stderr if it can be opened"',
  { services: { a: { run: 'echo from a; echo err from a >&2; exec sleep 1000' } }, container: { prepare: ': >$base/t/console; : >/dev/console; mount --bind $base/t/console /dev/console' } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    await nitro.waitFor('all is on the console', () => ['- nitro: booting', 'from a', 'err from a'].every((text) => nitro.read('console').includes(text)));
    expect(nitro.stderr + nitro.stdout).toBe('');
    await endContainer(nitro);
    expect(nitro.read('console')).toContain('finished');
  });

containerScenario('§6 Modes: "Descriptors 0, 1 and 2 are always open, to nowhere if need be"',
  { services: { a: { run: 'ls -l /proc/1/fd /proc/self/fd >"$T/fds"; note ready; exec sleep 1000' } }, container: { prepare: 'exec <&- >&- 2>&-' } },
  async (nitro) => {
    await nitro.waitFor('it is ready', () => nitro.journal().length === 1);
    for (const fd of [0, 1, 2]) expect(nitro.read('fds')).toMatch(new RegExp(` ${fd} -> /dev/null`));
  });

containerScenario('§7 the default control path /run/nitro/nitro.sock, in a container that has only the defaults: §2 /etc/nitro',
  {
    args: [],
    container: { prepare: 'mkdir -p /etc/nitro/a /etc/nitro/SYS; printf "#!/bin/sh\\nunset NITRO_SOCK; \\"$NITROCTL\\" list >\\"$T/list\\"; \\"$NITROCTL\\" info >\\"$T/info\\"; echo done >>\\"$T/journal\\"; exec sleep 1000\\n" >/etc/nitro/a/run; chmod +x /etc/nitro/a/run; export NITRO_SOCK=; ln -s $base/s/nitro.sock /etc/nitro.sock' },
  },
  async (nitro) => {
    // NITRO_SOCK is empty, so /etc/nitro.sock leads to the control path: to that of the harness.
    await nitro.waitFor('the service has asked', () => nitro.journal().includes('done'));
    expect(nitro.read('list')).toMatch(/^(STARTING|UP) a \(pid \d+\)/);
    expect(nitro.read('info')).toContain('nitro_pid 1\n');
    expect(statusOf(await outerPid(nitro))?.get('NSpid')).toMatch(/\t1$/);
  });

test.concurrent('§7 "else /run/nitro/nitro.sock": without NITRO_SOCK and /etc/nitro.sock, in a container whose /run nitro mounts', { skip: !permitted }, async () => {
  await withDaemon({
    wrapper: containerWrapper(),
    env: { NITRO_SOCK: undefined },
    services: { a: { run: `stat -c '%n %a %F' /run/nitro /run/nitro/notify /run/nitro/nitro.sock >"$T/stat"; "$NITROCTL" -t 5 up b; note "asked $?"; exec sleep 1000` }, b: { run: 'note b; exec sleep 1000', down: true } },
  }, async (nitro) => {
    await nitro.spawn();
    await nitro.waitFor('both have noted', () => nitro.journal().length === 2);
    expect([...nitro.journal()].sort()).toEqual(['asked 0', 'b']);
    expect(nitro.read('stat')).toMatch(/^\/run\/nitro 700 directory\n\/run\/nitro\/notify 700 directory\n\/run\/nitro\/nitro.sock [67]00 socket\n$/);
    process.kill(await outerPid(nitro), 'SIGTERM');
    expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
  });
});
