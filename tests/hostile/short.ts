/**
 * A part of the soak as a test: a small count, a fixed seed, and nothing lost.
 */
import { expect, test } from 'vitest';
import type { Finding, Limits } from './part.js';
import { makeHostileTools } from './tools.js';

/** No part is cut short: it has a count. */
const limits: Limits = { untilMs: Infinity, seed: 7, scale: 1, progress: () => undefined };

/** A test of a part. It must do something, and lose nothing. */
export function nothingIsLost(name: string, part: (limits: Limits) => Promise<Finding>, { skip = false } = {}): void {
  test.concurrent(name, { skip, timeout: 300_000 }, async () => {
    makeHostileTools();
    const { times, lost } = await part(limits);
    expect(lost).toEqual([]);
    expect(times).toBeGreaterThan(0);
  });
}
