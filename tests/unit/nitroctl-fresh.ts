/** A fake system for each test of a file; whatever happens in it, nothing may be left in the directory of listeners. */
import { afterEach, beforeEach, expect } from 'vitest';
import { FakeSystem } from './nitroctl-fake.js';

export function withFreshSystem(use: (system: FakeSystem) => void): void {
  let system: FakeSystem;
  beforeEach(() => {
    system = new FakeSystem();
    use(system);
  });
  afterEach(() => {
    expect(system.leftovers()).toEqual([]);
    expect(system.openDescriptors()).toBe(0);
  });
}
