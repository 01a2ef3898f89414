/**
 * The service whose end is nitro's own: `SYS/exit-status-from`, a symlink to it as `log` is one.
 *
 * For a container that lives for one program. When that service ends for good, which is when it comes to rest in DOWN or FATAL,
 * nitro shuts down and exits with its status. A restart is no end: a `finish` that runs `nitroctl down .` makes one of it.
 * Without the link nothing of this is. The link is read with each scan, so that a change counts from the next rescan. The first end
 * counts; a shutdown that somebody asked for ends the service too, and changes nothing of this.
 */
import type { Console } from './console.js';
import type { Bytes, Os } from './os.js';
import { lastSegment } from './paths.js';
import { isServiceName } from './protocol.js';
import { exitOf } from './scripts.js';
import { stateOf } from './service.js';
import type { Service } from './service.js';

const link = 'SYS/exit-status-from';

/** Status for a service that cannot be run, as that of nitro itself. */
const unusable = 111;

export class ExitStatus {
  private from: Bytes | null = null;
  private ended: number | null = null;

  constructor(
    private readonly os: Os,
    private readonly console: Console,
  ) {}

  /** Read the link again. */
  update(): void {
    const target = this.os.readLink(link);
    if (typeof target === 'string') {
      const name = lastSegment(target);
      this.from = isServiceName(name) ? name : null;
      if (this.from === null) this.console.say(`${link}: no such service: ${name}`);
      return;
    }
    const { EINVAL, ENOENT, ENOTDIR } = this.os.errno;
    if (-target === EINVAL) this.console.say(`${link} is not a symlink, ignored`);
    else if (-target !== ENOENT && -target !== ENOTDIR) {
      this.console.sayError(`cannot read ${link}, which stays as it was`, target);
      return;
    }
    this.from = null;
  }

  /** A service came to rest. True if it is the one, and this is its first end. */
  takes(service: Service): boolean {
    if (service.name !== this.from || this.ended !== null) return false;
    this.ended = statusOf(service);
    return true;
  }

  /** With which nitro exits. */
  get value(): number {
    return this.ended ?? 0;
  }
}

/** As a shell has it: 128 and the signal for one that was killed. */
function statusOf(service: Service): number {
  if (stateOf(service) === 'FATAL' || service.waitStatus < 0) return unusable;
  const { status, signal } = exitOf(service.waitStatus);
  return signal === 0 ? status : 128 + signal;
}
