/**
 * Single boots of the benchmark, and what is read from them.
 */
import type { Service } from '../../end-to-end/harness/directory.js';
import { Guest, type Description } from '../harness/guest.js';
import type { Found } from '../harness/requirements.js';
import { program, type Root } from '../harness/root.js';
import { stamp, kernelSays } from '../harness/kernel-lines.js';

/** What was measured in a boot with one service. */
export interface Boot {
  /** Start of the kernel to its exec of /init, and from there to the exec of the first service. */
  readonly kernelMs: number;
  readonly firstServiceMs: number;
  /** Resident memory of pid 1, and the part of it that is not from files. */
  readonly residentKb: number;
  readonly anonymousKb: number;
  /** From the request to the kernel's last word; 0 where it was not measured. */
  readonly powerOffMs: number;
  /** Version of the kernel. */
  readonly release: string;
}

/** What was measured in a boot with many services. */
export interface Many extends Pick<Boot, 'residentKb' | 'anonymousKb'> {
  /** From the exec of /init to the last exec of a service. */
  readonly lastServiceMs: number;
}

/** The kernel records every exec from the start. */
const TRACE = 'trace_event=sched:sched_process_exec trace_buf_size=4M';
const MOUNTS = 'mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t tracefs tracefs /sys/kernel/tracing';
/** The service waits first, so that pid 1 has done what it has to do. */
const RUN = `
sleep 3
${MOUNTS}
uname -r
cat /proc/1/smaps_rollup
cat /sys/kernel/tracing/trace
echo ::shown
`;

/** One service, which shows what there is to read and then goes on. */
export const description: Root = {
  services: { first: { run: `${RUN}\n${stamp('asked')}\nnitroctl Shutdown\nexec sleep 1000` } },
  files: { sys: { directory: {} } },
};

interface Exec {
  readonly file: string;
  readonly pid: number;
  readonly atMs: number;
}

const execsIn = (text: string): readonly Exec[] =>
  [...text.matchAll(/ (\d+\.\d+): sched_process_exec: filename=(\S+) pid=(\d+)/g)].map(([, seconds, file = '', pid]) => ({
    file, pid: Number(pid), atMs: Number(seconds) * 1000,
  }));

function numberIn(text: string, pattern: RegExp): number {
  const [, number] = pattern.exec(text) ?? [];
  if (number === undefined) throw new Error(`the guest did not tell ${String(pattern)}:\n${text.slice(-2000)}`);
  return Number(number);
}

const memoryIn = (text: string): Pick<Boot, 'residentKb' | 'anonymousKb'> => ({
  residentKb: numberIn(text, /^Rss:\s+(\d+) kB/m),
  anonymousKb: numberIn(text, /^Anonymous:\s+(\d+) kB/m),
});

function handOver(execs: readonly Exec[]): number {
  const init = execs.find(({ pid }) => pid === 1);
  if (init === undefined) throw new Error('the guest did not record the exec of pid 1');
  return init.atMs;
}

const servicesIn = (execs: readonly Exec[]): readonly number[] => execs.filter(({ file }) => /(^|\/)run$/.test(file)).map(({ atMs }) => atMs);

async function withGuest<T>(found: Found, machine: Description, body: (guest: Guest) => Promise<T>): Promise<T> {
  const guest = new Guest(found, { ...machine, commandLine: `${TRACE} ${machine.commandLine ?? ''}` });
  try {
    await guest.start();
    return await body(guest);
  } finally {
    await guest.destroy();
  }
}

async function bootOnce(found: Found, machine: Description, powersOff: boolean): Promise<Boot> {
  return await withGuest(found, { ...machine, shell: false }, async (guest) => {
    const [text] = await guest.says(/[^]*::shown\n/);
    const execs = execsIn(text);
    const start = handOver(execs);
    const askedMs = powersOff ? 1000 * await kernelSays(guest, 'asked') : 0;
    const offMs = powersOff ? 1000 * await kernelSays(guest, 'reboot: Power down') : 0;
    const [release = ''] = /^\d+\.\d+\.\S+$/m.exec(text) ?? [];
    return { kernelMs: start, firstServiceMs: Math.min(...servicesIn(execs)) - start, ...memoryIn(text), powerOffMs: offMs - askedMs, release };
  });
}

/** nitro with one service: as /init, which is the drop-in that executes nitro, or itself executed by the kernel. */
export const bootNitro = (found: Found, directly: boolean): Promise<Boot> =>
  bootOnce(found, directly ? { ...description, commandLine: 'rdinit=/sbin/nitro' } : description, true);

/** QEMU's clock counts instructions of the guest, each for a nanosecond: what is measured is the same on any machine, however busy it is. */
const COUNTED: readonly string[] = ['-icount', 'shift=0,sleep=off'];

/** The same for every kind of boot, in instructions of the guest in place of nanoseconds. */
export const counted = (machine: Description): Description => ({ ...machine, qemu: COUNTED });

/** busybox's own init as /init, with the same service. */
export const bootBusybox = (found: Found): Promise<Boot> =>
  bootOnce(found, {
    entries: null,
    files: {
      init: { link: 'bin/busybox' },
      sys: { directory: {} },
      'etc/inittab': '::respawn:/etc/first/run\n',
      'etc/first': { directory: { run: program(`exec >/dev/console 2>&1; ${RUN} exec sleep 1000`) } },
    },
  }, false);

/** nitro as /init with many services that sleep. */
export async function bootMany(found: Found, count: number): Promise<Many> {
  const services = Object.fromEntries(Array.from({ length: count }, (_, index): [string, Service] => [`many${index}`, { run: 'exec sleep 100000' }]));
  return await withGuest(found, { services, memoryMb: 512, files: { sys: { directory: {} } } }, async (guest) => {
    await guest.waitFor('all are UP', async () => (await guest.output('nitroctl list | grep -c "^UP many" || :')) === `${count}\n`);
    await guest.output(MOUNTS);
    const execs = execsIn(await guest.output('cat /sys/kernel/tracing/trace'));
    return { ...memoryIn(await guest.output('cat /proc/1/smaps_rollup')), lastServiceMs: Math.max(...servicesIn(execs)) - handOver(execs) };
  });
}
