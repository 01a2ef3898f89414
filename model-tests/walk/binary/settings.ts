/**
 * The settings in which the service machine is walked: each a daemon with its own delays, in the order in which paths are laid for them.
 *
 * The first covers most, and costs least: nothing ends by time there. Those that follow take what needs a timer, then what needs two, then
 * what needs the system to go down on the way; in each of these two groups last what needs nitro to be short of descriptors.
 */
import type { Setting } from './plan.js';

function setting(phase: Setting['phase'], short: readonly string[], isSerial = false): Setting {
  const name = [phase, ...(isSerial ? ['short of descriptors'] : []), ...short].join(', ');
  return { name, short, phase, isSerial };
}

export const serviceSettings: readonly Setting[] = [
  setting('up', []),
  setting('up', ['STARTING']),
  setting('up', ['SHUTDOWN']),
  setting('up', ['FINISH']),
  setting('up', ['RESPAWN']),
  setting('up', ['SPAWN_ERROR']),
  setting('up', ['CREATION']),
  setting('up', ['SHUTDOWN', 'RESPAWN']),
  setting('up', ['FINISH', 'RESPAWN']),
  setting('up', [], true),
  setting('up', ['RESPAWN'], true),
  setting('up', ['SPAWN_ERROR'], true),
  setting('up', ['CREATION'], true),
  setting('up', ['SHUTDOWN', 'RESPAWN'], true),
  setting('up', ['FINISH', 'RESPAWN'], true),
  setting('down', []),
  setting('down', ['SHUTDOWN']),
  setting('down', ['FINISH']),
  setting('down', ['RESPAWN']),
  setting('down', ['SPAWN_ERROR']),
  setting('down', ['STARTING']),
  setting('down', ['CREATION']),
  setting('down', ['SHUTDOWN', 'RESPAWN']),
  setting('down', ['FINISH', 'RESPAWN']),
  setting('down', [], true),
  setting('crossing', ['CREATION', 'RESPAWN', 'SPAWN_ERROR']),
  setting('crossing', ['CREATION', 'RESPAWN', 'SPAWN_ERROR', 'SHUTDOWN', 'FINISH']),
  setting('crossing', ['SPAWN_ERROR'], true),
];
