/**
 * How a machine ends: behaviour.md §6, Shutdown and Final, and the drop-ins of §8.
 */
import { expect } from 'vitest';
import type { Guest } from './harness/guest.js';
import { stamp, kernelSays } from './harness/kernel-lines.js';
import { vmTest } from './harness/vm-test.js';

const SLEEP = 'exec sleep 1000';

/**
 * A logger that ends when it is told to and the last line has come, which may be in its pipe still. The reader has no time limit and no signal: busybox's
 * `read` loses the part of a line that it has when either comes between two bytes.
 */
const loggerThatReadsUntil = (last: string): string => `
trap "stop=1" TERM
exec 3<&0
(trap "" TERM; while read -r line; do echo "log: $line"; [ "$line" != "${last}" ] || exit; done) <&3 &
while [ ! "$stop" ]; do sleep 1; done
wait
echo logger ends`;

const POWER_OFF = { code: 0, reason: 'guest-shutdown' };
const RESTART = { code: 0, reason: 'guest-reset' };

for (const [how, ask, outcome, end, exit] of [
  ['nitroctl Shutdown', (guest: Guest) => guest.launch('nitroctl Shutdown'), 'shutdown', 'reboot: Power down', POWER_OFF],
  ['init 0', (guest: Guest) => guest.launch('init 0'), 'shutdown', 'reboot: Power down', POWER_OFF],
  ['nitroctl Reboot', (guest: Guest) => guest.launch('nitroctl Reboot'), 'reboot', 'reboot: Restarting system', RESTART],
  ['Ctrl-Alt-Delete', (guest: Guest) => guest.press('ctrl', 'alt', 'delete'), 'reboot', 'reboot: Restarting system', RESTART],
] as const)
  vmTest(`§6 ${how}: SYS/finish, services, loggers, SYS/final, and then ${end}`,
    {
      services: {
        a: { run: 'trap "echo a is told; exit" TERM; echo a runs >/dev/console; while :; do sleep 1000 & wait; done', finish: 'echo a has finished', log: '../logger' },
        logger: { run: loggerThatReadsUntil('a has finished') },
      },
      system: { finish: 'echo SYS/finish $*', final: ': >/etc/written && echo SYS/final $*' },
    },
    async (guest) => {
      await guest.says('a runs\n');
      await guest.output('nitroctl wait-up a');
      await ask(guest);
      await guest.saysInOrder(
        outcome === 'reboot' ? '- nitro: rebooting\n' : '- nitro: shutting down\n', `SYS/finish 0 0 ${outcome}\n`,
        '- nitro: waiting for 3 services to finish', 'log: a is told\n', 'log: a has finished\n', 'logger ends\n', ' done.\n',
        `SYS/final ${outcome}\n`,
      );
      await kernelSays(guest, end);
      expect(await guest.ends()).toEqual(exit);
      expect(guest.console.text).not.toContain('read-only');
    });

vmTest('§1, §6 Final 2: SYS/final is killed after 30 s',
  {
    services: { a: { run: SLEEP } },
    system: { final: `trap "" TERM; ${stamp('final begins')}; while :; do sleep 1; done` },
  },
  async (guest) => {
    await guest.launch('nitroctl Shutdown');
    const begin = await kernelSays(guest, 'final begins');
    expect(await kernelSays(guest, 'reboot: Power down') - begin).toBeGreaterThanOrEqual(29);
    expect(await guest.ends()).toEqual(POWER_OFF);
  });

for (const [command, end, exit] of [
  ['poweroff -f', 'reboot: Power down', POWER_OFF],
  ['reboot -f', 'reboot: Restarting system', RESTART],
  ['halt -f', 'reboot: System halted', null],
] as const)
  vmTest(`§8 ${command}: at once, and nothing is brought down`,
    {
      services: { a: { run: 'trap "echo a is told" TERM; echo a runs; while :; do sleep 1000 & wait; done', finish: 'echo a has finished' } },
      system: { finish: 'echo SYS/finish', final: 'echo SYS/final' },
    },
    async (guest) => {
      await guest.says('a runs\n');
      await guest.launch(command);
      await kernelSays(guest, end);
      if (exit !== null) expect(await guest.ends()).toEqual(exit);
      else expect(guest.monitor.shutdowns).toEqual([]);
      expect(guest.console.text).not.toMatch(/shutting down|rebooting|a is told|a has finished|SYS/);
    });

vmTest('§8 halt -w and -B write a record to wtmp, and nothing else happens',
  { files: { 'var/log/wtmp': '' } },
  async (guest) => {
    await guest.output('halt -w; halt -B; reboot -w');
    const SIZE = 384;
    const records = Buffer.from(await guest.output('xxd -p -c 100000 /var/log/wtmp'), 'hex');
    const release = (await guest.output('uname -r')).trim();
    const text = (record: Buffer, from: number, size: number): string => record.subarray(from, from + size).toString().replace(/\0.*$/s, '');
    const found = Array.from({ length: records.length / SIZE }, (_, index) => {
      const record = records.subarray(index * SIZE, (index + 1) * SIZE);
      return { type: record.readInt16LE(0), line: text(record, 8, 32), user: text(record, 44, 32), host: text(record, 76, 256) };
    });
    const shutdown = { type: 1, line: '~', user: 'shutdown', host: release };
    expect(found).toEqual([shutdown, { type: 2, line: '~', user: 'reboot', host: release }, shutdown]);
    expect(await guest.output('last')).toMatch(/^reboot +system boot/m);
    expect((await guest.run('nitroctl list')).status).toBe(0);
    expect(guest.console.text).not.toContain('shutting down');
  });
