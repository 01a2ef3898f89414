/** The benchmark: its statistics, its command line, its results, and what they are held against. */
import { describe, expect, test } from 'vitest';
import { quantile, ratio, spreadOf } from '../../bench/figures.js';
import { callsIn } from '../../bench/measures/idle.js';
import { defaults, readOptions, UsageError } from '../../bench/options.js';
import { numberText, ratioText, spreadText, withUnit } from '../../bench/report.js';
import { merge, toJson, valuesOf } from '../../bench/results.js';
import type { Results } from '../../bench/results.js';
import { inC, names, ours } from '../../bench/subjects/all.js';
import { targets, verdicts } from '../../bench/targets.js';
import { partResult, results, rowResult, values } from './bench-results.js';

describe('statistics', () => {
  test.each([
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 2, 3], 0.5, 2.5],
    [[7], 0.99, 7],
    [Array.from({ length: 101 }, (_, index) => index), 0.99, 99],
  ])('the quantile of %j at %f is %f', (numbers, at, expected) => {
    expect(quantile(numbers, at)).toBeCloseTo(expected, 9);
  });

  test('nothing has no quantile', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });

  test('the spread is least, median, greatest, and does not sort what it is given', () => {
    const numbers = [10, 9, 100];
    expect(spreadOf(numbers)).toEqual({ min: 9, median: 10, max: 100 });
    expect(numbers).toEqual([10, 9, 100]);
  });

  test('a ratio is that of the runs, so that a slow run counts for both', () => {
    // Of the medians it would be 1: both are 10.
    expect(ratio([10, 1, 20], [5, 10, 40])).toBe(0.5);
    expect(ratio([2, 4], [1])).toBe(3);
    expect(ratio([0], [0])).toBe(1);
    expect(ratio([1], [0])).toBe(Infinity);
  });
});

describe('the command line', () => {
  const read = (args: readonly string[], environment = {}): ReturnType<typeof readOptions> => readOptions(args, '/root', names, environment);

  test('without options all is measured, and the page is written', () => {
    const options = read([]);
    expect(options).toMatchObject({ daemon: '/root/build/nitro', ctl: '/root/build/nitroctl', runs: defaults.runs, write: true, reference: undefined });
    expect(options.only).toHaveLength(7);
    expect(options.peers).toBeUndefined();
  });

  const partly = [['--runs', '3'], ['--only', 'boot'], ['--peers', 'nitro'], ['--many', '10'], ['--daemon', '/x/nitro']];
  test.each(partly.map((args) => [args]))('%j does not write the page', (args) => {
    expect(read(args).write).toBe(false);
    expect(read([...args, '--write']).write).toBe(true);
  });

  test('the control tool is beside the daemon, nitro in C where NITRO_C says', () => {
    expect(read(['--daemon', '/x/nitro']).ctl).toBe('/x/nitroctl');
    expect(read([], { NITRO_C: '/c' }).reference).toBe('/c');
    expect(read([], { NITRO_C: '' }).reference).toBeUndefined();
  });

  test.each([[['--only', 'speed']], [['--peers', 'nitro,systemd']], [['--runs', '0']], [['--runs', 'x']], [['--fast']], [['word']]])('%j is refused', (args) => {
    expect(() => read(args)).toThrow(UsageError);
  });
});

describe('results', () => {
  test('those measured again take the place of the old ones, in the order of the page', () => {
    const old: Results = { parts: [partResult('footprint', []), partResult('idle', [])] };
    const fresh: Results = { parts: [{ ...partResult('idle', []), date: '2031-02-03' }, partResult('boot', [])] };
    const merged = merge(old, fresh, ['footprint', 'boot', 'idle']);
    expect(merged.parts.map(({ part, date }) => `${part} ${date}`)).toEqual(['footprint 2030-01-02', 'boot 2030-01-02', 'idle 2031-02-03']);
  });

  test('as JSON they are the same again, numbers on a line, and with five digits', () => {
    const text = toJson(results);
    expect(JSON.parse(text)).toEqual(results);
    expect(text).toContain('"values": [1, 2, 3]');
    expect(toJson({ parts: [partResult('boot', [rowResult('boot', 'a', { nitro: values(1.23456789, 1e-7) })])] })).toContain('[1.2346, 1e-7]');
  });

  test('only figures have values', () => {
    const row = rowResult('boot', 'a', { nitro: values(1), runit: { kind: 'lacks', why: 'no' }, s6: { kind: 'failed', why: 'no' } });
    expect(valuesOf(row, 'nitro')).toEqual([1]);
    for (const name of ['runit', 's6', 'tini']) expect(valuesOf(row, name)).toBeUndefined();
  });
});

