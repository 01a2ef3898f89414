/** `nitro-audit simulate`: behaviour files, the loaded directory, and what comes of both in virtual time. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { factsOf } from '../../cli/audit/check/facts.js';
import type { Facts } from '../../cli/audit/check/facts.js';
import { readSnapshot } from '../../cli/audit/check/read.js';
import { gantt } from '../../cli/audit/simulate/gantt.js';
import { knownOf } from '../../cli/audit/simulate/known.js';
import { forms, parseLife } from '../../cli/audit/simulate/lives.js';
import { isOver, simulate, traceOf, unmetOf } from '../../cli/audit/simulate/simulate.js';
import type { Bounds, Simulation } from '../../cli/audit/simulate/simulate.js';
import { parseStory } from '../../cli/audit/simulate/story.js';
import type { Story } from '../../cli/audit/simulate/story.js';
import { parseTime, timeText } from '../../cli/audit/simulate/time.js';
import { timelineText } from '../../cli/audit/simulate/timeline.js';
import { conformance } from '../../cli/audit/trace/conformance.js';
import { courseOf } from '../../cli/audit/trace/course.js';
import { formatTrace, parsePlaced, parseTrace } from '../../cli/audit/trace/parse.js';
import { place } from '../end-to-end/harness/directory.js';
import type { Entry } from '../end-to-end/harness/directory.js';

const root = join(import.meta.dirname, '../..');
const top = mkdtempSync(join(tmpdir(), 'nitro-simulate-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
let count = 0;

const script: Entry = { text: '#!/bin/sh\n', mode: 0o755 };
const dir = (directory: Readonly<Record<string, Entry>>): Entry => ({ directory });
const service = dir({ run: script });

function factsIn(layout: Readonly<Record<string, Entry>>): Facts {
  count += 1;
  const directory = join(top, String(count));
  mkdirSync(directory);
  for (const [name, entry] of Object.entries(layout)) place(`${directory}/${name}`, entry);
  const snapshot = readSnapshot(directory);
  if ('errno' in snapshot) throw new Error(`errno ${String(snapshot.errno)}`);
  return factsOf(snapshot);
}

function storyOf(facts: Facts, text: string): Story {
  const story = parseStory(text, knownOf(facts));
  if ('mistakes' in story) throw new Error(JSON.stringify(story.mistakes));
  return story;
}

const usual: Bounds = { untilMs: 30_000, seed: null, faults: 0, mode: 'process' };

function simulated(layout: Readonly<Record<string, Entry>>, text = '', bounds: Partial<Bounds> = {}): Simulation {
  const facts = factsIn(layout);
  return simulate(facts, storyOf(facts, text), { ...usual, ...bounds });
}

/** States of a service with the time of each, in seconds; without the moments before it starts and before its exec is known. */
function course(simulation: Simulation, name: string): readonly string[] {
  const lane = courseOf(traceOf(simulation, 'test')).lanes.find((each) => each.service === name);
  const shown: { state: string; from: number }[] = [];
  for (const { state, from, leaf } of lane?.spans ?? []) {
    if (leaf !== 'DELAY.created' && leaf !== 'SETUP.launching' && shown[shown.length - 1]?.state !== state) shown.push({ state, from });
  }
  return shown.map(({ state, from }) => `${state} ${String(from / 1000)}`);
}

describe('times', () => {
  test.each([['300ms', 300], ['5s', 5000], ['1.5s', 1500], ['2m', 120_000], ['1h', 3_600_000], ['0', 0], ['5', null], ['s', null], ['-1s', null], ['1d', null]])('%s', (text, ms) => {
    expect(parseTime(text)).toBe(ms);
  });
  test('are written as they are read', () => {
    for (const ms of [1, 300, 1500, 2000, 60_000, 61_000, 1234]) expect(parseTime(timeText(ms))).toBe(ms);
  });
});

