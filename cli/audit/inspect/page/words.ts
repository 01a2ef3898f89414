/** Times and steps in few words. */
import type { Happening, Source } from '../messages.js';

const [second, minute, hour, day] = [1, 60, 3600, 86_400];
const two = (number: number): string => String(number).padStart(2, '0');

/** Whole seconds as people say them: `7s`, `3m 05s`, `2h 10m`, `4d 01h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds / second));
  if (whole < minute) return `${String(whole)}s`;
  if (whole < hour) return `${String(Math.floor(whole / minute))}m ${two(whole % minute)}s`;
  if (whole < day) return `${String(Math.floor(whole / hour))}h ${two(Math.floor((whole % hour) / minute))}m`;
  return `${String(Math.floor(whole / day))}d ${two(Math.floor((whole % day) / hour))}h`;
}

/** Time of the day, or of the stream where its beginning is not known. `epoch` in milliseconds since 1970. */
export function clock(t: number, epoch: number | null): string {
  if (epoch === null) return `${(t / 1000).toFixed(3)} s`;
  const date = new Date(epoch + t);
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

/** The top-level state of a leaf. */
export function stateOf(leaf: string): string {
  const dot = leaf.indexOf('.');
  return dot < 0 ? leaf : leaf.slice(0, dot);
}

/** Whose colour an event has. */
export function causeOf(source: Source | null): 'operator' | 'process' | 'timer' | 'none' {
  switch (source) {
    case 'nitroctl':
    case 'system':
    case 'service':
      return 'operator';
    case 'process':
      return 'process';
    case 'timer':
      return 'timer';
    case null:
      return 'none';
  }
}

/** What a step was caused by. */
export function eventText({ event }: Happening): string {
  return event ?? 'seen';
}

/** Where it comes from, for a tooltip. */
export function sourceText({ source, by }: Happening): string {
  switch (source) {
    case 'nitroctl':
      return 'somebody asked, with nitroctl or a signal';
    case 'system':
      return 'from the system';
    case 'service':
      return `from ${by ?? 'a service'}, which writes to it`;
    case 'process':
      return 'from a process';
    case 'timer':
      return 'time is over';
    case null:
      return 'only the new state was seen';
  }
}
