/** Numbers of errors and signals of the simulated system: those of Linux. */

export const E = {
  ESRCH: 3,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  ENOEXEC: 8,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EEXIST: 17,
  ENOTDIR: 20,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ETXTBSY: 26,
  EBADF: 9,
  ECONNREFUSED: 111,
} as const;

export type ErrorName = keyof typeof E;

export const S = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ABRT: 6,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
} as const;

export function errorName(number: number): string {
  return Object.entries(E).find(([, value]) => value === number)?.[0] ?? `error ${String(number)}`;
}

export function signalName(number: number): string {
  return Object.entries(S).find(([, value]) => value === number)?.[0] ?? `signal ${String(number)}`;
}
