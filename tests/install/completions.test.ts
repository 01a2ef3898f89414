/**
 * The completions for bash, zsh and fish: their syntax, and what they offer. What they offer is asked of the shells
 * themselves, and held against the help of the programs.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fullCommandsOf, optionsOf } from './help.js';
import { has, nitroctlPath, nitroPath, root, run, temporaryDirectory } from './workspace.js';

const TIMEOUT_MS = 30_000;
const completions = join(root, 'completions');
const here = join(root, 'tests/install');

interface Shell {
  readonly name: string;
  readonly files: readonly string[];
  /** What the shell offers at the end of a command line, with this PATH before the others. */
  readonly offers: (line: string, path: string) => readonly string[];
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');
const environment = (path: string): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${path}:${process.env['PATH'] ?? ''}`,
  NITRO_SOCK: '/nonexistent/nitro.sock',
});

/** Calls the completion as readline does: its second argument is the part of the word that readline will replace. */
const askBash = `
  program=\${1%% *}
  . "$2/$program.bash"
  COMP_LINE=$1 COMP_POINT=\${#1}
  word=\${1##* } COMP_CWORD=0
  for each in $1; do ((++COMP_CWORD)); done
  [[ -z $word ]] || ((--COMP_CWORD))
  [[ $word != *@* ]] || word=@\${word##*@}
  "_$program" "$program" "$word" ''
  printf '%s\\n' "\${COMPREPLY[@]}"`;

const shells: readonly Shell[] = [
  {
    name: 'bash',
    files: ['nitro.bash', 'nitroctl.bash'],
    offers: (line, path) =>
      linesOf(run('bash', ['--norc', '-c', askBash, 'bash', line, completions], { env: environment(path) }).stdout),
  },
  {
    name: 'zsh',
    files: ['_nitro', '_nitroctl'],
    offers: (line, path) =>
      linesOf(
        run('zsh', ['-f', join(here, 'candidates.zsh'), completions, line], { env: environment(path), timeoutMs: 20_000 }).stdout,
      ),
  },
  {
    name: 'fish',
    files: ['nitro.fish', 'nitroctl.fish'],
    offers: (line, path) => {
      const program = line.split(' ')[0] ?? '';
      const script = 'source $argv[1]; complete -C $argv[2]';
      const args = ['--no-config', '-c', script, '--', join(completions, `${program}.fish`), line];
      const { stdout } = run('fish', args, { env: environment(path), cwd: root });
      return linesOf(stdout).map((candidate) => candidate.split('\t')[0] ?? '');
    },
  },
];

/** A directory with a `nitroctl` in it that lists four services, one of them with a name that is hard to read from the list. */
function listingServices(): string {
  const directory = join(temporaryDirectory(), 'bin');
  mkdirSync(directory);
  const program = join(directory, 'nitroctl');
  writeFileSync(
    program,
    `#!/bin/sh
[ "$*" = '-t 1 list' ] || exit 2
cat <<'END'
UP greeter (pid 12) (wstatus 0) 3s
DOWN grumpy (wstatus -1) 70s
UP ticker@3 (pid 14) (wstatus 256) 3s
UP ticker@5 (pid 16) (wstatus 0) 3s
END
`,
  );
  chmodSync(program, 0o755);
  return directory;
}

/** Tells apart the part of a word that stays: bash offers only what follows it. */
const endings = (word: string, offers: readonly string[]): readonly string[] =>
  offers.map((offer) => (offer.startsWith('@') ? word + offer : offer)).sort();

describe.each(shells.map((shell) => [shell.name, shell] as const))('%s', (name, { files, offers }) => {
  const listing = listingServices();
  const silent = join(root, 'build');

  it.skipIf(!has(name)).each([...files])('%s is correct syntax', (file) => {
    expect(run(name, ['-n', join(completions, file)])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  describe.skipIf(!has(name))('offers', { timeout: TIMEOUT_MS }, () => {
    it('each command of nitroctl', () => {
      const commands = fullCommandsOf(run(nitroctlPath, ['--help']).stdout);
      expect([...offers('nitroctl ', silent)].sort()).toEqual(commands);
      expect([...offers('nitroctl -t 5 -v ', silent)].sort()).toEqual(commands);
    });

    it('each option of nitroctl', () => {
      const options = optionsOf(run(nitroctlPath, ['--help']).stdout);
      const offered = new Set([...offers('nitroctl -', silent), ...offers('nitroctl --', silent)]);
      // fish joins short options: after a lone dash it may leave out those that have a long form.
      for (const option of offered) expect(options).toContain(option);
      for (const option of options) if (option !== '-h') expect([...offered]).toContain(option);
    });

    it('each option of nitro', () => {
      const options = optionsOf(run(nitroPath, ['--help']).stdout).filter((option) => option.startsWith('--'));
      expect([...offers('nitro --', silent)].sort()).toEqual(options);
    });

    it('the services that nitro lists', () => {
      expect(endings('', offers('nitroctl start gr', listing))).toEqual(['greeter', 'grumpy']);
      expect(endings('', offers('nitroctl u gre', listing))).toEqual(['greeter']);
      expect(endings('', offers('nitroctl -t 5 stop greeter gru', listing))).toEqual(['grumpy']);
      expect(endings('ticker', offers('nitroctl k ticker@', listing))).toEqual(['ticker@3', 'ticker@5']);
      expect(endings('ticker', offers('nitroctl k ticker@5', listing))).toEqual(['ticker@5']);
    });

    it('no service where none is named', () => {
      for (const command of ['info', 'rescan', 'scan', 's', 'events', 'trace', 'Shutdown', 'Reboot', '-t'])
        expect(offers(`nitroctl ${command} `, listing)).toEqual([]);
    });

    it('nothing, and says nothing, when no nitro answers', () => {
      expect(offers('nitroctl start gr', silent)).toEqual([]);
    });
  });
});
