/**
 * A system in memory for nitroctl, with a daemon whose answers a test writes.
 *
 * Time passes only in `poll` and in a `send` that waits. A wait that nothing can ever end is an error, so that a hang
 * fails at once.
 */
import type { Bytes, Datagram, Errno, Fd, FileKind, Result, Signals } from '../../runtime/os.js';
import { lastSegment, listensTo, parseListener } from '../../runtime/paths.js';
import {
  announcement,
  parseRequest,
  type Request,
} from '../../runtime/protocol.js';
import type { LinkOs } from '../../cli/ctl-link.js';
import { nitroctl } from '../../cli/ctl-main.js';

const errno: Errno = {
  EAGAIN: 11,
  ECONNREFUSED: 111,
  EEXIST: 17,
  EINTR: 4,
  EINVAL: 22,
  EIO: 5,
  EMFILE: 24,
  ENFILE: 23,
  ENOENT: 2,
  ENOMEM: 12,
  ENOTDIR: 20,
  ETXTBSY: 26,
};
const EACCES = 13;
const EADDRINUSE = 98;
const ENAMETOOLONG = 36;
const EPIPE = 32;

const signals: Signals = { HUP: 1, INT: 2, QUIT: 3, KILL: 9, USR1: 10, USR2: 12, ALRM: 14, TERM: 15, CONT: 18, STOP: 19 };
export const SIGPIPE = 13;

class Exited extends Error {
  constructor(readonly status: number) {
    super(`exit ${status}`);
  }
}

export const control = '/run/nitro/nitro.sock';
const notify = '/run/nitro/notify';

export class FakeSystem implements LinkOs {
  readonly errno = errno;
  readonly signals = signals;
  readonly runDirectory = '/run';
  time = 5000;
  myPid = 42;
  mySession = 40;
  environment = new Map<string, string>();
  files = new Map<string, FileKind>([
    ['/run/nitro', 'directory'],
    [notify, 'directory'],
  ]);
  links = new Map<string, string>();
  same: (a: Bytes, b: Bytes) => boolean = (a, b) => a === b;
  directory: Bytes | Result = '/';
  terminal = false;
  stdout = '';
  stderr = '';
  /** Failure of writes to stdout, 0 for none. */
  writeErrno = 0;
  /** Failure of every bind, 0 for none. */
  bindErrno = 0;
  /** 'deaf' takes packets in and does not answer; 'full' takes none. */
  nitro: 'alive' | 'deaf' | 'full' | 'dead' | 'absent' | 'forbidden' = 'alive';
  /** Does the daemon's next datagram to this listener get lost? */
  loses: (listener: string, data: Bytes) => boolean = () => false;
  /** Every packet the daemon got, with the path it came from. */
  readonly received: { readonly request: Request | null; readonly from: Bytes; readonly at: number }[] = [];
  answer: (request: Request, from: Bytes) => void = () => undefined;
  readonly executed: { readonly path: Bytes; readonly argv: readonly Bytes[] }[] = [];
  readonly calls: string[] = [];
  execErrno = errno.ENOENT;
  accountingErrno = 0;
  private readonly sockets = new Map<Fd, { readonly path: Bytes; readonly queue: Datagram[] }>();
  private readonly watched = new Set<Fd>();
  private nextFd = 3;
  private pending: number[] = [];
  private agenda: { readonly at: number; readonly act: () => void }[] = [];

  // ---- for tests

  /** Run nitroctl; the exit status. */
  ctl(...words: readonly Bytes[]): number {
    return nitroctl(this, words);
  }

  /** Do something when it is that many milliseconds later. */
  after(ms: number, act: () => void): void {
    this.agenda.push({ at: this.time + ms, act });
    this.agenda.sort((a, b) => a.at - b.at);
  }

  signal(number: number): void {
    this.pending.push(number);
  }

  /** Send a datagram to the socket at a path. */
  deliver(path: Bytes, data: Bytes): void {
    for (const socket of this.sockets.values()) {
      if (socket.path === path && !this.loses(lastSegment(path), data)) socket.queue.push({ from: control, data });
    }
  }

  /** Announce a state to whoever listens. */
  announce(state: number, name: Bytes): void {
    for (const { path } of this.sockets.values()) {
      const listener = parseListener(lastSegment(path));
      if (listener !== null && listensTo(listener, name)) this.deliver(path, announcement(state, name));
    }
  }

  /** Files of sockets that nobody removed. */
  leftovers(): readonly string[] {
    return Array.from(this.files.keys()).filter((path) => path.startsWith(`${notify}/`));
  }

  openDescriptors(): number {
    return this.sockets.size + this.watched.size;
  }

  /** The requests the daemon got, in short. */
  requests(): readonly string[] {
    return this.received.map(({ request }) => {
      if (request === null) return 'null';
      return 'name' in request ? `${request.kind} ${request.name}` : request.kind;
    });
  }

