/** What `watch` prints: a line for each entry, for people; in colours if they are wanted. */
import type { StateName, TraceEntry } from './format.js';
import { stateOfLeaf } from './course.js';

/** Seconds and milliseconds, or with the wall clock of time 0, the time of day. */
function timeOf(t: number, began: string | null): string {
  if (began === null) return `${(t / 1000).toFixed(3).padStart(9)} s`;
  const at = new Date(Date.parse(began) + t);
  const two = (number: number, digits = 2): string => String(number).padStart(digits, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${two(at.getMilliseconds(), 3)}`;
}

function codeOf(state: StateName): string {
  if (state === 'UP' || state === 'ONESHOT') return '32';
  if (state === 'FATAL') return '31';
  return state === 'DOWN' ? '2' : '33';
}

/** Control codes in a name do not reach the terminal. */
function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, '?');
}

const stateWidth = 8;

/** Lines of an entry; `isColoured`: for a terminal that has colours. */
export function entryLines(entry: TraceEntry, began: string | null, isColoured: boolean): string {
  const paint = (code: string, text: string): string => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);
  const time = paint('2', timeOf(entry.t, began));
  const line = (state: StateName, who: string, rest: string): string =>
    `${time} ${paint(codeOf(state), state.padEnd(stateWidth))} ${printable(who)}${rest === '' ? '' : paint('2', `  ${rest}`)}\n`;
  switch (entry.kind) {
    case 'state':
      return line(entry.state, entry.service, '');
    case 'step': {
      const { machine, service, event, from, to, actions } = entry;
      const way = from === to ? `${event} in ${to}` : `${event}: ${from} > ${to}`;
      const rest = actions.length === 0 ? (from === to ? `${way}, ignored` : way) : `${way} [${actions.join(' ')}]`;
      return machine === 'system' ? `${time} ${paint('1', 'system'.padEnd(stateWidth))} ${rest}\n` : line(stateOfLeaf(to), service, rest);
    }
    case 'present': {
      const system = entry.system === null ? '' : `${time} ${paint('1', 'system'.padEnd(stateWidth))} ${entry.system}\n`;
      const rest = (leaf: string | null, pid: number): string => [leaf ?? '', pid > 0 ? `pid ${String(pid)}` : ''].filter((word) => word !== '').join(', ');
      return system + entry.services.map(({ service, state, leaf, pid }) => line(state, service, rest(leaf, pid))).join('');
    }
    case 'lost':
      return `${time} ${paint('31', entry.count === null ? 'changes were missed' : `${String(entry.count)} steps were missed`)}\n`;
    case 'end':
      return `${time} ${paint('1', entry.why === 'daemon gone' ? 'nitro is gone' : 'stopped')}\n`;
  }
}
