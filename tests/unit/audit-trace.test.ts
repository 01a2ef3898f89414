/** Traces as text, as spans, starts, lines and pictures. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { courseOf } from '../../cli/audit/trace/course.js';
import type { Trace, TraceEntry, TraceHeader } from '../../cli/audit/trace/format.js';
import { entryLines } from '../../cli/audit/trace/lines.js';
import { formatTrace, parsePlaced, parseTrace } from '../../cli/audit/trace/parse.js';
import { pictureOf, plot } from '../../cli/audit/trace/picture.js';
import { startsOf, startsTable } from '../../cli/audit/trace/starts.js';
import { moment, stepOf } from '../../diagrams/timeline.js';
import { scenario } from '../../model-tests/sim/arbitrary.js';
import { tracesOf } from './audit-trace-lives.js';

const header: TraceHeader = { kind: 'nitro-trace', version: 1, source: '/run/nitro/nitro.sock', detail: 'steps', began: null };
const headerLine = JSON.stringify(header);
const step = (t: number, service: string, event: string, from: string, to: string, ...actions: readonly string[]): TraceEntry => ({
  t, kind: 'step', machine: service === '' ? 'system' : 'service', service, event, from, to, actions,
});
const state = (t: number, service: string, of: string): TraceEntry => ({ t, kind: 'state', service, state: of });
const of = (...entries: readonly TraceEntry[]): Trace => ({ header, entries });

/** A service whose setup takes 300 ms, which crashes once, and is then ready after 200 ms. */
const start: readonly TraceEntry[] = [
  step(10, 'a', 'CREATED', 'DOWN.fresh', 'DELAY.created'),
  step(11, 'a', 'TIMER', 'DELAY.created', 'SETUP.running', 'startLogger', 'announce', 'spawnSetup'),
  step(311, 'a', 'SETUP_EXITED', 'SETUP.running', 'SETUP.launching', 'launch'),
  step(312, 'a', 'EXEC_SUCCEEDED', 'SETUP.launching', 'STARTING.awaited', 'announce'),
  step(320, 'a', 'RUN_EXITED', 'STARTING.awaited', 'RESTART.finishing', 'spawnFinish', 'announce'),
  step(321, 'a', 'FINISH_EXITED', 'RESTART.finishing', 'DELAY.respawn', 'announceDown', 'announce', 'endLife'),
  step(1321, 'a', 'TIMER', 'DELAY.respawn', 'SETUP.launching', 'startLogger', 'launch'),
  step(1322, 'a', 'EXEC_SUCCEEDED', 'SETUP.launching', 'STARTING.awaited', 'announce'),
  step(1522, 'a', 'READY', 'STARTING.awaited', 'UP', 'announce'),
  { t: 2000, kind: 'end', why: 'stopped' },
];

describe('text', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(scenario(), fc.integer(), (given, choices) => {
        const entries = tracesOf(given, choices, 0).steps.map(({ entry }) => entry);
        expect(parseTrace(formatTrace({ header, entries }))).toEqual({ header, entries });
      }),
      { seed: 3, numRuns: 20 },
    );
  });

  it.each([
    ['', 1, 'this is no JSON'],
    ['{}', 1, 'this is no trace: the first line must be its header'],
    [headerLine.replace('1', '2'), 1, 'version 2 of the format is not known here'],
    [`${headerLine}\n[]\n`, 2, 'a line must be an object'],
    [`${headerLine}\n\n{"t":-1,"kind":"end","why":"stopped"}\n`, 3, '"t" must be a number, 0 or more'],
    [`${headerLine}\n{"t":1,"kind":"state","service":"a","state":"IDLE"}\n`, 2, '"state" is "IDLE", and must be one of DOWN, SETUP,'],
    [
      `${headerLine}\n{"t":1,"kind":"step","machine":"system","service":"","event":"E","from":"a","to":"b","actions":[1]}\n`,
      2, '"actions" must be a list of strings',
    ],
    [`${headerLine}\n{"t":2,"kind":"lost","count":null}\n{"t":1,"kind":"lost","count":1}\n`, 3, 'time goes back, from 2 to 1 ms'],
    [`${headerLine}\n{"t":2}\n`, 2, '"kind" must be a string'],
  ])('%j is refused with its line', (text, line, error) => {
    const parsed = parseTrace(text);
    expect(parsed).toMatchObject({ line });
    expect('error' in parsed ? parsed.error : '').toContain(error);
  });

  it('may have entries of a kind that is not known, and a last line that was cut off', () => {
    const text = `${headerLine}\n{"t":1,"kind":"weather"}\n{"t":2,"kind":"lost","count":null}\n{"t":3,"ki`;
    expect(parsePlaced(text)).toMatchObject({ placed: [{ line: 3, entry: { kind: 'lost' } }] });
  });

  it('shows bytes of a name that are no UTF-8', () => {
    const text = `${headerLine}\n{"t":1,"kind":"state","service":"a\\udcff","state":"UP"}\n`;
    expect(parseTrace(text)).toMatchObject({ entries: [{ service: 'a\\xff' }] });
  });
});

