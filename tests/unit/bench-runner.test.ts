/** The benchmark at work: supervisors take turns, one that fails does not stop the others, and a whole tiny one measures something. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { numbersOf } from '../../bench/instance.js';
import { Lab } from '../../bench/lab.js';
import { fresh, servicesOf } from '../../bench/measures/measure.js';
import type { Measure, Probe } from '../../bench/measures/measure.js';
import { plan } from '../../bench/plan.js';
import { numberIn, processLimit, whyNoRoom } from '../../bench/room.js';
import { make } from '../../bench/runner.js';
import { serviceName, socketOf } from '../../bench/subject.js';
import type { Service, Subject } from '../../bench/subject.js';
import { bare } from '../../bench/subjects/bare.js';
import { nitro } from '../../bench/subjects/nitro.js';
import { oneChild } from '../../bench/subjects/one-child.js';
import { runit } from '../../bench/subjects/runit.js';
import { s6 } from '../../bench/subjects/s6.js';

const root = join(import.meta.dirname, '../..');
const quiet = (): void => undefined;
let lab: Lab;
beforeAll(() => {
  lab = new Lab(root);
  lab.prepare();
});
afterAll(() => {
  lab.cleanUp();
});

/** A subject that is only a name. */
const named = (name: string, more: Partial<Subject> = {}): Subject => ({ ...oneChild(name, '1', ['/bin/false']), lacks: {}, most: 1000, ...more });

