/**
 * What the tests in a virtual machine need of this machine. Nothing is installed from here: what is missing is said in one line, with the names of
 * Debian's packages, and the tests are skipped.
 *
 * Vitest runs the default export once before all files; they find the answer as `inject('vm')`.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { daemonPath } from '../../end-to-end/harness/tools.js';

/** Paths of what was found. */
export interface Found {
  readonly qemu: string;
  readonly kernel: string;
  readonly busybox: string;
}

/** Either all that is needed, or what is missing. */
export type Requirements = Found | { readonly missing: string };

declare module 'vitest' {
  interface ProvidedContext {
    vm: Requirements;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const onPath = (name: string): string | undefined =>
  (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, name)).find(isExecutable);

/** A guest has no libraries, so what runs in it must be static: no program header of its ELF file names an interpreter. */
function isStatic(path: string): boolean {
  const elf = readFileSync(path);
  const [offset, size, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)];
  const INTERPRETER = 3;
  return !Array.from({ length: count }, (_, index) => elf.readUInt32LE(offset + index * size)).includes(INTERPRETER);
}

/** Look for everything; the kernel is downloaded into build/vm if it is not there yet and the rest is. */
export function findRequirements(): Requirements {
  const missing: string[] = [];
  const qemu = onPath('qemu-system-x86_64');
  const busybox = onPath('busybox');
  if (process.arch !== 'x64') missing.push('an x86-64 machine (nitro is built for this one)');
  if (qemu === undefined) missing.push('qemu-system-x86_64 (Debian: qemu-system-x86)');
  if (busybox === undefined || !isStatic(busybox)) missing.push('a static busybox (Debian: busybox-static)');
  if (!isExecutable(daemonPath)) missing.push(`${daemonPath} (\`npm run build\`)`);
  else if (!isStatic(daemonPath)) missing.push(`a static nitro (${daemonPath} is not)`);
  if (missing.length > 0 || qemu === undefined || busybox === undefined) return { missing: missing.join(', ') };

  const kernel = spawnSync(process.execPath, [resolve(import.meta.dirname, '../kernel.mjs')], { encoding: 'utf8' });
  const said = kernel.stderr.trim();
  if (kernel.status !== 0) return { missing: `a kernel (${said.split('\n').at(-1)?.replace('kernel: ', '') ?? ''})` };
  if (said !== '') process.stderr.write(`${said}\n`);
  return { qemu, busybox, kernel: kernel.stdout.trim() };
}

export default function prepare({ provide }: TestProject): void {
  const requirements = findRequirements();
  if ('missing' in requirements) process.stderr.write(`\ntests in a virtual machine are skipped, for want of ${requirements.missing}\n\n`);
  provide('vm', requirements);
}
