/**
 * The words of the pictures and documents: events, guards, actions and delays as people of the field say them.
 *
 * A name of the machines that has no words here is an error: a picture never shows a name in capitals because somebody forgot.
 */
import type { ServiceAction, ServiceEventName, ServiceGuard } from '../table/service.js';
import type { SystemAction, SystemEventName, SystemGuard } from '../table/system.js';
import type { Transition } from './model.js';
import type { Cause } from './theme.js';

interface EventWords {
  readonly short: string;
  readonly cause: Cause;
  /** A whole sentence's worth, for documents. */
  readonly long: string;
}

const events: Readonly<Record<ServiceEventName | SystemEventName, EventWords>> = {
  CREATED: { short: 'found by a scan', cause: 'operator', long: 'a scan created it, and it has no `down` file' },
  WANT_UP: { short: 'up', cause: 'operator', long: 'it is wanted up' },
  WANT_RESTART: { short: 'restart', cause: 'operator', long: 'a restart is wanted' },
  WANT_DOWN: { short: 'down', cause: 'operator', long: 'it is wanted down' },
  SETUP_EXITED: { short: 'setup exits', cause: 'process', long: '`setup` has ended' },
  SPAWN_FAILED: { short: 'fork fails', cause: 'process', long: 'a fork or pipe failed' },
  RUN_MISSING: { short: 'no run', cause: 'process', long: 'there is no `run`' },
  LAUNCH_IMPOSSIBLE: { short: 'no directory', cause: 'process', long: 'the directory is gone, or `notification-fd` is beyond the limit' },
  EXEC_FAILED: { short: 'exec fails', cause: 'process', long: 'the exec of `run` failed' },
  EXEC_SUCCEEDED: { short: 'exec', cause: 'process', long: 'the exec of `run` succeeded' },
  READY: { short: 'ready', cause: 'process', long: 'a newline on the readiness pipe, or `nitroctl ready`' },
  RUN_EXITED: { short: 'run exits', cause: 'process', long: '`run` has ended' },
  FINISH_EXITED: { short: 'finish exits', cause: 'process', long: '`finish` has ended, or there is none' },
  SYS_SETUP_EXITED: { short: 'SYS/setup exits', cause: 'process', long: '`SYS/setup` has ended, or there is none' },
  SYS_DOWN_ASKED: { short: 'down SYS', cause: 'operator', long: '`nitroctl down SYS`' },
  RESCAN_ASKED: { short: 'rescan', cause: 'operator', long: '`nitroctl rescan` or SIGHUP' },
  SHUTDOWN_ASKED: { short: 'Shutdown', cause: 'operator', long: 'shutdown is asked for' },
  REBOOT_ASKED: { short: 'Reboot', cause: 'operator', long: 'reboot is asked for' },
  SYS_FINISH_EXITED: { short: 'SYS/finish exits', cause: 'process', long: '`SYS/finish` has ended, or there is none' },
  SERVICES_DOWN: { short: 'services are down', cause: 'process', long: 'every service that is not a logger is down' },
  LOGGERS_DOWN: { short: 'loggers are down', cause: 'process', long: 'every logger is down' },
  CHILDLESS: { short: 'no child is left', cause: 'process', long: 'no child process is left' },
  REINCARNATE_FAILED: { short: 'it cannot be executed', cause: 'process', long: '`SYS/reincarnate` does not exist, or cannot be executed' },
  SYS_FINAL_EXITED: { short: 'SYS/final exits', cause: 'process', long: '`SYS/final` has ended, or there is none' },
};

interface GuardWords {
  readonly short: string;
  readonly long: string;
}

const guards: Readonly<Record<ServiceGuard | SystemGuard, GuardWords>> = {
  systemGoingDown: { short: 'system going down', long: 'the system is neither in bring-up nor in run' },
  hasSetup: { short: 'has setup', long: 'the service has a `setup`' },
  setupRefused: { short: 'status 111', long: '`setup` exited with status 111' },
  setupFailed: { short: 'failed', long: '`setup` exited with another status but 0, or was killed by a signal' },
  reportsReadiness: { short: 'notification-fd', long: 'the service has a `notification-fd`' },
  errorMayPass: { short: 'may pass', long: 'the error may pass by itself (EAGAIN, EIO, EMFILE, ENOMEM, ETXTBSY)' },
  lifeWasShort: { short: 'life under 1 s', long: 'from the launch to now it took less than RESPAWN (1 s)' },
  isPid1: { short: 'pid 1', long: 'nitro is pid 1, of a machine or of a container' },
};

