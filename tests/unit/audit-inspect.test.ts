/** The model of `nitro-audit inspect`, its mirror of XState actors, and what its page makes of both. */
import type { StatelyInspectionEvent } from '@statelyai/inspect';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { Causes } from '../../cli/audit/inspect/cause.js';
import type { Happening, Subject } from '../../cli/audit/inspect/messages.js';
import { Mirror } from '../../cli/audit/inspect/mirror.js';
import { kept, Model } from '../../cli/audit/inspect/model.js';
import { bars } from '../../cli/audit/inspect/page/bars.js';
import { lanesOf, rowsOf } from '../../cli/audit/inspect/page/sequence.js';
import { duration } from '../../cli/audit/inspect/page/words.js';
import type { InspectorMessage } from '../../cli/audit/inspect/stately.js';
import type { PresentService, TraceEntry } from '../../cli/audit/trace/format.js';
import { serviceTable } from '../../table/service.js';
import { STAY } from '../../table/format.js';

const up = (service: string): PresentService => ({ service, state: 'UP', leaf: 'UP', pid: 7, uptime: 10 });
const present = (t: number, ...services: readonly PresentService[]): TraceEntry => ({ t, kind: 'present', system: 'run', services });
const step = (t: number, service: string, event: string, from: string, to: string, ...actions: readonly string[]): TraceEntry => {
  return { t, kind: 'step', machine: service === '' ? 'system' : 'service', service, event, from, to, actions };
};
const of = (name: string): Subject => ({ kind: 'service', name });

describe('the model', () => {
  test('follows steps, and counts the time from the launch and from the end of run', () => {
    const model = new Model();
    model.take(present(0, up('web')));
    expect(model.row('web')).toMatchObject({ state: 'UP', leaf: 'UP', pid: 7, since: -10_000 });
    model.take(step(100, 'web', 'RUN_EXITED', 'UP', 'RESTART.finishing', 'spawnFinish', 'announce'));
    expect(model.row('web')).toMatchObject({ state: 'RESTART', leaf: 'RESTART.finishing', pid: 0, since: 100 });
    model.take(step(200, 'web', 'FINISH_EXITED', 'RESTART.finishing', 'SETUP.launching', 'announceDown', 'startLogger', 'launch'));
    expect(model.row('web')).toMatchObject({ state: 'SETUP', since: 200 });
    model.take(step(300, 'web', 'TIMER', 'STARTING.timed', 'UP', 'announce'));
    expect(model.past(of('web')).map(({ event }) => event)).toEqual([null, 'RUN_EXITED', 'FINISH_EXITED', 'after STARTING']);
    expect(model.lanes(of('web'))[0]?.spans.map(({ state }) => state)).toEqual(['UP', 'RESTART', 'SETUP', 'UP']);
  });

  test('of states only, tells a change once', () => {
    const model = new Model();
    const down: PresentService = { service: 'web', state: 'DOWN', leaf: null, pid: 0, uptime: 1 };
    model.take({ t: 0, kind: 'present', system: null, services: [down] });
    for (const state of ['STARTING', 'STARTING', 'UP'] as const) model.take({ t: 1, kind: 'state', service: 'web', state });
    expect(model.past(of('web')).map(({ from, to, event }) => [from, to, event])).toEqual([['DOWN', 'STARTING', null], ['STARTING', 'UP', null]]);
  });

  test('takes from a list what is no older than what it knows', () => {
    const model = new Model();
    model.take(present(0, up('web'), up('old')));
    const asked = model.count;
    model.take(step(50, 'web', 'WANT_DOWN', 'UP', 'SHUTDOWN.stopping', 'signalDown', 'announce'));
    const listed = [{ name: 'web', state: 'UP', pid: 7, uptime: 10 }, { name: 'new', state: 'DOWN', pid: 0, uptime: 0 }] as const;
    expect(model.refresh(listed, asked, 60)).toBe(false);
    expect(model.names()).toEqual(['new', 'web']);
    expect(model.row('web')?.state).toBe('SHUTDOWN');
    expect(model.refresh([{ name: 'web', state: 'DOWN', pid: 0, uptime: 0 }], model.count, 70)).toBe(true);
    expect(model.row('web')).toMatchObject({ state: 'SHUTDOWN', pid: 0 });
    expect(model.names()).toEqual(['web']);
  });

  test('keeps a bounded past', () => {
    const model = new Model();
    model.take(present(0, up('web')));
    for (let t = 1; t <= 5 * kept.all; t++) model.take(step(t, 'web', 'WANT_UP', 'UP', 'UP'));
    expect(model.past(of('web')).filter(({ machine }) => machine === 'service')).toHaveLength(kept.service);
    expect(model.past({ kind: 'system' })).toHaveLength(kept.all);
    expect(model.past({ kind: 'system' })[kept.all - 1]?.t).toBe(5 * kept.all);
  });
});

