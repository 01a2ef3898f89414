/**
 * The benchmark in a virtual machine: boots it several times and prints a table in Markdown, or writes it into docs/vm.md.
 *
 * Times are those of the guest: the kernel records each exec from the very beginning (its event sched_process_exec, in a buffer in memory, so that nothing
 * is printed meanwhile), and the guest shows the record afterwards. Kernel hand-over is the exec of /init; a service is there with the exec of
 * its `run`. As everything is emulated, times are some 10 to 30 times those of a real machine: what they are good for is comparison, so busybox's
 * init is measured in the same machine.
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
import { bootBusybox, bootMany, bootNitro, description, type Boot, type Many } from './boots.js';

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
    process.stderr.write(`bench:vm: cannot measure, as there is not: ${found.missing}\n`);
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

async function measure(found: Found, runs: number): Promise<string> {
  const nitro = await repeat('nitro', runs, () => bootNitro(found));
  const busybox = await repeat('busybox init', runs, () => bootBusybox(found));
  const many = await repeat(`nitro with ${MANY} services`, Math.min(runs, 3), () => bootMany(found, MANY));
  const archive = archiveOf(rootOf(description, found.busybox, false));

  const of = (boots: readonly Boot[], get: (boot: Boot) => number): string => spread(boots.map(get));
  const ofMany = (get: (boot: Many) => number): string => spread(many.map(get), 0);
  const memory = (kb: number, anonymous: number): string => `${kb} KB, ${anonymous} KB`;
  const [nitroBoot, busyboxBoot, manyBoot] = [nitro[0], busybox[0], many[0]];
  const rows = [
    ['kernel hand-over (exec of /init) to the exec of the first service, ms', of(nitro, (boot) => boot.firstServiceMs), of(busybox, (boot) => boot.firstServiceMs)],
    [`the same until ${MANY} services were executed, ms`, ofMany((boot) => boot.lastServiceMs), '–'],
    ['resident memory of pid 1 with 1 service; of it not from files', memory(nitroBoot?.residentKb ?? NaN, nitroBoot?.anonymousKb ?? NaN), memory(busyboxBoot?.residentKb ?? NaN, busyboxBoot?.anonymousKb ?? NaN)],
    [`with ${MANY} services`, memory(manyBoot?.residentKb ?? NaN, manyBoot?.anonymousKb ?? NaN), '–'],
    ['`nitroctl Shutdown` to power off with 1 service, ms', of(nitro, (boot) => boot.powerOffMs), '–'],
    ['the program', KB(statSync(daemonPath).size), MB(statSync(found.busybox).size)],
    ['initramfs with nitro, busybox and 1 service; with gzip', `${MB(archive.length)}, ${MB(gzipSync(archive, { level: 9 }).length)}`, ''],
    ['the kernel, for comparison', MB(statSync(found.kernel).size), ''],
    ['start of the kernel to its hand-over, for comparison, ms', of(nitro, (boot) => boot.kernelMs), of(busybox, (boot) => boot.kernelMs)],
  ];
  const version = execFileSync(found.qemu, ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
  const accelerator = process.env['NITRO_VM_ACCEL'] ?? 'tcg';
  return [
    '',
    `Medians (least–greatest) of ${runs} boots, in milliseconds of the guest: Linux ${nitroBoot?.release ?? ''} with one processor and 256 MB (512 MB for ${MANY} services)`,
    `in ${version}, \`-accel ${accelerator}\`${accelerator === 'tcg' ? ' (everything is emulated)' : ''}, on ${cpus()[0]?.model.trim() ?? 'an unknown processor'}.`,
    '',
    '| what | nitro | busybox init |',
    '|---|---:|---:|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
  ].join('\n');
}
