/**
 * Lines that the kernel prints, each with the time of the guest: seconds since the boot.
 *
 * What the kernel prints goes to the serial port at once, and overtakes what processes have written and the port has not taken yet. So the kernel's lines
 * are looked for in all that was said, and their order among what processes say means nothing.
 */
import type { Guest } from './guest.js';

/** A shell command that has the kernel print a line, of the most urgent kind, which is shown however quiet it is. */
export const stamp = (text: string): string => `echo "<0>${text}" >/dev/kmsg`;

/** Wait for a line of the kernel that begins with this text; its time in seconds. */
export async function kernelSays(guest: Guest, text: string): Promise<number> {
  const [, seconds] = await guest.waitFor(`the kernel says ${text}`, () => new RegExp(`\\[ *(\\d+\\.\\d+)\\] ${text}`).exec(guest.console.text));
  return Number(seconds);
}