describe('causes', () => {
  const told = (entries: readonly TraceEntry[]): readonly string[] => {
    const links = new Map<string, string>();
    const causes = new Causes((service, logger) => links.set(service, logger));
    const origins = entries.flatMap((entry) => {
      if (entry.kind !== 'step') return [];
      const { source, by } = causes.of(entry);
      return [`${entry.service}: ${source}${by === null ? '' : ` ${by}`}`];
    });
    return [...origins, ...[...links].map(([service, logger]) => `${service} > ${logger}`).sort()];
  };

  test('a chain of loggers is started from its end by the one who writes to it', () => {
    const starts = (service: string): TraceEntry => step(0, service, 'WANT_UP', 'DOWN.resting', 'SETUP.launching', 'startLogger', 'launch');
    expect(told([starts('web'), starts('end'), starts('middle'), step(0, 'end', 'WANT_UP', 'SETUP.launching', 'SETUP.launching')])).toEqual([
      'web: nitroctl', 'end: service web', 'middle: service web', 'end: service middle', 'middle > end', 'web > middle',
    ]);
  });

  test('a scan and a shutdown are the system; other wishes are somebody’s; the rest are facts', () => {
    expect(told([
      step(0, '', 'RESCAN_ASKED', 'run', 'run', 'scan'),
      step(1, 'new', 'CREATED', 'DOWN.fresh', 'DELAY.created'),
      step(1, 'gone', 'WANT_DOWN', 'UP', 'SHUTDOWN.stopping', 'signalDown', 'announce'),
      step(2, 'new', 'TIMER', 'DELAY.created', 'SETUP.launching', 'startLogger', 'launch'),
      step(900, 'web', 'WANT_DOWN', 'UP', 'SHUTDOWN.stopping', 'signalDown', 'announce'),
      step(901, 'web', 'RUN_EXITED', 'SHUTDOWN.stopping', 'SHUTDOWN.finishing', 'spawnFinish'),
      step(950, '', 'SYS_FINISH_EXITED', 'shutdown.finishing', 'shutdown.stoppingServices', 'stopServices'),
      step(990, 'new', 'WANT_DOWN', 'UP', 'SHUTDOWN.stopping', 'signalDown', 'announce'),
    ])).toEqual([
      ': nitroctl', 'new: system', 'gone: system', 'new: timer', 'web: nitroctl', 'web: process', ': process', 'new: system',
    ]);
  });
});

