/**
 * What nitro holds of something that is not there any more: a service that is not known, a process that was reaped, a descriptor that is closed.
 *
 * Everything that nitro keeps in a map is kept under the name of a service, a pid or a descriptor. So what is left over can be seen from the
 * maps and lists themselves, whatever they are for.
 */
import { Service, Services } from '../../runtime/service.js';
import { visit } from './census.js';

export interface There {
  /** Pids of children that are not reaped. */
  readonly pids: ReadonlySet<number>;
  readonly descriptors: ReadonlySet<number>;
}

/** What is left over, each with where it is held. */
export function leftovers(supervisor: object, { pids, descriptors }: There): readonly string[] {
  const found: string[] = [];
  const known = new Set<unknown>();
  const names = new Set<string>();
  visit(supervisor, (value) => {
    if (!(value instanceof Services)) return;
    for (const service of value.all()) {
      known.add(service);
      names.add(service.name);
      if (service.logger !== null) names.add(service.logger);
      if (service.pipe !== null) {
        names.add(service.pipe.logger);
        if (!service.isActive) found.push(`${service.name} is down, and holds the pipe of ${service.pipe.logger}`);
      }
    }
  });
  visit(supervisor, (value, way) => {
    const isOver = way.endsWith('[key]')
      ? typeof value === 'number'
        ? !pids.has(value) && !descriptors.has(value)
        : typeof value === 'string' && !names.has(value)
      : value instanceof Service && !known.has(value);
    if (isOver) found.push(`${way} holds ${value instanceof Service ? value.name : String(value)}, which is not there`);
  });
  return found;
}
