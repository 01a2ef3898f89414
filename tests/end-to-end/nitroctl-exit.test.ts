/**
 * How nitroctl ends when things are not as they should be: behaviour.md §8, the exit statuses and what is corrected there.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { permitted } from './harness/extra-container.js';
import { PATIENT } from './harness/extra-delays.js';
import type { Daemon } from './harness/daemon.js';
import { Datagrams } from './harness/datagrams.js';
import { statOf } from './harness/processes.js';
import { scenario, withDaemon } from './harness/scenario.js';
import { waitFor } from './harness/wait.js';
import { ENOSYS, OK, packet, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';

const WRONG: readonly (readonly string[])[] = [
  ['bogus'], ['Up', 'a'], ['shutdown'], ['reboot'], ['LIST'], ['up'], ['down'], ['start'], ['restart'], ['stop'], ['fast-start'], ['fast-stop'],
  ['ready'], ['wait-up'], ['pidof'], ['check'], ['hup'], ['k'], ['-t'], ['-t', 'x', 'list'], ['-t', '', 'list'], ['-t', '-1', 'list'], ['-t', '1e3', 'list'],
  ['-x'], ['--bogus'], ['3', 'a'], [''], ['ä'],
];
scenario('§8 exit 2: "usage (an unknown command is usage)"; nothing is done, something is said on stderr',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    for (const args of WRONG) {
      const { code, stdout, stderr } = await nitro.ctl(...args);
      expect(code, JSON.stringify(args)).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).not.toBe('');
    }
    expect(nitro.trace('a')).toEqual(['STARTING', 'UP']);
  });

for (const time of ['0.3', '.3', '0.30000'])
  scenario(`§8 "-t takes a decimal number of seconds; when it runs out: \`nitroctl: action timed out\`, exit 3": ${time}`,
    { services: { a: { run: SLEEP, 'notification-fd': 0 }, b: { run: SLEEP } } },
    async (nitro) => {
      await nitro.waitState('a', 'STARTING');
      const { code, stderr, tookMs } = await nitro.ctl('-t', time, 'start', 'a');
      expect({ code, stderr }).toEqual({ code: 3, stderr: 'nitroctl: action timed out\n' });
      expect(tookMs).toBeGreaterThanOrEqual(290);
      expect((await nitro.ctl(`-t${time}`, 'start', 'a')).code).toBe(3);
      expect((await nitro.ctl('start', '-t', time, 'a')).code).toBe(3);
      expect((await nitro.ctl('-t', '20', 'start', 'b')).code).toBe(0);
      expect((await nitro.ctl('-t', '5', 'list')).code).toBe(0);
    });

scenario('§8 nitroctl leaves nothing in notify/, however it ends',
  { services: { a: { run: SLEEP, 'notification-fd': 0 } } },
  async (nitro) => {
    const { pid } = await nitro.waitState('a', 'STARTING');
    await nitro.ctl('list');
    await nitro.ctl('-t', '0.1', 'start', 'a');
    await nitro.ctl('start', 'none');
    const waiting = nitro.spawnCtl({}, 'start', 'a');
    await nitro.waitFor('it waits', () => readdirSync(nitro.notify).some((file) => file.startsWith('a,')));
    waiting.kill('SIGTERM');
    await waiting.done;
    expect(readdirSync(nitro.notify).sort()).toEqual([',test', 'ALL,test']);
    expect(await nitro.pidOf('a')).toBe(pid);
  });

for (const [signal, number] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]] as const)
  scenario(`§8 exit "128+signal when interrupted": ${signal}`,
    { services: { a: { run: SLEEP, 'notification-fd': 0 } } },
    async (nitro) => {
      await nitro.waitState('a', 'STARTING');
      for (const command of [['start', 'a'], ['wait-down', 'a']]) {
        const waiting = nitro.spawnCtl({}, ...command);
        await nitro.waitFor('it waits', () => readdirSync(nitro.notify).some((file) => file.startsWith('a,')));
        waiting.kill(signal);
        expect(await waiting.done).toMatchObject({ code: 128 + number, signal: null });
      }
      expect((await nitro.query('a'))?.state).toBe('STARTING');
    });

const COMMANDS: readonly (readonly string[])[] = [
  [], ['list'], ['info'], ['rescan'], ['up', 'a'], ['down', 'a'], ['start', 'a'], ['restart', 'a'], ['wait-up', 'a'], ['ready', 'a'], ['hup', 'a'], ['pidof', 'a'],
  ['check', 'a'], ['events'], ['Shutdown'], ['Reboot'],
];
for (const what of ['was never there', 'has left a stale socket', 'has no control directory'] as const)
  test.concurrent(`§8 exit 4: "the daemon cannot be reached", with a line on stderr: it ${what}`, async () => {
    await withDaemon({}, async (nitro) => {
      const gone = what === 'has no control directory';
      const env = gone ? { NITRO_SOCK: `${nitro.base}/nowhere/sock` } : {};
      if (what === 'has left a stale socket') await (await Datagrams.open([nitro.socket])).close();
      for (const command of COMMANDS) {
        const { code, stderr } = await nitro.ctlWith({ env }, ...command);
        expect(code, command.join(' ')).toBe(4);
        expect(stderr).toMatch(/^nitroctl: .*\n$/);
      }
      expect(existsSync(`${nitro.base}/nowhere`)).toBe(false);
      expect(readdirSync(nitro.notify)).toEqual([]);
    });
  });

test.concurrent('§8 exit 4: a control path that is too long for a socket, or through a file', async () => {
  await withDaemon({ entries: { '../file': 'text' } }, async (nitro) => {
    for (const path of [`${nitro.base}/${'p'.repeat(200)}/sock`, `${nitro.base}/file/sock`, nitro.base, `${nitro.base}/s/`, '/'])
      expect((await nitro.ctlWith({ env: { NITRO_SOCK: path } }, 'list')).code, path).toBe(4);
  });
});

for (const how of ['is killed', 'shuts down'] as const)
  test.concurrent(`§8 "it ends with exit 4 when nitro is gone" (CORRECTED): nitro ${how} while it waits`, async () => {
    await withDaemon({ services: { a: { run: SLEEP, 'notification-fd': 0 } } }, async (nitro) => {
      await nitro.start();
      await nitro.waitState('a', 'STARTING');
      const waiting = [['start', 'a'], ['wait-up', 'a'], ['events']].map((command) => nitro.spawnCtl({}, ...command));
      await nitro.waitFor('all wait', () => readdirSync(nitro.notify).length >= 5);
      if (how === 'is killed') nitro.signal('SIGKILL');
      else nitro.signal('SIGTERM');
      for (const one of waiting) {
        const { code, stderr } = await one.done;
        expect(code).toBe(4);
        expect(stderr).toMatch(/^nitroctl: /);
      }
    });
  });

scenario('§8 the control directory is deleted while it waits: exit 4, "also when the control directory does not exist"',
  { services: { a: { run: SLEEP, 'notification-fd': 0 } } },
  async (nitro) => {
    await nitro.waitState('a', 'STARTING');
    const waiting = nitro.spawnCtl({}, 'start', 'a');
    await nitro.waitFor('it waits', () => readdirSync(nitro.notify).some((file) => file.startsWith('a,')));
    renameSync(`${nitro.base}/s`, `${nitro.base}/away`);
    expect((await waiting.done).code).toBe(4);
    renameSync(`${nitro.base}/away`, `${nitro.base}/s`);
  });

scenario('§8 "a lost announcement never makes it hang: while it waits it asks for the state again once a second" (CORRECTED)',
  { services: { a: { run: SLEEP, 'notification-fd': 0 } } },
  async (nitro) => {
    await nitro.waitState('a', 'STARTING');
    const waiting = nitro.spawnCtl({}, 'wait-up', 'a');
    await nitro.waitFor('it waits', () => readdirSync(nitro.notify).some((file) => file.startsWith('a,')));
    // While it stands still its queue is filled, so that it is skipped when the state changes.
    waiting.kill('SIGSTOP');
    await nitro.waitFor('it stands still', () => statOf(waiting.pid, 0) === 'T');
    for (let round = 0; round < 40; round++) await nitro.want('UP', 'a');
    await nitro.want('READY', 'a');
    await nitro.waitState('a', 'UP');
    waiting.kill('SIGCONT');
    expect((await waiting.done).code).toBe(0);
  });

for (const [what, scripts] of [
  ['finish', { run: 'exit 1', finish: '"$NITROCTL" down .; note finish $?' }],
  ['run', { run: 'trap "" TERM; "$NITROCTL" down .; note run $?; exit 0' }],
  ['setup', { setup: 'trap "" TERM; "$NITROCTL" stop .; note setup $?; exit 0', run: 'note wrong' }],
  ['run, by name and fast', { run: 'trap "" TERM; "$NITROCTL" fast-stop a; note run $?; exit 0' }],
] as const)
  scenario(`§8 down: "not when called from one of the service's own scripts" (CORRECTED): ${what}`,
    { services: { a: scripts }, delays: { SHUTDOWN: 8000, FINISH: 8000 } },
    async (nitro) => {
      await nitro.waitFor('it came back', () => nitro.journal().length > 0);
      expect(nitro.journal()).toEqual([`${what.split(',')[0]} 0`]);
      // §3: "finish may itself run nitroctl down .: RESTART becomes SHUTDOWN, so the service stays down".
      await nitro.waitState('a', 'DOWN');
    });

scenario('§8 down called from a script of another service does wait',
  { services: { a: { run: 'trap "gate go; exit 0" TERM; note a; while :; do sleep 0.01; done' }, b: { setup: 'gate b; "$NITROCTL" down a; note "b $?"; exit 0' } }, delays: PATIENT },
  async (nitro) => {
    await nitro.waitFor('a runs', () => nitro.journal().includes('a'));
    nitro.open('b');
    await nitro.waitState('a', 'SHUTDOWN');
    expect((await nitro.query('b'))?.state).toBe('SETUP');
    nitro.open('go');
    await nitro.waitFor('b went on', () => nitro.journal().includes('b 0'));
  });

if (permitted)
  scenario('§8 down from a program put into a pid namespace, whose session has no number there, waits also while only finish runs',
    { services: { a: { run: SLEEP, finish: 'gate go; note finished' }, b: { setup: 'gate b; unshare --pid --fork "$NITROCTL" -v down a >"$T/seen"; note "down $?"' } }, delays: PATIENT },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      nitro.open('b');
      await nitro.waitFor('nitroctl has asked for the state', () => existsSync(`${nitro.scratch}/seen`) && readFileSync(`${nitro.scratch}/seen`, 'latin1').includes('SHUTDOWN'));
      nitro.open('go');
      await nitro.waitFor('b went on', () => nitro.journal().length === 2);
      expect(nitro.journal()).toEqual(['finished', 'down 0']);
    });

/** A daemon of the test's own: it takes what nitroctl sends, and answers as the test says. */
async function withImpostor(answer: (request: string, count: number) => readonly string[], body: (nitro: Daemon, requests: () => readonly string[]) => Promise<void>): Promise<void> {
  await withDaemon({}, async (nitro) => {
    mkdirSync(nitro.notify, { recursive: true });
    const impostor = await Datagrams.open([nitro.socket]);
    let answered = 0;
    let over = false;
    const loop = waitFor('the end of the test', () => {
      for (; answered < impostor.arrivals.length; answered++)
        for (const reply of answer(impostor.arrivals[answered]?.hex ?? '', answered))
          for (const file of readdirSync(nitro.notify)) impostor.send(0, reply, `${nitro.notify}/${file}`);
      return over;
    }, { withinMs: 25_000 });
    try {
      await body(nitro, () => impostor.arrivals.map(({ hex }) => hex));
    } finally {
      over = true;
      await loop;
      await impostor.close();
    }
  });
}

