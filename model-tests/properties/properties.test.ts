/**
 * Faults planted in what the properties look at: each property sees what it is there for (behaviour.md and architecture.md, as each of them cites).
 */
import { describe, expect, test } from 'vitest';
import { Tag } from '../../runtime/protocol.js';
import { frame, packet } from '../../runtime/wire.js';
import { plain } from '../sim/choice.js';
import { S } from '../sim/errors.js';
import { live } from '../sim/life.js';
import { quiet } from '../sim/scenario.js';
import type { Scenario } from '../sim/scenario.js';
import type { Entry, Life } from '../sim/trace.js';
import { properties, violationsOf } from './all.js';

/** A life in which everything happens that properties speak of. */
const scenario: Scenario = {
  ...quiet,
  services: {
    a: { run: [{ writes: [{ at: 50, bytes: 80 }] }], log: '../l', finish: [{ lasts: 5 }] },
    b: { setup: [{ lasts: 10 }], run: [{ lasts: 1500 }] },
    c: { run: [{ ready: { at: 30, text: '\n' } }], notificationFd: '3' },
    l: { run: [{ reads: 1, onSignal: 'drains' }] },
    LOG: { run: [{ reads: 1, onSignal: 'drains' }] },
  },
  sys: { finish: [{ lasts: 20 }] },
  commands: [
    { at: 5000, command: { kind: 'ask', request: { kind: 'list', start: 0 }, manner: 'waits' } },
    { at: 5100, command: { kind: 'ask', request: { kind: 'up', name: 'a' }, manner: 'waits' } },
    { at: 5200, command: { kind: 'ask', request: { kind: 'info' }, manner: 'waits' } },
    { at: 5300, command: { kind: 'ask', request: { kind: 'ready', name: 'a' }, manner: 'waits' } },
    { at: 10_010, command: { kind: 'ask', request: { kind: 'up', name: 'a' }, manner: 'waits' } },
  ],
};
const life = live(scenario, plain);

type Matches = (entry: Entry) => boolean;
const announced =
  (service: string, state: number): Matches =>
  (entry) =>
    entry.type === 'announced' && entry.service === service && entry.state === state;
const ofType =
  (type: Entry['type'], service = '', script = ''): Matches =>
  (entry) =>
    entry.type === type && (service === '' || entry.service === service) && (script === '' || entry.script === script);

/** The place of the first that matches, which must be there. */
function placeOf(matches: Matches): number {
  const place = life.trace.findIndex(matches);
  if (place < 0) throw new Error('the life lacks what the fault is planted in');
  return place;
}

type Planted = Partial<Entry> & Pick<Entry, 'type'>;

/** Another entry right after the first that matches. */
function after(matches: Matches, planted: Planted, of: Life = life): Life {
  const place = placeOf(matches);
  const entry = { service: '', script: '', at: of.trace[place]?.at ?? 0, ...planted } as Entry;
  return { ...of, trace: [...of.trace.slice(0, place + 1), entry, ...of.trace.slice(place + 1)] };
}

function without(matches: Matches): Life {
  placeOf(matches);
  return { ...life, trace: life.trace.filter((entry) => !matches(entry)) };
}

function changed(matches: Matches, change: object, of: Life = life): Life {
  placeOf(matches);
  return { ...of, trace: of.trace.map((entry) => (matches(entry) ? { ...entry, ...change } : entry)) };
}

function pidOf(service: string): number {
  const entry = life.trace[placeOf(ofType('forked', service, 'run'))];
  return entry?.type === 'forked' ? entry.pid : 0;
}

const asking = (kind: string): string => {
  const entry = life.trace[placeOf((each) => each.type === 'asked' && each.request?.kind === kind)];
  return entry?.type === 'asked' ? entry.client : '';
};
const said = (text: string): Planted => ({ type: 'said', text, result: 0 });
const signalled = (service: string): Planted => ({ type: 'signalled', pid: pidOf(service), signal: S.TERM, service, script: 'run' });
const isReceived =
  (kind: string, from: number): Matches =>
  (entry) =>
    entry.type === 'received' && entry.request?.kind === kind && entry.at >= from;
