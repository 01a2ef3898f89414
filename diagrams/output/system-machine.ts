// Generated from machines/system.ts by `npm run diagrams`. Do not edit. It stands alone, to be imported into Stately Studio.
import { setup } from 'xstate';

export const systemMachine = setup({
  types: {
    events: {} as {
      type:
        | 'SYS_SETUP_EXITED'
        | 'RESCAN_ASKED'
        | 'SYS_FINISH_EXITED'
        | 'SERVICES_DOWN'
        | 'LOGGERS_DOWN'
        | 'CHILDLESS'
        | 'REINCARNATE_FAILED'
        | 'SYS_FINAL_EXITED'
        | 'SYS_DOWN_ASKED'
        | 'SHUTDOWN_ASKED'
        | 'REBOOT_ASKED';
      facts?: { isPid1?: boolean };
    },
  },
  actions: {
    closeControl: () => undefined,
    decideReboot: () => undefined,
    decideShutdown: () => undefined,
    endSystem: () => undefined,
    killEveryProcess: () => undefined,
    killSysFinal: () => undefined,
    killSysFinish: () => undefined,
    killSysSetup: () => undefined,
    reincarnate: () => undefined,
    sayBooting: () => undefined,
    sayGoingDown: () => undefined,
    scan: () => undefined,
    signalSysSetup: () => undefined,
    spawnSysFinal: () => undefined,
    spawnSysFinish: () => undefined,
    spawnSysSetup: () => undefined,
    startGlobalLogger: () => undefined,
    stopLoggers: () => undefined,
    stopServices: () => undefined,
    terminateEveryProcess: () => undefined,
  },
  guards: {
    isPid1: ({ event }) => event.facts?.isPid1 === true,
  },
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
  meta: {
    rule: 'behaviour.md §6',
  },
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
        SYS_SETUP_EXITED: {
          target: 'run',
          actions: 'startGlobalLogger',
          description: 'However it ended.',
        },
      },
      states: {
        settingUp: {
          description: '`SYS/setup` is running.',
          entry: 'spawnSysSetup',
          on: {
            SYS_DOWN_ASKED: {
              target: 'stoppingSetup',
              actions: 'signalSysSetup',
            },
            SHUTDOWN_ASKED: {
              target: '#system.shutdown.stoppingSetup',
              actions: ['decideShutdown', 'sayGoingDown', 'signalSysSetup'],
            },
            REBOOT_ASKED: {
              target: '#system.shutdown.stoppingSetup',
              actions: ['decideReboot', 'sayGoingDown', 'signalSysSetup'],
            },
          },
        },
        stoppingSetup: {
          description: '`SYS/setup` was told to end (`nitroctl down SYS`).',
          meta: {
            rule: 'behaviour.md §3 SETUP on WANT_DOWN',
          },
          on: {
            SYS_DOWN_ASKED: {
              actions: 'signalSysSetup',
              description: 'Signalled again; its kill timer goes on.',
            },
            SHUTDOWN_ASKED: {
              target: '#system.shutdown.stoppingSetup',
              actions: ['decideShutdown', 'sayGoingDown', 'signalSysSetup'],
            },
            REBOOT_ASKED: {
              target: '#system.shutdown.stoppingSetup',
              actions: ['decideReboot', 'sayGoingDown', 'signalSysSetup'],
            },
          },
          after: {
            SHUTDOWN: {
              target: 'killingSetup',
              actions: 'killSysSetup',
            },
          },
        },
        killingSetup: {
          description: '`SYS/setup` did not end in time, and SIGKILL was sent.',
          meta: {
            ignores: {
              SYS_DOWN_ASKED: 'SIGKILL was sent',
            },
          },
          on: {
            SHUTDOWN_ASKED: {
              target: '#system.shutdown.killingSetup',
              actions: ['decideShutdown', 'sayGoingDown'],
            },
            REBOOT_ASKED: {
              target: '#system.shutdown.killingSetup',
              actions: ['decideReboot', 'sayGoingDown'],
            },
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
        RESCAN_ASKED: {
          actions: 'scan',
        },
        SHUTDOWN_ASKED: {
          target: 'shutdown.finishing',
          actions: ['decideShutdown', 'sayGoingDown'],
        },
        REBOOT_ASKED: {
          target: 'shutdown.finishing',
          actions: ['decideReboot', 'sayGoingDown'],
        },
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
            SYS_DOWN_ASKED: {
              actions: 'signalSysSetup',
              description: 'Signalled again; its kill timer goes on.',
            },
            SYS_SETUP_EXITED: {
              target: 'finishing',
            },
          },
          after: {
            SHUTDOWN: {
              target: 'killingSetup',
              actions: 'killSysSetup',
            },
          },
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
          on: {
            SYS_SETUP_EXITED: {
              target: 'finishing',
            },
          },
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
            SYS_FINISH_EXITED: {
              target: 'stoppingServices',
            },
            SHUTDOWN_ASKED: {
              target: 'stoppingServices',
              actions: 'killSysFinish',
            },
            REBOOT_ASKED: {
              target: 'stoppingServices',
              actions: 'killSysFinish',
              meta: {
                corrects: 'A second request of the other kind changes the end.',
              },
            },
          },
          after: {
            SYS_FINISH: {
              target: 'stoppingServices',
              actions: 'killSysFinish',
            },
          },
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
          on: {
            SERVICES_DOWN: {
              target: 'stoppingLoggers',
            },
          },
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
            LOGGERS_DOWN: [
              {
                guard: 'isPid1',
                target: 'terminating',
              },
              {
                target: '#system.final',
              },
            ],
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
          on: {
            CHILDLESS: {
              target: 'killing',
            },
          },
          after: {
            SIGTERM_ALL: 'killing',
          },
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
          on: {
            CHILDLESS: {
              target: '#system.final',
            },
          },
          after: {
            SIGKILL_ALL: '#system.final',
          },
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
          meta: {
            ignores: {
              SYS_FINAL_EXITED: 'SYS/final was not started',
            },
          },
          on: {
            REINCARNATE_FAILED: {
              target: 'finalizing',
              description: 'It does not exist, or cannot be executed.',
            },
          },
        },
        finalizing: {
          description: '`SYS/final` is running.',
          entry: 'spawnSysFinal',
          meta: {
            corrects: 'SYS/final runs only as real pid 1.',
            ignores: {
              REINCARNATE_FAILED: 'that is known',
            },
          },
          on: {
            SYS_FINAL_EXITED: {
              target: 'ended',
            },
          },
          after: {
            SYS_FINAL: {
              target: 'ended',
              actions: 'killSysFinal',
            },
          },
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
