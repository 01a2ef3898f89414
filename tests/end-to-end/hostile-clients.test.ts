/**
 * Hostile clients: the short forms of the soak's parts `fuzz`, `flood`, `deaf`, `killed` and `requests`.
 */
import { deafListeners, floods, fuzz, killedClients, requests } from '../hostile/control.js';
import { nothingIsLost } from '../hostile/short.js';
import { mayInject } from '../hostile/strace.js';
import { isSanitized } from '../hostile/tools.js';

nothingIsLost('20,000 datagrams of a fuzzer, structured and raw: services are supervised meanwhile, those not named are left alone', async (limits) => await fuzz(limits, 20_000, 10_000));
nothingIsLost('4 clients send as fast as the kernel takes it: crashes are repaired', async (limits) => await floods(limits, 5));
nothingIsLost('1,000 listeners that never read: crashes are repaired, no descriptor is used up', async (limits) => await deafListeners(limits, 1000, 5));
nothingIsLost('nitroctl is killed at every tenth of its system calls', async (limits) => await killedClients(limits, 10), { skip: !mayInject() });
nothingIsLost('10,000 requests are answered: memory and descriptors are what they were', async (limits) => await requests(limits, 10_000), { skip: isSanitized });
