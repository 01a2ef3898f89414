/**
 * FATAL while its `finish` runs (behaviour.md §3), and the pairs of state and event that are ignored on purpose.
 */
import { expect } from 'vitest';
import { scenario } from './harness/scenario.js';
import type { Service } from './harness/directory.js';
import { ESRCH, packet, Tag, type State } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
/** Its exec fails; its finish waits for the gate `finish`. */
const BROKEN: Service = {
  finish: 'note "$*"; gate finish; note finished',
  files: { run: { text: '#!/no/such/interpreter\n', mode: 0o755 } },
};

scenario('§3 row "FATAL, finish running | its end": FATAL', { services: { a: BROKEN } }, async (nitro) => {
  await nitro.waitFor('finish runs', () => nitro.journal().includes('111 0'));
  expect((await nitro.query('a'))?.finishPid).toBeGreaterThan(0);
  nitro.open('finish');
  await nitro.waitFor('finish has ended', async () => (await nitro.query('a'))?.finishPid === 0);
  expect(await nitro.waitState('a', 'FATAL')).toMatchObject({ pid: 0 });
  expect(nitro.trace('a')).toEqual(['FATAL']);
});

scenario('§3 row "FATAL, finish running | the FINISH timer": SIGKILL to it, FATAL',
  { services: { a: { ...BROKEN, finish: "trap '' TERM; note finish; exec sleep 1000" } }, delays: { FINISH: 200 } },
  async (nitro) => {
    await nitro.waitFor('finish runs', () => nitro.journal().includes('finish'));
    await nitro.waitFor('finish was killed', async () => (await nitro.query('a'))?.finishPid === 0);
    expect((await nitro.query('a'))?.state).toBe('FATAL');
    expect(nitro.trace('a')).toEqual(['FATAL']);
  });

for (const wish of ['UP', 'RESTART'] as const)
  scenario(`§3 row "FATAL, finish running | WANT_UP or WANT_RESTART" (CORRECTED): WANT_${wish}, RESTART, finish goes on, one run at a time`,
    { services: { a: BROKEN } },
    async (nitro) => {
      await nitro.waitFor('finish runs', () => nitro.journal().includes('111 0'));
      await nitro.want(wish, 'a');
      await nitro.waitTrace('a', ['FATAL', 'RESTART'], 'end');
      nitro.place('a/run', { text: `#!/bin/sh\necho run >>"$T/journal"\n${SLEEP}\n`, mode: 0o755 });
      nitro.open('finish');
      await nitro.waitTrace('a', ['STARTING', 'UP'], 'end');
      expect(nitro.trace('a').filter((state) => state !== 'DELAY')).toEqual(['FATAL', 'RESTART', 'DOWN', 'STARTING', 'UP']);
      expect(nitro.journal()).toEqual(['111 0', 'finished', 'run']);
    });

scenario('§3 row "FATAL, finish running | WANT_DOWN" (CORRECTED): SHUTDOWN, finish goes on, then DOWN',
  { services: { a: BROKEN } },
  async (nitro) => {
    await nitro.waitFor('finish runs', () => nitro.journal().includes('111 0'));
    await nitro.want('DOWN', 'a');
    await nitro.waitTrace('a', ['FATAL', 'SHUTDOWN'], 'end');
    nitro.open('finish');
    await nitro.waitTrace('a', ['FATAL', 'SHUTDOWN', 'DOWN'], 'end');
    expect(nitro.journal()).toEqual(['111 0', 'finished']);
  });

scenario('§3 row "FATAL, finish running | WANT_UP, system up": the other side of the guard, it stays FATAL until brought down',
  { services: { a: BROKEN }, system: { finish: 'note SYS; gate sys' } },
  async (nitro) => {
    await nitro.waitFor('finish runs', () => nitro.journal().includes('111 0'));
    nitro.signal('SIGTERM');
    await nitro.waitFor('SYS/finish runs', () => nitro.journal().includes('SYS'));
    await nitro.want('UP', 'a');
    await nitro.want('RESTART', 'a');
    expect((await nitro.query('a'))?.state).toBe('FATAL');
    nitro.open('finish');
    nitro.open('sys');
    await nitro.waitExit();
    expect(nitro.trace('a')).not.toContain('RESTART');
    expect(nitro.trace('a').slice(-1)).toEqual(['DOWN']);
  });

