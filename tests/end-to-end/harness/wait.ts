/**
 * Waiting in tests: always for something, never for a time.
 */

/** How long a test waits for what must happen, unless it says otherwise. Generous: machines are slow at times. */
export const DEADLINE_MS = 45_000;
/** How often a condition is looked at again. */
const POLL_MS = 5;

/** Only for what has no condition: giving something that must not happen the time to happen. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Options of `waitFor`. */
export interface Wait {
  /** Default DEADLINE_MS. */
  readonly withinMs?: number;
  /** What to show when the time is over, besides the last reason. */
  readonly report?: () => string;
}

/**
 * Wait until `condition` is truthy, and return what it returned. A condition that throws counts as not yet true; its
 * last message is part of the error, so that `expect` can be used in it.
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  { withinMs = DEADLINE_MS, report = () => '' }: Wait = {},
): Promise<Exclude<T, false | null | undefined>> {
  const end = performance.now() + withinMs;
  let reason = '';
  for (;;) {
    try {
      const answer = await condition();
      if (answer !== false && answer !== null && answer !== undefined)
        return answer as Exclude<T, false | null | undefined>;
      reason = '';
    } catch (error) {
      reason = `\nlast: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}${reason}\n${report()}`);
    await pause(POLL_MS);
  }
}
