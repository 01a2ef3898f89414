/** The phases of the system: what is done in which order, and what ends each wait (behaviour.md §6). */
import { describe, expect, test } from 'vitest';
import { Stage } from './runtime-system-fake.js';

describe('bring-up', () => {
  test('without SYS/setup: LOG, then the scan', () => {
    const stage = new Stage();
    stage.system.boot();
    expect(stage.done()).toEqual(['- nitro: booting', 'start LOG', 'scan']);
    expect([stage.system.leafName, stage.timers.next()]).toEqual(['run', null]);
  });

  test('waits for SYS/setup, and for nothing else', () => {
    const stage = new Stage({ scripts: ['setup'] });
    stage.system.boot();
    stage.system.post('RESCAN_ASKED');
    expect(stage.done()).toEqual(['- nitro: booting', 'SYS setup']);
    expect([stage.system.isGoingDown(), stage.timers.next()]).toEqual([false, null]);
    expect(stage.system.ended(2, 0)).toBe(false);
    expect(stage.done()).toEqual([]);
    expect(stage.system.ended(1, 3 << 8)).toBe(true);
    expect(stage.done()).toEqual(['start LOG', 'scan']);
  });

  test('of which SYS/setup is brought down: signalled, again, and killed after SHUTDOWN', () => {
    const stage = new Stage({ scripts: ['setup'] });
    stage.system.boot();
    stage.done();
    stage.system.post('SYS_DOWN_ASKED');
    stage.now = 3000;
    stage.system.post('SYS_DOWN_ASKED');
    expect(stage.done()).toEqual(['signal SYS', 'signal SYS']);
    expect(stage.timer()).toBe(4000);
    expect(stage.done()).toEqual(['kill SYS']);
    stage.system.ended(1, 9);
    expect(stage.done()).toEqual(['start LOG', 'scan']);
  });

  test('a shutdown asked for during it ends it by the SHUTDOWN rules, whose time goes on, and goes on to shutdown', () => {
    const stage = new Stage({ scripts: ['setup', 'finish'] });
    stage.system.boot();
    stage.system.post('SYS_DOWN_ASKED');
    stage.now = 3000;
    stage.done();
    stage.system.post('REBOOT_ASKED');
    expect(stage.done()).toEqual(['- nitro: rebooting', 'signal SYS']);
    expect([stage.system.isGoingDown(), stage.timer()]).toEqual([true, 4000]);
    expect(stage.done()).toEqual(['kill SYS']);
    stage.system.ended(1, 9);
    expect(stage.done()).toEqual(['SYS finish 0 0 reboot']);
  });
});

describe('run', () => {
  test('a rescan is one', () => {
    const stage = new Stage().up();
    stage.system.post('RESCAN_ASKED');
    expect(stage.done()).toEqual(['scan']);
  });

  test('services that come to rest change nothing', () => {
    const stage = new Stage().up();
    stage.rests();
    stage.rests('FATAL');
    expect([stage.done(), stage.system.leafName]).toEqual([[], 'run']);
  });

  test('the end of the service that decides is a shutdown, with its exit status', () => {
    const stage = new Stage().up();
    stage.exitStatus = 3;
    stage.rests('FATAL');
    const all = stage.done();
    expect(all.slice(0, 2)).toEqual(['- nitro: a ended, exit status 3', '- nitro: shutting down']);
    expect(all.at(-1)).toBe('end by shutdown 3');
  });

  test('but says nothing of it in a shutdown that was asked for', () => {
    const stage = new Stage({ services: 2 }).up();
    stage.system.post('SHUTDOWN_ASKED');
    stage.done();
    stage.exitStatus = 3;
    stage.rests();
    expect(stage.done()).toEqual([]);
  });
});

