/**
 * The dialogue about one service: a request, a wait for a state, a look, or the first two in a row.
 *
 * Theory of operation. There are three phases.
 *
 *   asked    the request is on its way. What is announced now may be older than the request (the UP before a restart,
 *            the FATAL before a start), so it decides nothing. OK ends the phase, or the reply to a reminder does:
 *            then OK was lost.
 *   waiting  the state decides, announced or asked for. On entry it is asked for, since the goal may have been reached
 *            already; and the reply has the pids: a script of the service itself must not wait for its own end.
 *   over     `result` says how.
 *
 * Without a request it begins with waiting; with nothing to wait for, OK ends it. A service that was there and is not
 * any more came down before: it is forgotten in the step in which it becomes DOWN (behaviour.md §6).
 */
import type { Bytes, Pid } from '../runtime/os.js';
import { encodeRequest, longestName, State, type ClientRequest } from '../runtime/protocol.js';
import { decodeReplies, type Fields, type Item } from '../runtime/wire-replies.js';
import type { Goal } from './ctl-commands.js';
import type { Dialogue } from './ctl-converse.js';

/** How a dialogue about a service ended. */
export type ServiceResult =
  | { readonly kind: 'done' | 'failed' | 'noSuchService' | 'unknownCommand' }
  /** A look: what the daemon reports. */
  | { readonly kind: 'report'; readonly fields: Readonly<Fields> };

/** What a dialogue about a service is to do. */
export interface Errand {
  readonly name: Bytes;
  /** Null: only wait, or look. */
  readonly request: Exclude<ClientRequest, { readonly kind: 'list' }> | null;
  /** 'look' ends with a report, 'accepted' with OK; else the state to wait for. */
  readonly until: Goal | 'accepted' | 'look';
}

/**
 * Can one ask for a service of this name? If not, there is none; and the system may have no room for the name in a
 * socket's, nor the protocol in a packet.
 */
export function canBeAskedFor(name: Bytes): boolean {
  return name !== '' && name.length <= longestName;
}

/** See above. `session` is the caller's, `changed` is told each new state of the service that becomes known. */
export class ServiceDialogue implements Dialogue {
  readonly listensTo: Bytes;
  readonly opening: Bytes;
  private readonly query: Bytes;
  private ended: ServiceResult | null = null;
  private asked: boolean;
  /** The daemon has said that there is such a service. */
  private known = false;
  private lastState = 0;

  constructor(
    private readonly errand: Errand,
    private readonly session: Pid,
    private readonly changed: (state: number, name: Bytes) => void,
  ) {
    const { name, request } = errand;
    this.listensTo = name;
    this.query = encodeRequest({ kind: 'query', name });
    this.opening = request === null ? this.query : encodeRequest(request);
    this.asked = request !== null;
  }

  /** Null while it is not over. */
  get result(): ServiceResult | null {
    return this.ended;
  }

  over(): boolean {
    return this.ended !== null;
  }

  reminder(): Bytes {
    return this.query;
  }

  hear(datagram: Bytes): Bytes | null {
    let answer: Bytes | null = null;
    for (const item of decodeReplies(datagram)) {
      if (this.over()) break;
      answer = this.take(item) ?? answer;
    }
    return answer;
  }

  private take(item: Item): Bytes | null {
    switch (item.kind) {
      case 'announcement':
        // A listener to a service called ALL hears of all others too.
        if (item.name === this.errand.name) this.takeState(item.state, !this.asked);
        return null;
      case 'ok':
        return this.asked ? this.accepted() : null;
      case 'noSuchService':
        this.ended = this.missing();
        return null;
      case 'unknownCommand':
        this.ended = { kind: 'unknownCommand' };
        return null;
      case 'fields':
        this.takeReport(item.fields);
        return null;
      case 'service':
      case 'steps':
      case 'step':
      case 'page':
        return null;
    }
  }

  /** The request was carried out. */
  private accepted(): Bytes | null {
    this.asked = false;
    this.known = true;
    if (this.errand.until !== 'accepted') return this.query;
    this.ended = { kind: 'done' };
    return null;
  }

  /** The reply to a query, which was carried out after the request. */
  private takeReport(fields: Readonly<Fields>): void {
    if (fields.state === undefined) return;
    this.asked = false;
    this.known = true;
    const { until, request } = this.errand;
    if (until === 'look') {
      this.ended = { kind: 'report', fields };
      return;
    }
    if (until === 'accepted') {
      const refused = request?.kind === 'signal' && (fields.pid ?? 0) === 0;
      this.ended = { kind: refused ? 'noSuchService' : 'done' };
    }
    this.takeState(fields.state, true);
    if (until !== 'accepted' && until.notFromOwnScript && this.isOwnScript(fields)) this.ended ??= { kind: 'done' };
  }

  private takeState(state: number, decides: boolean): void {
    if (state !== this.lastState) this.changed(state, this.errand.name);
    this.lastState = state;
    if (decides) this.ended ??= this.judge(state);
  }

  private judge(state: number): ServiceResult | null {
    const { until } = this.errand;
    if (until === 'accepted' || until === 'look') return null;
    if (includes(until.done, state)) return { kind: 'done' };
    return includes(until.failed, state) ? { kind: 'failed' } : null;
  }

  private missing(): ServiceResult {
    const { until } = this.errand;
    const forgotten = this.known && until !== 'accepted' && until !== 'look' && until.done.includes(State.DOWN);
    return { kind: forgotten ? 'done' : 'noSuchService' };
  }

  /**
   * Scripts are session leaders (behaviour.md §4). A pid of 0 is no process, and a session of 0 one whose leader is in
   * another pid namespace, as for a program that was put into a container from outside.
   */
  private isOwnScript(fields: Readonly<Fields>): boolean {
    return this.session > 0 && [fields.pid, fields.setupPid, fields.finishPid].includes(this.session);
  }
}

function includes(states: readonly State[], state: number): boolean {
  return states.some((each) => each === state);
}
