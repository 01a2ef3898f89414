// Generated from machines/system.ts by `npm run generate`. Do not edit.
import { STAY } from './format.js';
import type { Row, Table } from './format.js';

export type SystemEventName = 'SYS_SETUP_EXITED' | 'RESCAN_ASKED' | 'SYS_FINISH_EXITED' | 'SERVICES_DOWN' | 'LOGGERS_DOWN' | 'CHILDLESS' | 'REINCARNATE_FAILED' | 'SYS_FINAL_EXITED' | 'SYS_DOWN_ASKED' | 'SHUTDOWN_ASKED' | 'REBOOT_ASKED';
export type SystemGuard = 'isPid1';
export type SystemAction = 'closeControl' | 'decideReboot' | 'decideShutdown' | 'endSystem' | 'killEveryProcess' | 'killSysFinal' | 'killSysFinish' | 'killSysSetup' | 'reincarnate' | 'sayBooting' | 'sayGoingDown' | 'scan' | 'signalSysSetup' | 'spawnSysFinal' | 'spawnSysFinish' | 'spawnSysSetup' | 'startGlobalLogger' | 'stopLoggers' | 'stopServices' | 'terminateEveryProcess';
export type SystemDelay = 'SHUTDOWN' | 'SYS_FINISH' | 'SIGTERM_ALL' | 'SIGKILL_ALL' | 'SYS_FINAL';
type Rows = readonly Row<SystemGuard, SystemAction>[];

const r0: Rows = [{ guard: null, target: 3, actions: ['startGlobalLogger', 'scan'] }];
const r1: Rows = [{ guard: null, target: 1, actions: ['signalSysSetup'] }];
const r2: Rows = [{ guard: null, target: 4, actions: ['decideShutdown', 'sayGoingDown', 'signalSysSetup'] }];
const r3: Rows = [{ guard: null, target: 4, actions: ['decideReboot', 'sayGoingDown', 'signalSysSetup'] }];
const r4: Rows = [{ guard: null, target: STAY, actions: ['signalSysSetup'] }];
const r5: Rows = [{ guard: null, target: 2, actions: ['killSysSetup'] }];
const r6: Rows = [{ guard: null, target: 5, actions: ['decideShutdown', 'sayGoingDown'] }];
const r7: Rows = [{ guard: null, target: 5, actions: ['decideReboot', 'sayGoingDown'] }];
const r8: Rows = [{ guard: null, target: STAY, actions: ['scan'] }];
const r9: Rows = [{ guard: null, target: 6, actions: ['decideShutdown', 'sayGoingDown', 'spawnSysFinish'] }];
const r10: Rows = [{ guard: null, target: 6, actions: ['decideReboot', 'sayGoingDown', 'spawnSysFinish'] }];
const r11: Rows = [{ guard: null, target: 6, actions: ['spawnSysFinish'] }];
const r12: Rows = [{ guard: null, target: 5, actions: ['killSysSetup'] }];
const r13: Rows = [{ guard: null, target: 7, actions: ['stopServices'] }];
const r14: Rows = [{ guard: null, target: 7, actions: ['killSysFinish', 'stopServices'] }];
const r15: Rows = [{ guard: null, target: 8, actions: ['stopLoggers'] }];
const r16: Rows = [{ guard: 'isPid1', target: 9, actions: ['terminateEveryProcess'] }, { guard: null, target: 11, actions: ['closeControl', 'reincarnate'] }];
const r17: Rows = [{ guard: null, target: 10, actions: ['killEveryProcess'] }];
const r18: Rows = [{ guard: null, target: 11, actions: ['closeControl', 'reincarnate'] }];
const r19: Rows = [{ guard: null, target: 12, actions: ['spawnSysFinal'] }];
const r20: Rows = [{ guard: null, target: 13, actions: ['endSystem'] }];
const r21: Rows = [{ guard: null, target: 13, actions: ['killSysFinal', 'endSystem'] }];

export const systemTable: Table<SystemEventName, SystemGuard, SystemAction, SystemDelay> = {
  initial: 0,
  start: ['sayBooting', 'spawnSysSetup'],
  delays: { SHUTDOWN: 7000, SYS_FINISH: 30000, SIGTERM_ALL: 7000, SIGKILL_ALL: 7000, SYS_FINAL: 30000 },
  leaves: [
    {
      // 0
      name: 'bringUp.settingUp',
      state: 'bringUp',
      delay: null,
      due: [],
      on: { SYS_SETUP_EXITED: r0, SYS_DOWN_ASKED: r1, SHUTDOWN_ASKED: r2, REBOOT_ASKED: r3 },
      final: false,
    },
    {
      // 1
      name: 'bringUp.stoppingSetup',
      state: 'bringUp',
      delay: 'SHUTDOWN',
      due: r5,
      on: { SYS_SETUP_EXITED: r0, SYS_DOWN_ASKED: r4, SHUTDOWN_ASKED: r2, REBOOT_ASKED: r3 },
      final: false,
    },
    {
      // 2
      name: 'bringUp.killingSetup',
      state: 'bringUp',
      delay: null,
      due: [],
      on: { SYS_SETUP_EXITED: r0, SHUTDOWN_ASKED: r6, REBOOT_ASKED: r7 },
      final: false,
    },
    {
      // 3
      name: 'run',
      state: 'run',
      delay: null,
      due: [],
      on: { RESCAN_ASKED: r8, SHUTDOWN_ASKED: r9, REBOOT_ASKED: r10 },
      final: false,
    },
    {
      // 4
      name: 'shutdown.stoppingSetup',
      state: 'shutdown',
      delay: 'SHUTDOWN',
      due: r12,
      on: { SYS_SETUP_EXITED: r11, SYS_DOWN_ASKED: r4 },
      final: false,
    },
    {
      // 5
      name: 'shutdown.killingSetup',
      state: 'shutdown',
      delay: null,
      due: [],
      on: { SYS_SETUP_EXITED: r11 },
      final: false,
    },
    {
      // 6
      name: 'shutdown.finishing',
      state: 'shutdown',
      delay: 'SYS_FINISH',
      due: r14,
      on: { SYS_FINISH_EXITED: r13, SHUTDOWN_ASKED: r14, REBOOT_ASKED: r14 },
      final: false,
    },
    {
      // 7
      name: 'shutdown.stoppingServices',
      state: 'shutdown',
      delay: null,
      due: [],
      on: { SERVICES_DOWN: r15 },
      final: false,
    },
    {
      // 8
      name: 'shutdown.stoppingLoggers',
      state: 'shutdown',
      delay: null,
      due: [],
      on: { LOGGERS_DOWN: r16 },
      final: false,
    },
    {
      // 9
      name: 'shutdown.terminating',
      state: 'shutdown',
      delay: 'SIGTERM_ALL',
      due: r17,
      on: { CHILDLESS: r17 },
      final: false,
    },
    {
      // 10
      name: 'shutdown.killing',
      state: 'shutdown',
      delay: 'SIGKILL_ALL',
      due: r18,
      on: { CHILDLESS: r18 },
      final: false,
    },
    {
      // 11
      name: 'final.reincarnating',
      state: 'final',
      delay: null,
      due: [],
      on: { REINCARNATE_FAILED: r19 },
      final: false,
    },
    {
      // 12
      name: 'final.finalizing',
      state: 'final',
      delay: 'SYS_FINAL',
      due: r21,
      on: { SYS_FINAL_EXITED: r20 },
      final: false,
    },
    {
      // 13
      name: 'final.ended',
      state: 'final',
      delay: null,
      due: [],
      on: {  },
      final: true,
    },
  ],
};
