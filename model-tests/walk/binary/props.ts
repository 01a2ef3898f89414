/**
 * The directory of one service on a walk, rearranged before each deed.
 *
 * Every script is an actor (`actor.c`) by its first line. That of `run` names a file of the service's own, so that what its exec comes to can be
 * changed while it hangs: the file leads to the actor; it is missing, and the exec fails for good; or it is open for writing,
 * and the exec fails with ETXTBSY, which may pass.
 */
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { actorPath } from './stage.js';
import type { Scene } from './world.js';

export class Props {
  /** The descriptor on which `run` reports readiness. */
  readonly notificationFd = 7;
  private at: string;
  private busy = -1;

  /** `base` is a directory of nitro's file system that is not scanned. */
  constructor(
    base: string,
    private readonly services: string,
    private readonly name: string,
  ) {
    this.at = `${base}/made-${name}`;
    this.interpreter = `${base}/i-${name}`;
    mkdirSync(this.at);
    this.script('finish', `${actorPath} finish`);
    this.arrange({ setup: false, run: 'whole', readiness: 'timed' });
  }

  private readonly interpreter: string;

  get runPath(): string {
    return `${this.at}/run`;
  }

  /** Put the directory where nitro looks, all at once. */
  place(isDown: boolean): void {
    if (isDown) writeFileSync(`${this.at}/down`, '');
    renameSync(this.at, `${this.services}/${this.name}`);
    this.at = `${this.services}/${this.name}`;
  }

  arrange({ setup, run, readiness }: Scene): void {
    if (setup === true) this.script('setup', `${actorPath} setup`);
    else if (setup === false) rmSync(`${this.at}/setup`, { force: true });
    if (readiness === 'timed') rmSync(`${this.at}/notification-fd`, { force: true });
    else if (readiness !== undefined) writeFileSync(`${this.at}/notification-fd`, readiness === 'awaited' ? `${this.notificationFd}\n` : '1000000000\n');
    if (run === undefined) return;
    if (run === 'missing') {
      rmSync(this.runPath, { force: true });
      return;
    }
    // Whoever is executing the file now keeps the one that was.
    if (!existsSync(this.runPath) || run === 'hangs') this.script('run', `${this.interpreter} run`);
    rmSync(this.interpreter, { force: true });
    if (run === 'busy') {
      copyFileSync(actorPath, this.interpreter);
      this.busy = openSync(this.interpreter, 'r+');
    } else if (run !== 'broken') symlinkSync(actorPath, this.interpreter);
    // What is brought down while its exec hangs would die of SIGTERM: it could not be seen to go on.
    if (run === 'hangs') writeFileSync(`${this.at}/down-signal`, 'c\n');
    else rmSync(`${this.at}/down-signal`, { force: true });
  }

  closeBusy(): void {
    if (this.busy >= 0) closeSync(this.busy);
    this.busy = -1;
  }

  /** A new file each time: one that is open for writing somewhere could not be executed. */
  private script(name: string, interpreter: string): void {
    const path = `${this.at}/${name}`;
    writeFileSync(`${path}.new`, `#!${interpreter}\n`, { mode: 0o755 });
    renameSync(`${path}.new`, path);
  }
}
