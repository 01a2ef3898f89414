/**
 * The service directory: behaviour.md §2.
 */
import { existsSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rescan } from './harness/extra-requests.js';
import { script } from './harness/directory.js';
import { workingDirectoryOf } from './harness/processes.js';
import { scenario, withDaemon } from './harness/scenario.js';
import { packet, ESRCH, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';

scenario('§2 "Each sub-directory, or symlink to one, is a service": nothing else is',
  {
    services: { plain: { run: SLEEP } },
    entries: {
      file: 'text', fifo: { fifo: true }, executable: { text: '#!/bin/sh\n', mode: 0o755 },
      linked: { link: '../elsewhere' }, 'to-service': { link: 'plain' }, 'to-file': { link: 'file' }, dangling: { link: 'nowhere' },
      circle: { link: 'circle' }, '../elsewhere': { directory: { run: script(SLEEP) } },
    },
  },
  async (nitro) => {
    for (const name of ['plain', 'linked', 'to-service']) await nitro.waitState(name, 'UP');
    expect([...(await nitro.list()).keys()].sort()).toEqual(['linked', 'plain', 'to-service']);
    expect(workingDirectoryOf(await nitro.pidOf('linked'))).toBe(`${nitro.base}/elsewhere`);
    expect(workingDirectoryOf(await nitro.pidOf('to-service'))).toBe(`${nitro.directory}/plain`);
  });

const GOOD = ['x', 'n'.repeat(63), ' ', 'two words', '-v', 'a@b', 'a@b@c', '\xff\xfe\x01', '\xc3\xa4', 'SYS2', 'sys', 'ALL', 'x;y', "quo'te\"d", '*', '\\', '\t'];
const BAD = ['n'.repeat(64), 'com,ma', 'new\nline', '.hidden', '...', 'template@'];
scenario('§2 Names: "1 to 63 bytes; no /, comma or newline; not starting with .; not SYS; not ending in @"; any other byte will do',
  { services: {
    ...Object.fromEntries([...GOOD.filter((name) => !name.includes('@')), ...BAD].map((name) => [name, { run: SLEEP }])),
    'a@': { run: SLEEP },
  }, entries: { 'a@b': { link: 'a@' }, 'a@b@c': { link: 'a@' } } },
  async (nitro) => {
    for (const name of GOOD) await nitro.waitState(name, 'UP');
    expect([...(await nitro.list()).keys()].sort()).toEqual([...GOOD].sort());
    for (const name of [...BAD, 'SYS', '', '.', '..', 'a/b', '/', 'a@'])
      expect(await nitro.request(packet(Tag.UP, name)), JSON.stringify(name)).toBe(ESRCH);
    expect((await nitro.list()).size).toBe(GOOD.length);
  });

scenario('§2 "A directory with neither run nor setup is not a service: `- nitro: no such service: NAME` on stderr"',
  { services: { empty: { finish: 'exit 0' }, a: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    await nitro.waitFor('it is said', () => nitro.stderr.includes('- nitro: no such service: empty\n'));
    expect([...(await nitro.list()).keys()]).toEqual(['a']);
    expect((await nitro.ctl('start', 'empty')).code).toBe(111);
    nitro.place('empty/run', script(SLEEP));
    expect((await nitro.ctl('start', 'empty')).code).toBe(0);
  });

scenario('§2 a service with setup alone is a one shot; run that is not executable is there all the same',
  { services: { oneshot: { setup: 'exit 0' }, plain: { files: { run: '#!/bin/sh\n' } }, b: { run: SLEEP } } },
  async (nitro) => {
    await nitro.waitState('oneshot', 'ONESHOT');
    await nitro.waitState('b', 'UP');
    // An exec that is not permitted is an error that will not fix itself, if the file counts as a run at all.
    const plain = await nitro.request(packet(Tag.QUERY, 'plain'));
    if (plain !== ESRCH) await nitro.waitState('plain', 'FATAL');
    else await nitro.waitFor('it is said', () => nitro.stderr.includes('no such service: plain'));
  });

scenario('§2 NAME@PARAM: "its files are those of NAME@/ (also where NAME@PARAM is itself a symlink or a directory), its working directory is NAME@/"',
  {
    services: {
      't@': { setup: 'note "setup $# <$1> $(pwd)"', run: `note "run $# <$1> $(pwd)"; ${SLEEP}`, finish: 'note "finish $# $1 $2 <$3> $(pwd)"' },
      other: { run: 'note wrong; exec sleep 1000', down: true },
      't@dir': { setup: 'note wrong', run: 'note wrong; exec sleep 1000', down: true, files: { 'down-signal': 'k' } },
    },
    entries: { 't@link': { link: 't@' }, 't@astray': { link: 'other' } },
  },
  async (nitro) => {
    const { base } = nitro;
    for (const parameter of ['link', 'astray', 'dir', 'called', 'with space', 'a@b@@c', '-e', '$HOME']) {
      const name = `t@${parameter}`;
      const own = (): readonly string[] => nitro.journal().filter((line) => line.includes(`<${parameter}>`));
      expect((await nitro.ctl('start', '--', name)).code).toBe(0);
      await nitro.waitFor('setup and run have noted', () => own().length === 2);
      expect((await nitro.ctl('down', '--', name)).code).toBe(0);
      expect(own()).toEqual([`setup 1 <${parameter}> ${base}/d/t@`, `run 1 <${parameter}> ${base}/d/t@`, `finish 3 -1 15 <${parameter}> ${base}/d/t@`]);
    }
    expect(nitro.journal()).not.toContain('wrong');
    expect((await nitro.list()).has('t@')).toBe(false);
  });

scenario('§2 an empty parameter is no instance; the first @ divides the name',
  { services: { 't@': { run: SLEEP }, 't@x@': { run: 'exit 1' }, 'x': { run: SLEEP } } },
  async (nitro) => {
    expect(await nitro.request(packet(Tag.UP, 't@'))).toBe(ESRCH);
    expect((await nitro.ctl('start', 't@x@y')).code).toBe(0);
    expect((await nitro.ctl('check', 't@x@y')).code).toBe(0);
  });

scenario('§2 a template that is a symlink to a directory',
  { entries: { '../real': { directory: { run: script(`note "$1"; ${SLEEP}`) } }, 't@': { link: '../real' } } },
  async (nitro) => {
    expect((await nitro.ctl('start', 't@a')).code).toBe(0);
    await nitro.waitFor('it has noted', () => nitro.journal().join() === 'a');
    await rescan(nitro);
    expect((await nitro.query('t@a'))?.state).toBe('UP');
  });

for (const [what, args] of [['relative', ['d']], ['with a trailing slash', ['d/']], ['through a symlink', ['link']], ['dotted', ['./d/../d/.']]] as const)
  scenario(`§2 "The directory is the argument": ${what}`, { services: { a: { run: SLEEP } }, args, entries: { '../link': { link: 'd' } } },
    async (nitro) => {
      await nitro.waitState('a', 'UP');
      expect(workingDirectoryOf(nitro.pid)).toBe(nitro.directory);
      nitro.service('b', { run: SLEEP });
      await rescan(nitro);
      await nitro.waitState('b', 'UP');
    });

for (const [what, args] of [['missing', ['nowhere']], ['a file', ['file']], ['a dangling link', ['dangling']], ['empty', ['']]] as const)
  test.concurrent(`§6 "An unrecoverable error at start (directory missing...) exits 111 with one line on stderr": ${what}`, async () => {
    await withDaemon({ args, entries: { '../file': 'text', '../dangling': { link: 'nowhere' } } }, async (nitro) => {
      await nitro.spawn();
      expect(await nitro.waitExit()).toEqual({ code: 111, signal: null });
      await nitro.waitFor('its line is read', () => nitro.stderr.endsWith('\n'));
      const lines = nitro.stderr.split('\n').filter((line) => line !== '' && line !== '- nitro: booting');
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^- nitro: /);
      expect(existsSync(nitro.socket)).toBe(false);
    });
  });

test.concurrent('§2 the default directory: /etc/nitro, which is missing here', async ({ skip }) => {
  if (existsSync('/etc/nitro')) skip('this machine has an /etc/nitro');
  await withDaemon({ args: [] }, async (nitro) => {
    await nitro.spawn();
    expect((await nitro.waitExit()).code).toBe(111);
    await nitro.waitFor('its line is read', () => nitro.stderr.includes('/etc/nitro'));
  });
});

scenario('§2 S and single are names of directories like any, where nitro is not the real pid 1',
  { services: { a: { run: SLEEP } }, args: ['single'], entries: { '../single': { link: 'd' } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
  });

scenario('§2 the directory may be read-only, and nitro writes nothing into it',
  { services: { a: { run: SLEEP } } },
  async (nitro) => {
    const { chmodSync, readdirSync, statSync } = await import('node:fs');
    await nitro.waitState('a', 'UP');
    const before = statSync(nitro.directory).mtimeMs;
    chmodSync(nitro.directory, 0o555);
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    await rescan(nitro);
    expect(readdirSync(nitro.directory)).toEqual(['a']);
    expect(statSync(nitro.directory).mtimeMs).toBe(before);
    chmodSync(nitro.directory, 0o755);
    symlinkSync('a', `${nitro.directory}/b`);
    await rescan(nitro);
    await nitro.waitState('b', 'UP');
  });