  // ---- LinkOs

  now(): number {
    return this.time;
  }
  describe(number: number): string {
    const texts: Record<number, string> = {
      [errno.ENOENT]: 'No such file or directory',
      [errno.ECONNREFUSED]: 'Connection refused',
      [EACCES]: 'Permission denied',
      [EPIPE]: 'Broken pipe',
      [ENAMETOOLONG]: 'File name too long',
      [errno.EMFILE]: 'Too many open files',
    };
    return texts[number] ?? `errno ${number}`;
  }
  pid(): number {
    return this.myPid;
  }
  env(name: string): Bytes | undefined {
    return this.environment.get(name);
  }
  watch(fd: Fd): void {
    this.watched.add(fd);
  }
  unwatch(fd: Fd): void {
    this.watched.delete(fd);
  }
  poll(timeoutMs: number): readonly Fd[] {
    const end = timeoutMs < 0 ? Infinity : this.time + timeoutMs;
    for (;;) {
      if (this.pending.length > 0) return [];
      const ready = Array.from(this.watched).filter((fd) => (this.sockets.get(fd)?.queue.length ?? 0) > 0);
      if (ready.length > 0) return ready;
      const next = this.agenda[0];
      if (next === undefined || next.at > end) {
        if (end === Infinity || this.time > 10_000_000) throw new Error('this would wait for ever');
        this.time = end;
        return [];
      }
      this.agenda.shift();
      this.time = Math.max(this.time, next.at);
      next.act();
    }
  }
  takeSignals(): readonly number[] {
    return this.pending.splice(0);
  }
  read(): Result {
    throw new Error('nitroctl reads no file');
  }
  close(fd: Fd): void {
    if (!this.sockets.delete(fd)) throw new Error(`close of ${fd}, which is not open`);
  }
  kind(path: Bytes): FileKind | Result {
    return this.files.get(path) ?? -errno.ENOENT;
  }
  readLink(path: Bytes): Bytes | Result {
    return this.links.get(path) ?? -22;
  }
  unlink(path: Bytes): Result {
    return this.files.delete(path) ? 0 : -errno.ENOENT;
  }
  bind(path: Bytes): Fd | Result {
    if (this.bindErrno !== 0) return -this.bindErrno;
    if (path.length > 107) return -ENAMETOOLONG;
    if (this.files.has(path)) return -EADDRINUSE;
    if (!this.files.has(path.slice(0, path.lastIndexOf('/')))) return -errno.ENOENT;
    const fd = this.nextFd++;
    this.sockets.set(fd, { path, queue: [] });
    this.files.set(path, 'socket');
    return fd;
  }
  receive(fd: Fd): Datagram | null {
    return this.sockets.get(fd)?.queue.shift() ?? null;
  }
  send(fd: Fd, to: Bytes, data: Bytes, waitMs: number): Result {
    const from = this.sockets.get(fd)?.path ?? '';
    const failure = this.unreachable(to);
    if (failure !== 0) return -failure;
    if (this.nitro === 'full') {
      this.time += waitMs;
      return -errno.EAGAIN;
    }
    const request = parseRequest(data);
    this.received.push({ request, from, at: this.time });
    if (this.nitro === 'alive' && request !== null) this.answer(request, from);
    return 0;
  }
  probe(path: Bytes): Result {
    return -this.unreachable(path);
  }
  private unreachable(path: Bytes): number {
    if (this.nitro === 'dead') return errno.ECONNREFUSED;
    if (this.nitro === 'forbidden') return EACCES;
    return this.nitro === 'absent' || path !== control ? errno.ENOENT : 0;
  }
  exec(path: Bytes, argv: readonly Bytes[]): Result {
    this.executed.push({ path, argv });
    return -this.execErrno;
  }
  reboot(how: 'poweroff' | 'reboot' | 'halt'): Result {
    this.calls.push(how);
    return -1;
  }
  sync(): void {
    this.calls.push('sync');
  }
  exit(status: number): never {
    throw new Exited(status);
  }
  workingDirectory(): Bytes | Result {
    return this.directory;
  }
  isSameFile(a: Bytes, b: Bytes): boolean {
    return this.same(a, b);
  }
  session(): number {
    return this.mySession;
  }
  isTerminal(fd: Fd): boolean {
    return fd === 1 && this.terminal;
  }
  write(fd: Fd, text: Bytes): Result {
    if (fd === 2) this.stderr += text;
    else if (this.writeErrno !== 0) return -this.writeErrno;
    else this.stdout += text;
    return text.length;
  }
  writeAccounting(what: 'boot' | 'shutdown'): Result {
    this.calls.push(`wtmp ${what}`);
    return -this.accountingErrno;
  }
}

/** The number of a failure that `FakeSystem` knows beside those of nitro. */
export const failures = { ...errno, EACCES, EPIPE, ENAMETOOLONG } as const;
