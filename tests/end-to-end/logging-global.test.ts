/**
 * LOG and LOG@: behaviour.md §5, and the table of §4.
 */
import { expect } from 'vitest';
import { drain, linesOf } from './harness/extra-loggers.js';
import { descriptorsOf } from './harness/processes.js';
import { scenario } from './harness/scenario.js';

const SLEEP = 'exec sleep 1000';
const talker = (text: string): string => `echo ${text}; ${SLEEP}`;

scenario('§5 without LOG and without a link stdout is nitro\'s',
  { services: { a: { setup: 'echo setup', run: talker('run') } } },
  async (nitro) => {
    await nitro.waitFor('both lines', () => nitro.stdout === 'setup\nrun\n');
  });

scenario('§5 LOG is "the logger of every service without a log link": setup, run and finish; one with a link has its own',
  { services: {
    a: { setup: 'echo a setup', run: `trap 'kill $!; exit 0' TERM; echo a run; sleep 1000 & wait`, finish: 'echo a finish' },
    b: { run: talker('b run'), log: '../own' },
    own: { run: drain('own') },
    LOG: { run: drain('log') },
  } },
  async (nitro) => {
    await nitro.waitFor('it has begun', () => nitro.read('log').includes('a run'));
    expect((await nitro.ctl('down', 'a')).code).toBe(0);
    await nitro.waitFor('LOG has it all', () => linesOf(nitro, 'log').length === 3);
    expect(linesOf(nitro, 'log')).toEqual(['a setup', 'a run', 'a finish']);
    await nitro.waitFor('own has the other', () => nitro.read('own') === 'b run\n');
    expect(nitro.stdout).toBe('');
  });

scenario('§4 table, `run` of LOG: stdin the global pipe, stdout nitro\'s, stderr to its stdout',
  { services: { LOG: { run: 'echo to stderr >&2; exec cat' }, a: { run: talker('from a') } } },
  async (nitro) => {
    await nitro.waitFor('both lines', () => nitro.stdout === 'to stderr\nfrom a\n');
    expect(nitro.stderr).not.toContain('to stderr');
  });

scenario('§5 LOG: "It is brought up first", whatever it is called before',
  { services: { LOG: { run: drain('log') }, '0first': { run: talker('0') }, A: { setup: 'echo A' }, zlast: { run: talker('z') } } },
  async (nitro) => {
    // Which is announced first is up to their execs; but everybody finds LOG's pipe in use.
    await nitro.waitFor('everybody has written to LOG', () => nitro.read('log').split('\n').sort().join('') === '0Az');
    expect(nitro.stdout).toBe('');
  });

scenario('§5 LOG: "its pipe is in use from its first launch until it is brought down, also across its crashes" (CORRECTED)',
  { services: { LOG: { run: drain('log') }, a: { run: talker('line') } }, delays: { RESPAWN: 60_000 } },
  async (nitro) => {
    await nitro.waitFor('the first line', () => nitro.read('log') === 'line\n');
    await nitro.waitState('a', 'UP');
    const pipe = descriptorsOf(await nitro.pidOf('a')).get(1);
    expect((await nitro.ctl('kill', 'LOG')).code).toBe(0);
    await nitro.waitState('LOG', 'DELAY');
    expect((await nitro.ctl('kill', 'a')).code).toBe(0);
    await nitro.waitState('a', 'DELAY');
    await nitro.want('UP', 'a');
    await nitro.waitState('a', 'UP');
    await nitro.want('UP', 'LOG');
    await nitro.waitFor('both lines are with LOG', () => nitro.read('log') === 'line\nline\n');
    expect(descriptorsOf(await nitro.pidOf('a')).get(1)).toBe(pipe);
    expect(nitro.stdout).toBe('');
  });

scenario('§5 LOG: its pipe is in use while it is in DELAY: a service that starts then writes into it',
  { services: { LOG: { run: drain('log') }, a: { run: talker('line'), down: true, log: '../none' }, b: { setup: 'exit 0' } }, delays: { RESPAWN: 60_000 } },
  async (nitro) => {
    await nitro.waitState('LOG', 'UP');
    const pipe = descriptorsOf(await nitro.pidOf('LOG')).get(0);
    nitro.place('LOG/run', { text: '#!/bin/sh\nexit 1\n', mode: 0o755 });
    expect((await nitro.ctl('kill', 'LOG')).code).toBe(0);
    await nitro.waitState('LOG', 'DELAY');
    expect((await nitro.ctl('start', 'a')).code).toBe(0);
    expect(descriptorsOf(await nitro.pidOf('a')).get(1)).toBe(pipe);
    await nitro.waitState('LOG', 'DELAY');
    nitro.service('LOG', { run: drain('log') });
    expect((await nitro.ctl('start', 'LOG')).code).toBe(0);
    await nitro.waitFor('the line arrives', () => nitro.read('log') === 'line\n');
    expect(nitro.stdout).toBe('');
  });

scenario('§5 LOG: after it was brought down stdout is nitro\'s, and its pipe again from its next launch',
  { services: { LOG: { run: drain('log'), finish: 'exit 0' }, a: { run: talker('line') }, 'other': { run: SLEEP, log: '../LOG', down: true } } },
  async (nitro) => {
    await nitro.waitFor('the first line', () => nitro.read('log') === 'line\n');
    await nitro.waitState('a', 'UP');
    nitro.place('LOG/down', '');
    expect((await nitro.ctl('down', 'LOG')).code).toBe(0);
    await nitro.waitState('LOG', 'DOWN');
    expect(descriptorsOf(await nitro.pidOf('a')).get(1)).toContain('pipe:');
    expect((await nitro.ctl('start', 'LOG')).code).toBe(0);
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    await nitro.waitFor('the second line', () => nitro.read('log') === 'line\nline\n');
  });

