/** Names of services and states (behaviour.md §2, §3). */
import { describe, expect, it } from 'vitest';
import { isServiceName, State, stateName, stateNames } from '../../runtime/protocol.js';

describe('names', () => {
  it('of states are those of the numbers', () => {
    for (const [name, number] of Object.entries(State)) {
      expect(stateNames[number]).toBe(name);
      expect(stateName(number)).toBe(name);
    }
    expect(stateName(0)).toBe('STATE0');
    expect(stateName(10)).toBe('STATE10');
  });

  it.each(['a', 'a@b', 'a@b@c d', 'LOG', 'ALL', '-t', '@x', 'a.b', 'x'.repeat(63), 'SYSTEM', '\xff'])('%j is allowed', (name) => {
    expect(isServiceName(name)).toBe(true);
  });

  it.each(['', '.', '..', '.a', 'SYS', 'a@', '@', 'a/b', 'a,b', 'a\nb', 'a\0b', 'x'.repeat(64)])('%j is not', (name) => {
    expect(isServiceName(name)).toBe(false);
  });
});
