/**
 * A pipe with a capacity. Who writes to a full one waits; who reads an empty one waits, or is told so.
 *
 * Ends are counted: nitro's and those of processes that inherited them. A pipe without readers refuses; one without writers has an end.
 */

export class Pipe {
  data = '';
  readers = 0;
  writers = 0;
  /** Processes that wait for room, and for something to read; each is woken once. */
  readonly waitingForRoom: (() => void)[] = [];
  readonly waitingForData: (() => void)[] = [];

  constructor(
    readonly id: number,
    readonly capacity: number,
    /** Between services and their logger. */
    readonly isLog: boolean,
  ) {}

  get room(): number {
    return this.capacity - this.data.length;
  }

  /** Something to read, or the end. */
  get isReadable(): boolean {
    return this.data !== '' || this.writers === 0;
  }

  /** Write what fits. */
  write(text: string): number {
    const part = text.slice(0, this.room);
    this.data += part;
    if (part !== '') wake(this.waitingForData);
    return part.length;
  }

  read(max: number): string {
    const part = this.data.slice(0, max);
    this.data = this.data.slice(part.length);
    if (part !== '') wake(this.waitingForRoom);
    return part;
  }
}

function wake(waiting: (() => void)[]): void {
  for (const each of waiting.splice(0)) each();
}
