/**
 * A path as a person would do it by hand, and what a lane complained of as what was expected and what was seen.
 */
import type { Compiled } from '../../../../machines/compile.js';
import { leafName, rowName } from '../../../../model-tests/walk/moves.js';
import type { Deed, World } from '../../../../model-tests/walk/binary/world.js';

const script = (role: string): string =>
  `cat >d/a/${role} <<'END'\n#!/bin/sh\n# ends when it is told to; takes note of signals and goes on\ntrap 'echo TERM' TERM; trap 'echo CONT' CONT\n` +
  `${role === 'finish' ? 'echo "finish $*"\n' : ''}until [ -e "$T/${role}" ]; do sleep 0.1; done\n` +
  `read -r status <"$T/${role}"; rm "$T/${role}"; exit "$status"\nEND\nchmod 755 d/a/${role}`;

/** How the directory is arranged before a deed. */
function sceneLines({ scene }: Deed): readonly string[] {
  const lines: string[] = [];
  if (scene.setup === true) lines.push(script('setup'));
  if (scene.setup === false) lines.push('rm -f d/a/setup');
  if (scene.readiness === 'timed') lines.push('rm -f d/a/notification-fd');
  if (scene.readiness === 'awaited') lines.push('echo 7 >d/a/notification-fd');
  if (scene.readiness === 'impossible') lines.push('echo 1000000000 >d/a/notification-fd');
  if (scene.run === 'whole') lines.push(script('run'));
  if (scene.run === 'missing') lines.push('rm -f d/a/run');
  if (scene.run === 'broken') lines.push("printf '#!/no/such/interpreter\\n' >d/a/run");
  if (scene.run === 'busy') lines.push('cp $(command -v sleep) d/a/run; exec 9<>d/a/run # its exec fails with ETXTBSY: until exec 9>&-');
  if (scene.run === 'hangs') lines.push('# have the exec of d/a/run hang (a write lease on the file, fcntl F_SETLEASE)');
  if (scene.limited === true) lines.push('prlimit --pid $nitro --nofile=$(ls /proc/$nitro/fd | wc -l): # no descriptor is free: for the next command only');
  return lines;
}

function command({ stimulus }: Deed, { process }: World): string {
  const role = process === 'none' ? 'run' : process.split(',')[0] ?? 'run';
  switch (stimulus.kind) {
    case 'create':
      return `${stimulus.isDown ? ': >d/a/down; ' : ''}nitroctl rescan # now that the directory is there`;
    case 'ask':
      return `nitroctl ${stimulus.what.toLowerCase()} a & # does not wait`;
    case 'exit':
      return `echo ${String(stimulus.status)} >$T/${role} # ${role} ends so, or by a signal: kill -KILL`;
    case 'exec':
      return `# let the exec that hangs go on: it ${{ whole: 'succeeds', busy: 'fails with ETXTBSY', broken: 'fails for good' }[stimulus.outcome]}`;
    case 'exec fails, held':
      return '# let the exec that hangs fail, and keep its process from being reaped (ptrace)';
    case 'killed before exec':
      return 'kill -KILL $(nitroctl pidof a) # while its exec hangs';
    case 'release':
      return '# let the dead process be reaped';
    case 'wait':
      return `# wait until ${stimulus.delay} is over`;
    case 'system goes down':
      return 'nitroctl Shutdown # SYS/finish is a script that waits';
  }
}

/** A path as a shell script, with the leaf that each step should lead to. */
export function pathScript(compiled: Compiled, path: readonly Deed[], first: World): string {
  const lines = [
    'base=$(mktemp -d); cd $base; mkdir -p d/a t; export T=$base/t NITRO_SOCK=$base/s/nitro.sock',
    script('run'),
    script('finish'),
    'mv d/a a.new; nitro d & nitro=$!; nitroctl events &',
  ];
  let world = first;
  for (const deed of path) {
    if (deed.stimulus.kind === 'create') lines.push('mv a.new d/a');
    lines.push(...sceneLines(deed), command(deed, world), `# now it should be in ${leafName(compiled, deed.to.leaf)}`);
    world = deed.to;
  }
  return lines.join('\n');
}

/** What a deed is, in a line. */
export function deedTitle(compiled: Compiled, { moves, stimulus }: Deed): string {
  return moves.length === 0 ? JSON.stringify(stimulus) : moves.map((move) => rowName(compiled, move)).join(', then ');
}

/**
 * What is different in what was expected and what was seen: of a QUERY only that, whatever else it says; so what differs in one thing alone is the same
 * in all states.
 */
export function contrast(expected: string, seen: string): readonly [string, string] {
  const parts = (text: string): readonly string[] => /^(?:QUERY says )?(\w+) (setup \w+) (run \w+) (finish \w+)$/.exec(text)?.slice(1) ?? [];
  const [should, was] = [parts(expected), parts(seen)];
  if (should.length === 0 || should.length !== was.length) return [expected, seen];
  const differing = (these: readonly string[], those: readonly string[]): string => these.filter((each, index) => each !== those[index]).join(' ');
  return [`QUERY says ${differing(should, was)}`, differing(was, should)];
}

/** A complaint of a lane: its first line, and the announcements below it. */
export function inWords(message: string): { readonly expected: string; readonly seen: string } {
  const [first = ''] = message.split('\n');
  const lines = message.split('\n');
  const line = (start: string): readonly string[] => {
    const found = lines.find((each) => each.trim().startsWith(start)) ?? '';
    return found.replace(/^.*?:/, '').split(' ').filter((each) => each !== '');
  };
  const [should, was] = [line('should be announced:'), line('was announced:')];
  const query = /^QUERY says (.*), and should say (.*)$/.exec(first);
  if (query !== null) return { expected: `QUERY says ${query[2] ?? ''}`, seen: query[1] ?? '' };
  const args = /^(\w+) got (.*) and should have got (.*)$/.exec(first);
  const none = (words: string | undefined): string => (words === undefined || words === '' ? 'none' : words);
  if (args !== null) return { expected: `${args[1] ?? ''} gets the arguments ${none(args[3])}`, seen: none(args[2]) };
  const late = /^not (?:in time|within \d+ ms): (.*?) *$/.exec(first);
  const at = should.findIndex((state, index) => was[index] !== state);
  if (first.includes('announce')) {
    if (at >= 0) return { expected: `${should[at] ?? ''} is announced`, seen: was[at] === undefined ? 'nothing more is announced' : `${was[at]} is announced` };
    return { expected: 'nothing more is announced', seen: `${was[should.length] ?? 'something'} is announced` };
  }
  if (late !== null) return { expected: `this comes: ${late[1] ?? ''}`, seen: 'it does not come' };
  const signals = /^signals (.*) were caught$/.exec(first);
  if (signals !== null) return { expected: 'SIGTERM (15) and SIGCONT (18) are sent, once for each time', seen: `signals ${signals[1] ?? ''}` };
  if (/^nitro ended with \d+$/.test(first)) return { expected: 'nitro ends with 0', seen: first };
  return { expected: 'the path can be walked', seen: first };
}
