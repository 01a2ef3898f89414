/**
 * A system with nothing in it but what a test of the start and the end of nitro needs: `begin` starts nitro in it and returns what nitro did, call by
 * call, until the process ended or nitro waited for something that does not come.
 */
import { Ended } from '../../runtime/bugs.js';
import type { Bytes, FileKind, Os, Result } from '../../runtime/os.js';
import { encodeRequest } from '../../runtime/protocol.js';
import { startNitro } from '../../runtime/start.js';

const ENOENT = 2;
export const EACCES = 13;
const TERM = 15;
const INT = 2;

export interface Surroundings {
  /** 1: as pid 1. */
  readonly pid?: number;
  readonly argv?: readonly Bytes[];
  readonly env?: Readonly<Record<string, Bytes>>;
  readonly workingDirectory?: Bytes | Result;
  /** What there is beside `/r` and `/dev/null`. */
  readonly files?: Readonly<Record<Bytes, FileKind>>;
  /** Paths of `files` that are not there after all. */
  readonly missing?: readonly Bytes[];
  readonly mountPoints?: readonly Bytes[];
  /** Sockets that some process receives on. */
  readonly answering?: readonly Bytes[];
  /** Calls that fail, as they are written in the log. */
  readonly failing?: readonly string[];
  /** Programs that can be executed. */
  readonly executables?: readonly Bytes[];
  /** Pid 1 that Ctrl-Alt-Delete can be taken over by. */
  readonly isMachine?: boolean;
  /** A signal that comes when nitro first waits. */
  readonly signal?: 'TERM' | 'INT';
  /** A request that comes then. */
  readonly asks?: 'shutdown' | 'reboot';
}

export const home = '/home/me';

/** Start nitro; the log of what it did. */
export function begin(surroundings: Surroundings): readonly string[] {
  const { pid = 50, argv = ['nitro', '/d'], env = { NITRO_SOCK: '/r/nitro.sock' }, workingDirectory = home, missing = [] } = surroundings;
  const { mountPoints = ['/run'], answering = [], failing = [], executables = [], isMachine = false, signal, asks } = surroundings;
  const files: Readonly<Record<Bytes, FileKind>> = { '/dev/null': 'other', '/r': 'directory', ...surroundings.files };
  const log: string[] = [];
  const does = (call: string, answer = 0): Result => {
    log.push(call);
    return failing.includes(call) ? -EACCES : answer;
  };
  const over = (how: string): never => {
    log.push(how);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- it is the end of a process, and no error
    throw new Ended(how);
  };
  const socket = 7;
  let waits = 0;
  const requests = asks === undefined ? [] : [{ from: '', data: encodeRequest({ kind: asks }) }];
  const wait = (): readonly number[] => {
    waits += 1;
    if (waits > 1 || (signal === undefined && asks === undefined)) return over('waits');
    return asks === undefined ? [] : [socket];
  };
  const os: Partial<Os> = {
    errno: { ENOENT, EACCES } as Partial<Os['errno']> as Os['errno'],
    signals: { TERM, INT, HUP: 1, KILL: 9, CONT: 18 } as Partial<Os['signals']> as Os['signals'],
    runDirectory: '/run',
    now: () => 0,
    describe: (errno) => `error ${String(errno)}`,
    pid: () => pid,
    env: (name) => env[name],
    watch: (fd) => void does(`watch ${String(fd)}`),
    unwatch: (fd) => void does(`unwatch ${String(fd)}`),
    close: (fd) => void does(`close ${String(fd)}`),
    poll: (timeoutMs) => (timeoutMs === 0 ? [] : wait()),
    receive: () => requests.shift() ?? null,
    takeSignals: () => (signal === undefined ? [] : [signal === 'TERM' ? TERM : INT]),
    reap: () => null,
    childless: () => true,
    killAll: (number) => does(`kill all ${String(number)}`),
    kind: (path) => (missing.includes(path) ? -ENOENT : (files[path] ?? -ENOENT)),
    isExecutable: () => false,
    workingDirectory: () => workingDirectory,
    readLink: () => -ENOENT,
    list: () => [],
    stampOf: () => '',
    unlink: (path) => does(`unlink ${path}`),
    bind: (path) => does(`bind ${path}`, socket),
    probe: (path) => (answering.includes(path) ? 0 : -111),
    makePrivateDirectory: (path) => does(`make ${path}`),
    changeDirectory: (path) => does(`change into ${path}`),
    say: (text) => does(`say ${text.trimEnd()}`),
    setUmask: (mask) => void does(`umask ${mask.toString(8)}`),
    isMountPoint: (path) => mountPoints.includes(path),
    mount: (what) => does(`mount ${what}`),
    openConsole: () => does('open console'),
    takeCtrlAltDelete: () => (isMachine ? 0 : -EACCES),
    remountRootReadOnly: () => does('remount'),
    sync: () => void does('sync'),
    reboot: (how) => (failing.includes(how) ? does(how) : over(how)),
    exec: (path, args) => (executables.includes(path) ? over(`exec ${path} as ${args.join(' ')}`) : does(`no exec ${path} as ${args.join(' ')}`, -ENOENT)),
    exit: (status) => over(`exit ${String(status)}`),
  };
  try {
    startNitro(os as Os, argv);
  } catch (end) {
    if (!(end instanceof Ended)) throw end;
  }
  return log;
}
