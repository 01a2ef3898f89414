/**
 * Makes the pictures of the inspector's page: `node docs/screenshots/make.mjs`, after `npm run build`.
 *
 * A nitro with services that do what services do is started in a private directory, inspected, and looked at with Chromium.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const root = path.join(import.meta.dirname, '../..');
const base = mkdtempSync(path.join(tmpdir(), 'nitro-shots-'));
const services = path.join(base, 'services');
const socket = path.join(base, 'run/nitro.sock');
const environment = { ...process.env, NITRO_SOCK: socket };
const nitroctl = path.join(root, 'build/nitroctl');

const forever = 'exec sleep 100000';
const described = {
  LOG: { run: 'exec cat >/dev/null' },
  web: { setup: 'sleep 0.3', run: forever, finish: 'sleep 3', log: '../weblog' },
  api: { run: forever, log: '../weblog' },
  weblog: { run: 'exec cat >/dev/null' },
  database: { run: 'sleep 1; echo >&3; exec sleep 100000', 'notification-fd': '3', log: '../dblog' },
  dblog: { run: 'exec cat >/dev/null' },
  importer: { run: 'sleep 4; exit 1', finish: 'sleep 0.8' },
  crawler: { run: 'exit 1' },
  mounts: { setup: 'exit 0' },
  hwclock: { setup: 'exit 0' },
  backup: { run: forever, down: '' },
  licence: { setup: 'exit 111' },
  ...Object.fromEntries(['cron', 'dbus', 'dhcp', 'getty-1', 'getty-2', 'mailer', 'metrics', 'ntp', 'proxy', 'queue', 'session', 'ssh', 'udev'].map((name) => [name, { run: forever }])),
  'worker@': { run: forever },
};

function prepare() {
  mkdirSync(path.dirname(socket), { recursive: true, mode: 0o700 });
  for (const [name, files] of Object.entries(described)) {
    const directory = path.join(services, name);
    mkdirSync(directory, { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      const at = path.join(directory, file);
      if (file === 'log') symlinkSync(text, at);
      else writeFileSync(at, ['run', 'setup', 'finish'].includes(file) ? `#!/bin/sh\n${text}\n` : text);
      if (['run', 'setup', 'finish'].includes(file)) chmodSync(at, 0o755);
    }
  }
  for (const instance of ['alpha', 'beta']) symlinkSync('worker@', path.join(services, `worker@${instance}`));
}

const ctl = (...args) => execFileSync(nitroctl, args, { env: environment, encoding: 'utf8' }).trim();

async function shoot(browser, url, name, { scheme, before = async () => undefined }) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: scheme, reducedMotion: 'reduce' });
  await page.goto(url);
  await page.locator('#timeline svg').waitFor();
  await page.locator('#chart svg').waitFor();
  await before(page);
  await sleep(700);
  await page.screenshot({ path: path.join(import.meta.dirname, `${name}.png`) });
  await page.close();
}

prepare();
const nitro = spawn(path.join(root, 'build/nitro'), [services], { env: environment, argv0: 'nitro', stdio: 'ignore' });
let inspect;
let browser;
try {
  while (spawnFails('info')) await sleep(50);
  inspect = spawn(process.execPath, [path.join(root, 'build/nitro-audit.cjs'), 'inspect', '--socket', socket, '--ctl', nitroctl, '--control'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve) => inspect.stdout.once('data', (text) => resolve(String(text).split('\n')[0])));
  browser = await chromium.launch({ executablePath: process.env.NITRO_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  await sleep(14_000);
  ctl('restart', 'web');
  await sleep(11_000);
  ctl('restart', 'api');
  await sleep(6_000);
  await shoot(browser, `${url}#service=web`, 'inspect-light', {
    scheme: 'light',
    before: async (page) => {
      process.kill(Number(ctl('pidof', 'web')), 'SIGSEGV');
      await page.locator('#chart [data-state=RESTART].is-active').waitFor();
    },
  });
  await shoot(browser, `${url}#service=importer`, 'inspect-dark', {
    scheme: 'dark',
    before: async (page) => await page.getByRole('button', { name: 'Detail' }).click(),
  });
  await shoot(browser, `${url}#system=`, 'inspect-system', {
    scheme: 'light',
    before: async (page) => {
      ctl('rescan');
      ctl('Shutdown');
      await page.locator('#phase', { hasText: 'final' }).or(page.locator('#link[data-link=gone]')).first().waitFor();
    },
  });
} finally {
  await browser?.close();
  inspect?.kill('SIGINT');
  if (nitro.exitCode === null) {
    nitro.kill('SIGTERM');
    await new Promise((resolve) => nitro.once('exit', resolve));
  }
  rmSync(base, { recursive: true, force: true });
}

function spawnFails(...args) {
  try {
    ctl(...args);
    return false;
  } catch {
    return true;
  }
}
