/**
 * The peers, as Debian packages: those that are installed, else fetched for the benchmark.
 *
 * Theory of operation. What is not installed is downloaded by apt-get and unpacked below build/; nothing is installed. s6-svscan knows its
 * s6-supervise by the path /usr/bin, so what was unpacked is laid over /usr in a mount namespace of our own, in which the benchmark runs itself
 * again (`enter`); it is gone with the last process in it. That takes root. Without, s6 has to be installed; the others run from where they are.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/** Names for `--peers`, and what each consists of. `libraries` are packages that are needed beside it, `files` which of theirs count. */
export const packages = {
  runit: { programs: ['runsvdir', 'runsv', 'sv'], needs: [], libraries: [] },
  s6: {
    programs: ['s6-svscan', 's6-supervise', 's6-svc', 's6-svstat', 's6-ftrigrd', 's6-svlisten1'],
    needs: ['libs6-2.11', 'libskarnet2.13', 'libexecline2.9'],
    libraries: ['libs6.so', 'libskarnet.so'],
  },
  tini: { programs: ['tini'], needs: [], libraries: [] },
  'dumb-init': { programs: ['dumb-init'], needs: [], libraries: [] },
} as const;
export type PackageName = keyof typeof packages;
export const packageNames: readonly PackageName[] = ['runit', 's6', 'tini', 'dumb-init'];

export interface Found {
  readonly kind: 'found';
  readonly version: string;
  /** Where its programs are. */
  readonly directory: string;
  /** Libraries that come with it. */
  readonly libraries: readonly string[];
}

export interface Missing {
  readonly kind: 'missing';
  readonly why: string;
}

const installed = '/usr/bin';
/** Set in the namespace: what was unpacked is laid over /usr. */
const ENTERED = 'NITRO_BENCH_ENTERED';

const isIn = (directory: string, name: PackageName): boolean => packages[name].programs.every((program) => existsSync(join(directory, program)));

/** Download and unpack what is not installed; then run the benchmark again where it is in place. Its exit status; undefined: go on here. */
export async function enter(root: string, names: readonly PackageName[], say: (text: string) => void): Promise<number | undefined> {
  if (process.env[ENTERED] !== undefined) return undefined;
  const absent = names.filter((name) => !isIn(installed, name));
  for (const name of absent) fetchPackage(root, name, say);
  const unpacked = join(unpackedIn(root), 'usr');
  if (absent.length === 0 || !existsSync(unpacked) || process.getuid?.() !== 0 || !canOverlay(unpacked)) return undefined;
  const [script = ''] = process.argv.slice(1);
  const child = spawn('unshare', [...namespace, mounting(unpacked), 'sh', process.execPath, script, ...process.argv.slice(2)], {
    env: { ...process.env, [ENTERED]: '1' },
    stdio: 'inherit',
  });
  // A signal from the terminal reaches both; whoever kills only us means both.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status, signal) => resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

const namespace = ['--mount', '--propagation', 'private', 'sh', '-c'] as const;
const mounting = (over: string): string => `mount -t overlay overlay -o 'lowerdir=${over}:/usr' /usr && exec "$@"`;

function canOverlay(over: string): boolean {
  try {
    execFileSync('unshare', [...namespace, mounting(over), 'sh', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Where the programs of a package are, and which version that is. */
export function find(root: string, name: PackageName): Found | Missing {
  const entered = process.env[ENTERED] !== undefined;
  const unpacked = join(unpackedIn(root), 'usr/bin');
  if (isIn(installed, name)) {
    const version = (entered ? versionsIn(root)[name] : undefined) ?? installedVersion(name);
    return { kind: 'found', version, directory: installed, libraries: librariesOf(name, '/usr/lib') };
  }
  if (!isIn(unpacked, name)) return { kind: 'missing', why: `the package ${name} is not installed, and apt-get could not download it` };
  if (name === 's6') return { kind: 'missing', why: 'it has to be in /usr/bin: only root can arrange that without its installation' };
  return { kind: 'found', version: versionsIn(root)[name] ?? 'unknown', directory: unpacked, libraries: [] };
}

const peersIn = (root: string): string => join(root, 'build/bench/peers');
const unpackedIn = (root: string): string => join(peersIn(root), 'root');
const versionsPath = (root: string): string => join(peersIn(root), 'versions.json');

function versionsIn(root: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(versionsPath(root), 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}

/** Once for all later benchmarks; a failure is said, and found out about by `find`. */
function fetchPackage(root: string, name: PackageName, say: (text: string) => void): void {
  const { needs, programs } = packages[name];
  if (programs.every((program) => existsSync(join(unpackedIn(root), 'usr/bin', program)))) return;
  const directory = join(peersIn(root), name);
  try {
    say(`downloading the package ${name}`);
    mkdirSync(directory, { recursive: true });
    execFileSync('apt-get', ['download', name, ...needs], { cwd: directory, stdio: 'pipe' });
    for (const file of readdirSync(directory).filter((each) => each.endsWith('.deb'))) {
      execFileSync('dpkg-deb', ['-x', join(directory, file), unpackedIn(root)], { stdio: 'pipe' });
      if (!file.startsWith(`${name}_`)) continue;
      const version = execFileSync('dpkg-deb', ['-f', join(directory, file), 'Version'], { encoding: 'utf8' }).trim();
      writeFileSync(versionsPath(root), JSON.stringify({ ...versionsIn(root), [name]: version }));
    }
  } catch (error) {
    say(`the package ${name} cannot be downloaded: ${error instanceof Error ? error.message.trim() : String(error)}`);
  }
}

function installedVersion(name: PackageName): string {
  try {
    return execFileSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

/** The files behind the links, in the directory of the machine's architecture or right here. */
function librariesOf(name: PackageName, directory: string): readonly string[] {
  const wanted: readonly string[] = packages[name].libraries;
  const inner = readdirSync(directory).filter((each) => each.includes('-linux-'));
  const places = [directory, ...inner.map((each) => join(directory, each))];
  return wanted.flatMap((library) => {
    const isOf = (file: string): boolean => file.startsWith(`${library}.`);
    const found = places.flatMap((place) => readdirSync(place).filter(isOf).map((file) => join(place, file)));
    // The longest is the file itself: libs6.so.2.11.3.2.
    const [file] = found.sort((a, b) => b.length - a.length);
    return file === undefined ? [] : [file];
  });
}
