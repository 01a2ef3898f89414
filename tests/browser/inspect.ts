/** `nitro-audit inspect` as a process, and what its page shows. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ctlPath } from '../end-to-end/harness/tools.js';
import { waitFor } from '../end-to-end/harness/wait.js';

const script = join(import.meta.dirname, '../../build/nitro-audit.cjs');

export class Inspect {
  stdout = '';
  stderr = '';
  code: number | null | undefined;
  private readonly process: ChildProcess;

  constructor(args: readonly string[]) {
    this.process = spawn(process.execPath, [script, 'inspect', '--ctl', ctlPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.process.on('close', (code) => (this.code = code));
  }

  /** The address that it prints. */
  async url(): Promise<string> {
    await waitFor('inspect prints its address', () => this.stdout.includes('\n') || this.code !== undefined, { report: () => this.stderr });
    if (this.code !== undefined) throw new Error(`inspect ended with ${String(this.code)}: ${this.stderr}`);
    return this.stdout.split('\n')[0] ?? '';
  }

  interrupt(): void {
    this.process.kill('SIGINT');
  }

  /** Its exit status. */
  async ended(): Promise<number | null> {
    await waitFor('inspect ends', () => this.code !== undefined, { report: () => this.stderr });
    return this.code ?? null;
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }
}

/** Run an inspect for as long as something is done with it; then it must end at an interrupt, cleanly. */
export async function withInspect(args: readonly string[], body: (url: string, inspect: Inspect) => Promise<void>): Promise<void> {
  const inspect = new Inspect(args);
  try {
    await body(await inspect.url(), inspect);
    inspect.interrupt();
    const ended = { code: await inspect.ended(), stderr: inspect.stderr };
    if (ended.code !== 0 || ended.stderr !== '') throw new Error(`inspect ended with ${String(ended.code)}: ${ended.stderr}`);
  } finally {
    inspect.kill();
  }
}

/** The rows of the table that are in the page, sorted by name: `STATE NAME PID`. */
export async function shown(page: Page): Promise<readonly string[]> {
  const rows = await page.locator('#rows [role=row]').all();
  const texts = await Promise.all(
    rows.map(async (row) => {
      const [state, name, pid] = await Promise.all(['.chip', '.name', '.number >> nth=0'].map((part) => row.locator(part).textContent()));
      return `${state ?? ''} ${name ?? ''} ${pid ?? ''}`.trim();
    }),
  );
  return texts.sort(byName);
}

/** The same, of what `nitroctl list` prints. */
export function listed(stdout: string): readonly string[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => line.replace(/ \(pid (\d+)\)/, ' $1').replace(/ \(wstatus .*$/, '')).sort(byName);
}

function byName(a: string, b: string): number {
  const [one = '', other = ''] = [a, b].map((line) => line.split(' ')[1] ?? '');
  return one < other ? -1 : one > other ? 1 : 0;
}
