/**
 * The programs under test, and the small C tools that the tests need.
 *
 * The daemon is `build/nitro` and its control tool `build/nitroctl`; NITRO_DAEMON and NITRO_CTL name others, so that
 * any nitro can be put to these tests. Vitest runs the default export once before all files: it says what to do
 * when there is no daemon, and compiles the tools into `build/test/`.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../../..');
const build = resolve(root, 'build/test');

/** The daemon under test. */
export const daemonPath = resolve(process.env['NITRO_DAEMON'] ?? resolve(root, 'build/nitro'));
/** The control tool under test. */
export const ctlPath = resolve(process.env['NITRO_CTL'] ?? resolve(root, 'build/nitroctl'));
/** Sends and receives Unix datagrams (dgram.c). */
export const dgramPath = resolve(build, 'dgram');
/** Makes every exec of a file hang (lease.c). */
export const leasePath = resolve(build, 'lease');
/** Does nothing, so that it can be looked at (still.c). */
export const stillPath = resolve(build, 'still');
/** Executes a program with odd inherited state (launch.c). */
export const launchPath = resolve(build, 'launch');

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const modified = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Check that there is something to test, and compile the tools. */
export default function prepare(): void {
  for (const path of [daemonPath, ctlPath])
    if (!isExecutable(path)) throw new Error(`the end-to-end tests need ${path}: run \`npm run build\` first`);
  mkdirSync(build, { recursive: true });
  for (const tool of [dgramPath, launchPath, leasePath, stillPath]) {
    const from = resolve(here, `${basename(tool)}.c`);
    if (modified(tool) <= modified(from))
      execFileSync(process.env['CC'] ?? 'cc', ['-O1', '-Wall', '-Wextra', '-o', tool, from], { stdio: 'inherit' });
  }
}
