/**
 * Completion of nitro-audit for the common shells, written from the commands themselves, so that it is never behind them.
 *
 * A word is completed to the names of the commands in the first place, and to the options of the command after that. Where an
 * option takes one of a few words, these follow it; anywhere else the shell completes files.
 */

/** An option: its flags as in `--json`, and the words it takes one of. */
export interface CompletedOption {
  readonly flags: readonly string[];
  readonly choices: readonly string[];
}

export interface CompletedCommand {
  readonly name: string;
  readonly options: readonly CompletedOption[];
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const flagsOf = (command: CompletedCommand): string => command.options.flatMap(({ flags }) => flags).join(' ');

/** `case` lines for bash and zsh: what may follow a command, or one of its options that takes a word. */
function cases(commands: readonly CompletedCommand[]): string {
  return commands
    .flatMap((command) => [
      ...command.options
        .filter(({ choices }) => choices.length > 0)
        .map(({ flags, choices }) => `    ${flags.map((flag) => `${command.name}:${flag}`).join('|')}) words='${choices.join(' ')}' ;;`),
      `    ${command.name}:*) case $word in -*) words='${flagsOf(command)}' ;; esac ;;`,
    ])
    .join('\n');
}

function bash(commands: readonly CompletedCommand[]): string {
  return `# Completion of nitro-audit for bash: source <(nitro-audit completion bash)
_nitro_audit() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${commands.map(({ name }) => name).join(' ')} --help --version'
  else case \${COMP_WORDS[1]}:$previous in
${cases(commands)}
  esac fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _nitro_audit nitro-audit
`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  return `#compdef nitro-audit
# Completion of nitro-audit for zsh: source <(nitro-audit completion zsh), after compinit.
_nitro_audit() {
  local word=\${words[CURRENT]} previous=\${words[CURRENT-1]} command=\${words[2]} place=$CURRENT
  local words=
  if (( place == 2 )); then
    words='${commands.map(({ name }) => name).join(' ')} --help --version'
  else case $command:$previous in
${cases(commands)}
  esac fi
  if [[ -n $words ]]; then compadd -- \${=words}; else _files; fi
}
compdef _nitro_audit nitro-audit
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c nitro-audit -n __fish_use_subcommand -f -a ${command.name}`,
    ...command.options.flatMap(({ flags, choices }) => {
      const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
      const words = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : '';
      return `complete -c nitro-audit -n '__fish_seen_subcommand_from ${command.name}' ${names}${words}`;
    }),
  ]);
  return `# Completion of nitro-audit for fish: nitro-audit completion fish | source\n${lines.join('\n')}\n`;
}

export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
  }
}
