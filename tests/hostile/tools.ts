/**
 * The C tool of the hostile tests, compiled where the other tools of the tests are.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { daemonPath, dgramPath } from '../end-to-end/harness/tools.js';

const here = dirname(fileURLToPath(import.meta.url));
/** This file stands two folders below the root of the project, its bundle one. */
const root = resolve(here, basename(here) === 'hostile' ? '../..' : '..');
const source = resolve(root, 'tests/hostile/hostile.c');

/** Sends what hostile clients send; see the head of hostile.c. */
export const hostilePath = resolve(dirname(dgramPath), 'hostile');
/** nitro with the sanitizers. */
export const sanitizedPath = resolve(root, 'build/debug/nitro');
/** Has the daemon under test the sanitizers in it? Then it needs libraries, and these keep more memory than nitro does. */
export const isSanitized = existsSync(daemonPath) && readFileSync(daemonPath).includes('__asan_init');

/** Compile the tool, if it is not newer than its source. */
export function makeHostileTools(): void {
  if (existsSync(hostilePath) && statSync(hostilePath).mtimeMs > statSync(source).mtimeMs) return;
  const made = `${hostilePath}.${String(process.pid)}`;
  execFileSync(process.env['CC'] ?? 'cc', ['-O1', '-Wall', '-Wextra', '-o', made, source], { stdio: ['ignore', 'ignore', 'inherit'] });
  renameSync(made, hostilePath);
}
