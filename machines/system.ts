/**
 * The phases of the whole system: bring-up, run, shutdown, final (behaviour.md §6).
 *
 * Theory of operation. One line from boot to end; the only way back is a rescan, which stays in `run`. The scripts of
 * `SYS` belong to this machine and not to a service: `SYS` is shown as a service while one of them runs, and what is asked of it
 * comes here as SYS_DOWN_ASKED. Whether the end is a shutdown or a reboot is decided by the first request (`decide…`);
 * it changes what is told and done at the end, not the way there.
 *
 * Each state of the second half asks the runtime for something (`stopServices`, `signalEveryProcess`, ...) and is left when
 * the fact that it waited for is there, or its time is over. Conventions are those of `machines/service.ts`.
 */
import { setup } from 'xstate';
import type { Meta } from './service.js';

/** What a guard may ask; one that is not told is false. */
export interface SystemFacts {
  /** nitro is pid 1, of a machine or of a container. */
  readonly isPid1?: boolean;
}

export interface SystemEvent {
  readonly type:
    | 'SYS_SETUP_EXITED'
    | 'SYS_DOWN_ASKED'
    | 'RESCAN_ASKED'
    | 'SHUTDOWN_ASKED'
    | 'REBOOT_ASKED'
    | 'SYS_FINISH_EXITED'
    | 'SERVICES_DOWN'
    | 'LOGGERS_DOWN'
    | 'CHILDLESS'
    | 'REINCARNATE_FAILED'
    | 'SYS_FINAL_EXITED';
  readonly facts?: SystemFacts;
}

/** Effects are performed by the runtime; to XState they are names. */
function effect(): void {
  return undefined;
}

interface Asked {
  readonly event: SystemEvent;
}
function isPid1({ event }: Asked): boolean {
  return event.facts?.isPid1 === true;
}

