/**
 * A real browser for tests: Debian's Chromium, driven by playwright-core. NITRO_CHROMIUM names another.
 *
 * Where there is none, the tests that want one are skipped, and say so.
 */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll } from 'vitest';

const candidates = [process.env['NITRO_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const chromiumPath = candidates.find((path) => path !== undefined && existsSync(path));

/** Why the tests of a browser are skipped; null: they are not. */
export const noBrowser = chromiumPath === undefined ? 'there is no Chromium (Debian: apt install chromium)' : null;
if (noBrowser !== null) process.stdout.write(`skipped: ${noBrowser}\n`);

let browser: Promise<Browser> | undefined;
afterAll(async () => await (await browser)?.close());

/** A page in a context of its own. What it writes on its console as an error fails `complaints`. */
export async function newPage(options: BrowserContextOptions = {}): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  if (chromiumPath === undefined) throw new Error('no Chromium');
  browser ??= chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
  const context = await (await browser).newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page, complaints };
}
