/** The document about the mutants of the runtime, from Stryker's report in JSON. */

const detected = ['Killed', 'Timeout'];
const missed = ['Survived', 'NoCoverage'];

function countOf(mutants, ...states) {
  return mutants.filter(({ status }) => states.includes(status)).length;
}

/** Detected of all that are neither ignored nor invalid, as Stryker's mutation score is. */
function scoreOf(mutants) {
  const of = countOf(mutants, ...detected, ...missed);
  return of === 0 ? '–' : `${((countOf(mutants, ...detected) / of) * 100).toFixed(1)} %`;
}

function row(cells) {
  return `| ${cells.join(' | ')} |`;
}

function figures(name, mutants) {
  return row([
    name,
    mutants.length,
    countOf(mutants, 'Killed'),
    countOf(mutants, 'Timeout'),
    countOf(mutants, 'Survived'),
    countOf(mutants, 'NoCoverage'),
    countOf(mutants, 'Ignored'),
    scoreOf(mutants),
  ]);
}

/** In one line, and so that Markdown leaves it as it is. */
function code(text, limit) {
  const line = text.split(/\s+/).join(' ').trim();
  const short = line.length > limit ? `${line.slice(0, limit)}…` : line;
  return short.includes('`') ? `\`\` ${short} \`\`` : `\`${short}\``;
}

/** The text that a mutant replaces. */
function original(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  if (lines.length === 0) return '';
  lines[lines.length - 1] = lines[lines.length - 1].slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return lines.join(' ');
}

function listed(files, states, say) {
  return files.flatMap(([name, { mutants, source }]) =>
    mutants
      .filter(({ status }) => states.includes(status))
      .sort((one, other) => one.location.start.line - other.location.start.line || one.location.start.column - other.location.start.column)
      .map((mutant) => `- ${name}:${mutant.location.start.line}, ${mutant.mutatorName}: ${say(mutant, source)}`),
  );
}

/** `report` is Stryker's, in its JSON. */
export function toMarkdown(report) {
  const files = Object.entries(report.files).sort(([one], [other]) => (one < other ? -1 : 1));
  const all = files.flatMap(([, { mutants }]) => mutants);
  const change = (mutant, source) => `${code(original(source, mutant.location), 70)} → ${code(mutant.replacement ?? '', 70)}`;
  const survivors = listed(files, missed, (mutant, source) => change(mutant, source) + (mutant.status === 'NoCoverage' ? ' (no test comes here)' : ''));
  const ignored = listed(files, ['Ignored'], ({ statusReason = '', ...mutant }, source) => `${change(mutant, source)}: ${statusReason}`);
  return [
    '# Mutants of the runtime',
    '',
    'Written by `npm run mutants:runtime`. A mutant is the TypeScript of runtime/ with one change, made by [Stryker](https://stryker-mutator.io).',
    'It is killed if a test fails, or if it runs in a circle and its time is over. The tests are those that run the runtime in Node: the unit tests,',
    'and the simulated system with all its properties on hand-made and on random lives. The end-to-end tests have no part in this.',
    `Not mutated: os.ts, which holds types alone, and version.ts. The run fails below ${report.thresholds.break ?? 0} %.`,
    '',
    row(['file', 'mutants', 'killed', 'timed out', 'survived', 'no test', 'ignored', 'score']),
    row(['---', ...Array(7).fill('--:')]),
    ...files.map(([name, { mutants }]) => figures(name, mutants)),
    figures('**all**', all),
    '',
    ...(survivors.length === 0 ? [] : ['## Survivors', '', ...survivors, '']),
    ...(ignored.length === 0 ? [] : ['## Ignored: they change nothing', '', ...ignored, '']),
  ].join('\n');
}