export const systemMachine = setup({
  types: {
    events: {} as SystemEvent,
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- XState takes the type from here
    meta: {} as Meta,
  },
  actions: {
    closeControl: effect,
    decideReboot: effect,
    decideShutdown: effect,
    endSystem: effect,
    killEveryProcess: effect,
    killSysFinal: effect,
    killSysFinish: effect,
    killSysSetup: effect,
    reincarnate: effect,
    sayBooting: effect,
    sayGoingDown: effect,
    scan: effect,
    signalSysSetup: effect,
    spawnSysFinal: effect,
    spawnSysFinish: effect,
    spawnSysSetup: effect,
    startGlobalLogger: effect,
    stopLoggers: effect,
    stopServices: effect,
    terminateEveryProcess: effect,
  },
  guards: { isPid1 },
  delays: {
    SHUTDOWN: 7000,
    SYS_FINISH: 30000,
    SIGTERM_ALL: 7000,
    SIGKILL_ALL: 7000,
    SYS_FINAL: 30000,
  },
}).createMachine({
  id: 'system',
  description: 'The phases of the system.',
  meta: { rule: 'behaviour.md §6' },
  initial: 'bringUp',
  states: {
    bringUp: {
      description: 'Booting: `SYS/setup` runs, and nothing else is started but what it asks for.',
      entry: 'sayBooting',
      meta: {
        rule: 'behaviour.md §6 Bring-up',
        ignores: {
          RESCAN_ASKED: 'the scan that follows SYS/setup reads the directory',
          SYS_FINISH_EXITED: 'SYS/finish was not started',
          SERVICES_DOWN: 'the system is not going down',
          LOGGERS_DOWN: 'the system is not going down',
          CHILDLESS: 'the system is not going down',
          REINCARNATE_FAILED: 'nothing was executed in the place of nitro',
          SYS_FINAL_EXITED: 'SYS/final was not started',
        },
      },
      initial: 'settingUp',
      on: {
        SYS_SETUP_EXITED: { target: 'run', actions: 'startGlobalLogger', description: 'However it ended.' },
      },
      states: {
        settingUp: {
          description: '`SYS/setup` is running.',
          entry: 'spawnSysSetup',
          on: {
            SYS_DOWN_ASKED: { target: 'stoppingSetup', actions: 'signalSysSetup' },
            SHUTDOWN_ASKED: { target: '#system.shutdown.stoppingSetup', actions: ['decideShutdown', 'sayGoingDown', 'signalSysSetup'] },
            REBOOT_ASKED: { target: '#system.shutdown.stoppingSetup', actions: ['decideReboot', 'sayGoingDown', 'signalSysSetup'] },
          },
        },
        stoppingSetup: {
          description: '`SYS/setup` was told to end (`nitroctl down SYS`).',
          meta: { rule: 'behaviour.md §3 SETUP on WANT_DOWN' },
          on: {
            SYS_DOWN_ASKED: { actions: 'signalSysSetup', description: 'Signalled again; its kill timer goes on.' },
            SHUTDOWN_ASKED: { target: '#system.shutdown.stoppingSetup', actions: ['decideShutdown', 'sayGoingDown', 'signalSysSetup'] },
            REBOOT_ASKED: { target: '#system.shutdown.stoppingSetup', actions: ['decideReboot', 'sayGoingDown', 'signalSysSetup'] },
          },
          after: { SHUTDOWN: { target: 'killingSetup', actions: 'killSysSetup' } },
        },
        killingSetup: {
          description: '`SYS/setup` did not end in time, and SIGKILL was sent.',
          meta: { ignores: { SYS_DOWN_ASKED: 'SIGKILL was sent' } },
          on: {
            SHUTDOWN_ASKED: { target: '#system.shutdown.killingSetup', actions: ['decideShutdown', 'sayGoingDown'] },
            REBOOT_ASKED: { target: '#system.shutdown.killingSetup', actions: ['decideReboot', 'sayGoingDown'] },
          },
        },
      },
    },
    run: {
      description: 'Services are restarted, requests are answered.',
      entry: 'scan',
      meta: {
        rule: 'behaviour.md §6 Run, Rescan',
        ignores: {
          SYS_SETUP_EXITED: 'SYS/setup has ended',
          SYS_DOWN_ASKED: 'no script of SYS is running',
          SYS_FINISH_EXITED: 'SYS/finish was not started',
          SERVICES_DOWN: 'the system is not going down',
          LOGGERS_DOWN: 'the system is not going down',
          CHILDLESS: 'the system is not going down',
          REINCARNATE_FAILED: 'nothing was executed in the place of nitro',
          SYS_FINAL_EXITED: 'SYS/final was not started',
        },
      },
      on: {
        RESCAN_ASKED: { actions: 'scan' },
        SHUTDOWN_ASKED: { target: 'shutdown.finishing', actions: ['decideShutdown', 'sayGoingDown'] },
        REBOOT_ASKED: { target: 'shutdown.finishing', actions: ['decideReboot', 'sayGoingDown'] },
      },
    },
    shutdown: {
      description: 'Everything is brought down, in order.',
      meta: {
        rule: 'behaviour.md §6 Shutdown',
        ignores: {
          RESCAN_ASKED: 'nothing is started any more',
          REINCARNATE_FAILED: 'nothing was executed in the place of nitro yet',
          SYS_FINAL_EXITED: 'SYS/final was not started',
        },
      },
      initial: 'finishing',
      states: {
        stoppingSetup: {
          description: '`SYS/setup` was running and was told to end.',
          meta: {
            corrects: 'A shutdown asked for during SYS/setup does not end it as setup is ended: a signal, and SIGKILL when it does not end in time.',
            ignores: {
              SHUTDOWN_ASKED: 'it was asked for',
              REBOOT_ASKED: 'the first request decides',
              SYS_FINISH_EXITED: 'SYS/finish was not started',
              SERVICES_DOWN: 'services are not being stopped yet',
              LOGGERS_DOWN: 'loggers are not being stopped yet',
              CHILDLESS: 'SYS/setup is not known to have ended',
            },
          },
          on: {
            SYS_DOWN_ASKED: { actions: 'signalSysSetup', description: 'Signalled again; its kill timer goes on.' },
            SYS_SETUP_EXITED: { target: 'finishing' },
          },
          after: { SHUTDOWN: { target: 'killingSetup', actions: 'killSysSetup' } },
        },
        killingSetup: {
          description: '`SYS/setup` did not end in time, and SIGKILL was sent.',
          meta: {
            ignores: {
              SHUTDOWN_ASKED: 'it was asked for',
              REBOOT_ASKED: 'the first request decides',
              SYS_DOWN_ASKED: 'SIGKILL was sent',
              SYS_FINISH_EXITED: 'SYS/finish was not started',
              SERVICES_DOWN: 'services are not being stopped yet',
              LOGGERS_DOWN: 'loggers are not being stopped yet',
              CHILDLESS: 'SYS/setup is not known to have ended',
            },
          },
          on: { SYS_SETUP_EXITED: { target: 'finishing' } },
        },
        finishing: {
          description: '`SYS/finish` is running. Only its end, its time, or a second request ends the wait.',
          entry: 'spawnSysFinish',
          meta: {
            rule: 'behaviour.md §6 Shutdown 2',
            corrects: 'Any event ends the wait, so services die while SYS/finish runs.',
            ignores: {
              SYS_SETUP_EXITED: 'SYS/setup has ended',
              SYS_DOWN_ASKED: 'only a second request for shutdown ends the wait',
              SERVICES_DOWN: 'services are not being stopped yet',
              LOGGERS_DOWN: 'loggers are not being stopped yet',
              CHILDLESS: 'processes are not being ended yet',
            },
          },
          on: {
            SYS_FINISH_EXITED: { target: 'stoppingServices' },
            SHUTDOWN_ASKED: { target: 'stoppingServices', actions: 'killSysFinish' },
            REBOOT_ASKED: {
              target: 'stoppingServices',
              actions: 'killSysFinish',
              meta: { corrects: 'A second request of the other kind changes the end.' },
            },
          },
          after: { SYS_FINISH: { target: 'stoppingServices', actions: 'killSysFinish' } },
        },
        stoppingServices: {
          description: 'Every service that is not a logger is brought down.',
          entry: 'stopServices',
          meta: {
            rule: 'behaviour.md §6 Shutdown 3',
            ignores: {
              SYS_SETUP_EXITED: 'SYS/setup has ended',
              SYS_DOWN_ASKED: 'no script of SYS counts any more',
              SHUTDOWN_ASKED: 'it is being done',
              REBOOT_ASKED: 'the first request decides',
              SYS_FINISH_EXITED: 'it was cut off, and is only reaped now',
              LOGGERS_DOWN: 'loggers are not being stopped yet',
              CHILDLESS: 'services are waited for one by one',
            },
          },
          on: { SERVICES_DOWN: { target: 'stoppingLoggers' } },
        },
        stoppingLoggers: {
          description: 'The loggers are brought down, each after those that write to it.',
          entry: 'stopLoggers',
          meta: {
            rule: 'behaviour.md §5 shutdown',
            corrects: 'Chains of loggers are brought down in no order, so that lines are lost.',
            ignores: {
              SYS_SETUP_EXITED: 'SYS/setup has ended',
              SYS_DOWN_ASKED: 'no script of SYS counts any more',
              SHUTDOWN_ASKED: 'it is being done',
              REBOOT_ASKED: 'the first request decides',
              SYS_FINISH_EXITED: 'it was cut off, and is only reaped now',
              SERVICES_DOWN: 'that is known',
              CHILDLESS: 'loggers are waited for one by one',
            },
          },
          on: {
            LOGGERS_DOWN: [{ guard: 'isPid1', target: 'terminating' }, { target: '#system.final' }],
          },
        },
        terminating: {
          description: 'SIGTERM was sent to every process.',
          entry: 'terminateEveryProcess',
          meta: {
            rule: 'behaviour.md §6 Shutdown 4',
            ignores: {
              SYS_SETUP_EXITED: 'SYS/setup has ended',
              SYS_DOWN_ASKED: 'no script of SYS counts any more',
              SHUTDOWN_ASKED: 'it is being done',
              REBOOT_ASKED: 'the first request decides',
              SYS_FINISH_EXITED: 'it was cut off, and is only reaped now',
              SERVICES_DOWN: 'that is known',
              LOGGERS_DOWN: 'that is known',
            },
          },
          on: { CHILDLESS: { target: 'killing' } },
          after: { SIGTERM_ALL: 'killing' },
        },
        killing: {
          description: 'SIGKILL was sent to every process.',
          entry: 'killEveryProcess',
          meta: {
            rule: 'behaviour.md §6 Shutdown 4',
            ignores: {
              SYS_SETUP_EXITED: 'SYS/setup has ended',
              SYS_DOWN_ASKED: 'no script of SYS counts any more',
              SHUTDOWN_ASKED: 'it is being done',
              REBOOT_ASKED: 'the first request decides',
              SYS_FINISH_EXITED: 'it was cut off, and is only reaped now',
              SERVICES_DOWN: 'that is known',
              LOGGERS_DOWN: 'that is known',
            },
          },
          on: { CHILDLESS: { target: '#system.final' } },
          after: { SIGKILL_ALL: '#system.final' },
        },
      },
    },
    final: {
      description: 'No service is left.',
      entry: 'closeControl',
      meta: {
        rule: 'behaviour.md §6 Final',
        ignores: {
          SYS_SETUP_EXITED: 'SYS/setup has ended',
          SYS_DOWN_ASKED: 'the control socket is closed',
          RESCAN_ASKED: 'the services are gone',
          SHUTDOWN_ASKED: 'it is nearly done',
          REBOOT_ASKED: 'the first request decides',
          SYS_FINISH_EXITED: 'it was cut off, and is only reaped now',
          SERVICES_DOWN: 'that is known',
          LOGGERS_DOWN: 'that is known',
          CHILDLESS: 'processes are not waited for any more',
        },
      },
      initial: 'reincarnating',
      states: {
        reincarnating: {
          description: '`SYS/reincarnate` is executed in the place of nitro, if it exists.',
          entry: 'reincarnate',
          meta: { ignores: { SYS_FINAL_EXITED: 'SYS/final was not started' } },
          on: { REINCARNATE_FAILED: { target: 'finalizing', description: 'It does not exist, or cannot be executed.' } },
        },
        finalizing: {
          description: '`SYS/final` is running.',
          entry: 'spawnSysFinal',
          meta: {
            corrects: 'SYS/final runs only as real pid 1.',
            ignores: { REINCARNATE_FAILED: 'that is known' },
          },
          on: { SYS_FINAL_EXITED: { target: 'ended' } },
          after: { SYS_FINAL: { target: 'ended', actions: 'killSysFinal' } },
        },
        ended: {
          description: 'Power off, restart, execute nitro anew, or exit.',
          type: 'final',
          entry: 'endSystem',
          meta: {
            ignores: {
              REINCARNATE_FAILED: 'that is known',
              SYS_FINAL_EXITED: 'it has ended, or was cut off',
            },
          },
        },
      },
    },
  },
});
