/**
 * What the guards of the service machine ask, answered from what is known and from the file system at the moment of asking.
 */
import type { ServiceGuard } from '../table/service.js';
import type { Delays } from './delays.js';
import type { Directory } from './directory.js';
import type { Os } from './os.js';
import { exitOf } from './scripts.js';
import type { Script } from './scripts.js';
import type { Service } from './service.js';

export class Facts {
  constructor(
    private readonly os: Os,
    private readonly delays: Delays,
    private readonly directory: Directory,
    private readonly isGoingDown: () => boolean,
  ) {}

  /** Does this hold of the service now? */
  holds(service: Service, guard: ServiceGuard): boolean {
    switch (guard) {
      case 'systemGoingDown':
        return this.isGoingDown();
      case 'hasSetup':
        return this.directory.hasScript(service.directory, 'setup');
      case 'setupRefused':
        return service.execError > 0 ? !this.mayPass(service, 'setup') : exitOf(service.setupStatus).status === 111;
      case 'setupFailed':
        return service.setupStatus !== 0;
      case 'reportsReadiness':
        return service.reportsReadiness;
      case 'errorMayPass':
        return this.mayPass(service, 'run');
      case 'lifeWasShort':
        return this.os.now() - service.bornAt < this.delays.service.RESPAWN;
    }
  }

  /** behaviour.md §3, "exec fails with"; and a script that is not there any more is no script that cannot be executed. */
  private mayPass({ execError, directory }: Service, script: Script): boolean {
    const { EAGAIN, EIO, EMFILE, ENOENT, ENOMEM, ETXTBSY } = this.os.errno;
    if (execError === ENOENT) return !this.directory.hasScript(directory, script);
    return [EAGAIN, EIO, EMFILE, ENOMEM, ETXTBSY].includes(execError);
  }
}
