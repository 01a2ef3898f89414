/**
 * System calls that fail once (strace): never an exit, never a lost service. Some calls of each kind; `npm run soak -- --only start --only running
 * --only children` has them all.
 */
import { faultsWhileRunning } from '../hostile/faults-running.js';
import { faultsAtStart } from '../hostile/faults-start.js';
import { nothingIsLost } from '../hostile/short.js';
import { mayInject } from '../hostile/strace.js';
import { isSanitized } from '../hostile/tools.js';

const skip = !mayInject() || isSanitized;

nothingIsLost('at the start: fork, pipe2, memory, close_range, and a bind that cannot be', async (limits) =>
  await faultsAtStart(limits, { calls: ['fork', 'clone', 'pipe2', 'mprotect', 'close_range', 'bind'], most: 2, errnos: 1 }), { skip });
nothingIsLost('at the start: no descriptor for one of the files that are read, notification-fd among them', async (limits) =>
  await faultsAtStart(limits, { calls: ['open', 'openat'], errnos: 1 }), { skip });
nothingIsLost('at the start: a file that is read cannot be looked at, an answer cannot be sent', async (limits) =>
  await faultsAtStart(limits, { calls: ['fstat', 'sendto'], most: 10 }), { skip });
nothingIsLost('while nitro runs: waiting, reaping, forking, memory, and what is sent', async (limits) =>
  await faultsWhileRunning(limits, false, { calls: ['ppoll', 'wait4', 'fork', 'clone', 'pipe2', 'fcntl', 'sendto', 'kill'], most: 1, errnos: 1 }), { skip });
nothingIsLost('in a child between fork and exec: descriptors that are interrupted or used up, an exec that fails for now', async (limits) =>
  await faultsWhileRunning(limits, true, { calls: ['dup2', 'setsid'], most: 1 }), { skip });
