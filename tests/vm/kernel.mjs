/**
 * A Linux kernel for the tests in a virtual machine: prints the path of its bzImage, and on stderr what it does.
 *
 *     node tests/vm/kernel.mjs              # the one in build/vm, or a fresh one
 *     NITRO_VM_KERNEL=PATH node …           # that one
 *
 * It is Debian's cloud kernel, since that has built in all that the tests need: devtmpfs, tmpfs, Unix sockets, the 8250 serial ports,
 * the i8042 keyboard controller with an AT keyboard, NVMe and ext4. So no module is loaded and nothing is installed: the package is
 * downloaded by apt-get, which checks it against the signed index of the archive, and only the kernel is taken out of it.
 *
 * Exit status: 0 the path is on stdout; 1 there is no kernel, and the last line on stderr says why.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const META_PACKAGE = 'linux-image-cloud-amd64';
const cache = resolve(import.meta.dirname, '../../build/vm/kernel');

class Unobtainable extends Error {}

const say = (text) => process.stderr.write(`kernel: ${text}\n`);

/** Run a command; its output. What it says is shown only if it fails. */
function run(command, args, options = {}) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
  } catch (error) {
    if (error.code === 'ENOENT') throw new Unobtainable(`there is no ${command} here: set NITRO_VM_KERNEL to a bzImage`);
    const why = String(error.stderr ?? '').trim().split('\n').filter((line) => line.startsWith('E:')).join(' ');
    throw new Unobtainable(`${command} ${args.join(' ')} failed${why === '' ? '' : `: ${why}`}`);
  }
}

function readable(path) {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

const cached = () => (readable(cache) ? readdirSync(cache).filter((name) => name.startsWith('vmlinuz-')).sort().at(-1) : undefined);

/** The package that the meta package stands for at present. */
function kernelPackage() {
  const depends = run('apt-cache', ['depends', '--important', META_PACKAGE]);
  const [, name] = /Depends: (linux-image-\S+)/.exec(depends) ?? [];
  if (name === undefined) throw new Unobtainable(`apt knows no ${META_PACKAGE}: run \`apt-get update\`, or set NITRO_VM_KERNEL to a bzImage`);
  return name;
}

/** Download the package and take the kernel out of it. */
function fetchKernel() {
  const name = kernelPackage();
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetch-'));
  try {
    say(`downloading ${name} by apt-get (some 30 MB) to ${cache}`);
    run('apt-get', ['download', name], { cwd: work });
    const [archive] = readdirSync(work).filter((file) => file.endsWith('.deb'));
    if (archive === undefined) throw new Unobtainable(`apt-get download ${name} left no file`);
    say(`taking /boot/vmlinuz out of ${archive}`);
    run('sh', ['-c', 'dpkg-deb --fsys-tarfile "$1" | tar -x --wildcards "./boot/vmlinuz-*"', 'sh', archive], { cwd: work });
    const [image] = readdirSync(join(work, 'boot'));
    renameSync(join(work, 'boot', image), join(cache, image));
    return image;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

try {
  const given = process.env.NITRO_VM_KERNEL ?? '';
  if (given !== '' && !readable(given)) throw new Unobtainable(`NITRO_VM_KERNEL: cannot read ${given}`);
  process.stdout.write(`${given === '' ? join(cache, cached() ?? fetchKernel()) : resolve(given)}\n`);
} catch (error) {
  if (!(error instanceof Unobtainable)) throw error;
  say(error.message);
  process.exitCode = 1;
}
