/**
 * The control socket: requests and their answers (protocol.md).
 *
 * Theory of operation. A datagram is a request. Facts that are older than it are taken in first: what has ended is reaped, and what the
 * service's pipes say is heard (architecture.md, Runtime). A sender without a name of its own is not answered, and an answer that
 * does not fit in its queue is lost: a client can never block nitro.
 */
import type { SystemEventName } from '../table/system.js';
import type { Announcements } from './announcements.js';
import type { Directory } from './directory.js';
import type { Lifecycle } from './lifecycle.js';
import type { Bytes, Fd, Os } from './os.js';
import {
  encodeInfoReply,
  encodeListEntry,
  encodeQueryReply,
  listPage,
  noSuchService,
  ok,
  parseRequest,
  Tag,
  unknownCommand,
} from './protocol.js';
import type { Request, ServiceReport } from './protocol.js';
import { leafOf, shownState } from './service.js';
import type { Service, Services } from './service.js';
import { signalOfLetter } from './settings.js';
import { sysName } from './sys.js';
import type { Sys } from './sys.js';
import type { System } from './system.js';
import type { Tracing } from './tracing.js';
import { packet, u32 } from './wire.js';

export interface ControlParts {
  readonly os: Os;
  readonly socket: Fd;
  readonly directory: Directory;
  readonly services: Services;
  readonly lifecycle: Lifecycle;
  readonly announcements: Announcements;
  readonly tracing: Tracing;
  readonly sys: Sys;
  readonly system: System;
  /** Reap what has ended; with a service, hear what it says; else hear all. */
  readonly catchUp: (service: Service | undefined) => void;
  readonly totals: { reaps: number; serviceReaps: number };
}

/** Requests answered in a turn of the loop, before anything else is looked at again. */
const requestsATurnMax = 32;

export class Control {
  /** Null once it is closed, when another descriptor may get its number. */
  socket: Fd | null;
  private readonly allowedSignals: readonly number[];

  constructor(private readonly parts: ControlParts) {
    this.socket = parts.socket;
    const { signals } = parts.os;
    this.allowedSignals = ['p', 'c', 'h', 'a', 'i', 'q', '1', '2', 't', 'k'].flatMap((letter) => signalOfLetter(letter, signals) ?? []);
  }

  /** The socket is being closed: nothing more is answered. */
  close(): void {
    this.socket = null;
  }

  /** Answer what is there, but not without end. Any request may turn out to be the last: what is reaped for it can end the shutdown. */
  serve(): void {
    for (let count = 0; count < requestsATurnMax && this.socket !== null; count++) {
      const datagram = this.parts.os.receive(this.socket);
      if (datagram === null) return;
      const request = parseRequest(datagram.data);
      if (request !== null) this.answer(request, datagram.from);
    }
  }

  private answer(request: Request, from: Bytes): void {
    const { reply, then } = this.carryOut(request, from);
    this.parts.tracing.flush();
    if (this.socket !== null && from !== '') this.parts.os.send(this.socket, from, reply, 0);
    if (then !== undefined) this.parts.system.post(then);
  }

  /** The reply; and what is asked of the system, which is answered at once and done then. */
  private carryOut(request: Request, from: Bytes): { readonly reply: Bytes; readonly then?: SystemEventName } {
    const { parts } = this;
    parts.announcements.invalidate();
    const named = 'name' in request ? parts.services.find(request.name) : undefined;
    parts.catchUp(named);
    switch (request.kind) {
      case 'up':
      case 'restart':
      case 'down':
      case 'ready':
        return { reply: this.want(request.kind, request.name) };
      case 'query':
        return { reply: this.query(request.name) };
      case 'signal':
        return { reply: this.signal(request.signal, request.name) };
      case 'info':
        return { reply: this.info() };
      case 'list':
        return { reply: this.list(request.start) };
      case 'leaves':
        return { reply: this.leaves(request.start) };
      case 'trace':
        return { reply: (from === '' ? null : parts.tracing.add(from)) ?? noSuchService };
      case 'rescan':
        return { reply: ok, then: 'RESCAN_ASKED' };
      case 'shutdown':
        return { reply: ok, then: 'SHUTDOWN_ASKED' };
      case 'reboot':
        return { reply: ok, then: 'REBOOT_ASKED' };
      case 'invalid':
        return { reply: noSuchService };
      case 'unknown':
        return { reply: unknownCommand };
    }
  }

