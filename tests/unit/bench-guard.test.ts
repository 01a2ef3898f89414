/**
 * The regression guard can fail: what its counts and its comparison make of traces, profiles and bounds. (tests/end-to-end/bench-guard.test.ts has it measure.)
 */
import { describe, expect, test } from 'vitest';
import { accepted, judge, judgeAll, parseBounds } from '../../bench/guard/bounds.js';
import type { Verdict } from '../../bench/guard/bounds.js';
import { libraryOf } from '../../bench/guard/compiler.js';
import { figures, figuresOf, parts } from '../../bench/guard/figures.js';
import type { Figure } from '../../bench/guard/figures.js';
import { profileIn } from '../../bench/guard/instructions.js';
import { endLines, section, verdictLine } from '../../bench/guard/report.js';
import { addedByOne, callsIn, mostFrequent, sumOf } from '../../bench/guard/trace.js';

const exact: Figure = { id: 'calls.request', what: 'a request', unit: 'system calls', margin: 0 };
const loose: Figure = { id: 'instructions.step', what: 'a step', unit: 'instructions', margin: 0.05 };
const kind = 'x64, musl, GCC 12';

describe('a figure is', () => {
  test.each<readonly [string, Figure, number, number | undefined, Verdict['kind']]>([
    ['held at its bound', exact, 7, 7, 'within'],
    ['exceeded by one call more', exact, 8, 7, 'over'],
    ['better by one call less', exact, 6, 7, 'better'],
    ['held within its margin', loose, 1050, 1000, 'within'],
    ['held a little below', loose, 951, 1000, 'within'],
    ['exceeded beyond its margin', loose, 1051, 1000, 'over'],
    ['better below its margin', loose, 949, 1000, 'better'],
    ['exceeded above a bound of nothing', { ...exact, id: 'growth.requests' }, 4, 0, 'over'],
    ['exceeded when it is no number', exact, NaN, 7, 'over'],
    ['without a bound not held', exact, 7, undefined, 'unbound'],
  ])('%s', (_what, figure, value, bound, verdict) => {
    expect(judge(figure, value, bound).kind).toBe(verdict);
  });
});

describe('the bounds', () => {
  const bounds = { [kind]: { 'calls.request': 7, 'instructions.step': 1000 }, 'arm64, musl, GCC 12': { 'calls.request': 9 } } as const;

  test('are those of the kind of build', () => {
    const measured = [{ id: 'calls.request', value: 8 }] as const;
    const of = (other: string): readonly string[] => judgeAll(measured, [], bounds, other).map((verdict) => verdict.kind);
    expect([of(kind), of('arm64, musl, GCC 12'), of('x64, glibc, GCC 12')]).toEqual([['over'], ['better'], ['unbound']]);
  });

  test('of what is accepted are as measured, and the others stay', () => {
    expect(accepted([{ id: 'calls.request', value: 8 }], bounds, kind)).toEqual({
      ...bounds,
      [kind]: { 'calls.request': 8, 'instructions.step': 1000 },
    });
  });

  test.each([
    ['[', 'JSON'],
    ['null', 'not an object'],
    ['{"x64": 7}', 'x64: not an object'],
    ['{"x64": {"calls.dance": 7}}', 'no such figure: calls.dance'],
    ['{"x64": {"calls.request": "7"}}', 'calls.request is not a number'],
    ['{"x64": {"calls.request": -1}}', 'calls.request is not a number'],
  ])('%s are refused', (text, why) => {
    expect(() => parseBounds(text)).toThrow(why);
  });

  test('every figure belongs to a part', () => {
    expect(parts.flatMap((part) => figuresOf[part]).sort()).toEqual(figures.map(({ id }) => id).sort());
  });
});

describe('what is said', () => {
  const over = judge(exact, 8, 7);
  const better = judge(loose, 900, 1000);

  test('of an exceeded bound: which, by how much, and how to accept it', () => {
    const lines = endLines([over, better], kind);
    expect(lines).toContain('a request: 8 system calls, and 7 are allowed (14 % more)');
    expect(lines).toContain('npm run bench -- --quick --accept');
  });

  test('of a gain: that the bound can be tightened', () => {
    expect(endLines([better], kind)).toContain('so that the gain stays');
  });

  test('of what is skipped: why, once', () => {
    const skipped = figures.slice(0, 2).map((figure): Verdict => ({ kind: 'skipped', figure, why: 'strace is missing' }));
    expect(endLines(skipped, kind)).toBe('skipped    strace is missing');
    expect(verdictLine(judge(exact, 8, 7))).toMatch(/a request .* 8 system calls .* 7 .* EXCEEDED/);
  });

  test('on the page: a row for each figure that was measured', () => {
    const { columns, rows } = section([over, better], kind);
    expect(rows.map((row) => row.length)).toEqual([columns.length, columns.length]);
    expect(rows[0]).toEqual(['a request', '8', 'system calls', 'nothing']);
  });
});

const trace = `10    execve("nitro", ["nitro"...], 0x7 /* 4 vars */) = 0
10    fork()                            = 11
11    chdir("a" <unfinished ...>
10    close(5 <unfinished ...>
11    <... chdir resumed>)              = 0
10    <... close resumed>)              = 0
11    execve("./missing", ["run"...], 0x7) = -1 ENOENT (No such file or directory)
11    execve("./run", ["run"...], 0x7)  = 0
11    write(1, ""..., 1)                = 1
10    --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_KILLED} ---
11    +++ killed by SIGKILL +++
10    ppoll([{fd=3, events=POLLIN}], 1, NULL, [], 8 <unfinished ...>
`;

describe('a trace', () => {
  test('has the calls of the daemon that returned, and those of a child up to its exec', () => {
    expect(Object.fromEntries(callsIn(trace))).toEqual({ execve: 3, fork: 1, chdir: 1, close: 1 });
    expect(sumOf(callsIn(trace))).toBe(6);
  });

  test('of many tells what one adds, call by call', () => {
    const few = new Map([['fork', 50], ['open', 4], ['mprotect', 3]]);
    const many = new Map([['fork', 150], ['stat', 200], ['open', 12], ['mprotect', 13]]);
    expect(addedByOne(few, many, 100)).toBe(3);
  });

  test.each([
    [[61, 62, 61, 68, 61], 61],
    [[8, 7, 8, 7], 7],
  ])('of steps %j, the step itself is %i', (values, one) => {
    expect(mostFrequent(values)).toBe(one);
  });
});

describe('a profile', () => {
  const profile = `events: Ir
fn=(1) main
1 10
cfn=(2) engine_malloc
calls=3 0
1 90
fn=(3) other
cfn=(4) js_malloc
calls=5 0
1 50
cfn=(2)
calls=4 0
1 40
summary: 12345
`;

  test('has the sum, and the calls of the allocator', () => {
    expect(profileIn(profile)).toEqual({ instructions: 12345, allocations: 7 });
  });

  test('without a sum is none', () => {
    expect(() => profileIn('events: Ir\n')).toThrow('no sum');
  });
});

test('the C library of a binary is known by what it holds', () => {
  expect([libraryOf(Buffer.from('..GLIBC_TUNABLES..')), libraryOf(Buffer.from('....'))]).toEqual(['glibc', 'musl']);
});
