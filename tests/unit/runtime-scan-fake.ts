/** A service directory in memory that can be changed between scans, and what a scan has services told. */
import { Console } from '../../runtime/console.js';
import { Directory } from '../../runtime/directory.js';
import type { Lifecycle } from '../../runtime/lifecycle.js';
import { Logs } from '../../runtime/logs.js';
import type { Os } from '../../runtime/os.js';
import { Scan } from '../../runtime/scan.js';
import { Services } from '../../runtime/service.js';
import type { Service } from '../../runtime/service.js';
import { serviceTable } from '../../table/service.js';
import { fakeFiles } from './fake-files.js';
import type { Entry } from './fake-files.js';

const EIO = 5;
const leafOf = (state: string): number => serviceTable.leaves.findIndex((leaf) => leaf.state === state);
/** A file, executable or empty. */
export const script: Entry = { content: '' };

export class Stage {
  readonly files: Record<string, Entry> = {};
  /** Paths that cannot be looked at now. */
  readonly broken = new Set<string>();
  readonly said: string[] = [];
  readonly services = new Services(() => 0);
  readonly scan: Scan;
  private readonly logs: Logs;
  private readonly told: string[] = [];

  constructor(...names: readonly string[]) {
    for (const name of names) this.add(name);
    const plain = fakeFiles(this.files, this.said);
    const kind: Os['kind'] = (path) => (this.broken.has(path) ? -EIO : plain.kind(path));
    const list: Os['list'] = (path) => (this.broken.has(path) ? -EIO : plain.list(path));
    const os: Os = { ...plain, kind, list };
    const console = new Console(os);
    const directory = new Directory(os, console);
    this.logs = new Logs(os, console, directory, this.services);
    const lifecycle: Pick<Lifecycle, 'post'> = { post: (service, event) => void this.told.push(`${event} ${service.name}`) };
    this.scan = new Scan(console, directory, this.services, this.logs, lifecycle as Lifecycle);
  }

  /** A directory with a `run`, and perhaps a link to a logger; one of an instance is empty. */
  add(name: string, log?: string): void {
    this.files[name] = 'directory';
    if (!name.includes('@', 1) || name.endsWith('@')) this.files[`${name}/run`] = script;
    if (log !== undefined) this.files[`${name}/log`] = { link: `../${log}` };
  }

  remove(name: string): void {
    for (const path of Object.keys(this.files)) if (path === name || path.startsWith(`${name}/`)) Reflect.deleteProperty(this.files, path);
  }

  /** Scan; who is told what. */
  run(): readonly string[] {
    this.scan.run();
    return this.told.splice(0);
  }

  startGlobalLogger(): readonly string[] {
    this.scan.startGlobalLogger();
    return this.told.splice(0);
  }

  /** What the lifecycle does when a service that is not listed is down. */
  forget(name: string): readonly string[] {
    const service = this.get(name);
    const { logger } = service;
    this.logs.forget(service);
    this.services.remove(service);
    this.scan.forgotten(service, logger);
    return this.told.splice(0);
  }

  get(name: string): Service {
    const service = this.services.find(name);
    if (service === undefined) throw new Error(`${name} is not known`);
    return service;
  }

  is(state: string, ...names: readonly string[]): void {
    for (const name of names) this.get(name).leaf = leafOf(state);
  }

  get known(): readonly string[] {
    return this.services.all().map(({ name }) => name);
  }
}
