/** What a script does in one life, as a behaviour file says it: properties divided by commas. */
import { E, S } from '../../../model-tests/sim/errors.js';
import type { ErrorName } from '../../../model-tests/sim/errors.js';
import type { Behaviour } from '../../../model-tests/sim/scenario.js';
import type { Bytes } from '../../../runtime/os.js';
import { nearTo, textOf } from '../check/names.js';
import { requestsOf } from './acts.js';
import { parseTime } from './time.js';
import { splitOutsideQuotes } from './words.js';

/** How long a script lasts that ends at its usual time; ms. `run` stays. */
export const usualMs: Readonly<Record<string, number>> = { setup: 100, finish: 50, final: 100 };

/** Times at which output of a steady rate is written; ms. More often makes no difference that can be seen. */
const writeEveryMs = 100;
/** Writes of one life at most: what is longer repeats nothing new. */
const writesMax = 2000;

type Property = Partial<Behaviour> | string;

interface Form {
  /** As it is written, for help and complaints. */
  readonly form: string;
  readonly pattern: RegExp;
  readonly read: (parts: readonly (string | undefined)[], script: string) => Property;
}

/** A time, or why it is none. */
function time(text: string | undefined, otherwise: number): number | string {
  if (text === undefined) return otherwise;
  return parseTime(text) ?? `"${textOf(text)}" is no time: write 300ms, 5s or 2m`;
}

function timed(text: string | undefined, otherwise: number, property: (ms: number) => Property): Property {
  const ms = time(text, otherwise);
  return typeof ms === 'string' ? ms : property(ms);
}

/** A steady output: bytes a second, in portions. */
function outputOf(bytesASecond: number): Partial<Behaviour> {
  const portion = Math.max(1, Math.round((bytesASecond * writeEveryMs) / 1000));
  const everyMs = (portion * 1000) / bytesASecond;
  return { writes: Array.from({ length: writesMax }, (_, index) => ({ at: Math.round(index * everyMs), bytes: portion })) };
}

export const forms: readonly Form[] = [
  { form: 'stays', pattern: /^stays?$/, read: () => ({}) },
  {
    form: 'exits N [after TIME]',
    pattern: /^exits? (\d+)(?: after (\S+))?$/,
    read: ([status, after], script) => {
      if (Number(status) > 255) return `an exit status is a number up to 255, not ${status ?? ''}`;
      return timed(after, usualMs[script] ?? 0, (lasts) => ({ lasts, exit: Number(status) }));
    },
  },
  {
    form: 'crashes [of SIGNAL] [after TIME]',
    pattern: /^crash(?:es)?(?: (?:of|with) (\w+))?(?: after (\S+))?$/,
    read: ([signal = 'SEGV', after], script) => {
      const name = signal.replace(/^SIG/, '');
      if (!(name in S)) return `"${signal}" is no signal here: there are ${Object.keys(S).join(', ')}`;
      return timed(after, usualMs[script] ?? 0, (lasts) => ({ lasts, dies: name as keyof typeof S }));
    },
  },
  { form: 'ignores TERM', pattern: /^ignores? (?:TERM|SIGTERM|signals)$/, read: () => ({ onSignal: 'ignores' }) },
  { form: 'stops in TIME', pattern: /^stops? (?:in|after) (\S+)$/, read: ([after]) => timed(after, 0, (ms) => ({ onSignal: ms })) },
  { form: 'drains', pattern: /^drains?$/, read: () => ({ onSignal: 'drains' }) },
  { form: 'ready after TIME', pattern: /^ready after (\S+)$/, read: ([after]) => timed(after, 0, (at) => ({ ready: { at, text: '\n' } })) },
  { form: 'never ready', pattern: /^never ready$/, read: () => ({ ready: { at: Infinity, text: '' } }) },
  {
    form: 'outputs BYTES/s',
    pattern: /^outputs? (\d+(?:\.\d+)?)(k|M)?\/s$/,
    read: ([number, unit]) => {
      const rate = Number(number) * (unit === 'k' ? 1000 : unit === 'M' ? 1_000_000 : 1);
      return rate > 0 && rate <= 10_000_000 ? outputOf(rate) : 'output is between 1/s and 10M/s';
    },
  },
  { form: 'reads every TIME', pattern: /^reads? every (\S+)$/, read: ([every]) => timed(every, 0, (reads) => ({ reads })) },
  { form: 'leaves an orphan for TIME', pattern: /^(?:leaves an )?orphan for (\S+)$/, read: ([lasts]) => timed(lasts, 0, (orphan) => ({ orphan })) },
  {
    form: 'fails with ERROR',
    pattern: /^fails? with (\w+)$/,
    read: ([name = '']) => (name in E ? { fails: name as ErrorName } : `"${name}" is no error here: there are ${Object.keys(E).join(', ')}`),
  },
  { form: 'hangs for TIME', pattern: /^hangs? for (\S+)$/, read: ([lasts]) => timed(lasts, 0, (hangs) => ({ hangs })) },
  {
    form: 'asks "COMMAND" [after TIME]',
    pattern: /^asks? "([^"]*)"(?: after (\S+))?$/,
    read: ([command = '', after]) => {
      const requests = requestsOf(command.trim().split(/\s+/));
      if (typeof requests === 'string') return requests;
      return timed(after, 0, (at) => ({ asks: requests.map((request) => ({ at, request })) }));
    },
  },
];

function parseProperty(text: Bytes, script: string): Property {
  for (const { pattern, read } of forms) {
    const parsed = pattern.exec(text);
    if (parsed !== null) return read(parsed.slice(1), script);
  }
  const [first = ''] = text.split(' ', 1);
  const near = nearTo(first, forms.map(({ form }) => form.split(' ', 1)[0] ?? ''));
  const meant = forms.filter(({ form }) => near.includes(form.split(' ', 1)[0] ?? '')).map(({ form }) => `"${form}"`);
  return `"${textOf(text)}" is not understood; ${meant.length > 0 ? `write ${meant.join(' or ')}` : `there are: ${forms.map(({ form }) => form).join(', ')}`}`;
}

/** What is said of one life; or what is wrong with it. */
export function parseLife(text: Bytes, script: string): Partial<Behaviour> | string {
  let life: Partial<Behaviour> = {};
  for (const part of splitOutsideQuotes(text, ',')) {
    if (part === '') return 'something is missing here: a life is properties, divided by commas, as in "ready after 1s, crash after 5s"';
    const property = parseProperty(part.replace(/\s+/g, ' '), script);
    if (typeof property === 'string') return property;
    const asks = [...(life.asks ?? []), ...(property.asks ?? [])];
    life = { ...life, ...property, ...(asks.length > 0 ? { asks } : {}) };
  }
  if (life.dies !== undefined && life.exit !== undefined) return 'a life has one end: it exits or it crashes';
  return life;
}
