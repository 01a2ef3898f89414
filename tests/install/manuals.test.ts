/**
 * The manual pages: that they are correct mdoc, and that they and the programs' own help speak of the same things.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandsOf, optionsOf } from './help.js';
import { has, nitroctlPath, nitroPath, root, run } from './workspace.js';

const pages = ['nitro.8', 'nitroctl.1', 'halt.8', 'nitro-audit.1'] as const;
const read = (page: string): string => readFileSync(join(root, 'man', page), 'utf8');

/** Words that the page has behind a macro, such as the commands behind `.Cm`. Arguments of enclosing macros count. */
function marked(page: string, macro: string): ReadonlySet<string> {
  const words = new Set<string>();
  for (const line of read(page).split('\n').filter((text) => text.startsWith('.'))) {
    const parts = line.slice(1).split(/\s+/);
    for (let at = parts.indexOf(macro); at >= 0; at = parts.indexOf(macro, at + 1)) {
      for (const word of parts.slice(at + 1)) {
        if (/^[A-Z][a-z]$/.test(word)) break;
        if (/\w/.test(word)) words.add(word);
      }
    }
  }
  return words;
}

describe.each(pages)('%s', (page) => {
  it.skipIf(!has('mandoc'))('has no fault that mandoc finds', () => {
    // That a page refers to one which is not installed here is no fault of the page.
    const { stdout, stderr } = run('mandoc', ['-T', 'lint', '-W', 'style', join('man', page)]);
    const findings = `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('mandoc: man/'));
    expect(findings.filter((line) => !line.includes('referenced manual not found'))).toEqual([]);
  });

  it.skipIf(!has('groff'))('has no fault that groff finds', () => {
    const { status, stderr } = run('groff', ['-mdoc', '-ww', '-Tutf8', '-z', join('man', page)]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('nitroctl.1', () => {
  const help = run(nitroctlPath, ['--help']).stdout;

  it('has the commands that the help has', () => {
    const inHelp = commandsOf(help);
    const inPage = marked('nitroctl.1', 'Cm');
    for (const word of inPage) expect(inHelp).toContain(word);
    for (const word of inHelp) expect([...inPage]).toContain(word);
  });

  it('has the options that the help has', () => {
    const inPage = [...marked('nitroctl.1', 'Fl')].map((word) => `-${word}`).sort();
    expect(inPage).toEqual(optionsOf(help));
  });
});

describe('nitro-audit.1', () => {
  const audit = (...args: readonly string[]): string => run(process.execPath, [join(root, 'build/nitro-audit.cjs'), ...args]).stdout;
  const page = read('nitro-audit.1');
  /** What the page says of a command: from its item to the next. */
  const itemOf = (command: string): string =>
    new RegExp(`\\n\\.It Ic (?:[a-z]+ , )*${command}\\b[^]*?(?=\\n\\.It Ic|\\n\\.S[sh])`).exec(page)?.[0] ?? '';
  const commands = [...audit('--help').matchAll(/^ {2}([a-z]+) [[<]/gm)].map((match) => match[1] ?? '').filter((name) => name !== 'help');

  it('has the commands that the help has', () => {
    expect(commands.length).toBeGreaterThan(12);
    for (const command of commands) expect(itemOf(command), command).not.toBe('');
  });

  it('has the options that the help of each command has', () => {
    for (const command of commands) {
      const inHelp = [...audit(command, '--help').matchAll(/(?:^ {2}|, )(-{1,2}[a-z][a-z-]*)/gm)].map((match) => match[1] ?? '');
      const item = itemOf(command);
      for (const option of inHelp.filter((name) => name !== '-h' && name !== '--help'))
        expect(item, `${command} ${option}`).toMatch(new RegExp(`(Fl |, )${option.slice(1)}\\b`));
    }
  });
});

describe('nitro.8', () => {
  it('has the options that the help has', () => {
    const inPage = [...marked('nitro.8', 'Fl')].map((word) => `-${word}`).sort();
    expect(inPage).toEqual(optionsOf(run(nitroPath, ['--help']).stdout));
  });
});

describe('halt.8', () => {
  it.each(['halt', 'poweroff', 'reboot'])('has the options that the help of %s has', (name) => {
    const inPage = [...marked('halt.8', 'Fl')].map((word) => `-${word}`).sort();
    expect(inPage).toEqual(optionsOf(run(join(root, 'build', name), ['--help']).stdout));
  });

  it('has the arguments that the help of init has', () => {
    const help = run(join(root, 'build/init'), ['--help']).stdout;
    for (const word of marked('halt.8', 'Cm')) expect(help).toMatch(new RegExp(`^  ${word}  `, 'm'));
  });
});
