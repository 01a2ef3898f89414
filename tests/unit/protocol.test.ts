/**
 * The codec against the packets recorded from the reference daemon, against itself, and against arbitrary bytes.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  announcement,
  encodeInfoReply,
  encodeListEntry,
  encodeQueryReply,
  encodeRequest,
  listPage,
  longestPage,
  noSuchService,
  ok,
  parseRequest,
  State,
  Tag,
  unknownCommand,
  type ClientRequest,
  type Request,
  type ServiceReport,
} from '../../runtime/protocol.js';
import { frame, longestPayload, packet, readPart, u32, u8 } from '../../runtime/wire.js';
import { decodeReplies, type Item } from '../../runtime/wire-replies.js';

interface Exchange {
  readonly name: string;
  readonly request: string;
  readonly reply: readonly string[] | null;
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/wire.json', import.meta.url), 'utf8')) as {
  readonly exchanges: readonly Exchange[];
};

const fromHex = (hex: string): string => Buffer.from(hex, 'hex').toString('latin1');
const toHex = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('hex');

/** What the placeholders of the vectors stand for here. */
const pid = 0x01020304;
const nitroPid = 0x80000001;
const seconds = 77;
const filled = (hex: string): string =>
  fromHex(
    hex
      .replaceAll('PPPPPPPP', toHex(u32(pid)))
      .replaceAll('NNNNNNNN', toHex(u32(nitroPid)))
      .replaceAll('SSSSSSSS', toHex(u32(seconds))),
  );

const serviceA: ServiceReport = { name: 'a', state: State.UP, pid, wstatus: 0, uptime: seconds };
const serviceB: ServiceReport = { name: 'b', state: State.DOWN, pid: 0, wstatus: 0, uptime: seconds };

/** What the recorded daemon answered, made with our encoders. The recording splits a list into its frames. */
function answerTo(request: Request, services: readonly ServiceReport[]): readonly string[] {
  const find = (name: string): ServiceReport | undefined => services.find((service) => service.name === name);
  switch (request.kind) {
    case 'list':
      return services.length === 0 ? [''] : services.map(encodeListEntry);
    case 'info':
      return [encodeInfoReply({ nitroPid, pid: nitroPid, maxService: services.length, totalReaps: 0, totalServiceReaps: 0 })];
    case 'query': {
      const service = find(request.name);
      return [service === undefined ? noSuchService : encodeQueryReply(service)];
    }
    case 'up':
    case 'down':
    case 'restart':
    case 'ready':
    case 'signal':
      return [find(request.name) === undefined ? noSuchService : ok];
    case 'rescan':
    case 'shutdown':
    case 'reboot':
      return [ok];
    case 'trace':
    case 'leaves':
      throw new Error('not a request of the reference');
    case 'unknown':
      return [unknownCommand];
    case 'invalid':
      return [noSuchService];
  }
}

describe('recorded exchanges', () => {
  it.each(vectors.exchanges)('$name', ({ name, request, reply }) => {
    const parsed = parseRequest(fromHex(request));
    if (reply === null) {
      expect(parsed).toBeNull();
      return;
    }
    expect(parsed).not.toBeNull();
    if (parsed === null) return;
    const services = name === 'list, no services' ? [] : [serviceB, serviceA];
    expect(answerTo(parsed, services).map(toHex)).toEqual(reply.map((hex) => toHex(filled(hex))));
    if (parsed.kind !== 'unknown' && parsed.kind !== 'invalid') expect(toHex(encodeRequest(parsed))).toBe(request);
  });

  it('are understood by the client', () => {
    const list = vectors.exchanges.find(({ name }) => name === 'list');
    expect(decodeReplies(filled((list?.reply ?? []).join('')))).toEqual([
      { kind: 'service', fields: serviceB },
      { kind: 'service', fields: serviceA },
    ]);
    const info = vectors.exchanges.find(({ name }) => name === 'info');
    expect(decodeReplies(filled((info?.reply ?? []).join('')))).toEqual([
      { kind: 'fields', fields: { nitroPid, pid: nitroPid, maxService: 2, totalReaps: 0, totalServiceReaps: 0 } },
    ]);
  });
});

/** Arbitrary byte strings. */
const bytes = (constraints: fc.IntArrayConstraints = {}): fc.Arbitrary<string> =>
  fc.uint8Array(constraints).map((array) => Buffer.from(array).toString('latin1'));
const u32s = fc.integer({ min: 0, max: 0xffffffff });
const names = bytes({ maxLength: 80 });
const byteNumbers = fc.integer({ min: 0, max: 255 });

