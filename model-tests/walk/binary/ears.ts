/**
 * A listener and a client for each of many services: what nitroctl has, without a nitroctl for each request.
 *
 * Each service gets a socket `notify/SERVICE,walk`, which hears the announcements of that service alone, and from which the requests for
 * it are sent: so announcements and replies arrive in one queue in the order in which nitro sent them, and that queue is never
 * so long that something is dropped. Node has no Unix datagrams; the tool of the end-to-end tests does the work.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { dgramPath } from '../../../tests/end-to-end/harness/tools.js';
import { parse, STATES } from '../../../tests/end-to-end/harness/wire.js';
import type { Cast } from './stage.js';

/** As many as the tool takes. */
export const earsMax = 60;

export class Ears {
  private readonly tool: ChildProcessByStdio<Writable, Readable, null>;
  private readonly ready: Promise<void>;

  /** Listeners for services, in the directory `notify`, of the daemon that answers at `socket`. */
  constructor(
    notify: string,
    private readonly socket: string,
    private readonly names: readonly string[],
    private readonly castOf: (name: string) => Cast,
  ) {
    if (names.length > earsMax) throw new Error('too many services at once');
    this.tool = spawn(dgramPath, names.map((name) => `${notify}/${name},walk`), { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
    this.tool.stdin.on('error', () => undefined);
    this.ready = new Promise((resolve) => {
      let rest = '';
      this.tool.stdout.setEncoding('latin1').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (line === 'ready') resolve();
          else this.take(line);
        }
      });
    });
  }

  /** Wait until all sockets are bound. */
  async opened(): Promise<this> {
    await this.ready;
    return this;
  }

  /** Send a request from the socket of a service. */
  send(name: string, hex: string): void {
    this.tool.stdin.write(`${String(this.names.indexOf(name))} ${hex} ${this.socket}\n`);
  }

  close(): void {
    this.tool.kill('SIGKILL');
  }

  private take(line: string): void {
    const [index = '', , hex = ''] = line.split(' ');
    const name = this.names[Number(index)];
    if (name === undefined || hex === '-') return;
    const cast = this.castOf(name);
    if (hex.startsWith('!')) {
      cast.trouble = `a request for ${name} could not be sent: ${line}`;
      cast.wake();
      return;
    }
    // Announcements have the tags 1 to 9; everything else is a reply.
    const [packet] = parse(hex);
    const state = packet === undefined ? undefined : STATES[packet.tag];
    if (state === undefined) cast.replies.push(hex);
    else cast.announced.push(state);
    cast.wake();
  }
}
