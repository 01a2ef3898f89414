/**
 * Entry point of `nitro-audit`, on Node: evidence for those who audit an init, and pictures of what one does.
 *
 * Exit status: 0 clean, 1 findings, 2 usage, 3 cannot run.
 */
import { Command } from 'commander';
import { version } from '../runtime/version.js';
import { CannotRun, exit } from './audit/command.js';
import { commands } from './audit/commands.js';

const program = new Command('nitro-audit')
  .description('Evidence about nitro, and tools to look at it.')
  .version(version)
  .exitOverride()
  .showHelpAfterError("Try 'nitro-audit --help'.");

for (const register of commands) register(program);

// Whoever reads the output may have enough of it: `nitro-audit table | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? (process.exitCode ?? exit.clean) : exit.cannotRun);
});

program.parseAsync().catch((error: unknown) => {
  const code = (error as { readonly exitCode?: unknown }).exitCode;
  if (code === 0) process.exitCode = exit.clean;
  else if (typeof code === 'number') process.exitCode = exit.usage;
  else {
    const isBug = !(error instanceof CannotRun);
    process.stderr.write(`nitro-audit: cannot run: ${error instanceof Error ? ((isBug ? error.stack : undefined) ?? error.message) : String(error)}\n`);
    process.exitCode = exit.cannotRun;
  }
});
