/**
 * Unix datagram sockets for tests, by way of the dgram tool: Node itself has none.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { dgramPath } from './tools.js';
import { waitFor } from './wait.js';

/** A datagram that arrived. */
export interface Arrival {
  /** Index of the socket in the list given to `Datagrams.open`. */
  readonly socket: number;
  /** Monotonic milliseconds, the clock of `process.hrtime`. */
  readonly atMs: number;
  readonly hex: string;
}

/** Sockets bound to paths; what arrives is recorded, in order. */
export class Datagrams {
  /** Everything that arrived so far. */
  readonly arrivals: Arrival[] = [];
  /** Sends that failed, with the socket they were sent from, -1 for the one that is bound to nothing. */
  readonly failures: { readonly socket: number; readonly text: string }[] = [];
  private ready = false;
  private ended = false;
  private rest = '';

  private constructor(private readonly tool: ChildProcess) {
    let complaint = '';
    tool.stdout?.setEncoding('latin1').on('data', (text: string) => this.take(text));
    tool.stderr?.setEncoding('latin1').on('data', (text: string) => (complaint += text));
    tool.stdin?.on('error', () => undefined);
    tool.on('close', () => {
      this.ended = true;
      if (complaint !== '') this.failures.push({ socket: -1, text: complaint });
    });
  }

  /** Bind a socket to each path. A deaf one does not receive, so that its queue fills. */
  static async open(paths: readonly string[], { deaf = false } = {}): Promise<Datagrams> {
    const tool = spawn(dgramPath, [...(deaf ? ['-d'] : []), ...paths], { stdio: 'pipe', env: {} });
    const datagrams = new Datagrams(tool);
    await waitFor('sockets are bound', () => {
      if (datagrams.ended) throw new Error(datagrams.failures.map(({ text }) => text).join());
      return datagrams.ready;
    });
    return datagrams;
  }

  /** Send a datagram from socket `from`, or from one that is bound to nothing. */
  send(from: number | 'unbound', hex: string, path: string): void {
    this.tool.stdin?.write(`${from === 'unbound' ? 'u' : from} ${hex === '' ? '-' : hex} ${path}\n`, 'latin1');
  }

  /** What arrived on one socket. */
  on(socket: number): readonly Arrival[] {
    return this.arrivals.filter((arrival) => arrival.socket === socket);
  }

  /** Have deaf sockets receive again. */
  listen(): void {
    this.tool.stdin?.write('read\n');
  }

  /** Close the sockets; their files stay. SIGKILL: a listener that died. */
  async close(): Promise<void> {
    this.tool.kill('SIGKILL');
    await waitFor('the dgram tool has ended', () => this.ended);
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      const [socket = '', microseconds = '', hex = ''] = line.split(' ');
      if (line === 'ready') this.ready = true;
      else if (hex.startsWith('!')) this.failures.push({ socket: socket === 'u' ? -1 : Number(socket), text: line.slice(line.indexOf('!') + 1) });
      else this.arrivals.push({ socket: Number(socket), atMs: Number(microseconds) / 1000, hex: hex === '-' ? '' : hex });
    }
  }
}
