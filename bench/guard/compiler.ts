/**
 * Which compiler and C library a binary was made with: its counts are comparable only with those of the same kind.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch } from 'node:os';

/** The C compiler for tools, as a command and its first arguments. */
export function compilerCommand(): readonly [string, ...string[]] {
  const [command = 'cc', ...first] = (process.env['CC'] ?? 'cc').trim().split(/\s+/);
  return [command, ...first];
}

/** Can this program be run at all? */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** The C library that is linked into a static binary. */
export function libraryOf(binary: Buffer): 'glibc' | 'musl' {
  return binary.includes('GLIBC_TUNABLES') ? 'glibc' : 'musl';
}

/**
 * What made this binary, such as `x64, musl, GCC 12`. The C library decides how many system calls a fork is, the compiler how many
 * instructions a step is. Compilers write their version into what they make; parts of the C library may be of an older one.
 */
export function kindOfBuild(path: string): string {
  const binary = readFileSync(path);
  const versions = [...binary.toString('latin1').matchAll(/(GCC: \([^)]*\) |clang version )(\d+)/g)];
  const newest = Math.max(0, ...versions.map(([, , major]) => Number(major)));
  const compiler = versions.some(([, name]) => name?.startsWith('clang')) ? 'clang' : 'GCC';
  return `${arch()}, ${libraryOf(binary)}, ${newest === 0 ? 'a compiler that does not say' : `${compiler} ${newest}`}`;
}