describe('measuring', () => {
  const taken: string[] = [];
  const measure = (sample: (subject: Subject, run: number) => Promise<Record<string, number[]>>): Measure => ({
    title: 'a try',
    rows: [{ part: 'boot', key: 'a', what: 'a', unit: 'ms' }],
    needs: ['services'],
    services: 10,
    open: (_lab, subject): Promise<Probe> =>
      Promise.resolve({
        sample: (run) => {
          taken.push(`${subject.name}${run}`);
          return sample(subject, run);
        },
        close: () => Promise.resolve(),
      }),
  });
  const cells = async (of: Measure, subjects: readonly Subject[], runs = 2): Promise<unknown> => {
    taken.length = 0;
    const rows = await make(of, subjects, lab, runs, ['boot'], quiet);
    return rows[0]?.cells;
  };

  test('supervisors take turns, and none is always first', async () => {
    const found = await cells(measure((_subject, run) => Promise.resolve({ a: [run] })), [named('x'), named('y')], 3);
    expect(taken).toEqual(['x0', 'y0', 'y1', 'x1', 'x2', 'y2']);
    expect(found).toEqual({ x: { kind: 'values', values: [0, 1, 2] }, y: { kind: 'values', values: [0, 1, 2] } });
  });

  test('what takes long is not run again when enough time has gone, and at least once', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const slow = measure(() => {
        vi.advanceTimersByTime(200_000);
        return Promise.resolve({ a: [1] });
      });
      await cells(slow, [named('x'), named('y')], 15);
      expect(taken).toEqual(['x0', 'y0']);
      await cells(slow, [named('x')], 15);
      expect(taken).toEqual(['x0', 'x1']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('one that fails is left out from there on, with its reason', async () => {
    const dies = measure(({ name }) => (name === 'x' ? Promise.reject(new Error('it died')) : Promise.resolve({ a: [7] })));
    const found = await cells(dies, [named('x'), named('y')]);
    expect(taken).toEqual(['x0', 'y0', 'y1']);
    expect(found).toEqual({ x: { kind: 'failed', why: 'it died' }, y: { kind: 'values', values: [7, 7] } });
  });

  test('one that does not do it, or not so much of it, is not asked', async () => {
    const subjects = [named('x', { lacks: { services: 'it has one child' } }), named('y', { most: 9 }), named('z')];
    const found = await cells(measure(() => Promise.resolve({ a: [1] })), subjects, 1);
    expect(taken).toEqual(['z0']);
    expect(found).toMatchObject({ x: { kind: 'lacks', why: 'it has one child' }, y: { kind: 'lacks', why: 'it can have 9 services at most' } });
  });

  test('loggers count as services, but for one that counts a service and its logger once', async () => {
    const pairs = { ...measure(() => Promise.resolve({ a: [1] })), services: 20, loggers: 10 };
    const found = await cells(pairs, [named('x', { most: 19 }), named('y', { most: 10, countsPairs: true }), named('z', { most: 9, countsPairs: true })], 1);
    expect(taken).toEqual(['y0']);
    expect(found).toMatchObject({ x: { why: 'it can have 19 services at most' }, z: { why: 'it can have 9 services at most' } });
  });

  test('a row without values is a failure, and not nothing', async () => {
    expect(await cells(measure(() => Promise.resolve({})), [named('x')])).toMatchObject({ x: { kind: 'failed' } });
  });

  test('a whole tiny one: a child is executed, and its end is seen', async () => {
    const direct = oneChild('direct', '1', ['/usr/bin/env']);
    const tiny: Measure = {
      title: 'tiny',
      rows: [{ part: 'boot', key: 'boot', what: 'boot', unit: 'ms' }, { part: 'boot', key: 'end', what: 'end', unit: 'ms' }],
      needs: [],
      services: 1,
      open: (at, subject) =>
        fresh(at, subject, servicesOf(1, at.tool('stamp')), async (instance) => ({ boot: [await instance.waitExecuted()], end: [await instance.end()] })),
    };
    const rows = await make(tiny, [direct], lab, 1, ['boot'], quiet);
    for (const { cells: found } of rows) expect(found['direct']).toMatchObject({ kind: 'values', values: [expect.any(Number)] });
    // Only the tools are left.
    expect(readdirSync(lab.base)).not.toContain('1');
  });
});

test('the floor executes, answers, executes again what has ended, and ends', async () => {
  const floor = bare('bare', lab.tool('bare'));
  await lab.with(floor, servicesOf(2, lab.tool('stamp')), async (instance) => {
    await instance.settle();
    const [first] = instance.executed();
    const [restartNs = -1] = numbersOf(await instance.run([lab.tool('crash'), instance.stampsPath, '10000', String(first?.pid)]));
    expect(restartNs).toBeGreaterThan(0);
    const anywhere = ['-1', '-1'];
    const query = [lab.tool('control'), 'query', socketOf(instance.place), serviceName(1), '10', String(instance.pid), ...anywhere] as const;
    const [leastNs = -1] = numbersOf(await instance.run(query));
    expect(leastNs).toBeGreaterThan(0);
  });
});

describe('room', () => {
  test('a limit that is none is none', () => {
    expect([numberIn('32768\n'), numberIn('max\n'), numberIn('')]).toEqual([32_768, Infinity, Infinity]);
    expect(processLimit('Limit  Soft  Hard\nMax processes             96365                96365                processes\n')).toBe(96_365);
    expect(processLimit('Max processes             unlimited            unlimited            processes\n')).toBe(Infinity);
  });

  test('there is always some for a few, and never for a milliard', () => {
    expect(whyNoRoom(1000)).toBeUndefined();
    expect(whyNoRoom(1e9)).toMatch(/are needed/);
  });
});

describe('the plan', () => {
  test('has no two rows of one name, and each part has rows', () => {
    const rows = plan({ idleSeconds: 60, many: 10_000 }).flatMap((measure) => measure.rows);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    expect(new Set(rows.map(({ part }) => part)).size).toBe(7);
  });
});

describe('services are laid out', () => {
  const service: Service = { name: 'a', run: '/run-of-it', setup: '/setup-of-it', logger: '/logger-of-it', tellsReady: true, killAfterMs: 7000 };
  const base = mkdtempSync(join(tmpdir(), 'bench-layout-'));
  afterAll(() => rmSync(base, { recursive: true }));

  /** Files and where links lead, by their paths. */
  function laidOut(subject: Subject): Readonly<Record<string, string>> {
    const services = join(base, subject.name);
    mkdirSync(services);
    subject.place({ base, services }, [service]);
    const all = readdirSync(services, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
    const text = (path: string, isLink: boolean): string => (isLink ? readlinkSync(path) : readFileSync(path, 'utf8').trim());
    const pairs = all.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(services.length + 1), text(path, entry.isSymbolicLink())] as const;
    });
    return Object.fromEntries(pairs);
  }

  test('for nitro', () => {
    const subject = nitro({ name: 'nitro', version: '1', daemon: '/bin/true', ctl: '/bin/true', most: 1 });
    expect(laidOut(subject)).toEqual({
      'a/run': '/run-of-it', 'a/setup': '/setup-of-it', 'a/log': '../log-a', 'a/notification-fd': '3', 'log-a/run': '/logger-of-it',
    });
    expect(subject.files).toHaveLength(1);
  });

  test('for runit', () => {
    const subject = runit('1', '/bin');
    expect(laidOut(subject)).toEqual({ 'a/run': '/run-of-it', 'a/log/run': '/logger-of-it' });
    expect(subject.end({ base, services: base }, [service])).toEqual({ signal: 'SIGHUP', command: ['/bin/sv', '-w', '7', 'force-shutdown', 'a'] });
  });

  test('for s6', () => {
    const subject = s6('1', '/bin', []);
    expect(laidOut(subject)).toEqual({ 'a/run': '/run-of-it', 'a/log/run': '/logger-of-it', 'a/notification-fd': '3', 'a/timeout-kill': '7000' });
    expect(subject.command({ base, services: '/s' }, Array.from({ length: 10_000 }, () => service))).toEqual(['/bin/s6-svscan', '-c', '20010', '/s']);
  });

  test('for one that has one child', () => {
    const subject = oneChild('tini', '1', ['/bin/tini', '-s', '--']);
    expect(laidOut(subject)).toEqual({ 'a/run': '/run-of-it' });
    expect(subject.command({ base, services: '/s' }, [service])).toEqual(['/bin/tini', '-s', '--', '/s/a/run']);
  });
});
