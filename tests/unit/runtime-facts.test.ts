/** What guards ask of a service (behaviour.md §3), and what is known of one. */
import { describe, expect, test } from 'vitest';
import { Console } from '../../runtime/console.js';
import { readDelays } from '../../runtime/delays.js';
import { Directory } from '../../runtime/directory.js';
import { Facts } from '../../runtime/facts.js';
import type { Os } from '../../runtime/os.js';
import { State } from '../../runtime/protocol.js';
import { leafOf, Services, shownState, stateOf } from '../../runtime/service.js';
import type { Service } from '../../runtime/service.js';
import type { ServiceGuard } from '../../table/service.js';
import { serviceTable } from '../../table/service.js';
import { fakeFiles } from './fake-files.js';

const errno = { EAGAIN: 11, EIO: 5, EMFILE: 24, ENOENT: 2, ENOMEM: 12, ETXTBSY: 26, ENOTDIR: 20, EACCES: 13, ENFILE: 23 };
const files = { a: 'directory', 'a/setup': { content: '' } } as const;

/** Does it hold of a service with these facts, at this time? */
function holds(guard: ServiceGuard, facts: Partial<Service> = {}, now = 0, entries: Parameters<typeof fakeFiles>[0] = files, isGoingDown = false): boolean {
  const os: Os = { ...fakeFiles(entries), errno: errno as Partial<Os['errno']> as Os['errno'], now: () => now };
  const console = new Console(os);
  const service = Object.assign(new Services(() => 0).create('a'), facts);
  return new Facts(os, readDelays(undefined, console), new Directory(os, console), () => isGoingDown).holds(service, guard);
}

describe('a guard holds', () => {
  test('systemGoingDown: as the system says', () => {
    expect([holds('systemGoingDown'), holds('systemGoingDown', {}, 0, files, true)]).toEqual([false, true]);
  });

  test('hasSetup: while there is the file', () => {
    expect([holds('hasSetup'), holds('hasSetup', {}, 0, { a: 'directory', 'a/run': { content: '' } })]).toEqual([true, false]);
  });

  test('setupRefused, setupFailed: by how setup ended', () => {
    const by = (setupStatus: number): readonly boolean[] => [holds('setupRefused', { setupStatus }), holds('setupFailed', { setupStatus })];
    expect(by(0)).toEqual([false, false]);
    expect(by(111 << 8)).toEqual([true, true]);
    expect(by(1 << 8)).toEqual([false, true]);
    // Killed by a signal: no success.
    expect(by(111)).toEqual([false, true]);
    expect(by(15)).toEqual([false, true]);
  });

  test('reportsReadiness: as at the launch', () => {
    expect([holds('reportsReadiness', { reportsReadiness: false }), holds('reportsReadiness', { reportsReadiness: true })]).toEqual([false, true]);
  });

  test.each(Object.entries(errno))('errorMayPass, and setup not refused, of an exec that failed with %s', (name, execError) => {
    const mayPass = ['EAGAIN', 'EIO', 'EMFILE', 'ENOMEM', 'ETXTBSY'].includes(name);
    const both = { a: 'directory', 'a/setup': { content: '' }, 'a/run': { content: '' } } as const;
    expect(holds('errorMayPass', { execError }, 0, both)).toBe(mayPass);
    expect(holds('setupRefused', { execError, setupStatus: 111 << 8 }, 0, both)).toBe(!mayPass);
  });

  test('errorMayPass: a script that is not there any more is no script that cannot be executed', () => {
    expect(holds('errorMayPass', { execError: errno.ENOENT })).toBe(true);
    expect(holds('setupRefused', { execError: errno.ENOENT }, 0, { a: 'directory', 'a/run': { content: '' } })).toBe(false);
    expect(holds('setupRefused', { execError: errno.ENOENT })).toBe(true);
  });

  test('lifeWasShort: shorter than RESPAWN, from the launch', () => {
    expect([0, 999, 1000, 1001].map((age) => holds('lifeWasShort', { bornAt: 500 }, 500 + age))).toEqual([true, true, false, false]);
  });
});

describe('a service', () => {
  test('begins as one that is down, listed, and runs nothing', () => {
    const service = new Services(() => 77).create('w@x');
    expect(service).toMatchObject({ name: 'w@x', directory: 'w@', parameter: 'x', changedAt: 77, listed: true, onlyNamed: false, reportsReadiness: false });
    expect([service.isActive, stateOf(service), shownState(service), leafOf(service)]).toEqual([false, 'DOWN', State.DOWN, serviceTable.leaves[serviceTable.initial]?.name]);
  });

  test('is in the leaf, and shows the state, that the table has', () => {
    const service = new Services(() => 0).create('a');
    serviceTable.leaves.forEach((leaf, index) => {
      service.leaf = index;
      expect([leafOf(service), stateOf(service)]).toEqual([leaf.name, leaf.state]);
      expect(State[leaf.state as keyof typeof State]).toBe(shownState(service));
      expect(service.isActive).toBe(leaf.state !== 'DOWN');
    });
  });

  test('is known from its creation until it is removed; a list of all is not changed by that', () => {
    const services = new Services(() => 0);
    expect([services.size, services.all()]).toEqual([0, []]);
    const b = services.create('b');
    const a = services.create('a');
    const before = services.all();
    expect([services.size, services.find('a'), services.find('c')]).toEqual([2, a, undefined]);
    services.remove(b);
    const c = services.create('c');
    expect(before).toEqual([b, a]);
    expect(services.all()).toEqual([a, c]);
    expect([services.size, services.find('b')]).toEqual([2, undefined]);
  });
});
