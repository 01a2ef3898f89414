/**
 * A path of the system machine as a person would do it by hand.
 */
import type { Compiled } from '../../../../machines/compile.js';
import { leafName, rowName } from '../../../../model-tests/walk/moves.js';
import type { SystemDeed } from '../../../../model-tests/walk/binary/system-world.js';
import type { SystemPath } from '../../../../model-tests/walk/binary/walk-system.js';

/** What a deed is, whatever led to it. */
export function systemDeedKey(compiled: Compiled, deed: SystemDeed, isPid1: boolean): string {
  return `${String(isPid1)} ${systemTitle(compiled, deed)} ${JSON.stringify(deed.stimulus)}`;
}

export function systemTitle(compiled: Compiled, { moves, stimulus }: SystemDeed): string {
  return moves.length === 0 ? stimulus.kind : moves.map((move) => rowName(compiled, move)).join(', then ');
}

function command({ stimulus, holds }: SystemDeed): string {
  const holding = holds === null ? '' : ` # the dead ${holds} is kept from being reaped meanwhile (ptrace)`;
  switch (stimulus.kind) {
    case 'boot':
      return 'nitro d & nitro=$!';
    case 'populate':
      return 'nitroctl up app # while SYS/setup runs';
    case 'ask':
      return `nitroctl ${{ RESCAN: 'rescan', SHUTDOWN: 'Shutdown', REBOOT: 'Reboot', 'SYS down': 'down SYS' }[stimulus.what]} &${holding}`;
    case 'signal':
      return `kill -${stimulus.signal.slice(3)} $nitro`;
    case 'exit':
      return `: >$T/${stimulus.who} # ${stimulus.who} ends`;
    case 'release':
      return `# let the dead ${stimulus.who} be reaped`;
    case 'wait':
      return `# wait until ${stimulus.delay} is over${holding}`;
  }
}

export function systemScript(compiled: Compiled, { isPid1, deeds }: SystemPath): string {
  const scripts = ['SYS/setup', 'SYS/finish', 'SYS/final', 'app/run', 'logd/run'].map((path) => {
    const [name = '', role = ''] = path.split('/');
    const word = name === 'SYS' ? role : name;
    return `printf '#!/bin/sh\\ntrap : TERM CONT\\nuntil [ -e "$T/${word}" ]; do sleep 0.1; done\\n' >d/${path}; chmod 755 d/${path}`;
  });
  return [
    ...(isPid1 ? ['# nitro is pid 1 of a container, and app leaves behind a process that takes no notice of SIGTERM'] : []),
    'base=$(mktemp -d); cd $base; mkdir -p d/SYS d/app d/logd t; export T=$base/t NITRO_SOCK=$base/s/nitro.sock; ln -s ../logd d/app/log',
    ...scripts,
    ...deeds.flatMap((deed) => [command(deed), `# now it should be in ${leafName(compiled, deed.to.leaf)}`]),
  ].join('\n');
}
