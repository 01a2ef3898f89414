/**
 * Where the control socket is, and what happens when it cannot be there: behaviour.md §6 (start) and §7.
 */
import { existsSync, lstatSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Datagrams } from './harness/datagrams.js';
import type { Daemon } from './harness/daemon.js';
import { place, script, type Entry } from './harness/directory.js';
import { scenario, withDaemon } from './harness/scenario.js';
import type { Description } from './harness/description.js';

const SLEEP = 'exec sleep 1000';

/** A nitro whose control path is another one than the harness expects. */
async function withPath(description: Description, body: (nitro: Daemon) => Promise<void>): Promise<void> {
  await withDaemon({ services: { a: { run: 'note a; exec sleep 1000' } }, ...description }, async (nitro) => {
    await nitro.spawn();
    await body(nitro);
  });
}
async function up(nitro: Daemon): Promise<void> {
  await nitro.waitFor('it runs', () => nitro.exit !== undefined || nitro.journal().includes('a'));
}

test.concurrent('§7 control directory and notify/ that do not exist: made with mode 0700, whatever the umask; the socket is for the owner alone', async () => {
  await withPath({ env: { NITRO_SOCK: 'new/sock' }, wrapper: ['sh', '-c', 'umask 000; exec "$@"', 'sh'] }, async (nitro) => {
    await up(nitro);
    for (const directory of ['new', 'new/notify']) expect(statSync(`${nitro.base}/${directory}`).mode & 0o7777).toBe(0o700);
    expect(statSync(`${nitro.base}/new/sock`).mode & 0o077).toBe(0);
    expect((await nitro.ctlWith({ env: { NITRO_SOCK: `${nitro.base}/new/sock` } }, 'Shutdown')).code).toBe(0);
    expect((await nitro.waitExit()).code).toBe(0);
    expect(existsSync(`${nitro.base}/new/sock`)).toBe(false);
  });
});

test.concurrent('§7 "A NITRO_SOCK without a slash is a file in the working directory nitro was started in"; its notify/ is there, too', async () => {
  await withPath({ env: { NITRO_SOCK: 'here.sock' } }, async (nitro) => {
    await up(nitro);
    expect(lstatSync(`${nitro.base}/here.sock`).isSocket()).toBe(true);
    expect(statSync(`${nitro.base}/notify`).isDirectory()).toBe(true);
    expect((await nitro.ctlWith({ cwd: nitro.base, env: { NITRO_SOCK: 'here.sock' } }, 'check', 'a')).code).toBe(0);
    expect((await nitro.ctlWith({ cwd: nitro.base, env: { NITRO_SOCK: 'here.sock' } }, 'Reboot')).code).toBe(0);
    await nitro.waitFor('it boots again', () => nitro.journal().length === 2);
    expect((await nitro.ctlWith({ cwd: nitro.base, env: { NITRO_SOCK: 'here.sock' } }, 'Shutdown')).code).toBe(0);
    expect((await nitro.waitExit()).code).toBe(0);
  });
});

scenario('§7 "A stale socket is replaced"',
  { services: { a: { run: SLEEP } }, system: { setup: 'exit 0' } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    const pid = await nitro.pidOf('a');
    nitro.signal('SIGKILL');
    await nitro.waitExit();
    expect(existsSync(nitro.socket)).toBe(true);
    process.kill(pid, 'SIGKILL');
    await nitro.start();
    await nitro.waitState('a', 'UP');
    expect(lstatSync(nitro.socket).isSocket()).toBe(true);
  });

scenario('§6 "A control socket on which another nitro answers": `- nitro: socket already in use`, exit 111, not SYS/fatal; the first goes on',
  { services: { a: { run: SLEEP } }, system: { fatal: 'note fatal' } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    await withDaemon({ services: { a: { run: 'note second' } }, system: { fatal: 'note fatal' }, env: { NITRO_SOCK: nitro.socket } }, async (second) => {
      await second.spawn();
      expect(await second.waitExit()).toEqual({ code: 111, signal: null });
      await second.waitFor('its line', () => second.stderr.includes('- nitro: socket already in use\n'));
      expect(second.journal()).toEqual([]);
    });
    expect(await nitro.info()).toBeDefined();
    expect((await nitro.ctl('check', 'a')).code).toBe(0);
    expect(nitro.journal()).toEqual([]);
  });

test.concurrent('§6 a socket that belongs to some other program that listens is not taken either', async () => {
  await withDaemon({ services: { a: { run: SLEEP } }, env: { NITRO_SOCK: 'taken' } }, async (nitro) => {
    const other = await Datagrams.open([`${nitro.base}/taken`]);
    try {
      await nitro.spawn();
      expect((await nitro.waitExit()).code).toBe(111);
      await nitro.waitFor('it is said', () => nitro.stderr.includes('- nitro: socket already in use\n'));
    } finally {
      await other.close();
    }
  });
});