describe('the course', () => {
  it('has a span for each leaf, with what led to it', () => {
    const [lane] = courseOf(of(...start)).lanes;
    expect(lane?.spans.map(({ from, to, leaf, event }) => `${String(from)}-${String(to)} ${leaf ?? ''} ${event ?? ''}`)).toEqual([
      '10-11 DELAY.created CREATED', '11-311 SETUP.running TIMER', '311-312 SETUP.launching SETUP_EXITED', '312-320 STARTING.awaited EXEC_SUCCEEDED',
      '320-321 RESTART.finishing RUN_EXITED', '321-1321 DELAY.respawn FINISH_EXITED', '1321-1322 SETUP.launching TIMER',
      '1322-1522 STARTING.awaited EXEC_SUCCEEDED', '1522-2000 UP READY',
    ]);
  });

  it('leaves out what lasted no time where only states are known', () => {
    const trace = of(state(0, 'a', 'UP'), state(5, 'a', 'RESTART'), state(9, 'a', 'DOWN'), state(9, 'a', 'STARTING'), state(20, 'a', 'STARTING'));
    expect(courseOf(trace).lanes[0]?.spans.map(({ state: name, from }) => `${name} ${String(from)}`)).toEqual(['UP 0', 'RESTART 5', 'STARTING 9']);
  });

  it('has the phases of the system, from its steps or from SYS', () => {
    const steps = of(
      step(5, '', 'SYS_SETUP_EXITED', 'bringUp.settingUp', 'run'),
      step(9, '', 'SHUTDOWN_ASKED', 'run', 'shutdown.finishing'),
      { t: 12, kind: 'end', why: 'stopped' },
    );
    expect(courseOf(steps).phases.map(({ name, from, to }) => [name, from, to])).toEqual([['run', 5, 9], ['shutdown: SYS/finish', 9, 12]]);
    const states = of(state(1, 'SYS', 'SETUP'), state(5, 'SYS', 'DOWN'), state(9, 'SYS', 'SHUTDOWN'), state(11, 'SYS', 'DOWN'), state(12, 'a', 'DOWN'));
    expect(courseOf(states).phases.map(({ name }) => name)).toEqual(['bring-up: SYS/setup', 'run', 'shutdown: SYS/finish', 'shutdown: services']);
    expect(courseOf(states).lanes.map(({ service }) => service)).toEqual(['a']);
  });

  it('ends where something was lost and nothing was seen any more', () => {
    const trace = of(state(0, 'a', 'UP'), { t: 50, kind: 'lost', count: 2 }, { t: 900, kind: 'end', why: 'daemon gone' });
    expect(courseOf(trace).lanes[0]?.spans).toMatchObject([{ from: 0, to: 50 }]);
  });
});

