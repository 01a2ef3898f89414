/**
 * Which measures there are, in the order in which they are made: of each part, with how many services.
 */
import { list, query, start, status } from './measures/control.js';
import { idle } from './measures/idle.js';
import { bootWithLoggers, bootWithSetup, disk, life, stubborn } from './measures/life.js';
import { logging } from './measures/logging.js';
import type { Measure } from './measures/measure.js';
import { crash } from './measures/restart.js';

interface Sizes {
  readonly idleSeconds: number;
  /** How many services are many. */
  readonly many: number;
}

/** Of services, beside very many; 499 is what nitro in C can have. */
const sizes = [1, 100, 499, 1000] as const;

export function plan({ idleSeconds, many }: Sizes): readonly Measure[] {
  return [
    disk,
    life(0, { footprint: true, together: true }),
    life(1, { footprint: true, shutdown: true }),
    life(100, { footprint: true, shutdown: true }),
    life(499, {}),
    life(1000, { footprint: true, shutdown: true }),
    life(many, { footprint: true, shutdown: true, list: true }),
    ...[...sizes, many].map(bootWithSetup),
    ...[...sizes, many].map(bootWithLoggers),
    crash(1, false),
    crash(1, true),
    crash(498, false),
    crash(498, true),
    query,
    status,
    list(1, 5),
    list(100, 3),
    list(499, 1),
    start,
    logging(false),
    logging(true),
    stubborn,
    idle(idleSeconds),
  ];
}
