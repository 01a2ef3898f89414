/** Each invariant notices what it is for: a violation is planted in the machine, and is reported by this invariant. */
import { describe, expect, test } from 'vitest';
import { compile } from '../machines/compile.js';
import type { Compiled } from '../machines/compile.js';
import { serviceMachine } from '../machines/service.js';
import { systemMachine } from '../machines/system.js';
import { brokenOf } from './rules/invariant.js';
import { doing, withActions, withLeaf, withLostLeaf, withRows } from './rules/plant.js';
import { serviceInvariants } from './rules/service-invariants.js';
import { serviceWorld } from './rules/service-world.js';
import { systemInvariants } from './rules/system-invariants.js';
import { systemWorld } from './rules/system-world.js';
import { walk } from './rules/walk.js';
import type { World } from './rules/walk.js';

const service = compile(serviceMachine);
const system = compile(systemMachine);
const drop = (action: string) => (actions: readonly string[]): readonly string[] => actions.filter((one) => one !== action);
const none = (): readonly [] => [];

const inServices: readonly (readonly [invariant: string, planted: Compiled])[] = [
  ['a process is started only when none is alive', doing(service, 'UP', 'WANT_UP', null, ['launch'])],
  ['what is shown is what is alive', doing(service, 'SETUP.launching', 'RUN_MISSING', 'UP', ['announce'])],
  ['only a live setup or run is signalled', doing(service, 'SHUTDOWN.finishing', 'WANT_DOWN', null, ['signalDown'])],
  [
    'SIGKILL goes to a live setup or run, which was signalled, when its time is over',
    doing(service, 'SHUTDOWN.stopping', 'WANT_DOWN', null, ['kill']),
  ],
  ['SIGKILL goes to a live finish when its time is over', doing(service, 'SHUTDOWN.finishing', 'WANT_DOWN', null, ['killFinish'])],
  ['a finish that runs has the FINISH timer, and nothing else has', withLeaf(service, 'RESTART.finishing', (leaf) => ({ ...leaf, delay: null }))],
  [
    'what was signalled has the SHUTDOWN timer, and nothing else has',
    doing(service, 'UP', 'WANT_DOWN', 'SHUTDOWN.killing', ['signalDown', 'announce']),
  ],
  ['each change of state is announced once, and nothing else is', withActions(service, 'STARTING.awaited', 'READY', drop('announce'))],
  [
    'DOWN in passing is announced once, when a life ends in RESTART and the service is not DOWN then',
    withActions(service, 'RESTART.finishing', 'FINISH_EXITED', drop('announceDown')),
  ],
  [
    'a logger is started before the service that starts to write to it, once',
    withActions(service, 'DELAY.respawn', 'WANT_UP', (actions) => [...actions].reverse()),
  ],
  ['nothing is started when the system goes down', withRows(service, 'DOWN.resting', 'WANT_UP', (rows) => rows.slice(1))],
  ['a run that ended is finished, and a setup is not', withActions(service, 'UP', 'RUN_EXITED', drop('spawnFinish'))],
  ['a life that comes to rest has ended, and nothing of it is alive', withActions(service, 'SETUP.running', 'SETUP_EXITED', drop('endLife'))],
  [
    'a service is forgotten in DOWN, when DOWN has been announced and no process of it is left, and whenever it comes to DOWN',
    withActions(service, 'FATAL.resting', 'WANT_DOWN', drop('forgetIfGone')),
  ],
  ['a new service is neither announced nor started before it is wanted', withActions(service, 'DOWN.fresh', 'CREATED', () => ['announce'])],
  ['an event that is ignored changes nothing, and a timer goes on only where the service stays', doing(service, 'UP', 'READY', 'UP', [])],
  ['no leaf is out of reach', withLostLeaf(service)],
  ['from everywhere WANT_DOWN leads to DOWN within the timers', withRows(service, 'SHUTDOWN.killing', 'RUN_EXITED', none)],
  [
    'a service that is wanted can come up from everywhere, without being asked for again',
    withRows(service, 'SETUP.launching', 'EXEC_SUCCEEDED', none),
  ],
];

