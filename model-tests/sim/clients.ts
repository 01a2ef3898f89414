/**
 * Those who talk to nitro: clients with a request, of several manners, and the auditor, a listener to everything that is never full.
 */
import { decodeReplies } from '../../runtime/wire-replies.js';
import { encodeRequest, parseRequest } from '../../runtime/protocol.js';
import type { ClientRequest } from '../../runtime/protocol.js';
import { Mailbox } from './mailbox.js';
import type { Manner } from './scenario.js';
import type { World } from './world.js';
import { controlSocket, notifyDirectory } from './layout.js';

/** How long a client waits before it tries again to send; ms. */
const retryMs = 5;

export class Clients {
  private count = 0;

  constructor(private readonly world: World) {}

  /** The auditor is there before nitro is. */
  listen(): void {
    this.bind('ALL,auditor', ({ data }) => {
      const tag = data.charCodeAt(2);
      this.world.note({ type: 'announced', state: tag }, data.slice(3));
      return true;
    });
  }

  ask(request: ClientRequest, manner: Manner): void {
    this.send(encodeRequest(request), 'name' in request ? request.name : '', manner);
  }

  /** Send a datagram as a client of its own. */
  send(data: string, listensTo: string, manner: Manner): void {
    this.count += 1;
    const name = `${listensTo.split('/').join(',')},c${String(this.count)}`;
    this.world.note({ type: 'asked', client: manner === 'unbound' ? '' : name, request: parseRequest(data), manner });
    const isBound = manner !== 'unbound';
    const box = isBound ? this.bind(name, manner === 'waits' ? (datagram) => this.hear(name, datagram.data) : null) : null;
    this.post(data, isBound ? `${notifyDirectory}/${name}` : '', {}, () => {
      if (manner === 'crashes' && box !== null) this.abandon(name);
    });
  }

  /** Whether this answers the client's request, for which it waited. */
  private hear(name: string, data: string): boolean {
    const isAnswer = data === '' || decodeReplies(data).some(({ kind }) => kind !== 'announcement');
    if (isAnswer) this.world.agenda.after(1, {}, () => this.world.files.remove(`${notifyDirectory}/${name}`));
    return true;
  }

  /** A sender that finds the queue full waits for room; one that finds no nitro gives up. */
  private post(data: string, from: string, lane: object, then: () => void): void {
    const node = this.world.files.find(controlSocket);
    if (typeof node === 'number' || node.kind !== 'socket' || node.box === null) return;
    if (node.box.post({ from, data })) then();
    else this.world.agenda.after(retryMs, lane, () => this.post(data, from, lane, then));
  }

  private bind(name: string, take: ((datagram: { readonly data: string }) => boolean) | null): Mailbox {
    const path = `${notifyDirectory}/${name}`;
    const box = new Mailbox(path, take);
    this.world.files.put(path, { kind: 'socket', box });
    return box;
  }

  /** The process is gone, its socket file is not. */
  private abandon(name: string): void {
    const node = this.world.files.find(`${notifyDirectory}/${name}`);
    if (typeof node !== 'number' && node.kind === 'socket') node.box = null;
  }
}