describe('shutdown', () => {
  test('of a process: services, loggers, and the end', () => {
    const stage = new Stage({ services: 2, loggers: 2 }).up();
    stage.system.post('SHUTDOWN_ASKED');
    expect(stage.done()).toEqual(['- nitro: shutting down', 'stop services']);
    stage.rests('FATAL');
    stage.rests();
    expect(stage.done()).toEqual([]);
    stage.rests();
    expect(stage.done()).toEqual(['stop loggers']);
    stage.rests();
    expect(stage.done()).toEqual(['stop unused']);
    stage.rests();
    expect(stage.done()).toEqual(['close', 'reincarnate', 'end by shutdown 3']);
  });

  test('where nothing runs is over at once', () => {
    const stage = new Stage().up();
    stage.system.post('SHUTDOWN_ASKED');
    expect(stage.done().slice(0, 5)).toEqual(['- nitro: shutting down', 'stop services', 'stop loggers', 'close', 'reincarnate']);
  });

  test('the first request decides', () => {
    const stage = new Stage({ services: 1 }).up();
    stage.system.post('REBOOT_ASKED');
    stage.system.post('SHUTDOWN_ASKED');
    stage.system.post('RESCAN_ASKED');
    expect(stage.done()).toEqual(['- nitro: rebooting', 'stop services']);
    stage.rests();
    expect(stage.done().at(-1)).toBe('end by reboot 3');
  });

  test('waits for SYS/finish, until a second request or SYS_FINISH', () => {
    const asked = new Stage({ scripts: ['finish'] }).up();
    asked.system.post('SHUTDOWN_ASKED');
    expect(asked.done()).toEqual(['- nitro: shutting down', 'SYS finish 0 0 shutdown']);
    asked.system.post('RESCAN_ASKED');
    expect(asked.done()).toEqual([]);
    asked.system.post('REBOOT_ASKED');
    expect(asked.done().at(-1)).toBe('end by shutdown 3');

    const slow = new Stage({ scripts: ['finish'], services: 1 }).up();
    slow.system.post('SHUTDOWN_ASKED');
    slow.done();
    expect(slow.timer()).toBe(30_000);
    expect(slow.done()).toEqual(['kill SYS', 'stop services']);

    const quick = new Stage({ scripts: ['finish'], services: 1 }).up();
    quick.system.post('SHUTDOWN_ASKED');
    quick.done();
    expect(quick.system.ended(1, 0)).toBe(true);
    expect([quick.done(), quick.timers.next()]).toEqual([['stop services'], null]);
  });

  test('as pid 1 every process is told to end, and killed, each for at most its time', () => {
    for (const mode of ['container', 'machine'] as const) {
      const stage = new Stage({ mode }).up();
      stage.system.post('SHUTDOWN_ASKED');
      expect(stage.done().slice(-2)).toEqual(['kill all 15', 'kill all 18']);
      stage.system.checkChildren();
      expect(stage.done()).toEqual([]);
      expect(stage.timer()).toBe(7000);
      expect(stage.done()).toEqual(['kill all 9']);
      stage.system.checkChildren();
      expect(stage.done()).toEqual([]);
      expect(stage.timer()).toBe(7000);
      expect(stage.done()).toEqual(['close', 'reincarnate', 'end by shutdown 3']);
    }
  });

  test('either wait ends when no child is left', () => {
    const stage = new Stage({ mode: 'container' }).up();
    stage.system.post('SHUTDOWN_ASKED');
    stage.done();
    stage.hasChildren = false;
    stage.system.checkChildren();
    expect(stage.done()[0]).toBe('kill all 9');

    const slow = new Stage({ mode: 'container' }).up();
    slow.system.post('SHUTDOWN_ASKED');
    slow.timer();
    slow.done();
    slow.hasChildren = false;
    slow.system.checkChildren();
    expect(slow.done()[0]).toBe('close');
  });

  test('children are of no interest otherwise', () => {
    const stage = new Stage({ hasChildren: false, services: 1 }).up();
    stage.system.checkChildren();
    stage.system.post('SHUTDOWN_ASKED');
    stage.done();
    stage.system.checkChildren();
    expect([stage.done(), stage.system.leafName]).toEqual([[], 'shutdown.stoppingServices']);
  });
});

describe('final', () => {
  test('waits for SYS/final, for at most SYS_FINAL', () => {
    const stage = new Stage({ scripts: ['final'] }).up();
    stage.system.post('REBOOT_ASKED');
    expect(stage.done().slice(-3)).toEqual(['close', 'reincarnate', 'SYS final reboot']);
    expect(stage.system.isGoingDown()).toBe(true);
    expect(stage.timer()).toBe(30_000);
    expect(stage.done()).toEqual(['kill SYS', 'end by reboot 3']);
  });

  test('ends with it', () => {
    const stage = new Stage({ scripts: ['final'] }).up();
    stage.system.post('SHUTDOWN_ASKED');
    stage.done();
    expect(stage.system.ended(1, 0)).toBe(true);
    expect([stage.done(), stage.timers.next()]).toEqual([['end by shutdown 3'], null]);
  });
});
