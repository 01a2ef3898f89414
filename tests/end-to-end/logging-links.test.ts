/**
 * What a `log` link may be: behaviour.md §2 (`log`) and §5.
 */
import { expect } from 'vitest';
import { drain, linesOf } from './harness/extra-loggers.js';
import { descriptorsOf } from './harness/processes.js';
import { scenario } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';
/** A service that says something and goes on. */
const talker = (text: string): string => `echo ${text}; ${SLEEP}`;

const TARGETS: readonly (readonly [what: string, target: string])[] = [
  ['the usual', '../logger'],
  ['a trailing slash', '../logger/'],
  ['trailing slashes', '../logger///'],
  ['no directory at all', 'logger'],
  ['one that leads elsewhere', '/nowhere/at/all/logger'],
  ['one with dots', '../logger/../logger/.././logger'],
];
for (const [what, target] of TARGETS)
  scenario(`§2 "its last path segment is the name", §5 "Trailing slashes of the target do not matter": ${what}, ${target}`,
    { services: { a: { run: talker('hello'), log: target }, logger: { run: drain('out') } } },
    async (nitro) => {
      await nitro.waitFor('the line arrives', () => nitro.read('out') === 'hello\n');
      expect(nitro.stdout).toBe('');
    });

scenario('§5 "a link to itself is allowed": the service reads what it writes',
  { services: { self: { run: 'echo ping; read -r line; note "read $line"; exec sleep 1000', log: '../self' } } },
  async (nitro) => {
    await nitro.waitFor('it has read its own line', () => nitro.journal().includes('read ping'));
    await nitro.waitState('self', 'UP');
    expect((await nitro.ctl('restart', 'self')).code).toBe(0);
    await nitro.waitFor('and again', () => nitro.journal().filter((line) => line === 'read ping').length === 2);
  });

scenario('§5 "a cycle of log links over several services is allowed" (CORRECTED): two services',
  { services: {
    a: { run: 'echo ping; read -r line; note "a read $line"; exec sleep 1000', log: '../b' },
    b: { run: 'read -r line; note "b read $line"; echo pong; exec sleep 1000', log: '../a' },
  } },
  async (nitro) => {
    await nitro.waitFor('both have read', () => nitro.journal().length === 2);
    expect(nitro.journal()).toEqual(['b read ping', 'a read pong']);
    await nitro.waitState('a', 'UP');
    await nitro.waitState('b', 'UP');
  });

scenario('§5 "a cycle of log links over several services is allowed" (CORRECTED): five, with one that only leads into it, also after a rescan',
  { services: {
    ...Object.fromEntries([0, 1, 2, 3, 4].map((index) =>
      [`c${index}`, { run: `read -r line; note "c${index} $line"; echo "$line"; exec sleep 1000`, log: `../c${(index + 1) % 5}` }])),
    user: { run: `echo token; ${SLEEP}`, log: '../c2' },
  } },
  async (nitro) => {
    await nitro.waitFor('all have read', () => nitro.journal().length === 5);
    expect(nitro.journal()).toEqual([2, 3, 4, 0, 1].map((index) => `c${index} token`));
    expect((await nitro.ctl('rescan')).code).toBe(0);
    expect((await nitro.list()).size).toBe(6);
    for (const name of ['c3', 'c0']) expect((await nitro.ctl('restart', name)).code).toBe(0);
  });

scenario('§5 "A log that is a template is instantiated with the service\'s PARAM, or with its name if it is not an instance"',
  { services: {
    'tape@': { run: 'echo "$1 begins" >>"$T/tape"; while read -r line; do echo "$1: $line" >>"$T/tape"; done' },
    'web@': { run: talker('from "$1"'), log: '../tape@' },
    solo: { run: talker('alone'), log: '../tape@/' },
  }, entries: { 'web@one': { link: 'web@' }, 'web@a b@c': { link: 'web@' } } },
  async (nitro) => {
    await nitro.waitFor('all lines arrive', () => linesOf(nitro, 'tape').length === 6);
    expect([...linesOf(nitro, 'tape')].sort()).toEqual(
      ['a b@c begins', 'a b@c: from a b@c', 'one begins', 'one: from one', 'solo begins', 'solo: alone']);
    expect([...(await nitro.list()).keys()].sort()).toEqual(['solo', 'tape@a b@c', 'tape@one', 'tape@solo', 'web@a b@c', 'web@one']);
  });

scenario('§5 a `log` that names an instance: that one, with its parameter',
  { services: {
    'tape@': { run: 'while read -r line; do note "$1: $line"; done' },
    a: { run: talker('a'), log: '../tape@main' },
    b: { run: talker('b'), log: '../tape@main' },
  } },
  async (nitro) => {
    await nitro.waitFor('both lines arrive', () => nitro.journal().length === 2);
    expect([...nitro.journal()].sort()).toEqual(['main: a', 'main: b']);
  });

for (const [what, entry] of [['file', '../logger'], ['directory', { directory: {} }]] as const)
  scenario(`§5 "A log that is not a symlink is ignored with a warning": a ${what}`,
    { services: { a: { run: talker('hello'), files: { log: entry } }, logger: { run: drain('out') } } },
    async (nitro) => {
      await nitro.waitFor('the line goes to nitro\'s stdout', () => nitro.stdout === 'hello\n');
      await nitro.waitFor('it is said', () => /a.*log|log.*a/.test(nitro.stderr));
      expect(nitro.read('out')).toBe('');
    });

