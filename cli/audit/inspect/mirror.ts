/**
 * The mirror: a running nitro as XState actors, one a service and one for the system, told to those who inspect it.
 *
 * Theory of operation. It begins with the model as it is, and follows its happenings. Each viewer that attaches is told of all actors that
 * there are, with their definitions and snapshots, and of events and snapshots from then on, so nobody comes too late. A service that is
 * forgotten is stopped; one of the same name that comes later is another actor. Where the daemon tells states only, an actor is
 * put into the leaf in which its state begins.
 */
import { serviceMachine } from '../../../machines/service.js';
import { systemMachine } from '../../../machines/system.js';
import { serviceTable } from '../../../table/service.js';
import { systemTable } from '../../../table/system.js';
import type { Happening } from './messages.js';
import { Kind } from './mirrored.js';
import type { Mirrored } from './mirrored.js';
import type { Listener, Model } from './model.js';
import { actorMessage, eventMessage, snapshotMessage } from './stately.js';
import type { Identity, InspectorMessage } from './stately.js';

const kinds = {
  service: new Kind(serviceMachine, serviceTable),
  system: new Kind(systemMachine, systemTable),
};

/** The leaf to show for a state of which the leaf is not told: the one in which most of it is spent. */
const usual: Readonly<Record<string, string>> = {
  DOWN: 'DOWN.resting',
  SETUP: 'SETUP.running',
  STARTING: 'STARTING.timed',
  SHUTDOWN: 'SHUTDOWN.stopping',
  RESTART: 'RESTART.stopping',
  FATAL: 'FATAL.resting',
  DELAY: 'DELAY.respawn',
};

function asLeaf(name: string): string {
  return usual[name] ?? name;
}

interface Part {
  readonly identity: Identity;
  readonly name: string;
  readonly kind: Kind;
  readonly actor: Mirrored;
}

export class Mirror implements Listener {
  private readonly system: Part;
  private readonly services = new Map<string, Part>();
  private readonly quit: () => void;
  private made = 0;

  /** `tell` gets every message from now on; `wallClock` is the time of the model's time, in milliseconds since 1970. */
  constructor(
    private readonly model: Model,
    private readonly wallClock: (t: number) => number,
    private readonly tell: (messages: readonly InspectorMessage[]) => void,
  ) {
    this.system = this.part('system', kinds.system, model.system ?? 'run', undefined);
    for (const name of model.names()) this.add(name, this.leafNow(name));
    this.quit = model.listen(this);
  }

  /** How many steps ended in the daemon in another leaf than here: none, if both are of the same definition. */
  get differences(): number {
    return [this.system, ...this.services.values()].reduce((sum, { actor }) => sum + actor.differences, 0);
  }

  /** All actors that there are: what a viewer is told first. */
  present(): readonly InspectorMessage[] {
    return [this.system, ...this.services.values()].map((part) => this.announce(part));
  }

  happened({ machine, service, event, from, to, actions, by, source, t }: Happening): void {
    const part = machine === 'system' ? this.system : (this.services.get(service) ?? this.createIn(service, asLeaf(from)));
    const at = this.wallClock(t);
    if (event === null) {
      if (part.actor.leaf === asLeaf(to)) return;
      this.tell([snapshotMessage(part.identity, at, part.actor.put(asLeaf(to)), part.actor.snapshot)]);
      return;
    }
    const sent = part.actor.step(from, event, to, actions);
    const sender = by !== null ? this.services.get(by) : source === 'system' && part !== this.system ? this.system : undefined;
    this.tell([
      eventMessage(part.identity, at, sent, sender?.identity.sessionId),
      snapshotMessage(part.identity, at, sent, part.actor.snapshot),
    ]);
  }

  updated(name: string): void {
    if (!this.services.has(name)) this.createIn(name, this.leafNow(name));
  }

  gone(name: string): void {
    const part = this.services.get(name);
    if (part === undefined) return;
    this.services.delete(name);
    this.tell([snapshotMessage(part.identity, this.wallClock(this.model.now), { type: 'nitro.forgotten' }, part.actor.stop())]);
  }

  /** Stop all actors; nothing is told any more. */
  close(): void {
    this.quit();
    for (const { actor } of [this.system, ...this.services.values()]) actor.stop();
  }

  private announce({ identity, name, kind, actor }: Part): InspectorMessage {
    return actorMessage(identity, this.wallClock(this.model.now), name, kind.definition, actor.snapshot);
  }

  /** Where the model has a service now. */
  private leafNow(name: string): string {
    const row = this.model.row(name);
    return row?.leaf ?? asLeaf(row?.state ?? 'DOWN');
  }

  private createIn(name: string, leaf: string): Part {
    const part = this.add(name, leaf);
    this.tell([this.announce(part)]);
    return part;
  }

  private add(name: string, leaf: string): Part {
    const part = this.part(name, kinds.service, leaf, this.system.identity.sessionId);
    this.services.set(name, part);
    return part;
  }

  private part(name: string, kind: Kind, leaf: string, parentId: string | undefined): Part {
    const sessionId = `nitro:${String(this.made++)}:${name}`;
    return { identity: { sessionId, rootId: parentId ?? sessionId, parentId }, name, kind, actor: kind.actorIn(leaf) };
  }
}