describe('the mirror', () => {
  test('its messages are of the protocol', () => {
    expectTypeOf<InspectorMessage['type']>().toEqualTypeOf<StatelyInspectionEvent['type']>();
    type Members<Of, Type> = keyof Extract<Of, { readonly type: Type }>;
    expectTypeOf<Members<StatelyInspectionEvent, '@xstate.actor'>>().toExtend<Members<InspectorMessage, '@xstate.actor'>>();
    expectTypeOf<Members<StatelyInspectionEvent, '@xstate.event'>>().toExtend<Members<InspectorMessage, '@xstate.event'>>();
    expectTypeOf<Members<StatelyInspectionEvent, '@xstate.snapshot'>>().toExtend<Members<InspectorMessage, '@xstate.snapshot'>>();
  });

  test('goes with XState where the daemon goes, for every row of the table', () => {
    let rows = 0;
    for (const leaf of serviceTable.leaves) {
      const events: [string, typeof leaf.due][] = [['TIMER', leaf.due], ...Object.entries(leaf.on)];
      for (const [event, taken] of events) {
        for (const row of taken) {
          const model = new Model();
          model.take(present(0, { service: 'web', state: 'DOWN', leaf: leaf.name, pid: 0, uptime: 0 }));
          const told: InspectorMessage[] = [];
          const mirror = new Mirror(model, (t) => t, (messages) => told.push(...messages));
          const to = row.target === STAY ? leaf.name : (serviceTable.leaves[row.target]?.name ?? '');
          model.take(step(1, 'web', event, leaf.name, to, ...row.actions));
          expect({ row, differences: mirror.differences }).toEqual({ row, differences: 0 });
          const [sent, after] = told;
          const [state = '', inner] = to.split('.');
          expect(sent).toMatchObject({ type: '@xstate.event' });
          expect(after).toMatchObject({ type: '@xstate.snapshot', snapshot: { value: inner === undefined ? state : { [state]: inner } } });
          mirror.close();
          rows += 1;
        }
      }
    }
    expect(rows).toBeGreaterThan(100);
  });

  test('is put where the daemon is if the daemon does otherwise, and counts it', () => {
    const model = new Model();
    model.take(present(0, up('web')));
    const mirror = new Mirror(model, (t) => t, () => undefined);
    model.take(step(1, 'web', 'WANT_DOWN', 'UP', 'FATAL.resting', 'somethingNew'));
    expect(mirror.differences).toBe(1);
    expect(mirror.present().find((message) => message.type === '@xstate.actor' && message.name === 'web')).toMatchObject({ snapshot: { value: { FATAL: 'resting' } } });
    mirror.close();
  });
});

describe('the page', () => {
  test('draws who says what to whom', () => {
    const model = new Model();
    model.take(present(0, up('web'), up('log')));
    model.link(new Map([['web', 'log']]));
    model.take(step(1, 'web', 'WANT_RESTART', 'UP', 'RESTART.stopping', 'signalDown', 'announce'));
    model.take(step(2, 'web', 'FINISH_EXITED', 'RESTART.finishing', 'SETUP.running', 'announceDown', 'startLogger', 'announce', 'spawnSetup'));
    model.take(step(2, 'log', 'WANT_UP', 'UP', 'UP'));
    const lanes = lanesOf(of('web'), 'log');
    const past: readonly Happening[] = model.past(of('web')).filter(({ event }) => event !== null);
    const lines = past.flatMap((happening) => rowsOf(happening, of('web'), lanes, (name) => name === 'log')).map((row) =>
      row.kind === 'mark' ? `[${row.label}]` : `${lanes.names[row.from] ?? ''} > ${lanes.names[row.to] ?? ''}: ${row.label}`,
    );
    expect(lines).toEqual([
      'nitroctl > web: WANT_RESTART', '[RESTART.stopping]', 'web > its process: down signal', 'web > nitroctl: RESTART',
      'its process > web: FINISH_EXITED', '[SETUP.running]', 'web > nitroctl: DOWN', 'web > nitroctl: SETUP', 'web > its process: setup',
      'web > log: WANT_UP',
    ]);
  });

  test('cuts a lane to the window', () => {
    const lane = { name: 'web', spans: [{ t: 0, state: 'UP' }, { t: 50, state: null }, { t: 70, state: 'DOWN' }, { t: 90, state: 'UP' }] };
    expect(bars(lane, 20, 100)).toEqual([{ state: 'UP', from: 20, to: 50 }, { state: 'DOWN', from: 70, to: 90 }, { state: 'UP', from: 90, to: 100 }]);
  });

  test.each([[0, '0s'], [59.9, '59s'], [61, '1m 01s'], [7260, '2h 01m'], [90_000, '1d 01h'], [-1, '0s']])('%d seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
