/**
 * The seam between nitro and the world.
 *
 * Theory of operation. Everything that nitro and nitroctl do outside their own memory goes through
 * the calls in this file. There are two implementations: the C host (`runtime/host`), which turns each
 * call into one or a few system calls, and the simulated system of the model tests. Nothing else in
 * `runtime/` or `cli/` knows that there is an operating system.
 *
 * Rules that hold for every call:
 *
 * - Expected failures are values. A `Result` is a number: at least 0 it is the answer, below 0 it is minus
 *   the errno. Calls that answer with text or a structure answer with a negative number on failure.
 * - Text is bytes. A string holds one byte a character (0 to 255), since names, paths and packets on Unix are
 *   bytes and need not be UTF-8. Nothing here encodes or decodes.
 * - Nothing blocks but `poll`, and what is documented otherwise.
 * - Descriptors are opened close-on-exec. Who asked for one closes it.
 * - Times are milliseconds of a monotonic clock that does not follow the system time.
 */

/** An open descriptor. */
export type Fd = number;
/** A process id, above 0. */
export type Pid = number;
/** At least 0: the answer. Below 0: minus the errno. */
export type Result = number;
/** A string with one byte (0 to 255) a character. */
export type Bytes = string;

/** Names of the errors that nitro tells apart. All others are only reported, by `describe`. */
export interface Errno {
  readonly EAGAIN: number;
  readonly ECONNREFUSED: number;
  readonly EEXIST: number;
  readonly EINTR: number;
  readonly EINVAL: number;
  readonly EIO: number;
  readonly EMFILE: number;
  readonly ENFILE: number;
  readonly ENOENT: number;
  readonly ENOMEM: number;
  readonly ENOTDIR: number;
  readonly ETXTBSY: number;
}

/** The numbers that this system gives to the signals which nitro sends or receives. */
export interface Signals {
  readonly HUP: number;
  readonly INT: number;
  readonly QUIT: number;
  readonly KILL: number;
  readonly USR1: number;
  readonly USR2: number;
  readonly ALRM: number;
  readonly TERM: number;
  readonly CONT: number;
  readonly STOP: number;
}

/** What a path is, symlinks followed. */
export type FileKind = 'directory' | 'file' | 'socket' | 'other';

/** How to start a script (behaviour.md §4). */
export interface Spawn {
  /** Working directory of the script, relative to nitro's own. */
  readonly directory: Bytes;
  /** argv; `argv[0]` is the file's name, and the file is `./argv[0]` in `directory`. */
  readonly argv: readonly Bytes[];
  /** Descriptors of nitro that become 0, 1 and 2. -1 for stdin is `/dev/null`. */
  readonly stdin: Fd;
  readonly stdout: Fd;
  readonly stderr: Fd;
  /** Number that the write end of a readiness pipe gets in the child, at least 1. 0: no pipe. */
  readonly notificationFd: number;
  /** Make stdin the controlling terminal of the new session, if it is a terminal. */
  readonly terminal: boolean;
}

/** A child that was forked. Its exec has not been waited for. */
export interface Spawned {
  readonly pid: Pid;
  /**
   * Read end of the exec status pipe, non-blocking: closed without a byte when exec succeeded (or the child was
   * killed before it), else the errno as a decimal number. The child exits 111 after it wrote one.
   */
  readonly status: Fd;
  /** Read end of the readiness pipe, non-blocking; -1 without one. */
  readonly ready: Fd;
}

/** A child that ended. */
export interface Reaped {
  readonly pid: Pid;
  /** The raw wait status. */
  readonly status: number;
}

/** A datagram. `from` is the path the sender's socket is bound to, or empty. */
export interface Datagram {
  readonly from: Bytes;
  readonly data: Bytes;
}

/** What both programs need. */
export interface CommonOs {
  readonly errno: Errno;
  readonly signals: Signals;
  /** Where this system keeps what belongs to running programs: `/run` on Linux, `/var/run` elsewhere. */
  readonly runDirectory: Bytes;

  /** Milliseconds, monotonic; only differences mean something. */
  now(): number;
  /** The system's text for an errno (a positive number). */
  describe(errno: number): string;
  /** This process. */
  pid(): Pid;
  /** An environment variable, undefined if it is not set. */
  env(name: string): Bytes | undefined;

  /** Have `poll` report `fd` when it is readable or its other end is closed. */
  watch(fd: Fd): void;
  /** No longer; before `close`. */
  unwatch(fd: Fd): void;
  /**
   * Wait until a watched descriptor has something, a signal came (SIGCHLD too), or `timeoutMs` is over; -1 waits without end. A
   * signal that came since the last call ends the wait at once. Returns the descriptors that have something, none after a signal or the time.
   */
  poll(timeoutMs: number): readonly Fd[];
  /** Signals received since the last call, of HUP, INT, TERM (and for nitroctl PIPE); each once. */
  takeSignals(): readonly number[];

