/**
 * Scripts whose exec hangs, by way of the lease tool. This holds a service between fork and exec for as long as a test wants.
 */
import { spawn } from 'node:child_process';
import { leasePath } from './tools.js';
import { waitFor } from './wait.js';

/** A lease on a file. */
export interface Lease {
  /** Wait until an exec hangs on it. */
  readonly wanted: () => Promise<void>;
  /** Let what hangs go on. */
  readonly release: () => Promise<void>;
}

/** Have every exec of the file hang until the lease is released. */
export async function takeLease(path: string): Promise<Lease> {
  const tool = spawn(leasePath, [path], { stdio: 'pipe', env: {} });
  let said = '';
  let ended = false;
  for (const stream of [tool.stdout, tool.stderr]) stream.setEncoding('latin1').on('data', (text: string) => (said += text));
  tool.on('close', () => (ended = true));
  await waitFor(`a lease on ${path}`, () => {
    if (ended) throw new Error(said);
    return said.includes('held');
  });
  return {
    wanted: async () => {
      await waitFor(`an exec hangs on ${path}`, () => said.includes('wanted'));
    },
    release: async () => {
      tool.stdin.end();
      await waitFor('the lease is released', () => ended);
    },
  };
}
