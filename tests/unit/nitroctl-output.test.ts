/** What nitroctl prints: lists of any length, the daemon's numbers, pids, JSON, columns and colours. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { quote } from '../../cli/ctl-json.js';
import { sequences } from '../../cli/ctl-utf8.js';
import { encodeInfoReply, encodeListEntry, listPage, State, type ServiceReport } from '../../runtime/protocol.js';
import { failures, FakeSystem } from './nitroctl-fake.js';
import { FakeDaemon } from './nitroctl-fake-daemon.js';

let system: FakeSystem;

beforeEach(() => {
  system = new FakeSystem();
});

const report = (name: string, more: Partial<ServiceReport> = {}): ServiceReport => ({
  name,
  state: State.DOWN,
  pid: 0,
  wstatus: 0,
  uptime: 1,
  ...more,
});

/** Answer LIST with pages of these. */
function serveList(services: readonly ServiceReport[]): void {
  system.answer = (request, from) => {
    if (request.kind !== 'list') return;
    system.deliver(from, listPage(request.start, services.length, (index) => encodeListEntry(services[index] ?? report(''))));
  };
}

const some = [
  report('web', { state: State.UP, pid: 430, uptime: 86 }),
  report('backup', { wstatus: 256, uptime: 3571 }),
  report('Z', { state: State.FATAL, wstatus: -1 }),
];

describe('list', () => {
  it('prints a line a service, sorted by the bytes of the names', () => {
    serveList(some);
    expect(system.ctl()).toBe(0);
    expect(system.stdout).toBe('FATAL Z (wstatus -1) 1s\nDOWN backup (wstatus 256) 3571s\nUP web (pid 430) (wstatus 0) 86s\n');
    expect(system.leftovers()).toEqual([]);
  });

  it.each([['list'], ['l']])('%s with services prints them in the order given', (command) => {
    new FakeDaemon(system, { a: { state: State.UP, pid: 5 }, b: {} });
    expect(system.ctl(command, 'b', 'a', 'b')).toBe(0);
    expect(system.stdout).toBe('DOWN b (wstatus 0) 7s\nUP a (pid 5) (wstatus 0) 7s\nDOWN b (wstatus 0) 7s\n');
    expect(system.ctl(command, 'a', 'nope')).toBe(111);
    expect(system.stderr).toBe('nitroctl: no such service: nope\n');
  });

  it('prints nothing without services', () => {
    serveList([]);
    expect(system.ctl('list')).toBe(0);
    expect(system.stdout).toBe('');
  });

  it('is complete with ten thousand', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `service-${index}-${'x'.repeat(index % 40)}`);
    serveList(names.map((name) => report(name)));
    expect(system.ctl('list')).toBe(0);
    expect(system.stdout.split('\n').slice(0, -1)).toEqual(names.sort().map((name) => `DOWN ${name} (wstatus 0) 1s`));
  });

  it('stops when a daemon sends the first page again', () => {
    system.answer = (_, from) => system.deliver(from, some.map(encodeListEntry).join(''));
    expect(system.ctl('list')).toBe(0);
    expect(system.stdout.split('\n')).toHaveLength(4);
    expect(system.requests()).toEqual(['list', 'list']);
  });

  it('takes a page that comes in several datagrams', () => {
    system.answer = (request, from) => {
      if (request.kind !== 'list' || request.start !== 0) return system.deliver(from, '');
      for (const service of some) system.deliver(from, encodeListEntry(service));
    };
    expect(system.ctl('list')).toBe(0);
    expect(system.stdout.split('\n')).toHaveLength(4);
  });

  it('asks again for a page that is lost', () => {
    const services = Array.from({ length: 300 }, (_, index) => report(`s${index}`));
    serveList(services);
    let count = 0;
    system.loses = () => ++count === 2;
    expect(system.ctl('list')).toBe(0);
    expect(system.stdout.split('\n')).toHaveLength(301);
  });

  it('shows a service that changes its place once', () => {
    let first = true;
    system.answer = (request, from) => {
      if (request.kind !== 'list') return;
      const names = first ? ['a', 'b'] : ['new', 'a', 'b'];
      first = false;
      system.deliver(from, names.slice(request.start).map((name) => encodeListEntry(report(name))).join(''));
    };
    expect(system.ctl('list')).toBe(0);
    expect(system.stdout).toBe('DOWN a (wstatus 0) 1s\nDOWN b (wstatus 0) 1s\n');
  });

  it('says when it cannot print', () => {
    serveList(some);
    system.writeErrno = failures.EPIPE;
    expect(system.ctl('list')).toBe(1);
    expect(system.stderr).toBe('nitroctl: cannot write: Broken pipe\n');
  });
});

