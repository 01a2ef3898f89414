/**
 * Measures the built nitro: `npm run bench`, or `node bench/run.mjs --help`.
 *
 * The benchmark is TypeScript. It is bundled in memory and run here, so that nothing is left behind.
 */
import { build } from 'esbuild';
import { join } from 'node:path';

const { outputFiles } = await build({
  entryPoints: [join(import.meta.dirname, 'main.ts')],
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'error',
});
const { main } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
process.exitCode = await main(process.argv.slice(2), join(import.meta.dirname, '..'));
