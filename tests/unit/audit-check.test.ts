/** `nitro-audit check`: each rule finds what it is for and nothing else, and agrees with what nitro makes of the directory (behaviour.md §2 to §6). */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { factsOf } from '../../cli/audit/check/facts.js';
import { rulesJson, toJson, toSarif } from '../../cli/audit/check/machine-readable.js';
import { readSnapshot } from '../../cli/audit/check/read.js';
import { explain, listRules, nearRules, rulesPage, toText } from '../../cli/audit/check/report.js';
import type { Finding } from '../../cli/audit/check/rule.js';
import { apply, groups, rules } from '../../cli/audit/check/rules.js';
import type { Snapshot } from '../../cli/audit/check/snapshot.js';
import { place } from '../end-to-end/harness/directory.js';
import { fixtures } from './audit-check-fixtures.js';
import type { Layout } from './audit-check-fixtures.js';

const root = join(import.meta.dirname, '../..');
const top = mkdtempSync(join(tmpdir(), 'nitro-check-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
let count = 0;

function made(layout: Layout): string {
  count += 1;
  const directory = join(top, String(count), 'services');
  mkdirSync(directory, { recursive: true });
  for (const [name, entry] of Object.entries(layout)) place(`${directory}/${name}`, entry);
  return directory;
}

function snapshotOf(layout: Layout): Snapshot {
  const snapshot = readSnapshot(made(layout));
  if ('errno' in snapshot) throw new Error(`errno ${String(snapshot.errno)}`);
  return snapshot;
}

function findings(snapshot: Snapshot): readonly Finding[] {
  return apply(factsOf(snapshot), { ignored: [], forReference: true });
}

describe('rules', () => {
  test('there are many, with ids of their own in the order of their groups', () => {
    const ids = rules.map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(25);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { rules: of } of groups) expect(of.map(({ id }) => id)).toEqual(of.map(({ id }) => id).sort());
    for (const { id } of rules) expect(id).toMatch(/^[NSLCTWYR]\d{3}$/);
  });

  test('each says why, with the section of behaviour.md, and how to mend it', () => {
    for (const { id, title, why, fix } of rules) {
      expect(why, id).toMatch(/\.$/);
      if (!id.startsWith('R')) expect(why, id).toMatch(/§\d/);
      expect(fix, id).toMatch(/\.$/);
      expect(title, id).not.toMatch(/\.$/);
    }
  });

  test('each has a fixture', () => {
    expect(Object.keys(fixtures).sort()).toEqual(rules.map(({ id }) => id).sort());
  });

  describe.each(rules.map((rule) => [rule.id, rule.title] as const))('%s: %s', (id) => {
    const { bad, good, at, changed } = fixtures[id] ?? { bad: {}, good: {} };

    test('finds it', () => {
      const snapshot = snapshotOf(bad);
      const found = findings(changed?.(snapshot) ?? snapshot).filter(({ rule }) => rule.id === id);
      expect(found.length).toBeGreaterThan(0);
      if (at !== undefined) expect(found.map(({ path }) => path)).toContain(at);
      for (const { message } of found) expect(message).toMatch(/[^.]$/);
    });

    test('finds nothing where nothing is wrong', () => {
      const found = findings(snapshotOf(good));
      expect(found.filter(({ rule }) => rule.id === id)).toEqual([]);
      // Nor is anything else wrong with it that would be an error or a warning for this nitro.
      expect(found.filter(({ rule }) => rule.severity !== 'note' && rule.isForReference !== true)).toEqual([]);
    });
  });
});

test('nothing is wrong with the example', () => {
  const snapshot = readSnapshot(join(root, 'examples/services'));
  if ('errno' in snapshot) throw new Error('no example');
  expect(apply(factsOf(snapshot), { ignored: [], forReference: false }).filter(({ rule }) => rule.severity !== 'note')).toEqual([]);
  expect(factsOf(snapshot).plan.said).toEqual([]);
});

test('what cannot be read is a value, and nothing blocks', () => {
  const snapshot = snapshotOf({
    loop: { link: 'loop' },
    a: { directory: { run: { fifo: true }, setup: { link: 'setup' }, 'down-signal': { fifo: true }, log: { link: '/proc/self/fd/0' } } },
    SYS: { fifo: true },
    b: { link: '/dev/null' },
    c: { directory: { run: { directory: {} }, 'notification-fd': { directory: {} } } },
    'x\ny': { directory: { run: '' } },
  });
  const ids = new Set(findings(snapshot).map(({ rule }) => rule.id));
  for (const id of ['N109', 'S202', 'S203', 'C401', 'L302', 'Y701', 'N102', 'R806']) expect([...ids]).toContain(id);
  expect(readSnapshot('/nowhere/at/all')).toEqual({ errno: 2 });
  expect(readSnapshot(join(root, 'package.json'))).toEqual({ errno: 20 });
});

test('a large file is read in part, and a large directory of data too', () => {
  const directory = made({ a: { directory: { run: { text: '#!/bin/sh\nexec sleep 1\n', mode: 0o755 } } } });
  for (let index = 0; index < 1200; index++) writeFileSync(join(directory, 'a', `0data${String(index)}`), '');
  const snapshot = readSnapshot(directory);
  if ('errno' in snapshot) throw new Error('unreadable');
  expect(findings(snapshot)).toEqual([]);
  expect(snapshot.root.entries?.[0]?.entries?.length).toBe(1000);
});

describe('reports', () => {
  const layout: Layout = {
    'caf\xc3\xa9 \xff': { directory: { run: { text: '#!/nowhere/sh\n', mode: 0o755 } } },
    b: { directory: { run: { text: '#!/bin/sh\nexec sleep 1\n', mode: 0o777 } } },
  };
  const snapshot = snapshotOf(layout);
  const found = findings(snapshot);
  const subject = { directory: 'services', services: 2 };

  test('text: a line each, grouped by service, and a summary', () => {
    const text = toText(found, subject, false);
    expect(text.split('\n').slice(0, 4)).toEqual([
      'services/b/run: error W601 its mode is 0777: anybody can change it',
      '',
      'services/caf\u00e9 \\xff: warning N104 its name holds control characters, or is not UTF-8',
      'services/caf\u00e9 \\xff/run:1: error S204 there is no /nowhere/sh: the service becomes FATAL',
    ]);
    expect(text).toContain('services: 2 services, 2 errors, 1 warning\n');
    expect(toText(found, subject, true)).toContain('\x1b[31merror\x1b[0m');
    expect(toText([], subject, false)).toBe('services: 2 services, nothing found\n');
  });

  test('JSON', () => {
    const report = JSON.parse(toJson(found, subject)) as { counts: unknown; findings: readonly unknown[] };
    expect(report.counts).toEqual({ error: 2, warning: 1, note: 0 });
    expect(report.findings[2]).toEqual({
      rule: 'S204', severity: 'error', path: 'caf\u00e9 \\xff/run', line: 1, message: 'there is no /nowhere/sh: the service becomes FATAL',
    });
    expect((JSON.parse(rulesJson()) as readonly unknown[]).length).toBe(rules.length);
  });

  test('SARIF 2.1.0: what the schema requires, and no more than it knows', () => {
    interface Sarif {
      readonly version: string;
      readonly runs: readonly {
        readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Readonly<Record<string, unknown>>[] } };
        readonly results: readonly Readonly<Record<string, unknown>>[];
      }[];
    }
    const log = JSON.parse(toSarif(found, subject)) as Sarif;
    expect(Object.keys(log).sort()).toEqual(['$schema', 'runs', 'version']);
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    expect(run?.tool.driver.name).not.toBe('');
    for (const rule of run?.tool.driver.rules ?? []) {
      expect(Object.keys(rule).sort()).toEqual(['defaultConfiguration', 'fullDescription', 'help', 'id', 'name', 'shortDescription']);
      expect(['none', 'note', 'warning', 'error']).toContain((rule['defaultConfiguration'] as { level: string }).level);
      for (const member of ['shortDescription', 'fullDescription', 'help']) expect((rule[member] as { text: string }).text).not.toBe('');
    }
    expect(run?.results.length).toBe(found.length);
    for (const result of run?.results ?? []) {
      expect(run?.tool.driver.rules[result['ruleIndex'] as number]?.['id']).toBe(result['ruleId']);
      expect((result['message'] as { text: string }).text).toMatch(/\.$/);
    }
    expect(run?.results[2]).toMatchObject({
      ruleId: 'S204',
      level: 'error',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'services/caf%C3%A9%20%FF/run' }, region: { startLine: 1 } } }],
    });
    const absolute = JSON.parse(toSarif(found, { ...subject, directory: '/etc/nitro' })) as Sarif;
    expect(JSON.stringify(absolute)).toContain('"uri":"file:///etc/nitro/b/run"');
  });

  test('a rule is explained, and ids near a wrong one are named', () => {
    const [rule] = rules.filter(({ id }) => id === 'L307');
    if (rule === undefined) throw new Error('no L307');
    expect(explain(rule)).toMatch(/^L307 \(warning\): .*\n\nWhy\n {2}[^]*§5[^]*\n\nFix\n {2}/);
    expect(explain(rule).split('\n').every((line) => line.length <= 80)).toBe(true);
    expect(nearRules('S20')).toContain('S201');
    expect(nearRules('circle')).toContain('L304');
    expect(nearRules('L999')).toContain('L301');
    expect(listRules().split('\n').filter((line) => line.startsWith('  '))).toHaveLength(rules.length);
  });

  test('docs/check-rules.md is current: node build/nitro-audit.cjs check --rules --format markdown', () => {
    expect(readFileSync(join(root, 'docs/check-rules.md'), 'utf8')).toBe(rulesPage());
  });
});
