/**
 * Daemons with a fault: nitro, built from a copy of its sources in which one place is changed. They stand in for the foreign daemons that
 * `nitro-audit conform` has to find out.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** A change of one place. */
export interface Change {
  /** Path below the root of the project. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface StandIn {
  readonly fault: string;
  readonly changes: readonly Change[];
}

/** A stand-in that was built. */
export interface Built {
  readonly daemon: string;
  readonly remove: () => void;
}

/** Build a stand-in. Objects that have not changed are taken from the build of the project. */
export async function build({ fault, changes }: StandIn): Promise<Built> {
  const at = mkdtempSync('/tmp/nitro-standin-');
  for (const name of ['cli', 'runtime', 'table', 'machines', 'build.mjs', 'package.json', 'tsconfig.json']) cpSync(`${root}/${name}`, `${at}/${name}`, { recursive: true });
  mkdirSync(`${at}/build`);
  cpSync(`${root}/build/objects`, `${at}/build/objects`, { recursive: true });
  symlinkSync(`${root}/build/engine`, `${at}/build/engine`);
  symlinkSync(`${root}/node_modules`, `${at}/node_modules`);
  for (const { file, from, to } of changes) {
    const text = readFileSync(`${at}/${file}`, 'utf8');
    if (!text.includes(from)) throw new Error(`${fault}: ${file} has no more: ${from}`);
    writeFileSync(`${at}/${file}`, text.replace(from, () => to));
  }
  await new Promise<void>((built, failed) => {
    const child = spawn(process.execPath, ['build.mjs', '--without-audit'], { cwd: at, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.on('error', failed);
    child.on('close', (code) => (code === 0 ? built() : failed(new Error(`${fault}: ${said}`))));
  });
  return { daemon: `${at}/build/nitro`, remove: () => rmSync(at, { recursive: true, force: true }) };
}
