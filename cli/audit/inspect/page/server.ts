/**
 * The server, as the page sees it: a stream of messages that comes back by itself, and what is asked.
 *
 * A page that nobody sees lets go of the stream, unless it feeds an inspector: browsers give a server six connections only. It gets
 * everything again when it is looked at.
 */
import type { Action, Ask, Control, Outcome, Play, Subject, ToPage } from '../messages.js';

export interface Receiver {
  readonly receive: (message: ToPage) => void;
  /** The server does not answer. */
  readonly lost: () => void;
}

export class Server {
  /** Stay connected, whoever looks. */
  mustStay = false;
  private events: EventSource | null = null;
  private viewer = '';
  private subject: Subject | null = null;

  constructor(private readonly receiver: Receiver) {
    document.addEventListener('visibilitychange', () => this.look());
    this.connect();
  }

  watch(subject: Subject): void {
    this.subject = subject;
    if (this.viewer !== '') void this.post('ask', { kind: 'watch', viewer: this.viewer, subject });
  }

  inspect(isOn: boolean): void {
    if (this.viewer !== '') void this.post('ask', { kind: 'inspector', viewer: this.viewer, isOn });
  }

  play(what: Play): void {
    if (this.viewer !== '') void this.post('ask', { kind: 'play', viewer: this.viewer, what });
  }

  async control(action: Action, service: string): Promise<Outcome> {
    try {
      const answer = await this.post('control', { action, service });
      return (await answer.json()) as Outcome;
    } catch {
      return { ok: false, text: `${action} ${service}: nitro-audit does not answer` };
    }
  }

  private look(): void {
    if (!document.hidden) this.connect();
    else if (!this.mustStay) {
      this.events?.close();
      this.events = null;
    }
  }

  private connect(): void {
    if (this.events !== null) return;
    const events = new EventSource('events');
    this.events = events;
    events.addEventListener('message', (event) => {
      const message = JSON.parse(String(event.data)) as ToPage;
      if (message.kind === 'hello') {
        this.viewer = message.viewer;
        if (this.subject !== null) this.watch(this.subject);
      }
      this.receiver.receive(message);
    });
    events.addEventListener('error', () => {
      this.viewer = '';
      this.receiver.lost();
      // The browser tries again by itself, unless the answer was a refusal.
      if (events.readyState === EventSource.CLOSED && this.events === events) this.events = null;
    });
  }

  private post(path: string, body: Ask | Control): Promise<Response> {
    return fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  }
}
