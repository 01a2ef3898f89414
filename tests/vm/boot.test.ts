/**
 * nitro is booted by a kernel: behaviour.md §2 and §6, Modes and Bring-up.
 */
import { expect } from 'vitest';
import { serviceEntry } from '../end-to-end/harness/directory.js';
import { kernelSays } from './harness/kernel-lines.js';
import { program } from './harness/root.js';
import { vmTest } from './harness/vm-test.js';

const SLEEP = 'exec sleep 1000';

vmTest('§6 Modes: boot to the first service; /dev and /run are mounted, which were missing; orphans are reaped',
  {
    services: { first: { run: 'echo "first: umask $(umask), path $PATH"; exec sleep 1000' } },
    system: { setup: 'mount -t proc proc /proc; echo setup' },
  },
  async (guest) => {
    await guest.saysInOrder('- nitro: booting\n', 'setup\n', 'first: umask 0022, path /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n');
    const mounts = await guest.output('cat /proc/mounts');
    expect(mounts).toMatch(/^devtmpfs \/dev devtmpfs rw,nosuid,.*mode=755/m);
    expect(mounts).toMatch(/^tmpfs \/run tmpfs rw,nosuid,nodev,.*mode=755/m);
    expect(await guest.output('readlink /proc/1/exe')).toBe('/sbin/nitro\n');
    expect(await guest.output("tr '\\0' ' ' </proc/1/cmdline")).toBe('/sbin/nitro ');
    for (const fd of [0, 1, 2]) expect(await guest.output(`readlink /proc/1/fd/${fd}`)).toBe('/dev/console\n');
    expect(await guest.output('ls -ld /run/nitro | cut -c 1-10')).toBe('drwx------\n');

    const reaped = async (): Promise<number> => Number(/total_reaps (\d+)/.exec(await guest.output('nitroctl info'))?.[1]);
    const before = await reaped();
    await guest.output('for i in 1 2 3 4 5 6 7 8 9 10; do (setsid sh -c "sleep 0.1; exit 3" &); done');
    await guest.waitFor('all orphans are reaped', async () => (await reaped()) >= before + 10);
    await guest.waitFor('no zombie is left', async () => !/^State:\tZ/m.test(await guest.output('cat /proc/[0-9]*/status 2>/dev/null || :')));
    expect((await guest.run('nitroctl check first')).status).toBe(0);
  });

vmTest('§6 Modes: /dev and /run that are mounted stay as they are, and a device node alone is enough of a /dev',
  {
    files: {
      init: program('mount -t proc proc /proc; mount -t tmpfs -o size=1m mine /run; touch /run/mine; mknod -m 666 /dev/null c 1 3; mknod /dev/ttyS1 c 4 65; exec /sbin/nitro'),
    },
  },
  async (guest) => {
    await guest.says('- nitro: booting\n');
    const mounts = await guest.output('cat /proc/mounts');
    expect(mounts.match(/ \/run .*/g)).toEqual([expect.stringContaining('size=1024k')]);
    expect(mounts).not.toContain(' /dev ');
    expect(await guest.output('ls -1 /run')).toBe('mine\nnitro\n');
  });

vmTest('§6 Modes: without a console descriptors 0, 1 and 2 are open, to nowhere',
  { consoleDevice: '', system: { setup: 'mount -t proc proc /proc' } },
  async (guest) => {
    for (const fd of [0, 1, 2]) expect(await guest.output(`readlink /proc/1/fd/${fd}`)).toBe('/dev/null\n');
    expect(guest.console.text).toBe('');
    await guest.launch('nitroctl Shutdown');
    expect(await guest.ends()).toEqual({ code: 0, reason: 'guest-shutdown' });
  });

vmTest('§4, §6: SYS/setup owns the console: job control in it, and nothing else is started until it ends',
  {
    services: { first: { run: `echo first; ${SLEEP}` } },
    system: { setup: 'exec sh -i' },
    shell: false,
  },
  async (guest) => {
    const CONTROL_C = '\x03';
    const CONTROL_Z = '\x1a';
    await guest.says('# ');
    expect(guest.console.text).not.toContain('job control turned off');
    guest.type(`sh -c 'trap "echo con""tinued" CONT; echo beg""ins; while :; do sleep 1; done'\n`);
    await guest.says('begins\n');
    guest.type(CONTROL_Z);
    await guest.says(/Stopped.*sleep 1/);
    guest.type('bg\n');
    await guest.says('continued\n');
    guest.type('jobs\n');
    await guest.says(/Running.*sleep 1/);
    guest.type('fg\n');
    await guest.says('continued\n');
    guest.type(CONTROL_C);
    await guest.says('# ');
    guest.type("echo 'sta''tus '$?\n");
    await guest.says('status 130\n');
    expect(guest.console.text).not.toContain('\nfirst\n');
    guest.type('exit 0\n');
    await guest.says('\nfirst\n');
  });

for (const word of ['S', 'single'])
  vmTest(`§2 the kernel command line says ${word}: /etc/nitro.single`,
    {
      commandLine: word,
      shell: false,
      services: { usual: { run: `echo usual; ${SLEEP}` } },
      files: { 'etc/nitro.single': { directory: { only: serviceEntry({ run: `echo single; exec nitroctl Shutdown` }) } } },
    },
    async (guest) => {
      await guest.says('\nsingle\n');
      await kernelSays(guest, 'reboot: Power down');
      expect(await guest.ends()).toEqual({ code: 0, reason: 'guest-shutdown' });
      expect(guest.console.text).not.toContain('usual');
    });

vmTest('§6 SYS/fatal where /etc/nitro is missing: from the directory that nitro was started in',
  { entries: null, shell: false, files: { 'SYS/fatal': program('echo "fatal is process $$"; exec poweroff -f') } },
  async (guest) => {
    await guest.saysInOrder(/- nitro: cannot change into \/etc\/nitro: No such file.*\n/, 'fatal is process 1\n');
    await kernelSays(guest, 'reboot: Power down');
    expect(await guest.ends()).toEqual({ code: 0, reason: 'guest-shutdown' });
  });

vmTest('§6 SYS/fatal where the socket cannot be bound: from the service directory',
  {
    commandLine: 'NITRO_SOCK=/init/sock',
    shell: false,
    services: { never: { run: 'echo never' } },
    system: { fatal: 'echo "fatal is process $$ in $PWD"; exec poweroff -f' },
  },
  async (guest) => {
    await guest.saysInOrder(/- nitro: cannot .*\/init.*\n/, 'fatal is process 1 in /etc/nitro\n');
    await kernelSays(guest, 'reboot: Power down');
    expect(await guest.ends()).toEqual({ code: 0, reason: 'guest-shutdown' });
    expect(guest.console.text).not.toContain('never');
  });

vmTest('§6 without /etc/nitro and SYS/fatal nitro exits 111, which the kernel does not survive',
  { entries: null, shell: false, panics: true },
  async (guest) => {
    await guest.says(/- nitro: cannot change into \/etc\/nitro: No such file.*\n/);
    await kernelSays(guest, 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00006f00');
    expect(await guest.ends()).toEqual({ code: 0, reason: 'guest-reset' });
  });
