/** What a behaviour file may name, by what is in the directory. */
import { directoryOfService } from '../../../runtime/directory.js';
import type { Facts } from '../check/facts.js';
import type { Known } from './words.js';

export function knownOf({ plan, units, scripts }: Facts): Known {
  const templates = units.filter(({ kind }) => kind === 'template').map(({ name }) => name);
  const hasSys = units.some(({ kind }) => kind === 'sys');
  return {
    names: [...plan.services.keys(), ...templates, ...(hasSys ? ['SYS'] : [])],
    isService: (name) => plan.services.has(name) || plan.offers(name),
    isTemplate: (name) => templates.includes(name),
    hasScript: (service, script) => scripts.some(({ path }) => path === `${directoryOfService(service)}/${script}`),
  };
}
