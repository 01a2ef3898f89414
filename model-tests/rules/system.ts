/**
 * behaviour.md §6, the phases of the system, step by step.
 *
 * What the text leaves open is marked "open:" in the citation, with what it follows from.
 */
import { SAME, TIMER, rule, situation } from './rule.js';
import type { Facts, Rule, Rulebook } from './rule.js';

const asked: readonly (readonly [event: string, decide: string])[] = [
  ['SHUTDOWN_ASKED', 'decideShutdown'],
  ['REBOOT_ASKED', 'decideReboot'],
];
const pid1: Facts = { isPid1: true };
const notPid1: Facts = { isPid1: false };

const rules: readonly Rule[] = [
  rule(
    '§6 bring-up: SYS/setup ended; LOG, then the scan',
    ['bringUp.settingUp', 'bringUp.stoppingSetup', 'bringUp.killingSetup'], ['SYS_SETUP_EXITED'], 'run', ['startGlobalLogger', 'scan'],
  ),
  rule(
    'open: `down SYS` during SYS/setup, as §3 SETUP on WANT_DOWN',
    ['bringUp.settingUp'], ['SYS_DOWN_ASKED'], 'bringUp.stoppingSetup', ['signalSysSetup'],
  ),
  rule(
    'open: `down SYS` again, as §3 SHUTDOWN on WANT_DOWN',
    ['bringUp.stoppingSetup', 'shutdown.stoppingSetup'], ['SYS_DOWN_ASKED'], SAME, ['signalSysSetup'],
  ),
  rule(
    '§6 bring-up, the SHUTDOWN rules: SIGKILL after the timer',
    ['bringUp.stoppingSetup'], [TIMER], 'bringUp.killingSetup', ['killSysSetup'],
  ),
  rule(
    '§6 bring-up, the SHUTDOWN rules: SIGKILL after the timer',
    ['shutdown.stoppingSetup'], [TIMER], 'shutdown.killingSetup', ['killSysSetup'],
  ),
  ...asked.flatMap(([event, decide]): readonly Rule[] => [
    rule(
      '§6 bring-up: a shutdown asked for during SYS/setup',
      ['bringUp.settingUp', 'bringUp.stoppingSetup'], [event], 'shutdown.stoppingSetup', [decide, 'sayGoingDown', 'signalSysSetup'],
    ),
    rule(
      '§6 bring-up: a shutdown asked for after SIGKILL',
      ['bringUp.killingSetup'], [event], 'shutdown.killingSetup', [decide, 'sayGoingDown'],
    ),
    rule('§6 shutdown 1 and 2', ['run'], [event], 'shutdown.finishing', [decide, 'sayGoingDown', 'spawnSysFinish']),
  ]),
  rule(
    '§6 bring-up: goes on to shutdown; shutdown 2',
    ['shutdown.stoppingSetup', 'shutdown.killingSetup'], ['SYS_SETUP_EXITED'], 'shutdown.finishing', ['spawnSysFinish'],
  ),
  rule('§6 rescan', ['run'], ['RESCAN_ASKED'], SAME, ['scan']),

  rule(
    '§6 shutdown 2 and 3: SYS/finish ended',
    ['shutdown.finishing'], ['SYS_FINISH_EXITED'], 'shutdown.stoppingServices', ['stopServices'],
  ),
  rule(
    '§1 SYS/finish is killed after SYS_FINISH',
    ['shutdown.finishing'], [TIMER], 'shutdown.stoppingServices', ['killSysFinish', 'stopServices'],
  ),
  rule(
    'open: §6 shutdown 2: a second request ends the wait, of either kind; it decides nothing',
    ['shutdown.finishing'], ['SHUTDOWN_ASKED', 'REBOOT_ASKED'], 'shutdown.stoppingServices', ['killSysFinish', 'stopServices'],
  ),
  rule(
    '§6 shutdown 3: when none is left, the loggers',
    ['shutdown.stoppingServices'], ['SERVICES_DOWN'], 'shutdown.stoppingLoggers', ['stopLoggers'],
  ),
  rule(
    '§6 shutdown 4, as pid 1',
    ['shutdown.stoppingLoggers'], ['LOGGERS_DOWN'], 'shutdown.terminating', ['terminateEveryProcess'], pid1,
  ),
  rule(
    '§6 shutdown 5 and final 1, not pid 1',
    ['shutdown.stoppingLoggers'], ['LOGGERS_DOWN'], 'final.reincarnating', ['closeControl', 'reincarnate'], notPid1,
  ),
  rule(
    '§6 shutdown 4: SIGKILL to every process',
    ['shutdown.terminating'], ['CHILDLESS', TIMER], 'shutdown.killing', ['killEveryProcess'],
  ),
  rule(
    '§6 shutdown 4 and 5, final 1',
    ['shutdown.killing'], ['CHILDLESS', TIMER], 'final.reincarnating', ['closeControl', 'reincarnate'],
  ),

  rule('§6 final 1 and 2', ['final.reincarnating'], ['REINCARNATE_FAILED'], 'final.finalizing', ['spawnSysFinal']),
  rule('§6 final 3', ['final.finalizing'], ['SYS_FINAL_EXITED'], 'final.ended', ['endSystem']),
  rule('§1 SYS/final is killed after SYS_FINAL', ['final.finalizing'], [TIMER], 'final.ended', ['killSysFinal', 'endSystem']),
];

export const systemRules: Rulebook = {
  machine: 'system',
  initial: 'bringUp.settingUp',
  start: ['sayBooting', 'spawnSysSetup'],
  times: { SHUTDOWN: 7000, SYS_FINISH: 30000, SIGTERM_ALL: 7000, SIGKILL_ALL: 7000, SYS_FINAL: 30000 },
  events: [
    'SYS_SETUP_EXITED', 'SYS_DOWN_ASKED', 'RESCAN_ASKED', 'SHUTDOWN_ASKED', 'REBOOT_ASKED', 'SYS_FINISH_EXITED', 'SERVICES_DOWN',
    'LOGGERS_DOWN', 'CHILDLESS', 'REINCARNATE_FAILED', 'SYS_FINAL_EXITED',
  ],
  situations: [
    situation('bringUp.settingUp', ['setup'], null),
    situation('bringUp.stoppingSetup', ['setup'], 'SHUTDOWN'),
    situation('bringUp.killingSetup', ['setup'], null),
    situation('run', ['nothing'], null),
    situation('shutdown.stoppingSetup', ['setup'], 'SHUTDOWN'),
    situation('shutdown.killingSetup', ['setup'], null),
    situation('shutdown.finishing', ['finish'], 'SYS_FINISH'),
    situation('shutdown.stoppingServices', ['nothing'], null),
    situation('shutdown.stoppingLoggers', ['nothing'], null),
    situation('shutdown.terminating', ['nothing'], 'SIGTERM_ALL'),
    situation('shutdown.killing', ['nothing'], 'SIGKILL_ALL'),
    situation('final.reincarnating', ['nothing'], null),
    situation('final.finalizing', ['nothing'], 'SYS_FINAL'),
    situation('final.ended', ['nothing'], null),
  ],
  rules,
};
