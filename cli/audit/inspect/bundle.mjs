/** Makes the files of the inspector's page: one script and one style sheet. */
import * as fs from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';

const here = import.meta.dirname;
const read = (...parts) => fs.readFileSync(path.join(here, 'page', ...parts), 'utf8');

/** What stands in nitro-audit for INSPECT_PAGE (files.ts). */
export async function pageOf() {
  const common = { bundle: true, minify: true, legalComments: 'none', logLevel: 'warning', write: false };
  const script = await esbuild.build({ ...common, entryPoints: [path.join(here, 'page/main.ts')], format: 'esm', target: 'es2022' });
  const style = await esbuild.transform(read('style.css'), { loader: 'css', minify: true });
  return { html: read('page.html'), script: script.outputFiles[0].text, style: style.code, icon: read('icon.svg') };
}
