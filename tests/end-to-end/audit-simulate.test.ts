/**
 * `nitro-audit simulate` and the real nitro go through the same states with the same directory, when its scripts behave as the behaviour file says.
 */
import { expect } from 'vitest';
import { factsOf } from '../../cli/audit/check/facts.js';
import { readSnapshot } from '../../cli/audit/check/read.js';
import { knownOf } from '../../cli/audit/simulate/known.js';
import { simulate } from '../../cli/audit/simulate/simulate.js';
import { parseStory } from '../../cli/audit/simulate/story.js';
import { stateName } from '../../runtime/protocol.js';
import type { Service } from './harness/directory.js';
import { scenario } from './harness/scenario.js';

/** States announced in a simulation, without repetitions in a row. */
function simulated(directory: string, text: string): (name: string) => readonly string[] {
  const snapshot = readSnapshot(directory);
  if ('errno' in snapshot) throw new Error('no directory');
  const facts = factsOf(snapshot);
  const story = parseStory(text, knownOf(facts));
  if ('mistakes' in story) throw new Error(JSON.stringify(story.mistakes));
  const { life } = simulate(facts, story, { untilMs: 60_000, seed: null, faults: 0, mode: 'process' });
  return (name) => {
    const states = life.trace.flatMap((entry) => (entry.type === 'announced' && entry.service === name ? [stateName(entry.state)] : []));
    return states.filter((state, index) => state !== states[index - 1]);
  };
}

const services: Readonly<Record<string, Service>> = {
  a: { setup: 'exit 0', run: 'exec sleep 1000', finish: 'exit 0', log: '../l' },
  b: { setup: 'exit 0', finish: 'exit 0' },
  c: { run: '[ -e "$T/once" ] || { : >"$T/once"; exit 1; }\necho >&3\nexec sleep 1000', 'notification-fd': 3, log: '../l' },
  d: { setup: 'exit 111', run: 'exec sleep 1000' },
  e: { run: 'echo >&3\nexec sleep 1000', 'notification-fd': 3 },
  f: { run: 'exec sleep 1000', down: true },
  g: { files: { run: { text: '#!/nowhere/sh\n', mode: 0o755 } } },
  'w@': { run: 'exec sleep 1000' },
  'w@x': {},
  l: { run: 'exec cat >/dev/null', log: '../m' },
  m: { run: 'exec cat >/dev/null' },
};

// No life counts as a short one, however fast or slow this machine is.
scenario('the same states, from the start to the end', { services, delays: { RESPAWN: 0 } }, async (nitro) => {
  const story = 'c run: exits 1 after 1500ms, never ready; stays\nd setup: exits 111\nat 10s restart a\nat 20s down a\nat 25s up f\nat 30s Shutdown\n';
  const expected = simulated(nitro.directory, story);
  await nitro.waitState('a', 'UP');
  await nitro.waitState('c', 'UP');
  expect((await nitro.ctl('restart', 'a')).code).toBe(0);
  expect((await nitro.ctl('down', 'a')).code).toBe(0);
  expect((await nitro.ctl('start', 'f')).code).toBe(0);
  await nitro.waitState('l', 'UP');
  await nitro.waitState('m', 'UP');
  await nitro.waitState('w@x', 'UP');
  await nitro.waitState('e', 'UP');
  await nitro.waitState('b', 'ONESHOT');
  await nitro.waitState('d', 'FATAL');
  await nitro.waitState('g', 'FATAL');
  await nitro.stop();
  const names = Object.keys(services).filter((name) => name !== 'w@');
  const shown = (of: (name: string) => readonly string[]): Readonly<Record<string, string>> =>
    Object.fromEntries(names.map((name) => [name, of(name).join(' ')]));
  expect(shown(expected)).toEqual(shown((name) => nitro.trace(name)));
});
