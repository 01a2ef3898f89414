/** `nitro-audit inspect` and inspectors: actors, events and snapshots as `@statelyai/inspect` has them, in a browser and by WebSocket. */
import { createWebSocketReceiver } from '@statelyai/inspect';
import type { StatelyInspectionEvent } from '@statelyai/inspect';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPage, noBrowser } from '../browser/chromium.js';
import { withInspect } from '../browser/inspect.js';
import { actorsOf, received, startReceiver, storyOf } from '../browser/receiver.js';
import type { Receiver } from '../browser/receiver.js';
import type { Daemon } from './harness/daemon.js';
import { withDaemon } from './harness/scenario.js';
import { waitFor } from './harness/wait.js';

const services = {
  web: { run: 'exec sleep 100000', finish: 'exit 0', log: '../weblog' },
  weblog: { run: 'exec cat >/dev/null' },
};

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

async function ofNitro(args: readonly string[], body: (url: string, nitro: Daemon) => Promise<void>): Promise<void> {
  await withDaemon({ services, delays: { RESPAWN: 1 } }, async (nitro) => {
    await nitro.start();
    await nitro.ctl('start', 'web');
    await withInspect(['--socket', nitro.socket, ...args], async (url) => await body(url, nitro));
  });
}

/** All actors are there, each with its machine, below the system. */
function areAnnounced(events: readonly StatelyInspectionEvent[]): void {
  const actors = actorsOf(events);
  expect([...actors.keys()].sort()).toEqual(['system', 'web', 'weblog']);
  const system = actors.get('system');
  expect(system?.snapshot.value).toBe('run');
  for (const [name, actor] of actors) {
    const machine = JSON.parse(actor.definition ?? '') as { readonly id: string; readonly states: Readonly<Record<string, unknown>> };
    expect(machine.id).toBe(name === 'system' ? 'system' : 'service');
    expect(Object.keys(machine.states)).toHaveLength(name === 'system' ? 4 : 9);
    expect(actor.rootId).toBe(system?.sessionId);
    expect(actor.parentId).toBe(name === 'system' ? undefined : system?.sessionId);
    if (name !== 'system') expect(actor.snapshot).toMatchObject({ status: 'active', value: 'UP' });
  }
}

/** What a restart of web is to an inspector. */
const restart = [
  ['WANT_RESTART', { RESTART: 'stopping' }],
  ['RUN_EXITED', { RESTART: 'finishing' }],
  ['FINISH_EXITED', { SETUP: 'launching' }],
  ['EXEC_SUCCEEDED', { STARTING: 'timed' }],
  ['xstate.after.STARTING.service.STARTING.timed', 'UP'],
].flatMap(([event, value]) => [event, JSON.stringify(value)]);

test.skipIf(noBrowser !== null)('the page feeds an inspector of another origin, which may come late and come again', { timeout: 120_000 }, async () => {
  await ofNitro(['--stately-url', receiver.url], async (url, nitro) => {
    const { page, complaints } = await newPage();
    await page.goto(`${url}#service=web`);
    await page.locator('#state', { hasText: 'UP' }).waitFor();
    const opens = page.context().waitForEvent('page');
    await page.getByRole('button', { name: 'Open in Stately inspector' }).click();
    const inspector = await opens;
    await page.getByRole('button', { name: 'Inspector is connected' }).waitFor();
    await waitFor('all actors are announced', async () => (await received(inspector)).length >= 3);
    areAnnounced(await received(inspector));

    await nitro.ctl('restart', 'web');
    const session = actorsOf(await received(inspector)).get('web')?.sessionId ?? '';
    await waitFor('the restart is told', async () => {
      expect(storyOf(await received(inspector), session)).toEqual(restart);
      return true;
    });
    const events = await received(inspector);
    const ofLogger = events.find((event) => event.type === '@xstate.event' && event.sessionId === actorsOf(events).get('weblog')?.sessionId);
    expect(ofLogger).toMatchObject({ event: { type: 'WANT_UP' }, sourceId: session });

    await inspector.reload();
    await waitFor('all actors are announced again', async () => (await received(inspector)).length >= 3);
    areAnnounced(await received(inspector));

    nitro.service('added', { run: 'exec sleep 100000' });
    await nitro.ctl('rescan');
    await waitFor('a new actor', async () => actorsOf(await received(inspector)).has('added'));
    nitro.remove('added');
    await nitro.ctl('rescan');
    await waitFor('it is stopped', async () => {
      const all = await received(inspector);
      const mine = all.filter((event) => event.sessionId === actorsOf(all).get('added')?.sessionId);
      const last = mine[mine.length - 1];
      return last?.type === '@xstate.snapshot' && (last.snapshot as { readonly status: string }).status === 'stopped';
    });

    await inspector.close();
    await page.getByRole('button', { name: 'Open in Stately inspector' }).waitFor();
    await page.context().close();
    expect(complaints).toEqual([]);
  });
});

test.skipIf(noBrowser !== null)('what another window says is not heard', { timeout: 120_000 }, async () => {
  await ofNitro(['--stately-url', receiver.url], async (url) => {
    const { page } = await newPage();
    await page.goto(url);
    await page.locator('#link[data-link=live]').waitFor();
    const opens = page.context().waitForEvent('page');
    await page.evaluate(`window.open(${JSON.stringify(receiver.url)})`);
    const stranger = await opens;
    await stranger.waitForFunction('window.received !== undefined');
    await page.locator('#rows [role=row]').first().waitFor();
    expect(await received(stranger)).toEqual([]);
    expect(await page.textContent('#stately')).toBe('Open in Stately inspector');
    await page.context().close();
  });
});

describe('by WebSocket', () => {
  test('programs get the same, each from the beginning', { timeout: 120_000 }, async () => {
    await ofNitro([], async (url, nitro) => {
      const server = `${url.replace(/^http/, 'ws')}inspector`;
      const first: StatelyInspectionEvent[] = [];
      createWebSocketReceiver({ server }).subscribe((event) => first.push(event));
      await waitFor('all actors', () => first.length >= 3);
      areAnnounced(first);
      await nitro.ctl('restart', 'web');
      const session = actorsOf(first).get('web')?.sessionId ?? '';
      await waitFor('the restart', () => {
        expect(storyOf(first, session)).toEqual(restart);
        return true;
      });
      const second: StatelyInspectionEvent[] = [];
      createWebSocketReceiver({ server }).subscribe((event) => second.push(event));
      await waitFor('all actors again', () => second.length >= 3);
      areAnnounced(second);
    });
  });
});
