/**
 * Questions and requests that several files of tests put to a nitro.
 */
import type { Daemon } from './daemon.js';
import { ESRCH, OK, packet, Tag } from './wire.js';

/** Does nitro know a service of this name? */
export const isKnown = async (nitro: Daemon, name: string): Promise<boolean> =>
  (await nitro.request(packet(Tag.QUERY, name))) !== ESRCH;

/** Wait until nitro knows no service of this name any more. */
export async function waitForgotten(nitro: Daemon, ...names: readonly string[]): Promise<void> {
  for (const name of names) await nitro.waitFor(`${name} is forgotten`, async () => !(await isKnown(nitro, name)));
}

/** Ask for a rescan; it has been carried out when this is fulfilled. */
export async function rescan(nitro: Daemon): Promise<void> {
  const reply = await nitro.request(packet(Tag.RESCAN));
  if (reply !== OK) throw new Error(`RESCAN was answered with ${reply}`);
}

/** Wait until rescan has had its full effect: the services that are known are these. Rescans again and again. */
export async function rescanUntil(nitro: Daemon, names: readonly string[]): Promise<void> {
  const expected = [...names].sort().join('\n');
  await nitro.waitFor(`the services are ${names.join(' ')}`, async () => {
    await rescan(nitro);
    const known = [...(await nitro.list()).keys()].sort().join('\n');
    if (known !== expected) throw new Error(`they are ${known.split('\n').join(' ')}`);
    return true;
  });
}
