/** The documents and the stories: complete, and made from the machines alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditDocument } from '../../diagrams/audit-document.js';
import { outside } from '../../diagrams/findings-outside.js';
import { correctionsOf, seen } from '../../diagrams/findings.js';
import { files, withDiagram } from '../../diagrams/files.js';
import { models, serviceModel } from '../../diagrams/model.js';
import { statesDocument } from '../../diagrams/states-document.js';
import { crashAndRestart, shutdown, stories } from '../../diagrams/stories.js';
import { tell } from '../../diagrams/story.js';
import type { Story } from '../../diagrams/story.js';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

// All pictures are laid out: work for the processor alone, which others may be using.
test('what is checked in is what the machines say', { timeout: 300_000 }, async () => {
  const all = await files(read('README.md'));
  const stale = Object.entries(all).filter(([path, text]) => read(path) !== text).map(([path]) => path);
  expect(stale, 'run: npm run diagrams').toEqual([]);
  const present = readdirSync(join(root, 'diagrams/output')).map((name) => `diagrams/output/${name}`);
  expect(present.filter((path) => !(path in all)), 'run: npm run diagrams').toEqual([]);
});

test('docs/states.md has every pair, with its reason if it is ignored', () => {
  const text = statesDocument();
  for (const { compiled } of Object.values(models)) {
    const { leaves } = compiled.table;
    leaves.forEach((leaf) => {
      const heading = new RegExp(`^#{3,4} ${leaf.name.replace('.', '\\.')}$`, 'm').exec(text);
      const section = text.slice(heading?.index ?? text.length).split(/\n#{2,4} /)[0] ?? '';
      for (const event of compiled.events) {
        const lines = section.split('\n').filter((line) => line.startsWith(`| \`${event}\` |`));
        expect(lines, `${leaf.name} on ${event}`).toHaveLength(Math.max(1, leaf.on[event]?.length ?? 0));
        const reason = compiled.ignored[leaf.name]?.[event];
        if (reason !== undefined) expect(lines[0]?.toLowerCase()).toContain(reason.toLowerCase());
      }
    });
  }
});

test('each difference in the machines is a finding with a way to see it, and each such way belongs to one', () => {
  const inMachines = Object.values(models).flatMap((model) => correctionsOf(model).map(({ text }) => text));
  expect(seen.map(({ corrects }) => corrects).sort()).toEqual([...inMachines].sort());
  const text = auditDocument();
  for (const { title, see } of [...seen, ...outside]) {
    expect(text).toContain(`. ${title}\n`);
    expect(text).toContain(see.replace(/\|/g, '\\|'));
  }
});

test('README.md without its markers is an error, and the rest of it is left as it is', () => {
  expect(() => withDiagram('nothing', '')).toThrow('lacks the markers');
  const filled = withDiagram('a\n<!-- diagram: service -->\nold\n<!-- end of diagram -->\nb', 'new\n');
  expect(filled).toBe('a\n<!-- diagram: service -->\n```mermaid\nnew\n```\n<!-- end of diagram -->\nb');
});

test('a crash after a long life restarts at once; after a short one, a timer is waited for', () => {
  const moments = tell(crashAndRestart).map(({ at, cause, row }) => [at, cause, row.to]);
  expect(moments).toEqual([
    [0, 'process', 'RESTART.finishing'],
    [50, 'process', 'SETUP.launching'],
    [52, 'process', 'STARTING.timed'],
    [550, 'process', 'RESTART.finishing'],
    [600, 'process', 'DELAY.respawn'],
    [1600, 'timer', 'SETUP.launching'],
    [1602, 'process', 'STARTING.timed'],
    [3602, 'timer', 'UP'],
  ]);
});

test('a shutdown ends with all machines at rest, and the deaf service is killed by the timer', () => {
  const moments = tell(shutdown);
  const last = (lane: string): string | null | undefined => moments.filter((moment) => moment.lane === lane).pop()?.row.to;
  expect(['system', 'web', 'deaf', 'LOG'].map(last)).toEqual(['final.ended', 'DOWN.resting', 'DOWN.resting', 'DOWN.resting']);
  expect(moments.filter(({ cause }) => cause === 'timer').map(({ at, lane, row }) => [at, lane, row.actions])).toEqual([[7200, 'deaf', ['kill']]]);
});

test('times never go back in a story', () => {
  for (const story of stories) {
    const times = tell(story).map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }
});

test('a story in which an event is ignored is an error', () => {
  const story: Story = {
    ...crashAndRestart,
    lanes: [{ id: 'web', about: '', model: serviceModel, start: 'UP' }],
    given: [{ at: 0, lane: 'web', event: 'FINISH_EXITED' }],
  };
  expect(() => tell(story)).toThrow('web: UP ignores FINISH_EXITED');
  expect(() => tell({ ...story, given: [{ at: 0, lane: 'nobody', event: 'READY' }] })).toThrow('no such lane: nobody');
});
