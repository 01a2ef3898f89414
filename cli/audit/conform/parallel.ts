/** Work that is mostly waiting, several pieces at a time. */

/** Do `body` for each, at most `count` at the same time; a body may add further ones. */
export async function inParallel<T>(all: readonly T[], count: number, body: (each: T, add: (more: T) => void) => Promise<void>): Promise<void> {
  const open = [...all];
  const idle: (() => void)[] = [];
  let running = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const next = open.shift();
      if (next === undefined) {
        if (running === 0) return;
        // One that still runs may add more.
        await new Promise<void>((resolve) => idle.push(resolve));
        continue;
      }
      running += 1;
      try {
        await body(next, (more) => open.push(more));
      } finally {
        running -= 1;
        for (const wake of idle.splice(0)) wake();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, count) }, worker));
}