for (const target of ['../none', '../none@', '../none@x', '..', '.', '/', '../SYS', '../a,b', `../${'n'.repeat(64)}`])
  scenario(`§5 "A target that does not exist leaves stdout as it would be without the link, with a warning": ${target.slice(0, 20)}`,
    { services: { a: { run: talker('hello'), log: target } }, system: { setup: 'exit 0' } },
    async (nitro) => {
      await nitro.waitFor('the line goes to nitro\'s stdout', () => nitro.stdout === 'hello\n');
      await nitro.waitFor('it is said', () => /- nitro: .*\ba\b/.test(nitro.stderr));
      await nitro.waitState('a', 'UP');
      expect((await nitro.list()).size).toBe(1);
    });

scenario('§5 "A target that does not exist leaves stdout as it would be without the link": with LOG, that',
  { services: { a: { run: talker('hello'), log: '../none' }, LOG: { run: drain('log') } } },
  async (nitro) => {
    await nitro.waitFor('the line goes to LOG', () => nitro.read('log') === 'hello\n');
  });

scenario('§5 a target that does not exist yet "is connected at the next start after it has appeared"',
  { services: { a: { run: talker('hello'), log: '../later' } } },
  async (nitro) => {
    await nitro.waitFor('the line goes to nitro\'s stdout', () => nitro.stdout === 'hello\n');
    nitro.service('later', { run: drain('out') });
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    await nitro.waitFor('the line arrives', () => nitro.read('out') === 'hello\n');
    await nitro.waitFor('it is said', () => nitro.stdout === 'hello\n');
    await nitro.waitState('later', 'UP');
  });

scenario('§5 a target that does not exist yet is connected at the next start after it has appeared: a crash of the service',
  { services: { a: { run: `echo hello; gate go; rm "$T/go"; exit 1`, log: '../later' } }, delays: { RESPAWN: 10 } },
  async (nitro) => {
    await nitro.waitFor('the line goes to nitro\'s stdout', () => nitro.stdout === 'hello\n');
    nitro.service('later', { run: drain('out') });
    nitro.open('go');
    await nitro.waitFor('the line arrives', () => nitro.read('out') === 'hello\n');
    await nitro.waitFor('it is said', () => nitro.stdout === 'hello\n');
  });

for (const how of ['restart', 'crash', 'down and up', 'rescan and restart'] as const)
  scenario(`§5 "A changed link counts from the next start of the service, whatever causes that start" (CORRECTED: also a crash): ${how}`,
    {
      services: {
        a: { run: 'echo "life $(cat "$T/life")"; exec sleep 1000', log: '../one' },
        one: { run: drain('one'), down: true }, two: { run: drain('two'), down: true },
      },
      system: { setup: 'echo 1 >"$T/life"' }, delays: { RESPAWN: 10 },
    },
    async (nitro) => {
      await nitro.waitFor('the first life has written', () => nitro.read('one') === 'life 1\n');
      await nitro.waitState('a', 'UP');
      const pid = await nitro.pidOf('a');
      const stdout = descriptorsOf(pid).get(1);
      nitro.place('a/log', { link: '../two' });
      nitro.place('../t/life', '2\n');
      if (how === 'rescan and restart') expect((await nitro.ctl('rescan')).code).toBe(0);
      expect(descriptorsOf(pid).get(1)).toBe(stdout);
      if (how === 'crash') expect((await nitro.ctl('kill', 'a')).code).toBe(0);
      if (how === 'down and up') expect((await nitro.ctl('down', 'a')).code).toBe(0);
      if (how === 'down and up') expect((await nitro.ctl('up', 'a')).code).toBe(0);
      if (how.endsWith('restart')) expect((await nitro.ctl('restart', 'a')).code).toBe(0);
      await nitro.waitFor('the second life has written', () => nitro.read('two') === 'life 2\n');
      expect(nitro.read('one')).toBe('life 1\n');
    });

for (const [what, before, after] of [['added', undefined, '../logger'], ['removed', '../logger', undefined]] as const)
  scenario(`§5 "A changed link counts from the next start": a link that was ${what}`,
    { services: { a: { run: talker('hello'), ...(before === undefined ? {} : { log: before }) }, logger: { run: drain('out'), down: true } } },
    async (nitro) => {
      const heard = (): string => `${nitro.stdout}|${nitro.read('out')}`;
      await nitro.waitFor('the first life', () => heard() === (before === undefined ? 'hello\n|' : '|hello\n'));
      if (after === undefined) nitro.remove('a/log');
      else nitro.place('a/log', { link: after });
      await nitro.waitState('a', 'UP');
      expect((await nitro.ctl('restart', 'a')).code).toBe(0);
      await nitro.waitFor('the second life', () => heard() === 'hello\n|hello\n');
    });

scenario('§5 a log link of the template counts for its instances, and so does its change',
  { services: { 'w@': { run: talker('"$1"'), log: '../one' }, one: { run: drain('one'), down: true }, two: { run: drain('two'), down: true } }, entries: { 'w@x': { link: 'w@' } } },
  async (nitro) => {
    await nitro.waitFor('the line arrives', () => nitro.read('one') === 'x\n');
    nitro.place('w@/log', { link: '../two' });
    expect((await nitro.ctl('fast-start', 'w@y')).code).toBe(0);
    await nitro.waitFor('the line arrives', () => nitro.read('two') === 'y\n');
  });
