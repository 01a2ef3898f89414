/**
 * One line on a terminal that says what is being done, and for how long already; nothing elsewhere.
 */
import type { WriteStream } from 'node:tty';

export interface Shown {
  show(text: string): void;
  clear(): void;
}

export function progressOn(stream: WriteStream): Shown {
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  const begun = performance.now();
  const erase = '\r\u001b[K';
  return {
    show(text) {
      const seconds = Math.floor((performance.now() - begun) / 1000);
      const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
      stream.write(`${erase}${`${clock}  ${text}`.slice(0, stream.columns - 1)}`);
    },
    clear: () => void stream.write(erase),
  };
}
