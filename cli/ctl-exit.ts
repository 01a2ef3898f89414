/** Exit statuses of nitroctl (behaviour.md §8). One that was interrupted exits with 128 and the signal's number. */
export const Exit = {
  done: 0,
  /** It failed to start, or is not running. */
  failed: 1,
  usage: 2,
  timedOut: 3,
  /** The daemon cannot be reached. */
  unreachable: 4,
  /** No such service, or a command that the daemon does not know. */
  noSuchService: 111,
} as const;

/** Added to the number of the signal that ended it. */
export const interrupted = 128;
