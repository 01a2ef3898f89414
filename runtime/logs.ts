/**
 * Which service logs to which (behaviour.md §5).
 *
 * Theory of operation. The `log` link of a service names its logger; without one it is its instance of `LOG@`, where there is that
 * template, else `LOG`. The link is read when a service starts and at a rescan, and what it said is kept in `service.logger`. How many
 * services name a logger is counted, so that "is it a logger" is one look-up. Links may lead in a circle: nothing here follows one
 * further than a step, but `circleOf`, which stops where it began.
 */
import type { Console } from './console.js';
import type { Directory } from './directory.js';
import { globalLogger, globalLoggerTemplate } from './directory.js';
import type { Bytes, Os } from './os.js';
import { lastSegment } from './paths.js';
import { isServiceName } from './protocol.js';
import type { Service, Services } from './service.js';

export class Logs {
  /** From the first launch of LOG until it is brought down, also across its crashes. */
  isGlobalInUse = false;
  private readonly namedBy = new Map<Bytes, number>();

  constructor(
    private readonly os: Os,
    private readonly console: Console,
    private readonly directory: Directory,
    private readonly services: Services,
  ) {}

  /** Does some service log to this one? */
  isLogger(name: Bytes): boolean {
    return name === globalLogger || name.startsWith(globalLoggerTemplate) || this.isNamed(name);
  }

  /** Does a link of some service, or `LOG@`, name it? */
  isNamed(name: Bytes): boolean {
    return this.namedBy.has(name);
  }

  /** Read again which logger the service has. */
  update(service: Service): void {
    this.set(service, this.read(service));
  }

  /** The service is no longer known: it names nobody. */
  forget(service: Service): void {
    this.set(service, null);
  }

  /** Services whose logger is `logger`, without itself. */
  usersOf(logger: Bytes): readonly Service[] {
    const users: Service[] = [];
    for (const service of this.services.all()) {
      if (service.name !== logger && this.loggerOf(service) === logger) users.push(service);
    }
    return users;
  }

  /** Name of the logger whose pipe the service's scripts get if they start now; null: they get nitro's stdout. */
  writesTo(service: Service): Bytes | null {
    const logger = this.loggerOf(service);
    return logger === globalLogger && service.logger === null && !this.isGlobalInUse ? null : logger;
  }

  /** Name of the logger of a service, LOG included; null: none. */
  loggerOf(service: Service): Bytes | null {
    if (service.name === globalLogger) return null;
    return service.logger ?? globalLogger;
  }

  /** The services of the circle of links that `service` is in; empty if it is in none. A link to itself is a circle of one. */
  circleOf(service: Service): readonly Service[] {
    const circle: Service[] = [];
    const seen = new Set<Service>();
    for (let at: Service | undefined = service; at !== undefined && !seen.has(at); ) {
      seen.add(at);
      circle.push(at);
      const next: Bytes | null = this.loggerOf(at);
      if (next === service.name) return circle;
      at = next === null ? undefined : this.services.find(next);
    }
    return [];
  }

  /**
   * Does it start only when the first of its users does? So does a logger that some service names; one that is named only from
   * within its own circle starts by itself, for nobody else would start it.
   */
  waitsForUsers(service: Service): boolean {
    return service.name !== globalLogger && this.isNamedFromOutside(service);
  }

  /** Does a link name it, or a member of the circle of links that it is in, that is not of this circle itself? */
  isNamedFromOutside(service: Service): boolean {
    if (!this.isNamed(service.name)) return false;
    const circle = this.circleOf(service);
    if (circle.length === 0) return true;
    return circle.some((member) => this.usersOf(member.name).some((user) => !circle.includes(user)));
  }

  private set(service: Service, logger: Bytes | null): void {
    if (service.logger === logger) return;
    if (service.logger !== null) this.count(service.logger, -1);
    if (logger !== null) this.count(logger, 1);
    service.logger = logger;
  }

  private count(logger: Bytes, change: number): void {
    const count = (this.namedBy.get(logger) ?? 0) + change;
    if (count > 0) this.namedBy.set(logger, count);
    else this.namedBy.delete(logger);
  }

  private read(service: Service): Bytes | null {
    if (service.name === globalLogger) return null;
    return this.readLink(service) ?? this.instanceOfTemplate(service);
  }

  /** The logger that the link names; null without a link, or, with a warning, with one that cannot be used. */
  private readLink(service: Service): Bytes | null {
    const path = `${service.directory}/log`;
    const target = this.os.readLink(path);
    if (typeof target !== 'string') {
      const { EINVAL, ENOENT, ENOTDIR } = this.os.errno;
      if (-target === ENOENT || -target === ENOTDIR) return null;
      if (-target === EINVAL) {
        this.console.say(`${service.name}: log is not a symlink, ignored`);
        return null;
      }
      this.console.sayError(`${service.name}: cannot read log, which stays as it was`, target);
      return service.logger;
    }
    const segment = lastSegment(target);
    const logger = segment.endsWith('@') ? segment + (service.parameter ?? service.name) : segment;
    if (isServiceName(logger) && (this.services.find(logger) !== undefined || this.directory.offers(logger))) return logger;
    this.console.say(`${service.name}: no such service to log to: ${logger}`);
    return null;
  }

  private instanceOfTemplate(service: Service): Bytes | null {
    if (service.name.startsWith(globalLoggerTemplate) || !this.directory.exists(globalLoggerTemplate)) return null;
    const logger = globalLoggerTemplate + service.name;
    if (this.directory.offers(logger)) return logger;
    this.console.say(`${service.name}: cannot log to ${logger}`);
    return null;
  }
}
