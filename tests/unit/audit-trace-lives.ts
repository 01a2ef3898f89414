/**
 * Simulated lives as traces: by their announcements, and by their steps as nitroctl's own dialogue hears them.
 */
import type { TraceEntry } from '../../cli/audit/trace/format.js';
import { parseEntry } from '../../cli/audit/trace/parse.js';
import type { Placed } from '../../cli/audit/trace/parse.js';
import { StepsDialogue } from '../../cli/ctl-trace.js';
import { traceJson } from '../../cli/ctl-trace-print.js';
import { SeededChooser } from '../../model-tests/sim/choice.js';
import { controlSocket, notifyDirectory } from '../../model-tests/sim/layout.js';
import { live } from '../../model-tests/sim/life.js';
import { Mailbox } from '../../model-tests/sim/mailbox.js';
import type { SimulatedOs } from '../../model-tests/sim/os.js';
import type { Scenario } from '../../model-tests/sim/scenario.js';
import { stateName } from '../../runtime/protocol.js';

export interface Traces {
  readonly states: readonly Placed[];
  readonly steps: readonly Placed[];
}

const place = (entries: readonly TraceEntry[]): readonly Placed[] => entries.map((entry, index) => ({ line: index + 2, entry }));

/** A client that traces from the start, and reads what came every `pauseMs` (0: at once). */
function follower(os: SimulatedOs, pauseMs: number): readonly TraceEntry[] {
  const { world } = os;
  const entries: TraceEntry[] = [];
  const path = `${notifyDirectory}/,tracer`;
  let isHeard = true;
  const witness = {
    saw: (sight: Parameters<typeof traceJson.sight>[1]): void => {
      const entry = parseEntry(traceJson.sight(world.agenda.now, sight));
      if (entry === null || 'error' in entry) throw new Error(`what nitroctl prints is no entry: ${JSON.stringify(entry)}`);
      entries.push(entry);
    },
    settled: (): void => undefined,
    isGone: (): boolean => false,
  };
  const dialogue = new StepsDialogue(witness, () => undefined);
  const lane = {};
  const send = (data: string | null): void => {
    const node = world.files.find(controlSocket);
    isHeard = typeof node !== 'number' && node.kind === 'socket' && node.box !== null;
    if (data !== null && typeof node !== 'number' && node.kind === 'socket') node.box?.post({ from: path, data });
  };
  const hear = (data: string): void => {
    const answer = dialogue.hear(data);
    if (answer !== null) world.agenda.after(0, lane, () => send(answer));
  };
  const box = new Mailbox(path, pauseMs > 0 ? null : ({ data }) => (hear(data), true));
  const read = (): void => {
    for (const { data } of box.queue.splice(0)) hear(data);
    if (isHeard) world.agenda.after(pauseMs, lane, read);
  };
  const remind = (): void => {
    send(dialogue.reminder());
    if (isHeard) world.agenda.after(1000, lane, remind);
  };
  world.files.put(path, { kind: 'socket', box });
  world.agenda.after(0, lane, () => {
    send(dialogue.opening);
    world.agenda.after(1000, lane, remind);
    if (pauseMs > 0) world.agenda.after(pauseMs, lane, read);
  });
  return entries;
}

/** Live through a scenario, and be watched. */
export function tracesOf(scenario: Scenario, choices: number, pauseMs: number): Traces {
  let steps: readonly TraceEntry[] = [];
  const life = live(scenario, new SeededChooser(choices), (os) => {
    steps = follower(os, pauseMs);
  });
  const states = life.trace.flatMap(({ at, service, ...entry }): readonly TraceEntry[] =>
    entry.type === 'announced' ? [{ t: at, kind: 'state', service, state: stateName(entry.state) }] : [],
  );
  // Before nitro starts, it knows no service.
  return { states: place([{ t: 0, kind: 'present', services: [], system: null }, ...states]), steps: place(steps) };
}
