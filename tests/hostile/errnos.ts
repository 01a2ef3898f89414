/**
 * The errors that a system call can have on Linux, as far as they can come from outside: from memory, limits, permissions, file systems, disks.
 *
 * Not here is what only a wrong program gets (EBADF, EFAULT, EINVAL), and what cannot fail at all on a valid argument (umask, getpid,
 * the masks and dispositions of signals, close of a pipe: the kernel frees the descriptor whatever it answers, while strace would
 * leave it open). An error that says something about the world is a *claim*, and nitro must believe it: told that a service
 * has no directory, it forgets it; told that a socket refuses, it removes it. After a claim that was not so, a rescan and a request have to be enough
 * to bring all back.
 */
export interface Errors {
  /** Nothing is lost, and nothing has to be asked for. */
  readonly passing: readonly string[];
  /** Nothing is lost for good. */
  readonly claims?: readonly string[];
}

const opening: Errors = { passing: ['EMFILE', 'ENFILE', 'ENOMEM', 'EINTR', 'EIO'], claims: ['EACCES', 'ENOENT', 'ELOOP', 'ENOTDIR'] };
const looking: Errors = { passing: ['EIO', 'ENOMEM'], claims: ['EACCES', 'ELOOP', 'ENOENT', 'ENOTDIR'] };
const forking: Errors = { passing: ['EAGAIN', 'ENOMEM'] };
const polling: Errors = { passing: ['EINTR', 'ENOMEM'] };

/** What fails in nitro's own process. */
export const errorsOf: Readonly<Record<string, Errors>> = {
  // Of a pipe EIO cannot come, of a file it can: strace cannot tell them apart.
  read: { passing: ['EINTR', 'EAGAIN'], claims: ['EIO'] },
  write: { passing: ['EAGAIN', 'EINTR', 'EIO', 'ENOSPC', 'EPIPE'] },
  ppoll: polling,
  poll: polling,
  wait4: { passing: ['EINTR'] },
  fork: forking,
  vfork: forking,
  clone: forking,
  pipe2: { passing: ['EMFILE', 'ENFILE'] },
  open: opening,
  openat: opening,
  stat: looking,
  lstat: looking,
  newfstatat: looking,
  fstat: { passing: ['EIO', 'ENOMEM'] },
  access: looking,
  faccessat2: looking,
  getdents64: { passing: ['EIO', 'ENOMEM'], claims: ['ENOENT'] },
  readlink: { passing: ['EACCES', 'EIO', 'ENOMEM'], claims: ['ENOENT', 'EINVAL', 'ELOOP'] },
  unlink: { passing: ['EACCES', 'EBUSY', 'EIO', 'ENOENT', 'EPERM', 'EROFS'] },
  recvfrom: { passing: ['EAGAIN', 'EINTR', 'ENOMEM'] },
  // What says something about the receiver is believed: that answer or announcement is not sent again.
  sendto: { passing: ['EAGAIN', 'EINTR', 'ENOBUFS', 'ENOMEM'], claims: ['EACCES', 'EPERM', 'ENOENT', 'ECONNREFUSED', 'EMSGSIZE'] },
  socket: { passing: ['EACCES', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'] },
  bind: { passing: ['EACCES', 'EADDRINUSE', 'ENOENT', 'ENOMEM', 'EROFS'] },
  connect: { passing: ['EAGAIN', 'EACCES', 'ECONNREFUSED'] },
  kill: { passing: ['EPERM', 'ESRCH'] },
  fcntl: { passing: ['EACCES', 'ENOMEM', 'EMFILE'] },
  ioctl: { passing: ['EIO', 'ENOTTY'] },
  mmap: { passing: ['ENOMEM', 'EAGAIN'] },
  munmap: { passing: ['ENOMEM'] },
  mprotect: { passing: ['ENOMEM', 'EACCES'] },
  madvise: { passing: ['ENOMEM', 'EAGAIN'] },
  mremap: { passing: ['ENOMEM'] },
  brk: { passing: ['ENOMEM'] },
  prlimit64: { passing: ['EPERM'] },
  close_range: { passing: ['ENOSYS', 'ENOMEM', 'EMFILE'] },
  chdir: { passing: ['EACCES', 'EIO', 'ELOOP', 'ENOENT', 'ENOMEM', 'ENOTDIR'] },
  getcwd: { passing: ['ENOENT', 'ENOMEM', 'ERANGE', 'EACCES'] },
  mkdir: { passing: ['EACCES', 'EEXIST', 'ENOSPC', 'EROFS', 'ENOMEM', 'EIO'] },
  chmod: { passing: ['EPERM', 'EROFS', 'EIO', 'ENOMEM'] },
};

/** Calls without which nitro cannot begin: then it says why, in one line, and exits 111 (behaviour.md §6, "an unrecoverable error at start"). */
export const vitalAtStart: readonly string[] = ['chdir', 'socket', 'bind', 'open', 'openat', 'mkdir', 'chmod', 'lstat', 'stat', 'fstat', 'newfstatat', 'mmap', 'mprotect', 'brk', 'connect', 'unlink'];

/** What fails in a child between fork and exec, once in each child that is made. */
export const errorsOfChild: Readonly<Record<string, Errors>> = {
  setsid: { passing: ['EPERM'] },
  open: opening,
  openat: opening,
  fcntl: { passing: ['EMFILE'] },
  dup2: { passing: ['EMFILE', 'EBUSY', 'EINTR'] },
  chdir: { passing: ['EIO', 'ENOMEM'], claims: ['EACCES', 'ENOENT', 'ELOOP', 'ENOTDIR'] },
  prlimit64: { passing: ['EPERM'] },
  execve: { passing: ['EAGAIN', 'EIO', 'EMFILE', 'ENOMEM', 'ETXTBSY'], claims: ['EACCES', 'ENOENT', 'ENOEXEC', 'E2BIG', 'EPERM', 'ELOOP', 'ENFILE'] },
};
