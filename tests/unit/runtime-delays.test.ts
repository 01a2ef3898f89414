/** The times of behaviour.md §1, and how tests override them. */
import { expect, test } from 'vitest';
import { readDelays } from '../../runtime/delays.js';
import type { Delays } from '../../runtime/delays.js';
import type { Console } from '../../runtime/console.js';

function read(overrides: string | undefined): { readonly delays: Delays; readonly said: readonly string[] } {
  const said: string[] = [];
  const console: Pick<Console, 'say'> = { say: (text) => void said.push(text) };
  return { delays: readDelays(overrides, console as Console), said };
}

const usual = { STARTING: 2000, RESPAWN: 1000, SPAWN_ERROR: 2000, SHUTDOWN: 7000, FINISH: 7000 };
const usualOfSystem = { SHUTDOWN: 7000, SIGTERM_ALL: 7000, SIGKILL_ALL: 7000, SYS_FINISH: 30_000, SYS_FINAL: 30_000 };

test('are those of the table when nothing is overridden', () => {
  for (const overrides of [undefined, '', ',', ',,']) {
    const { delays, said } = read(overrides);
    expect(delays.service).toMatchObject(usual);
    expect(delays.system).toMatchObject(usualOfSystem);
    expect(said).toEqual([]);
  }
});

test('are overridden one by one, of the machine that has them', () => {
  const { delays, said } = read('FINISH=5,SYS_FINAL=0,,RESPAWN=86400000');
  expect(delays.service).toMatchObject({ ...usual, FINISH: 5, RESPAWN: 86_400_000 });
  expect(delays.system).toMatchObject({ ...usualOfSystem, SYS_FINAL: 0 });
  expect(delays.system).not.toHaveProperty('FINISH');
  expect(delays.service).not.toHaveProperty('SYS_FINAL');
  expect(said).toEqual([]);
});

test('SHUTDOWN is one time, of services and of SYS/setup', () => {
  const { delays } = read('SHUTDOWN=9');
  expect([delays.service.SHUTDOWN, delays.system.SHUTDOWN]).toEqual([9, 9]);
});

test.each(['UP=7', 'FINISH', 'FINISH=', '=7', 'FINISH=x', 'FINISH=-1', 'FINISH=86400001', 'SYS_FINAL='])('%s is reported and left out', (pair) => {
  const { delays, said } = read(`${pair},STARTING=1`);
  expect(said).toEqual([`NITRO_DELAYS: not understood: ${pair}`]);
  expect(delays.service).toMatchObject({ ...usual, STARTING: 1 });
  expect(delays.system).toMatchObject(usualOfSystem);
});
