/**
 * `SYS` in a trace of announcements: the service that is shown while one of its scripts runs, from which phases of the system can be told
 * (behaviour.md §6).
 */
import type { StateName } from './format.js';

/** What may follow; null: nothing is known. */
const following: Readonly<Record<string, readonly StateName[]>> = {
  // Its setup is told to end, or ends.
  SETUP: ['SETUP', 'SHUTDOWN', 'DOWN'],
  SHUTDOWN: ['SHUTDOWN', 'DOWN'],
  // Its finish is run: the system goes down; or another nitro began in its place.
  DOWN: ['SHUTDOWN', 'SETUP'],
};

export class Sys {
  private state: StateName | null = null;
  /** Is the system past run? Null: nobody knows. */
  goingDown: boolean | null = null;

  /** Announced. Null: it may be; else what would have been allowed. */
  take(state: StateName): readonly StateName[] | null {
    const allowed = this.state === null ? Object.keys(following) : (following[this.state] ?? []);
    if (this.state === 'DOWN' && state === 'SHUTDOWN') this.goingDown = true;
    else if (state === 'SETUP') this.goingDown = false;
    else if (this.goingDown !== true) this.goingDown = null;
    this.state = state in following ? state : null;
    return allowed.includes(state) ? null : allowed;
  }

  /** A list shows whether it is there. */
  listed(isThere: boolean): void {
    if (!isThere) this.state = 'DOWN';
  }

  lose(): void {
    this.state = null;
    this.goingDown = null;
  }
}
