/**
 * Tests that boot a machine of their own.
 *
 * How to write a test:
 *
 *     vmTest('nitro powers off', { services: { a: { run: 'echo here; exec sleep 1000' } } }, async (guest) => {
 *       await guest.says('here\n');
 *       await guest.launch('nitroctl Shutdown');
 *       await guest.saysInOrder('- nitro: shutting down\n', ' done.\n');
 *       await kernelSays(guest, 'reboot: Power down');
 *       expect(await guest.ends()).toEqual({ code: 0, reason: 'guest-shutdown' });
 *     });
 *
 * The description names the services and scripts, in the form of the end-to-end tests, and what kind of machine it is (guest.ts, root.ts). `says` waits
 * for text on the serial console, each time after what it found last (for lines of the kernel see kernel-lines.ts); `type` types there, `press`
 * presses keys of the keyboard. `run` and `output` have a command run by the service `shell` of the guest; `launch` does not wait for its end. In the end
 * the console must not speak of a bug, of nitro or of the kernel; a test that wants a panic says so. What a script prints is on the console; it has
 * $PATH, and what is on the kernel command line, in its environment. Tests of a file run two at a time. Wait for what is said, not for times: all is
 * emulated, and slow.
 */
import { inject, test } from 'vitest';
import { Guest, type Description } from './guest.js';

const vm = inject('vm');
/** Boots, whatever they do, on a machine that has other work too. */
const TEST_MS = 900_000;

/** Nothing on the console reads like a report of a bug. */
function checkConsole({ text }: { readonly text: string }, panics: boolean): void {
  const bug = /\bbug\b|exception|\b\w*Error: |stack overflow|out of memory|assertion|segfault|Oops|Call Trace|Kernel panic/i.exec(text);
  if (bug !== null && !panics) throw new Error(`the console reports a bug: ${bug[0]}`);
}

/** A test with a machine that is booted, see the head of the file. */
export function vmTest(
  name: string,
  description: Description & { readonly panics?: boolean },
  body: (guest: Guest) => Promise<void>,
): void {
  test.concurrent(name, { skip: 'missing' in vm, timeout: TEST_MS }, async () => {
    if ('missing' in vm) return;
    const guest = new Guest(vm, description);
    try {
      await guest.start();
      await body(guest);
      checkConsole(guest.console, description.panics ?? false);
    } catch (error) {
      if (error instanceof Error) error.message += `\n${guest.report()}`;
      throw error;
    } finally {
      await guest.destroy();
    }
  });
}
