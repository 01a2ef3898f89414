/** `nitroctl trace`: steps of a daemon that tells them, and states of one that does not (docs/trace.md). */
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeInfoReply, encodeListEntry, noSuchService, ok, State, Tag, unknownCommand } from '../../runtime/protocol.js';
import type { Request } from '../../runtime/protocol.js';
import { packet, u32 } from '../../runtime/wire.js';
import { parseTrace } from '../../cli/audit/trace/parse.js';
import type { PresentService, TraceEntry } from '../../cli/audit/trace/format.js';
import { FakeSystem } from './nitroctl-fake.js';

const SIGINT = 2;
const tracer = '/run/nitro/notify/,42_0';

let system: FakeSystem;
beforeEach(() => {
  system = new FakeSystem();
});

/** What `nitroctl --json trace` printed, without its times. */
function entries(): readonly Omit<TraceEntry, 't'>[] {
  const trace = parseTrace(system.stdout);
  if ('error' in trace) throw new Error(`line ${String(trace.line)}: ${trace.error}\n${system.stdout}`);
  return trace.entries.map(({ t: _t, ...rest }) => rest);
}

const listed = (name: string, state: State, leaf?: string): string =>
  encodeListEntry({ name, state, pid: 7, wstatus: 0, uptime: 1, ...(leaf === undefined ? {} : { leaf }) });
const service = (name: string, state: string, leaf: string | null): PresentService => ({ service: name, state, leaf, pid: 7, uptime: 1 });
const stepPacket = (...fields: readonly string[]): string => packet(Tag.STEP, fields.join('\0'));
const crash = ['a', 'RUN_EXITED', 'UP', 'RESTART.finishing', 'spawnFinish', 'announce'] as const;
const [, event, from, to, ...actions] = crash;
const crashed = { kind: 'step', machine: 'service', service: 'a', event, from, to, actions };

/** A daemon that tells steps, and knows `a` in a leaf. */
class Teller {
  next = 5;
  pages: readonly string[] = [listed('a', State.UP, 'UP'), ''];

  constructor() {
    system.answer = (request, from) => this.answer(request, from);
  }

  step(...fields: readonly string[]): void {
    system.deliver(tracer, packet(Tag.STEPS, u32(this.next)) + stepPacket(...fields));
    this.next += 1;
  }

  private answer(request: Request, from: string): void {
    if (request.kind === 'trace') system.deliver(from, ok + packet(Tag.STEPS, u32(this.next)));
    if (request.kind !== 'leaves') return;
    const head = packet(Tag.LEAVES, u32(request.start)) + packet(Tag.LEAF, 'run') + packet(Tag.STEPS, u32(this.next));
    system.deliver(from, head + (this.pages[request.start] ?? ''));
  }
}

describe('steps', () => {
  it('begin with what there is, and end with SIGINT: exit 0', () => {
    const teller = new Teller();
    system.after(10, () => teller.step(...crash));
    system.after(20, () => teller.step('', 'RESCAN_ASKED', 'run', 'run', 'scan'));
    system.after(30, () => system.signal(SIGINT));
    expect(system.ctl('--json', 'trace')).toBe(0);
    expect(entries()).toEqual([
      { kind: 'present', services: [service('a', 'UP', 'UP')], system: 'run' },
      crashed,
      { kind: 'step', machine: 'system', service: '', event: 'RESCAN_ASKED', from: 'run', to: 'run', actions: ['scan'] },
      { kind: 'end', why: 'stopped' },
    ]);
    expect(system.leftovers()).toEqual([]);
  });

  it('are lines for people', () => {
    const teller = new Teller();
    system.after(10, () => teller.step(...crash));
    system.after(1500, () => teller.step('', 'RESCAN_ASKED', 'run', 'run', 'scan'));
    system.after(1501, () => system.signal(SIGINT));
    expect(system.ctl('trace')).toBe(0);
    expect(system.stdout).toBe(`    0.000 (present) (system) run, a UP
    0.010 a RUN_EXITED UP > RESTART.finishing: spawnFinish announce
    1.500 (system) RESCAN_ASKED run: scan
`);
  });

  it('that are lost are counted, and what there is is asked for anew', () => {
    const teller = new Teller();
    system.after(10, () => {
      teller.next += 3;
      teller.pages = [listed('a', State.DELAY, 'DELAY.respawn'), ''];
      teller.step('a', 'TIMER', 'DELAY.respawn', 'SETUP.launching', 'startLogger', 'launch');
      teller.pages = [listed('a', State.SETUP, 'SETUP.launching'), ''];
    });
    system.after(30, () => system.signal(SIGINT));
    expect(system.ctl('--json', 'trace')).toBe(0);
    const kinds = entries().map(({ kind, ...rest }) => ('count' in rest ? `lost ${String(rest.count)}` : kind));
    expect(kinds).toEqual(['present', 'lost 3', 'step', 'present', 'end']);
    expect(entries()[3]).toEqual({ kind: 'present', services: [service('a', 'SETUP', 'SETUP.launching')], system: 'run' });
  });

  it('that are the last and lost are noticed by asking once a second', () => {
    const teller = new Teller();
    system.after(10, () => (teller.next += 2));
    system.after(2500, () => system.signal(SIGINT));
    expect(system.ctl('--json', 'trace')).toBe(0);
    expect(entries().map(({ kind }) => kind)).toEqual(['present', 'lost', 'present', 'end']);
  });

  it('of a daemon that began anew are followed; how much was missed nobody knows', () => {
    const teller = new Teller();
    system.after(10, () => (teller.next = 0));
    system.after(2500, () => system.signal(SIGINT));
    expect(system.ctl('--json', 'trace')).toBe(0);
    expect(entries()).toContainEqual({ kind: 'lost', count: null });
  });

  it('between two pages change what the first page said', () => {
    const teller = new Teller();
    teller.pages = [listed('a', State.UP, 'UP'), listed('b', State.UP, 'UP'), ''];
    system.answer = ((inner) => (request, from) => {
      if (request.kind === 'leaves' && request.start === 1) teller.step(...crash);
      inner(request, from);
    })(system.answer);
    system.after(10, () => system.signal(SIGINT));
    expect(system.ctl('--json', 'trace')).toBe(0);
    expect(entries()[1]).toEqual({ kind: 'present', services: [service('a', 'RESTART', 'RESTART.finishing'), service('b', 'UP', 'UP')], system: 'run' });
  });

  it('are refused to one too many: exit 1', () => {
    system.answer = (_, from) => system.deliver(from, noSuchService);
    expect(system.ctl('trace')).toBe(1);
    expect(system).toMatchObject({ stdout: '', stderr: 'nitroctl: nitro is traced by too many already\n' });
  });

  it('end with the daemon: exit 4', () => {
    new Teller();
    system.after(10, () => (system.nitro = 'dead'));
    expect(system.ctl('--json', 'trace')).toBe(4);
    expect(entries().at(-1)).toEqual({ kind: 'end', why: 'daemon gone' });
  });

  it('of no daemon are none: exit 4, and nothing on stdout', () => {
    system.nitro = 'absent';
    expect(system.ctl('--json', 'trace')).toBe(4);
    expect(system.stdout).toBe('');
  });

  it('of names that are no UTF-8 can be read', () => {
    const teller = new Teller();
    system.after(10, () => teller.step('\xffa', 'READY', 'UP', 'UP'));
    system.after(30, () => system.signal(SIGINT));
    expect(system.ctl('--json', 'trace')).toBe(0);
    expect(entries()).toContainEqual({ kind: 'step', machine: 'service', service: '\\xffa', event: 'READY', from: 'UP', to: 'UP', actions: [] });
  });
});