  /** Text, at most `max` bytes of it; empty at the end of the file. -EAGAIN: nothing there yet. */
  read(fd: Fd, max: number): Bytes | Result;
  close(fd: Fd): void;

  /** Symlinks followed. -ENOENT also for a dangling link. */
  kind(path: Bytes): FileKind | Result;
  /** Absolute path of the working directory. */
  workingDirectory(): Bytes | Result;
  /** Target of a symlink; -EINVAL (any negative number) if `path` is none. */
  readLink(path: Bytes): Bytes | Result;
  unlink(path: Bytes): Result;

  /**
   * A datagram socket bound to `path`. The daemon's is for its owner only; a client's for all, so that a daemon of another user
   * can answer root: it is the directory of listeners that is private. -ENAMETOOLONG if the system cannot
   * hold so long a path.
   */
  bind(path: Bytes): Fd | Result;
  /** The next datagram, of at most 64 KiB; null: none there now. To the daemon, one of a user who is neither root nor its own is empty and from nobody. */
  receive(fd: Fd): Datagram | null;
  /** Send to the socket at path `to`; waits at most `waitMs` for room there (0: not at all), then -EAGAIN. */
  send(fd: Fd, to: Bytes, data: Bytes, waitMs: number): Result;

  /** Execute a program in place of this one, with this environment and the original limits. Returns only on failure. */
  exec(path: Bytes, argv: readonly Bytes[]): Result;
  /** Power off or restart at once, without ceremony, by the system call. */
  reboot(how: 'poweroff' | 'reboot' | 'halt'): Result;
  /** Write file systems' buffers. */
  sync(): void;
  exit(status: number): never;
}

/** What the daemon needs. */
export interface Os extends CommonOs {
  /** Fork a script. Failure of a pipe or the fork is the answer, failure of its exec is told on `status`. */
  spawn(spawn: Spawn): Spawned | Result;
  /** One child that ended, null if none did (yet). */
  reap(): Reaped | null;
  /** Is there no child, neither alive nor waiting to be reaped? */
  childless(): boolean;
  kill(pid: Pid, signal: number): Result;
  /** Signal every process but nitro itself. Must not block. */
  killAll(signal: number): Result;

  /** A pipe, both ends blocking. */
  pipe(): { readonly read: Fd; readonly write: Fd } | Result;
  /** How many descriptors a service may have: the soft limit nitro was started with. */
  descriptorLimit(): number;

  /** Names of a directory's entries without `.` and `..`, in the order of the directory. */
  list(path: Bytes): readonly Bytes[] | Result;
  /**
   * A text that is another one when entries came to the directory or went since. Empty if that cannot be said: it changed in the last
   * seconds, which a clock of coarse steps may not show again, or it cannot be looked at.
   */
  stampOf(path: Bytes): Bytes;
  /** The first `max` bytes of a regular file; anything else is a failure, and nothing can block. */
  readFile(path: Bytes, max: number): Bytes | Result;
  isExecutable(path: Bytes): boolean;
  /** A directory of its owner's own: not through a symlink, of this user, closed to others if it was not. -EEXIST: something else is there. */
  makePrivateDirectory(path: Bytes): Result;
  changeDirectory(path: Bytes): Result;
  /** Does some process receive on the datagram socket at `path`? 0: yes; -ECONNREFUSED: stale; -ENOENT: nothing there. */
  probe(path: Bytes): Result;

  /** Write to stderr without ever blocking. 0, or -EAGAIN when it does not fit now (nothing of it is written). */
  say(text: Bytes): Result;

  /** Pid 1 (behaviour.md §6, Modes): umask 022. */
  setUmask(mask: number): void;
  isMountPoint(path: Bytes): boolean;
  /** Mount devtmpfs on /dev, or tmpfs on /run. */
  mount(what: 'dev' | 'run'): Result;
  /** Make /dev/console stdin, stdout and stderr. */
  openConsole(): Result;
  /** Have Ctrl-Alt-Delete sent to nitro as SIGINT. 0: nitro is the real pid 1. */
  takeCtrlAltDelete(): Result;
  remountRootReadOnly(): Result;
}

/** What nitroctl needs beyond the common calls. */
export interface ControlOs extends CommonOs {
  /** Do two paths lead to the same file? */
  isSameFile(a: Bytes, b: Bytes): boolean;
  /** The session this process belongs to; 0 if its leader is in another pid namespace. */
  session(): Pid;
  isTerminal(fd: Fd): boolean;
  /** Write all of `text`, waiting as long as it takes; -EPIPE when nobody reads. */
  write(fd: Fd, text: Bytes): Result;
  /** Append a record to wtmp: 'boot' or 'shutdown'. */
  writeAccounting(what: 'boot' | 'shutdown'): Result;
}
