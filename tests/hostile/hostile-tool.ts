/**
 * The hostile clients in C (hostile.c), run from here.
 */
import { spawn } from 'node:child_process';
import { hostilePath } from './tools.js';

/** A client that runs. */
export interface Client {
  /** What it said at its end. */
  readonly done: Promise<string>;
  readonly isDone: () => boolean;
  /** Let one end that goes on until its stdin does. */
  readonly end: () => Promise<string>;
  /** Wait for its first word. */
  readonly ready: Promise<void>;
}

/** Start a client. An error if it fails. */
export function hostile(...args: readonly string[]): Client {
  const child = spawn(hostilePath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  let over = false;
  child.stderr.setEncoding('latin1').on('data', (text: string) => (complaint += text));
  const ready = new Promise<void>((resolve) => child.stdout.setEncoding('latin1').on('data', (text: string) => {
    said += text;
    resolve();
  }));
  const done = new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      over = true;
      if (code === 0) resolve(said.trim());
      else reject(new Error(`hostile ${args[0] ?? ''}: ${complaint === '' ? `exit ${String(code)}` : complaint.trim()}`));
    });
  });
  done.catch(() => undefined);
  return {
    done, ready,
    isDone: () => over,
    end: async () => {
      child.stdin.end();
      return await done;
    },
  };
}

/** The numbers of what a client said, in their order. */
export const numbersIn = (text: string): readonly number[] => (text.match(/\d+/g) ?? []).map(Number);
