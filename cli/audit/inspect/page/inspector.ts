/**
 * The link to the page of an inspector, in a window of its own.
 *
 * Theory of operation. The inspector says that it is there with a message to the window that opened it, also when it was loaded anew. Each
 * time the server is asked for everything from the beginning, so that it is told of all actors first; what comes is passed on to that
 * window and origin only.
 */
import type { InspectorMessage } from '../stately.js';
import { connected, disconnected } from '../stately.js';
import { byId, setText } from './dom.js';
import type { Server } from './server.js';

const closedCheckMs = 1000;

/** An address may lead on to the same host with or without `www`. */
function isOf(origin: string, url: URL): boolean {
  const bare = (text: string): string => text.replace('://www.', '://');
  return bare(origin) === bare(url.origin);
}

export class InspectorLink {
  private readonly button = byId('stately', HTMLButtonElement);
  private window: Window | null = null;
  private url: URL | null = null;
  private isOn = false;
  /** Where it has come from in the end. */
  private origin = '';

  constructor(private readonly server: Server) {
    this.button.addEventListener('click', () => this.open());
    window.addEventListener('message', (event) => this.heard(event));
    window.addEventListener('pagehide', () => this.post({ type: disconnected }));
    setInterval(() => {
      if (this.window?.closed === true) this.close();
    }, closedCheckMs);
  }

  /** The address of the inspector. The server is there anew: it knows of no inspector. */
  begin(url: string): void {
    this.url = new URL(url);
    this.button.title = `Send all actors to ${this.url.host}, in another window`;
    if (this.isOn) this.server.inspect(true);
  }

  pass(messages: readonly InspectorMessage[]): void {
    for (const message of messages) this.post(message);
  }

  private open(): void {
    if (this.url === null) return;
    if (this.window !== null && !this.window.closed) {
      this.window.focus();
      return;
    }
    this.window = window.open(this.url, 'nitro-inspector');
    this.server.mustStay = true;
    setText(this.button, this.window === null ? 'The browser has blocked the window' : 'Inspector is opening');
  }

  private heard(event: MessageEvent<unknown>): void {
    if (this.window === null || event.source !== this.window || this.url === null || !isOf(event.origin, this.url)) return;
    const { data } = event;
    if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== connected) return;
    this.isOn = true;
    this.origin = event.origin;
    setText(this.button, 'Inspector is connected');
    this.server.inspect(true);
  }

  private close(): void {
    this.window = null;
    this.isOn = false;
    this.server.mustStay = false;
    this.server.inspect(false);
    setText(this.button, 'Open in Stately inspector');
  }

  private post(message: object): void {
    if (this.isOn) this.window?.postMessage(message, this.origin);
  }
}
