/** A daemon for the fake system: what it knows, and what it answers. */
import type { Bytes } from '../../runtime/os.js';
import { encodeQueryReply, noSuchService, ok } from '../../runtime/protocol.js';
import type { Request, ServiceReport } from '../../runtime/protocol.js';
import type { FakeSystem } from './nitroctl-fake.js';

/**
 * A daemon with some services, which answers as protocol.md says. `act` is what a request changes; by default nothing.
 * A service that is deleted is forgotten.
 */
export class FakeDaemon {
  readonly services = new Map<Bytes, ServiceReport>();
  act: (kind: 'up' | 'down' | 'restart' | 'ready' | 'signal', name: Bytes) => void = () => undefined;
  /** Should the next OK get lost? */
  loseOk = false;

  constructor(
    readonly system: FakeSystem,
    services: Readonly<Record<string, Partial<ServiceReport>>>,
  ) {
    for (const [name, report] of Object.entries(services)) {
      this.services.set(name, { name, state: 1, pid: 0, wstatus: 0, uptime: 7, ...report });
    }
    system.answer = (request, from) => this.answer(request, from);
  }

  /** Change a service and announce it. */
  set(name: Bytes, report: Partial<ServiceReport> & { readonly state: number }): void {
    this.change(name, report);
    this.system.announce(report.state, name);
  }

  /** Change a service, and lose the announcement. */
  change(name: Bytes, report: Partial<ServiceReport>): void {
    const service = this.services.get(name);
    if (service === undefined) throw new Error(`no service ${name}`);
    this.services.set(name, { ...service, ...report });
  }

  private answer(request: Request, from: Bytes): void {
    const reply = (data: Bytes): void => this.system.deliver(from, data);
    switch (request.kind) {
      case 'query': {
        const service = this.services.get(request.name);
        return reply(service === undefined ? noSuchService : encodeQueryReply(service));
      }
      case 'up':
      case 'down':
      case 'restart':
      case 'ready':
      case 'signal': {
        if (!this.services.has(request.name)) return reply(noSuchService);
        this.act(request.kind, request.name);
        const service = this.services.get(request.name);
        if (service !== undefined && request.kind !== 'signal') this.system.announce(service.state, request.name);
        if (this.loseOk) this.loseOk = false;
        else reply(ok);
        return;
      }
      case 'info':
      case 'list':
      case 'leaves':
      case 'trace':
      case 'rescan':
      case 'shutdown':
      case 'reboot':
      case 'unknown':
      case 'invalid':
        return reply(ok);
    }
  }
}
