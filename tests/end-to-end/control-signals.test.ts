/**
 * Signals to nitro: behaviour.md §6. Those that end it are in shutdown, SIGHUP is in rescan, pid 1 in container.
 */
import { expect } from 'vitest';
import { signalIn } from './harness/processes.js';
import { scenario } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';
const [SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGCHLD] = [1, 2, 13, 15, 17];

scenario('§6 Modes "SIGPIPE is caught and ignored (children get the default)"',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    const { pid } = await nitro.waitState('a', 'UP');
    for (let round = 0; round < 10; round++) nitro.signal('SIGPIPE');
    expect((await nitro.ctl('check', 'a')).code).toBe(0);
    expect(signalIn(nitro.pid, 'SigCgt', SIGPIPE)).toBe(true);
    for (const signal of [SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGCHLD])
      for (const set of ['SigIgn', 'SigBlk', 'SigCgt'] as const) expect(signalIn(pid, set, signal), `${set} ${signal}`).toBe(false);
  });

const inherited = [SIGHUP, SIGINT, SIGTERM, SIGCHLD].flatMap((signal) => ['-b', String(signal)]);
const ignored = [SIGHUP, SIGINT, SIGTERM, SIGCHLD].flatMap((signal) => ['-i', String(signal)]);
for (const [what, launch] of [['blocked', inherited], ['ignored', ignored]] as const)
  scenario(`§6 signals that were ${what} when nitro was started have their effect: SIGHUP, SIGCHLD and SIGTERM`,
    { services: { a: { run: 'note life; [ -e "$T/ok" ] && exec sleep 1000; : >"$T/ok"; exit 0' } }, launch, delays: { RESPAWN: 10 } },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      await nitro.waitFor('both lives have noted', () => nitro.journal().length === 2);
      nitro.service('b', { run: SLEEP });
      nitro.signal('SIGHUP');
      await nitro.waitState('b', 'UP');
      nitro.signal('SIGTERM');
      expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
    });

scenario('§6 nitro is stopped and goes on: what happened meanwhile is taken in, requests are answered',
  { services: { a: { run: 'note life; gate go; rm "$T/go"; exit 0' }, b: { run: SLEEP } }, delays: { RESPAWN: 10 } },
  async (nitro) => {
    for (const name of ['a', 'b']) await nitro.waitState(name, 'UP');
    nitro.signal('SIGSTOP');
    nitro.open('go');
    const listing = nitro.ctl('list');
    nitro.signal('SIGHUP');
    nitro.service('c', { run: SLEEP });
    nitro.signal('SIGCONT');
    expect((await listing).code).toBe(0);
    await nitro.waitFor('a has its next life', () => nitro.journal().length === 2);
    await nitro.ctl('rescan');
    await nitro.waitState('c', 'UP');
  });
