/**
 * From the command line to a running supervisor, and from there to the end (behaviour.md §6, Modes and Final).
 *
 * What cannot go on at start is *fatal*: `SYS/fatal` is executed if it exists, else nitro exits 111 with a line on stderr. A control
 * socket on which another nitro answers is not: there, nothing is wrong with this system.
 */
import { Console } from './console.js';
import { readDelays } from './delays.js';
import type { Bytes, Fd, Os } from './os.js';
import { controlPath, directoryOf, notifyDirectory } from './paths.js';
import { Supervisor } from './supervisor.js';
import type { Ending, Mode, Outcome } from './system.js';

/** Exit status when nitro cannot start. */
export const exitUnusable = 111;

/**
 * Run nitro. `argv` is that of the program, with at most one argument, the service directory.
 */
export function startNitro(os: Os, argv: readonly Bytes[]): never {
  const console = new Console(os);
  const path = controlPath(os);
  const mode = os.pid() === 1 ? prepareMachine(os, console) : 'process';
  const startedIn = os.workingDirectory();
  const home = typeof startedIn === 'string' ? startedIn : '/';
  const directory = directoryFor(argv[1], mode);
  const changed = os.changeDirectory(directory);
  if (changed < 0) fatal(os, console, `cannot change into ${directory}: ${os.describe(-changed)}`);

  const socket = openControl(os, console, path);
  const supervisor = new Supervisor({
    os,
    console,
    mode,
    delays: readDelays(os.env('NITRO_DELAYS'), console),
    socket,
    notify: notifyDirectory(path),
    ending: endingOf(os, console, mode, argv, home, { path, socket }),
  });
  return supervisor.run();
}

function directoryFor(argument: Bytes | undefined, mode: Mode): Bytes {
  if (argument === undefined || argument === '') return '/etc/nitro';
  if (mode === 'machine' && (argument === 'S' || argument === 'single')) return '/etc/nitro.single';
  return argument;
}

/** What pid 1 has to do before anything can be opened. What failed is said when there is a console to say it on. */
function prepareMachine(os: Os, console: Console): Mode {
  os.setUmask(0o022);
  const dev = typeof os.kind('/dev/null') !== 'string' && !os.isMountPoint('/dev') ? os.mount('dev') : 0;
  const run = os.isMountPoint('/run') ? 0 : os.mount('run');
  // Without a console nitro has nowhere to speak: that is no reason not to start.
  os.openConsole();
  const mode = os.takeCtrlAltDelete() >= 0 ? 'machine' : 'container';
  if (dev < 0) console.sayError('cannot mount /dev', dev);
  // A container has the mounts that its runtime made; most may not mount, and need not.
  if (run < 0 && mode === 'machine') console.sayError('cannot mount /run', run);
  return mode;
}

function openControl(os: Os, console: Console, path: Bytes): Fd {
  const directory = directoryOf(path);
  const notify = notifyDirectory(path);
  if (os.kind(directory) !== 'directory') {
    const made = os.makePrivateDirectory(directory);
    if (made < 0) fatal(os, console, `cannot make the control directory ${directory}: ${os.describe(-made)}`);
  }
  const kind = os.kind(path);
  if (kind === 'socket') {
    if (os.probe(path) >= 0) {
      console.say('socket already in use');
      return os.exit(exitUnusable);
    }
    os.unlink(path);
  } else if (typeof kind === 'string') {
    fatal(os, console, `cannot bind the control socket ${path}: it exists and is no socket`);
  }
  const made = os.makePrivateDirectory(notify);
  if (made < 0) fatal(os, console, `cannot use ${notify} for listeners: ${os.describe(-made)}`);
  const socket = os.bind(path);
  if (socket < 0) fatal(os, console, `cannot bind the control socket ${path}: ${os.describe(-socket)}`);
  return socket;
}

function fatal(os: Os, console: Console, why: Bytes): never {
  console.say(why);
  os.exec('SYS/fatal', ['SYS/fatal']);
  return os.exit(exitUnusable);
}

function endingOf(
  os: Os,
  console: Console,
  mode: Mode,
  argv: readonly Bytes[],
  home: Bytes,
  control: { readonly path: Bytes; readonly socket: Fd },
): Ending {
  return {
    closeControl() {
      os.unwatch(control.socket);
      os.close(control.socket);
      os.unlink(control.path);
    },
    reincarnate() {
      const path = 'SYS/reincarnate';
      if (typeof os.kind(path) !== 'string') return;
      console.sayError(`cannot execute ${path}`, os.exec(path, [path]));
    },
    end(outcome: Outcome, status: number) {
      if (mode === 'machine') endMachine(os, console, outcome);
      else if (outcome === 'reboot') executeAnew(os, console, argv, home);
      else {
        console.say('finished');
        os.exit(status);
      }
    },
  };
}

function endMachine(os: Os, console: Console, outcome: Outcome): void {
  const remounted = os.remountRootReadOnly();
  if (remounted < 0) console.sayError('cannot remount / read-only', remounted);
  os.sync();
  const result = os.reboot(outcome === 'reboot' ? 'reboot' : 'poweroff');
  // Pid 1 must not exit: what is left is to say so, and go on reaping.
  console.sayError(`cannot ${outcome}`, result);
}

/** Under the name it was called by, so that a newer nitro may have taken its place; else the one that runs. */
function executeAnew(os: Os, console: Console, argv: readonly Bytes[], home: Bytes): never {
  os.changeDirectory(home);
  const name = argv[0] ?? 'nitro';
  if (name.includes('/')) os.exec(name, argv);
  console.sayError('cannot execute nitro anew', os.exec('/proc/self/exe', argv));
  return os.exit(exitUnusable);
}
