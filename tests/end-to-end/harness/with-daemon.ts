/**
 * A daemon for as long as something is done with it.
 */
import { Daemon } from './daemon.js';
import type { Description } from './description.js';

/** A daemon that is not started yet; whatever the body does, nothing of it is left. A failure gets the report added. */
export async function withDaemon(description: Description, body: (nitro: Daemon) => Promise<void>): Promise<void> {
  const nitro = new Daemon(description);
  try {
    await body(nitro);
  } catch (error) {
    if (error instanceof Error && !error.message.includes('--- announced')) error.message += `\n${nitro.report()}`;
    throw error;
  } finally {
    await nitro.destroy();
  }
}