const answerTo =
  (kind: string): Matches =>
  (entry) =>
    entry.type === 'answered' && entry.client === asking(kind);

const faults: Readonly<Record<string, () => Life>> = {
  'no step ends in an exception': () => after(announced('a', 4), said('- nitro: bug in a turn: it is undefined\n')),
  'nitro ends by an end of final, and by nothing else': () => ({ ...life, how: 'idle for ever' }),
  'a service never has two processes alive': () =>
    after(announced('a', 4), { type: 'forked', pid: 4242, stdin: null, stdout: null, service: 'a', script: 'run' }),
  'no signal to a process that is no child': () => after(announced('a', 4), { type: 'signalled', pid: 4242, signal: S.TERM }),
  'a service is signalled only when it is brought down, or asked to be': () => after(announced('a', 4), signalled('a')),
  'no process of a forgotten service': () => changed(answerTo('list'), { data: '' }),
  'after the end no script of a service is left': () => ({ ...life, rest: { ...life.rest, children: ['a/run running'] } }),
  'every announced sequence is a path of the machine': () => without(announced('a', 3)),
  'STARTING and UP only with a process of `run`': () => without(ofType('forked', 'a', 'run')),
  'DOWN, ONESHOT and DELAY only without a process': () => after(announced('a', 4), { type: 'announced', state: 1, service: 'a' }),
  'a wish is taken at once': () => changed((entry) => announced('a', 4)(entry) && entry.at > 5000, { state: 1 }),
  'every shutdown ends within the sum of the times': () => ({ ...life, at: life.at + 1_000_000 }),
  'at the end nothing is open but the pipes of loggers that are known': () => ({ ...life, rest: { ...life.rest, otherDescriptors: 5 } }),
  'SYS/finish ends, or is cut by rule, before any service is brought down': () => after(ofType('executed', 'SYS', 'finish'), signalled('a')),
  'loggers go after those that write to them': () => after(ofType('ended', 'SYS', 'finish'), signalled('l')),
  'every byte that is written to a log while its logger lives is read by it': () => without(ofType('read', 'l')),
  'every request is answered, once and at once': () => without(answerTo('info')),
  'every request is received': () => without((entry) => answerTo('info')(entry) || (entry.type === 'received' && entry.client === asking('info'))),
  'a wanted service is UP, ONESHOT or FATAL, or waits in DELAY, within its bound; one that is not wanted is down': () => without(announced('a', 4)),
  'a child that ended is reaped at once': () => without(ofType('reaped', 'b', 'setup')),
  'a rescan sees every change made before it': () => changed(answerTo('list'), { data: '' }),
  'every change of state is announced: what is answered is what was announced': () =>
    changed(answerTo('list'), { data: frame(Tag.SERVICE, packet(Tag.NAME, 'a') + packet(Tag.STATE, '\x07')) }),
  'how a script ended decides what follows': () => changed(ofType('ended', 'b', 'setup'), { status: 111 << 8 }),
  'a service with `notification-fd` is UP when it says so, and not before': () => changed(ofType('executed', 'c', 'run'), { behaviour: {} }),
  'the directory is read when bring-up ends, and when a rescan is asked for': () => changed(ofType('scanned'), { at: 900 }),
  'what is in the directory without `down` is started': () => without((entry) => entry.service === 'b'),
  'what is brought down is signalled': () => after(announced('a', 4), { type: 'announced', state: 7, service: 'a' }),
  'a script whose time is over is killed': () => changed((entry) => entry.type === 'ended' && entry.script === 'finish', { at: 60_000 }),
  'nothing is started once nitro goes down': () =>
    after(ofType('executed', 'SYS', 'finish'), { type: 'forked', pid: 4242, stdin: null, stdout: null, service: 'a', script: 'run' }),
  'SYS/finish and SYS/final run, and as pid 1 every process is told to end, and killed': () => without(ofType('forked', 'SYS', 'finish')),
  'the first request decides between shutdown and reboot': () => ({ ...life, how: 'exec /proc/self/exe' }),
  'what nitro holds is of something that is there': () => ({ ...life, rest: { ...life.rest, held: ['.byPid[key] holds 4242, which is not there'] } }),
  'a script is killed only when its time is over': () =>
    after((entry) => entry.type === 'signalled' && entry.service === 'a', { ...signalled('a'), signal: S.KILL } as Planted),
  'what restarts by itself does so after RESPAWN, and after an error that may pass after SPAWN_ERROR': () =>
    after(ofType('forked', 'b', 'setup'), { type: 'forked', pid: 4242, stdin: null, stdout: null, service: 'b', script: 'setup' }),
  'who lived for RESPAWN or longer is started again at once': () => after(announced('b', 1), { type: 'announced', state: 9, service: 'b' }),
  'without being told, a service is UP only after STARTING': () => after(announced('a', 3), { type: 'announced', state: 4, service: 'a' }),
  'who is STARTING and told to be ready is UP': () => changed(announced('a', 4), { state: 3 }),
  '`finish` runs after `run`, and is told how that ended': () => changed(ofType('forked', 'a', 'finish'), { args: ['1', '0'] }),
  'who is asked down is signalled, each time; who is asked to restart, once': () => changed(isReceived('up', 0), { request: { kind: 'down', name: 'a' } }),
  'who waits or has failed, and is asked up, starts': () =>
    changed((entry) => announced('a', 4)(entry) && entry.at < 5000, { state: 9 }, without(ofType('forked', 'a', 'run'))),
  'once nitro goes down, a wish to start or restart changes nothing': () => after(isReceived('up', 10_000), signalled('a')),
  'SETUP only with a process of `setup` or `run`': () => without(ofType('forked', 'b', 'setup')),
  '`setup` is announced, and runs before `run`, if there is one': () => without(announced('b', 2)),
  'a service starts after the logger that it writes to': () => without(ofType('forked', 'l')),
  'SYS/setup is told to end by a shutdown, and each time SYS is asked down': () =>
    after(ofType('said'), { type: 'forked', pid: 4242, stdin: null, stdout: null, service: 'SYS', script: 'setup' }),
  'a second request for the end cuts SYS/finish off': () =>
    after(ofType('executed', 'SYS', 'finish'), { type: 'received', client: 'x', request: { kind: 'shutdown' } }),
  'when SYS/finish has ended, or was cut off, the services are told to end at once': () => ({
    ...changed(ofType('ended', 'c', 'run'), { at: 60_000 }, without(ofType('signalled'))),
    at: 60_000,
  }),
  'LOG is brought up before what a scan finds': () => without(ofType('forked', 'LOG')),
  'as pid 1: every process has SIGTERM_ALL, and SIGKILL_ALL, as long as a child is left and no longer': () =>
    after(ofType('said'), { type: 'signalledAll', signal: S.TERM }, after(ofType('said'), { type: 'signalledAll', signal: S.KILL })),
  'a scan brings down only what is gone': () => after(announced('a', 4), said('- nitro: a is gone from the directory\n')),
};

test('the life itself violates nothing, and every property has a fault', () => {
  expect(life.how).toBe('exit 0');
  expect(violationsOf(scenario, life)).toEqual([]);
  expect(Object.keys(faults).sort()).toEqual(properties.map(({ name }) => name).sort());
});

describe('would be noticed:', () => {
  test.each(properties.map(({ name, rule }) => [name, rule] as const))('%s (%s)', (name) => {
    const planted = faults[name]?.();
    expect(planted === undefined ? [] : violationsOf(scenario, planted).map(({ property }) => property)).toContain(name);
  });
});
