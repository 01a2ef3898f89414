/**
 * behaviour.md §3, the service, row by row.
 *
 * Where the text leaves something open, the rule's citation starts with "open:" and says from what it follows. The order of effects is
 * the text's where it gives one ("signal, SHUTDOWN"; "start the logger, then SETUP"; "DOWN is announced … else as WANT_UP"; "DOWN; the
 * service is forgotten"). Beyond that one order holds throughout: first what the event asks for in the situation that is left (signal, finish,
 * logger), then the announcement of the state that is entered, then what this state does (setup, launch, the end of the life).
 *
 * Not here, since nothing happens: a DELAY whose timer is due while the system goes down ("as WANT_UP", which is ignored then); RUN_MISSING,
 * LAUNCH_IMPOSSIBLE and SPAWN_FAILED anywhere but where something was just launched or spawned: they are answers that come at once.
 */
import { SAME, TIMER, rule, situation } from './rule.js';
import type { Facts, Rule, Rulebook, Situation } from './rule.js';

const wantStart = ['WANT_UP', 'WANT_RESTART'];
const wants = ['WANT_UP', 'WANT_RESTART', 'WANT_DOWN'];
const systemUp: Facts = { systemGoingDown: false };
const goingDown: Facts = { systemGoingDown: true };
/** "DOWN; the service is forgotten if no scan has seen it": its life is over before it is forgotten. */
const comesToRestDown = ['announce', 'endLife', 'forgetIfGone'];

const resting = ['DOWN.fresh', 'DOWN.resting', 'FATAL.resting', 'DELAY.created', 'DELAY.respawn', 'DELAY.spawnError'];
const delays = ['DELAY.created', 'DELAY.respawn', 'DELAY.spawnError'];
const starting = ['STARTING.timed', 'STARTING.awaited'];
const ending = ['stopping', 'killing', 'finishing', 'finishKilled'];
const stopped = ['stopping', 'killing'];
const finishing = ['finishing', 'finishKilled'];

function inState(state: string, leaves: readonly string[]): string[] {
  return leaves.map((leaf) => `${state}.${leaf}`);
}

const ends = (state: string): readonly Situation[] => [
  situation(`${state}.stopping`, ['setup', 'launching', 'run'], 'SHUTDOWN'),
  situation(`${state}.killing`, ['setup', 'launching', 'run'], null),
  situation(`${state}.finishing`, ['finish'], 'FINISH'),
  situation(`${state}.finishKilled`, ['finish'], null),
];

const situations: readonly Situation[] = [
  situation('DOWN.fresh', ['nothing'], null),
  situation('DOWN.resting', ['nothing'], null),
  situation('SETUP.running', ['setup'], null),
  situation('SETUP.launching', ['launching'], null),
  situation('STARTING.timed', ['run'], 'STARTING'),
  situation('STARTING.awaited', ['run'], null),
  situation('UP', ['run'], null),
  situation('ONESHOT', ['nothing'], null),
  ...ends('SHUTDOWN'),
  ...ends('RESTART'),
  situation('FATAL.finishing', ['finish'], 'FINISH'),
  situation('FATAL.finishKilled', ['finish'], null),
  situation('FATAL.resting', ['nothing'], null),
  situation('DELAY.created', ['nothing'], 'CREATION'),
  situation('DELAY.respawn', ['nothing'], 'RESPAWN'),
  situation('DELAY.spawnError', ['nothing'], 'SPAWN_ERROR'),
];

/** "start the logger it writes to (WANT_UP), then SETUP if there is a `setup`, else launch"; what must happen first is `before`. */
function asWantUp(row: string, from: readonly string[], on: readonly string[], when: Facts, before: readonly string[]): readonly Rule[] {
  const setup = [...before, 'startLogger', 'announce', 'spawnSetup'];
  return [
    rule(`${row}: with setup`, from, on, 'SETUP.running', setup, { ...when, hasSetup: true }),
    rule(`${row}: without setup`, from, on, 'SETUP.launching', [...before, 'startLogger', 'launch'], { ...when, hasSetup: false }),
  ];
}