  private want(kind: 'up' | 'restart' | 'down' | 'ready', name: Bytes): Bytes {
    const { sys, system, announcements, lifecycle } = this.parts;
    if (name === sysName && sys.isShown) {
      if (kind === 'down') system.post('SYS_DOWN_ASKED');
      sys.announce();
      return ok;
    }
    const service = this.parts.services.find(name) ?? this.create(kind, name);
    if (service === null) return noSuchService;
    if (service === 'ignored') return ok;
    lifecycle.post(service, eventOf[kind]);
    announcements.announce(shownState(service), name);
    return ok;
  }

  /** A service that was not known, if the request makes one (protocol.md, Replies). */
  private create(kind: 'up' | 'restart' | 'down' | 'ready', name: Bytes): Service | 'ignored' | null {
    const { sys, system, directory, services } = this.parts;
    const makesOne = kind === 'up' || kind === 'restart' || (kind === 'down' && sys.isShown);
    if (!makesOne || !directory.offers(name)) return null;
    return system.isGoingDown() ? 'ignored' : services.create(name);
  }

  private query(name: Bytes): Bytes {
    const { sys, services } = this.parts;
    if (name === sysName && sys.isShown) return encodeQueryReply(sys.report());
    const service = services.find(name);
    return service === undefined ? noSuchService : encodeQueryReply(reportOf(service, this.parts.os.now()));
  }

  private signal(signal: number, name: Bytes): Bytes {
    const { os, services } = this.parts;
    const service = services.find(name);
    if (service === undefined || service.run === 0 || !this.allowedSignals.includes(signal)) return noSuchService;
    return os.kill(service.run, signal) < 0 ? noSuchService : ok;
  }

  private info(): Bytes {
    const { os, services, totals } = this.parts;
    return encodeInfoReply({
      nitroPid: os.pid(),
      pid: os.pid(),
      maxService: services.size + (this.parts.sys.isShown ? 1 : 0),
      totalReaps: totals.reaps,
      totalServiceReaps: totals.serviceReaps,
    });
  }

  /** Services in the order in which they came to be known; SYS, while it is there, is the first. */
  private list(start: number): Bytes {
    const { os, services, sys } = this.parts;
    const all = services.all();
    const before = sys.isShown ? 1 : 0;
    const now = os.now();
    return listPage(start, all.length + before, (index) => {
      const service = all[index - before];
      return encodeListEntry(service === undefined ? sys.report() : reportOf(service, now));
    });
  }

  /** The same with leaves, and without SYS: what a tracer has to know of the time before it came (docs/trace.md). */
  private leaves(start: number): Bytes {
    const { os, services, system, tracing } = this.parts;
    const all = services.all();
    const now = os.now();
    const head = packet(Tag.LEAVES, u32(start)) + packet(Tag.LEAF, system.leafName) + tracing.number();
    const page = listPage(start, all.length, (index) => {
      const service = all[index];
      return service === undefined ? '' : encodeListEntry({ ...reportOf(service, now), leaf: leafOf(service) });
    });
    return head + page;
  }
}

function reportOf(service: Service, now: number): ServiceReport {
  return {
    name: service.name,
    state: shownState(service),
    pid: service.run,
    wstatus: service.waitStatus,
    uptime: Math.floor((now - service.changedAt) / 1000),
    setupPid: service.setup,
    finishPid: service.finish,
  };
}

const eventOf = { up: 'WANT_UP', restart: 'WANT_RESTART', down: 'WANT_DOWN', ready: 'READY' } as const;
