/**
 * The small files of a service that hold a value: `notification-fd` and `down-signal` (behaviour.md §2).
 *
 * They are read only if they are regular files, and at most `valueBytesMax` of them (behaviour.md §4).
 */
import type { Bytes, Os, Result, Signals } from './os.js';

const valueBytesMax = 64;

/** The ten signals of behaviour.md §8 and their letters. */
export function signalOfLetter(letter: Bytes, signals: Signals): number | null {
  switch (letter) {
    case 'p':
      return signals.STOP;
    case 'c':
      return signals.CONT;
    case 'h':
      return signals.HUP;
    case 'a':
      return signals.ALRM;
    case 'i':
      return signals.INT;
    case 'q':
      return signals.QUIT;
    case '1':
      return signals.USR1;
    case '2':
      return signals.USR2;
    case 't':
      return signals.TERM;
    case 'k':
      return signals.KILL;
    default:
      return null;
  }
}

/** Signal for bringing a service down. */
export function readDownSignal(os: Os, directory: Bytes): number {
  const text = os.readFile(`${directory}/down-signal`, valueBytesMax);
  if (typeof text !== 'string') return os.signals.TERM;
  return signalOfLetter(text.charAt(0), os.signals) ?? os.signals.TERM;
}

/**
 * Descriptor on which `run` reports readiness; 0: only `nitroctl ready` makes it ready; null: time does. An error that passes says nothing
 * about the service, and is the answer as it is, below 0: without the descriptor it would never become ready, or count as ready too early.
 */
export function readNotificationFd(os: Os, directory: Bytes): number | null {
  const text = os.readFile(`${directory}/notification-fd`, valueBytesMax);
  if (typeof text !== 'string') return isPassing(os, text) ? text : null;
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
  }
  return number;
}

/** Want of descriptors or memory, and trouble of a disk. */
function isPassing(os: Os, result: Result): boolean {
  const { EAGAIN, EINTR, EIO, EMFILE, ENFILE, ENOMEM } = os.errno;
  return [EAGAIN, EINTR, EIO, EMFILE, ENFILE, ENOMEM].includes(-result);
}
