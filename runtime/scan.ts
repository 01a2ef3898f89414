/**
 * The scan: what the directory holds becomes the services that are known (behaviour.md §5, §6 Rescan).
 *
 * Theory of operation. Which services *stay* is worked out first: those that have an entry, instances that are not DOWN and whose template
 * exists, and from these on, link by link, the loggers that they name. Staying services that were not known are created. Everything else is
 * brought down, and forgotten when it is down. A service that is new, or was on its way out and is there again, starts, unless it
 * has a `down` file or waits for those that log to it.
 */
import type { Console } from './console.js';
import { globalLogger } from './directory.js';
import type { Directory } from './directory.js';
import type { Lifecycle } from './lifecycle.js';
import type { Logs } from './logs.js';
import type { Bytes } from './os.js';
import type { Service, Services } from './service.js';

export class Scan {
  constructor(
    private readonly console: Console,
    private readonly directory: Directory,
    private readonly services: Services,
    private readonly logs: Logs,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** Make what is known match the directory. Without effect, and with a message, if it cannot be read. */
  run(): void {
    const entries = this.directory.scan((name) => this.services.find(name) !== undefined);
    if (entries === null) return;
    const hadEntry = new Set(entries);
    const created: Service[] = [];
    const returned: Service[] = [];
    const staying = new Set<Service>();
    const stay = (service: Service): void => {
      staying.add(service);
      service.onlyNamed = false;
    };

    for (const name of entries) {
      const known = this.services.find(name);
      if (known === undefined) created.push(this.services.create(name));
      else if (!known.listed) returned.push(known);
    }
    for (const service of this.services.all()) {
      if (hadEntry.has(service.name) || this.staysAsInstance(service)) stay(service);
    }
    // A set hands out what is added while it is walked: loggers that are named are followed too.
    for (const service of staying) {
      this.logs.update(service);
      const logger = service.logger === null ? null : (this.services.find(service.logger) ?? this.services.create(service.logger));
      if (logger === null || staying.has(logger)) continue;
      stay(logger);
      logger.onlyNamed = this.directory.offersNoLonger(logger.name);
    }

    for (const service of this.services.all()) if (!staying.has(service)) this.keepLoggers(service, staying);

    for (const service of staying) service.listed = true;
    for (const service of this.services.all()) if (!staying.has(service)) this.letGo(service);
    for (const service of created) if (this.startsItself(service)) this.lifecycle.post(service, 'CREATED');
    for (const service of returned) if (this.startsItself(service)) this.lifecycle.post(service, 'WANT_UP');
  }

  /** A service was forgotten: a logger that was only kept for it goes too. */
  forgotten(service: Service, loggerName: Bytes | null): void {
    const logger = loggerName === null ? undefined : this.services.find(loggerName);
    if (logger === undefined || logger === service || !logger.onlyNamed || this.logs.isNamedFromOutside(logger)) return;
    this.letGo(logger);
  }

  /** The logger that is brought up before all others, if the directory has it. */
  startGlobalLogger(): void {
    if (!this.directory.offers(globalLogger)) return;
    const logger = this.services.find(globalLogger) ?? this.services.create(globalLogger);
    if (!this.directory.hasDownFile(globalLogger)) this.lifecycle.post(logger, 'WANT_UP');
  }

  private startsItself(service: Service): boolean {
    return !this.logs.waitsForUsers(service) && !this.directory.hasDownFile(service.name);
  }

  /** What a service on its way out still writes is read: its loggers go after it, but those of its own circle of links with it. */
  private keepLoggers(service: Service, staying: Set<Service>): void {
    if (!service.isActive) return;
    const circle = this.logs.circleOf(service);
    for (let at = service; at.logger !== null; ) {
      const logger = this.services.find(at.logger);
      if (logger === undefined || staying.has(logger) || circle.includes(logger)) return;
      staying.add(logger);
      logger.onlyNamed = true;
      at = logger;
    }
  }

  private letGo(service: Service): void {
    if (service.listed && service.isActive) this.console.say(`${service.name} is gone from the directory`);
    service.listed = false;
    this.lifecycle.post(service, 'WANT_DOWN');
  }

  private staysAsInstance(service: Service): boolean {
    return service.parameter !== null && service.isActive && !this.directory.offersNoLonger(service.name);
  }
}
