/**
 * Waiting: for a condition, or where there is none, for a time.
 */

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** How often a condition is looked at, in ms: seldom enough not to disturb what is measured. */
const lookMs = 5;

/** Wait until `condition` holds; throws if it does not within `withinMs`. */
export async function waitUntil(what: string, withinMs: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(lookMs);
  }
}