/** The rows of the end of life in SHUTDOWN and in RESTART, for an event that is this end. */
function endOfLife(row: string, leaves: readonly string[], on: readonly string[]): readonly Rule[] {
  const restart = inState('RESTART', leaves);
  const short = ['announceDown', 'announce', 'endLife'];
  return [
    rule(`${row}; §3 SHUTDOWN, end of life`, inState('SHUTDOWN', leaves), on, 'DOWN.resting', comesToRestDown),
    rule(`${row}; §3 RESTART, end of life, system going down`, restart, on, 'DOWN.resting', comesToRestDown, goingDown),
    rule(`${row}; §3 RESTART, end of life, it was short`, restart, on, 'DELAY.respawn', short, { ...systemUp, lifeWasShort: true }),
    ...asWantUp(`${row}; §3 RESTART, end of life, else`, restart, on, { ...systemUp, lifeWasShort: false }, ['announceDown']),
  ];
}

const rules: readonly Rule[] = [
  rule('§3 (new), created by a scan, no `down` file', ['DOWN.fresh'], ['CREATED'], 'DELAY.created', []),
  ...asWantUp('§3 DOWN, FATAL, DELAY on WANT_UP or WANT_RESTART', resting, wantStart, systemUp, []),
  ...asWantUp('§3 DELAY on its timer', delays, [TIMER], systemUp, []),

  rule(
    '§3 SETUP, `setup` exits 0',
    ['SETUP.running'], ['SETUP_EXITED'], 'SETUP.launching', ['launch'], { ...systemUp, setupRefused: false, setupFailed: false },
  ),
  rule(
    '§3 SETUP, `setup` exits 0, the system is no longer up',
    ['SETUP.running'], ['SETUP_EXITED'], 'DOWN.resting', comesToRestDown, { ...goingDown, setupRefused: false, setupFailed: false },
  ),
  rule(
    '§3 SETUP, `setup` exits 111',
    ['SETUP.running'], ['SETUP_EXITED'], 'FATAL.resting', ['announce', 'endLife'], { setupRefused: true },
  ),
  rule(
    '§3 SETUP, `setup` exits otherwise',
    ['SETUP.running'], ['SETUP_EXITED'], 'DELAY.respawn', ['announce', 'endLife'], { setupRefused: false, setupFailed: true },
  ),
  rule('§3 SETUP, fork fails', ['SETUP.running'], ['SPAWN_FAILED'], 'DELAY.spawnError', ['announce', 'endLife']),

  rule('§3 launch, there is no `run`', ['SETUP.launching'], ['RUN_MISSING'], 'ONESHOT', ['announce']),
  rule(
    '§3 launch, the directory is gone; §4 notification-fd beyond the limit',
    ['SETUP.launching'], ['LAUNCH_IMPOSSIBLE'], 'FATAL.resting', ['announce', 'endLife'],
  ),
  rule(
    '§3 launch, exec fails with EAGAIN, EIO, EMFILE, ENOMEM or ETXTBSY',
    ['SETUP.launching'], ['EXEC_FAILED'], 'DELAY.spawnError', ['announce', 'endLife'], { errorMayPass: true },
  ),
  rule('§3 launch, fork or pipe fails', ['SETUP.launching'], ['SPAWN_FAILED'], 'DELAY.spawnError', ['announce', 'endLife']),
  rule(
    '§3 launch, exec fails otherwise',
    ['SETUP.launching'], ['EXEC_FAILED'], 'FATAL.finishing', ['spawnFinish', 'announce'], { errorMayPass: false },
  ),
  rule(
    '§3 launch, exec succeeds; the timer only without `notification-fd`',
    ['SETUP.launching'], ['EXEC_SUCCEEDED'], 'STARTING.timed', ['announce'], { reportsReadiness: false },
  ),
  rule(
    '§3 launch, exec succeeds, with `notification-fd`',
    ['SETUP.launching'], ['EXEC_SUCCEEDED'], 'STARTING.awaited', ['announce'], { reportsReadiness: true },
  ),

  rule('§3 STARTING, its timer', ['STARTING.timed'], [TIMER], 'UP', ['announce']),
  rule('§3 STARTING, newline or `nitroctl ready`', starting, ['READY'], 'UP', ['announce']),
  rule(
    'open: §3 `run` exits, before its exec was reported',
    ['SETUP.launching'], ['RUN_EXITED'], 'RESTART.finishing', ['spawnFinish', 'announce'],
  ),
  rule('§3 STARTING, UP: `run` exits', [...starting, 'UP'], ['RUN_EXITED'], 'RESTART.finishing', ['spawnFinish', 'announce']),
  rule(
    '§3 SETUP, STARTING, UP on WANT_DOWN',
    ['SETUP.running', 'SETUP.launching', ...starting, 'UP'], ['WANT_DOWN'], 'SHUTDOWN.stopping', ['signalDown', 'announce'],
  ),
  rule(
    '§3 SETUP, STARTING, UP on WANT_RESTART',
    ['SETUP.running', 'SETUP.launching', ...starting, 'UP'], ['WANT_RESTART'], 'RESTART.stopping', ['signalDown', 'announce'], systemUp,
  ),
  rule('§3 ONESHOT on WANT_DOWN', ['ONESHOT'], ['WANT_DOWN'], 'SHUTDOWN.finishing', ['spawnFinish', 'announce']),
  rule(
    '§3 ONESHOT on WANT_RESTART; §6 ignored when the system goes down',
    ['ONESHOT'], ['WANT_RESTART'], 'RESTART.finishing', ['spawnFinish', 'announce'], systemUp,
  ),

  ...ending.map((leaf) =>
    rule('§3 SHUTDOWN on WANT_UP or WANT_RESTART', [`SHUTDOWN.${leaf}`], wantStart, `RESTART.${leaf}`, ['announce'], systemUp),
  ),
  ...stopped.map((leaf) =>
    rule('§3 RESTART on WANT_DOWN, a process runs', [`RESTART.${leaf}`], ['WANT_DOWN'], `SHUTDOWN.${leaf}`, ['signalDown', 'announce']),
  ),
  ...finishing.map((leaf) =>
    rule('§3 RESTART on WANT_DOWN, `finish` runs', [`RESTART.${leaf}`], ['WANT_DOWN'], `SHUTDOWN.${leaf}`, ['announce']),
  ),
  rule('§3 SHUTDOWN on WANT_DOWN', inState('SHUTDOWN', stopped), ['WANT_DOWN'], SAME, ['signalDown']),

  ...['SHUTDOWN', 'RESTART'].flatMap((state): readonly Rule[] => [
    rule('§3 SHUTDOWN, RESTART, the SHUTDOWN timer', [`${state}.stopping`], [TIMER], `${state}.killing`, ['kill']),
    rule('§3 SHUTDOWN, RESTART: `run` exits', inState(state, stopped), ['RUN_EXITED'], `${state}.finishing`, ['spawnFinish']),
    rule(
      'open: §3 launch, exec fails while it is brought down: `finish` runs, as after any end',
      inState(state, stopped), ['EXEC_FAILED'], `${state}.finishing`, ['spawnFinish'],
    ),
    rule('§1 a `finish` script is killed after FINISH', [`${state}.finishing`], [TIMER], `${state}.finishKilled`, ['killFinish']),
  ]),
  ...endOfLife('§3 SHUTDOWN, RESTART: `setup` exits', stopped, ['SETUP_EXITED']),
  ...endOfLife('§3 `finish` exited, or there is none', finishing, ['FINISH_EXITED']),

  rule('§3 FATAL, DELAY on WANT_DOWN', ['FATAL.resting', ...delays], ['WANT_DOWN'], 'DOWN.resting', comesToRestDown),
  rule(
    '§3 DOWN on WANT_DOWN; §6 gone and brought down, then forgotten',
    ['DOWN.fresh', 'DOWN.resting'], ['WANT_DOWN'], SAME, ['forgetIfGone'],
  ),
  rule('§3 FATAL, `finish` running: its end', inState('FATAL', finishing), ['FINISH_EXITED'], 'FATAL.resting', ['endLife']),
  rule('§3 FATAL, `finish` running: the FINISH timer', ['FATAL.finishing'], [TIMER], 'FATAL.finishKilled', ['killFinish']),
  ...finishing.flatMap((leaf): readonly Rule[] => [
    rule(
      '§3 FATAL, `finish` running, on WANT_UP or WANT_RESTART',
      [`FATAL.${leaf}`], wantStart, `RESTART.${leaf}`, ['announce'], systemUp,
    ),
    rule('§3 FATAL, `finish` running, on WANT_DOWN', [`FATAL.${leaf}`], ['WANT_DOWN'], `SHUTDOWN.${leaf}`, ['announce']),
  ]),
];

export const serviceRules: Rulebook = {
  machine: 'service',
  initial: 'DOWN.fresh',
  start: [],
  times: { CREATION: 1, STARTING: 2000, RESPAWN: 1000, SPAWN_ERROR: 2000, SHUTDOWN: 7000, FINISH: 7000 },
  events: [
    ...wants, 'CREATED', 'SETUP_EXITED', 'SPAWN_FAILED', 'RUN_MISSING', 'LAUNCH_IMPOSSIBLE', 'EXEC_FAILED',
    'EXEC_SUCCEEDED', 'READY', 'RUN_EXITED', 'FINISH_EXITED',
  ],
  situations,
  rules,
};