const requests: fc.Arbitrary<ClientRequest> = fc.oneof(
  fc.record({ kind: fc.constantFrom('up', 'down', 'restart', 'query', 'ready'), name: names }),
  fc.record({ kind: fc.constant('signal'), signal: byteNumbers, name: names }),
  fc.record({ kind: fc.constantFrom('list', 'leaves'), start: u32s }),
  fc.record({ kind: fc.constantFrom('info', 'rescan', 'shutdown', 'reboot', 'trace') }),
);

const reports: fc.Arbitrary<ServiceReport> = fc.record({
  name: bytes({ minLength: 1, maxLength: 63 }).filter((name) => !name.endsWith('\0')),
  state: byteNumbers,
  pid: u32s,
  wstatus: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  uptime: u32s,
});

describe('requests', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(requests, bytes({ maxLength: 8 }), (request, behind) => {
        expect(parseRequest(encodeRequest(request))).toEqual(request);
        // Only the first packet counts.
        expect(parseRequest(encodeRequest(request) + behind)).toEqual(request);
      }),
    );
  });

  it('are total: any datagram is a request or is not answered', () => {
    fc.assert(
      fc.property(bytes({ maxLength: 40 }), (datagram) => {
        const request = parseRequest(datagram);
        const length = datagram.charCodeAt(0) + datagram.charCodeAt(1) * 256;
        const readable = datagram.length >= 3 && length < 0xfffe && datagram.length >= 3 + length;
        expect(request !== null).toBe(readable);
      }),
    );
  });

  it('tell nonsense from what is unknown', () => {
    expect(parseRequest(packet(Tag.SIGNAL))).toEqual({ kind: 'invalid' });
    expect(parseRequest(packet(Tag.SIGNAL, u8(15)))).toEqual({ kind: 'signal', signal: 15, name: '' });
    expect(parseRequest(packet(Tag.LIST, 'abc'))).toEqual({ kind: 'invalid' });
    expect(parseRequest(packet(Tag.LIST, 'abcde'))).toEqual({ kind: 'invalid' });
    expect(parseRequest(packet(Tag.LIST, u32(0)))).toEqual({ kind: 'list', start: 0 });
    expect(parseRequest(packet(Tag.LEAVES, 'abc'))).toEqual({ kind: 'invalid' });
    expect(parseRequest(packet(Tag.TRACE, 'a'))).toEqual({ kind: 'invalid' });
    expect(parseRequest(packet(Tag.STEP, 'a'))).toEqual({ kind: 'unknown', tag: Tag.STEP });
    expect(parseRequest(packet(Tag.OK))).toEqual({ kind: 'unknown', tag: Tag.OK });
    expect(parseRequest(packet(State.UP, 'a'))).toEqual({ kind: 'unknown', tag: State.UP });
    expect(parseRequest(packet(255))).toEqual({ kind: 'unknown', tag: 255 });
  });

  it('read neither frame marker as a length', () => {
    const rest = 'x'.repeat(0xffff);
    expect(parseRequest(`\xff\xff\x7d${rest}`)).toBeNull();
    expect(parseRequest(`\xfe\xff\x7d${rest}`)).toBeNull();
    const name = 'x'.repeat(longestPayload);
    expect(parseRequest(`\xfd\xff\x7d${rest}`)).toEqual({ kind: 'query', name });
    expect(parseRequest(encodeRequest({ kind: 'query', name }))).toEqual({ kind: 'query', name });
  });
});

describe('packets', () => {
  it('have a limit', () => {
    expect(() => packet(1, 'x'.repeat(longestPayload + 1))).toThrow(RangeError);
  });

  it('are read as they were written', () => {
    fc.assert(
      fc.property(byteNumbers, bytes({ maxLength: 300 }), bytes({ maxLength: 5 }), (tag, payload, before) => {
        const at = before.length;
        const whole = before + packet(tag, payload);
        expect(readPart(whole, at)).toEqual({ kind: 'packet', tag, payload, next: whole.length });
        expect(readPart(whole.slice(0, -1), at)).toBeNull();
      }),
    );
  });
});

