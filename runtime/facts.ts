/**
 * What the guards of the service machine ask, answered from what is known and from the file system at the moment of asking.
 */
import type { ServiceGuard } from '../table/service.js';
import type { Delays } from './delays.js';
import type { Directory } from './directory.js';
import type { Os } from './os.js';
import { exitOf } from './scripts.js';
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
        return service.execError > 0 ? !this.mayPass(service.execError) : exitOf(service.setupStatus).status === 111;
      case 'setupFailed':
        return service.setupStatus !== 0;
      case 'reportsReadiness':
        return service.reportsReadiness;
      case 'errorMayPass':
        return this.mayPass(service.execError);
      case 'lifeWasShort':
        return this.os.now() - service.bornAt < this.delays.service.RESPAWN;
    }
  }

  /** behaviour.md §3, "exec fails with". */
  private mayPass(error: number): boolean {
    const { EAGAIN, EIO, EMFILE, ENOMEM, ETXTBSY } = this.os.errno;
    return [EAGAIN, EIO, EMFILE, ENOMEM, ETXTBSY].includes(error);
  }
}
