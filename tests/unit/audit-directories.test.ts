/** Whatever stands in a directory: `check` and `simulate` say something about it, and neither throws, blocks nor runs for ever. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { factsOf } from '../../cli/audit/check/facts.js';
import { toSarif } from '../../cli/audit/check/machine-readable.js';
import { readSnapshot } from '../../cli/audit/check/read.js';
import { toText } from '../../cli/audit/check/report.js';
import { apply } from '../../cli/audit/check/rules.js';
import { readShell } from '../../cli/audit/check/shell.js';
import { gantt } from '../../cli/audit/simulate/gantt.js';
import { knownOf } from '../../cli/audit/simulate/known.js';
import { isOver, simulate, traceOf } from '../../cli/audit/simulate/simulate.js';
import { parseStory } from '../../cli/audit/simulate/story.js';
import { timelineText } from '../../cli/audit/simulate/timeline.js';
import { courseOf } from '../../cli/audit/trace/course.js';
import { place } from '../end-to-end/harness/directory.js';
import type { Entry } from '../end-to-end/harness/directory.js';

const top = mkdtempSync(join(tmpdir(), 'nitro-any-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
let count = 0;

const names = fc.constantFrom('a', 'b', 'LOG', 'LOG@', 'SYS', 'w@', 'w@x', 'w@@', '@', '@x', '.h', 'a,b', 'n\nl', '\xff', 'ALL', '-o', 'x'.repeat(70));
const files = fc.constantFrom('run', 'setup', 'finish', 'final', 'log', 'down', 'down-signal', 'notification-fd', 'exit-status-from', 'check');
const targets = fc.constantFrom('../a', '../b', '../w@', '../LOG', '..', '.', '/', '/dev/null', '/nowhere', 'run', '../../../..', '');
const texts = fc.constantFrom(
  '', '#!', '#!/bin/sh\n', '#!/bin/sh\nnitroctl start .\n', '#!/usr/bin/env\n', '#! /bin/sh -e\r\necho "', '\x7fELF', '3\n', 'k', '99999999999999999999', '#!/bin/sh\ncat <<EOF\n',
);
const leaf: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ text: texts, mode: fc.constantFrom(0o644, 0o755, 0o777, 0o4755, 0) }),
  targets.filter((target) => target !== '').map((link) => ({ link })),
  fc.constant<Entry>({ directory: {} }),
);
const entries = fc.dictionary(
  names,
  fc.oneof({ weight: 4, arbitrary: fc.dictionary(files, leaf, { maxKeys: 6 }).map((directory): Entry => ({ directory })) }, { weight: 1, arbitrary: leaf }),
  { maxKeys: 7 },
);

test('any directory', () => {
  fc.assert(
    fc.property(entries, fc.nat(5), (layout, seed) => {
      count += 1;
      const directory = join(top, String(count));
      mkdirSync(directory);
      for (const [name, entry] of Object.entries(layout)) place(`${directory}/${name}`, entry);
      const snapshot = readSnapshot(directory);
      if ('errno' in snapshot) throw new Error(`errno ${String(snapshot.errno)}`);
      const facts = factsOf(snapshot);
      const findings = apply(facts, { ignored: [], forReference: true });
      const subject = { directory, services: facts.plan.services.size };
      expect(toText(findings, subject, true)).toContain('service');
      expect(JSON.parse(toSarif(findings, subject))).toBeDefined();
      const story = parseStory('at 5s rescan\nat 12s Shutdown\n', knownOf(facts));
      if ('mistakes' in story) throw new Error(JSON.stringify(story.mistakes));
      const simulation = simulate(facts, story, { untilMs: 60_000, seed, faults: 0, mode: 'process' });
      expect([isOver, 'exit 0', 'exit 111', 'exit 1']).toContain(simulation.how);
      expect(timelineText(simulation, true)).not.toContain('bug');
      expect(gantt(courseOf(traceOf(simulation, '')), 60, true)).not.toBe('');
    }),
    { numRuns: 150 },
  );
});

test('any text for a shell script', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('"', "'", '`', '$(', ')', '${', '}', '\\', '\n', ' ', 'a', '<<E', '\nE\n', '>', '&', ';', '#', '2>&1', '|', '$'), { maxLength: 30 }), (parts) => {
      const { commands } = readShell(parts.join(''));
      for (const { line } of commands) expect(line).toBeLessThanOrEqual(parts.join('').split('\n').length);
    }),
    { numRuns: 2000 },
  );
});

test('any behaviour file', () => {
  const known = { names: ['a'], isService: (name: string) => name === 'a', isTemplate: () => false, hasScript: () => true };
  const words = fc.constantFrom('at', '5s', 'a', 'run:', 'run', ':', 'crash', 'after', ';', ',', '"', '#', 'expect', 'UP', '\n', 'exits', '1', '*', 'w@*', 'stays', 'signal', 'asks "up a"', '\xff');
  fc.assert(
    fc.property(fc.array(words, { maxLength: 20 }), (parts) => {
      const story = parseStory(parts.join(' '), known);
      if ('mistakes' in story) for (const { line, message } of story.mistakes) expect(`${String(line)}${message}`).toMatch(/^[1-9]\d*\S/);
    }),
    { numRuns: 2000 },
  );
});
