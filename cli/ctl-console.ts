/** Where nitroctl and the drop-ins print. */
import type { Bytes, ControlOs } from '../runtime/os.js';
import { Exit, interrupted } from './ctl-exit.js';

/** Standard output and standard error of a program of this name. */
export class Console {
  private errno = 0;

  constructor(
    private readonly os: Pick<ControlOs, 'write' | 'describe' | 'poll' | 'takeSignals'>,
    private readonly program: Bytes,
  ) {}

  /** Print what was asked for. Nothing is printed any more once that has failed. */
  print(text: Bytes): void {
    if (text === '' || this.failed()) return;
    const written = this.os.write(1, text);
    if (written < 0) this.errno = -written;
  }

  /** Print what is wrong. */
  complain(problem: Bytes): void {
    this.os.write(2, `${this.program}: ${problem}\n`);
  }

  /** Has it become impossible to print? */
  failed(): boolean {
    return this.errno !== 0;
  }

  /** The exit status, given what it would be if everything could be printed. */
  statusAfter(status: number): number {
    if (!this.failed()) return status;
    // A write that fails may come with a signal, SIGPIPE; a poll lets it in.
    this.os.poll(0);
    const [signal] = this.os.takeSignals();
    if (signal !== undefined) return interrupted + signal;
    this.complain(`cannot write: ${this.os.describe(this.errno)}`);
    return status === Exit.done ? Exit.failed : status;
  }
}
