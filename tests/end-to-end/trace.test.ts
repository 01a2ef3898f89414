/**
 * The trace request on a real nitro: steps, numbers, leaves, and tracers that hang, die, lie or are too many (docs/trace.md).
 */
import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import { Datagrams } from './harness/datagrams.js';
import { scenario } from './harness/scenario.js';
import { ESRCH, OK, packet, parse } from './harness/wire.js';

const [TRACE, LEAVES, STEPS, STEP, LEAF] = [140, 141, 142, 143, 144];
const SLEEP = 'exec sleep 1000';
const CRASHING = { run: 'note life; exit 1' };

interface Told {
  /** Number of the first, in each datagram. */
  readonly numbers: readonly number[];
  /** `NAME EVENT FROM TO ACTION...` */
  readonly steps: readonly string[];
}

/** What a tracer was told. */
function told(sockets: Datagrams, socket = 0): Told {
  const datagrams = sockets.on(socket).map(({ hex }) => parse(hex)).filter(([first]) => first?.tag === STEPS);
  return {
    numbers: datagrams.flatMap(([first]) => (first === undefined ? [] : [first.payload.readUInt32LE(0)])),
    steps: datagrams.flat().flatMap(({ tag, payload }) => (tag === STEP ? [payload.toString('latin1').split('\0').join(' ')] : [])),
  };
}

/** A tracer, which nitro has agreed to. */
async function tracer(nitro: Daemon, name = ',tracer'): Promise<Datagrams> {
  const sockets = await Datagrams.open([`${nitro.notify}/${name}`]);
  sockets.send(0, packet(TRACE), nitro.socket);
  await nitro.waitFor('nitro agrees', () => sockets.arrivals.some(({ hex }) => hex.startsWith(OK)));
  return sockets;
}

async function checkRestarts(nitro: Daemon): Promise<void> {
  const before = nitro.journal().length;
  await nitro.waitFor('20 more lives', () => nitro.journal().length >= before + 20);
}

scenario('TRACE: every step from there on, with its number', { services: { a: { run: SLEEP }, b: { run: SLEEP, down: true } } }, async (nitro) => {
  await nitro.waitState('a', 'UP');
  const sockets = await tracer(nitro);
  await nitro.want('DOWN', 'a');
  await nitro.waitState('a', 'DOWN');
  await nitro.want('READY', 'b');
  await nitro.waitFor('the steps are told', () => told(sockets).steps.length >= 4);
  expect(told(sockets).steps).toEqual([
    'a WANT_DOWN UP SHUTDOWN.stopping signalDown announce',
    'a RUN_EXITED SHUTDOWN.stopping SHUTDOWN.finishing spawnFinish',
    'a FINISH_EXITED SHUTDOWN.finishing DOWN.resting announce endLife forgetIfGone',
    'b READY DOWN.fresh DOWN.fresh',
  ]);
  const [agreed] = sockets.arrivals.map(({ hex }) => parse(hex));
  const { numbers } = told(sockets);
  expect(agreed?.[1]?.payload.readUInt32LE(0)).toBe(numbers[0]);
  // Asked again, it says which step is the next.
  const before = sockets.arrivals.length;
  sockets.send(0, packet(TRACE), nitro.socket);
  await nitro.waitFor('it answers again', () => sockets.arrivals.length > before);
  expect(parse(sockets.arrivals[before]?.hex ?? '')[1]?.payload.readUInt32LE(0)).toBe((numbers[0] ?? 0) + 4);
  await sockets.close();
});

scenario('LEAVES: what every service and the system is in, page by page',
  { services: Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`service-with-a-long-name-${index}`, { setup: 'exit 0', down: index > 0 }])) },
  async (nitro) => {
    await nitro.waitState('service-with-a-long-name-0', 'ONESHOT');
    const leaves: string[] = [];
    for (let start = 0; ; ) {
      const payload = Buffer.alloc(4);
      payload.writeUInt32LE(start);
      const reply = (await nitro.request(packet(LEAVES, payload))) ?? '';
      const [page, system, number, ...rest] = parse(reply);
      expect([page?.tag, page?.payload.readUInt32LE(0), system?.payload.toString(), number?.tag]).toEqual([LEAVES, start, 'run', STEPS]);
      const found = rest.filter(({ tag }) => tag === LEAF).map((each) => each.payload.toString());
      if (found.length === 0) break;
      expect(reply.length / 2).toBeLessThan(4096 + 32);
      leaves.push(...found);
      start += found.length;
    }
    expect(leaves.sort()).toEqual([...Array.from({ length: 119 }, () => 'DOWN.fresh'), 'ONESHOT']);
    expect(await nitro.request(packet(LEAVES, 'abc'))).toBe(ESRCH);
    expect(await nitro.request(packet(TRACE, 'a'))).toBe(ESRCH);
  });

