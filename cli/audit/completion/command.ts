/** `nitro-audit completion`. */
import { Argument } from 'commander';
import { ending, exit, output } from '../command.js';
import type { Registration } from '../command.js';
import { completionScript, shells } from './script.js';
import type { CompletedCommand, Shell } from './script.js';

export const registerCompletion: Registration = (program) => {
  program
    .command('completion')
    .description('print the completion for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', '\nbash: source <(nitro-audit completion bash)   fish: nitro-audit completion fish | source')
    .action(
      ending((shell: Shell) => {
        const commands = program.commands.map(
          (command): CompletedCommand => ({
            name: command.name(),
            options: command.createHelp().visibleOptions(command).map(({ short, long, argChoices }) => ({
              flags: [short, long].filter((flag): flag is string => typeof flag === 'string'),
              choices: argChoices ?? [],
            })),
          }),
        );
        output(completionScript(shell, commands), undefined);
        return exit.clean;
      }),
    );
};