test.concurrent('§8 exit 111: "a command that the daemon does not know"', async () => {
  await withImpostor(() => [ENOSYS], async (nitro) => {
    for (const command of COMMANDS) {
      if (command[0] === 'events') continue;
      expect((await nitro.ctl(...command)).code, command.join(' ')).toBe(111);
    }
  });
});

test.concurrent('§8 a lost OK: it asks for the state, and does not ask for the restart again', async () => {
  const query = packet(Tag.QUERY, 'a');
  const running = packet(Tag.STATE, '\x04') + packet(Tag.PID, '\x05\0\0\0') + packet(Tag.WSTATUS, '\0\0\0\0') + packet(Tag.UPTIME, '\0\0\0\0');
  await withImpostor((request) => (request === query ? [running] : []), async (nitro, requests) => {
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    expect(requests().filter((hex) => hex === packet(Tag.RESTART, 'a'))).toHaveLength(1);
  });
});

test.concurrent('protocol.md: "A client that gets a first page again (the reference daemon ignores the payload) stops", and shows each service once', async () => {
  const frame = (name: string): string => `ffff64${packet(Tag.NAME, name)}${packet(Tag.STATE, '\x01')}${packet(Tag.PID, '\0\0\0\0')}${packet(Tag.WSTATUS, '\0\0\0\0')}${packet(Tag.UPTIME, '\0\0\0\0')}feff64`;
  await withImpostor(() => [frame('b\0') + frame('a')], async (nitro) => {
    expect(await nitro.ctl('list')).toMatchObject({ code: 0, stdout: 'DOWN a (wstatus 0) 0s\nDOWN b (wstatus 0) 0s\n', stderr: '' });
  });
});

test.concurrent('protocol.md: "An unknown packet or frame is skipped", garbage too; OK of a request is enough', async () => {
  const noise = ['', 'ff', 'ffff01', `ffffc8${packet(201, 'x')}feffc8`, packet(202, 'unknown')];
  await withImpostor(() => [...noise, packet(202) + OK], async (nitro) => {
    expect((await nitro.ctl('rescan')).code).toBe(0);
    expect((await nitro.ctl('up', 'a')).code).toBe(0);
  });
});
