/**
 * Where the guard measures: a directory of its own in memory, its C tools, and the programs that are looked at.
 *
 * Everything lives below one temporary directory and carries one mark, so `cleanUp` ends and removes all of it. The daemon is copied
 * first: a build that goes on meanwhile changes nothing. What has to be seen from inside, by the names of its functions, is linked once more
 * from the objects of the build, with the names (relink.ts).
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killMarked, MARK } from '../processes.js';
import { compilerCommand } from './compiler.js';

const tools = { ask: 'bench/guard/ask.c', service: 'bench/guard/service.c', lease: 'tests/end-to-end/harness/lease.c' } as const;
export type Tool = keyof typeof tools;

/** A socket's path has room for 107 bytes; /dev/shm is in memory. */
const longestTemporary = 40;

export class Lab {
  readonly base: string;
  readonly daemon: string;
  readonly ctl: string;

  /** `daemon` is the binary that is measured; it serves nitroctl too. */
  constructor(
    readonly root: string,
    daemon: string,
  ) {
    this.base = makeDirectory();
    this.daemon = join(this.base, 'nitro');
    this.ctl = join(this.base, 'nitroctl');
    copyFileSync(daemon, this.daemon);
    symlinkSync('nitro', this.ctl);
  }

  /** The path of a tool, which is compiled when it is wanted first; throws with what the compiler says. */
  tool(name: Tool): string {
    const path = join(this.base, name);
    if (existsSync(path)) return path;
    const [command, ...first] = compilerCommand();
    const args = [...first, '-O2', '-Wall', '-Wextra', '-static', join(this.root, tools[name]), '-o', path];
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    return path;
  }

  environment(more: Readonly<Record<string, string>>): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', [MARK]: this.base, ...more };
  }

  /** End everything that was started, and remove everything that was written. */
  cleanUp(): void {
    killMarked(this.base);
    rmSync(this.base, { recursive: true, force: true });
  }
}

/** A directory in which programs can be executed. */
function makeDirectory(): string {
  const reasons: string[] = [];
  for (const temporary of ['/dev/shm', tmpdir(), '/tmp'].filter((path) => path.length <= longestTemporary)) {
    let base: string | undefined;
    try {
      base = mkdtempSync(join(temporary, 'nitro-guard-'));
      copyFileSync('/bin/true', join(base, 'try'));
      execFileSync(join(base, 'try'));
      return base;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
      if (base !== undefined) rmSync(base, { recursive: true, force: true });
    }
  }
  throw new Error(`no directory for programs and sockets: ${reasons.join('; ')}`);
}
