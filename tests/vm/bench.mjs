/**
 * Measures nitro in a virtual machine: `npm run bench:vm`, or `node tests/vm/bench.mjs --help`.
 *
 * The benchmark is TypeScript. It is bundled and run here; each of its files is told its own place, as the files look for things beside them.
 */
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const places = {
  name: 'places',
  setup(bundler) {
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: 'ts' };
    });
  },
};

const folder = mkdtempSync(join(tmpdir(), 'nitro-bench-vm-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const outfile = join(folder, 'main.mjs');
await build({
  entryPoints: [join(import.meta.dirname, 'bench/main.ts')],
  plugins: [places],
  bundle: true,
  outfile,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'error',
});
const { main } = await import(pathToFileURL(outfile).href);
process.exitCode = await main(process.argv.slice(2));
