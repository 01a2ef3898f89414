/** `nitro-audit inspect` in a real browser, on a real daemon: what the page shows is what nitroctl says. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { newPage, noBrowser } from '../browser/chromium.js';
import { listed, shown, withInspect } from '../browser/inspect.js';
import type { Daemon } from './harness/daemon.js';
import type { Description } from './harness/description.js';
import { withDaemon } from './harness/scenario.js';
import { waitFor } from './harness/wait.js';

const forever = { run: 'exec sleep 100000' };

/** A test with a daemon, an inspect and a page. */
function inspected(
  name: string,
  description: Description,
  args: readonly string[],
  body: (page: Page, nitro: Daemon, url: string) => Promise<void>,
): void {
  test(name, { timeout: 120_000 }, async () => {
    await withDaemon(description, async (nitro) => {
      await nitro.start();
      await withInspect(['--socket', nitro.socket, ...args], async (url) => {
        const { page, complaints } = await newPage();
        await page.goto(url);
        await body(page, nitro, url);
        await page.context().close();
        expect(complaints).toEqual([]);
      });
    });
  });
}

/** Wait until the page shows what nitroctl says. */
async function agrees(page: Page, nitro: Daemon): Promise<void> {
  await waitFor('the page shows what nitroctl says', async () => {
    const { stdout } = await nitro.ctl('list');
    expect(await shown(page)).toEqual(listed(stdout));
    return true;
  });
}

async function showsState(page: Page, name: string, state: string): Promise<void> {
  await page.locator(`#rows [data-name="${name}"] .chip[data-state="${state}"]`).waitFor();
}

const services = {
  web: { setup: 'exit 0', ...forever, finish: 'exit 0', log: '../weblog' },
  weblog: { run: 'exec cat >/dev/null' },
  task: { setup: 'exit 0' },
  idle: { ...forever, down: true },
  broken: { setup: 'exit 111' },
};

