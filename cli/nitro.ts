/**
 * Entry point of `nitro`, on the host.
 *
 * As pid 1 there is nobody to read a usage message, so everything is taken for what it most likely is: a directory.
 */
import type { Bytes, ControlOs, Os } from '../runtime/os.js';
import { startNitro } from '../runtime/start.js';
import { version } from '../runtime/version.js';

declare const host: Os & Pick<ControlOs, 'write'> & { readonly args: readonly Bytes[] };

const help = `usage: nitro [DIRECTORY]

Supervise the services in DIRECTORY (/etc/nitro if none is given).

  --help     show this and exit
  --version  show the version and exit

environment:
  NITRO_SOCK  path of the control socket

Control it with nitroctl. See nitro(8).
`;

function main(argv: readonly Bytes[]): never {
  if (host.pid() !== 1) {
    const [first, second] = argv.slice(1);
    if (first === '--help' || first === '-h') {
      host.write(1, help);
      return host.exit(0);
    }
    if (first === '--version') {
      host.write(1, `nitro ${version}\n`);
      return host.exit(0);
    }
    if (first?.startsWith('-') === true) return usage(`unknown option: ${first}`);
    if (second !== undefined) return usage(`more than one directory: ${second}`);
  }
  return startNitro(host, argv);
}

function usage(why: Bytes): never {
  host.write(2, `nitro: ${why}\nusage: nitro [DIRECTORY]; try nitro --help\n`);
  return host.exit(2);
}

main(host.args);
