/**
 * Single boots of the benchmark, and what is read from them.
 */
import type { Service } from '../../end-to-end/harness/directory.js';
import type { Tree } from '../harness/archive.js';
import { Guest, type Description } from '../harness/guest.js';
import type { Found } from '../harness/requirements.js';
import { program } from '../harness/root.js';
import { stamp, kernelSays } from '../harness/kernel-lines.js';

/** What was measured in a boot with one service. */
export interface Boot {
  /** Start of the kernel to its hand-over, the first exec of process 1, and from there to the exec of the first service. */
  readonly kernelMs: number;
  readonly firstServiceMs: number;
  /** Resident memory of pid 1, and the part of it that is not from files. */
  readonly residentKb: number;
  readonly anonymousKb: number;
  /** From the request to the kernel's last word. */
  readonly powerOffMs: number;
  /** Version of the kernel. */
  readonly release: string;
}

/** What was measured in a boot with many services. */
export interface Many extends Pick<Boot, 'residentKb' | 'anonymousKb'> {
  /** From the hand-over to the last exec of a service. */
  readonly lastServiceMs: number;
}

/** The kernel records every exec from the start. */
const TRACE = 'trace_event=sched:sched_process_exec trace_buf_size=4M';
const MOUNTS = 'mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t tracefs tracefs /sys/kernel/tracing';
/** Shows what there is to read, after a while in which pid 1 has done what it has to do, and then asks for power off. */
const run = (powerOff: string): string => `
sleep 3
${MOUNTS}
uname -r
cat /proc/1/smaps_rollup
cat /sys/kernel/tracing/trace
echo ::shown
${stamp('asked')}
${powerOff}
exec sleep 1000`;
const SYS: Tree = { sys: { directory: {} } };

/** nitro with one service, as /init: that is the drop-in `init`, which executes nitro. */
export const nitro: Description = { services: { first: { run: run('nitroctl Shutdown') } }, files: SYS };

/** nitro executed by the kernel itself. */
export const nitroDirectly: Description = { ...nitro, commandLine: 'rdinit=/sbin/nitro' };

/** busybox's own init as /init, with the same service. It is asked for power off by a signal, and waits a second for processes to end. */
export const busyboxInit: Description = {
  entries: null,
  files: {
    ...SYS,
    init: { link: 'bin/busybox' },
    'etc/inittab': '::sysinit:/bin/mount -t devtmpfs dev /dev\n::respawn:/etc/first/run\n',
    'etc/first': { directory: { run: program(`exec >/dev/console 2>&1${run('kill -USR2 1')}`) } },
  },
};

/** The same machine with a clock that counts instructions of the guest, a nanosecond each: it is the same on any machine, however busy that is. */
export const counted = (machine: Description): Description => ({ ...machine, qemu: ['-icount', 'shift=0,sleep=off'] });

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

/** Boot a machine with one service. */
export async function bootOnce(found: Found, machine: Description): Promise<Boot> {
  return await withGuest(found, { ...machine, shell: false }, async (guest) => {
    const [text] = await guest.says(/[^]*::shown\n/);
    const execs = execsIn(text);
    const start = handOver(execs);
    const askedMs = 1000 * await kernelSays(guest, 'asked');
    const offMs = 1000 * await kernelSays(guest, 'reboot: Power down');
    const [release = ''] = /^\d+\.\d+\.\S+$/m.exec(text) ?? [];
    return { kernelMs: start, firstServiceMs: Math.min(...servicesIn(execs)) - start, ...memoryIn(text), powerOffMs: offMs - askedMs, release };
  });
}

/** Boot nitro as /init with many services that sleep. */
export async function bootMany(found: Found, count: number): Promise<Many> {
  const services = Object.fromEntries(Array.from({ length: count }, (_, index): [string, Service] => [`many${index}`, { run: 'exec sleep 100000' }]));
  return await withGuest(found, { services, memoryMb: 512, files: SYS }, async (guest) => {
    await guest.waitFor('all are UP', async () => (await guest.output('nitroctl list | grep -c "^UP many" || :')) === `${count}\n`);
    await guest.output(MOUNTS);
    const execs = execsIn(await guest.output('cat /sys/kernel/tracing/trace'));
    return { ...memoryIn(await guest.output('cat /proc/1/smaps_rollup')), lastServiceMs: Math.max(...servicesIn(execs)) - handOver(execs) };
  });
}
