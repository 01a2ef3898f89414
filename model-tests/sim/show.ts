/** A life drawn for people: a timeline in text, and a sequence diagram in Mermaid. */
import { stateName } from '../../runtime/protocol.js';
import type { Request } from '../../runtime/protocol.js';
import { decodeReplies } from '../../runtime/wire-replies.js';
import { errorName, signalName } from './errors.js';
import type { Command } from './scenario.js';
import type { Entry } from './trace.js';

export function requestText(request: Request | null): string {
  if (request === null) return 'a broken datagram';
  const name = 'name' in request ? ` ${request.name}` : '';
  return request.kind === 'signal' ? `signal ${signalName(request.signal)}${name}` : request.kind + name;
}

function answerText(data: string): string {
  if (data === '') return 'empty';
  return decodeReplies(data)
    .map((item) => {
      if (item.kind === 'service') return `${item.fields.name ?? ''} ${stateName(item.fields.state ?? 0)}`;
      return item.kind === 'fields' ? stateName(item.fields.state ?? 0) : item.kind;
    })
    .join(', ');
}

function endText(status: number): string {
  const signal = status & 0x7f;
  return signal === 0 ? `exits ${String(status >> 8)}` : `dies of ${signalName(signal)}`;
}

function commandText(command: Command): string {
  switch (command.kind) {
    case 'ask':
      return `a client (${command.manner}) asks: ${requestText(command.request)}`;
    case 'datagram':
      return 'a client sends a datagram';
    case 'signal':
      return `SIG${command.signal} to nitro`;
    case 'kill':
      return `SIG${command.signal} to run of ${command.name}`;
    case 'edit':
      return `the directory changes: ${command.edit.kind} ${command.edit.name}${command.edit.kind === 'removeFile' ? `/${command.edit.file}` : ''}`;
  }
}

/** Who does something to whom, and what. */
interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly what: string;
}

function arrowOf(entry: Entry): Arrow {
  const nitro = 'nitro';
  const owner = entry.service === '' ? 'others' : entry.service;
  const script = entry.script === '' ? '' : `${entry.script} `;
  switch (entry.type) {
    case 'forked': {
      const stdin = entry.stdin === null ? '' : `, reads pipe ${String(entry.stdin)}`;
      const stdout = entry.stdout === null ? '' : `, writes pipe ${String(entry.stdout)}`;
      return { from: nitro, to: owner, what: `forks ${script}as ${String(entry.pid)}${stdin}${stdout}` };
    }
    case 'executed':
      return { from: owner, to: owner, what: `${script}${entry.error === 0 ? 'is executed' : `cannot be executed, ${errorName(entry.error)}`}` };
    case 'died':
      return { from: owner, to: owner, what: `${script}dies` };
    case 'ended':
      return { from: owner, to: owner, what: `${script}${endText(entry.status)}` };
    case 'reaped':
      return { from: nitro, to: owner, what: `reaps ${script}${String(entry.pid)}` };
    case 'signalled':
      return { from: nitro, to: owner, what: `SIG${signalName(entry.signal)} to ${script}${String(entry.pid)}` };
    case 'signalledAll':
      return { from: nitro, to: 'others', what: `SIG${signalName(entry.signal)} to every process` };
    case 'announced':
      return { from: nitro, to: owner, what: `is ${stateName(entry.state)}` };
    case 'asked':
      return { from: 'clients', to: nitro, what: `${entry.client}: ${requestText(entry.request)}` };
    case 'received':
      return { from: nitro, to: nitro, what: `receives ${requestText(entry.request)}` };
    case 'answered':
      return { from: nitro, to: 'clients', what: `${entry.client}: ${answerText(entry.data)}${entry.result < 0 ? `, ${errorName(-entry.result)}` : ''}` };
    case 'dropped':
      return { from: nitro, to: 'clients', what: `${entry.client} does not get it, ${errorName(-entry.result)}` };
    case 'said':
      return { from: nitro, to: nitro, what: `says ${entry.text.trim()}${entry.result < 0 ? ' (dropped)' : ''}` };
    case 'wrote':
      return { from: owner, to: owner, what: `${script}writes ${String(entry.bytes)} bytes to pipe ${String(entry.pipe)}` };
    case 'read':
      return { from: owner, to: owner, what: `${script}reads ${String(entry.bytes)} bytes of pipe ${String(entry.pipe)}` };
    case 'pipeGone':
      return { from: nitro, to: nitro, what: `pipe ${String(entry.pipe)} is gone, ${String(entry.unread)} bytes unread` };
    case 'scanned':
      return { from: nitro, to: nitro, what: 'reads the directory' };
    case 'commanded':
      return { from: 'others', to: nitro, what: commandText(entry.command) };
    case 'fault':
      return { from: 'others', to: nitro, what: `${entry.call} ${entry.path} fails, ${errorName(entry.error)}` };
    case 'jumped':
      return { from: 'others', to: nitro, what: `the clock jumps by ${String(entry.by)} ms` };
    case 'controlClosed':
      return { from: nitro, to: nitro, what: 'closes the control socket' };
    case 'over':
      return { from: nitro, to: nitro, what: `ends: ${entry.how}` };
  }
}

/** A line for each entry: time, who, what. Entries of `marks` are marked, with the text. */
export function timeline(trace: readonly Entry[], marks: ReadonlyMap<number, string> = new Map()): string {
  const lines = trace.flatMap((entry, place) => {
    const { from, to, what } = arrowOf(entry);
    const line = `${String(entry.at).padStart(7)} ms  ${(from === to ? from : `${from} → ${to}`).padEnd(18)} ${what}`;
    const mark = marks.get(place);
    return mark === undefined ? [line] : [line, `        >>>  ${mark}`];
  });
  return lines.join('\n');
}

/** The same as a Mermaid sequence diagram. */
export function sequenceDiagram(trace: readonly Entry[], marks: ReadonlyMap<number, string> = new Map()): string {
  const lines = ['sequenceDiagram', '  participant clients', '  participant nitro'];
  const known = new Set(['clients', 'nitro']);
  const idOf = (name: string): string => name.split('').map((byte) => (/[A-Za-z0-9]/.test(byte) ? byte : '_')).join('');
  const textOf = (text: string): string => text.split(';').join(',').split('#').join('').split('\n').join(' ');
  let now = -1;
  for (const [place, entry] of trace.entries()) {
    const arrow = arrowOf(entry);
    for (const name of [arrow.from, arrow.to]) {
      if (known.has(name)) continue;
      known.add(name);
      lines.splice(1 + known.size - 1, 0, `  participant ${idOf(name)} as ${name}`);
    }
    if (entry.at !== now) lines.push(`  Note over nitro: ${String(entry.at)} ms`);
    now = entry.at;
    lines.push(`  ${idOf(arrow.from)}->>${idOf(arrow.to)}: ${textOf(arrow.what)}`);
    const mark = marks.get(place);
    if (mark !== undefined) lines.push(`  Note over nitro: VIOLATED ${textOf(mark)}`);
  }
  return lines.join('\n');
}
