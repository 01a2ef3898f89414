/**
 * How smooth the inspector's page is: `node tests/browser/frames.mjs [SECONDS]`, after `npm run build`.
 *
 * Traces of many services that all change, 60 times a second, are played into the page in Chromium; the times between its frames, and how long
 * its script ran in a frame, are printed. A figure, not a test: it depends on the machine.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const seconds = Number(process.argv[2] ?? 10);
const script = path.join(import.meta.dirname, '../../build/nitro-audit.cjs');
const scratch = mkdtempSync(path.join(tmpdir(), 'nitro-frames-'));
const leadMs = 3000;

const steps = [
  ['WANT_RESTART', 'UP', 'RESTART.stopping', ['signalDown', 'announce']],
  ['RUN_EXITED', 'RESTART.stopping', 'RESTART.finishing', ['spawnFinish']],
  ['FINISH_EXITED', 'RESTART.finishing', 'SETUP.launching', ['announceDown', 'startLogger', 'launch']],
  ['EXEC_SUCCEEDED', 'SETUP.launching', 'STARTING.timed', ['announce']],
  ['TIMER', 'STARTING.timed', 'UP', ['announce']],
];

/** `perUpdate` services take a step, 60 times a second. */
function traceOf(services, perUpdate) {
  const names = Array.from({ length: services }, (_, index) => `service-${String(index).padStart(5, '0')}`);
  const lines = [
    { kind: 'nitro-trace', version: 1, source: `${services} services`, detail: 'steps', began: null },
    { t: 0, kind: 'present', system: 'run', services: names.map((service) => ({ service, state: 'UP', leaf: 'UP', pid: 0, uptime: 60 })) },
  ];
  const at = new Array(services).fill(0);
  for (let update = 0, next = 0; update < seconds * 60; update++) {
    for (let count = 0; count < perUpdate; count++, next = (next + 1) % services) {
      const [event, from, to, actions] = steps[at[next]++ % steps.length];
      lines.push({ t: leadMs + (update * 1000) / 60, kind: 'step', machine: 'service', service: names[next], event, from, to, actions });
    }
  }
  const file = path.join(scratch, `${services}-${perUpdate}`);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

const part = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

async function measure(browser, services, perUpdate) {
  const inspect = spawn(process.execPath, [script, 'inspect', '--trace', traceOf(services, perUpdate)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve) => inspect.stdout.once('data', (text) => resolve(String(text).split('\n')[0])));
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(`
    window.frames_ = []; let last = 0; let begun = 0;
    const inner = requestAnimationFrame;
    window.busy = []; 
    window.requestAnimationFrame = (callback) => inner((now) => { const start = performance.now(); callback(now); window.busy.push(performance.now() - start); });
    const frame = (now) => { if (last > 0) window.frames_.push(now - last); last = now; inner(frame); };
    inner(frame);`);
  await page.goto(url);
  await page.locator('#timeline svg').waitFor();
  await page.evaluate('window.frames_.length = 0; window.busy.length = 0');
  await page.locator('#link', { hasText: 'the trace has ended' }).waitFor({ timeout: 10 * (seconds * 1000 + leadMs) });
  const { frames, busy } = await page.evaluate('({ frames: window.frames_, busy: window.busy })');
  await page.close();
  inspect.kill('SIGINT');
  frames.sort((a, b) => a - b);
  busy.sort((a, b) => a - b);
  const figures = [part(frames, 0.5), part(frames, 0.95), part(frames, 0.99), part(busy, 0.5), part(busy, 0.95)].map((ms) => ms.toFixed(1).padStart(7));
  console.log(`${String(services).padStart(9)} ${String(perUpdate * 60).padStart(9)} ${figures.join(' ')}`);
}

const browser = await chromium.launch({ executablePath: process.env.NITRO_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  console.log(' services   steps/s    between frames, ms   script a frame, ms\n                        median     95%     99%  median     95%');
  await measure(browser, 500, 1);
  await measure(browser, 500, 60);
  await measure(browser, 500, 500);
  await measure(browser, 10_000, 500);
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true });
}
