/**
 * The programs under test, and the small C tools that the tests need.
 *
 * The daemon is `build/nitro` and its control tool `build/nitroctl`; NITRO_DAEMON and NITRO_CTL name others, so that
 * any nitro can be put to these tests. Vitest runs the default export once before all files: it says what to do
 * when there is no daemon, and compiles the tools into `build/test/`.
 *
 * nitro-audit walks the machines on a daemon with the same tools, from where it is installed: there the bundle stands in `build/`, and
 * what cannot be written there is compiled into a directory of its own, which is removed at the end.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The programs that are looked at. */
export interface Target {
  readonly daemon: string;
  readonly ctl: string;
}

const mayAccess = (path: string, mode: number): boolean => {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
};
const isExecutable = (path: string): boolean => mayAccess(path, constants.X_OK);

const here = dirname(fileURLToPath(import.meta.url));
/** This file stands three folders below the root of the project, its bundle one. */
const root = resolve(here, basename(here) === 'harness' ? '../../..' : '..');
const sources = resolve(root, 'tests/end-to-end/harness');
const shared = resolve(root, 'build/test');
const isShared = mayAccess([shared, resolve(root, 'build'), root].find(existsSync) ?? root, constants.W_OK);
const build = isShared ? shared : resolve(tmpdir(), `nitro-tools-${randomBytes(8).toString('hex')}`);

/** The daemon under test. */
export const daemonPath = resolve(process.env['NITRO_DAEMON'] ?? resolve(root, 'build/nitro'));
/** The control tool under test. */
export const ctlPath = resolve(process.env['NITRO_CTL'] ?? resolve(root, 'build/nitroctl'));
/** Sends and receives Unix datagrams (dgram.c). */
export const dgramPath = toolAt('dgram');
/** Makes every exec of a file hang (lease.c). */
export const leasePath = toolAt('lease');
/** Does nothing, so that it can be looked at (still.c). */
export const stillPath = toolAt('still');
/** Executes a program with odd inherited state (launch.c). */
export const launchPath = toolAt('launch');
/** The scripts of a walk (model-tests/walk/binary/actor.c). */
export const actorPath = toolAt('actor');

/** One that is delivered with nitro is used where it is. */
function toolAt(name: string): string {
  const delivered = resolve(shared, name);
  return isExecutable(delivered) ? delivered : resolve(build, name);
}

const modified = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** What a tool is made of. */
const sourceOf = (tool: string): string =>
  resolve(tool === actorPath ? resolve(root, 'model-tests/walk/binary') : sources, `${basename(tool)}.c`);

/** Why tools are not there and cannot be made; null: they are there now. Several programs may make them at once: each renames a file of its own. */
export function makeTools(tools: readonly string[]): string | null {
  for (const tool of tools) {
    const from = sourceOf(tool);
    if (modified(tool) > modified(from)) continue;
    if (!existsSync(from)) return `${tool} is not there, and neither is its source, ${from}, which is a part of the sources of nitro`;
    if (!existsSync(build)) {
      mkdirSync(build, { recursive: isShared, mode: 0o755 });
      if (!isShared) process.once('exit', () => rmSync(build, { recursive: true, force: true }));
    }
    const made = `${tool}.${String(process.pid)}`;
    const compiler = process.env['CC'] ?? 'cc';
    try {
      execFileSync(compiler, ['-O1', '-Wall', '-Wextra', '-o', made, from], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    } catch (error) {
      return `${from} cannot be compiled with ${compiler} (Debian: apt install gcc libc6-dev): ${error instanceof Error ? error.message : String(error)}`;
    }
    renameSync(made, tool);
  }
  return null;
}

/** Check that there is something to test, and compile the tools. */
export default function prepare(): void {
  for (const path of [daemonPath, ctlPath])
    if (!isExecutable(path)) throw new Error(`the end-to-end tests need ${path}: run \`npm run build\` first`);
  const failure = makeTools([dgramPath, launchPath, leasePath, stillPath, actorPath]);
  if (failure !== null) throw new Error(failure);
}