scenario('§5 LOG: what SYS/setup starts before it writes to nitro\'s stdout, and to LOG from its next start on',
  { services: { LOG: { run: drain('log') }, early: { run: talker('early') } }, system: { setup: '"$NITROCTL" start early; note setup done' } },
  async (nitro) => {
    await nitro.waitState('LOG', 'UP');
    await nitro.waitFor('the first life', () => nitro.stdout === 'early\n');
    expect((await nitro.ctl('restart', 'early')).code).toBe(0);
    await nitro.waitFor('the second life', () => nitro.read('log') === 'early\n');
    await nitro.waitFor('it is said', () => nitro.stdout === 'early\n');
  });

scenario('§5 LOG appears with a rescan: services write to it from their next start',
  { services: { a: { run: talker('line') } } },
  async (nitro) => {
    await nitro.waitFor('the first line', () => nitro.stdout === 'line\n');
    nitro.service('LOG', { run: drain('log') });
    expect((await nitro.ctl('rescan')).code).toBe(0);
    await nitro.waitState('LOG', 'UP');
    await nitro.waitState('a', 'UP');
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    await nitro.waitFor('the second line', () => nitro.read('log') === 'line\n');
  });

/** A logger that says whose lines it reads, and hands them on. */
const tagging = 'note "$1 begins"; while read -r line; do echo "$1: $line"; done';

scenario('§5 LOG@ "is instantiated for every service without a log link, except LOG, LOG@… and SYS; its own instances log to LOG"',
  { services: {
    'LOG@': { run: tagging },
    LOG: { run: drain('log') },
    a: { run: talker('from a') },
    b: { run: talker('from b'), log: '../own' },
    'w@': { run: talker('from w "$1"') },
    own: { run: 'while read -r line; do echo "own: $line"; done' },
  }, entries: { 'w@1': { link: 'w@' } }, system: { setup: 'echo from SYS' } },
  async (nitro) => {
    await nitro.waitFor('all lines are there', () => linesOf(nitro, 'log').length === 3);
    expect([...linesOf(nitro, 'log')].sort()).toEqual(['a: from a', 'own: own: from b', 'w@1: from w 1']);
    await nitro.waitFor('what SYS/setup wrote', () => nitro.stdout === 'from SYS\n');
    expect([...(await nitro.list()).keys()].sort()).toEqual(['LOG', 'LOG@a', 'LOG@own', 'LOG@w@1', 'a', 'b', 'own', 'w@1']);
    expect([...nitro.journal()].sort()).toEqual(['a begins', 'own begins', 'w@1 begins']);
  });

scenario('§5 "LOG@ goes before LOG": with a link it does not matter, and without LOG its instances write to nitro\'s stdout',
  { services: { 'LOG@': { run: tagging }, a: { run: talker('line') } } },
  async (nitro) => {
    await nitro.waitFor('the line', () => nitro.stdout === 'a: line\n');
  });

scenario('§5 LOG@: a service whose instance would have too long a name runs all the same, and logs to LOG',
  { services: { 'LOG@': { run: tagging }, LOG: { run: drain('log') }, ['n'.repeat(60)]: { run: talker('long') }, a: { run: talker('short') } } },
  async (nitro) => {
    await nitro.waitFor('both lines', () => linesOf(nitro, 'log').length === 2);
    expect([...linesOf(nitro, 'log')].sort()).toEqual(['a: short', 'long']);
  });

scenario('§5 LOG@ is started before the service, is shared with nobody, and stays when the service restarts',
  // LOG has no setup: its pipe is in use from its launch, and LOG@a must not be launched before that.
  { services: { 'LOG@': { setup: 'exit 0', run: tagging }, LOG: { run: drain('log') }, a: { setup: 'exit 0', run: talker('line') } } },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    const order = nitro.announcements().filter(({ state }) => state === 'SETUP').map(({ name }) => name);
    expect(order).toEqual(['LOG@a', 'a']);
    await nitro.waitFor('the first line', () => nitro.read('log') === 'a: line\n');
    const pid = await nitro.pidOf('LOG@a');
    expect((await nitro.ctl('restart', 'a')).code).toBe(0);
    expect(await nitro.pidOf('LOG@a')).toBe(pid);
    await nitro.waitFor('both lines', () => nitro.read('log') === 'a: line\na: line\n');
  });

scenario('§5 "A SYS script uses neither" (CORRECTED: SYS/finish too writes to nitro\'s stdout); SYS/final too',
  {
    services: { LOG: { run: drain('log') }, 'LOG@': { run: tagging }, a: { run: SLEEP } },
    system: { setup: 'echo setup', finish: 'echo finish', final: 'echo final' },
  },
  async (nitro) => {
    await nitro.waitState('a', 'UP');
    await nitro.stop();
    await nitro.waitFor('all three', () => nitro.stdout.startsWith('setup\nfinish\nfinal\n'));
    expect(nitro.read('log')).toBe('');
  });
