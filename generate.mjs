/**
 * Writes the generated files: the tables in table/, from the machines in machines/.
 *
 *   node generate.mjs           write them
 *   node generate.mjs --check   exit 1 if one is not what the machines say
 */
import { build } from 'esbuild';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const check = process.argv.includes('--check');
const root = import.meta.dirname;

async function machines() {
  const directory = mkdtempSync(join(tmpdir(), 'nitro-generate-'));
  try {
    const file = join(directory, 'machines.mjs');
    await build({
      stdin: {
        contents: `
          export { serviceMachine } from './machines/service.ts';
          export { systemMachine } from './machines/system.ts';
          export { compile } from './machines/compile.ts';
          export { emitTable, emitIgnored } from './machines/emit.ts';`,
        resolveDir: root,
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: file,
      logLevel: 'error',
    });
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const { compile, emitTable, emitIgnored, serviceMachine, systemMachine } = await machines();
const service = compile(serviceMachine);
const system = compile(systemMachine);
const files = {
  'table/service.ts': emitTable(service, 'machines/service.ts'),
  'table/system.ts': emitTable(system, 'machines/system.ts'),
  'table/ignored.ts': emitIgnored([service, system], 'machines/'),
};

let stale = 0;
for (const [name, text] of Object.entries(files)) {
  const path = join(root, name);
  if (check) {
    let present = '';
    try {
      present = readFileSync(path, 'utf8');
    } catch {
      // A file that is not there is not current.
    }
    if (present === text) continue;
    stale += 1;
    console.error(`${name} is not what the machines say; run: npm run generate`);
  } else {
    writeFileSync(path, text);
  }
}
const pairs = [service, system].map((m) => `${m.id}: ${m.table.leaves.length} leaves × ${m.events.length} events`);
console.log(`${check ? 'checked' : 'written'}: ${Object.keys(files).join(', ')} (${pairs.join('; ')})`);
process.exit(stale > 0 ? 1 : 0);
