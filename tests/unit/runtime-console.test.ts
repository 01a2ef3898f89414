/** What nitro says (behaviour.md §4: stderr that nobody reads never blocks nitro), and what it says of its bugs (architecture.md, Runtime). */
import { describe, expect, test } from 'vitest';
import { Bugs, Ended } from '../../runtime/bugs.js';
import { Console } from '../../runtime/console.js';
import type { Os } from '../../runtime/os.js';

/** A stderr with room for so many messages, and what came out of it. */
class Stderr {
  room = Infinity;
  readonly lines: string[] = [];
  readonly console: Console;

  constructor() {
    const os: Partial<Os> = {
      describe: (errno) => `error ${String(errno)}`,
      say: (text) => {
        if (this.room <= 0) return -11;
        this.room -= 1;
        this.lines.push(text);
        return 0;
      },
    };
    this.console = new Console(os as Os);
  }
}

describe('the console', () => {
  test('says a line, an error, and text as it is', () => {
    const { console, lines } = new Stderr();
    console.say('booting');
    console.sayError('cannot read it', -5);
    console.raw('.');
    expect(lines).toEqual(['- nitro: booting\n', '- nitro: cannot read it: error 5\n', '.']);
  });

  test('says names without the bytes that would break the line or steer a terminal', () => {
    const { console, lines } = new Stderr();
    console.say('no such service: \x1b[2Jx\n\x7f~\xff');
    expect(lines).toEqual(['- nitro: no such service: ?[2Jx??~\xff\n']);
  });

  test('drops a message that does not fit, and says later how many were', () => {
    const stderr = new Stderr();
    stderr.room = 0;
    stderr.console.say('one');
    stderr.console.say('two');
    stderr.room = Infinity;
    stderr.console.say('three');
    stderr.console.say('four');
    expect(stderr.lines).toEqual(['- nitro: 2 messages were dropped\n', '- nitro: three\n', '- nitro: four\n']);
  });

  test('counts on while there is still no room', () => {
    const stderr = new Stderr();
    stderr.room = 0;
    stderr.console.say('one');
    stderr.room = 1;
    stderr.console.say('two');
    stderr.console.say('three');
    stderr.room = Infinity;
    stderr.console.say('four');
    expect(stderr.lines).toEqual(['- nitro: 1 messages were dropped\n', '- nitro: 2 messages were dropped\n', '- nitro: four\n']);
  });
});

describe('a bug', () => {
  test('costs its step, is counted and reported in one line with where it was', () => {
    const { console, lines } = new Stderr();
    const bugs = new Bugs(console);
    const bug = new Error('it is undefined');
    bug.stack = 'at a\nat b';
    const fail = (thrown: unknown) => (): void => {
      throw thrown;
    };
    bugs.survive('a turn', () => undefined);
    expect(bugs.count).toBe(0);
    bugs.survive('a turn', fail(bug));
    bugs.survive('UP of a', fail('text'));
    delete bug.stack;
    bugs.survive('boot', fail(bug));
    expect(bugs.count).toBe(3);
    expect(lines).toEqual([
      '- nitro: bug in a turn: it is undefined at a at b\n',
      '- nitro: bug in UP of a: text\n',
      '- nitro: bug in boot: it is undefined \n',
    ]);
  });

  test('is not what ends a simulated process', () => {
    const { console, lines } = new Stderr();
    const bugs = new Bugs(console);
    const end = (): void => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- it is the end of a process, and no error
      throw new Ended('exit 0');
    };
    expect(() => {
      bugs.survive('a turn', end);
    }).toThrow(Ended);
    expect(bugs.count).toBe(0);
    expect(lines).toEqual([]);
  });
});
