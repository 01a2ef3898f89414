/**
 * A root file system on a disk: nitro in an initramfs hands over to nitro there, which leaves it read-only in the end. behaviour.md §6, Final 1 and 3.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { kernelSays } from './harness/kernel-lines.js';
import { serviceDirectory } from './harness/root.js';
import { vmTest } from './harness/vm-test.js';

/** Is the ext2 file system in this file marked as properly unmounted or read-only? The mark is not there while it can be written. */
function isClean(path: string): boolean {
  const superblock = readFileSync(path).subarray(1024, 2048);
  const [magic, state] = [superblock.readUInt16LE(56), superblock.readUInt16LE(58)];
  if (magic !== 0xef53) throw new Error('there is no file system on the disk');
  return (state & 1) === 1;
}

const SETUP = `
mount -t proc proc /proc
if ! mount -t ext2 /dev/nvme0n1 /mnt 2>/dev/null; then
  mke2fs /dev/nvme0n1 >/dev/null
  mount -t ext2 /dev/nvme0n1 /mnt
  cp -a /bin /sbin /second/etc /mnt
  mkdir /mnt/dev /mnt/run /mnt/proc /mnt/tmp
  echo the disk is made
fi
`;
const REINCARNATE = `
echo "reincarnate is process $$: \${1-no argument}"
umount /proc
for mounted in dev run; do mount --move /$mounted /mnt/$mounted; done
exec switch_root /mnt /sbin/init
`;
const SECOND = {
  services: { real: { run: 'trap "exit" TERM; echo a service of the disk; while :; do sleep 1000 & wait; done' } },
  system: {
    setup: 'mount -t proc proc /proc; boots=0; [ ! -e /boots ] || read -r boots </boots; boots=$((boots + 1)); echo $boots >/boots; echo "boot $boots from the disk"',
    final: 'echo "final $1" >/last-words; echo "SYS/final $1"',
  },
};

vmTest('§6 an initramfs: SYS/reincarnate puts a nitro on the disk in the place of nitro; both ends leave the disk clean, and what was written is there',
  {
    diskMb: 32,
    bootsAgain: true,
    shell: false,
    // As soon as everything is there, the initramfs has done its work.
    services: { early: { run: 'echo early runs; exec nitroctl Shutdown' } },
    system: { setup: SETUP, reincarnate: REINCARNATE, final: 'echo not the final of the initramfs' },
    files: { 'second/etc': { directory: { nitro: serviceDirectory(SECOND, true) } } },
  },
  async (guest) => {
    await guest.saysInOrder(
      '- nitro: booting\n', 'the disk is made\n', 'early runs\n', '- nitro: shutting down\n', 'reincarnate is process 1: no argument\n',
      '- nitro: booting\n', 'boot 1 from the disk\n', 'a service of the disk\n',
    );
    expect(await guest.output('readlink /proc/1/exe; readlink /proc/1/fd/1')).toBe('/sbin/nitro\n/dev/console\n');
    const mounts = await guest.output('cut -d " " -f 1-3 /proc/mounts');
    // Each of them once: what the initramfs had mounted was not mounted again.
    expect(mounts.trim().split('\n').sort()).toEqual(['/dev/nvme0n1 / ext2', 'devtmpfs /dev devtmpfs', 'proc /proc proc', 'tmpfs /run tmpfs']);
    await guest.output('sync');
    expect(isClean(guest.diskPath)).toBe(false);

    await guest.launch('nitroctl Reboot');
    await guest.saysInOrder('- nitro: rebooting\n', ' done.\n', 'SYS/final reboot\n');
    await kernelSays(guest, 'reboot: Restarting system');
    await guest.bootsAgain(1);
    await guest.saysInOrder('early runs\n', 'reincarnate is process 1', '- nitro: booting\n', 'boot 2 from the disk\n');
    expect(await guest.output('cat /last-words')).toBe('final reboot\n');
    expect(await guest.output('dmesg')).not.toContain('unchecked fs');

    await guest.launch('nitroctl Shutdown');
    await guest.saysInOrder('- nitro: shutting down\n', 'SYS/final shutdown\n');
    await kernelSays(guest, 'reboot: Power down');
    expect(await guest.ends()).toEqual({ code: 0, reason: 'guest-shutdown' });
    expect(isClean(guest.diskPath)).toBe(true);
    expect(guest.console.text).not.toMatch(/read-only|not the final/);
  });

vmTest('§6 SYS/reincarnate that cannot be executed: it is said why, and the end goes on',
  {
    services: { a: { run: 'exec sleep 1000' } },
    entries: { SYS: { directory: { reincarnate: { text: '#!/bin/sh\n', mode: 0o644 }, final: { text: '#!/bin/sh\necho "SYS/final $1"\n', mode: 0o755 } } } },
  },
  async (guest) => {
    await guest.launch('nitroctl Shutdown');
    await guest.saysInOrder('- nitro: cannot execute SYS/reincarnate: Permission denied\n', 'SYS/final shutdown\n');
    await kernelSays(guest, 'reboot: Power down');
    expect(await guest.ends()).toEqual({ code: 0, reason: 'guest-shutdown' });
  });