describe('texts', () => {
  const written = [[0, '0'], [0.12345, '0.123'], [12.3456, '12.3'], [1234.5, '1,235'], [1_000_000, '1,000,000'], [0.00002, '2.0e-5']] as const;
  test.each(written)('%f is written %s', (number, text) => {
    expect(numberText(number)).toBe(text);
  });

  test('what is much has a greater unit', () => {
    expect([9999, 20_480, 20_971_520].map((value) => withUnit(value, 'KB'))).toEqual(['9,999 KB', '20 MB', '20 GB']);
    expect([withUnit(12_345, 'ms'), withUnit(3, '')]).toEqual(['12.3 s', '3']);
  });

  test('a factor of nothing is infinite', () => {
    expect([ratioText(2.3456), ratioText(Infinity)]).toEqual(['2.35×', '∞']);
  });

  test('a spread ends with the 99th percentile where there are many values, and is not said where there is none', () => {
    expect(spreadText([1, 2, 3], 'ms')).toBe('1–3');
    expect(spreadText([5, 5], 'ms')).toBe('');
    expect(spreadText([9_000, 20_000, 30_000], 'ms')).toBe('9–30');
    expect(spreadText([...Array.from({ length: 199 }, () => 1), 1000], 'ms')).toBe('1–1');
  });
});

describe('targets', () => {
  const verdict = (row: string, cells: Parameters<typeof rowResult>[2]): string[] =>
    verdicts({ parts: [partResult('boot', [rowResult('boot', row, cells)])] })
      .filter(({ target }) => target.row === row)
      .map((each) => (each.kind === 'not measured' ? `${each.kind}: ${each.note}` : `${each.kind}: ${String(each.value)} of ${each.against ?? 'none'}`));

  test('the best of the others is taken, and nitro in C where it is here', () => {
    const cells = { [ours]: values(2), runit: values(4), s6: values(2.5) };
    expect(verdict('restart-1', cells)).toEqual(['met: 0.8 of s6']);
    expect(verdict('restart-1', { ...cells, [inC]: values(1) })).toEqual(['missed: 2 of nitro-c']);
  });

  test('what is a ratio to nitro in C is not measured without it', () => {
    expect(verdict('boot-499', { [ours]: values(1), runit: values(2) })).toEqual(["not measured: nitro in C is not here; 0.50 of runit's"]);
    expect(verdict('boot-499', { [ours]: values(1), [inC]: values(2) })).toEqual(['met: 0.5 of nitro-c']);
  });

  test('where nothing may be, something is too much', () => {
    expect(verdict('idle-calls', { [ours]: values(0) })).toEqual(['met: 0 of none']);
    expect(verdict('idle-calls', { [ours]: values(1) })).toEqual(['missed: 1 of none']);
  });

  test('without figures nothing is claimed', () => {
    expect(verdicts({ parts: [] }).every(({ kind }) => kind === 'not measured')).toBe(true);
    expect(verdicts({ parts: [] })).toHaveLength(targets.length);
  });
});

describe('what strace says', () => {
  test('the call that a process was found in was not made while it was watched', () => {
    expect(callsIn('ppoll([{fd=6}], 2, NULL, NULL, 8 <detached ...>\n')).toBe(0);
    expect(callsIn('restart_syscall(<... resuming interrupted poll ...>) = 0\nstat(".", {}) = 0\npoll([{fd=3}], 1, 5000 <detached ...>\n')).toBe(2);
    expect(callsIn('poll([{fd=3}], 1, 5000) = 1\n--- SIGCHLD {si_signo=SIGCHLD} ---\nread(3) = 1\n+++ exited with 0 +++\n')).toBe(1);
    expect(callsIn('')).toBe(0);
  });
});