describe('behaviour files', () => {
  const layout = { web: dir({ run: script, finish: script }), 'w@': dir({ setup: script, run: script }), 'w@x': { link: 'w@' }, 'my db': service, SYS: dir({ setup: script }) };
  const mistakes = (text: string): readonly string[] => {
    const story = parseStory(text, knownOf(factsIn(layout)));
    return 'mistakes' in story ? story.mistakes.map(({ line, message }) => `${String(line)}: ${message}`) : [];
  };

  test('what they may hold', () => {
    const text = '# comment\n\nweb run: crash after 5s; exit 1 after 10ms, outputs 2k/s; stays # and so on\n"my db" run: ignores TERM\nw@* setup: exits 111\n* finish: exits 1\nSYS setup: asks "up web; down web" after 1s\nat 5s down web w@x w@new\nat 6s expect "my db" UP|STARTING\nat 7s signal HUP\nat 8s remove web\nat 9s crash web\nat 9s Shutdown\n';
    // A semicolon within quotes divides nothing.
    expect(mistakes(text)).toEqual([]);
    const story = storyOf(factsIn(layout), text);
    expect(story.manners.map(({ service: name, lives }) => [name, lives.length])).toEqual([['web', 3], ['my db', 1], ['w@*', 1], ['*', 1], ['SYS', 1]]);
    expect(story.acts.length).toBe(6);
  });

  test.each([
    ['wbe run: stays', '1: there is no service wbe; did you mean web?'],
    ['\nweb rnu: stays', '2: "rnu" is no script; did you mean run?'],
    ['web setup: stays', '1: web has no setup'],
    ['web run: crash affter 5s', '1: "crash affter 5s" is not understood; write "crashes [of SIGNAL] [after TIME]"'],
    ['web run: exits 256', '1: an exit status is a number up to 255, not 256'],
    ['web run: crashes of NOTHING', '1: "NOTHING" is no signal here: there are HUP, '],
    ['web run: stays, ', '1: something is missing here'],
    ['web run: exits 1, crashes', '1: a life has one end'],
    ['web run: ready after soon', '1: "soon" is no time: write 300ms, 5s or 2m'],
    ['web run: fails with EWRONG', '1: "EWRONG" is no error here'],
    ['web run: asks "begin web"', '1: nitroctl: unknown command: begin'],
    ['web run stays', '1: this is neither'],
    ['web run: stays\nweb run: stays', '2: web run was described in line 1 already'],
    ['at soon down web', '1: "soon" is no time'],
    ['at 5s', '1: what happens then?'],
    ['at 5s down webb', '1: there is no service webb; did you mean web?'],
    ['at 5s list', '1: "list" asks nothing of nitro'],
    ['at 5s expect web UPP', '1: "UPP" is no state; did you mean UP?'],
    ['at 5s expect web', '1: expect what?'],
    ['at 5s signal KILL', '1: nitro itself gets HUP, INT or TERM'],
    ['at 5s crash web NOTHING', '1: "NOTHING" is no signal here'],
  ])('%s', (text, complaint) => {
    expect(mistakes(text).join('\n').slice(0, complaint.length)).toBe(complaint);
  });

  test('all mistakes are told at once', () => {
    expect(mistakes('x run: stays\ny run: stays\nweb run: stays')).toHaveLength(2);
  });

  test('every property that is documented is understood, and no other', () => {
    const page = readFileSync(join(root, 'docs/simulate.md'), 'utf8');
    const rows = page.slice(page.indexOf('| property |'), page.indexOf('`at TIME ACT`')).split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, form]) => form))).toEqual(forms.map(({ form }) => form));
    const example = (form: string): string =>
      form.replace('[', '').replace(']', '').replace('[', '').replace(']', '').replace('N ', '1 ').replace('TIME', '2s').replace('SIGNAL', 'KILL').replace('BYTES', '5').replace('ERROR', 'EIO').replace('COMMAND', 'rescan');
    for (const { form } of forms) expect(typeof parseLife(example(form), 'run'), example(form)).toBe('object');
  });
});

