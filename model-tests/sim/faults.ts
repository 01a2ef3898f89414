/** Which calls fail how, where the chooser wants it: a fault a call, and not more of them than the scenario has. */
import { E } from './errors.js';
import type { ErrorName } from './errors.js';
import type { World } from './world.js';

/** Errors that a call of nitro may answer with although nothing is wrong with what it asked for. */
const errorsOf = {
  poll: ['EINTR', 'ENOMEM'],
  spawn: ['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'],
  exec: ['EAGAIN', 'EIO', 'EMFILE', 'ENOMEM', 'ETXTBSY', 'ENOENT', 'EACCES'],
  pipe: ['EMFILE', 'ENFILE'],
  kind: ['EIO', 'ENOMEM'],
  readLink: ['EIO', 'ENOMEM', 'EACCES'],
  readFile: ['EIO', 'ENOMEM', 'EMFILE', 'ENFILE', 'EINTR'],
  list: ['EIO', 'ENOMEM', 'EMFILE', 'ENFILE'],
  send: ['EAGAIN', 'ENOMEM'],
  say: ['EAGAIN'],
  unlink: ['EIO'],
  bind: ['EMFILE', 'ENFILE', 'ENOMEM'],
  mount: ['EIO'],
  openConsole: ['EIO'],
  remount: ['EIO'],
} as const satisfies Readonly<Record<string, readonly ErrorName[]>>;

export type FaultyCall = keyof typeof errorsOf;

export class Faults {
  constructor(private readonly world: World) {}

  /** 0: no fault; else minus the errno. `path` says what the call was about. */
  at(call: FaultyCall, path = '', service = ''): number {
    const { world } = this;
    if (world.faults >= world.scenario.faultsMax) return 0;
    const errors = errorsOf[call];
    const chosen = world.chooser.choose(1 + errors.length, 'fault');
    const name = chosen === 0 ? undefined : errors[chosen - 1];
    if (name === undefined) return 0;
    world.faults += 1;
    world.note({ type: 'fault', call, error: E[name], path }, service);
    return -E[name];
  }
}

