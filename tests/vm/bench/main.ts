/**
 * The benchmark in a virtual machine: boots it several times and prints a table in Markdown, or writes it into docs/vm.md.
 *
 * Times are those of the guest: the kernel records each exec from the very beginning (its event sched_process_exec, in a buffer in memory, so that nothing
 * is printed meanwhile), and the guest shows the record afterwards. Kernel hand-over is the first exec of process 1; a service is there with the exec of
 * its `run`. As everything is emulated, times are many times those of a real machine, and they vary with its load: what they are good for is
 * comparison, so busybox's init is measured in the same machine. Instructions of the guest, which QEMU counts in a boot of its own, hardly vary.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { daemonPath } from '../../end-to-end/harness/tools.js';
import { findRequirements, type Found } from '../harness/requirements.js';
import { archiveOf } from '../harness/archive.js';
import { rootOf } from '../harness/root.js';
import { bootMany, bootOnce, busyboxInit, counted, nitro, nitroDirectly, type Boot, type Many } from './boots.js';

const MANY = 500;
const page = join(import.meta.dirname, '../../../docs/vm.md');
const [from, to] = ['<!-- measured: npm run bench:vm -- --write -->', '<!-- end of what was measured -->'];

const help = `usage: npm run bench:vm -- [--runs N] [--write]

Boot nitro in QEMU and measure it. On a quiet machine, please.

  --runs N  how many boots of each kind (5)
  --write   write the table into docs/vm.md
  --help    print this

Exit status: 0 measured, 1 not, 2 usage.
`;

/** The exit status. */
export async function main(args: readonly string[]): Promise<number> {
  let runs: number;
  let writes: boolean;
  try {
    const { values } = parseArgs({ args: [...args], options: { runs: { type: 'string' }, write: { type: 'boolean' }, help: { type: 'boolean' } } });
    if (values.help === true) {
      process.stdout.write(help);
      return 0;
    }
    runs = Number(values.runs ?? 5);
    writes = values.write ?? false;
    if (!Number.isInteger(runs) || runs < 1) throw new TypeError('--runs wants a number of boots');
  } catch (error) {
    process.stderr.write(`bench:vm: ${error instanceof Error ? error.message : String(error)}\nTry: npm run bench:vm -- --help\n`);
    return 2;
  }
  const found = findRequirements();
  if ('missing' in found) {
    process.stderr.write(`bench:vm: cannot measure, for want of ${found.missing}\n`);
    return 1;
  }
  const table = await measure(found, runs);
  process.stdout.write(`${table}\n`);
  if (writes) {
    const text = readFileSync(page, 'utf8');
    writeFileSync(page, `${text.slice(0, text.indexOf(from) + from.length)}\n${table}\n${text.slice(text.indexOf(to))}`);
  }
  return 0;
}

const KB = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KB`;
const MB = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

function spread(values: readonly number[], digits = 1): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): string => (sorted[index] ?? NaN).toFixed(digits);
  return sorted.length === 1 ? at(0) : `${at(sorted.length >> 1)} (${at(0)}–${at(sorted.length - 1)})`;
}

async function repeat<T>(what: string, runs: number, boot: () => Promise<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let run = 1; run <= runs; run++) {
    process.stderr.write(`${what}: boot ${run} of ${runs}\n`);
    all.push(await boot());
  }
  return all;
}

/** The boots of one kind of machine. */
interface Measured {
  readonly boots: readonly Boot[];
  /** One more, whose milliseconds are millions of instructions. */
  readonly instructions: Boot;
}

async function measure(found: Found, runs: number): Promise<string> {
  const kinds: Measured[] = [];
  for (const [what, machine] of [['nitro as /init', nitro], ['nitro directly', nitroDirectly], ['busybox init', busyboxInit]] as const) {
    const boots = await repeat(what, runs, () => bootOnce(found, machine));
    const [instructions] = await repeat(`${what}, counting`, 1, () => bootOnce(found, counted(machine)));
    if (instructions !== undefined) kinds.push({ boots, instructions });
  }
  const many = await repeat(`nitro with ${MANY} services`, Math.min(runs, 3), () => bootMany(found, MANY));
  return [...head(found, runs, kinds[0]?.boots[0]?.release ?? ''), ...body(found, kinds, many)].join('\n');
}

function head(found: Found, runs: number, release: string): readonly string[] {
  const version = execFileSync(found.qemu, ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
  const accelerator = process.env['NITRO_VM_ACCEL'] ?? 'tcg';
  return [
    '',
    `Linux ${release} with one processor and 256 MB, with ${MANY} services 512 MB, in ${version},`,
    `\`-accel ${accelerator}\`${accelerator === 'tcg' ? ', which emulates everything' : ''}, on ${cpus()[0]?.model.trim() ?? 'an unknown processor'}. Medians (least–greatest) of ${runs} boots.`,
    '',
  ];
}

function body(found: Found, kinds: readonly Measured[], many: readonly Many[]): readonly string[] {
  const archive = archiveOf(rootOf(nitro, found.busybox, false));
  const each = (cell: (kind: Measured) => string): readonly string[] => kinds.map(cell);
  const times = (get: (boot: Boot) => number): readonly string[] => each(({ boots }) => spread(boots.map(get)));
  const counts = (get: (boot: Boot) => number): readonly string[] => each(({ instructions }) => get(instructions).toFixed(1));
  const memory = ({ residentKb, anonymousKb }: Pick<Boot, 'residentKb' | 'anonymousKb'>): string => `${residentKb} KB (${anonymousKb} KB)`;
  const manyTimes = spread(many.map(({ lastServiceMs }) => lastServiceMs), 0);
  const [fullest] = [...many].sort((a, b) => b.residentKb - a.residentKb);
  const rows: readonly (readonly string[])[] = [
    ['kernel hand-over to the exec of the first service, ms', ...times(({ firstServiceMs }) => firstServiceMs)],
    ['the same in millions of instructions, the kernel\'s included', ...counts(({ firstServiceMs }) => firstServiceMs)],
    [`kernel hand-over to the exec of the last of ${MANY} services, ms`, manyTimes, '', ''],
    // busybox's init sleeps for two seconds there.
    ['`nitroctl Shutdown` to power off, ms', ...times(({ powerOffMs }) => powerOffMs).slice(0, 2), ''],
    ['the same in millions of instructions', ...counts(({ powerOffMs }) => powerOffMs).slice(0, 2), ''],
    ['resident memory of pid 1 with 1 service (of it not from files)', ...each(({ instructions }) => memory(instructions))],
    [`the same with ${MANY} services`, fullest === undefined ? '' : memory(fullest), '', ''],
    ['the program', KB(statSync(daemonPath).size), KB(statSync(daemonPath).size), KB(statSync(found.busybox).size)],
    ['initramfs with nitro, busybox and 1 service (with gzip)', `${MB(archive.length)} (${MB(gzipSync(archive, { level: 9 }).length)})`, '', ''],
    ['for comparison: the kernel', MB(statSync(found.kernel).size), '', ''],
    ['for comparison: start of the kernel to its hand-over, ms', ...times(({ kernelMs }) => kernelMs)],
  ];
  return [
    '| what | nitro as `/init` | `rdinit=/sbin/nitro` | busybox init |',
    '|---|---:|---:|---:|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
  ];
}