describe.skipIf(noBrowser !== null)('the page', () => {
  inspected('shows what nitroctl says: start, crash, restart, rescan, shutdown', { services }, [], async (page, nitro) => {
    await showsState(page, 'web', 'UP');
    await showsState(page, 'broken', 'FATAL');
    await agrees(page, nitro);
    expect(await page.locator('#link').textContent()).toBe('live');
    expect(await page.locator('#phase').textContent()).toBe('run');

    await page.click('[data-name=web]');
    const { stdout: before } = await nitro.ctl('pidof', 'web');
    process.kill(Number(before), 'SIGKILL');
    await page.locator('#history .event', { hasText: 'RUN_EXITED' }).waitFor();
    await waitFor('it is up again', async () => (await nitro.ctl('pidof', 'web')).stdout !== before);
    await showsState(page, 'web', 'UP');
    await agrees(page, nitro);

    await nitro.ctl('restart', 'web');
    await page.locator('#history .event', { hasText: 'WANT_RESTART' }).waitFor();
    await agrees(page, nitro);

    nitro.service('added', forever);
    await nitro.ctl('rescan');
    await showsState(page, 'added', 'UP');
    await agrees(page, nitro);
    nitro.remove('added');
    await nitro.ctl('rescan');
    await page.locator('[data-name=added]').waitFor({ state: 'detached' });
    await agrees(page, nitro);

    await nitro.ctl('down', 'web');
    await showsState(page, 'web', 'DOWN');
    await agrees(page, nitro);

    await nitro.ctl('Shutdown');
    await page.locator('#link', { hasText: 'nitro is gone' }).waitFor();
    await nitro.waitExit();
    const ends = await page.locator('#rows .chip').allTextContents();
    expect(ends.filter((state) => !['DOWN', 'FATAL'].includes(state))).toEqual([]);
  });

  inspected('lights the state and the last transition, and tells why', { services }, [], async (page, nitro) => {
    await page.click('[data-name=web]');
    await showsState(page, 'web', 'UP');
    await page.locator('#chart [data-state=UP].is-active').waitFor();
    await nitro.ctl('down', 'web');
    await page.locator('#chart [data-state=DOWN].is-active').waitFor();
    expect(await page.locator('#chart .is-active').count()).toBe(1);
    await page.locator('#last', { hasText: 'FINISH_EXITED: SHUTDOWN.finishing → DOWN.resting / announce, endLife, forgetIfGone' }).waitFor();
    const lit = await page.locator('#chart .is-last[data-rows]').all();
    const edges = await Promise.all(lit.map((edge) => edge.getAttribute('data-rows')));
    expect(edges.length).toBeGreaterThan(0);
    for (const rows of edges) expect(rows?.split(' ')).toContain('SHUTDOWN.finishing|FINISH_EXITED|DOWN.resting');
    const events = await page.locator('#history .event').allTextContents();
    expect(events.slice(0, 3)).toEqual(['FINISH_EXITED', 'RUN_EXITED', 'WANT_DOWN']);

    await page.click('#views button:has-text("Detail")');
    await page.locator('#chart [data-leaf="DOWN.resting"].is-active').waitFor();
    const words = await page.locator('#sequence .message').allTextContents();
    expect(words).toContain('down signal');
    expect(words.indexOf('WANT_DOWN')).toBeLessThan(words.indexOf('RUN_EXITED'));
    expect(await page.locator('#sequence-head .lane-name').allTextContents()).toEqual(['nitroctlnitroctl', 'systemsystem', 'webweb', 'its processits process', 'weblogweblog']);
    await page.locator('#timeline .bar[data-state=DOWN]').first().waitFor();
    expect(await page.locator('#timeline svg').getAttribute('aria-label')).toMatch(/^web: .*DOWN/);

    await page.click('#system');
    await page.locator('#chart [data-leaf=run].is-active, #chart [data-state=run].is-active').first().waitFor();
    await nitro.ctl('rescan');
    await page.locator('#history .event', { hasText: 'RESCAN_ASKED' }).waitFor();
  });

  inspected('comes late and misses nothing; a second viewer sees the same', { services }, [], async (page, nitro, url) => {
    await showsState(page, 'web', 'UP');
    await nitro.ctl('restart', 'web');
    await page.click('[data-name=web]');
    await page.locator('#history .event', { hasText: 'after STARTING' }).first().waitFor();
    const { page: late, complaints } = await newPage();
    await late.goto(`${url}#service=web`);
    await late.locator('#history .event').first().waitFor();
    const told = async (of: Page): Promise<readonly string[]> => await of.locator('#history tr').allTextContents();
    await waitFor('both show the same history', async () => {
      expect(await told(late)).toEqual(await told(page));
      return true;
    });
    await agrees(late, nitro);
    await late.context().close();
    expect(complaints).toEqual([]);
  });

  inspected('lets go of the server while nobody sees it, and knows everything again when somebody does', { services }, [], async (page, nitro) => {
    await showsState(page, 'web', 'UP');
    const turn = async (isHidden: boolean): Promise<void> => {
      await page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${String(isHidden)}, configurable: true })`);
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    };
    await turn(true);
    await nitro.ctl('down', 'web');
    expect(await page.locator('[data-name=web] .chip').textContent()).toBe('UP');
    await turn(false);
    await showsState(page, 'web', 'DOWN');
    await agrees(page, nitro);
  });

  inspected('finds the daemon again when it was restarted', { services }, [], async (page, nitro) => {
    await showsState(page, 'web', 'UP');
    nitro.signal('SIGTERM');
    await nitro.waitExit();
    await page.locator('#link[data-link=gone]').waitFor();
    nitro.remove('task');
    await nitro.start();
    await page.locator('#link[data-link=live]').waitFor();
    await showsState(page, 'web', 'UP');
    await page.locator('[data-name=task]').waitFor({ state: 'detached' });
    await agrees(page, nitro);
  });

  inspected('changes nothing without --control', { services }, [], async (page, nitro, url) => {
    await page.click('[data-name=web]');
    await showsState(page, 'web', 'UP');
    expect(await page.locator('[data-action]').count()).toBe(0);
    const headers = { 'Content-Type': 'application/json', Origin: new URL(url).origin };
    const answer = await fetch(`${url}control`, { method: 'POST', headers, body: JSON.stringify({ action: 'down', service: 'web' }) });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('--control');
    expect((await nitro.ctl('list', 'web')).stdout).toMatch(/^UP /);
  });

  inspected('has buttons with --control, which do it', { services }, ['--control'], async (page, nitro) => {
    await page.click('[data-name=web]');
    await showsState(page, 'web', 'UP');
    const { stdout: before } = await nitro.ctl('pidof', 'web');
    await page.getByRole('button', { name: 'Restart', exact: true }).click();
    await page.locator('#outcome', { hasText: 'restart web: done' }).waitFor();
    expect((await nitro.ctl('pidof', 'web')).stdout).not.toBe(before);
    await page.getByRole('button', { name: 'Down', exact: true }).click();
    await page.locator('#outcome', { hasText: 'down web: done' }).waitFor();
    await showsState(page, 'web', 'DOWN');
    expect((await nitro.ctl('list', 'web')).stdout).toMatch(/^DOWN /);
    await page.getByRole('button', { name: 'Up', exact: true }).click();
    await page.locator('#outcome', { hasText: 'up web: done' }).waitFor();
    await agrees(page, nitro);
    await page.click('[data-name=broken]');
    expect(await page.textContent('#outcome')).toBe('');
    await page.getByRole('button', { name: 'Up', exact: true }).click();
    await page.locator('#outcome[data-ok=false]', { hasText: 'broken failed to start' }).waitFor();
  });

  inspected('works with the keyboard', { services }, [], async (page) => {
    await showsState(page, 'web', 'UP');
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.id')).toBe('filter');
    await page.keyboard.type('web');
    await waitFor('two are left', async () => (await page.locator('#rows [role=row]').count()) === 2);
    expect(await page.textContent('#shown')).toBe('2 of 5 services');
    await page.keyboard.press('Enter');
    await page.locator('[data-name=web][aria-selected=true]').waitFor();
    await page.keyboard.press('j');
    await page.locator('[data-name=weblog][aria-selected=true]').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.locator('[data-name=web][aria-selected=true]').waitFor();
    const active = await page.getAttribute('#table', 'aria-activedescendant');
    expect(await page.getAttribute(`#${active ?? ''}`, 'data-name')).toBe('web');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('name');
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    await waitFor('all are back', async () => (await page.locator('#rows [role=row]').count()) === 5);
    await page.keyboard.press('s');
    expect(await page.getAttribute('#system', 'aria-pressed')).toBe('true');
    await page.keyboard.press('/');
    await page.keyboard.type('fatal');
    await waitFor('by state', async () => (await page.locator('#rows .name').allTextContents()).join() === 'broken');
  });

  inspected('has roles and names for a screen reader, and says what changes', { services }, ['--control'], async (page, nitro) => {
    await page.click('[data-name=web]');
    await showsState(page, 'web', 'UP');
    await page.locator('#timeline svg[aria-label^="web: "]').waitFor();
    const tree = await page.locator('body').ariaSnapshot();
    for (const part of ['banner', 'heading "nitro" [level=1]', 'heading "web" [level=2]', 'grid "Services"', 'columnheader "State"', 'group "Control"'])
      expect(tree).toContain(part);
    for (const name of ['Up', 'Down', 'Restart', 'Overview', 'Detail', 'Open in Stately inspector']) expect(tree).toContain(`button "${name}"`);
    expect(tree).toMatch(/searchbox "Filter services by name or state"/);
    expect(tree).toMatch(/row "UP web.*" \[selected\]/);
    expect(tree).toMatch(/img "web: /);
    await page.locator('#spoken', { hasText: 'web is UP' }).waitFor({ state: 'attached' });
    await nitro.ctl('down', 'web');
    await page.locator('#spoken', { hasText: 'web is DOWN' }).waitFor({ state: 'attached' });
    expect(await page.getAttribute('#spoken', 'aria-live')).toBe('polite');
  });

  inspected('is dark where the reader wants it, and asks nobody but its server', { services }, [], async (page, _nitro, url) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.reload();
    await showsState(page, 'web', 'UP');
    expect(asked.filter((to) => !to.startsWith(url))).toEqual([]);
    const paper = async (): Promise<string> => await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await paper();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await paper()).not.toBe(light);
  });
});
