/** `nitro-audit record`, `watch` and `replay` on a real nitro: what one does is allowed by the model, and what is planted is found. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseTrace } from '../../cli/audit/trace/parse.js';
import type { Trace } from '../../cli/audit/trace/format.js';
import type { Daemon } from './harness/daemon.js';
import { scenario } from './harness/scenario.js';

const script = join(import.meta.dirname, '../../build/nitro-audit.cjs');
const SLEEP = 'exec sleep 1000';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A nitro-audit that runs. */
class Audit {
  out = '';
  err = '';
  readonly ended: Promise<Ended>;
  private readonly child;

  constructor(nitro: Daemon, ...args: readonly string[]) {
    this.child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...nitro.environment, PATH: process.env['PATH'] } });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code) => resolve({ code, out: this.out, err: this.err }));
    });
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }
}

const file = (nitro: Daemon): string => `${nitro.scratch}/trace`;
const textOf = (nitro: Daemon): string => {
  try {
    return readFileSync(file(nitro), 'utf8');
  } catch {
    return '';
  }
};

function traceOf(nitro: Daemon): Trace {
  const trace = parseTrace(textOf(nitro));
  if ('error' in trace) throw new Error(`line ${String(trace.line)}: ${trace.error}`);
  return trace;
}

/** Start to record, and wait until it does. */
async function recording(nitro: Daemon): Promise<Audit> {
  const audit = new Audit(nitro, 'record', '--socket', nitro.socket, '-o', file(nitro));
  await nitro.waitFor('it records', () => textOf(nitro).includes('"present"'));
  return audit;
}

async function expectAllowed(nitro: Daemon): Promise<void> {
  const { code, out } = await new Audit(nitro, 'replay', file(nitro)).ended;
  expect({ code, out }).toMatchObject({ code: 0 });
  expect(out).toMatch(/^The model allows all of it/);
}

scenario('a crash loop, a storm of restarts, a rescan and a shutdown are what the model allows',
  {
    services: {
      a: { run: SLEEP, finish: 'exit 0' }, b: { setup: 'exit 0', run: SLEEP, log: '../l' }, c: { run: 'exit 1' }, l: { run: 'exec cat >/dev/null' },
      one: { setup: 'exit 0' }, gone: { run: SLEEP }, bad: { setup: 'exit 111', run: SLEEP },
    },
    system: { setup: 'exit 0', finish: 'exit 0' },
    delays: { RESPAWN: 20 },
  },
  async (nitro) => {
    const audit = await recording(nitro);
    await nitro.waitState('b', 'UP');
    for (let round = 0; round < 15; round++) {
      for (const name of ['a', 'b', 'one', 'l']) await nitro.want(round % 4 === 3 ? 'DOWN' : 'RESTART', name);
    }
    nitro.remove('gone');
    nitro.service('new', { run: SLEEP });
    expect((await nitro.ctl('rescan')).code).toBe(0);
    await nitro.waitState('new', 'STARTING', 'UP');
    nitro.signal('SIGTERM');
    await nitro.waitExit();
    const { code, err } = await audit.ended;
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringMatching(/^recorded \d+ steps/) as string });
    const { header, entries } = traceOf(nitro);
    expect(header).toMatchObject({ detail: 'steps', source: nitro.socket });
    expect(entries.filter(({ kind }) => kind === 'step').length).toBeGreaterThan(100);
    expect(entries.at(-1)).toMatchObject({ kind: 'end', why: 'daemon gone' });
    await expectAllowed(nitro);
  });

scenario('what is planted in a recording is found, with its line', { services: { a: { run: SLEEP } } }, async (nitro) => {
  const audit = await recording(nitro);
  await nitro.waitState('a', 'UP');
  for (let round = 0; round < 3; round++) expect((await nitro.ctl('restart', 'a')).code).toBe(0);
  await nitro.waitFor('all is recorded', () => textOf(nitro).split('"to":"UP"').length > 3);
  audit.interrupt();
  expect(await audit.ended).toMatchObject({ code: 0 });
  expect(traceOf(nitro).entries.at(-1)).toMatchObject({ kind: 'end', why: 'stopped' });
  await expectAllowed(nitro);
  const lines = textOf(nitro).split('\n');
  const at = lines.findIndex((line) => line.includes('"RUN_EXITED"'));
  writeFileSync(file(nitro), lines.filter((_, index) => index !== at).join('\n'));
  const { code, out } = await new Audit(nitro, 'replay', file(nitro)).ended;
  expect(code).toBe(1);
  expect(out).toContain(`line ${String(at + 1)}, `);
  expect(out).toContain('seen     FINISH_EXITED in RESTART.finishing');
  expect(out).toContain('before   it could be in RESTART.stopping, known since line');
  const json = await new Audit(nitro, 'replay', '--json', file(nitro)).ended;
  expect(JSON.parse(json.out)).toMatchObject({ holds: false, violations: [{ line: at + 1, service: 'a' }] });
});

scenario('watch prints what happens, waits for a nitro that is not there, and ends with Ctrl-C', { services: { a: { run: SLEEP } } }, async (nitro) => {
  const audit = new Audit(nitro, 'watch', '--socket', nitro.socket);
  await nitro.waitFor('it says what there is', () => / (STARTING|UP) +a /.test(audit.out));
  await nitro.want('RESTART', 'a');
  await nitro.waitFor('it says what happens', () => audit.out.includes('RESTART  a  WANT_RESTART'));
  expect(audit.out).not.toContain('\x1b');
  audit.interrupt();
  expect(await audit.ended).toMatchObject({ code: 0, err: '' });

  const nowhere = `${nitro.base}/none/nitro.sock`;
  const { code, err } = await new Audit(nitro, 'watch', '--socket', nowhere).ended;
  expect(code).toBe(3);
  expect(err).toContain(`cannot reach nitro at ${nowhere}`);
  const waiting = new Audit(nitro, 'watch', '--wait', '--socket', nowhere);
  await nitro.waitFor('it waits', () => waiting.err.includes('waiting for it'));
  waiting.interrupt();
  expect(await waiting.ended).toMatchObject({ code: 0 });
});