describe('starts', () => {
  it('are whole, with the setup, the waits and the tries apart', () => {
    expect(startsOf(courseOf(of(...start)).lanes)).toEqual([
      { service: 'a', began: 10, total: 1512, setup: 300, starting: 208, waiting: 1001, tries: 2, outcome: 'UP', byTimer: false },
    ]);
  });

  it('are sorted, and those that began before the trace are left out', () => {
    const trace = of(
      { t: 0, kind: 'present', system: null, services: [{ service: 'old', state: 'STARTING', leaf: null, pid: 1, uptime: 0 }] },
      state(1, 'quick', 'STARTING'), state(2, 'slow', 'SETUP'), state(3, 'quick', 'UP'), state(4, 'old', 'UP'), state(10, 'slow', 'FATAL'),
      state(20, 'late', 'SETUP'), state(30, 'x', 'UP'),
    );
    expect(startsOf(courseOf(trace).lanes).map(({ service, total, outcome }) => [service, total, outcome])).toEqual([
      ['late', 10, null], ['slow', 8, 'FATAL'], ['quick', 2, 'UP'],
    ]);
  });

  it('are a table', () => {
    const starts = startsOf(courseOf(of(...start)).lanes);
    expect(startsTable(starts, 20)).toBe(
      '  TOTAL    SETUP  STARTING  WAITING  TRIES  ENDED            AT  SERVICE\n1.512 s  0.300 s   0.208 s  1.001 s      2  UP (ready)  0.010 s  a\n',
    );
    expect(startsTable([...starts, ...starts], 1)).toContain('and 1 more');
    expect(startsTable([], 20)).toContain('No service was started');
  });
});

describe('lines', () => {
  it('say what happened, and colours are only where they are wanted', () => {
    const entry = step(1500, 'a', 'READY', 'STARTING.awaited', 'UP', 'announce');
    expect(entryLines(entry, null, false)).toBe('    1.500 s UP       a  READY: STARTING.awaited > UP [announce]\n');
    expect(entryLines(entry, null, true)).toContain('\x1b[32mUP      \x1b[0m a');
    expect(entryLines(step(0, '', 'RESCAN_ASKED', 'run', 'run', 'scan'), null, false)).toBe('    0.000 s system   RESCAN_ASKED in run [scan]\n');
    expect(entryLines(step(0, 'a', 'READY', 'UP', 'UP'), null, false)).toBe('    0.000 s UP       a  READY in UP, ignored\n');
    expect(entryLines({ t: 0, kind: 'lost', count: 3 }, null, false)).toBe('    0.000 s 3 steps were missed\n');
  });

  it('let no control code of a name through', () => {
    expect(entryLines(state(0, 'a\x1b[2Jb', 'UP'), null, true)).toContain(' a?[2Jb');
  });
});

describe('the picture', () => {
  it('is the same for the same trace, and has text, a title and a description', () => {
    const svg = plot(of(...start), []);
    expect(plot(of(...start), [])).toBe(svg);
    const parts = ['role="img"', '<title>nitro at /run/nitro/nitro.sock</title>', '<desc>', '>a</text>', '<title>SETUP.running after TIMER: 300 ms'];
    for (const part of parts) expect(svg).toContain(part);
  });

  it('shows those services that are asked for', () => {
    const trace = of(state(0, 'a', 'UP'), state(0, 'b', 'UP'), state(9, 'a', 'DOWN'));
    expect(pictureOf(trace, []).rows.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(pictureOf(trace, ['b']).rows.map(({ name }) => name)).toEqual(['b']);
  });

  it('escapes names, and cuts those that are too long', () => {
    const long = 'W'.repeat(63);
    const svg = plot(of(state(0, '<a>&"', 'UP'), state(0, long, 'UP'), state(9, long, 'DOWN')), []);
    expect(svg).toContain('&lt;a&gt;&amp;&quot;');
    expect(svg).not.toContain('<a>');
    expect(svg).toContain(`<title>${long}</title>`);
    expect(svg).toMatch(/W{10,40}…<\/text>/);
  });

  it('draws together what could not be seen, so that a storm stays small', () => {
    const storm = Array.from({ length: 20_000 }, (_, index) => state(index, 'a', index % 2 === 0 ? 'STARTING' : 'RESTART'));
    const svg = plot(of(...storm), []);
    expect(svg.length).toBeLessThan(200_000);
    expect(svg).toMatch(/\d+ states from/);
  });

  it('is drawn of an empty trace too', () => {
    expect(plot(of(), [])).toContain('0 services');
  });

  it('has few lines of time, at round moments', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 10 }), (ms) => {
        const lines = ms / stepOf(ms, 12);
        expect(lines).toBeLessThanOrEqual(12);
      }),
    );
    const moments = [moment(1500, 500), moment(20, 5), moment(90_000, 30_000), moment(3_661_000, 60_000)];
    expect(moments).toEqual(['1.5 s', '0.020 s', '90 s', '1:01:01']);
  });
});