/** Services that stay in a state, for wishes that must not change anything. */
const IGNORED: readonly { state: State; service: Service; wishes: readonly ('UP' | 'RESTART' | 'READY')[] }[] = [
  { state: 'DOWN', service: { run: SLEEP, down: true }, wishes: ['READY'] },
  { state: 'SETUP', service: { setup: 'note setup; gate end', run: SLEEP }, wishes: ['UP', 'READY'] },
  { state: 'STARTING', service: { run: SLEEP, 'notification-fd': 0 }, wishes: ['UP'] },
  { state: 'UP', service: { run: SLEEP }, wishes: ['UP', 'READY'] },
  { state: 'ONESHOT', service: { setup: 'exit 0' }, wishes: ['UP', 'READY'] },
  { state: 'SHUTDOWN', service: { run: SLEEP, finish: 'note finish; gate end' }, wishes: ['READY'] },
  { state: 'RESTART', service: { run: SLEEP, finish: 'note finish; gate end' }, wishes: ['UP', 'RESTART', 'READY'] },
  { state: 'FATAL', service: { setup: 'exit 111' }, wishes: ['READY'] },
  { state: 'DELAY', service: { setup: 'exit 1' }, wishes: ['READY'] },
];
for (const { state, service, wishes } of IGNORED)
  scenario(`§3 row "any other pair is ignored": ${state} with ${wishes.map((wish) => `WANT_${wish}`.replace('WANT_READY', 'READY')).join(', ')}`,
    { services: { a: service }, delays: { RESPAWN: 60_000 } },
    async (nitro) => {
      if (state === 'SHUTDOWN' || state === 'RESTART') {
        await nitro.waitState('a', 'UP');
        await nitro.want(state === 'SHUTDOWN' ? 'DOWN' : 'RESTART', 'a');
        await nitro.waitFor('finish runs', () => nitro.journal().includes('finish'));
      }
      const before = await nitro.waitState('a', state);
      for (const wish of [...wishes, ...wishes]) {
        await nitro.want(wish, 'a');
        const { pid, setupPid, finishPid } = before;
        expect(await nitro.query('a')).toMatchObject({ state, pid, setupPid, finishPid });
      }
      expect(nitro.trace('a').slice(-1)).toEqual([state]);
      nitro.open('end');
    });

scenario('§3 row "any other pair is ignored": WANT_DOWN does not signal finish',
  { services: { a: { run: SLEEP, finish: "trap 'note TERM' TERM; trap 'note CONT' CONT; note finish; gate end" } } },
  async (nitro) => {
    await nitro.waitTrace('a', ['STARTING', 'UP']);
    await nitro.want('DOWN', 'a');
    await nitro.waitFor('finish runs', () => nitro.journal().includes('finish'));
    await nitro.want('DOWN', 'a');
    await nitro.want('DOWN', 'a');
    nitro.open('end');
    await nitro.waitTrace('a', ['SHUTDOWN', 'DOWN'], 'end');
    expect(nitro.journal()).toEqual(['finish']);
  });

scenario('§3 row "any other pair is ignored": a signal for a service without a process is ESRCH in every state',
  {
    services: { down: { run: SLEEP, down: true }, oneshot: { setup: 'exit 0' }, fatal: { setup: 'exit 111' }, delay: { setup: 'exit 1' } },
    delays: { RESPAWN: 60_000 },
  },
  async (nitro) => {
    for (const name of ['down', 'oneshot', 'fatal', 'delay']) {
      await nitro.waitState(name, name.toUpperCase() as State);
      expect(await nitro.request(packet(Tag.SIGNAL, `\x0f${name}`))).toBe(ESRCH);
      await nitro.waitState(name, name.toUpperCase() as State);
    }
  });
