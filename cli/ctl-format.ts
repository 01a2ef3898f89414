/**
 * The lines that nitroctl prints.
 *
 * Theory of operation. Programs read plain lines, of a form that does not change (behaviour.md §8). On a terminal the
 * same words are in columns and the state has a colour, unless NO_COLOR is set or the terminal has none; and a name
 * cannot send it control codes.
 */
import type { Bytes, ControlOs } from '../runtime/os.js';
import { State, stateName } from '../runtime/protocol.js';
import type { Fields } from '../runtime/wire-replies.js';
import { sequences } from './ctl-utf8.js';

/** How a list is to look. */
export type Look = 'plain' | 'columns' | 'colours';

/** The look for what descriptor 1 is. */
export function lookOf(os: Pick<ControlOs, 'isTerminal' | 'env'>): Look {
  if (!os.isTerminal(1)) return 'plain';
  const noColor = os.env('NO_COLOR');
  const terminal = os.env('TERM');
  if (noColor !== undefined && noColor !== '') return 'columns';
  return terminal === undefined || terminal === '' || terminal === 'dumb' ? 'columns' : 'colours';
}

const escape = '\x1b[';
const [red, green, yellow, faint] = ['31', '32', '33', '2'];

function colourOf(state: number): string {
  switch (state) {
    case State.UP:
    case State.ONESHOT:
      return green;
    case State.FATAL:
      return red;
    case State.DOWN:
      return faint;
    default:
      return yellow;
  }
}

/** A change of state. */
export function eventLine(state: number, name: Bytes): Bytes {
  return `${stateName(state)} ${name}\n`;
}

function pidPart(pid: number): string {
  return pid === 0 ? '' : `(pid ${pid})`;
}

function plainLine({ state = 0, name = '', pid = 0, wstatus = 0, uptime = 0 }: Readonly<Fields>): Bytes {
  const running = pid === 0 ? '' : `(pid ${pid}) `;
  return `${stateName(state)} ${name} ${running}(wstatus ${wstatus}) ${uptime}s\n`;
}

/** A name as a terminal may have it, and how many characters that is. */
function printable(name: Bytes): { readonly text: Bytes; readonly width: number } {
  let text = '';
  let width = 0;
  for (const { text: sequence, valid } of sequences(name)) {
    const code = sequence.charCodeAt(0);
    // U+0080 to U+009F are control codes too.
    const control = code < 0x20 || code === 0x7f || (code === 0xc2 && sequence.charCodeAt(1) < 0xa0);
    text += valid && !control ? sequence : '?';
    width++;
  }
  return { text, width };
}

function widest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}

/** The lines of a list. */
export function listText(services: readonly Readonly<Fields>[], look: Look): Bytes {
  if (look === 'plain') return services.map(plainLine).join('');
  const rows = services.map(({ state = 0, name = '', pid = 0, wstatus = 0, uptime = 0 }) => ({
    state,
    stateText: stateName(state),
    ...printable(name),
    pid: pidPart(pid),
    wstatus: `(wstatus ${wstatus})`,
    uptime: `${uptime}s`,
  }));
  const width = {
    state: widest(rows.map((row) => row.stateText.length)),
    name: widest(rows.map((row) => row.width)),
    pid: widest(rows.map((row) => row.pid.length)),
    wstatus: widest(rows.map((row) => row.wstatus.length)),
    uptime: widest(rows.map((row) => row.uptime.length)),
  };
  return rows
    .map((row) => {
      const state = row.stateText.padEnd(width.state);
      const shown = look === 'colours' ? `${escape}${colourOf(row.state)}m${state}${escape}0m` : state;
      const name = row.text + ' '.repeat(width.name - row.width);
      const pid = width.pid === 0 ? '' : ` ${row.pid.padEnd(width.pid)}`;
      return `${shown} ${name}${pid} ${row.wstatus.padEnd(width.wstatus)} ${row.uptime.padStart(width.uptime)}\n`;
    })
    .join('');
}

/** The numbers of INFO under the names they are printed with; what the daemon did not send is left out. */
export function infoRows(fields: Readonly<Fields>): readonly (readonly [string, number])[] {
  const rows: [string, number][] = [];
  const add = (key: string, value: number | undefined): void => {
    if (value !== undefined) rows.push([key, value]);
  };
  add('nitro_pid', fields.nitroPid);
  add('pid', fields.pid);
  add('max_service', fields.maxService);
  add('total_reaps', fields.totalReaps);
  add('total_sv_reaps', fields.totalServiceReaps);
  return rows;
}

/** A number a line. */
export function infoText(rows: readonly (readonly [string, number])[]): Bytes {
  return rows.map(([key, value]) => `${key} ${value}\n`).join('');
}