describe('simulations', () => {
  test('as usual: setup, two seconds of STARTING, UP', () => {
    const simulation = simulated({ a: dir({ setup: script, run: script }), b: dir({ setup: script }), c: dir({ run: script, down: '' }) });
    expect(simulation.how).toBe(isOver);
    expect(course(simulation, 'a')).toEqual(['SETUP 0.001', 'STARTING 0.101', 'UP 2.101']);
    expect(course(simulation, 'b')).toEqual(['SETUP 0.001', 'ONESHOT 0.101']);
    expect(course(simulation, 'c')).toEqual([]);
  });

  test('lives one after the other, a signal that is ignored, and an expectation that is not met', () => {
    const facts = factsIn({ a: dir({ run: script, finish: script }) });
    const story = storyOf(facts, 'a run: crashes after 500ms; exits 1 after 2s; stays, ignores TERM\nat 7s down a\nat 8s expect a SHUTDOWN\nat 9s expect a UP\n');
    const simulation = simulate(facts, story, usual);
    expect(course(simulation, 'a')).toEqual([
      'STARTING 0.001', 'RESTART 0.501', 'DELAY 0.551', 'STARTING 1.551', 'RESTART 3.551', 'STARTING 3.601', 'UP 5.601', 'SHUTDOWN 7', 'DOWN 14.05',
    ]);
    expect(unmetOf(simulation, story).map(({ act, found }) => [act.line, found])).toEqual([[4, 'SHUTDOWN']]);
    expect(timelineText(simulation, false)).toMatch(/^ 7\.000 {2}a {11}SHUTDOWN {18,}nitroctl down$/m);
    expect(timelineText(simulation, false)).toContain('UNMET: it is SHUTDOWN');
  });

  test('what is said of a service goes before what is said of all; templates have lives of their own', () => {
    const simulation = simulated({ 'w@': service, 'w@x': { link: 'w@' }, 'w@y': { link: 'w@' }, a: service }, '* run: exits 0 after 10s\nw@* run: exits 0 after 5s\nw@x run: exits 0 after 3s; stays\n', {
      untilMs: 9000,
    });
    const restarts = (name: string): number => course(simulation, name).filter((each) => each.startsWith('STARTING')).length;
    expect([restarts('w@x'), restarts('w@y'), restarts('a')]).toEqual([2, 2, 1]);
  });

  test('loggers go last and read the rest, in a chain', () => {
    const simulation = simulated(
      { a: dir({ run: script, log: { link: '../l' } }), l: dir({ run: script, log: { link: '../m' } }), m: service },
      'a run: outputs 10k/s\nl run: reads every 20ms, drains\nat 3s Shutdown\n',
    );
    expect(simulation.how).toBe('exit 0');
    const down = (name: string): number => simulation.happenings.findIndex((each) => each.kind === 'step' && each.step.service === name && each.step.event === 'WANT_DOWN');
    expect(down('a')).toBeLessThan(down('l'));
    expect(down('l')).toBeLessThan(down('m'));
    const gone = simulation.life.trace.filter((entry) => entry.type === 'pipeGone');
    expect(gone.every((entry) => entry.unread === 0)).toBe(true);
  });

  test('what cannot be executed fails as it would', () => {
    const broken = simulated({
      a: dir({ run: { text: '#!/nowhere/sh\n', mode: 0o755 } }),
      b: dir({ run: { text: '#!/bin/sh\n', mode: 0o644 } }),
      c: dir({ run: { text: 'exec sleep 1\n', mode: 0o755 } }),
      d: dir({ run: { fifo: true } }),
      e: dir({ run: script, 'notification-fd': '5000\n' }),
    });
    for (const name of ['a', 'b', 'c', 'd', 'e']) expect(course(broken, name), name).toEqual(['FATAL 0.001']);
    const text = timelineText(broken, false);
    for (const error of ['ENOENT', 'EACCES', 'ENOEXEC', 'notification-fd is beyond the limit']) expect(text).toContain(error);
  });

  test('readiness, SYS, and an operator', () => {
    const simulation = simulated(
      { SYS: dir({ setup: script, finish: script, final: script }), a: dir({ run: script, 'notification-fd': '3\n' }), b: dir({ run: script, 'notification-fd': '3\n' }), c: dir({ run: script, 'notification-fd': '0\n' }) },
      'SYS setup: asks "up a", exits 0 after 1s\nb run: never ready\na run: ready after 300ms\nat 5s ready c\nat 6s remove b\nat 7s rescan\nat 8s Reboot\n',
      { mode: 'machine' },
    );
    expect(course(simulation, 'a').slice(0, 2)).toEqual(['STARTING 0', 'UP 0.3']);
    expect(course(simulation, 'b')).toEqual(['STARTING 1.001', 'SHUTDOWN 7', 'DOWN 7']);
    expect(course(simulation, 'c')).toContain('UP 5');
    expect(simulation.how).toBe('reboot');
    expect(timelineText(simulation, false)).toMatch(/7\.000 {2}b +SHUTDOWN +gone from the directory/);
  });

  test('names of any bytes', () => {
    const simulation = simulated({ 'caf\xc3\xa9': service, '\xff': service });
    expect(course(simulation, 'caf\u00e9')).toHaveLength(2);
    expect(course(simulation, '\\xff')).toHaveLength(2);
  });

  test('the same seed gives the same simulation, another one another; faults are told', () => {
    const layout = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, dir({ setup: script, run: script })]));
    const text = (seed: number, faults = 0): string => timelineText(simulated(layout, '', { seed, faults }), false);
    expect(text(3)).toBe(text(3));
    expect(new Set([1, 2, 3, 4, 5, 6].map((seed) => text(seed))).size).toBeGreaterThan(1);
    expect([1, 2, 3, 4].map((seed) => text(seed, 5)).join('')).toContain('(fault)');
  });

  test('hundreds of services that crash all the time, for minutes', () => {
    const layout = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`s${String(index)}`, service]));
    const simulation = simulated(layout, '* run: crashes after 100ms\n', { untilMs: 120_000 });
    expect(simulation.how).toBe(isOver);
    expect(simulation.end).toBe(120_000);
  });
});

