/**
 * `nitro-audit conform` on our own daemon, which it must find nothing in: the system machine and some of the probes; all of it with NITRO_TEST_BIG=1.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { permitted } from './harness/extra-container.js';
import { ctlPath, daemonPath } from './harness/tools.js';

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function audit(...args: readonly string[]): Promise<Outcome> {
  return await new Promise((done) =>
    execFile(process.execPath, [resolve('build/nitro-audit.cjs'), 'conform', ...args], { maxBuffer: 100_000_000 }, (error, stdout, stderr) =>
      done({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    ),
  );
}

interface Part {
  readonly part: string;
  readonly divergences: readonly unknown[];
  readonly covered: readonly { readonly what: string; readonly goals: number; readonly reached: number; readonly missing: readonly string[] }[];
}
interface Report {
  readonly conforms: boolean;
  readonly parts: readonly Part[];
}

const ours = ['--daemon', daemonPath, '--ctl', ctlPath];

describe('conform finds nothing in our own daemon', () => {
  test.concurrent('the system machine, and the probes of logs', { timeout: 300_000 }, async () => {
    const { status, stdout } = await audit(...ours, '--only', 'system', 'probes', '--match', 'log', '--json');
    const report = JSON.parse(stdout) as Report;
    expect(report.parts.flatMap(({ divergences }) => divergences)).toEqual([]);
    expect(status).toBe(0);
    const [system] = report.parts;
    expect(system?.part).toBe('system');
    if (permitted) expect(system?.covered.map(({ what, reached, missing }) => [what, reached, missing])).toEqual([['transitions', 33, []], ['ignored events', 35, []], ['transition pairs', 75, []]]);
  });

  test.concurrent('services, for as long as is given; the report is written to a file', { timeout: 300_000 }, async () => {
    const directory = mkdtempSync('/tmp/nitro-conform-');
    try {
      const { status, stdout } = await audit(...ours, '--only', 'services', '--time', '2', '-o', `${directory}/report.md`);
      expect([status, stdout]).toEqual([0, '']);
      const text = readFileSync(`${directory}/report.md`, 'utf8');
      expect(text).toContain('It conforms: no divergence. **The time was over before all was done.**');
      expect(text).toMatch(/\| transition pairs \| 1212 \| \d+ \| 196 \| \d+ \|/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test.skipIf(process.env['NITRO_TEST_BIG'] !== '1')('all of it', { timeout: 1_200_000 }, async () => {
    const { status, stdout } = await audit(...ours, '--json');
    const report = JSON.parse(stdout) as Report;
    expect(report.parts.flatMap(({ divergences }) => divergences)).toEqual([]);
    expect(report.parts.flatMap(({ covered }) => covered).flatMap(({ missing }) => missing)).toEqual([]);
    expect([status, report.conforms]).toEqual([0, true]);
  });
});

describe('what cannot be run is said', () => {
  test.concurrent.each([
    ['no daemon', ['--daemon', '/no/such/nitro'], 3, /--daemon: .*no such file/],
    ['no nitroctl beside it', ['--daemon', '/bin/true'], 3, /--ctl is not given: .*truectl/],
    ['a daemon that is none', ['--daemon', '/bin/true', '--ctl', '/bin/true', '--patience', '1'], 3, /does not start/],
    ['no daemon is named', [], 2, /--daemon/],
    ['a part that there is not', [...ours, '--only', 'nonsense'], 2, /Allowed choices are services, system, probes/],
  ] as const)('%s', async (_what, args, expected, says) => {
    const { status, stderr } = await audit(...args);
    expect(status).toBe(expected);
    expect(stderr).toMatch(says);
  });
});
