/** The page of the benchmark and its plots: what was found is on it, what was not is said. */
import { describe, expect, test } from 'vitest';
import { page } from '../../bench/page/page.js';
import { plotsOf } from '../../bench/page/plots.js';
import { logScale, markText } from '../../bench/page/scale.js';
import { table } from '../../bench/page/tables.js';
import { partTexts } from '../../bench/page/texts.js';
import { loadText } from '../../bench/page/words.js';
import { merge } from '../../bench/results.js';
import type { RowResult } from '../../bench/results.js';
import { partResult, results, rowResult, values } from './bench-results.js';

const sources = { results, plots: plotsOf(results), model: undefined, guard: undefined, whatPaid: undefined };

/** The lines of a section. */
function section(text: string, heading: string): readonly string[] {
  const lines = text.split('\n');
  const from = lines.indexOf(`## ${heading}`);
  expect(from).toBeGreaterThanOrEqual(0);
  const length = lines.slice(from + 1).findIndex((line) => line.startsWith('## '));
  return lines.slice(from, length < 0 ? undefined : from + 1 + length);
}

describe('the page', () => {
  const text = page(sources);

  test('a row has runs, medians, spreads, and how many times ours', () => {
    expect(section(text, 'Boot')).toContain('| the boot-100 | 2 | 100 ms | 200 ms **2×** | 300 ms **3×** |');
    expect(section(text, 'Crash to restart')).toContain('| the restart-1 | 3 | 2 ms (1–3) | 4 ms (2–6) **2×** | failed |');
  });

  test('a percentile is a row of its own where it matters', () => {
    expect(section(text, 'Crash to restart')).toContain('| the restart-1: 99th percentile |  | 2.98 ms | 5.96 ms **2×** | – |');
  });

  test('what a service adds is computed', () => {
    expect(section(text, 'Footprint')).toContain('| resident: more for each service |  | 1 KB | 1,000 KB **1,000×** |');
  });

  test('who does nothing of a part has no column, and why is said', () => {
    const lines = section(text, 'Boot');
    expect(lines.find((line) => line.startsWith('|  | values'))).toBe('|  | values | nitro | runit | s6 |');
    expect(lines).toContain('- tini: not done: it has one child.');
    expect(section(text, 'Crash to restart')).toContain('- s6: failed: it ended.');
  });

  test('the targets are held on it', () => {
    const lines = section(text, 'Targets');
    expect(lines).toContain('| resident memory with 100 services | ≤ 1/50 | 1/111 of runit | met |');
    expect(lines).toContain('| resident memory with 100 services | ≤ 1/50 | – | not measured: s6 is not here; 0.0090 of runit\'s |');
    expect(lines).toContain('| crash to restart, one other service | ≤ 1 | 0.5 of runit | met (nitro in C is not here) |');
  });

  test('without nitro in C the floor bounds what it could take', () => {
    const of = (nitro: number, bare: number): readonly string[] => {
      const row = (key: string): RowResult => rowResult('control', key, { nitro: values(nitro), bare: values(bare) });
      return section(page({ ...sources, results: { parts: [partResult('control', [row('query'), row('list-1')])] } }), 'Targets');
    };
    expect(of(9, 2)).toContain('| request and answer, on one processor | ≤ 5 | 4.5 of bare | met (nitro in C is not here; it takes at least as long as that) |');
    expect(of(11, 2)).toContain("| request and answer, on one processor | ≤ 5 | – | not measured: nitro in C is not here; 5.5 of bare's |");
  });

  test('parts measured elsewhere have a machine of their own', () => {
    expect(text.match(/\| date \|/g)).toHaveLength(1);
    const other = { parts: [{ ...partResult('boot', [rowResult('boot', 'boot-1', { nitro: values(1) })]), date: '2031-01-01' }] };
    const both = page({ ...sources, results: merge(results, other, ['footprint', 'boot', 'restart']) });
    expect(both).toContain('| parts | boot |');
    expect(both).toContain('| parts | footprint, crash to restart |');
  });

  test('what others have written is on it, and nothing where they have not', () => {
    const model = { date: '2030-05-06', machine: 'a machine', sections: [{ title: 'Steps', note: 'A note.', columns: ['what', 'many'], rows: [['a|b', '7']] }] };
    const whole = page({ ...sources, model, guard: { sections: [] }, whatPaid: 'This did.\n' });
    expect(section(whole, 'The model')).toEqual(expect.arrayContaining(['Measured on a machine, 2030-05-06.', '### Steps', 'A note.', '| a\\|b | 7 |']));
    expect(section(whole, 'What paid')).toContain('This did.');
    expect(whole).toContain('## Counts that do not depend on the machine');
    expect(text).not.toContain('## The model');
  });

  test('each plot is in one section, and each section has the plots it names', () => {
    const named = Object.values(partTexts).flatMap(({ plots }) => plots);
    expect(new Set(named).size).toBe(named.length);
    for (const { file } of sources.plots) {
      expect(named).toContain(file);
      expect(text).toContain(`](performance/${file})`);
    }
  });

  test('a busy machine is said to be one', () => {
    expect(loadText([[0.1, 1], [0.2, 3]])).toBe('0.1, 3');
    expect(loadText([[500, 501]])).toMatch(/busy with other things/);
  });
});

