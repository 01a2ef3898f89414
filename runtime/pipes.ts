/**
 * The pipes between services and their loggers.
 *
 * nitro holds both ends of a logger's pipe, so that either side restarts in any order and what is in flight stays in it
 * (behaviour.md §5). A pipe is kept while its logger is known, and after that while a service holds it for its scripts.
 */
import type { Bytes, Fd, Os, Result } from './os.js';

export interface LogPipe {
  readonly logger: Bytes;
  readonly read: Fd;
  readonly write: Fd;
  /** Services whose present life writes to it. */
  holders: number;
}

export class Pipes {
  private readonly byLogger = new Map<Bytes, LogPipe>();

  constructor(
    private readonly os: Os,
    private readonly isKnown: (logger: Bytes) => boolean,
  ) {}

  has(logger: Bytes): boolean {
    return this.byLogger.has(logger);
  }

  /** Does the present life of some service write to it? */
  isHeld(logger: Bytes): boolean {
    return (this.byLogger.get(logger)?.holders ?? 0) > 0;
  }

  /** The logger's pipe, made now if there is none. */
  open(logger: Bytes): LogPipe | Result {
    const present = this.byLogger.get(logger);
    if (present !== undefined) return present;
    const ends = this.os.pipe();
    if (typeof ends === 'number') return ends;
    const pipe: LogPipe = { logger, read: ends.read, write: ends.write, holders: 0 };
    this.byLogger.set(logger, pipe);
    return pipe;
  }

  hold(pipe: LogPipe): void {
    pipe.holders += 1;
  }

  release(pipe: LogPipe): void {
    pipe.holders -= 1;
    this.closeUnused(pipe.logger);
  }

  /** Close the pipe of a logger that is no longer known, unless somebody can still write to it. */
  closeUnused(logger: Bytes): void {
    const pipe = this.byLogger.get(logger);
    if (pipe === undefined || pipe.holders > 0 || this.isKnown(logger)) return;
    this.byLogger.delete(logger);
    this.os.close(pipe.read);
    this.os.close(pipe.write);
  }
}
