/** `nitro-audit inspect` as a server and as a command: whom it answers, what it plays, and how it ends. */
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { TraceEntry, TraceHeader } from '../../cli/audit/trace/format.js';
import { newPage, noBrowser } from '../browser/chromium.js';
import { Inspect, withInspect } from '../browser/inspect.js';
import { withDaemon } from './harness/scenario.js';
import { waitFor } from './harness/wait.js';

const scratch = mkdtempSync(join(tmpdir(), 'nitro-inspect-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request with any headers: `fetch` lets nobody choose the Host. */
function ask(url: string, headers: Readonly<Record<string, string>>, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

function writeTrace(name: string, entries: readonly TraceEntry[]): string {
  const header: TraceHeader = { kind: 'nitro-trace', version: 1, source: 'a test', detail: 'steps', began: '2030-01-02T03:04:05.000Z' };
  const file = join(scratch, name);
  writeFileSync(file, [header, ...entries].map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

const present = (names: readonly string[]): TraceEntry => ({
  t: 0,
  kind: 'present',
  system: 'run',
  services: names.map((service) => ({ service, state: 'UP', leaf: 'UP', pid: 0, uptime: 60 })),
});

/** A service goes round: down, and up again. */
function round(service: string, t: number): readonly TraceEntry[] {
  const step = { t, kind: 'step', machine: 'service', service } as const;
  return [
    { ...step, event: 'WANT_RESTART', from: 'UP', to: 'RESTART.stopping', actions: ['signalDown', 'announce'] },
    { ...step, event: 'RUN_EXITED', from: 'RESTART.stopping', to: 'RESTART.finishing', actions: ['spawnFinish'] },
    { ...step, event: 'FINISH_EXITED', from: 'RESTART.finishing', to: 'SETUP.launching', actions: ['announceDown', 'startLogger', 'launch'] },
    { ...step, event: 'EXEC_SUCCEEDED', from: 'SETUP.launching', to: 'STARTING.timed', actions: ['announce'] },
    { ...step, event: 'TIMER', from: 'STARTING.timed', to: 'UP', actions: ['announce'] },
  ];
}

test('answers only who was told the address, from its own page, under its own name', { timeout: 60_000 }, async () => {
  const file = writeTrace('small', [present(['web'])]);
  await withInspect(['--trace', file], async (url) => {
    const { host, origin, port } = new URL(url);
    const page = await ask(url, {});
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    expect(page.body).not.toMatch(/<style|<script>|https?:/);
    expect((await ask(`${origin}/`, {})).status).toBe(403);
    expect((await ask(`${origin}/${'0'.repeat(32)}/events`, {})).status).toBe(403);
    expect((await ask(url, { Host: `rebound.example:${port}` })).status).toBe(403);
    expect((await ask(url, { Host: `localhost:${port}` })).status).toBe(200);
    expect((await ask(url, { Origin: 'https://stately.ai' })).status).toBe(403);
    expect((await ask(url, { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' })).status).toBe(403);
    const watch = JSON.stringify({ kind: 'watch', viewer: '1', subject: { kind: 'system' } });
    const json = { 'Content-Type': 'application/json' };
    expect((await ask(`${url}ask`, json, 'POST', watch)).status).toBe(403);
    expect((await ask(`${url}ask`, { ...json, Origin: `http://${host}.example` }, 'POST', watch)).status).toBe(403);
    expect((await ask(`${url}ask`, { Origin: origin, 'Content-Type': 'text/plain' }, 'POST', watch)).status).toBe(400);
    expect((await ask(`${url}ask`, { ...json, Origin: origin }, 'POST', 'nonsense')).status).toBe(400);
    expect((await ask(`${url}ask`, { ...json, Origin: origin }, 'POST', watch)).status).toBe(404);
    expect((await ask(`${url}control`, { ...json, Origin: origin }, 'POST', '{"action":"down","service":"web"}')).status).toBe(403);
    expect((await ask(`${url}nothing`, {})).status).toBe(404);
    expect((await ask(`${url}page.js`, {}, 'DELETE')).status).toBe(403);
    const refused = await new Promise<string>((resolve) => {
      new WebSocket(`${url.replace('http', 'ws')}inspector`, { origin: 'https://stately.ai' }).on('error', (error) => resolve(error.message));
    });
    expect(refused).toContain('403');
  });
});

test('listens on 127.0.0.1 and nowhere else', { timeout: 60_000 }, async () => {
  const file = writeTrace('small', [present(['web'])]);
  await withInspect(['--trace', file], async (url) => {
    const port = Number(new URL(url).port);
    const reach = (host: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(port, host, () => {
          socket.destroy();
          resolve('reached');
        });
        socket.on('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? ''));
      });
    expect(await reach('127.0.0.1')).toBe('reached');
    // All of 127.0.0.0/8 is this machine; what listens everywhere listens there too.
    expect(await reach('127.0.0.2')).toBe('ECONNREFUSED');
  });
});

describe('the command', () => {
  const ends = async (...args: readonly string[]): Promise<{ readonly code: number | null; readonly stderr: string }> => {
    const inspect = new Inspect(args);
    return { code: await inspect.ended(), stderr: inspect.stderr };
  };

  test('exits 3 without a daemon, with a trace that is none, and where it cannot listen', { timeout: 60_000 }, async () => {
    const gone = await ends('--socket', join(scratch, 'nowhere.sock'));
    expect(gone.code).toBe(3);
    expect(gone.stderr).toMatch(/^nitro-audit: cannot run: .*nowhere\.sock/);
    const missing = await ends('--trace', join(scratch, 'no-such-file'));
    expect(missing).toMatchObject({ code: 3 });
    writeFileSync(join(scratch, 'bad'), 'bad\n');
    const bad = await ends('--trace', join(scratch, 'bad'));
    expect(bad.code).toBe(3);
    expect(bad.stderr).toMatch(/bad:1: /);
    const file = writeTrace('small', [present(['web'])]);
    await withInspect(['--trace', file], async (url) => {
      const taken = await ends('--trace', file, '--port', new URL(url).port);
      expect(taken.code).toBe(3);
      expect(taken.stderr).toMatch(/cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
    });
    expect(await ends('--trace', file, '--control')).toMatchObject({ code: 3 });
    expect(await ends('--speed', 'fast')).toMatchObject({ code: 2 });
  });

  test.skipIf(noBrowser !== null)('--wait waits for the daemon', { timeout: 60_000 }, async () => {
    await withDaemon({ services: { web: { run: 'exec sleep 100000' } } }, async (nitro) => {
      await withInspect(['--socket', nitro.socket, '--wait'], async (url) => {
        const { page } = await newPage();
        await page.goto(url);
        await page.locator('#link', { hasText: 'waiting for nitro' }).waitFor();
        await nitro.start();
        await page.locator('#rows .chip[data-state=UP]').waitFor();
        await page.context().close();
      });
    });
  });
});

describe.skipIf(noBrowser !== null)('a recorded trace', () => {
  test('is played at its speed, to its end', { timeout: 60_000 }, async () => {
    const file = writeTrace('played', [present(['web', 'api']), ...round('web', 30_000), { t: 3_000_000, kind: 'end', why: 'daemon gone' }]);
    await withInspect(['--trace', file, '--speed', '1000000'], async (url) => {
      const { page, complaints } = await newPage({ timezoneId: 'UTC' });
      await page.goto(`${url}#service=web`);
      await page.locator('#link', { hasText: 'the trace has ended' }).waitFor();
      await page.locator('#history tr').first().waitFor();
      expect(await page.locator('#history .event').allTextContents()).toEqual([
        'after STARTING', 'EXEC_SUCCEEDED', 'FINISH_EXITED', 'RUN_EXITED', 'WANT_RESTART',
      ]);
      expect(await page.locator('#history .time').first().textContent()).toBe('03:04:35.000');
      expect(await page.textContent('#facts')).toBe('for 49m 30s');
      await page.context().close();
      expect(complaints).toEqual([]);
    });
  });

  test('is held, taken entry by entry, and played on', { timeout: 60_000 }, async () => {
    const file = writeTrace('held', [present(['web']), ...round('web', 3_600_000), { t: 3_600_001, kind: 'end', why: 'daemon gone' }]);
    await withInspect(['--trace', file, '--hold'], async (url) => {
      const { page, complaints } = await newPage();
      await page.goto(`${url}#service=web`);
      await page.locator('#link[data-link=held]').waitFor();
      const events = async (count: number): Promise<readonly string[]> => {
        await waitFor(`${String(count)} events`, async () => (await page.locator('#history .event').count()) >= count);
        return await page.locator('#history .event').allTextContents();
      };
      // The first entry is what is there. The second comes an hour later, by the clock of the trace.
      await page.click('#next');
      await page.locator('#rows .chip[data-state=UP]').waitFor();
      await page.click('#next');
      expect(await events(1)).toEqual(['WANT_RESTART']);
      await page.keyboard.press('n');
      expect(await events(2)).toEqual(['RUN_EXITED', 'WANT_RESTART']);
      expect(await page.textContent('#hold')).toBe('Play');
      await page.click('#hold');
      await page.locator('#link', { hasText: 'the trace has ended' }).waitFor();
      expect((await events(5))[0]).toBe('after STARTING');
      expect(await page.locator('#hold').isDisabled()).toBe(true);
      await page.context().close();
      expect(complaints).toEqual([]);
    });
  });

  test('of 500 services that all change touches only the rows that can be seen', { timeout: 120_000 }, async () => {
    const names = Array.from({ length: 500 }, (_, index) => `service-${String(index).padStart(3, '0')}`);
    const rounds = Array.from({ length: 40 }, (_, index) => names.flatMap((name) => round(name, 1000 + index * 50))).flat();
    const file = writeTrace('flood', [present(names), ...rounds]);
    await withInspect(['--trace', file, '--speed', '1'], async (url) => {
      const { page, complaints } = await newPage();
      await page.addInitScript(`
        window.touched = { frames: 0, rows: 0, outside: 0 };
        addEventListener('DOMContentLoaded', () => {
          new MutationObserver((all) => { window.touched.rows += all.length; }).observe(document.getElementById('rows'), { subtree: true, childList: true, characterData: true, attributes: true });
          const frame = () => { window.touched.frames += 1; requestAnimationFrame(frame); };
          requestAnimationFrame(frame);
        });`);
      await page.goto(url);
      await page.locator('#link', { hasText: 'the trace has ended' }).waitFor({ timeout: 100_000 });
      const touched = await page.evaluate<{ readonly frames: number; readonly rows: number }>('window.touched');
      const slots = await page.locator('#rows [role=row]').count();
      expect(slots).toBeLessThan(60);
      // At most what a row shows is touched, of each row that is there, once a frame: not once a step.
      expect(touched.rows).toBeLessThan(touched.frames * slots * 7);
      expect(await page.getAttribute('#table', 'aria-rowcount')).toBe('501');
      await page.locator('#table').focus();
      await page.keyboard.press('End');
      await page.locator('[data-name=service-499][aria-selected=true]').waitFor();
      expect(await page.locator('#rows .chip[data-state=UP]').count()).toBe(await page.locator('#rows [role=row]').count());
      await page.context().close();
      expect(complaints).toEqual([]);
    });
  });

  test('of states only shows states, and every transition that it may have been', { timeout: 60_000 }, async () => {
    const header: TraceHeader = { kind: 'nitro-trace', version: 1, source: 'the reference', detail: 'states', began: null };
    const services = [{ service: 'web', state: 'STARTING', leaf: null, pid: 0, uptime: 1 }] as const;
    const states = (['UP', 'SHUTDOWN', 'DOWN', 'SETUP', 'STARTING', 'UP'] as const).map((state, t) => ({ t: t + 1, kind: 'state', service: 'web', state }));
    const file = join(scratch, 'states');
    writeFileSync(file, [header, { t: 0, kind: 'present', services, system: null }, ...states].map((line) => `${JSON.stringify(line)}\n`).join(''));
    await withInspect(['--trace', file, '--speed', '1000'], async (url) => {
      const { page, complaints } = await newPage();
      await page.goto(url);
      await page.locator('#link', { hasText: 'the trace has ended' }).waitFor();
      await page.locator('#chart [data-state=UP].is-active').waitFor();
      expect(await page.locator('#history .chip').allTextContents()).toEqual(['UP', 'STARTING', 'SETUP', 'DOWN', 'SHUTDOWN', 'UP']);
      const lit = await Promise.all((await page.locator('#chart .edge.is-last').all()).map((edge) => edge.getAttribute('data-rows')));
      expect(lit.join(' ')).toContain('STARTING.timed|after:STARTING|UP');
      expect(lit.join(' ')).toContain('STARTING.awaited|READY|UP');
      await page.context().close();
      expect(complaints).toEqual([]);
    });
  });

  test('names of services are text, whatever they hold', { timeout: 60_000 }, async () => {
    const names = ['<b>bold</b>', 'a b', '\\xff', 'ünï', '"quoted"', "it's"];
    const file = writeTrace('names', [present(names), ...round('<b>bold</b>', 1)]);
    await withInspect(['--trace', file, '--speed', '1000'], async (url) => {
      const { page, complaints } = await newPage();
      await page.goto(url);
      await waitFor('all are there', async () => (await page.locator('#rows .name').count()) === names.length);
      expect((await page.locator('#rows .name').allTextContents()).sort()).toEqual([...names].sort());
      expect(await page.locator('b').count()).toBe(await page.locator('#counts b').count());
      await page.getByText('<b>bold</b>').first().click();
      await page.locator('#name', { hasText: '<b>bold</b>' }).waitFor();
      await page.reload();
      await page.locator('#name', { hasText: '<b>bold</b>' }).waitFor();
      await page.context().close();
      expect(complaints).toEqual([]);
    });
  });
});
