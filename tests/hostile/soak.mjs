// Bundles soak.ts and what it uses of the tests into build/, and runs it: `npm run soak -- --minutes 10`.
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = import.meta.dirname;
const root = resolve(here, '../..');
mkdirSync(join(root, 'build'), { recursive: true });
// The harness finds its tools from here.
const outfile = join(root, `build/soak-${process.pid}.mjs`);
process.on('exit', () => rmSync(outfile, { force: true }));
await build({
  entryPoints: [join(here, 'soak.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
  outfile,
});
await import(pathToFileURL(outfile).href);
