/**
 * `nitro-audit check` and the real nitro agree on its fixtures: about a directory in which a rule finds nothing nitro does not complain
 * either, and about some of the others it says what the fixture tells.
 */
import { expect } from 'vitest';
import { fixtures } from '../unit/audit-check-fixtures.js';
import { scenario } from './harness/scenario.js';

const ordinary = /^- nitro: (booting|shutting down|finished|waiting for \d+ services to finish[. a-z]*)$/;
/** The same directory as another one, or too many of them to start for this. */
const leftOut = ['R802', 'R803'];

for (const [id, { good, bad, says }] of Object.entries(fixtures)) {
  if (leftOut.includes(id)) continue;
  scenario(`${id}: nitro starts what check finds nothing in without a complaint`, { entries: good }, async (nitro) => {
    await nitro.waitFor('everything has started', async () => {
      // One whose run ends at once is seen in DELAY more often than not.
      const services = [...(await nitro.list())];
      return services.every(([name, { state }]) => ['STARTING', 'UP', 'ONESHOT', 'DOWN'].includes(state) || nitro.trace(name).includes('STARTING'));
    });
    expect(nitro.stderr.split('\n').filter((line) => line !== '' && !ordinary.test(line))).toEqual([]);
  });
  if (says === undefined) continue;
  scenario(`${id}: nitro complains of what check finds`, { entries: bad }, async (nitro) => {
    await nitro.waitFor('the complaint', () => says.test(nitro.stderr));
  });
}
