// Generated from machines/service.ts by `npm run diagrams`. Do not edit. It stands alone, to be imported into Stately Studio.
import { setup } from 'xstate';

export const serviceMachine = setup({
  types: {
    events: {} as {
      type:
        | 'WANT_UP'
        | 'WANT_RESTART'
        | 'WANT_DOWN'
        | 'SETUP_EXITED'
        | 'SPAWN_FAILED'
        | 'RUN_MISSING'
        | 'LAUNCH_IMPOSSIBLE'
        | 'EXEC_FAILED'
        | 'EXEC_SUCCEEDED'
        | 'READY'
        | 'RUN_EXITED'
        | 'FINISH_EXITED'
        | 'CREATED';
      facts?: { errorMayPass?: boolean; hasSetup?: boolean; lifeWasShort?: boolean; reportsReadiness?: boolean; setupFailed?: boolean; setupRefused?: boolean; systemGoingDown?: boolean };
    },
  },
  actions: {
    announce: () => undefined,
    announceDown: () => undefined,
    endLife: () => undefined,
    forgetIfGone: () => undefined,
    kill: () => undefined,
    killFinish: () => undefined,
    launch: () => undefined,
    signalDown: () => undefined,
    spawnFinish: () => undefined,
    spawnSetup: () => undefined,
    startLogger: () => undefined,
  },
  guards: {
    errorMayPass: ({ event }) => event.facts?.errorMayPass === true,
    hasSetup: ({ event }) => event.facts?.hasSetup === true,
    lifeWasShort: ({ event }) => event.facts?.lifeWasShort === true,
    reportsReadiness: ({ event }) => event.facts?.reportsReadiness === true,
    setupFailed: ({ event }) => event.facts?.setupFailed === true,
    setupRefused: ({ event }) => event.facts?.setupRefused === true,
    systemGoingDown: ({ event }) => event.facts?.systemGoingDown === true,
  },
  delays: {
    CREATION: 1,
    STARTING: 2000,
    RESPAWN: 1000,
    SPAWN_ERROR: 2000,
    SHUTDOWN: 7000,
    FINISH: 7000,
  },
}).createMachine({
  id: 'service',
  description: 'The life of one service.',
  meta: {
    rule: 'behaviour.md §3',
  },
  initial: 'DOWN',
  states: {
    DOWN: {
      description: 'Not running and not supposed to.',
      meta: {
        ignores: {
          SETUP_EXITED: 'no setup is running',
          SPAWN_FAILED: 'nothing is being spawned',
          RUN_MISSING: 'nothing is being launched',
          LAUNCH_IMPOSSIBLE: 'nothing is being launched',
          EXEC_FAILED: 'nothing is being launched',
          EXEC_SUCCEEDED: 'nothing is being launched',
          READY: 'there is no run that could be ready',
          RUN_EXITED: 'no run is alive',
          FINISH_EXITED: 'no finish is running',
        },
      },
      initial: 'fresh',
      on: {
        WANT_UP: [
          {
            guard: 'systemGoingDown',
            description: 'Ignored: nothing is started any more.',
            meta: {
              rule: 'behaviour.md §6 Shutdown 1',
            },
          },
          {
            guard: 'hasSetup',
            target: 'SETUP.running',
            actions: 'startLogger',
          },
          {
            target: 'SETUP.launching',
            actions: 'startLogger',
          },
        ],
        WANT_RESTART: [
          {
            guard: 'systemGoingDown',
            description: 'Ignored: nothing is started any more.',
            meta: {
              rule: 'behaviour.md §6 Shutdown 1',
            },
          },
          {
            guard: 'hasSetup',
            target: 'SETUP.running',
            actions: 'startLogger',
          },
          {
            target: 'SETUP.launching',
            actions: 'startLogger',
          },
        ],
        WANT_DOWN: {
          actions: 'forgetIfGone',
          description: 'It is down already; a service that a rescan no longer found is forgotten.',
          meta: {
            rule: 'behaviour.md §6 Rescan',
          },
        },
      },
      states: {
        fresh: {
          description: 'Created, and never wanted yet. Creation is not announced.',
          meta: {
            rule: 'behaviour.md §3 (new)',
          },
          on: {
            CREATED: {
              target: '#service.DELAY.created',
              description: 'A scan created it, and it has no `down` file.',
            },
          },
        },
        resting: {
          description: 'A life has ended.',
          entry: ['announce', 'endLife', 'forgetIfGone'],
          meta: {
            ignores: {
              CREATED: 'a service is created once',
            },
          },
        },
      },
    },
    SETUP: {
      description: '`setup` is running, or `run` is being launched.',
      meta: {
        ignores: {
          CREATED: 'a service is created once',
          WANT_UP: 'it is on its way up',
          READY: 'run has not been executed yet',
          FINISH_EXITED: 'no finish is running',
        },
      },
      initial: 'running',
      on: {
        WANT_DOWN: {
          target: 'SHUTDOWN.stopping',
          actions: 'signalDown',
        },
        WANT_RESTART: [
          {
            guard: 'systemGoingDown',
            description: 'Ignored: nothing is started any more.',
            meta: {
              rule: 'behaviour.md §6 Shutdown 1',
            },
          },
          {
            target: 'RESTART.stopping',
            actions: 'signalDown',
          },
        ],
      },
      states: {
        running: {
          description: '`setup` is running.',
          entry: ['announce', 'spawnSetup'],
          meta: {
            ignores: {
              RUN_MISSING: 'run is not being launched yet',
              LAUNCH_IMPOSSIBLE: 'run is not being launched yet',
              EXEC_FAILED: 'run is not being launched yet',
              EXEC_SUCCEEDED: 'run is not being launched yet',
              RUN_EXITED: 'no run is alive',
            },
          },
          on: {
            SETUP_EXITED: [
              {
                guard: 'setupRefused',
                target: '#service.FATAL.resting',
                description: '`setup` exited 111.',
              },
              {
                guard: 'setupFailed',
                target: '#service.DELAY.respawn',
                description: '`setup` exited otherwise, or was killed by a signal.',
                meta: {
                  corrects: 'A setup that is killed by a signal counts as a success.',
                },
              },
              {
                guard: 'systemGoingDown',
                target: '#service.DOWN.resting',
                description: 'The system is no longer up.',
              },
              {
                target: 'launching',
              },
            ],
            SPAWN_FAILED: {
              target: '#service.DELAY.spawnError',
            },
          },
        },
        launching: {
          description: '`run` was forked; whether its exec succeeds is not known yet. Not announced: it is a part of the start.',
          entry: 'launch',
          meta: {
            rule: 'behaviour.md §3 launch',
            corrects: 'The reference waits for the exec, so that a script on a file system that hangs stops all supervision.',
            ignores: {
              SETUP_EXITED: 'setup has ended',
            },
          },
          on: {
            RUN_MISSING: {
              target: '#service.ONESHOT',
            },
            LAUNCH_IMPOSSIBLE: {
              target: '#service.FATAL.resting',
              description: 'The directory is gone, or `notification-fd` is beyond the limit.',
              meta: {
                rule: 'behaviour.md §3 launch, §4',
              },
            },
            SPAWN_FAILED: {
              target: '#service.DELAY.spawnError',
            },
            EXEC_FAILED: [
              {
                guard: 'errorMayPass',
                target: '#service.DELAY.spawnError',
              },
              {
                target: '#service.FATAL.finishing',
                actions: 'spawnFinish',
                description: 'An error that will not fix itself; `finish 111 0` runs.',
              },
            ],
            EXEC_SUCCEEDED: [
              {
                guard: 'reportsReadiness',
                target: '#service.STARTING.awaited',
              },
              {
                target: '#service.STARTING.timed',
              },
            ],
            RUN_EXITED: {
              target: '#service.RESTART.finishing',
              actions: 'spawnFinish',
              description: 'Killed between fork and exec.',
            },
          },
        },
      },
    },
    STARTING: {
      description: '`run` is running, not yet ready.',
      entry: 'announce',
      meta: {
        ignores: {
          CREATED: 'a service is created once',
          WANT_UP: 'it is on its way up',
          SETUP_EXITED: 'setup has ended',
          SPAWN_FAILED: 'nothing is being spawned',
          RUN_MISSING: 'run is alive',
          LAUNCH_IMPOSSIBLE: 'run is alive',
          EXEC_FAILED: 'the exec has succeeded',
          EXEC_SUCCEEDED: 'the exec is known to have succeeded',
          FINISH_EXITED: 'no finish is running',
        },
      },
      initial: 'timed',
      on: {
        READY: {
          target: 'UP',
          description: 'A newline on the readiness pipe, or `nitroctl ready`.',
        },
        RUN_EXITED: {
          target: 'RESTART.finishing',
          actions: 'spawnFinish',
          meta: {
            corrects: 'While finish runs the service goes on being shown as STARTING or UP.',
          },
        },
        WANT_DOWN: {
          target: 'SHUTDOWN.stopping',
          actions: 'signalDown',
        },
        WANT_RESTART: [
          {
            guard: 'systemGoingDown',
            description: 'Ignored: nothing is started any more.',
            meta: {
              rule: 'behaviour.md §6 Shutdown 1',
            },
          },
          {
            target: 'RESTART.stopping',
            actions: 'signalDown',
          },
        ],
      },
      states: {
        timed: {
          description: 'Counts as ready when the time is over.',
          after: {
            STARTING: '#service.UP',
          },
        },
        awaited: {
          description: 'Says itself when it is ready.',
        },
      },
    },
    UP: {
      description: 'Running.',
      entry: 'announce',
      meta: {
        ignores: {
          CREATED: 'a service is created once',
          WANT_UP: 'it is up',
          SETUP_EXITED: 'setup has ended',
          SPAWN_FAILED: 'nothing is being spawned',
          RUN_MISSING: 'run is alive',
          LAUNCH_IMPOSSIBLE: 'run is alive',
          EXEC_FAILED: 'the exec has succeeded',
          EXEC_SUCCEEDED: 'the exec is known to have succeeded',
          READY: 'it is known to be ready',
          FINISH_EXITED: 'no finish is running',
        },
      },
      on: {
        RUN_EXITED: {
          target: 'RESTART.finishing',
          actions: 'spawnFinish',
          meta: {
            corrects: 'While finish runs the service goes on being shown as STARTING or UP.',
          },
        },
        WANT_DOWN: {
          target: 'SHUTDOWN.stopping',
          actions: 'signalDown',
        },
        WANT_RESTART: [
          {
            guard: 'systemGoingDown',
            description: 'Ignored: nothing is started any more.',
            meta: {
              rule: 'behaviour.md §6 Shutdown 1',
            },
          },
          {
            target: 'RESTART.stopping',
            actions: 'signalDown',
          },
        ],
      },
    },
    ONESHOT: {
      description: 'A one shot whose setup is done.',
      entry: 'announce',
      meta: {
        ignores: {
          CREATED: 'a service is created once',
          WANT_UP: 'it is up',
          SETUP_EXITED: 'setup has ended',
          SPAWN_FAILED: 'nothing is being spawned',
          RUN_MISSING: 'that is known',
          LAUNCH_IMPOSSIBLE: 'nothing is being launched',
          EXEC_FAILED: 'nothing is being launched',
          EXEC_SUCCEEDED: 'nothing is being launched',
          READY: 'it is up',
          RUN_EXITED: 'a one shot has no run',
          FINISH_EXITED: 'no finish is running',
        },
      },
      on: {
        WANT_DOWN: {
          target: 'SHUTDOWN.finishing',
          actions: 'spawnFinish',
        },
        WANT_RESTART: [
          {
            guard: 'systemGoingDown',
            description: 'Ignored: nothing is started any more.',
            meta: {
              rule: 'behaviour.md §6 Shutdown 1',
            },
          },
          {
            target: 'RESTART.finishing',
            actions: 'spawnFinish',
          },
        ],
      },
    },
    SHUTDOWN: {
      description: 'Being brought down, or `finish` is running; DOWN next.',
      entry: 'announce',
      meta: {
        corrects: 'Not each change into this state is announced.',
        ignores: {
          CREATED: 'a service is created once',
          SPAWN_FAILED: 'nothing is being spawned but finish, whose failure counts as its end',
          RUN_MISSING: 'nothing is being launched',
          LAUNCH_IMPOSSIBLE: 'nothing is being launched',
          READY: 'it is being brought down',
        },
      },
      initial: 'stopping',
      states: {
        stopping: {
          description: '`setup` or `run` was told to end.',
          meta: {
            ignores: {
              EXEC_SUCCEEDED: 'the process was told to end already',
              FINISH_EXITED: 'no finish is running',
            },
          },
          on: {
            WANT_UP: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                target: '#service.RESTART.stopping',
                description: 'What was asked of the process stays asked.',
              },
            ],
            WANT_RESTART: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                target: '#service.RESTART.stopping',
                description: 'What was asked of the process stays asked.',
              },
            ],
            WANT_DOWN: {
              actions: 'signalDown',
              description: 'Signalled again; its kill timer goes on.',
            },
            SETUP_EXITED: {
              target: '#service.DOWN.resting',
              description: 'It was brought down during setup: no finish.',
            },
            RUN_EXITED: {
              target: 'finishing',
              actions: 'spawnFinish',
            },
            EXEC_FAILED: {
              target: 'finishing',
              actions: 'spawnFinish',
            },
          },
          after: {
            SHUTDOWN: {
              target: 'killing',
              actions: 'kill',
            },
          },
        },
        killing: {
          description: 'It did not end in time, and SIGKILL was sent.',
          meta: {
            ignores: {
              EXEC_SUCCEEDED: 'the process was killed already',
              FINISH_EXITED: 'no finish is running',
            },
          },
          on: {
            WANT_UP: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                target: '#service.RESTART.killing',
              },
            ],
            WANT_RESTART: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                target: '#service.RESTART.killing',
              },
            ],
            WANT_DOWN: {
              actions: 'signalDown',
              description: 'Signalled again.',
            },
            SETUP_EXITED: {
              target: '#service.DOWN.resting',
              description: 'It was brought down during setup: no finish.',
            },
            RUN_EXITED: {
              target: 'finishing',
              actions: 'spawnFinish',
            },
            EXEC_FAILED: {
              target: 'finishing',
              actions: 'spawnFinish',
            },
          },
        },
        finishing: {
          description: '`finish` is running.',
          meta: {
            ignores: {
              WANT_DOWN: 'run has ended, and finish is not signalled',
              SETUP_EXITED: 'setup has ended',
              EXEC_FAILED: 'run has ended',
              EXEC_SUCCEEDED: 'run has ended',
              RUN_EXITED: 'run has ended',
            },
          },
          on: {
            WANT_UP: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                target: '#service.RESTART.finishing',
              },
            ],
            WANT_RESTART: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                target: '#service.RESTART.finishing',
              },
            ],
            FINISH_EXITED: {
              target: '#service.DOWN.resting',
            },
          },
          after: {
            FINISH: {
              target: 'finishKilled',
              actions: 'killFinish',
            },
          },
        },
        finishKilled: {
          description: '`finish` did not end in time, and SIGKILL was sent.',
          meta: {
            ignores: {
              WANT_DOWN: 'run has ended, and finish was killed',
              SETUP_EXITED: 'setup has ended',
              EXEC_FAILED: 'run has ended',
              EXEC_SUCCEEDED: 'run has ended',
              RUN_EXITED: 'run has ended',
            },
          },
          on: {
            WANT_UP: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                target: '#service.RESTART.finishKilled',
              },
            ],
            WANT_RESTART: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                target: '#service.RESTART.finishKilled',
              },
            ],
            FINISH_EXITED: {
              target: '#service.DOWN.resting',
            },
          },
        },
      },
    },
    RESTART: {
      description: 'Being brought down, or `finish` is running; restarted next.',
      entry: 'announce',
      meta: {
        corrects: 'Not each change into this state is announced.',
        ignores: {
          CREATED: 'a service is created once',
          WANT_UP: 'it will be restarted',
          WANT_RESTART: 'it will be restarted',
          SPAWN_FAILED: 'nothing is being spawned but finish, whose failure counts as its end',
          RUN_MISSING: 'nothing is being launched',
          LAUNCH_IMPOSSIBLE: 'nothing is being launched',
          READY: 'it is being brought down',
        },
      },
      initial: 'stopping',
      states: {
        stopping: {
          description: '`setup` or `run` was told to end.',
          meta: {
            ignores: {
              EXEC_SUCCEEDED: 'the process was told to end already',
              FINISH_EXITED: 'no finish is running',
            },
          },
          on: {
            WANT_DOWN: {
              target: '#service.SHUTDOWN.stopping',
              actions: 'signalDown',
              description: 'Signalled again; its kill timer goes on.',
            },
            SETUP_EXITED: [
              {
                guard: 'systemGoingDown',
                target: '#service.DOWN.resting',
              },
              {
                guard: 'lifeWasShort',
                target: '#service.DELAY.respawn',
                actions: 'announceDown',
              },
              {
                guard: 'hasSetup',
                target: '#service.SETUP.running',
                actions: ['announceDown', 'startLogger'],
              },
              {
                target: '#service.SETUP.launching',
                actions: ['announceDown', 'startLogger'],
              },
            ],
            RUN_EXITED: {
              target: 'finishing',
              actions: 'spawnFinish',
            },
            EXEC_FAILED: {
              target: 'finishing',
              actions: 'spawnFinish',
            },
          },
          after: {
            SHUTDOWN: {
              target: 'killing',
              actions: 'kill',
            },
          },
        },
        killing: {
          description: 'It did not end in time, and SIGKILL was sent.',
          meta: {
            ignores: {
              EXEC_SUCCEEDED: 'the process was killed already',
              FINISH_EXITED: 'no finish is running',
            },
          },
          on: {
            WANT_DOWN: {
              target: '#service.SHUTDOWN.killing',
              actions: 'signalDown',
              description: 'Signalled again.',
            },
            SETUP_EXITED: [
              {
                guard: 'systemGoingDown',
                target: '#service.DOWN.resting',
              },
              {
                guard: 'lifeWasShort',
                target: '#service.DELAY.respawn',
                actions: 'announceDown',
              },
              {
                guard: 'hasSetup',
                target: '#service.SETUP.running',
                actions: ['announceDown', 'startLogger'],
              },
              {
                target: '#service.SETUP.launching',
                actions: ['announceDown', 'startLogger'],
              },
            ],
            RUN_EXITED: {
              target: 'finishing',
              actions: 'spawnFinish',
            },
            EXEC_FAILED: {
              target: 'finishing',
              actions: 'spawnFinish',
            },
          },
        },
        finishing: {
          description: '`finish` is running.',
          meta: {
            ignores: {
              SETUP_EXITED: 'setup has ended',
              EXEC_FAILED: 'run has ended',
              EXEC_SUCCEEDED: 'run has ended',
              RUN_EXITED: 'run has ended',
            },
          },
          on: {
            WANT_DOWN: {
              target: '#service.SHUTDOWN.finishing',
              description: 'As when `finish` itself asks to stay down.',
            },
            FINISH_EXITED: [
              {
                guard: 'systemGoingDown',
                target: '#service.DOWN.resting',
              },
              {
                guard: 'lifeWasShort',
                target: '#service.DELAY.respawn',
                actions: 'announceDown',
              },
              {
                guard: 'hasSetup',
                target: '#service.SETUP.running',
                actions: ['announceDown', 'startLogger'],
              },
              {
                target: '#service.SETUP.launching',
                actions: ['announceDown', 'startLogger'],
              },
            ],
          },
          after: {
            FINISH: {
              target: 'finishKilled',
              actions: 'killFinish',
            },
          },
        },
        finishKilled: {
          description: '`finish` did not end in time, and SIGKILL was sent.',
          meta: {
            ignores: {
              SETUP_EXITED: 'setup has ended',
              EXEC_FAILED: 'run has ended',
              EXEC_SUCCEEDED: 'run has ended',
              RUN_EXITED: 'run has ended',
            },
          },
          on: {
            WANT_DOWN: {
              target: '#service.SHUTDOWN.finishKilled',
            },
            FINISH_EXITED: [
              {
                guard: 'systemGoingDown',
                target: '#service.DOWN.resting',
              },
              {
                guard: 'lifeWasShort',
                target: '#service.DELAY.respawn',
                actions: 'announceDown',
              },
              {
                guard: 'hasSetup',
                target: '#service.SETUP.running',
                actions: ['announceDown', 'startLogger'],
              },
              {
                target: '#service.SETUP.launching',
                actions: ['announceDown', 'startLogger'],
              },
            ],
          },
        },
      },
    },
    FATAL: {
      description: 'Down; an error that will not fix itself.',
      entry: 'announce',
      meta: {
        ignores: {
          CREATED: 'a service is created once',
          SETUP_EXITED: 'no setup is running',
          SPAWN_FAILED: 'nothing is being spawned but finish, whose failure counts as its end',
          RUN_MISSING: 'nothing is being launched',
          LAUNCH_IMPOSSIBLE: 'nothing is being launched',
          EXEC_FAILED: 'the launch has ended',
          EXEC_SUCCEEDED: 'the launch has ended',
          READY: 'there is no run that could be ready',
          RUN_EXITED: 'no run is alive',
        },
      },
      initial: 'resting',
      states: {
        finishing: {
          description: 'The exec of `run` failed, and `finish 111 0` is running.',
          on: {
            WANT_UP: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                target: '#service.RESTART.finishing',
                description: '`finish` goes on.',
                meta: {
                  corrects: 'The reference aborts, or runs the service twice.',
                },
              },
            ],
            WANT_RESTART: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                target: '#service.RESTART.finishing',
                description: '`finish` goes on.',
                meta: {
                  corrects: 'The reference aborts, or runs the service twice.',
                },
              },
            ],
            WANT_DOWN: {
              target: '#service.SHUTDOWN.finishing',
              description: '`finish` goes on.',
              meta: {
                corrects: 'The reference aborts.',
              },
            },
            FINISH_EXITED: {
              target: 'resting',
            },
          },
          after: {
            FINISH: {
              target: 'finishKilled',
              actions: 'killFinish',
            },
          },
        },
        finishKilled: {
          description: '`finish` did not end in time, and SIGKILL was sent.',
          on: {
            WANT_UP: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                target: '#service.RESTART.finishKilled',
                meta: {
                  corrects: 'The reference aborts, or runs the service twice.',
                },
              },
            ],
            WANT_RESTART: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                target: '#service.RESTART.finishKilled',
                meta: {
                  corrects: 'The reference aborts, or runs the service twice.',
                },
              },
            ],
            WANT_DOWN: {
              target: '#service.SHUTDOWN.finishKilled',
              meta: {
                corrects: 'The reference aborts.',
              },
            },
            FINISH_EXITED: {
              target: 'resting',
            },
          },
        },
        resting: {
          description: 'No process is left.',
          entry: 'endLife',
          meta: {
            ignores: {
              FINISH_EXITED: 'no finish is running',
            },
          },
          on: {
            WANT_UP: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                guard: 'hasSetup',
                target: '#service.SETUP.running',
                actions: 'startLogger',
              },
              {
                target: '#service.SETUP.launching',
                actions: 'startLogger',
              },
            ],
            WANT_RESTART: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                guard: 'hasSetup',
                target: '#service.SETUP.running',
                actions: 'startLogger',
              },
              {
                target: '#service.SETUP.launching',
                actions: 'startLogger',
              },
            ],
            WANT_DOWN: {
              target: '#service.DOWN.resting',
            },
          },
        },
      },
    },
    DELAY: {
      description: 'Down; an error that may fix itself. Restarted automatically.',
      meta: {
        corrects: 'Not each change into this state is announced.',
        ignores: {
          CREATED: 'a service is created once',
          SETUP_EXITED: 'no setup is running',
          SPAWN_FAILED: 'nothing is being spawned',
          RUN_MISSING: 'nothing is being launched',
          LAUNCH_IMPOSSIBLE: 'nothing is being launched',
          EXEC_FAILED: 'nothing is being launched',
          EXEC_SUCCEEDED: 'nothing is being launched',
          READY: 'there is no run that could be ready',
          RUN_EXITED: 'no run is alive',
          FINISH_EXITED: 'no finish is running',
        },
      },
      initial: 'created',
      on: {
        WANT_UP: [
          {
            guard: 'systemGoingDown',
            description: 'Ignored: nothing is started any more.',
            meta: {
              rule: 'behaviour.md §6 Shutdown 1',
            },
          },
          {
            guard: 'hasSetup',
            target: 'SETUP.running',
            actions: 'startLogger',
          },
          {
            target: 'SETUP.launching',
            actions: 'startLogger',
          },
        ],
        WANT_RESTART: [
          {
            guard: 'systemGoingDown',
            description: 'Ignored: nothing is started any more.',
            meta: {
              rule: 'behaviour.md §6 Shutdown 1',
            },
          },
          {
            guard: 'hasSetup',
            target: 'SETUP.running',
            actions: 'startLogger',
          },
          {
            target: 'SETUP.launching',
            actions: 'startLogger',
          },
        ],
        WANT_DOWN: {
          target: 'DOWN.resting',
        },
      },
      states: {
        created: {
          description: 'Just created; not announced.',
          meta: {
            rule: 'behaviour.md §3 (new)',
          },
          after: {
            CREATION: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                guard: 'hasSetup',
                target: '#service.SETUP.running',
                actions: 'startLogger',
              },
              {
                target: '#service.SETUP.launching',
                actions: 'startLogger',
              },
            ],
          },
        },
        respawn: {
          description: 'The last life was too short, or its setup failed.',
          entry: ['announce', 'endLife'],
          after: {
            RESPAWN: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                guard: 'hasSetup',
                target: '#service.SETUP.running',
                actions: 'startLogger',
              },
              {
                target: '#service.SETUP.launching',
                actions: 'startLogger',
              },
            ],
          },
        },
        spawnError: {
          description: 'A fork, exec or pipe failed for want of something.',
          entry: ['announce', 'endLife'],
          after: {
            SPAWN_ERROR: [
              {
                guard: 'systemGoingDown',
                description: 'Ignored: nothing is started any more.',
                meta: {
                  rule: 'behaviour.md §6 Shutdown 1',
                },
              },
              {
                guard: 'hasSetup',
                target: '#service.SETUP.running',
                actions: 'startLogger',
              },
              {
                target: '#service.SETUP.launching',
                actions: 'startLogger',
              },
            ],
          },
        },
      },
    },
  },
});