describe('replies', () => {
  it('to QUERY come out as they went in', () => {
    fc.assert(
      fc.property(reports, u32s, u32s, (report, setupPid, finishPid) => {
        const { name: _, ...fields } = report;
        const scripts = { ...(setupPid === 0 ? {} : { setupPid }), ...(finishPid === 0 ? {} : { finishPid }) };
        const reply = encodeQueryReply({ ...report, setupPid, finishPid });
        expect(decodeReplies(reply)).toEqual([{ kind: 'fields', fields: { ...fields, ...scripts } }]);
      }),
    );
  });

  it('to LIST come out as they went in', () => {
    fc.assert(
      fc.property(fc.array(reports, { maxLength: 20 }), (services) => {
        const items = services.map((fields) => ({ kind: 'service', fields }));
        expect(decodeReplies(services.map(encodeListEntry).join(''))).toEqual(items);
      }),
    );
  });

  it('say each other thing by one item', () => {
    expect(decodeReplies(ok)).toEqual([{ kind: 'ok' }]);
    expect(decodeReplies(noSuchService)).toEqual([{ kind: 'noSuchService' }]);
    expect(decodeReplies(unknownCommand)).toEqual([{ kind: 'unknownCommand' }]);
    expect(decodeReplies(announcement(State.FATAL, 'x'))).toEqual([{ kind: 'announcement', state: State.FATAL, name: 'x' }]);
    expect(decodeReplies(announcement(State.UP, 'x') + ok).map((item) => item.kind)).toEqual(['announcement', 'ok']);
    expect(decodeReplies('')).toEqual([]);
  });

  it('accept a name without NUL', () => {
    const entry = frame(Tag.SERVICE, packet(Tag.NAME, 'a') + packet(Tag.STATE, u8(4)));
    expect(decodeReplies(entry)).toEqual([{ kind: 'service', fields: { name: 'a', state: 4 } }]);
  });
});

describe('what a client does not know', () => {
  const known = encodeListEntry(serviceA);
  const item: Item = { kind: 'service', fields: serviceA };

  it('is skipped: packets, frames, and what is in them', () => {
    const junk = packet(200, known);
    expect(decodeReplies(junk + known + junk)).toEqual([item]);
    expect(decodeReplies(frame(200, known + ok) + known)).toEqual([item]);
    expect(decodeReplies(frame(200, frame(201, ok) + ok) + ok)).toEqual([{ kind: 'ok' }]);
  });

  it('is skipped inside of a service too', () => {
    const packets = known.slice(3, -3);
    const inner = junkFrame(packet(Tag.NAME, 'wrong\0'));
    expect(decodeReplies(frame(Tag.SERVICE, packet(140, 'x') + packets + inner))).toEqual([item]);
    expect(decodeReplies(frame(Tag.SERVICE, packets + inner.slice(0, -3)) + ok)).toEqual([item, { kind: 'ok' }]);
  });

  it('is skipped when a field has another size', () => {
    expect(decodeReplies(packet(Tag.PID, 'abc') + packet(Tag.STATE) + packet(Tag.WSTATUS, '') + packet(Tag.UPTIME, u32(3)))).toEqual([
      { kind: 'fields', fields: { uptime: 3 } },
    ]);
  });

  it('ends the reading when it is malformed, and what was whole counts', () => {
    for (let end = known.length; end < known.length * 2; end++) expect(decodeReplies((known + known).slice(0, end))).toEqual([item]);
    // A frame that begins within one of its own kind: the one before was never finished.
    expect(decodeReplies(known + known.slice(0, 8) + known)).toEqual([item, item]);
    expect(decodeReplies(known.slice(-3) + ok)).toEqual([{ kind: 'ok' }]);
  });

  function junkFrame(content: string): string {
    return frame(220, content);
  }

  it('never makes it throw', () => {
    const parts = fc.oneof(
      bytes({ maxLength: 20 }),
      fc.tuple(byteNumbers, bytes({ maxLength: 6 })).map(([tag, payload]) => packet(tag, payload)),
      fc.constantFrom('\xff\xff\x64', '\xfe\xff\x64', '\xff\xff\x00', '\xfe\xff\x00', '\xff', ok, known),
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (row) => {
        for (const each of decodeReplies(row.join(''))) expect(typeof each.kind).toBe('string');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('pages of a list', () => {
  const services = Array.from({ length: 10_000 }, (_, index) => ({ ...serviceA, name: `service-${index}`.padEnd(10 + (index % 54), 'x') }));
  const page = (start: number): string => listPage(start, services.length, (index) => encodeListEntry(services[index] ?? serviceA));

  it('hold whole frames, and together everything', () => {
    const seen: string[] = [];
    for (let got = page(0); got !== ''; got = page(seen.length)) {
      expect(got.length).toBeLessThanOrEqual(longestPage);
      for (const item of decodeReplies(got)) if (item.kind === 'service') seen.push(item.fields.name ?? '');
    }
    expect(seen).toEqual(services.map((service) => service.name));
  });

  it('are as full as possible, empty behind the end, and encode no more than they need', () => {
    let encoded = 0;
    const entry = (): string => {
      encoded++;
      return 'x'.repeat(100);
    };
    expect(listPage(0, 1000, entry)).toHaveLength(4000);
    expect(encoded).toBe(41);
    expect(listPage(1000, 1000, entry)).toBe('');
    expect(listPage(0xffffffff, 1000, entry)).toBe('');
  });
});
