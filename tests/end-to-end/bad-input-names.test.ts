/**
 * Names of services, good and bad: behaviour.md §2 "Names", §7 and protocol.md for names in requests.
 */
import { symlinkSync } from 'node:fs';
import { expect } from 'vitest';
import type { Entry } from './harness/directory.js';
import { scenario } from './harness/scenario.js';
import { serviceEntry } from './harness/directory.js';
import { ESRCH, packet, Tag } from './harness/wire.js';

const SLEEP = 'exec sleep 1000';
const service: Entry = serviceEntry({ run: SLEEP });
const LONGEST = 'n'.repeat(63);

const GOOD: Readonly<Record<string, string>> = {
  'one byte': 'x',
  '63 bytes': LONGEST,
  spaces: ' a  b ',
  'a tab': 'a\tb',
  'bytes that are no UTF-8': 'caf\xe9\xff\x80',
  'UTF-8': Buffer.from('naïve ✓').toString('latin1'),
  'control characters': 'a\x01\x1b[31m\x7fb',
  'a leading dash': '-v',
  'shell syntax': '$(reboot);`x`&*?"\'\\',
  'dots inside': 'a.b..c',
  'a trailing dot': 'a.',
  'ALL': 'ALL',
  'what a list looks like': 'UP a (pid 1)',
  'SYS and more': 'SYSTEM',
  'LOG and more': 'LOGGER',
  'an equals sign and a percent sign': '%s=%n',
};
for (const [what, name] of Object.entries(GOOD))
  scenario(`§2 a service name may be ${what}`, { entries: { [name]: service, plain: service } }, async (nitro) => {
    await nitro.waitTrace(name, ['STARTING', 'UP']);
    expect([...(await nitro.list()).keys()].sort()).toEqual([name, 'plain'].sort());
    const { pid } = await nitro.waitState(name, 'UP');
    await nitro.want('RESTART', name);
    await nitro.waitFor('it is another process', async () => ![0, pid].includes(await nitro.pidOf(name)));
    await nitro.want('DOWN', name);
    await nitro.waitState(name, 'DOWN');
    const list = await nitro.ctl('list');
    expect(list.code).toBe(0);
    expect(list.stdout).toContain(`DOWN ${name} (wstatus `);
    if (/^[\x20-\x7e]*$/.test(name)) {
      // As a path, since a name may look like an option.
      expect(await nitro.ctl('start', `./${name}`)).toMatchObject({ code: 0 });
      expect(await nitro.ctl('stop', `./${name}`)).toMatchObject({ code: 0 });
    }
  });

const BAD: Readonly<Record<string, string>> = {
  '64 bytes': 'n'.repeat(64),
  '255 bytes': 'n'.repeat(255),
  'a comma': 'a,b',
  'a comma alone': ',',
  'a newline': 'a\nb',
  'a newline at the end': 'a\n',
  'a leading dot': '.hidden',
  'three dots': '...',
  'SYS': 'SYS',
  '@ at the end': 'template@',
  '@ alone': '@',
  '@@ at the end': 'a@b@',
};
for (const [what, name] of Object.entries(BAD))
  scenario(`§2 a directory is no service when its name is or has ${what}; asked for by name it is ESRCH`,
    { entries: { [name]: service, plain: service } },
    async (nitro) => {
      await nitro.waitTrace('plain', ['STARTING', 'UP']);
      expect([...(await nitro.list()).keys()]).toEqual(['plain']);
      for (const tag of [Tag.UP, Tag.DOWN, Tag.RESTART, Tag.READY, Tag.QUERY]) expect([tag, await nitro.request(packet(tag, name))]).toEqual([tag, ESRCH]);
      expect(await nitro.request(packet(Tag.SIGNAL, `\x0f${name}`))).toBe(ESRCH);
      expect([...(await nitro.list()).keys()]).toEqual(['plain']);
    });

