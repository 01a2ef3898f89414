/**
 * The images of examples/container, built and run by podman as docs/containers.md says, with the commands of the Kubernetes manifest.
 *
 * Where podman, runc or a compiler that links statically is missing, or podman cannot build and run here, the test is skipped,
 * visibly. The image from Debian's needs Debian's own: without a registry it is made by debootstrap, which takes a while, so that is tested only where
 * NITRO_TEST_BIG=1 asks for it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { waitFor } from './harness/wait.js';

const root = join(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'nitro-image-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Ends with 7 on SIGTERM, and with 3 on SIGUSR1. */
const PROGRAM = `
#include <signal.h>
#include <unistd.h>
static void on(int number) { _exit(number == SIGTERM ? 7 : 3); }
int main(void) { signal(SIGTERM, on); signal(SIGUSR1, on); for (;;) pause(); }
`;

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

function podman(...args: readonly string[]): Ended {
  const own = ['--root', `${scratch}/store`, '--runroot', `${scratch}/run`, '--storage-driver', 'vfs', '--events-backend', 'file', '--cgroup-manager', 'cgroupfs', '--runtime', 'runc'];
  const { status, stdout, stderr } = spawnSync('podman', [...own, ...args], { cwd: root, encoding: 'utf8', timeout: 50_000 });
  return { code: status, out: `${stdout}${stderr}` };
}

const buildImage = (file: string): Ended =>
  podman('build', '--isolation', 'chroot', '--pull=never', '-f', `${scratch}/context/examples/container/${file}`, '-t', 'example', `${scratch}/context`);

/** The image, or why there is none. */
function build(): string | null {
  mkdirSync(`${scratch}/context/build`, { recursive: true });
  writeFileSync(`${scratch}/app.c`, PROGRAM);
  try {
    execFileSync('cc', ['-static', '-o', `${scratch}/context/app`, `${scratch}/app.c`], { stdio: 'ignore' });
    execFileSync('cp', ['-r', 'examples', `${scratch}/context/`], { cwd: root });
    execFileSync('cp', ['build/nitro', `${scratch}/context/build/`], { cwd: root });
  } catch {
    return 'no compiler that links statically';
  }
  const built = buildImage('Containerfile');
  return built.code === 0 ? null : `podman cannot build here: ${built.out}`;
}

/** As the manifest wants it. The limits are there because podman's own defaults may be more than the caller may have. */
const AS_IN_THE_MANIFEST = ['--network', 'none', '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096', '--read-only', '--tmpfs', '/run', '--user', '65534:65534', '--cap-drop', 'all'];

const refused = build() ?? (podman('run', '--rm', ...AS_IN_THE_MANIFEST, '--entrypoint', '/bin/nitroctl', 'example', '--version').code === 0 ? null : 'podman cannot run here');

/** The commands in the manifest of a probe or a hook. */
function commandOf(what: string): readonly string[] {
  const manifest = readFileSync(join(root, 'examples/container/kubernetes.yaml'), 'utf8');
  const command = /command: (\[.*\])/.exec(manifest.slice(manifest.indexOf(`${what}:`)))?.[1];
  return JSON.parse(command ?? '[]') as readonly string[];
}

test('the image holds nitro, nitroctl and one program, and lives as the manifest says', { skip: refused !== null, timeout: 240_000 }, async () => {
  for (const [how, act, said] of [
    // preStop ends the program with SIGTERM; its end is that of the container.
    ['preStop', () => podman('exec', 'one', ...commandOf('preStop')), '- nitro: app ended, exit status 7\n- nitro: shutting down\n'],
    ['SIGTERM to nitro', () => podman('kill', '--signal', 'TERM', 'one'), '- nitro: shutting down\n- nitro: waiting for 1 services to finish. done.\n'],
  ] as const) {
    expect(podman('run', '--detach', '--name', 'one', ...AS_IN_THE_MANIFEST, 'example')).toMatchObject({ code: 0 });
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
      expect(podman('exec', 'one', ...commandOf(probe)), `${how}: ${probe}`).toEqual({ code: 0, out: '' });
    expect(podman('exec', 'one', '/bin/nitroctl', 'list').out).toMatch(/^UP app \(pid \d+\)/);
    act();
    await waitFor('the container ends', () => podman('inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', 'one').out === 'exited 7\n');
    expect(podman('logs', 'one').out, how).toBe(`- nitro: booting\n${said}- nitro: finished\n`);
    expect(podman('rm', '--force', 'one').code).toBe(0);
  }
});

const isBig = process.env['NITRO_TEST_BIG'] === '1' && spawnSync('debootstrap', ['--version']).status === 0;

test("the image from Debian's has a shell, and the example services run in it", { skip: refused !== null || !isBig, timeout: 600_000 }, async () => {
  execFileSync('debootstrap', ['--variant=minbase', 'stable', `${scratch}/debian`], { stdio: 'ignore' });
  execFileSync('tar', ['-C', `${scratch}/debian`, '-cf', `${scratch}/debian.tar`, '.']);
  expect(podman('import', `${scratch}/debian.tar`, 'docker.io/library/debian:stable-slim')).toMatchObject({ code: 0 });
  expect(buildImage('Containerfile.debian')).toMatchObject({ code: 0 });
  expect(podman('run', '--detach', '--name', 'two', ...AS_IN_THE_MANIFEST, 'example')).toMatchObject({ code: 0 });
  expect(podman('exec', 'two', 'nitroctl', '-t', '30', 'wait-up', 'database')).toEqual({ code: 0, out: '' });
  expect(podman('exec', 'two', 'nitroctl', 'check', 'greeter')).toEqual({ code: 0, out: '' });
  podman('kill', '--signal', 'TERM', 'two');
  await waitFor('the container ends', () => podman('inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', 'two').out === 'exited 0\n');
  expect(podman('logs', 'two').out).toMatch(/^SYS\/final: all services are down/m);
});
