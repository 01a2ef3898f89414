/**
 * `make install` and `make uninstall`, into a staging directory.
 */
import { mkdirSync, readFileSync, readlinkSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, has, root, run, temporaryDirectory, type Outcome } from './workspace.js';

const TIMEOUT_MS = 60_000;

const always = [
  'bin/nitroctl',
  'sbin/nitro',
  'share/bash-completion/completions/nitro',
  'share/bash-completion/completions/nitroctl',
  'share/fish/vendor_completions.d/nitro.fish',
  'share/fish/vendor_completions.d/nitroctl.fish',
  'share/man/man1/nitroctl.1',
  'share/man/man8/nitro.8',
  'share/zsh/site-functions/_nitro',
  'share/zsh/site-functions/_nitroctl',
];
const dropIns = ['sbin/halt', 'sbin/init', 'sbin/poweroff', 'sbin/reboot', 'share/man/man8/halt.8'];

const below = (prefix: string, files: readonly string[]): readonly string[] => files.map((file) => join(prefix, file)).sort();

const make = (...words: readonly string[]): Outcome => run('make', ['-s', ...words], { cwd: root });

describe.skipIf(!has('make'))('make install', { timeout: TIMEOUT_MS }, () => {
  it('puts everything below DESTDIR and PREFIX', () => {
    const stage = temporaryDirectory();
    expect(make('install', `DESTDIR=${stage}`, 'PREFIX=/usr')).toMatchObject({ status: 0 });
    expect(filesBelow(stage)).toEqual(below('usr', [...always, ...dropIns]));
  });

  it('has /usr/local for a PREFIX by default, and sets the modes', () => {
    const stage = temporaryDirectory();
    expect(make('install', `DESTDIR=${stage}`)).toMatchObject({ status: 0 });
    expect(filesBelow(stage)).toEqual(below('usr/local', [...always, ...dropIns]));
    for (const file of filesBelow(stage)) {
      const mode = /^usr\/local\/s?bin\//.test(file) ? 0o755 : 0o644;
      expect([file, statSync(join(stage, file)).mode & 0o777]).toEqual([file, mode]);
    }
  });

  it('makes links that work in the stage and, moved, where it will live', () => {
    const stage = temporaryDirectory();
    const [before, after] = [join(stage, 'before'), join(stage, 'after')];
    make('install', `DESTDIR=${before}`, 'PREFIX=/opt/nitro');
    expect(readlinkSync(join(before, 'opt/nitro/bin/nitroctl'))).toBe('../sbin/nitro');
    for (const name of ['init', 'halt', 'poweroff', 'reboot'])
      expect(readlinkSync(join(before, 'opt/nitro/sbin', name))).toBe('nitro');
    renameSync(before, after);
    expect(run(join(after, 'opt/nitro/bin/nitroctl'), ['--help']).stdout).toContain('Usage: nitroctl');
    expect(run(join(after, 'opt/nitro/sbin/nitro'), ['--help']).stdout).toMatch(/^usage: nitro /i);
  });

  it('leaves the drop-ins out with DROPINS=no', () => {
    const stage = temporaryDirectory();
    expect(make('install', `DESTDIR=${stage}`, 'PREFIX=/usr', 'DROPINS=no')).toMatchObject({ status: 0 });
    expect(filesBelow(stage)).toEqual(below('usr', always));
  });

  it('does not take the place of another init unless it is told to', () => {
    const stage = temporaryDirectory();
    const halt = join(stage, 'usr/sbin/halt');
    mkdirSync(join(stage, 'usr/sbin'), { recursive: true });
    writeFileSync(halt, 'the halt of another init');

    const refused = make('install', `DESTDIR=${stage}`, 'PREFIX=/usr');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain(`${halt} is not nitro's`);
    expect(refused.stderr).toContain('DROPINS=no');
    expect(filesBelow(stage)).toEqual(['usr/sbin/halt']);

    expect(make('install', `DESTDIR=${stage}`, 'PREFIX=/usr', 'DROPINS=no')).toMatchObject({ status: 0 });
    make('uninstall', `DESTDIR=${stage}`, 'PREFIX=/usr');
    expect(filesBelow(stage)).toEqual(['usr/sbin/halt']);
    expect(readFileSync(halt, 'utf8')).toBe('the halt of another init');

    expect(make('install', `DESTDIR=${stage}`, 'PREFIX=/usr', 'DROPINS=replace')).toMatchObject({ status: 0 });
    expect(readlinkSync(halt)).toBe('nitro');
  });

  it('refuses another value of DROPINS', () => {
    const stage = temporaryDirectory();
    expect(make('install', `DESTDIR=${stage}`, 'DROPINS=maybe').status).not.toBe(0);
    expect(filesBelow(stage)).toEqual([]);
  });

  it('can be done again over itself, also while nitro runs', () => {
    const stage = temporaryDirectory();
    const nitro = join(stage, 'usr/sbin/nitro');
    make('install', `DESTDIR=${stage}`, 'PREFIX=/usr');
    const before = statSync(nitro).ino;
    expect(make('install', `DESTDIR=${stage}`, 'PREFIX=/usr')).toMatchObject({ status: 0 });
    expect(statSync(nitro).ino).not.toBe(before); // a new file: one that is being executed cannot be written
    expect(filesBelow(stage)).toEqual(below('usr', [...always, ...dropIns]));
  });

  it('make uninstall takes all of it away, and nothing else', () => {
    const stage = temporaryDirectory();
    make('install', `DESTDIR=${stage}`, 'PREFIX=/usr');
    writeFileSync(join(stage, 'usr/sbin/other'), '');
    expect(make('uninstall', `DESTDIR=${stage}`, 'PREFIX=/usr')).toMatchObject({ status: 0 });
    expect(filesBelow(stage)).toEqual(['usr/sbin/other']);
  });
});
