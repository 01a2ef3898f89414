/** `nitro-audit check`. */
import { Argument, Option } from 'commander';
import { CannotRun, ending, exit, isColoured, output } from '../command.js';
import type { Exit, Registration } from '../command.js';
import { factsOf } from './facts.js';
import { rulesJson, toJson, toSarif } from './machine-readable.js';
import { bytesOf } from './names.js';
import { readSnapshot } from './read.js';
import { explain, listRules, nearRules, rulesPage, toText } from './report.js';
import type { Severity } from './rule.js';
import { isAtLeast, severities } from './rule.js';
import { apply, rules } from './rules.js';
import { errorName } from './system-names.js';

interface Options {
  readonly format: 'text' | 'json' | 'sarif' | 'markdown';
  readonly json?: true;
  readonly severity: Severity;
  readonly ignore: readonly string[];
  readonly reference?: true;
  readonly explain?: string;
  readonly rules?: true;
  readonly output?: string;
}

function collect(ids: string, before: readonly string[]): readonly string[] {
  return [...before, ...ids.split(',')];
}

function usage(problem: string): Exit {
  process.stderr.write(`error: ${problem}\nTry 'nitro-audit check --help'.\n`);
  return exit.usage;
}

function unknownRule(id: string): Exit {
  const near = nearRules(id);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'nitro-audit check --rules lists them';
  return usage(`there is no rule ${id}; ${hint}`);
}

function explainRule(id: string, file: string | undefined): Exit {
  const rule = rules.find((each) => each.id === id.toUpperCase());
  if (rule === undefined) return unknownRule(id);
  output(explain(rule), file);
  return exit.clean;
}

function showRules(format: Options['format'], file: string | undefined): Exit {
  if (format === 'sarif') return usage('--rules has the formats text, json and markdown');
  output(format === 'json' ? rulesJson() : format === 'markdown' ? rulesPage() : listRules(), file);
  return exit.clean;
}

function run(directory: string | undefined, options: Options): Exit {
  const format = options.json === true ? 'json' : options.format;
  if (options.explain !== undefined) return explainRule(options.explain, options.output);
  if (options.rules === true) return showRules(format, options.output);
  if (format === 'markdown') return usage('--format markdown is for --rules');
  if (directory === undefined) return usage('which directory? nitro-audit check DIR');
  const ignored = options.ignore.map((id) => id.trim().toUpperCase()).filter((id) => id !== '');
  const unknown = ignored.find((id) => !rules.some((rule) => rule.id === id));
  if (unknown !== undefined) return unknownRule(unknown);

  const snapshot = readSnapshot(bytesOf(directory));
  if ('errno' in snapshot) throw new CannotRun(`cannot read the service directory ${directory}: ${errorName(snapshot.errno)}`);
  const facts = factsOf(snapshot);
  const findings = apply(facts, { ignored, forReference: options.reference === true });
  const subject = { directory: snapshot.path, services: facts.plan.services.size };
  const isTerminal = options.output === undefined && isColoured(process.stdout);
  const text = toText(findings, subject, isTerminal);
  output(format === 'json' ? toJson(findings, subject) : format === 'sarif' ? toSarif(findings, subject) : text, options.output);
  return findings.some(({ rule }) => isAtLeast(rule.severity, options.severity)) ? exit.findings : exit.clean;
}

export const registerCheck: Registration = (program) => {
  program
    .command('check')
    .description('look for mistakes in a service directory; exit 1 if there are any')
    .addArgument(new Argument('[dir]', 'the service directory'))
    .addOption(new Option('--format <format>', 'how to write the report').choices(['text', 'json', 'sarif', 'markdown']).default('text'))
    .option('--json', 'the same as --format json')
    .addOption(new Option('--severity <level>', 'the least that makes the exit status 1').choices(severities).default('warning'))
    .option('--ignore <ids>', 'leave these rules out; several divided by commas, or by several options', collect, [])
    .option('--reference', 'also what matters for nitro in C alone')
    .option('--explain <id>', 'say what a rule is about, and end')
    .option('--rules', 'list all rules, and end')
    .option('-o, --output <file>', 'write the report to a file')
    .action(ending(run));
};
