/**
 * Too little of everything, and a directory that changes all the time: the short forms of the soak's parts.
 */
import { mayContain } from './harness/container.js';
import { rewriting } from '../hostile/directory.js';
import { crashRestarts, fullRun, littleMemory, mayBeAnother, noProcesses, orphans, stoppedLogger } from '../hostile/resources.js';
import { nothingIsLost } from '../hostile/short.js';
import { isSanitized } from '../hostile/tools.js';

nothingIsLost('200 rescans of a directory that another process rewrites', async (limits) => await rewriting(limits, 200));
nothingIsLost('1,000 crash restarts: memory and descriptors are what they were', async (limits) => await crashRestarts(limits, 1000), { skip: isSanitized });
nothingIsLost('2,000 orphans are reaped: memory and descriptors are what they were', async (limits) => await orphans(limits, 2000), { skip: isSanitized });
nothingIsLost('100 services crash at once with 8 MB of address space', async (limits) => await littleMemory(limits, 8192, 100, 1), { skip: isSanitized });
nothingIsLost('a pipe is full and its logger stopped: others are supervised, and no line is lost', async (limits) => await stoppedLogger(limits, 5000));
nothingIsLost('no process can be made for 2 s (RLIMIT_NPROC)', async (limits) => await noProcesses(limits, 2000), { skip: !mayBeAnother() });
nothingIsLost('/run is full', async () => await fullRun(), { skip: !mayContain() });
