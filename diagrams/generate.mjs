/**
 * Writes the pictures and documents that are made from the machines: diagrams/output/, docs/states.md, docs/audit-of-nitro-c.md, and the
 * diagram in README.md.
 *
 *   node diagrams/generate.mjs           write them
 *   node diagrams/generate.mjs --check   exit 1 if one is not what the machines say
 */
import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const check = process.argv.includes('--check');
const root = dirname(import.meta.dirname);
const folder = 'diagrams/output';

/** The generator, bundled. It is CommonJS because the layout engine is. */
async function generator() {
  const directory = mkdtempSync(join(tmpdir(), 'nitro-diagrams-'));
  try {
    const file = join(directory, 'files.cjs');
    await build({
      entryPoints: [join(root, 'diagrams/files.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      // elkjs asks for it only when it is to work in another thread.
      external: ['web-worker'],
      outfile: file,
      logLevel: 'error',
    });
    return createRequire(import.meta.url)(file);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function present(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
}

const { files } = await generator();
const all = await files(readFileSync(join(root, 'README.md'), 'utf8'));
mkdirSync(join(root, folder), { recursive: true });
mkdirSync(join(root, 'docs'), { recursive: true });
const left = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`).filter((path) => !(path in all));
const stale = Object.entries(all).filter(([path, text]) => present(path) !== text);
if (check) {
  for (const [path] of stale) console.error(`${path} is not what the machines say; run: npm run diagrams`);
  for (const path of left) console.error(`${path} is made by nothing; run: npm run diagrams`);
} else {
  for (const [path, text] of stale) writeFileSync(join(root, path), text);
  for (const path of left) rmSync(join(root, path));
}
console.log(`${check ? 'checked' : 'written'}: ${Object.keys(all).length} files from the machines`);
process.exitCode = check && stale.length + left.length > 0 ? 1 : 0;
