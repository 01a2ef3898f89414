/** Numbers and names of errors and signals of this system, in the form in which the runtime asks for them. */
import { constants as system } from 'node:os';
import type { Errno, Signals } from '../../../runtime/os.js';

const { SIGHUP: HUP, SIGINT: INT, SIGQUIT: QUIT, SIGKILL: KILL, SIGUSR1: USR1 } = system.signals;
const { SIGUSR2: USR2, SIGALRM: ALRM, SIGTERM: TERM, SIGCONT: CONT, SIGSTOP: STOP } = system.signals;
const signals: Signals = { HUP, INT, QUIT, KILL, USR1, USR2, ALRM, TERM, CONT, STOP };

export const constants: { readonly errno: Errno; readonly signals: Signals } = { errno: system.errno, signals };

/** Name of an error by its positive number, such as ENOENT. */
export function errorName(number: number): string {
  return Object.entries(system.errno).find(([, each]) => each === number)?.[0] ?? `error ${String(number)}`;
}
