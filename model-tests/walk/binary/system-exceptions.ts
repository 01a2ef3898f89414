/**
 * What of the system machine cannot be caused from outside, and why.
 */
import type { Compiled } from '../../../machines/compile.js';
import { rowName } from '../moves.js';
import type { Reasons } from './cover.js';

const observed = ['SERVICES_DOWN', 'LOGGERS_DOWN', 'CHILDLESS', 'REINCARNATE_FAILED'];
const ends = ['SYS_SETUP_EXITED', 'SYS_FINISH_EXITED', 'SYS_FINAL_EXITED'];

/** The reasons of the system machine. */
export function systemReasons(compiled: Compiled): Reasons {
  return {
    row: () => null,
    pair: (a, b) =>
      rowName(compiled, a) === 'shutdown.terminating on CHILDLESS' && b.event === 'after SIGKILL_ALL'
        ? 'where no child is left there is none to wait for after SIGKILL'
        : null,
    ignored: (leaf, event) => {
      if (leaf === 'final.ended') return 'nitro has ended';
      if (leaf === 'final.reincarnating') return 'it is left within the step that enters it';
      if (observed.includes(event)) return 'looked for only where the system waits for it';
      if (ends.includes(event)) return 'that script does not run there, or its end counts no more';
      if (event === 'SYS_DOWN_ASKED') return 'SYS is shown only while one of its scripts runs: the request is answered with ESRCH, or nobody hears it';
      return leaf.startsWith('final') && event === 'REBOOT_ASKED' ? 'the control socket is closed, and only the real pid 1 takes a signal for it' : null;
    },
  };
}