/** Control paths that cannot be used: how NITRO_SOCK is set, and what stands in the base directory. */
const UNUSABLE: Readonly<Record<string, { readonly sock: string; readonly entries: Readonly<Record<string, Entry>> }>> = {
  'a regular file is there': { sock: 'thing', entries: { thing: 'precious' } },
  'a directory is there': { sock: 'thing', entries: { thing: { directory: {} } } },
  'its directory is a file': { sock: 'file/sock', entries: { file: 'text' } },
  'its directory is missing, and the one above': { sock: 'no/such/sock', entries: {} },
  'notify is a file': { sock: 'sub/sock', entries: { sub: { directory: { notify: 'text' }, mode: 0o700 } } },
  'the path is too long for a socket': { sock: `${'p'.repeat(200)}/sock`, entries: {} },
};
for (const [what, { sock, entries }] of Object.entries(UNUSABLE)) {
  const placed = Object.fromEntries(Object.entries(entries).map(([name, entry]) => [`../${name}`, entry]));
  test.concurrent(`§6 "An unrecoverable error at start (... socket not bindable) exits 111 with one line on stderr": ${what}`, async () => {
    await withPath({ env: { NITRO_SOCK: sock }, entries: placed }, async (nitro) => {
      expect(await nitro.waitExit()).toEqual({ code: 111, signal: null });
      await nitro.waitFor('its line', () => nitro.stderr.endsWith('\n'));
      const lines = nitro.stderr.split('\n').filter((line) => line !== '' && line !== '- nitro: booting');
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^- nitro: /);
      expect(nitro.journal()).toEqual([]);
      if (what.startsWith('a regular file')) expect(readFileSync(`${nitro.base}/thing`, 'utf8')).toBe('precious');
    });
  });
  test.concurrent(`§6 "executes SYS/fatal if it exists", in the service directory (§4): ${what}`, async () => {
    await withPath({ env: { NITRO_SOCK: sock }, entries: { ...placed, SYS: { directory: { fatal: script('note fatal $$ $(pwd); exit 7') } } } }, async (nitro) => {
      expect(await nitro.waitExit()).toEqual({ code: 7, signal: null });
      expect(nitro.journal()).toEqual([`fatal ${nitro.pid} ${nitro.directory}`]);
    });
  });
}

test.concurrent('§6 SYS/fatal that cannot be executed: exit 111', async () => {
  await withPath({ env: { NITRO_SOCK: 'thing' }, entries: { '../thing': 'text', SYS: { directory: { fatal: { text: '#!/no/such\n', mode: 0o755 } } } } }, async (nitro) => {
    expect((await nitro.waitExit()).code).toBe(111);
  });
});

test.concurrent('§6 without a fault SYS/fatal is not executed, also not at the end', async () => {
  await withPath({ entries: { SYS: { directory: { fatal: script('note fatal') } } } }, async (nitro) => {
    await up(nitro);
    await nitro.stop({ descriptors: false });
    expect(nitro.journal()).toEqual(['a']);
  });
});

test.concurrent('§7 notify/ of an earlier nitro is used again, what is stale in it does no harm', async () => {
  await withDaemon({ services: { a: { run: SLEEP } } }, async (nitro) => {
    const dead = await Datagrams.open([`${nitro.notify}/ALL,dead`, `${nitro.notify}/a,dead`]);
    await dead.close();
    place(`${nitro.notify}/file`, 'text');
    await nitro.start();
    await nitro.waitState('a', 'UP');
    await nitro.waitFor('the stale are removed', () => !existsSync(`${nitro.notify}/ALL,dead`) && !existsSync(`${nitro.notify}/a,dead`));
    await nitro.stop();
  });
});

test.concurrent('§7 "if set and not empty; else the target of the symlink /etc/nitro.sock; else /run/nitro/nitro.sock": nitroctl without a nitro', async ({ skip }) => {
  if (existsSync('/etc/nitro.sock') || existsSync('/run/nitro')) skip('this machine runs a nitro');
  await withDaemon({}, async (nitro) => {
    const { code, stderr } = await nitro.ctlWith({ env: { NITRO_SOCK: '' } }, 'list');
    expect(code).toBe(4);
    expect(stderr).toContain('/run/nitro/nitro.sock');
  });
});

test.concurrent('§7 a control path through a symlinked directory', async () => {
  await withDaemon({ services: { a: { run: SLEEP } } }, async (nitro) => {
    symlinkSync('s', `${nitro.base}/link`);
    await nitro.start();
    expect((await nitro.ctlWith({ env: { NITRO_SOCK: `${nitro.base}/link/nitro.sock` } }, 'start', 'a')).code).toBe(0);
    await nitro.stop();
  });
});

test.concurrent('§6 several nitros that start at the same time on a stale socket: one of them runs, the others exit 111', async () => {
  await withDaemon({ services: { a: { run: SLEEP } } }, async (first) => {
    const rivals = { services: { a: { run: SLEEP } }, env: { NITRO_SOCK: first.socket } };
    await withDaemon(rivals, async (second) => {
      await withDaemon(rivals, async (third) => {
        await (await Datagrams.open([first.socket])).close();
        const all = [first, second, third];
        await Promise.all(all.map((nitro) => nitro.spawn()));
        await first.waitFor('two have ended', () => all.filter(({ exit }) => exit !== undefined).length === 2);
        for (const { exit } of all) expect([undefined, 111]).toContain(exit?.code);
        await first.waitFor('the third answers', () => all.find(({ exit }) => exit === undefined)?.ctlWith({ env: { NITRO_SOCK: first.socket } }, 'start', 'a').then(({ code }) => code === 0));
      });
    });
  });
});

scenario('§7 the control socket is removed by somebody: nitro goes on, ends by a signal, and says nothing of it',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    rmSync(nitro.socket);
    expect((await nitro.ctl('list')).code).toBe(4);
    nitro.service('b', { run: 'note b; exec sleep 1000' });
    nitro.signal('SIGHUP');
    await nitro.waitFor('b runs', () => nitro.journal().length === 1);
    nitro.signal('SIGTERM');
    expect(await nitro.waitExit()).toEqual({ code: 0, signal: null });
  });
