/**
 * Runs nitro in a container of runc: `node oci-run.mjs OPTIONS NITRO ARGUMENT...`, in place of `NITRO ARGUMENT...`.
 *
 * OPTIONS is JSON: `readOnly` root file system, `user` (uid and gid), `tmpfs` (places for one). The root has nitro, nitroctl and a
 * static busybox, nothing else. The directory that holds $T stands at the same path inside and outside. Signals are passed on, and the
 * exit status is that of the container. The bundle is made by hand, so that each line of it is one that a test needs.
 */
import { spawn } from 'node:child_process';
import { chownSync, copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const [optionsText, daemon, ...args] = process.argv.slice(2);
const { readOnly = false, user = 0, tmpfs = [] } = JSON.parse(optionsText);
const base = dirname(process.env.T);
const bundle = join(base, 'bundle');
const root = join(bundle, 'rootfs');

function makeRoot() {
  for (const name of ['bin', 'dev', 'proc', 'run', 'tmp', 'etc', base]) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(daemon, join(root, 'bin/nitro'));
  symlinkSync('nitro', join(root, 'bin/nitroctl'));
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  for (const applet of ['sh', 'sleep', 'cat', 'id', 'touch']) symlinkSync('busybox', join(root, 'bin', applet));
}

/** The user inside writes where scripts of tests do; what is the container's own stays root's. */
function giveToUser(path) {
  chownSync(path, user, user);
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory() && entry.name !== 'bundle') giveToUser(join(path, entry.name));
}

const mount = (destination, type, options, source = type) => ({ destination, type, source, options });
const capabilities = ['CAP_KILL', 'CAP_NET_BIND_SERVICE'];

function makeConfig() {
  const env = { ...process.env, PATH: '/bin', NITROCTL: '/bin/nitroctl' };
  return {
    ociVersion: '1.0.2',
    process: {
      args: ['/bin/nitro', ...args],
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      cwd: '/',
      user: { uid: user, gid: user },
      capabilities: Object.fromEntries(['bounding', 'effective', 'permitted'].map((set) => [set, user === 0 ? capabilities : []])),
      noNewPrivileges: true,
    },
    root: { path: 'rootfs', readonly: readOnly },
    mounts: [
      mount('/proc', 'proc', ['nosuid', 'noexec', 'nodev']),
      mount('/dev', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=64k']),
      mount(base, 'none', ['bind', 'rw'], base),
      ...tmpfs.map((place) => mount(place, 'tmpfs', ['nosuid', 'nodev', 'mode=1777'])),
    ],
    linux: { namespaces: ['pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type })) },
  };
}

makeRoot();
if (user !== 0) giveToUser(base);
writeFileSync(join(bundle, 'config.json'), JSON.stringify(makeConfig()));
const child = spawn('runc', ['run', '--bundle', bundle, basename(base)], { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => (process.exitCode = code ?? 128 + (signal === 'SIGKILL' ? 9 : 15)));