interface ActionWords {
  readonly short: string;
  readonly long: string;
}

const actions: Readonly<Record<ServiceAction | SystemAction, ActionWords>> = {
  announce: { short: 'announce', long: 'tells the listeners the state that is entered' },
  announceDown: { short: 'announce DOWN', long: 'tells the listeners DOWN, through which a restart passes' },
  endLife: { short: 'end life', long: 'closes the readiness pipe of the life that has ended' },
  forgetIfGone: { short: 'forget if gone', long: 'forgets the service if no scan has seen it' },
  kill: { short: 'SIGKILL', long: 'sends SIGKILL to the process of `setup` or `run`' },
  killFinish: { short: 'SIGKILL finish', long: 'sends SIGKILL to `finish`' },
  launch: { short: 'launch run', long: 'forks, and executes `run`' },
  signalDown: { short: 'signal', long: 'sends `run` its down signal, or `setup` SIGTERM, and SIGCONT' },
  spawnFinish: { short: 'spawn finish', long: 'starts `finish`; one that does not exist or cannot be forked has ended at once' },
  spawnSetup: { short: 'spawn setup', long: 'starts `setup`' },
  startLogger: { short: 'start logger', long: 'starts the logger that it writes to' },
  closeControl: { short: 'close control socket', long: 'closes and removes the control socket' },
  decideReboot: { short: 'decide: reboot', long: 'the end will be a reboot' },
  decideShutdown: { short: 'decide: shutdown', long: 'the end will be a shutdown' },
  endSystem: { short: 'end the system', long: 'powers off, restarts, executes nitro anew, or exits' },
  killEveryProcess: { short: 'SIGKILL to all', long: 'sends SIGKILL to every process' },
  killSysFinal: { short: 'SIGKILL SYS/final', long: 'sends SIGKILL to `SYS/final`' },
  killSysFinish: { short: 'SIGKILL SYS/finish', long: 'sends SIGKILL to `SYS/finish`' },
  killSysSetup: { short: 'SIGKILL SYS/setup', long: 'sends SIGKILL to `SYS/setup`' },
  reincarnate: { short: 'exec SYS/reincarnate', long: "executes `SYS/reincarnate` in nitro's place, if it exists" },
  sayBooting: { short: 'say: booting', long: 'writes `- nitro: booting`' },
  sayGoingDown: { short: 'say: going down', long: 'writes `- nitro: shutting down` or `- nitro: rebooting`' },
  scan: { short: 'scan', long: 'reads the directory: creates, starts and brings down services' },
  signalSysSetup: { short: 'signal SYS/setup', long: 'sends SIGTERM and SIGCONT to `SYS/setup`' },
  spawnSysFinal: { short: 'spawn SYS/final', long: 'starts `SYS/final`' },
  spawnSysFinish: { short: 'spawn SYS/finish', long: 'starts `SYS/finish`' },
  spawnSysSetup: { short: 'spawn SYS/setup', long: 'starts `SYS/setup`' },
  startGlobalLogger: { short: 'start LOG', long: 'starts `LOG`, if there is one' },
  stopLoggers: { short: 'stop loggers', long: 'brings the loggers down, each after those that write to it' },
  stopServices: { short: 'stop services', long: 'brings down every service that is not a logger' },
  terminateEveryProcess: { short: 'SIGTERM to all', long: 'sends SIGTERM and SIGCONT to every process' },
};

function known<Words>(table: Readonly<Record<string, Words>>, name: string): Words {
  const found = Object.entries(table).find(([key]) => key === name);
  if (found === undefined) throw new Error(`there are no words for ${name} (diagrams/words.ts)`);
  return found[1];
}

export const guardWords = (name: string): GuardWords => known(guards, name);
/** An action in few words. */
export const actionWords = (name: string): string => known(actions, name).short;
/** What an action does. */
export const actionSentence = (name: string): string => known(actions, name).long;
export const eventWords = (name: string): EventWords => known(events, name);

/** Milliseconds as people write them: `2 s`, `1 ms`. */
export function duration(ms: number): string {
  return ms % 1000 === 0 ? `${String(ms / 1000)} s` : `${String(ms)} ms`;
}

/** Who causes a transition. */
export function causeOf({ event, delay }: Pick<Transition, 'event' | 'delay'>): Cause {
  return delay === null ? eventWords(event).cause : 'timer';
}
