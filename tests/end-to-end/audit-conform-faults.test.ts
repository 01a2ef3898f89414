/**
 * `nitro-audit conform` finds faults in daemons that have one: stand-ins built from a copy of the sources in which one place is changed. A few
 * of them always; all with NITRO_TEST_BIG=1.
 */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diesOfARequest, faults, leaks, likeTheReference, tellsFinishWrong } from './harness/extra-faults.js';
import type { Fault } from './harness/extra-faults.js';
import { build } from './harness/extra-standins.js';
import type { StandIn } from './harness/extra-standins.js';

const audit = resolve('build/nitro-audit.cjs');

interface Found {
  readonly title: string;
  readonly kind: string;
  readonly expected: string;
  readonly seen: string;
  readonly script: string;
  readonly also: readonly string[];
  readonly known: { readonly text: string } | null;
}
interface Outcome {
  readonly status: number;
  readonly found: readonly Found[];
  readonly text: string;
}

/** Hold a stand-in against the machines. */
async function conform(standIn: StandIn, ...options: readonly string[]): Promise<Outcome> {
  const built = await build(standIn);
  try {
    return await new Promise((done, failed) => {
      const args = [audit, 'conform', '--daemon', built.daemon, '--json', ...options];
      execFile(process.execPath, args, { maxBuffer: 100_000_000 }, (error, stdout, stderr) => {
        const status = error === null ? 0 : Number(error.code);
        if (status > 1) failed(new Error(stderr));
        const report = JSON.parse(stdout) as { readonly parts: readonly { readonly divergences: readonly Found[] }[] };
        done({ status, found: report.parts.flatMap(({ divergences }) => divergences), text: stdout });
      });
    });
  } finally {
    built.remove();
  }
}

const isBig = process.env['NITRO_TEST_BIG'] === '1';

/** The shortest way in which it must be found: of a whole walk, what is begun in a few seconds. */
async function isFound(fault: Fault): Promise<void> {
  const few = fault.part === 'probes' ? ['--match', fault.match ?? ''] : isBig ? [] : ['--time', '1'];
  const { status, found } = await conform(fault, '--only', fault.part, ...few);
  const said = found.map(({ kind, title, expected, seen, also }) => `${kind}: ${title}: ${expected}; ${seen}; ${also.join('; ')}`);
  expect(status).toBe(1);
  expect(said.join('\n')).toMatch(fault.says);
  expect(found.map(({ kind }) => kind)).toContain(fault.kind);
  // Each can be done by hand.
  for (const { script } of found) expect(script.length).toBeGreaterThan(20);
}

const always = [diesOfARequest, tellsFinishWrong, leaks];

describe('a daemon with one fault', () => {
  test.concurrent.each(faults.filter((fault) => isBig || always.includes(fault)))('$fault', { timeout: 600_000 }, isFound);
});

describe.skipIf(!isBig)('a daemon that does what the reference is known to do', () => {
  test('everything is grouped as known, and nothing else is found', { timeout: 1_200_000 }, async () => {
    const { status, found } = await conform(likeTheReference, '--known', 'reference');
    expect(found.filter(({ known }) => known === null)).toEqual([]);
    expect(status).toBe(0);
    expect(new Set(found.map(({ known }) => known?.text)).size).toBeGreaterThan(4);
  });
});