const inSystems: readonly (readonly [invariant: string, planted: Compiled])[] = [
  ['the phases come in their order', withActions(system, 'bringUp.settingUp', 'SYS_SETUP_EXITED', (actions) => [...actions].reverse())],
  ['what is done once in the life of a system is done once', doing(system, 'run', 'RESCAN_ASKED', null, ['scan', 'startGlobalLogger'])],
  [
    'a script of SYS is started only when none is alive, save one that was killed',
    doing(system, 'bringUp.settingUp', 'RESCAN_ASKED', null, ['spawnSysFinish']),
  ],
  ['only a live SYS/setup that was not killed is signalled', doing(system, 'run', 'SYS_DOWN_ASKED', null, ['signalSysSetup'])],
  [
    'only a live script of SYS is killed, when its time is over or, SYS/finish, by a second request',
    doing(system, 'bringUp.settingUp', 'SYS_DOWN_ASKED', 'bringUp.killingSetup', ['killSysSetup']),
  ],
  ['each wait has its timer, and only then', withLeaf(system, 'shutdown.finishing', (leaf) => ({ ...leaf, delay: null }))],
  ['every process is signalled as pid 1, and only then', withRows(system, 'shutdown.stoppingLoggers', 'LOGGERS_DOWN', (rows) => rows.slice(1))],
  [
    'SYS/finish is waited for: only its end, its time or a second request goes on',
    doing(system, 'shutdown.finishing', 'RESCAN_ASKED', 'shutdown.stoppingServices', ['stopServices']),
  ],
  ['a rescan is done at once in run, and never in another phase', withRows(system, 'run', 'RESCAN_ASKED', none)],
  ['a request for the end is heard until one has decided', withRows(system, 'run', 'REBOOT_ASKED', none)],
  ['no leaf is out of reach', withLostLeaf(system)],
  ['after a request for the end, the end comes within the timers', withRows(system, 'final.reincarnating', 'REINCARNATE_FAILED', none)],
  ['nothing happens after the end', doing(system, 'final.ended', 'SYS_FINAL_EXITED', null, ['endSystem'])],
];

describe('service', () => {
  test('every invariant has a violation planted', () => {
    expect(inServices.map(([name]) => name)).toEqual(serviceInvariants.map(({ name }) => name));
  });
  test.each(inServices)('%s', (name, planted) => {
    const invariants = serviceInvariants.filter((one) => one.name === name);
    expect(brokenOf(invariants, walk(serviceWorld, service))).toEqual([]);
    expect(brokenOf(invariants, walk(serviceWorld, planted))).not.toEqual([]);
  });
});

describe('system', () => {
  const broken = (name: string, compiled: Compiled): readonly string[] => {
    const invariants = systemInvariants.filter((one) => one.name === name);
    return [true, false].flatMap((isPid1) => brokenOf(invariants, walk(systemWorld(isPid1), compiled)));
  };
  test('every invariant has a violation planted', () => {
    expect(inSystems.map(([name]) => name)).toEqual(systemInvariants.map(({ name }) => name));
  });
  test.each(inSystems)('%s', (name, planted) => {
    expect(broken(name, system)).toEqual([]);
    expect(broken(name, planted)).not.toEqual([]);
  });
});

test('ways that never end are reported', () => {
  interface Counting {
    readonly count: number;
  }
  const counting: World<Counting> = {
    initial: { count: 0 },
    happenings: () => [{ event: 'READY', isForced: false }],
    occur: ({ count }) => ({ count: count + 1 }),
    perform: (state) => state,
    facts: () => ({}),
    tell: ({ count }) => String(count),
  };
  const walked = walk(counting, service);
  expect(walked.isWhole).toBe(false);
  expect(brokenOf([], walked)).toEqual([expect.stringContaining('the ways come to an end')]);
});
