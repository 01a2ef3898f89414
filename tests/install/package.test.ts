/**
 * The npm package: packed, installed globally where there is no C compiler, and used.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { pathOf, root, run, temporaryDirectory } from './workspace.js';

const TIMEOUT_MS = 120_000;

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies?: unknown;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** A directory for PATH that holds nothing but what npm and a service need: in particular no compiler. */
function compilerlessPath(directory: string): string {
  mkdirSync(directory);
  for (const program of ['node', 'npm', 'sh', 'sleep']) {
    const from = pathOf(program);
    if (from === undefined) throw new Error(`this test needs ${program}`);
    symlinkSync(from, join(directory, program));
  }
  return directory;
}

describe('the npm package', { timeout: TIMEOUT_MS }, () => {
  const directory = temporaryDirectory();
  const prefix = join(directory, 'prefix');
  const nitro = join(prefix, 'bin/nitro');
  const nitroctl = join(prefix, 'bin/nitroctl');
  let packed: readonly string[] = [];

  beforeAll(() => {
    // Scripts are off for packing because build/ is there already, and others are using it.
    const pack = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', directory]);
    const [made] = Object.values(JSON.parse(pack.stdout) as Record<string, { filename: string; files: { path: string }[] }>);
    if (made === undefined) throw new Error(`npm pack made nothing: ${pack.stderr}`);
    packed = made.files.map((file) => file.path).sort();

    const path = compilerlessPath(join(directory, 'path'));
    const tarball = join(directory, made.filename);
    const env = { HOME: directory, PATH: path };
    const args = ['install', '--global', '--offline', '--prefix', prefix, '--foreground-scripts', tarball];
    const install = run('npm', args, { env, cwd: directory, timeoutMs: TIMEOUT_MS });
    if (install.status !== 0) throw new Error(`npm install failed: ${install.stderr}`);
    expect(install.stdout).not.toContain('build.mjs');
  }, TIMEOUT_MS);

  it('holds the binary, the manuals, the completions and the notices, and no source', () => {
    const required = [
      'LICENSE',
      'Makefile',
      'NOTICE.md',
      'build/nitro',
      'build/nitro-audit.cjs',
      'completions/_nitro',
      'completions/_nitroctl',
      'completions/nitro.bash',
      'completions/nitro.fish',
      'completions/nitroctl.bash',
      'completions/nitroctl.fish',
      'man/halt.8',
      'man/nitro-audit.1',
      'man/nitro.8',
      'man/nitroctl.1',
      'package.json',
    ];
    expect(packed.filter((file) => file !== 'README.md')).toEqual(required);
  });

  it('needs no other package at run time', () => {
    expect(manifest.dependencies).toBeUndefined();
    expect(existsSync(join(prefix, 'lib/node_modules/nitro-init/node_modules'))).toBe(false);
  });

  it('gives nitro and nitroctl of its version', () => {
    expect(run(nitro, ['--version']).stdout).toContain(manifest.version);
    expect(run(nitroctl, ['--version']).stdout).toContain(manifest.version);
    expect(run(nitroctl, ['--help']).stdout).toContain('Usage: nitroctl');
  });

  it('gives manual pages', () => {
    expect(existsSync(join(prefix, 'share/man/man8/nitro.8'))).toBe(true);
    expect(existsSync(join(prefix, 'share/man/man1/nitroctl.1'))).toBe(true);
  });

  it('supervises a service', async () => {
    const service = join(directory, 'services/one');
    mkdirSync(service, { recursive: true });
    writeFileSync(join(service, 'run'), '#!/bin/sh\nexec sleep 1000\n');
    chmodSync(join(service, 'run'), 0o755);
    const env = { NITRO_SOCK: join(directory, 'run/nitro.sock'), PATH: join(directory, 'path') };
    mkdirSync(join(directory, 'run'));

    const daemon = spawn(nitro, [join(directory, 'services')], { env, stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => daemon.once('exit', resolve));
    for (let tries = 0; !existsSync(env.NITRO_SOCK) && tries < 500; tries++) await sleep(10);
    expect(run(nitroctl, ['-t', '10', 'start', 'one'], { env }).status).toBe(0);
    expect(run(nitroctl, ['list'], { env }).stdout).toMatch(/^UP one \(pid \d+\) \(wstatus 0\) \d+s\n$/);
    expect(run(nitroctl, ['Shutdown'], { env }).status).toBe(0);
    expect(await ended).toBe(0);
  });
});
