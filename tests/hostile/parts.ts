/**
 * The parts of the soak, in the order in which they run.
 */
import { deafListeners, floods, fuzz, killedClients, requests } from './control.js';
import { rewriting } from './directory.js';
import { faultsAtStart } from './faults-start.js';
import { faultsWhileRunning } from './faults-running.js';
import { scaled, type Finding, type Part } from './part.js';
import { crashRestarts, fullRun, littleMemory, mayBeAnother, noProcesses, orphans, stoppedLogger } from './resources.js';
import { mayContain } from '../end-to-end/harness/container.js';

const skipped = (what: string): Finding => ({ what, times: 0, lost: [], note: 'skipped' });

export const parts: readonly Part[] = [
  { name: 'start', summary: 'each system call of a start fails once (strace)', run: async (limits) => [await faultsAtStart(limits)] },
  { name: 'running', summary: 'each system call of a running nitro fails once (strace)', run: async (limits) => [await faultsWhileRunning(limits, false)] },
  { name: 'children', summary: 'each system call between fork and exec fails (strace)', run: async (limits) => [await faultsWhileRunning(limits, true)] },
  { name: 'fuzz', summary: '1,000,000 datagrams of a fuzzer', run: async (limits) => [await fuzz(limits, scaled(1_000_000, limits))] },
  { name: 'flood', summary: 'floods from 4 clients while crashes are repaired', run: async (limits) => [await floods(limits, scaled(200, limits))] },
  { name: 'deaf', summary: '1,000 listeners that never read', run: async (limits) => [await deafListeners(limits, 1000, scaled(200, limits))] },
  { name: 'killed', summary: 'nitroctl is killed at each of its system calls (strace)', run: async (limits) => [await killedClients(limits)] },
  { name: 'requests', summary: '1,000,000 requests', run: async (limits) => [await requests(limits, scaled(1_000_000, limits))] },
  { name: 'rewriting', summary: '10,000 rescans of a directory that is rewritten', run: async (limits) => [await rewriting(limits, scaled(10_000, limits))] },
  { name: 'crashes', summary: '100,000 crash restarts', run: async (limits) => [await crashRestarts(limits, scaled(100_000, limits))] },
  { name: 'orphans', summary: '100,000 orphans', run: async (limits) => [await orphans(limits, scaled(100_000, limits))] },
  { name: 'memory', summary: '100 services within 8 MB', run: async (limits) => [await littleMemory(limits, 8192, 100, scaled(20, limits))] },
  { name: 'logger', summary: 'a full pipe, its logger stopped', run: async (limits) => [await stoppedLogger(limits, scaled(100_000, limits))] },
  { name: 'processes', summary: 'fork fails for minutes', run: async (limits) => [mayBeAnother() ? await noProcesses(limits, scaled(180_000, limits)) : skipped('fork fails (RLIMIT_NPROC): needs root, setpriv and prlimit')] },
  { name: 'run', summary: 'a full /run', run: async () => [mayContain() ? await fullRun() : skipped('a full /run: needs the right to make namespaces')] },
];