describe('the example', () => {
  const snapshot = readSnapshot(join(root, 'examples/services'));
  if ('errno' in snapshot) throw new Error('no example');
  const facts = factsOf(snapshot);
  const simulation = simulate(facts, storyOf(facts, 'flaky run: exits 1 after 4s\nat 20s Shutdown\n'), usual);
  const trace = traceOf(simulation, 'examples/services');

  test('its trace can be written and read, and is one that a nitro could have written', () => {
    const text = formatTrace(trace);
    expect(parseTrace(text)).toEqual(trace);
    const placed = parsePlaced(text);
    if ('error' in placed) throw new Error(placed.error);
    expect(conformance(placed.placed).violations).toEqual([]);
    expect(trace.entries[trace.entries.length - 1]).toEqual({ t: simulation.end, kind: 'end', why: 'daemon gone' });
  });

  test('its picture fits the width, whatever that is', () => {
    const drawn = courseOf(trace);
    for (const width of [40, 80, 137]) {
      const lines = gantt(drawn, width, false).split('\n');
      for (const line of lines.slice(1, -3)) expect(line.length).toBeLessThanOrEqual(width);
      expect(lines.slice(2).filter((line) => line.startsWith('flaky'))).toHaveLength(1);
    }
    expect(gantt(drawn, 100, true)).toMatch(/\x1b\[32m=+(\x1b\[\d+m|$)/m);
    expect(gantt(drawn, 100, false)).toContain('= UP');
  });
});