scenario('a tracer that does not read blocks nobody; when it reads again it knows by the numbers what it missed',
  { services: { crash: CRASHING, a: { run: SLEEP } }, delays: { RESPAWN: 2 } },
  async (nitro) => {
    const deaf = await Datagrams.open([`${nitro.notify}/,deaf`], { deaf: true });
    deaf.send(0, packet(TRACE), nitro.socket);
    const well = await tracer(nitro);
    await checkRestarts(nitro);
    await nitro.want('RESTART', 'a');
    await nitro.waitFor('the other one is told', () => told(well).steps.some((step) => step.startsWith('a WANT_RESTART')));
    deaf.listen();
    await nitro.waitFor('it is told again', () => told(deaf).steps.length > 60);
    // Each number is the one before and the steps told since; or greater, where something was missed.
    const datagrams = deaf.on(0).map(({ hex }) => parse(hex)).filter(([first]) => first?.tag === STEPS);
    let next = 0;
    let missed = 0;
    for (const [first, ...steps] of datagrams) {
      const number = first?.payload.readUInt32LE(0) ?? 0;
      expect(number).toBeGreaterThanOrEqual(next);
      if (next > 0) missed += number - next;
      next = number + steps.length;
    }
    expect(missed).toBeGreaterThan(0);
    await deaf.close();
    await well.close();
  });

scenario('tracers that die, that are too many, and that are none', { services: { crash: CRASHING }, delays: { RESPAWN: 2 } }, async (nitro) => {
  const dead = await tracer(nitro, ',dead');
  await dead.close();
  await checkRestarts(nitro);
  const names = Array.from({ length: 12 }, (_, index) => `${nitro.notify}/,many${index}`);
  const many = await Datagrams.open(names);
  names.forEach((_, socket) => many.send(socket, packet(TRACE), nitro.socket));
  const answers = (socket: number): readonly string[] => many.on(socket).map(({ hex }) => hex.slice(0, 6)).filter((head) => head === OK || head === ESRCH);
  await nitro.waitFor('each is answered', () => names.every((_, socket) => answers(socket).length > 0));
  expect(names.filter((_, socket) => answers(socket)[0] === OK)).toHaveLength(8);
  await many.close();
  await checkRestarts(nitro);
  // A socket elsewhere, and one without a name, are told nothing, and change nothing.
  const elsewhere = await Datagrams.open([`${nitro.base}/e`]);
  elsewhere.send(0, packet(TRACE), nitro.socket);
  for (let count = 0; count < 20; count++) nitro.send(packet(TRACE));
  await nitro.waitFor('it is refused', () => elsewhere.on(0).some(({ hex }) => hex === ESRCH));
  await checkRestarts(nitro);
  expect(told(elsewhere).steps).toEqual([]);
  await elsewhere.close();
  const again = await tracer(nitro, ',again');
  await nitro.waitFor('there is room again', () => told(again).steps.length > 8);
  await again.close();
});

const crashingFast = { services: { crash: CRASHING, a: { run: SLEEP } }, delays: { RESPAWN: 5 } };

scenario('a flood of requests to trace, from everywhere, while services crash', crashingFast, async (nitro) => {
  const sockets = await Datagrams.open(Array.from({ length: 4 }, (_, index) => `${nitro.notify}/,flood${index}`));
  for (let round = 0; round < 200; round++) {
    for (let socket = 0; socket < 4; socket++) sockets.send(socket, packet(round % 3 === 0 ? LEAVES : TRACE), nitro.socket);
    nitro.send(packet(TRACE));
    nitro.send(packet(LEAVES, Buffer.from([0xff, 0xff, 0xff, 0xff])));
  }
  await checkRestarts(nitro);
  await nitro.want('RESTART', 'a');
  await nitro.waitFor('a is restarted', () => nitro.trace('a').includes('RESTART'));
  await sockets.close();
});

scenario('nitroctl trace follows to the end of nitro', { services: { a: { run: SLEEP } }, system: { setup: 'exit 0' } }, async (nitro) => {
  const ctl = nitro.spawnCtl({}, 'trace');
  await nitro.waitFor('it follows', () => ctl.stdout.includes('(present)'));
  await nitro.want('RESTART', 'a');
  await nitro.waitFor('it prints steps', () => ctl.stdout.includes('a WANT_RESTART'));
  nitro.signal('SIGTERM');
  await nitro.waitExit();
  const { code, stdout } = await ctl.done;
  expect(code).toBe(4);
  expect(stdout).toMatch(/\(system\) LOGGERS_DOWN shutdown\.stoppingLoggers > final\.reincarnating: closeControl reincarnate\n +[0-9.]+ \(daemon gone\)\n$/);
});

scenario('nitroctl trace and events end with SIGINT, exit 0, and leave no socket', { services: { a: { run: SLEEP } } }, async (nitro) => {
  for (const command of ['trace', 'events']) {
    const ctl = nitro.spawnCtl({}, command);
    await nitro.waitFor('it follows', async () => {
      await nitro.want('RESTART', 'a');
      return ctl.stdout.includes('RESTART');
    });
    ctl.kill('SIGINT');
    expect(await ctl.done).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(nitro.notify).filter((name) => name.includes(String(ctl.pid)))).toEqual([]);
  }
});
