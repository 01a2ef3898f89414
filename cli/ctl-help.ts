/** What `nitroctl --help` says; the commands come from their table. */
import { commands, type CommandRow } from './ctl-commands.js';
import { Exit } from './ctl-exit.js';

const operands = { none: '', any: ' [SERVICE...]', some: ' SERVICE...' } as const;

function commandLine(row: CommandRow): string {
  return `  ${`${row.names.join(', ')}${operands[row.services]}`.padEnd(30)} ${row.help}`;
}

/** The whole text. */
export function helpText(): string {
  return `Usage: nitroctl [-v] [-t SECONDS] [--json] [COMMAND] [SERVICE...]

Controls a running nitro.

Commands:
${commands.map(commandLine).join('\n')}

SERVICE is a name, or a path to a service directory: . is the service whose
directory this is. Several services are asked at once and waited for together.

Options:
  -t SECONDS   give up after this time (may be a fraction)
  -v           print each change of state while waiting
  --json       print JSON; for list, info, events and trace (the latter two:
               one object a line)
  -h, --help   print this help
  --version    print the version
  --           end of options

Environment:
  NITRO_SOCK   the control socket; else the target of /etc/nitro.sock, else
               /run/nitro/nitro.sock
  NO_COLOR     if set, list uses no colours

Exit status:
  ${String(Exit.done).padEnd(5)} done
  ${String(Exit.failed).padEnd(5)} it failed to start, or is not running
  ${String(Exit.usage).padEnd(5)} wrong usage
  ${String(Exit.timedOut).padEnd(5)} the time of -t ran out
  ${String(Exit.unreachable).padEnd(5)} nitro cannot be reached
  ${String(Exit.noSuchService).padEnd(5)} no such service, or nitro does not know the command
  128+N interrupted by signal N
`;
}
