/**
 * Steps of the table on the host: `host-steps COUNT` takes COUNT steps, and says how long that took, in ms.
 *
 * A whole program in the place of nitro, inside the same host and engine. The way is a service's life again and again: start, readiness, a restart, a
 * death and a new start (steps.ts).
 */
import type { Bytes, ControlOs } from '../../runtime/os.js';
import { takeSteps } from './steps.js';

declare const host: Pick<ControlOs, 'write' | 'exit' | 'now'> & { readonly args: readonly Bytes[] };

function main(): never {
  const count = Number(host.args[1]);
  const before = host.now();
  const end = takeSteps(count);
  host.write(1, `${String(host.now() - before)} ${String(end)}\n`);
  return host.exit(0);
}

main();
