/**
 * What the tests of the installed files share: the tree, temporary directories that go away, and running other programs.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

/** The top of the project's tree. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** The built binary, and its link for the control tool. */
export const nitroPath = join(root, 'build/nitro');
export const nitroctlPath = join(root, 'build/nitroctl');

/** How a program ended, and what it said. */
export interface Outcome {
  /** -1 when a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of `run`. */
export interface RunOptions {
  readonly cwd?: string;
  /** In place of this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
}

/** Run a program to its end. One that cannot be executed, or takes too long, is an exception. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Outcome {
  const { cwd = root, env = process.env, timeoutMs = 60_000 } = options;
  const ended = spawnSync(program, args, { cwd, env, timeout: timeoutMs, encoding: 'utf8' });
  if (ended.error !== undefined) throw ended.error;
  return { status: ended.status ?? -1, stdout: ended.stdout, stderr: ended.stderr };
}

/** Path of a program in PATH. */
export function pathOf(program: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Is there such a program on this machine? Tests that need it are shown as skipped if not. */
export const has = (program: string): boolean => pathOf(program) !== undefined;

const temporary: string[] = [];

// Here and not in the function: a hook that is set up from within a test is not called.
afterAll(() => {
  for (const directory of temporary) rmSync(directory, { recursive: true, force: true });
});

/** A new temporary directory, removed when the tests of the file have ended. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'nitro-install-'));
  temporary.push(directory);
  return directory;
}

/** All files and links below a directory, relative to it, sorted. */
export function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}
