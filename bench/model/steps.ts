/**
 * The way of events that steps are measured on: the life of a service that starts, is ready, restarted, dies, starts anew and is brought down.
 *
 * Every event of it is taken by its leaf or ignored there by rule, and some guards hold, so that rows are passed over as in daily
 * life. The interpreter is the daemon's (table/step.ts).
 */
import { STAY } from '../../table/format.js';
import { serviceTable } from '../../table/service.js';
import type { ServiceEventName, ServiceGuard } from '../../table/service.js';
import { rowFor } from '../../table/step.js';

/** One way from DOWN to DOWN. */
export const way: readonly ServiceEventName[] = [
  'WANT_UP',
  'SETUP_EXITED',
  'EXEC_SUCCEEDED',
  'READY',
  'WANT_UP',
  'WANT_RESTART',
  'RUN_EXITED',
  'FINISH_EXITED',
  'SETUP_EXITED',
  'EXEC_SUCCEEDED',
  'READY',
  'RUN_EXITED',
  'FINISH_EXITED',
  'SETUP_EXITED',
  'EXEC_SUCCEEDED',
  'WANT_DOWN',
  'RUN_EXITED',
  'READY',
  'FINISH_EXITED',
  'WANT_DOWN',
];

/** The service has a setup and reports readiness; nothing else is so. */
export const holds = (guard: ServiceGuard): boolean => guard === 'hasSetup' || guard === 'reportsReadiness';

/** Take so many steps from DOWN; the leaf where that ends. */
export function takeSteps(count: number): number {
  let leaf = 1;
  for (let step = 0, place = 0; step < count; step++) {
    const event = way[place];
    place = place + 1 === way.length ? 0 : place + 1;
    if (event === undefined) continue;
    const row = rowFor(serviceTable, leaf, event, holds);
    if (row !== null && row.target !== STAY) leaf = row.target;
  }
  return leaf;
}
