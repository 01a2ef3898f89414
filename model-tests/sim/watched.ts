/**
 * The supervisor of the present life: `startNitro` keeps it to itself, and what it holds is looked at from outside.
 */
import { Supervisor } from '../../runtime/supervisor.js';

let present: Supervisor | null = null;
let isWatching = false;

function note(supervisor: Supervisor): void {
  present = supervisor;
}

/** Have the supervisor noted that is started next. */
export function watchForSupervisor(): void {
  present = null;
  if (isWatching) return;
  isWatching = true;
  const run = Object.getOwnPropertyDescriptor(Supervisor.prototype, 'run')?.value as (this: Supervisor) => never;
  Supervisor.prototype.run = function (this: Supervisor): never {
    note(this);
    return run.call(this);
  };
}

/** The one that runs, or ran last; null: none has been started since it was watched for. */
export function presentSupervisor(): Supervisor | null {
  return present;
}
