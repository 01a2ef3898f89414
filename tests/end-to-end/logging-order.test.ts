/**
 * When loggers start and when they go: behaviour.md §5.
 */
import { expect } from 'vitest';
import { drain, drainOn, linesOf } from './harness/extra-loggers.js';
import type { Daemon } from './harness/daemon.js';
import { scenario } from './harness/scenario.js';
import type { State } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
/** A service that has much to say at its end. */
const lastWords = (name: string): string =>
  `trap 'i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo ${name} $i; done; exit 0' TERM; echo ${name} began; note ${name} began; while :; do sleep 0.02; done`;
const words = (name: string): readonly string[] => [`${name} began`, ...Array.from({ length: 500 }, (_, index) => `${name} ${index + 1}`)];

/** Place of the first (or last) announcement of this state in all that was announced. */
function placeOf(nitro: Daemon, name: string, state: State): number {
  const place = nitro.announcements().findIndex((one) => one.name === name && one.state === state);
  if (place < 0) throw new Error(`${name} was never announced ${state}\n${nitro.report()}`);
  return place;
}

for (const logger of ['0logger', 'zlogger'])
  for (const down of [false, true])
    scenario(`§5 a logger "starts when the first of its users does, ${down ? 'also with a down file, ' : ''}and whatever the order of the entries": ${logger}`,
      { services: {
        [logger]: { setup: 'exit 0', run: drain('out'), down },
        m1: { setup: 'exit 0', run: SLEEP, log: `../${logger}` }, m2: { setup: 'exit 0', run: SLEEP, log: `../${logger}` },
      } },
      async (nitro) => {
        for (const name of ['m1', 'm2', logger]) await nitro.waitTrace(name, ['SETUP', 'STARTING', 'UP']);
        for (const user of ['m1', 'm2']) expect(placeOf(nitro, logger, 'SETUP')).toBeLessThan(placeOf(nitro, user, 'SETUP'));
      });

