/** The simulation as lines of text: when, which service, what changes, and why. */
import { errorName } from '../../../model-tests/sim/errors.js';
import type { Bytes } from '../../../runtime/os.js';
import { charactersOf, textOf } from '../check/names.js';
import type { Simulation, Step } from './simulate.js';
import { isOver } from './simulate.js';
import { explained, noFinish } from './why.js';

interface Line {
  readonly t: number;
  readonly who: string;
  readonly what: string;
  readonly why: string;
  /** State that the line is about, for its colour; empty: none. */
  readonly state: string;
}

/** What is shown in place of a name for what is no service. */
const nitro = '(nitro)';
const operator = '(operator)';

const escape = '\x1b[';
const colours: Readonly<Record<string, string>> = { UP: '32', ONESHOT: '32', FATAL: '31', DOWN: '2' };

function colourOf(state: string): string {
  return state === '' ? '0' : (colours[state] ?? '33');
}

function stateOf(leaf: string): string {
  return leaf.split('.')[0] ?? leaf;
}

/** Leaves whose name says more than the state: what goes on in it. */
const doing: Readonly<Record<string, string>> = {
  'SHUTDOWN.killing': 'it is killed',
  'RESTART.killing': 'it is killed',
  'SHUTDOWN.finishing': 'finish runs',
  'RESTART.finishing': 'finish runs',
  'FATAL.finishing': 'finish runs',
  'SHUTDOWN.finishKilled': 'finish is killed',
  'RESTART.finishKilled': 'finish is killed',
  'FATAL.finishKilled': 'finish is killed',
};

const phases: Readonly<Record<string, string>> = {
  run: 'the services are started',
  'shutdown.finishing': 'the system goes down',
  'shutdown.stoppingServices': 'the services are brought down',
  'shutdown.stoppingLoggers': 'the loggers are brought down',
  'shutdown.terminating': 'SIGTERM to every process',
  'shutdown.killing': 'SIGKILL to every process',
  'final.finalizing': 'everything is down',
};

/** The change that a step makes, as it is shown; null: none. */
function changeOf({ service, from, to, actions }: Step): string | null {
  if (service === '') return from === to ? (actions.includes('scan') ? 'the directory is read again' : null) : (phases[to] ?? null);
  // A service that is created waits for a moment, and an exec is taken for done: neither is worth a line.
  if (to === 'DELAY.created' || to === 'SETUP.launching') return null;
  if (from === to) return actions.includes('signalDown') ? 'it is signalled again' : null;
  const state = stateOf(to);
  const detail = doing[to];
  return detail === undefined ? state : `${state} (${detail})`;
}

function stepLine(t: number, step: Step, why: string): readonly Line[] {
  const what = changeOf(step);
  if (what === null) return [];
  return [{ t, who: step.service === '' ? nitro : textOf(step.service), what, why, state: step.service === '' ? '' : stateOf(step.to) }];
}

/** What nitro says that no other line tells. */
function saidLine(t: number, text: Bytes): readonly Line[] {
  const said = textOf(text.replace(/\n$/, '').replace(/^- nitro: /, ''));
  const isTold = said === '' || /^[. ]*(done\.)?$/.test(said) || /^(booting|shutting down|rebooting|finished|waiting for \d+ services)/.test(said);
  return isTold ? [] : [{ t, who: nitro, what: 'says', why: said, state: '' }];
}

/** A finish that is not there takes no time: the line that it would run goes, and its reason stands for what comes next. */
function passed(lines: Line[], who: string): string {
  for (let place = lines.length - 1; place >= 0; place--) {
    const line = lines[place];
    if (line?.who !== who) continue;
    lines.splice(place, 1);
    return line.why;
  }
  return noFinish;
}

export function linesOf({ happenings, how, end }: Simulation): readonly Line[] {
  const lines: Line[] = [];
  // Between the launch and the news that it is executed there is nothing but the launch to tell.
  const launched = new Map<Bytes, string>();
  for (const { happening, why } of explained(happenings)) {
    const { t } = happening;
    if (happening.kind === 'act') {
      const { act, isMet, found } = happening;
      const result = act.kind === 'does' ? '' : isMet ? 'as expected' : `UNMET: it is ${found}`;
      lines.push({ t, who: operator, what: act.text, why: result, state: isMet ? '' : 'FATAL' });
    } else if (happening.kind === 'step') {
      const { step } = happening;
      const who = textOf(step.service);
      const isPassed = why === noFinish && lines.some((line) => line.t === t && line.who === who);
      const cause = isPassed ? passed(lines, who) : why;
      if (step.to === 'SETUP.launching' && step.from !== step.to) launched.set(step.service, cause);
      const isExecuted = step.from === 'SETUP.launching' && step.event === 'EXEC_SUCCEEDED';
      lines.push(...stepLine(t, step, isExecuted ? (launched.get(step.service) ?? cause) : cause));
    } else if (happening.entry.type === 'said') lines.push(...saidLine(t, happening.entry.text));
    else if (happening.entry.type === 'fault') {
      const { call, path, error } = happening.entry;
      lines.push({ t, who: '(fault)', what: `${call} ${textOf(path)}`.trim(), why: `it fails: ${errorName(error)}`, state: 'DELAY' });
    }
  }
  const ending = how === isOver ? 'the simulation ends here' : `nitro ends: ${how}`;
  return [...lines, { t: end, who: nitro, what: ending, why: '', state: '' }];
}

/** Seconds with milliseconds. */
export function clock(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const whoMax = 24;
const whatMax = 34;

/** A line for each change. */
export function timelineText(simulation: Simulation, isColoured: boolean): string {
  const lines = linesOf(simulation);
  const widest = (of: (line: Line) => string, max: number): number => Math.min(max, Math.max(...lines.map((line) => charactersOf(of(line)).length)));
  const width = { time: widest(({ t }) => clock(t), 12), who: widest(({ who }) => who, whoMax), what: widest(({ what }) => what, whatMax) };
  const pad = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - charactersOf(text).length));
  return lines
    .map(({ t, who, what, why, state }) => {
      const shown = pad(what, width.what);
      const painted = isColoured && state !== '' ? `${escape}${colourOf(state)}m${shown}${escape}0m` : shown;
      return `${clock(t).padStart(width.time)}  ${pad(who, width.who)}  ${painted}  ${why}`.trimEnd();
    })
    .map((line) => `${line}\n`)
    .join('');
}