describe('states, of a daemon that does not know the request', () => {
  let services: readonly string[] = [];
  let asked = 0;
  beforeEach(() => {
    services = [listed('a', State.UP)];
    asked = 0;
    system.answer = (request, from) => {
      if (request.kind === 'list') {
        asked += 1;
        // As the reference does, which ignores where the list is to begin.
        system.deliver(from, services.join(''));
      } else if (request.kind === 'info') {
        system.deliver(from, encodeInfoReply({ nitroPid: 1, pid: 1, maxService: services.length, totalReaps: 0, totalServiceReaps: 0 }));
      } else system.deliver(from, unknownCommand);
    };
  });

  it('begin with what there is, and are announcements from then on', () => {
    system.after(10, () => system.announce(State.DOWN, 'b'));
    system.after(30, () => system.signal(SIGINT));
    expect(system.ctl('--json', 'trace')).toBe(0);
    expect(system.stdout.split('\n')[0]).toContain('"detail":"states"');
    expect(entries()).toEqual([
      { kind: 'present', services: [service('a', 'UP', null)], system: null },
      { kind: 'state', service: 'b', state: 'DOWN' },
      { kind: 'end', why: 'stopped' },
    ]);
  });

  it('that were missed show in the list of the next second', () => {
    system.after(10, () => (services = [listed('a', State.FATAL)]));
    system.after(3500, () => system.signal(SIGINT));
    expect(system.ctl('--json', 'trace')).toBe(0);
    expect(entries().map(({ kind }) => kind)).toEqual(['present', 'lost', 'present', 'end']);
  });

  it('that the reference does not announce are not taken for a loss', () => {
    system.after(10, () => (services = [listed('a', State.DELAY)]));
    system.after(1500, () => system.signal(SIGINT));
    expect(system.ctl('--json', 'trace')).toBe(0);
    expect(entries().map(({ kind }) => kind)).toEqual(['present', 'present', 'end']);
  });

  it('of services that are gone, and were not DOWN, were missed', () => {
    services = [listed('a', State.UP), listed('b', State.UP)];
    system.after(10, () => (services = [listed('a', State.UP)]));
    system.after(1500, () => system.signal(SIGINT));
    expect(system.ctl('--json', 'trace')).toBe(0);
    expect(entries().map(({ kind }) => kind)).toEqual(['present', 'lost', 'present', 'end']);
  });

  it('are not asked for where there are more services than the reference survives to list', () => {
    services = Array.from({ length: 41 }, (_, index) => listed(`s${String(index)}`, State.UP));
    system.after(2500, () => system.signal(SIGINT));
    expect(system.ctl('--json', 'trace')).toBe(0);
    expect(asked).toBe(0);
    expect(entries()).toEqual([{ kind: 'end', why: 'stopped' }]);
  });
});
