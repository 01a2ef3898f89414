/**
 * The delays of the machines, in ms (behaviour.md §1), and how they are overridden.
 *
 * `NITRO_DELAYS` in nitro's environment holds `NAME=MS` pairs, separated by commas. It is meant for tests.
 */
import { serviceTable } from '../table/service.js';
import type { ServiceDelay } from '../table/service.js';
import { systemTable } from '../table/system.js';
import type { SystemDelay } from '../table/system.js';
import type { Console } from './console.js';
import type { Bytes } from './os.js';

export interface Delays {
  readonly service: { readonly [D in ServiceDelay]: number };
  readonly system: { readonly [D in SystemDelay]: number };
}

/** Longest delay that can be asked for: a day. */
const delayMsMax = 86_400_000;

/** The delays of the tables with those of `overrides`; a name or number that makes no sense is reported and left out. */
export function readDelays(overrides: Bytes | undefined, console: Console): Delays {
  const service: { [name: string]: number } = { ...serviceTable.delays };
  const system: { [name: string]: number } = { ...systemTable.delays };
  for (const pair of (overrides ?? '').split(',')) {
    if (pair === '') continue;
    const [name = '', text = ''] = pair.split('=');
    const ms = text === '' ? NaN : Number(text);
    const known = name in service || name in system;
    if (!known || !(ms >= 0 && ms <= delayMsMax)) {
      console.say(`NITRO_DELAYS: not understood: ${pair}`);
      continue;
    }
    if (name in service) service[name] = ms;
    if (name in system) system[name] = ms;
  }
  return { service: service as Delays['service'], system: system as Delays['system'] };
}
