/** All probes, in the order of behaviour.md. */
import type { Probe } from '../probe.js';
import { endingProbes } from './endings.js';
import { controlProbes } from './control.js';
import { leakProbes } from './leaks.js';
import { lifeProbes } from './lives.js';
import { logProbes } from './logs.js';
import { processProbes } from './processes.js';
import { readinessProbes } from './readiness.js';
import { rescanProbes } from './rescans.js';
import { systemProbes } from './system.js';

export const probes: readonly Probe[] = [
  ...lifeProbes,
  ...endingProbes,
  ...processProbes,
  ...readinessProbes,
  ...leakProbes,
  ...logProbes,
  ...rescanProbes,
  ...systemProbes,
  ...controlProbes,
];
