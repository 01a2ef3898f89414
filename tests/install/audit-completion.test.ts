/** `nitro-audit completion`: what each shell offers, asked of the shell itself. Shells that are not installed are skipped. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { has, root, run } from './workspace.js';

const directory = mkdtempSync(join(tmpdir(), 'nitro-completion-'));
afterAll(() => rmSync(directory, { recursive: true }));
const audit = (...args: readonly string[]): ReturnType<typeof run> => run(process.execPath, [join(root, 'build/nitro-audit.cjs'), ...args]);

function scriptFor(shell: string): string {
  const path = join(directory, shell);
  writeFileSync(path, audit('completion', shell).stdout);
  return path;
}

type Ask = (...words: readonly string[]) => readonly string[];
const split = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

const shells: Readonly<Record<string, (path: string) => Ask>> = {
  bash: (path) => (...words) =>
    split(run('bash', ['-c', `source ${path}; COMP_WORDS=(nitro-audit "$@"); COMP_CWORD=$#; _nitro_audit; echo "\${COMPREPLY[@]}"`, 'bash', ...words]).stdout),
  zsh: (path) => (...words) => {
    const stubs = 'compdef() { }; compadd() { shift; print -r -- $@ }; _files() { }';
    const all = split(run('zsh', ['-f', '-c', `${stubs}; source ${path}; words=(nitro-audit "$@"); CURRENT=$#words; _nitro_audit`, 'zsh', ...words]).stdout);
    // The shell itself picks those that begin with the word.
    return all.filter((word) => word.startsWith(words[words.length - 1] ?? ''));
  },
  fish: (path) => (...words) =>
    run('fish', ['--no-config', '-c', `source ${path}; complete -C "nitro-audit ${words.join(' ')}"`]).stdout.split('\n').map((line) => line.split('\t')[0] ?? '').filter((line) => line !== ''),
};

describe.each(Object.entries(shells))('%s offers', (shell, asker) => {
  const skip = { skip: !has(shell) };
  const ask: Ask = (...words) => asker(scriptFor(shell))(...words);

  it('commands', skip, () => {
    expect(ask('ver')).toEqual(['verify']);
    expect([...ask('re')].sort()).toEqual(['record', 'replay']);
  });

  it('the options of a command', skip, () => {
    expect([...ask('blame', '--')].sort()).toEqual(expect.arrayContaining(['--json', '--top']));
    expect(ask('blame', '--')).not.toContain('--daemon');
  });

  it('the words that an option takes', skip, () => {
    expect([...ask('table', '--format', '')].sort()).toEqual(['csv', 'json', 'markdown', 'text']);
    expect(ask('diagram', '--view', 'sub')).toEqual(['substates']);
  });
});

it('a shell that it does not know is a usage error', () => {
  expect(audit('completion', 'csh').status).toBe(2);
});
