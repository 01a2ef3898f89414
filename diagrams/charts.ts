/**
 * The charts that there are: their titles, what they tell somebody who cannot see them, and how they are laid out.
 *
 * The ranks say what stands where, from the beginning of a life to its end. The seed is that of the layout with the fewest crossings
 * among those that were tried.
 */
import type { Chart } from './chart.js';
import { leavesChart } from './chart-leaves.js';
import { topChart } from './chart-top.js';
import { serviceModel, systemModel } from './model.js';
import type { Model } from './model.js';

/** Boxes where edges are straight and short; `seed` is the layout's. */
function compact(seed: number): Readonly<Record<string, string>> {
  return {
    'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
    'elk.layered.compaction.postCompaction.strategy': 'EDGE_LENGTH',
    'elk.randomSeed': String(seed),
  };
}

const lines = 'Lines that join have the same end. Brackets hold conditions, and what follows a slash is done.';

export const serviceStates: Chart = topChart(
  serviceModel,
  {
    id: 'service-states',
    title: 'The nine states of a service',
    description: told(serviceModel),
    notes: [
      'Lines that join have the same end. Changes within a state are not shown. While the system goes down, up and restart are ignored.',
      '2 s: without notification-fd only. ready: a newline on the readiness pipe, or nitroctl ready. DELAY ends after 1 ms (new), 1 s or 2 s.',
    ],
    layout: compact(59),
  },
  [['DOWN'], ['DELAY', 'FATAL'], ['SETUP'], ['STARTING', 'ONESHOT'], ['UP'], ['RESTART'], ['SHUTDOWN']],
);

export const serviceSubstates: Chart = leavesChart(
  serviceModel,
  {
    id: 'service-substates',
    title: 'The states of a service, with substates, actions and timers',
    description: told(serviceModel),
    notes: [
      `${lines} A question is answered by its conditions, in the order of the machine; else comes last.`,
      '“To the same place”: from stopping to stopping, from killing to killing, and so on. While the system goes down, up and restart are ignored.',
    ],
    layout: compact(11),
  },
  [['DOWN'], ['DELAY', 'FATAL'], ['choice-1'], ['SETUP'], ['STARTING', 'ONESHOT'], ['UP'], ['RESTART'], ['SHUTDOWN', 'choice-2']],
);

export const systemPhases: Chart = topChart(
  systemModel,
  { id: 'system-phases', title: 'The phases of the system', description: told(systemModel), notes: [], layout: {} },
  [['bringUp'], ['run'], ['shutdown'], ['final']],
);

export const systemSubstates: Chart = leavesChart(
  systemModel,
  {
    id: 'system-substates',
    title: 'The phases of the system, with substates, actions and timers',
    description: told(systemModel),
    notes: [`${lines} The first request decides between shutdown and reboot.`],
    layout: {},
  },
  [['bringUp'], ['run'], ['shutdown'], ['final']],
);

export const charts: readonly Chart[] = [serviceStates, serviceSubstates, systemPhases, systemSubstates];

/** A machine in sentences. */
function told({ root }: Model): string {
  const parts = root.children.map(({ name, description, children }) => {
    const inner = children.length === 0 ? '' : ` Within it: ${children.map(({ key }) => key).join(', ')}.`;
    return `${name}: ${description.replace(/`/g, '')}${inner}`;
  });
  return `Statechart. ${parts.join(' ')}`;
}
