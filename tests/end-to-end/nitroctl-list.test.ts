/**
 * What nitroctl prints: behaviour.md §8, list, info, events, pidof, check.
 */
import { symlinkSync } from 'node:fs';
import { expect } from 'vitest';
import { scenario } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';
const SERVICES = { web: { run: SLEEP }, app: { run: SLEEP, down: true }, one: { setup: 'exit 0' }, Zed: { run: SLEEP, down: true }, 't@': { run: SLEEP } };

scenario('§8 list: "`STATE NAME (pid N) (wstatus W) Ss`, `(pid N) ` only with a pid", sorted by name; no command is list',
  { services: { ...SERVICES, fails: { files: { run: { text: '#!/no/such\n', mode: 0o755 } } } } },
  async (nitro) => {
    await nitro.waitState('web', 'UP');
    await nitro.waitState('one', 'ONESHOT');
    await nitro.waitState('fails', 'FATAL');
    const pid = await nitro.pidOf('web');
    const expected = new RegExp([
      '^DOWN Zed \\(wstatus 0\\) \\d+s', 'DOWN app \\(wstatus 0\\) \\d+s', 'FATAL fails \\(wstatus -1\\) \\d+s', 'ONESHOT one \\(wstatus 0\\) \\d+s',
      `UP web \\(pid ${pid}\\) \\(wstatus 0\\) \\d+s\n$`].join('\n'));
    for (const args of [[], ['list'], ['l']]) {
      const { code, stdout, stderr } = await nitro.ctl(...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(expected);
    }
  });

scenario('§8 list "with services, in the order given"; both forms',
  { services: SERVICES },
  async (nitro) => {
    await nitro.waitState('web', 'UP');
    const names = (stdout: string): readonly string[] => stdout.split('\n').slice(0, -1).map((line) => line.split(' ')[1] ?? '');
    for (const form of ['list', 'l']) {
      expect(names((await nitro.ctl(form, 'web', 'app', 'Zed')).stdout)).toEqual(['web', 'app', 'Zed']);
      expect(names((await nitro.ctl(form, 'Zed', 'app', 'web')).stdout)).toEqual(['Zed', 'app', 'web']);
      const missing = await nitro.ctl(form, 'web', 'none');
      expect(missing.code).toBe(111);
      expect(missing.stderr).toContain('none');
    }
  });

scenario('§8 list: W "is the raw wait status as a signed number"; no services, no lines',
  { services: { exits: { run: 'exit 3' }, killed: { run: 'kill -9 $$' } }, delays: { RESPAWN: 60_000 } },
  async (nitro) => {
    for (const name of ['exits', 'killed']) await nitro.waitState(name, 'DELAY');
    const { stdout } = await nitro.ctl('list');
    expect(stdout).toMatch(/^DELAY exits \(wstatus 768\) \d+s\nDELAY killed \(wstatus 9\) \d+s\n$/);
    for (const name of ['exits', 'killed']) nitro.remove(name);
    expect((await nitro.ctl('rescan')).code).toBe(0);
    await nitro.waitFor('all are gone', async () => (await nitro.list()).size === 0);
    expect(await nitro.ctl('list')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

scenario('§8 info: "`nitro_pid N`, `pid N`, `max_service N`, `total_reaps N`, `total_sv_reaps N`"',
  { services: SERVICES },
  async (nitro) => {
    await nitro.waitState('web', 'UP');
    await nitro.waitState('one', 'ONESHOT');
    const { code, stdout } = await nitro.ctl('info');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^nitro_pid ${nitro.pid}\npid ${nitro.pid}\nmax_service 4\ntotal_reaps \\d+\ntotal_sv_reaps \\d+\n$`));
  });

scenario('§8 pidof: "a pid a line; exit 1 if one is not running"; check: "exit 0 if all have a pid, else 1"',
  { services: SERVICES },
  async (nitro) => {
    await nitro.waitState('web', 'UP');
    expect((await nitro.ctl('start', 't@x')).code).toBe(0);
    const [web, instance] = [await nitro.pidOf('web'), await nitro.pidOf('t@x')];
    expect(await nitro.ctl('pidof', 'web')).toMatchObject({ code: 0, stdout: `${web}\n`, stderr: '' });
    expect(await nitro.ctl('pidof', 't@x', 'web')).toMatchObject({ code: 0, stdout: `${instance}\n${web}\n` });
    expect(await nitro.ctl('pidof', 'web', 'app', 't@x')).toMatchObject({ code: 1, stdout: `${web}\n${instance}\n` });
    expect(await nitro.ctl('pidof', 'one')).toMatchObject({ code: 1, stdout: '' });
    expect(await nitro.ctl('check', 'web', 't@x')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    for (const names of [['app'], ['one'], ['web', 'app']]) expect((await nitro.ctl('check', ...names)).code).toBe(1);
    for (const command of ['pidof', 'check']) expect((await nitro.ctl(command, 'none')).code).toBe(111);
  });

scenario('§8 events: "every announcement, `STATE NAME` a line, each flushed at once, until SIGINT: exit 0"',
  { services: SERVICES },
  async (nitro) => {
    await nitro.waitState('web', 'UP');
    const events = nitro.spawnCtl({}, 'events');
    await nitro.waitFor('it listens', async () => {
      await nitro.want('UP', 'web');
      return events.stdout.includes('UP web\n');
    });
    const before = events.stdout.length;
    expect((await nitro.ctl('down', 'web')).code).toBe(0);
    await nitro.waitFor('it has said so', () => events.stdout.slice(before).endsWith('DOWN web\n'));
    expect((await nitro.ctl('start', 't@two words')).code).toBe(0);
    await nitro.waitFor('it has said so', () => events.stdout.endsWith('UP t@two words\n'));
    // A request has the present state announced once more.
    const changes = events.stdout.slice(before).split('\n').slice(0, -1).filter((line, index, all) => line !== all[index - 1]);
    expect(changes.slice(changes.indexOf('SHUTDOWN web'), 2 + changes.indexOf('SHUTDOWN web'))).toEqual(['SHUTDOWN web', 'DOWN web']);
    expect(changes.slice(-2)).toEqual(['STARTING t@two words', 'UP t@two words']);
    events.kill('SIGINT');
    expect(await events.done).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

scenario('§8 events: nitro goes away: exit 4; a signal other than SIGINT: 128+signal; nobody reads: it ends',
  { services: { web: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('web', 'UP');
    const [one, two] = [nitro.spawnCtl({}, 'events'), nitro.spawnCtl({}, 'events')];
    await nitro.waitFor('they listen', async () => {
      await nitro.want('UP', 'web');
      return one.stdout !== '' && two.stdout !== '';
    });
    two.kill('SIGTERM');
    expect((await two.done).code).toBe(128 + 15);
    await nitro.stop();
    expect((await one.done).code).toBe(4);
  });

scenario('§8 "-v prints each change as it happens"',
  { services: { web: { setup: 'exit 0', run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('web', 'UP');
    const { code, stdout, stderr } = await nitro.ctl('-v', 'restart', 'web');
    expect(code).toBe(0);
    const lines = (stdout + stderr).split('\n').filter((line) => line !== '');
    const states = lines.map((line) => /\b(DOWN|SETUP|STARTING|UP|RESTART)\b/.exec(line)?.[0]).filter((state, index, all) => state !== all[index - 1]);
    expect(states.join(' ')).toMatch(/RESTART DOWN SETUP STARTING UP$/);
    expect(lines.every((line) => line.includes('web'))).toBe(true);
    expect((await nitro.ctl('restart', 'web')).stdout).toBe('');
  });

scenario('§8 "Services may be given as a name or a path": absolute from $PWD, `.` `..` and `//` resolved by text, the last segment is the name',
  { services: { web: { run: SLEEP }, app: { run: SLEEP, down: true }, 't@': { run: SLEEP } }, entries: { 't@x': { link: 't@' } } },
  async (nitro) => {
    for (const name of ['web', 't@x']) await nitro.waitState(name, 'UP');
    const { directory } = nitro;
    const ask = async (cwd: string, path: string, env: Record<string, string> = {}): Promise<string> => {
      const { code, stdout } = await nitro.ctlWith({ cwd, env }, 'list', path);
      return code === 0 ? (stdout.split(' ')[1] ?? '') : String(code);
    };
    expect(await ask(`${directory}/web`, '.')).toBe('web');
    expect(await ask(`${directory}/web`, './')).toBe('web');
    expect(await ask(`${directory}/web`, '../app')).toBe('app');
    expect(await ask(`${directory}/web`, '..//app/../web/.')).toBe('web');
    expect(await ask('/', `${directory}/web`)).toBe('web');
    expect(await ask('/', `${directory}//web//`)).toBe('web');
    expect(await ask(nitro.base, 'd/web')).toBe('web');
    expect(await ask(directory, 'web/')).toBe('web');
    // By a symlink, $PWD tells the name of the instance, and the system that of the template.
    expect(await ask(`${directory}/t@x`, '.', { PWD: `${directory}/t@x` })).toBe('t@x');
    expect(await ask(`${directory}/t@x`, '.', { PWD: '/somewhere/else' })).toBe('111');
    expect(await ask(`${directory}/web`, '.', { PWD: `${directory}/app` })).toBe('web');
    expect(await ask('/', `${directory}/t@/../t@x`)).toBe('t@x');
    symlinkSync(`${directory}/web`, `${nitro.base}/elsewhere`);
    // A path that exists, whose last segment is the name of no service.
    expect(await ask('/', `${nitro.base}/elsewhere`)).toBe('111');
    for (const path of [`${directory}/none`, './web/none', '/', '../nowhere']) {
      const { code, stderr } = await nitro.ctlWith({ cwd: directory }, 'list', path);
      expect(code, path).toBe(111);
      expect(stderr).not.toBe('');
    }
    expect(await ask(directory, 'web')).toBe('web');
    expect(await ask('/', 'web')).toBe('web');
  });

scenario('§8 "Arguments of any length are safe"',
  { services: { web: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('web', 'UP');
    for (const length of [63, 64, 65, 107, 108, 255, 256, 1023, 4096, 100_000]) {
      expect((await nitro.ctl('list', 'x'.repeat(length))).code, String(length)).toBe(111);
      expect((await nitro.ctl('start', `./${'x'.repeat(length)}`)).code, String(length)).toBe(111);
      expect((await nitro.ctl('x'.repeat(length))).code, String(length)).toBe(2);
    }
    expect((await nitro.ctl('check', `${'./'.repeat(20_000)}web`)).code).toBe(0);
    expect((await nitro.ctl('check', ...Array.from({ length: 500 }, () => 'web'))).code).toBe(0);
    expect((await nitro.ctl('start', '')).code).toBe(111);
  });
