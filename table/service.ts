// Generated from machines/service.ts by `npm run generate`. Do not edit.
import { STAY } from './format.js';
import type { Row, Table } from './format.js';

export type ServiceEventName = 'WANT_UP' | 'WANT_RESTART' | 'WANT_DOWN' | 'SETUP_EXITED' | 'SPAWN_FAILED' | 'RUN_MISSING' | 'LAUNCH_IMPOSSIBLE' | 'EXEC_FAILED' | 'EXEC_SUCCEEDED' | 'READY' | 'RUN_EXITED' | 'FINISH_EXITED' | 'CREATED';
export type ServiceGuard = 'errorMayPass' | 'hasSetup' | 'lifeWasShort' | 'reportsReadiness' | 'setupFailed' | 'setupRefused' | 'systemGoingDown';
export type ServiceAction = 'announce' | 'announceDown' | 'endLife' | 'forgetIfGone' | 'kill' | 'killFinish' | 'launch' | 'signalDown' | 'spawnFinish' | 'spawnSetup' | 'startLogger';
export type ServiceDelay = 'CREATION' | 'STARTING' | 'RESPAWN' | 'SPAWN_ERROR' | 'SHUTDOWN' | 'FINISH';
type Rows = readonly Row<ServiceGuard, ServiceAction>[];

const r0: Rows = [{ guard: 'systemGoingDown', target: STAY, actions: [] }, { guard: 'hasSetup', target: 2, actions: ['startLogger', 'announce', 'spawnSetup'] }, { guard: null, target: 3, actions: ['startLogger', 'launch'] }];
const r1: Rows = [{ guard: null, target: STAY, actions: ['forgetIfGone'] }];
const r2: Rows = [{ guard: null, target: 19, actions: [] }];
const r3: Rows = [{ guard: 'systemGoingDown', target: STAY, actions: [] }, { guard: null, target: 12, actions: ['signalDown', 'announce'] }];
const r4: Rows = [{ guard: null, target: 8, actions: ['signalDown', 'announce'] }];
const r5: Rows = [{ guard: 'setupRefused', target: 18, actions: ['announce', 'endLife'] }, { guard: 'setupFailed', target: 20, actions: ['announce', 'endLife'] }, { guard: 'systemGoingDown', target: 1, actions: ['announce', 'endLife', 'forgetIfGone'] }, { guard: null, target: 3, actions: ['launch'] }];
const r6: Rows = [{ guard: null, target: 21, actions: ['announce', 'endLife'] }];
const r7: Rows = [{ guard: null, target: 7, actions: ['announce'] }];
const r8: Rows = [{ guard: null, target: 18, actions: ['announce', 'endLife'] }];
const r9: Rows = [{ guard: 'errorMayPass', target: 21, actions: ['announce', 'endLife'] }, { guard: null, target: 16, actions: ['spawnFinish', 'announce'] }];
const r10: Rows = [{ guard: 'reportsReadiness', target: 5, actions: ['announce'] }, { guard: null, target: 4, actions: ['announce'] }];
const r11: Rows = [{ guard: null, target: 14, actions: ['spawnFinish', 'announce'] }];
const r12: Rows = [{ guard: null, target: 6, actions: ['announce'] }];
const r13: Rows = [{ guard: 'systemGoingDown', target: STAY, actions: [] }, { guard: null, target: 14, actions: ['spawnFinish', 'announce'] }];
const r14: Rows = [{ guard: null, target: 10, actions: ['spawnFinish', 'announce'] }];
const r15: Rows = [{ guard: 'systemGoingDown', target: STAY, actions: [] }, { guard: null, target: 12, actions: ['announce'] }];
const r16: Rows = [{ guard: null, target: STAY, actions: ['signalDown'] }];
const r17: Rows = [{ guard: null, target: 1, actions: ['announce', 'endLife', 'forgetIfGone'] }];
const r18: Rows = [{ guard: null, target: 10, actions: ['spawnFinish'] }];
const r19: Rows = [{ guard: null, target: 9, actions: ['kill'] }];
const r20: Rows = [{ guard: 'systemGoingDown', target: STAY, actions: [] }, { guard: null, target: 13, actions: ['announce'] }];
const r21: Rows = [{ guard: 'systemGoingDown', target: STAY, actions: [] }, { guard: null, target: 14, actions: ['announce'] }];
const r22: Rows = [{ guard: null, target: 11, actions: ['killFinish'] }];
const r23: Rows = [{ guard: 'systemGoingDown', target: STAY, actions: [] }, { guard: null, target: 15, actions: ['announce'] }];
const r24: Rows = [{ guard: 'systemGoingDown', target: 1, actions: ['announce', 'endLife', 'forgetIfGone'] }, { guard: 'lifeWasShort', target: 20, actions: ['announceDown', 'announce', 'endLife'] }, { guard: 'hasSetup', target: 2, actions: ['announceDown', 'startLogger', 'announce', 'spawnSetup'] }, { guard: null, target: 3, actions: ['announceDown', 'startLogger', 'launch'] }];
const r25: Rows = [{ guard: null, target: 14, actions: ['spawnFinish'] }];
const r26: Rows = [{ guard: null, target: 13, actions: ['kill'] }];
const r27: Rows = [{ guard: null, target: 9, actions: ['signalDown', 'announce'] }];
const r28: Rows = [{ guard: null, target: 10, actions: ['announce'] }];
const r29: Rows = [{ guard: null, target: 15, actions: ['killFinish'] }];
const r30: Rows = [{ guard: null, target: 11, actions: ['announce'] }];
const r31: Rows = [{ guard: null, target: 18, actions: ['endLife'] }];
const r32: Rows = [{ guard: null, target: 17, actions: ['killFinish'] }];

