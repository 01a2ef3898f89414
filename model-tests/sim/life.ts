/**
 * A whole life of nitro on the simulated system: from its command line to the end of its process.
 */
import { Ended } from '../../runtime/bugs.js';
import { startNitro } from '../../runtime/start.js';
import { leftovers } from '../memory/leftovers.js';
import type { Chooser } from './choice.js';
import { serviceDirectory } from './layout.js';
import { SimulatedOs } from './os.js';
import type { Scenario } from './scenario.js';
import type { Life } from './trace.js';
import { presentSupervisor, watchForSupervisor } from './watched.js';
import { World } from './world.js';

/** Live through a scenario. Exceptions other than the end are bugs of the simulation, and are thrown on. `prepare` sees the system before it starts. */
export function live(scenario: Scenario, chooser: Chooser, prepare?: (os: SimulatedOs) => void): Life {
  const world = new World(scenario, chooser);
  const os = new SimulatedOs(world);
  prepare?.(os);
  watchForSupervisor();
  const how = run(os);
  world.note({ type: 'over', how });
  const supervisor = presentSupervisor();
  const pids = new Set(world.children.map(({ pid }) => pid));
  return {
    trace: world.trace,
    how,
    at: world.agenda.now,
    rest: {
      ...os.descriptors.count(),
      children: world.children.map(({ service, script, phase }) => `${service}/${script} ${phase}`),
      calls: os.calls,
      held: supervisor === null ? [] : leftovers(supervisor, { pids, descriptors: os.descriptors.all() }),
    },
    faults: world.faults,
  };
}

function run(os: SimulatedOs): string {
  try {
    return startNitro(os, ['nitro', serviceDirectory]);
  } catch (end) {
    if (end instanceof Ended) return end.how;
    throw end;
  }
}
