/**
 * Compares nitro with its peers: `npm run bench`, or `node bench/run.mjs --help`.
 *
 * Three programs share the command line: the benchmark of the binary (main.ts), the one of the model (`--only model`, `--promela`:
 * model/main.ts), and the regression guard (`--quick`: guard/main.ts). They are TypeScript: the one that is asked for is bundled beside the packages
 * it uses and run there, and the bundle is removed at the end.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = import.meta.dirname;
const args = process.argv.slice(2);

function programFor() {
  if (args.includes('--quick')) return 'guard/main.ts';
  const isModel = args.some((arg, place) => arg === '--only=model' || (arg === '--only' && args[place + 1] === 'model'));
  const isPromela = args.some((arg) => arg === '--promela' || arg.startsWith('--promela='));
  return isModel || isPromela ? 'model/main.ts' : 'main.ts';
}

const folder = mkdtempSync(join(here, '../node_modules/.bench-'));
const outfile = join(folder, 'main.mjs');
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
await build({
  entryPoints: [join(here, programFor())],
  bundle: true,
  outfile,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  logLevel: 'error',
});
const { main } = await import(pathToFileURL(outfile).href);
process.exitCode = await main(args, join(here, '..'));