test('a cell stays a cell', () => {
  expect(table(['a', 'b'], [['x|y', 'one\n two']])).toBe('| a | b |\n|---|---:|\n| x\\|y | one two |');
});

describe('an axis', () => {
  test('has powers of ten, or steps between them where that is too little, and encloses the values', () => {
    expect(logScale([1, 10_000], 0, 100).marks).toEqual([1, 10, 100, 1000, 10_000]);
    expect(logScale([3, 40], 0, 100).marks).toEqual([2, 5, 10, 20, 50]);
    expect(logScale([7], 0, 100).marks.length).toBeGreaterThan(1);
  });

  test('places values by their logarithm', () => {
    const scale = logScale([1, 10_000], 100, 500);
    expect([1, 100, 10_000].map((value) => scale.at(value))).toEqual([100, 300, 500]);
  });

  test('has its marks in the unit that reads best', () => {
    expect([1, 1000, 1_000_000].map((value) => markText(value, 'KB'))).toEqual(['1 KB', '1 MB', '1 GB']);
    expect([0.5, 1, 2000].map((value) => markText(value, 'ms'))).toEqual(['500 µs', '1 ms', '2 s']);
    expect(markText(10_000, '')).toBe('10,000');
  });
});

describe('the plots', () => {
  const plots = plotsOf(results);

  test('are those that there are figures for', () => {
    expect(plots.map(({ file }) => file)).toEqual(['memory.svg', 'boot.svg', 'restart.svg']);
    expect(plotsOf({ parts: [] })).toEqual([]);
  });

  test.each(plots.map((plot) => [plot.file, plot] as const))('%s says in words what it shows, and has no number that is none', (_file, { svg }) => {
    expect(svg).toMatch(/<title>[^<]+<\/title>\s*<desc>[^<]*nitro[^<]*<\/desc>/);
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('names of lines do not touch each other', () => {
    for (const { svg } of plots.filter(({ file }) => file !== 'restart.svg')) {
      const labels = [...svg.matchAll(/class="label[^"]*" x="([\d.]+)" y="([\d.-]+)"/g)].map((found) => [Number(found[1]), Number(found[2])] as const);
      expect(labels.length).toBeGreaterThan(1);
      for (const [index, [x, y]] of labels.entries()) {
        for (const [otherX, otherY] of labels.slice(index + 1)) expect(Math.abs(x - otherX) > 150 || Math.abs(y - otherY) >= 14).toBe(true);
      }
    }
  });
});
