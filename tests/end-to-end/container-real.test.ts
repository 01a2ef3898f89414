/**
 * nitro as the real pid 1 of a machine: behaviour.md §2, and §6 Modes, Shutdown and Final 3. It only takes itself for that: see
 * extra-container.ts.
 */
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { outerPid, realPid1Scenario, systemCalls } from './harness/extra-container.js';
import type { Daemon } from './harness/daemon.js';
import { packet, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
async function isUp(nitro: Daemon): Promise<void> {
  await nitro.waitFor('it answers', async () => nitro.exit !== undefined || (existsSync(nitro.socket) && (await nitro.info()) !== undefined));
  await nitro.waitState('a', 'UP');
}
/** The last system calls of the end: remount, sync, and what became of the machine. */
const END = (command: RegExp): readonly RegExp[] => [/^mount\(.*"\/".*MS_REMOUNT|^mount\(.*MS_RDONLY/, /^sync\(/, command];

for (const [kind, tag, signal, command] of [
  ['shutdown', Tag.SHUTDOWN, 'SIGINT', /^reboot\(.*(RB_POWER_OFF|LINUX_REBOOT_CMD_POWER_OFF)/],
  ['reboot', Tag.REBOOT, 'SIGHUP', /^reboot\(.*(RB_AUTOBOOT|LINUX_REBOOT_CMD_RESTART)/],
] as const)
  realPid1Scenario(`§6 Final 3: "/ is remounted read-only, sync, then the machine is powered off or rebooted": ${kind}`,
    { services: { a: { run: SLEEP } }, system: { finish: 'note finish $3', final: 'note final $1; : >/written || note readonly' } },
    async (nitro) => {
      await isUp(nitro);
      nitro.send(packet(tag));
      expect(await nitro.waitExit()).toEqual({ code: null, signal });
      expect(nitro.journal()).toEqual([`finish ${kind}`, `final ${kind}`]);
      const calls = systemCalls(nitro);
      expect(calls.find((call) => call.startsWith('reboot('))).toMatch(/CAD_OFF|RB_DISABLE_CAD/);
      END(command).forEach((expected, index) => expect(calls.slice(-3)[index]).toMatch(expected));
      expect(nitro.stderr).not.toContain('finished');
    });

realPid1Scenario('§6 "SIGINT as real pid 1, which is Ctrl-Alt-Delete there" is reboot; SIGTERM does nothing there',
  { services: { a: { run: SLEEP } }, system: { final: 'note final $1' } },
  async (nitro) => {
    await isUp(nitro);
    const pid = await outerPid(nitro);
    process.kill(pid, 'SIGTERM');
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    expect(nitro.stderr).not.toContain('shutting down');
    process.kill(pid, 'SIGINT');
    expect(await nitro.waitExit()).toEqual({ code: null, signal: 'SIGHUP' });
    await nitro.waitFor('it is said', () => nitro.stderr.includes('- nitro: rebooting\n'));
    expect(nitro.journal()).toEqual(['final reboot']);
  });

for (const argument of ['S', 'single'])
  realPid1Scenario(`§2 "As real pid 1, the argument S or single means /etc/nitro.single": ${argument}`,
    {
      args: [argument],
      container: { prepare: 'mkdir -p /etc/nitro.single/a; printf "#!/bin/sh\\nexec sleep 1000\\n" >/etc/nitro.single/a/run; chmod +x /etc/nitro.single/a/run' },
    },
    async (nitro) => {
      await isUp(nitro);
      nitro.send(packet(Tag.SHUTDOWN));
    });

realPid1Scenario('§2 the real pid 1 without an argument: /etc/nitro',
  { args: [], container: { prepare: 'mkdir -p /etc/nitro/a; printf "#!/bin/sh\\nexec sleep 1000\\n" >/etc/nitro/a/run; chmod +x /etc/nitro/a/run' } },
  async (nitro) => {
    await isUp(nitro);
    nitro.send(packet(Tag.SHUTDOWN));
  });

realPid1Scenario('§6 Final 1: SYS/reincarnate of the real pid 1 is executed as pid 1, before anything is remounted',
  { services: { a: { run: SLEEP } }, system: { reincarnate: 'note reincarnated $$; : >/written && note writable' } },
  async (nitro) => {
    await isUp(nitro);
    nitro.send(packet(Tag.REBOOT));
    await nitro.waitExit();
    expect(nitro.journal()).toEqual(['reincarnated 1', 'writable']);
    expect(systemCalls(nitro).filter((call) => call.includes('MS_REMOUNT'))).toEqual([]);
  });

realPid1Scenario('§6 an unrecoverable error at the start of the real pid 1: SYS/fatal is executed in its place',
  { args: ['/fatal'], env: { NITRO_SOCK: '/no/such/directory/sock' },
    container: { prepare: 'mkdir -p /fatal/SYS; printf "#!/bin/sh\\necho fatal \\$\\$ >>\\"\\$T/journal\\"\\n" >/fatal/SYS/fatal; chmod +x /fatal/SYS/fatal' } },
  async (nitro) => {
    await nitro.waitExit();
    expect(nitro.journal()).toEqual(['fatal 1']);
  });