const NEVER: Readonly<Record<string, string>> = {
  empty: '',
  'a dot': '.',
  'two dots': '..',
  'a path': 'plain/../plain',
  'a path out of the directory': '../d/plain',
  'an absolute path': '/etc',
  'a trailing slash': 'plain/',
  'a NUL byte behind it': 'plain\0',
  'a NUL byte in it': 'pla\0in',
  'only a NUL byte': '\0',
  '60,000 bytes': 'x'.repeat(60_000),
  'a service that is not there': 'missing',
  'an instance of a template that is not there': 'missing@x',
  'a file': 'file',
  'a dangling link': 'dangling',
  'a link to itself': 'loop',
  'a link to a file': 'filelink',
  'an instance of a file': 'file@x',
  'an instance with a comma': 'real@a,b',
  'an instance with a slash': 'real@a/b',
  'an instance that is too long': `real@${'x'.repeat(59)}`,
  'an instance without a parameter': 'real@',
};
scenario('protocol.md "Else ESRCH": names that are no service make nothing, and nitro stays as it was',
  {
    entries: {
      plain: service, 'real@': service, file: { text: '#!/bin/sh\n', mode: 0o755 }, 'file@': { text: '', mode: 0o755 },
      dangling: { link: 'nowhere' }, loop: { link: 'loop' }, filelink: { link: 'file' },
    },
  },
  async (nitro) => {
    await nitro.waitTrace('plain', ['STARTING', 'UP']);
    for (const [what, name] of Object.entries(NEVER))
      for (const tag of [Tag.UP, Tag.RESTART, Tag.DOWN, Tag.READY, Tag.QUERY]) expect([what, tag, await nitro.request(packet(tag, name))]).toEqual([what, tag, ESRCH]);
    expect([...(await nitro.list()).keys()]).toEqual(['plain']);
    await nitro.ctl('rescan');
    expect([...(await nitro.list()).keys()]).toEqual(['plain']);
  });

scenario('§2 the longest instance and odd parameters: a name of 63 bytes, spaces, @, bytes that are no UTF-8',
  { entries: { 't@': service } },
  async (nitro) => {
    for (const name of [`t@${'x'.repeat(61)}`, 't@ ', 't@@x', 't@a@b', 't@.', 't@..', 't@-v', 't@\xff']) {
      await nitro.want('UP', name);
      await nitro.waitState(name, 'UP');
    }
    expect((await nitro.list()).size).toBe(8);
  });

scenario('§2 "a directory with neither run nor setup is not a service": it is said on stderr, by a scan and when asked for',
  { entries: { empty: { directory: {} }, onlyfinish: serviceEntry({ finish: 'exit 0' }), plain: service } },
  async (nitro) => {
    await nitro.waitTrace('plain', ['STARTING', 'UP']);
    await nitro.request(packet(Tag.UP, 'empty'));
    await nitro.waitFor('it is said', () => ['empty', 'onlyfinish'].every((name) => nitro.stderr.includes(`- nitro: no such service: ${name}\n`)));
    expect(nitro.trace('empty').filter((state) => state === 'STARTING' || state === 'UP')).toEqual([]);
  });

scenario('§2 a symlink to a directory is a service, also one that leads out of the directory; other entries are none',
  {
    entries: {
      real: service, link: { link: 'real' }, plain: service, file: 'text', fifo: { fifo: true }, device: { link: '/dev/null' },
      dangling: { link: 'nowhere' }, loop: { link: 'loop' }, chain: { link: 'link' },
    },
  },
  async (nitro) => {
    symlinkSync(`${nitro.directory}/real`, `${nitro.scratch}/away`);
    nitro.place('out', { link: '../t/away' });
    expect(await nitro.ctl('rescan')).toMatchObject({ code: 0 });
    for (const name of ['real', 'link', 'chain', 'out', 'plain']) await nitro.waitState(name, 'UP');
    expect([...(await nitro.list()).keys()].sort()).toEqual(['chain', 'link', 'out', 'plain', 'real']);
  });
