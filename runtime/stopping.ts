/**
 * The order in which services are brought down at the end (behaviour.md §5, §6 Shutdown 3).
 *
 * First all services that are no loggers, at once. Then the loggers: each as soon as nobody is left that writes to it. Where
 * the links lead in a circle there is no first one, so the members of a circle that nobody outside writes to go together.
 */
import type { Console } from './console.js';
import type { Lifecycle } from './lifecycle.js';
import type { Logs } from './logs.js';
import type { Pipes } from './pipes.js';
import type { Service, Services } from './service.js';

export class Stopping {
  /** Services that are still waited for, in the present half. */
  private waiting = new Set<Service>();
  private total = 0;

  constructor(
    private readonly console: Console,
    private readonly services: Services,
    private readonly logs: Logs,
    private readonly pipes: Pipes,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** Bring down all that are no loggers. */
  stopServices(): void {
    const active = this.services.all().filter((service) => service.isActive);
    this.total = active.length;
    if (this.total > 0) this.console.raw(`- nitro: waiting for ${String(this.total)} services to finish`);
    this.waitFor(active.filter((service) => !this.isLogger(service)));
    for (const service of [...this.waiting]) this.lifecycle.post(service, 'WANT_DOWN');
  }

  /** Bring down the loggers that are left, each after its users. */
  stopLoggers(): void {
    this.waitFor(this.services.all().filter((service) => service.isActive));
    this.stopUnused();
  }

  /** The loggers are down too: end the line about it, once. */
  done(): void {
    if (this.total > 0) this.console.raw(' done.\n');
    this.total = 0;
  }

  /** A service came to rest. True if it was waited for, and was the last one. */
  rests(service: Service): boolean {
    if (!this.waiting.delete(service)) return false;
    this.console.raw('.');
    return this.waiting.size === 0;
  }

  isIdle(): boolean {
    return this.waiting.size === 0;
  }

  /** Those loggers go next that nobody who is left writes to. */
  stopUnused(): void {
    const used = new Set<Service>();
    for (const user of this.waiting) for (const logger of this.loggersOf(user)) used.add(logger);
    const unused = [...this.waiting].filter((logger) => !used.has(logger));
    for (const logger of unused.length > 0 ? unused : this.firstCircle()) {
      if (logger.stopDeadline === 0) this.lifecycle.post(logger, 'WANT_DOWN');
    }
  }

  /** Some service names it, or still writes to it although its link has changed. */
  private isLogger(service: Service): boolean {
    return this.logs.isLogger(service.name) || this.pipes.isHeld(service.name);
  }

  private waitFor(services: readonly Service[]): void {
    this.waiting = new Set(services);
  }

  /** Those left that the service writes to: the one it has now, and the one its link names since. */
  private loggersOf(service: Service): readonly Service[] {
    return [service.pipe?.logger ?? null, this.logs.loggerOf(service)].flatMap((name) => {
      const logger = name === null ? undefined : this.services.find(name);
      return logger !== undefined && logger !== service && this.waiting.has(logger) ? [logger] : [];
    });
  }

  /** Everybody left has somebody who writes to it: going back from one to its writer ends in a circle that is written to from within only. */
  private firstCircle(): readonly Service[] {
    const writers = new Map<Service, Service>();
    for (const user of this.waiting) for (const logger of this.loggersOf(user)) writers.set(logger, user);
    const seen = new Set<Service>();
    let at: Service | undefined = this.waiting.values().next().value;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      at = writers.get(at);
    }
    // From here the same way round once more: these are the members of the circle.
    const circle: Service[] = [];
    for (; at !== undefined && !circle.includes(at); at = writers.get(at)) circle.push(at);
    return circle;
  }
}
