/**
 * A machine as data for other tools of XState: JSON, and a TypeScript literal that needs nothing but `xstate`.
 *
 * JSON cannot hold what the names of delays stand for: they are in `meta.delays` of the root. The literal has them where XState wants them, so
 * that Stately Studio imports it as it is.
 */
import type { Model } from './model.js';

type Raw = Readonly<Record<string, unknown>>;

/** The definition without what `setup` adds to it. */
export function configOf({ machine }: Model): Raw {
  const { schemas: _schemas, ...config } = machine.config as Raw;
  return config;
}

/** `createMachine` takes it. */
export function json(model: Model): string {
  const config = configOf(model);
  const { id, description, meta, ...rest } = config;
  const withDelays = { ...(meta as Raw), delays: model.compiled.table.delays };
  return `${JSON.stringify({ id, description, meta: withDelays, ...rest }, null, 2)}\n`;
}

/** Source of a module whose one export is the machine. Effects do nothing; guards read facts that come with the event. */
export function literal(model: Model): string {
  const { id, compiled } = model;
  return `// Generated from machines/${id}.ts by \`npm run diagrams\`. Do not edit. It stands alone, to be imported into Stately Studio.
import { setup } from 'xstate';

export const ${id}Machine = setup({
  types: {
    events: {} as {
      type:
${compiled.events.map((event) => `        | '${event}'`).join('\n')};
      facts?: { ${compiled.guards.map((guard) => `${guard}?: boolean`).join('; ')} };
    },
  },
  actions: {
${compiled.actions.map((action) => `    ${action}: () => undefined,`).join('\n')}
  },
  guards: {
${compiled.guards.map((guard) => `    ${guard}: ({ event }) => event.facts?.${guard} === true,`).join('\n')}
  },
  delays: {
${Object.entries(compiled.table.delays).map(([name, ms]) => `    ${name}: ${String(ms)},`).join('\n')}
  },
}).createMachine(${value(configOf(model), 0)});
`;
}

/** A value as a literal of TypeScript: keys that are names without quotes, texts in single ones. */
function value(of: unknown, depth: number): string {
  const pad = '  '.repeat(depth + 1);
  const end = '  '.repeat(depth);
  if (typeof of === 'string') return `'${of.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'`;
  if (Array.isArray(of)) {
    if (of.every((each) => typeof each === 'string')) return `[${of.map((each) => value(each, 0)).join(', ')}]`;
    return `[\n${of.map((each) => `${pad}${value(each, depth + 1)},\n`).join('')}${end}]`;
  }
  if (typeof of !== 'object' || of === null) return JSON.stringify(of);
  const entries = Object.entries(of).map(([key, each]) => `${pad}${/^[A-Za-z_]\w*$/.test(key) ? key : `'${key}'`}: ${value(each, depth + 1)},\n`);
  return entries.length === 0 ? '{}' : `{\n${entries.join('')}${end}}`;
}