scenario('§5 a logger that has users, none of which starts, stays DOWN; also at a rescan, which finds its user for the first time',
  { services: { logger: { run: drain('out') }, user: { run: SLEEP, log: '../logger', down: true }, other: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('other', 'UP');
    nitro.service('logger2', { run: drain('out2') });
    nitro.service('user2', { run: SLEEP, log: '../logger2', down: true });
    expect((await nitro.ctl('rescan')).code).toBe(0);
    nitro.service('last', { run: SLEEP });
    expect((await nitro.ctl('rescan')).code).toBe(0);
    await nitro.waitState('last', 'UP');
    for (const name of ['logger', 'logger2']) expect((await nitro.query(name))?.state).toBe('DOWN');
  });

scenario('§5 "A logger that has no user starts like any service when it is in the directory without down"',
  { services: { logger: { run: SLEEP }, rested: { run: SLEEP, down: true }, b: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitTrace('logger', ['STARTING', 'UP']);
    await nitro.waitState('b', 'UP');
    expect((await nitro.query('rested'))?.state).toBe('DOWN');
  });

scenario('§5 a chain of loggers, all with down files, starts from its end when the first user does',
  { services: {
    user: { setup: 'exit 0', run: SLEEP, log: '../first', down: true },
    first: { setup: 'exit 0', run: drainOn(), log: '../second', down: true },
    second: { setup: 'exit 0', run: drainOn(), log: '../third', down: true },
    third: { setup: 'exit 0', run: drain('out'), down: true },
  } },
  async (nitro) => {
    expect((await nitro.ctl('start', 'user')).code).toBe(0);
    const order = [...new Set(nitro.announcements().filter(({ state }) => state === 'SETUP').map(({ name }) => name))];
    expect(order).toEqual(['third', 'second', 'first', 'user']);
  });

scenario('§5 a cycle whose members nobody else logs to is started, and one with down files is not',
  { services: {
    a: { run: SLEEP, log: '../b' }, b: { run: SLEEP, log: '../a' },
    c: { run: SLEEP, log: '../d', down: true }, d: { run: SLEEP, log: '../c', down: true },
  } },
  async (nitro) => {
    for (const name of ['a', 'b']) await nitro.waitState(name, 'UP');
    for (const name of ['c', 'd']) expect((await nitro.query(name))?.state).toBe('DOWN');
  });

scenario('§5 "On shutdown, first all services that are no loggers, then the loggers; a chain from its users towards its end": nothing is lost',
  { services: {
    w: { run: lastWords('w'), finish: 'echo w finish', log: '../first' },
    first: { run: drainOn('first ends'), finish: 'echo first finish', log: '../second' },
    second: { run: drainOn('second ends'), finish: 'echo second finish', log: '../third' },
    third: { run: drain('out', 'third ends') },
  } },
  async (nitro) => {
    await nitro.waitFor('the first line arrives', () => nitro.read('out') === 'w began\n');
    await nitro.stop();
    expect(linesOf(nitro, 'out')).toEqual(
      [...words('w'), 'w finish', 'first ends', 'first finish', 'second ends', 'second finish', 'third ends']);
    for (const [earlier, later] of [['w', 'first'], ['first', 'second'], ['second', 'third']] as const)
      expect(placeOf(nitro, earlier, 'DOWN')).toBeLessThan(placeOf(nitro, later, 'SHUTDOWN'));
  });

scenario('§5 on shutdown, a logger shared by services and by other loggers goes when the last of them is down',
  { services: {
    a: { run: lastWords('a'), log: '../shared' },
    b: { run: lastWords('b'), log: '../own' },
    own: { run: drainOn(), log: '../shared' },
    shared: { run: drain('out') },
    slow: { run: `trap 'sleep 0.3; exit 0' TERM; note slow; while :; do sleep 0.02; done` },
  } },
  async (nitro) => {
    await nitro.waitFor('all run', () => nitro.journal().length === 3);
    await nitro.stop();
    expect([...linesOf(nitro, 'out')].sort()).toEqual([...words('a'), ...words('b')].sort());
    for (const name of ['own', 'shared']) expect(placeOf(nitro, 'slow', 'DOWN')).toBeLessThan(placeOf(nitro, name, 'SHUTDOWN'));
    expect(placeOf(nitro, 'own', 'DOWN')).toBeLessThan(placeOf(nitro, 'shared', 'SHUTDOWN'));
  });

scenario('§5 on shutdown, LOG goes after the services without a link, and after the instances of LOG@',
  { services: {
    a: { run: lastWords('a') }, b: { run: lastWords('b'), log: '../own' },
    own: { run: drainOn() }, 'LOG@': { run: drainOn() }, LOG: { run: drain('log') },
  } },
  async (nitro) => {
    await nitro.waitFor('all run', () => nitro.journal().length === 2);
    await nitro.stop();
    expect([...linesOf(nitro, 'log')].sort()).toEqual([...words('a'), ...words('b')].sort());
    for (const [earlier, later] of [['a', 'LOG@a'], ['b', 'own'], ['own', 'LOG@own'], ['LOG@own', 'LOG'], ['LOG@a', 'LOG']] as const)
      expect(placeOf(nitro, earlier, 'DOWN'), `${earlier} before ${later}`).toBeLessThan(placeOf(nitro, later, 'SHUTDOWN'));
  });

scenario('§5 on shutdown, services that log to each other in a cycle go after their users, and do not wait for each other',
  { services: {
    a: { run: drainOn(), log: '../b' }, b: { run: drain('out'), log: '../a' }, user: { run: lastWords('user'), log: '../a' },
    self: { run: 'exec sleep 1000', log: '../self' },
  } },
  async (nitro) => {
    await nitro.waitFor('the first line arrives', () => nitro.read('out') === 'user began\n');
    for (const name of ['a', 'b']) await nitro.waitState(name, 'UP');
    await nitro.stop();
    for (const name of ['a', 'b']) expect(placeOf(nitro, 'user', 'DOWN')).toBeLessThan(placeOf(nitro, name, 'SHUTDOWN'));
  });

scenario('§5 on shutdown, a logger in the middle of a chain that is DOWN already does not keep its end waiting, nor brings it down early',
  { services: {
    w: { run: lastWords('w'), log: '../first' },
    first: { run: drainOn(), log: '../second' },
    second: { run: drain('out') },
  } },
  async (nitro) => {
    await nitro.waitFor('the first line arrives', () => nitro.read('out') === 'w began\n');
    await nitro.waitState('first', 'UP');
    expect((await nitro.ctl('down', 'first')).code).toBe(0);
    await nitro.stop();
    expect(placeOf(nitro, 'w', 'DOWN')).toBeLessThan(placeOf(nitro, 'second', 'SHUTDOWN'));
  });

scenario('§5 on shutdown, a service that is killed because it does not end leaves what it wrote',
  { services: { w: { run: `trap 'echo told' TERM; note began; while :; do sleep 0.02; done`, log: '../logger' }, logger: { run: drain('out') } },
    delays: { SHUTDOWN: 200 } },
  async (nitro) => {
    await nitro.waitFor('it runs', () => nitro.journal().length === 1);
    await nitro.waitState('logger', 'UP');
    await nitro.stop();
    expect(nitro.read('out')).toBe('told\n');
  });

scenario('§5 on shutdown, a logger whose user has got another link, but still writes into its pipe, goes after that user: nothing is lost',
  { services: {
    w: { run: lastWords('w'), finish: 'sleep 0.2', log: '../one' }, one: { run: drain('one') }, two: { run: drain('two'), down: true },
    other: { run: SLEEP, log: '../two' },
  } },
  async (nitro) => {
    await nitro.waitFor('the first line arrives', () => nitro.read('one') === 'w began\n');
    for (const name of ['one', 'two', 'other']) await nitro.waitState(name, 'UP');
    nitro.place('w/log', { link: '../two' });
    expect((await nitro.ctl('rescan')).code).toBe(0);
    await nitro.stop();
    expect([...linesOf(nitro, 'one'), ...linesOf(nitro, 'two')]).toEqual(words('w'));
  });
