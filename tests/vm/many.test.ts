/**
 * Many services, and processes that do not want to end: behaviour.md §3, and §6 Shutdown 3 and 4.
 */
import { expect } from 'vitest';
import type { Service } from '../end-to-end/harness/directory.js';
import { stamp, kernelSays } from './harness/kernel-lines.js';
import { vmTest } from './harness/vm-test.js';

const POWER_OFF = { code: 0, reason: 'guest-shutdown' };

vmTest('500 services are brought up, listed and brought down',
  {
    services: Object.fromEntries(Array.from({ length: 500 }, (_, index): [string, Service] => [`many${index}`, { run: 'exec sleep 100000' }])),
    memoryMb: 512,
  },
  async (guest) => {
    await guest.waitFor('all are UP', async () => (await guest.output('nitroctl list | grep -c "^UP many" || :')) === '500\n');
    expect(await guest.output('nitroctl info')).toContain('max_service 501\n');
    await guest.launch('nitroctl Shutdown');
    await guest.saysInOrder('- nitro: shutting down\n', '- nitro: waiting for 501 services to finish', /\.{501} done\.\n/);
    await kernelSays(guest, 'reboot: Power down');
    expect(await guest.ends()).toEqual(POWER_OFF);
  });

vmTest('§3, §6: a service that ignores SIGTERM is killed after 7 s, and after it an orphan that does so too, 7 s later',
  {
    services: {
      deaf: { run: `trap '${stamp('deaf is told')}' TERM; (trap '${stamp('orphan is told')}; echo orphan hears it >/dev/console' TERM; while :; do sleep 1; done) & echo deaf runs >/dev/console; while :; do sleep 1; done` },
    },
    system: { final: stamp('final') },
  },
  async (guest) => {
    await guest.says('deaf runs\n');
    await guest.launch('nitroctl Shutdown');
    const told = await kernelSays(guest, 'deaf is told');
    await guest.saysInOrder(' done.\n', 'orphan hears it\n');
    const orphanTold = await kernelSays(guest, 'orphan is told');
    expect(orphanTold - told).toBeGreaterThanOrEqual(6);
    expect(await kernelSays(guest, 'final') - orphanTold).toBeGreaterThanOrEqual(6);
    await kernelSays(guest, 'reboot: Power down');
    expect(await guest.ends()).toEqual(POWER_OFF);
  });

/** Who writes to a file system that is frozen is stuck in the kernel: no signal wakes it until that is thawed, which Magic SysRq j does. */
const FREEZE = 'mount -t proc proc /proc; mke2fs /dev/nvme0n1 >/dev/null && mount -t ext2 /dev/nvme0n1 /mnt && fsfreeze --freeze /mnt';
const SIGKILL_BIT = 1n << 8n;

vmTest('§3: a service that is stuck in the kernel: SIGKILL is late, and nitro answers meanwhile and waits for it',
  {
    diskMb: 8,
    services: { stuck: { run: 'trap "" TERM; : >/mnt/stuck; exec sleep 1000', finish: 'echo stuck has finished: $*' }, other: { run: 'exec sleep 1000' } },
    system: { setup: FREEZE },
  },
  async (guest) => {
    const status = async (): Promise<string> => await guest.output('cat /proc/$(nitroctl pidof stuck)/status');
    await guest.waitFor('it is stuck', async () => (await status()).includes('State:\tD'));
    await guest.output('(nitroctl -t 600 down stuck && echo down >/dev/console &)');
    await guest.waitFor('SIGKILL is sent', async () => {
      const [, pending = '0'] = /SigPnd:\t(\w+)/.exec(await status()) ?? [];
      return (BigInt(`0x${pending}`) & SIGKILL_BIT) !== 0n;
    });
    expect(await status()).toContain('State:\tD');
    expect(await guest.output('nitroctl restart other && nitroctl list stuck')).toMatch(/^SHUTDOWN stuck \(pid \d+\)/);
    await guest.sysRq('j');
    await guest.saysInOrder('stuck has finished: -1 9\n', 'down\n');
    await guest.launch('nitroctl Shutdown');
    await guest.says(' done.\n');
    await kernelSays(guest, 'reboot: Power down');
    expect(await guest.ends()).toEqual(POWER_OFF);
  });

vmTest('§6 Shutdown 4: a process that is stuck in the kernel for ever, and is no service, holds up the end for 14 s and no longer',
  {
    diskMb: 8,
    services: { maker: { run: 'setsid sh -c ": >/mnt/stuck" & exec sleep 1000' } },
    system: { setup: FREEZE, final: stamp('final') },
  },
  async (guest) => {
    await guest.waitFor('it is stuck', async () => (await guest.output('grep -l "^State:.D" /proc/[0-9]*/status | wc -l')) === '1\n');
    await guest.launch(`${stamp('asked')}; nitroctl Shutdown`);
    const asked = await kernelSays(guest, 'asked');
    expect(await kernelSays(guest, 'final') - asked).toBeGreaterThanOrEqual(13);
    await kernelSays(guest, 'reboot: Power down');
    expect(await guest.ends()).toEqual(POWER_OFF);
  });
