/**
 * The parts of the soak, in the order in which they run.
 */
import { deafListeners, floods, fuzz, killedClients, requests } from './control.js';
import { faultsAtStart } from './faults-start.js';
import { faultsWhileRunning } from './faults-running.js';
import { scaled, type Part } from './part.js';

export const parts: readonly Part[] = [
  { name: 'start', summary: 'each system call of a start fails once (strace)', run: async (limits) => [await faultsAtStart(limits)] },
  { name: 'running', summary: 'each system call of a running nitro fails once (strace)', run: async (limits) => [await faultsWhileRunning(limits, false)] },
  { name: 'children', summary: 'each system call between fork and exec fails (strace)', run: async (limits) => [await faultsWhileRunning(limits, true)] },
  { name: 'fuzz', summary: '1,000,000 datagrams of a fuzzer', run: async (limits) => [await fuzz(limits, scaled(1_000_000, limits))] },
  { name: 'flood', summary: 'floods from 4 clients while crashes are repaired', run: async (limits) => [await floods(limits, scaled(200, limits))] },
  { name: 'deaf', summary: '1,000 listeners that never read', run: async (limits) => [await deafListeners(limits, 1000, scaled(200, limits))] },
  { name: 'killed', summary: 'nitroctl is killed at each of its system calls (strace)', run: async (limits) => [await killedClients(limits)] },
  { name: 'requests', summary: '1,000,000 requests', run: async (limits) => [await requests(limits, scaled(1_000_000, limits))] },
];
