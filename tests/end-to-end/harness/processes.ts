/**
 * What /proc says about processes. All of it by reading, so that nothing that is tested is disturbed.
 *
 * Every daemon of the tests is started with an environment variable of its own, NITRO_TEST_MARK, and everything it starts
 * inherits that: so the processes of one test are found, wherever they have been reparented to.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The environment variable that marks the processes of one daemon. */
export const MARK = 'NITRO_TEST_MARK';

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
};

/** Fields of /proc/PID/status by name, undefined when there is no such process. */
export function statusOf(pid: number): ReadonlyMap<string, string> | undefined {
  const text = read(`/proc/${pid}/status`);
  if (text === undefined || text === '') return undefined;
  return new Map(
    text.split('\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()] as const];
    }),
  );
}

/** Does the process exist, and is it no zombie? */
export function alive(pid: number): boolean {
  const state = statusOf(pid)?.get('State');
  return state !== undefined && !state.startsWith('Z') && !state.startsWith('X');
}

/** A field of /proc/PID/stat after the name: 0 the state, 1 the parent, 2 the process group, 3 the session, 4 the terminal. */
export function statOf(pid: number, field: 0 | 1 | 2 | 3 | 4): string | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[field];
}

/** The session a process belongs to. */
export const sessionOf = (pid: number): number => Number(statOf(pid, 3) ?? -1);

/** Arguments of a process, as bytes. */
export const argumentsOf = (pid: number): readonly string[] =>
  (read(`/proc/${pid}/cmdline`) ?? '').split('\0').slice(0, -1);

/** The environment a process was executed with, `NAME=VALUE`. */
export const environmentOf = (pid: number): readonly string[] =>
  (read(`/proc/${pid}/environ`) ?? '').split('\0').slice(0, -1);

/** Open descriptors of a process and what they are, like `pipe:[123]` or `/dev/null`. Empty when it is gone. */
export function descriptorsOf(pid: number): ReadonlyMap<number, string> {
  const open = new Map<number, string>();
  let names: string[];
  try {
    names = readdirSync(`/proc/${pid}/fd`);
  } catch {
    return open;
  }
  for (const name of names) {
    try {
      open.set(Number(name), readlinkSync(`/proc/${pid}/fd/${name}`));
    } catch {
      // Closed since the directory was read.
    }
  }
  return open;
}

/** Soft limit of open descriptors of a process. */
export const descriptorLimitOf = (pid: number): number =>
  Number(/^Max open files +(\d+)/m.exec(read(`/proc/${pid}/limits`) ?? '')?.[1] ?? -1);

/** Working directory of a process. */
export function workingDirectoryOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

const everyPid = (): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0);

/** Live processes whose environment carries `mark`. */
export const marked = (mark: string): readonly number[] =>
  everyPid().filter((pid) => (read(`/proc/${pid}/environ`) ?? '').includes(`${MARK}=${mark}\0`) && alive(pid));

/** Children of a process, zombies among them. */
export const childrenOf = (parent: number): readonly number[] =>
  everyPid().filter((pid) => statOf(pid, 1) === String(parent));

/** Children that ended and were not reaped. */
export const zombiesOf = (parent: number): readonly number[] =>
  childrenOf(parent).filter((pid) => statOf(pid, 0) === 'Z');

/** A line about each process, for failure messages. */
export const describeProcesses = (pids: readonly number[]): string =>
  pids.map((pid) => `${pid} ${argumentsOf(pid).join(' ').slice(0, 120)}`).join('\n');

/** SIGKILL, to a process that may be gone already. 0 is no process: to the kernel it is the group of the caller. */
export function killHard(pid: number): void {
  if (pid <= 0) throw new RangeError(`no process: ${pid}`);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone.
  }
}

/** Is signal `number` in the set that /proc/PID/status shows as `field`? */
export function signalIn(pid: number, field: 'SigBlk' | 'SigIgn' | 'SigCgt', number: number): boolean {
  const set = statusOf(pid)?.get(field);
  if (set === undefined) throw new Error(`process ${pid} is gone`);
  return ((BigInt(`0x${set}`) >> BigInt(number - 1)) & 1n) === 1n;
}
