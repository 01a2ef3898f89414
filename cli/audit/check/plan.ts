/**
 * What nitro would make of a directory: which services there are, which start by themselves, and who logs to whom.
 *
 * Theory of operation. This is the runtime's own scan (runtime/scan.ts, logs.ts, directory.ts), run on a snapshot, with somebody who writes down
 * what is asked of the services in place of the lifecycle. So nothing about names, templates, links and loggers is known twice.
 */
import { Console } from '../../../runtime/console.js';
import { Directory, globalLogger } from '../../../runtime/directory.js';
import type { Lifecycle } from '../../../runtime/lifecycle.js';
import { Logs } from '../../../runtime/logs.js';
import type { Bytes, Os } from '../../../runtime/os.js';
import { Scan } from '../../../runtime/scan.js';
import { Services } from '../../../runtime/service.js';
import type { Service } from '../../../runtime/service.js';
import { readDownSignal, readNotificationFd } from '../../../runtime/settings.js';
import type { Snapshot } from './snapshot.js';
import { filesOs } from './snapshot-os.js';

export interface PlannedService {
  readonly name: Bytes;
  /** Where its files are: of an instance, its template. */
  readonly directory: Bytes;
  readonly parameter: Bytes | null;
  /** Brought up by the scan, or as LOG before it. */
  readonly startsItself: boolean;
  /** Some service writes to it. */
  readonly isLogger: boolean;
  /** Its logger, LOG included; null: it writes to nitro's stdout. */
  readonly logger: Bytes | null;
  /** The circle of `log` links that it is in: its names from this one on; empty: it is in none. */
  readonly circle: readonly Bytes[];
  readonly downSignal: number;
  readonly notificationFd: number | null;
}

export interface Plan {
  readonly services: ReadonlyMap<Bytes, PlannedService>;
  /** Can a service of this name be made? */
  readonly offers: (name: Bytes) => boolean;
  /** What nitro says on stderr while it scans. */
  readonly said: readonly Bytes[];
}

/** Work out what nitro would do with a directory. */
export function planOf(snapshot: Snapshot): Plan {
  const said: Bytes[] = [];
  // Neither the scan nor the settings ask for more than this part.
  const os = filesOs(snapshot, said) as Os;
  const console = new Console(os);
  const directory = new Directory(os, console);
  const services = new Services(() => 0);
  const logs = new Logs(os, console, directory, services);
  const started = new Set<Service>();
  const lifecycle: Pick<Lifecycle, 'post'> = {
    post: (service) => {
      started.add(service);
    },
  };
  const scan = new Scan(console, directory, services, logs, lifecycle as Lifecycle);
  scan.startGlobalLogger();
  const global = services.find(globalLogger);
  logs.isGlobalInUse = global !== undefined && started.has(global);
  scan.run();

  const planned = new Map<Bytes, PlannedService>();
  const loggers = new Set(services.all().map((service) => logs.writesTo(service)));
  for (const service of services.all()) {
    const { name } = service;
    const logger = logs.writesTo(service);
    planned.set(name, {
      name,
      directory: service.directory,
      parameter: service.parameter,
      startsItself: started.has(service),
      isLogger: loggers.has(name),
      logger: logger !== null && services.find(logger) !== undefined ? logger : null,
      circle: logs.circleOf(service).map((member) => member.name),
      downSignal: readDownSignal(os, service.directory),
      notificationFd: readNotificationFd(os, service.directory),
    });
  }
  return { services: planned, offers: (name) => directory.offers(name), said: said.map((line) => line.replace(/^- nitro: |\n$/g, '')) };
}
