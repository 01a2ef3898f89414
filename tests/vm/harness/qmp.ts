/**
 * A client of QEMU's monitor, in its form for programs (QMP): a JSON object a line, over a Unix socket. Commands are answered in order; events come
 * in between.
 */
import { connect, type Socket } from 'node:net';
import { waitFor } from '../../end-to-end/harness/wait.js';

interface Message {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly event?: string;
  readonly data?: { readonly reason?: string };
}

export class Qmp {
  /** Reasons of the RESET and SHUTDOWN events so far, in order and in QEMU's words. */
  readonly resets: string[] = [];
  readonly shutdowns: string[] = [];
  private readonly answers: ((message: Message) => void)[] = [];
  private text = '';

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text: string) => this.hear(text));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const answer of this.answers.splice(0)) answer({ error: { desc: 'QEMU has ended' } });
    });
  }

  /** Connect to the socket at `path`, which need not be there yet. */
  static async open(path: string): Promise<Qmp> {
    const socket = await waitFor('the monitor of QEMU', () => new Promise<Socket>((resolve, reject) => {
      const trial = connect(path, () => resolve(trial)).on('error', reject);
    }), { withinMs: 60_000 });
    const qmp = new Qmp(socket);
    await qmp.ask('qmp_capabilities');
    return qmp;
  }

  /** Have a command carried out. */
  async ask(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const answer = new Promise<Message>((resolve) => this.answers.push(resolve));
    this.socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    const { error, return: result } = await answer;
    if (error !== undefined) throw new Error(`QEMU refuses ${command}: ${error.desc}`);
    return result;
  }

  private hear(text: string): void {
    this.text += text;
    const lines = this.text.split('\n');
    this.text = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line) as Message;
      if (message.event === 'RESET') this.resets.push(message.data?.reason ?? '');
      else if (message.event === 'SHUTDOWN') this.shutdowns.push(message.data?.reason ?? '');
      else if ('return' in message || 'error' in message) this.answers.shift()?.(message);
    }
  }
}