export const serviceTable: Table<ServiceEventName, ServiceGuard, ServiceAction, ServiceDelay> = {
  initial: 0,
  start: [],
  delays: { CREATION: 1, STARTING: 2000, RESPAWN: 1000, SPAWN_ERROR: 2000, SHUTDOWN: 7000, FINISH: 7000 },
  leaves: [
    {
      // 0
      name: 'DOWN.fresh',
      state: 'DOWN',
      delay: null,
      due: [],
      on: { WANT_UP: r0, WANT_RESTART: r0, WANT_DOWN: r1, CREATED: r2 },
      final: false,
    },
    {
      // 1
      name: 'DOWN.resting',
      state: 'DOWN',
      delay: null,
      due: [],
      on: { WANT_UP: r0, WANT_RESTART: r0, WANT_DOWN: r1 },
      final: false,
    },
    {
      // 2
      name: 'SETUP.running',
      state: 'SETUP',
      delay: null,
      due: [],
      on: { WANT_RESTART: r3, WANT_DOWN: r4, SETUP_EXITED: r5, SPAWN_FAILED: r6 },
      final: false,
    },
    {
      // 3
      name: 'SETUP.launching',
      state: 'SETUP',
      delay: null,
      due: [],
      on: { WANT_RESTART: r3, WANT_DOWN: r4, SPAWN_FAILED: r6, RUN_MISSING: r7, LAUNCH_IMPOSSIBLE: r8, EXEC_FAILED: r9, EXEC_SUCCEEDED: r10, RUN_EXITED: r11 },
      final: false,
    },
    {
      // 4
      name: 'STARTING.timed',
      state: 'STARTING',
      delay: 'STARTING',
      due: r12,
      on: { WANT_RESTART: r3, WANT_DOWN: r4, READY: r12, RUN_EXITED: r11 },
      final: false,
    },
    {
      // 5
      name: 'STARTING.awaited',
      state: 'STARTING',
      delay: null,
      due: [],
      on: { WANT_RESTART: r3, WANT_DOWN: r4, READY: r12, RUN_EXITED: r11 },
      final: false,
    },
    {
      // 6
      name: 'UP',
      state: 'UP',
      delay: null,
      due: [],
      on: { WANT_RESTART: r3, WANT_DOWN: r4, RUN_EXITED: r11 },
      final: false,
    },
    {
      // 7
      name: 'ONESHOT',
      state: 'ONESHOT',
      delay: null,
      due: [],
      on: { WANT_RESTART: r13, WANT_DOWN: r14 },
      final: false,
    },
    {
      // 8
      name: 'SHUTDOWN.stopping',
      state: 'SHUTDOWN',
      delay: 'SHUTDOWN',
      due: r19,
      on: { WANT_UP: r15, WANT_RESTART: r15, WANT_DOWN: r16, SETUP_EXITED: r17, EXEC_FAILED: r18, RUN_EXITED: r18 },
      final: false,
    },
    {
      // 9
      name: 'SHUTDOWN.killing',
      state: 'SHUTDOWN',
      delay: null,
      due: [],
      on: { WANT_UP: r20, WANT_RESTART: r20, WANT_DOWN: r16, SETUP_EXITED: r17, EXEC_FAILED: r18, RUN_EXITED: r18 },
      final: false,
    },
    {
      // 10
      name: 'SHUTDOWN.finishing',
      state: 'SHUTDOWN',
      delay: 'FINISH',
      due: r22,
      on: { WANT_UP: r21, WANT_RESTART: r21, FINISH_EXITED: r17 },
      final: false,
    },
    {
      // 11
      name: 'SHUTDOWN.finishKilled',
      state: 'SHUTDOWN',
      delay: null,
      due: [],
      on: { WANT_UP: r23, WANT_RESTART: r23, FINISH_EXITED: r17 },
      final: false,
    },
    {
      // 12
      name: 'RESTART.stopping',
      state: 'RESTART',
      delay: 'SHUTDOWN',
      due: r26,
      on: { WANT_DOWN: r4, SETUP_EXITED: r24, EXEC_FAILED: r25, RUN_EXITED: r25 },
      final: false,
    },
    {
      // 13
      name: 'RESTART.killing',
      state: 'RESTART',
      delay: null,
      due: [],
      on: { WANT_DOWN: r27, SETUP_EXITED: r24, EXEC_FAILED: r25, RUN_EXITED: r25 },
      final: false,
    },
    {
      // 14
      name: 'RESTART.finishing',
      state: 'RESTART',
      delay: 'FINISH',
      due: r29,
      on: { WANT_DOWN: r28, FINISH_EXITED: r24 },
      final: false,
    },
    {
      // 15
      name: 'RESTART.finishKilled',
      state: 'RESTART',
      delay: null,
      due: [],
      on: { WANT_DOWN: r30, FINISH_EXITED: r24 },
      final: false,
    },
    {
      // 16
      name: 'FATAL.finishing',
      state: 'FATAL',
      delay: 'FINISH',
      due: r32,
      on: { WANT_UP: r21, WANT_RESTART: r21, WANT_DOWN: r28, FINISH_EXITED: r31 },
      final: false,
    },
    {
      // 17
      name: 'FATAL.finishKilled',
      state: 'FATAL',
      delay: null,
      due: [],
      on: { WANT_UP: r23, WANT_RESTART: r23, WANT_DOWN: r30, FINISH_EXITED: r31 },
      final: false,
    },
    {
      // 18
      name: 'FATAL.resting',
      state: 'FATAL',
      delay: null,
      due: [],
      on: { WANT_UP: r0, WANT_RESTART: r0, WANT_DOWN: r17 },
      final: false,
    },
    {
      // 19
      name: 'DELAY.created',
      state: 'DELAY',
      delay: 'CREATION',
      due: r0,
      on: { WANT_UP: r0, WANT_RESTART: r0, WANT_DOWN: r17 },
      final: false,
    },
    {
      // 20
      name: 'DELAY.respawn',
      state: 'DELAY',
      delay: 'RESPAWN',
      due: r0,
      on: { WANT_UP: r0, WANT_RESTART: r0, WANT_DOWN: r17 },
      final: false,
    },
    {
      // 21
      name: 'DELAY.spawnError',
      state: 'DELAY',
      delay: 'SPAWN_ERROR',
      due: r0,
      on: { WANT_UP: r0, WANT_RESTART: r0, WANT_DOWN: r17 },
      final: false,
    },
  ],
};
