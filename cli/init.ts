/**
 * The drop-ins: init, halt, poweroff and reboot (behaviour.md §8).
 *
 * Theory of operation. They are thin. As pid 1, `init` puts nitro in its own place: the file `nitro` beside the one
 * that was started, so that both are always of the same installation, else one of the usual places. Everything else
 * is either a request to the running nitro, made by nitroctl and with its exit statuses, or one system call.
 */
import type { Bytes, Result } from '../runtime/os.js';
import { directoryOf } from '../runtime/paths.js';
import { version } from '../runtime/version.js';
import { Console } from './ctl-console.js';
import { Exit } from './ctl-exit.js';
import type { LinkOs } from './ctl-link.js';
import { nitroctl } from './ctl-main.js';

/** A name under which this is a drop-in. */
export type DropIn = 'init' | 'halt' | 'poweroff' | 'reboot';

/** Is this the name of one? */
export function isDropIn(name: Bytes): name is DropIn {
  return name === 'init' || name === 'halt' || name === 'poweroff' || name === 'reboot';
}

const usualPlaces: readonly Bytes[] = [
  '/sbin/nitro',
  '/usr/sbin/nitro',
  '/bin/nitro',
  '/usr/bin/nitro',
  '/usr/local/sbin/nitro',
];

const initHelp = `Usage: init 0|6|q

Asks the running nitro for something:
  0   shut the system down
  6   restart it
  q   read the service directory again

As process 1 it executes nitro, with its own arguments: the program nitro
beside this one, else ${usualPlaces[0] ?? ''} or another usual place.
`;

function stopHelp(name: Exclude<DropIn, 'init'>): Bytes {
  const does = name === 'reboot' ? 'restart the system' : 'shut the system down';
  const atOnce = { halt: 'halt', poweroff: 'power off', reboot: 'restart' }[name];
  return `Usage: ${name} [-f] [-w | -B]

Asks the running nitro to ${does}.

Options:
  -f          ${atOnce} at once, by the system call; no service is stopped
  -w          only write the record of a shutdown to wtmp
  -B          only write the record of a boot to wtmp
  -h, --help  print this help
  --version   print the version
`;
}

/** Run a drop-in; `called` is argv[0], `words` what follows it. Answers with the exit status. */
export function dropIn(os: LinkOs, name: DropIn, called: Bytes, words: readonly Bytes[]): number {
  const console = new Console(os, name);
  if (name === 'init' && os.pid() === 1) return becomeNitro(os, console, called, words);
  const [first] = words;
  if (first === '--help' || first === '-h') {
    console.print(name === 'init' ? initHelp : stopHelp(name));
    return console.statusAfter(Exit.done);
  }
  if (first === '--version') {
    console.print(`${name} ${version}\n`);
    return console.statusAfter(Exit.done);
  }
  return name === 'init' ? init(os, console, words) : stop(os, console, name, words);
}

function wrongUsage(console: Console, name: DropIn, problem: Bytes): number {
  console.complain(`${problem}\nTry '${name} --help'.`);
  return Exit.usage;
}

function init(os: LinkOs, console: Console, words: readonly Bytes[]): number {
  const [level] = words;
  if (level === undefined) return wrongUsage(console, 'init', 'it is not process 1, so it needs 0, 6 or q');
  if (words.length > 1) return wrongUsage(console, 'init', `too many arguments: ${words.slice(1).join(' ')}`);
  switch (level) {
    case '0':
      return nitroctl(os, ['Shutdown']);
    case '6':
      return nitroctl(os, ['Reboot']);
    case 'q':
      return nitroctl(os, ['rescan']);
    default:
      return wrongUsage(console, 'init', `unknown argument: ${level}`);
  }
}

/** `name`, seen from the directory that the file `path` is in. */
function inDirectoryOf(path: Bytes, name: Bytes): Bytes {
  const directory = directoryOf(path);
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

/** Where nitro may be, most likely first. The link that was called may be in another directory than the file. */
function nitroPlaces(os: LinkOs, called: Bytes): readonly Bytes[] {
  const places: Bytes[] = [];
  const beside = (program: Bytes | Result): void => {
    if (typeof program === 'string' && program.startsWith('/')) places.push(inDirectoryOf(program, 'nitro'));
  };
  // /proc may not be mounted yet.
  beside(os.readLink('/proc/self/exe'));
  beside(called);
  const target = os.readLink(called);
  if (typeof target === 'string') beside(target.startsWith('/') ? target : inDirectoryOf(called, target));
  return [...places, ...usualPlaces];
}

function becomeNitro(os: LinkOs, console: Console, called: Bytes, words: readonly Bytes[]): number {
  let failure = '';
  for (const path of nitroPlaces(os, called)) {
    if (os.kind(path) !== 'file') continue;
    // The whole path is its argv[0], since nitro executes that again for a reboot of a container (behaviour.md §6).
    const errno = -os.exec(path, [path, ...words]);
    failure = `${path}: ${os.describe(errno)}`;
  }
  console.complain(failure === '' ? 'cannot find nitro' : `cannot execute ${failure}`);
  return Exit.noSuchService;
}

function stop(os: LinkOs, console: Console, name: Exclude<DropIn, 'init'>, words: readonly Bytes[]): number {
  let atOnce = false;
  let record: 'boot' | 'shutdown' | null = null;
  for (const word of words) {
    if (!word.startsWith('-') || word === '-') return wrongUsage(console, name, `unknown argument: ${word}`);
    for (const letter of word.slice(1)) {
      if (letter === 'f') atOnce = true;
      else if (letter === 'w') record = 'shutdown';
      else if (letter === 'B') record = 'boot';
      else return wrongUsage(console, name, `unknown option: ${word}`);
    }
  }
  if (record !== null) {
    const written = os.writeAccounting(record);
    if (written >= 0) return Exit.done;
    console.complain(`cannot write the record: ${os.describe(-written)}`);
    return Exit.failed;
  }
  if (!atOnce) return nitroctl(os, [name === 'reboot' ? 'Reboot' : 'Shutdown']);
  os.sync();
  console.complain(`cannot ${name}: ${os.describe(-os.reboot(name))}`);
  return Exit.failed;
}