describe('on a terminal', () => {
  beforeEach(() => {
    system.terminal = true;
    system.environment.set('TERM', 'linux');
    serveList(some);
  });

  const plainColumns = [
    'FATAL Z                (wstatus -1)     1s',
    'DOWN  backup           (wstatus 256) 3571s',
    'UP    web    (pid 430) (wstatus 0)     86s',
    '',
  ];

  it('a list is in columns and colours', () => {
    system.ctl('list');
    expect(system.stdout.split('\n')).toEqual([
      '\x1b[31mFATAL\x1b[0m Z                (wstatus -1)     1s',
      '\x1b[2mDOWN \x1b[0m backup           (wstatus 256) 3571s',
      '\x1b[32mUP   \x1b[0m web    (pid 430) (wstatus 0)     86s',
      '',
    ]);
  });

  it.each([
    ['NO_COLOR', '1'],
    ['TERM', 'dumb'],
    ['TERM', ''],
  ])('%s=%s keeps colours away', (name, value) => {
    system.environment.set(name, value);
    system.ctl('list');
    expect(system.stdout.split('\n')).toEqual(plainColumns);
  });

  it('an empty NO_COLOR counts as none', () => {
    system.environment.set('NO_COLOR', '');
    system.ctl('list');
    expect(system.stdout).toContain('\x1b[32m');
  });

  it('there is no column for pids that nobody has', () => {
    system.environment.set('NO_COLOR', '1');
    serveList([report('a')]);
    system.ctl('list');
    expect(system.stdout).toBe('DOWN a (wstatus 0) 1s\n');
  });

  it('names send no control codes, and are as wide as their characters', () => {
    system.environment.set('NO_COLOR', '1');
    serveList([report('\x1b[2J'), report('\xc3\xa4\xc3\xb6'), report('\xff\xc2\x9b2J')]);
    system.ctl('list');
    expect(system.stdout).toBe('DOWN ?[2J (wstatus 0) 1s\nDOWN \xc3\xa4\xc3\xb6   (wstatus 0) 1s\nDOWN ??2J (wstatus 0) 1s\n');
  });

  it('JSON is JSON', () => {
    system.ctl('list', '--json');
    expect(JSON.parse(system.stdout)).toHaveLength(3);
  });
});

describe('info', () => {
  const info = { nitroPid: 1, pid: 1, maxService: 3, totalReaps: 0xffffffff, totalServiceReaps: 12 };
  beforeEach(() => {
    system.answer = (_, from) => system.deliver(from, encodeInfoReply(info));
  });

  it('prints a number a line', () => {
    expect(system.ctl('info')).toBe(0);
    expect(system.stdout).toBe('nitro_pid 1\npid 1\nmax_service 3\ntotal_reaps 4294967295\ntotal_sv_reaps 12\n');
  });

  it('prints an object', () => {
    expect(system.ctl('info', '--json')).toBe(0);
    expect(JSON.parse(system.stdout)).toEqual({ nitro_pid: 1, pid: 1, max_service: 3, total_reaps: 0xffffffff, total_sv_reaps: 12 });
  });
});

describe('pidof and check', () => {
  beforeEach(() => {
    new FakeDaemon(system, { a: { pid: 11 }, b: { pid: 12 }, c: { state: State.ONESHOT } });
  });

  it('pidof prints a pid a line', () => {
    expect(system.ctl('pidof', 'b', 'a')).toBe(0);
    expect(system.stdout).toBe('12\n11\n');
  });

  it('pidof fails if one is not running, and prints the others', () => {
    expect(system.ctl('pidof', 'a', 'c', 'b')).toBe(1);
    expect(system.stdout).toBe('11\n12\n');
    expect(system.stderr).toBe('');
  });

  it('check says it by the exit status', () => {
    expect(system.ctl('check', 'a', 'b')).toBe(0);
    expect(system.ctl('check', 'a', 'c')).toBe(1);
    expect(system.stdout + system.stderr).toBe('');
    expect(system.ctl('check', 'a', 'nope')).toBe(111);
    expect(system.ctl('pidof', 'nope', 'c')).toBe(111);
  });
});

describe('--json', () => {
  it('makes list an array of services', () => {
    serveList(some);
    expect(system.ctl('--json')).toBe(0);
    expect(JSON.parse(system.stdout)).toEqual([
      { name: 'Z', state: 'FATAL', pid: null, wstatus: -1, uptime: 1 },
      { name: 'backup', state: 'DOWN', pid: null, wstatus: 256, uptime: 3571 },
      { name: 'web', state: 'UP', pid: 430, wstatus: 0, uptime: 86 },
    ]);
    expect(system.stdout.split('\n')).toHaveLength(6);
  });

  it('makes an empty list an empty array', () => {
    serveList([]);
    expect(system.ctl('--json')).toBe(0);
    expect(system.stdout).toBe('[]\n');
  });

  it('makes an event an object a line', () => {
    system.after(1, () => system.announce(State.UP, 'a"b\n'));
    system.after(2, () => system.announce(State.DELAY, 'b'));
    system.after(3, () => system.signal(2));
    expect(system.ctl('events', '--json')).toBe(0);
    const lines = system.stdout.trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { state: 'UP', name: 'a"b\n' },
      { state: 'DELAY', name: 'b' },
    ]);
  });

  it('quotes any text as JSON does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const encoded = Buffer.from(text, 'utf8').toString('latin1');
        expect(JSON.parse(Buffer.from(quote(encoded), 'latin1').toString('utf8'))).toBe(text);
      }),
    );
  });

  it('quotes any bytes so that they can be told again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (array) => {
        const quoted = Buffer.from(quote(Buffer.from(array).toString('latin1')), 'latin1');
        const text = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(quoted)) as string;
        const back = Array.from(text).flatMap((char) => {
          const code = char.codePointAt(0) ?? 0;
          return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : Array.from(Buffer.from(char, 'utf8'));
        });
        expect(back).toEqual(Array.from(array));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('UTF-8', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const isValid = (bytes: Buffer): boolean => {
    try {
      decoder.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };

  it('is told from other bytes as the platform does', () => {
    const lead = fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff, 0x9f, 0xa0, 0x8f, 0x90);
    fc.assert(
      fc.property(fc.array(lead, { maxLength: 6 }), (row) => {
        const bytes = Buffer.from(row);
        const parts = Array.from(sequences(bytes.toString('latin1')));
        expect(parts.map(({ text }) => text).join('')).toBe(bytes.toString('latin1'));
        expect(parts.every(({ valid }) => valid)).toBe(isValid(bytes));
      }),
      { numRuns: 3000 },
    );
  });
});
