/** What the operator does in a simulation, and what is expected of it: `at TIME ACT`. */
import { parseArguments } from '../../ctl-arguments.js';
import type { ClientRequest } from '../../../runtime/protocol.js';
import { stateNames } from '../../../runtime/protocol.js';
import { S } from '../../../model-tests/sim/errors.js';
import type { Command } from '../../../model-tests/sim/scenario.js';
import type { Bytes } from '../../../runtime/os.js';
import { nearTo, textOf } from '../check/names.js';
import { parseTime } from './time.js';
import type { Known } from './words.js';
import { splitOutsideQuotes, unknownService } from './words.js';

export type Act = { readonly at: number; readonly line: number; readonly text: string } & (
  | { readonly kind: 'does'; readonly commands: readonly Command[] }
  /** The service is expected to be in one of these states. */
  | { readonly kind: 'expects'; readonly service: Bytes; readonly states: readonly string[] }
);

/** What a command of nitroctl asks of nitro; or why it asks nothing. */
export function requestsOf(words: readonly Bytes[]): readonly ClientRequest[] | string {
  const invocation = parseArguments(words);
  if (invocation.kind === 'usage') return `nitroctl: ${textOf(invocation.problem)}`;
  if (invocation.kind !== 'run') return 'this asks nothing of nitro';
  const { command, services } = invocation;
  switch (command.kind) {
    case 'tell':
      return [{ kind: command.request }];
    case 'ask':
    case 'bring':
      return services.map((name) => ({ kind: command.request, name }));
    case 'signal':
      return services.map((name) => ({ kind: 'signal', signal: S[command.signal], name }));
    case 'list':
    case 'info':
    case 'events':
    case 'trace':
    case 'wait':
    case 'pidof':
    case 'check':
      return `"${textOf(words.join(' '))}" asks nothing of nitro; use up, down, restart, ready, a signal, rescan, Shutdown or Reboot`;
  }
}

/** Words, of which one in quotes may hold blanks. */
function wordsOf(text: Bytes): readonly Bytes[] {
  return splitOutsideQuotes(text, ' ').filter((word) => word !== '').map((word) => word.replace(/^"(.*)"$/, '$1'));
}

const toNitro = ['HUP', 'INT', 'TERM'] as const;

function doesOf(words: readonly Bytes[], known: Known): readonly Command[] | string {
  const [verb = '', first = '', second = 'KILL'] = words;
  switch (verb) {
    case 'signal': {
      const signal = toNitro.find((name) => name === first.replace(/^SIG/, ''));
      if (signal === undefined) return `nitro itself gets HUP, INT or TERM, not "${textOf(first)}"; to signal a service write its command, such as "hup NAME"`;
      return [{ kind: 'signal', signal }];
    }
    case 'crash': {
      const signal = second.replace(/^SIG/, '');
      if (!known.isService(first)) return unknownService(first, known);
      if (!(signal in S)) return `"${textOf(second)}" is no signal here: there are ${Object.keys(S).join(', ')}`;
      return [{ kind: 'kill', name: first, signal: signal as keyof typeof S }];
    }
    case 'remove':
      return known.isService(first) || known.isTemplate(first) ? [{ kind: 'edit', edit: { kind: 'remove', name: first } }] : unknownService(first, known);
    default: {
      const requests = requestsOf(words);
      if (typeof requests === 'string') return requests;
      for (const request of requests) {
        if ('name' in request && request.name !== 'SYS' && !known.isService(request.name)) return unknownService(request.name, known);
      }
      return requests.map((request) => ({ kind: 'ask', request, manner: 'waits' }));
    }
  }
}

/** Read `at TIME ACT`. */
export function parseAct(line: Bytes, number: number, known: Known): Act | string {
  const [, time = '', ...words] = wordsOf(line.replace(/\t/g, ' '));
  const at = parseTime(time);
  if (at === null) return `"${textOf(time)}" is no time: write at 300ms, at 5s or at 2m, and then what happens`;
  if (words.length === 0) return 'what happens then? As in "at 5s down web"';
  const common = { at, line: number, text: words.map(textOf).join(' ') };
  if (words[0] === 'expect') {
    const [, service = '', ...states] = words;
    if (!known.isService(service)) return unknownService(service, known);
    const all = states.flatMap((state) => state.split('|')).filter((state) => state !== 'or' && state !== '');
    if (all.length === 0) return 'expect what? As in "at 5s expect web UP"';
    const unknown = all.find((state) => !stateNames.includes(state) || state === '');
    if (unknown !== undefined) {
      const near = nearTo(unknown, stateNames.slice(1));
      return `"${textOf(unknown)}" is no state; ${near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${stateNames.slice(1).join(', ')}`}`;
    }
    return { ...common, kind: 'expects', service, states: all };
  }
  const commands = doesOf(words, known);
  return typeof commands === 'string' ? commands : { ...common, kind: 'does', commands };
}
