/**
 * The file system of the simulated system: directories, files, symlinks and socket files in memory.
 */
import { E } from './errors.js';
import type { Edit, ScriptPlan, ServicePlan } from './scenario.js';
import type { Mailbox } from './mailbox.js';

export interface DirectoryNode {
  readonly kind: 'directory';
  readonly entries: Map<string, Node>;
}
export interface FileNode {
  readonly kind: 'file';
  readonly text: string;
  /** What it does when it is executed; null: it is not executable. */
  readonly plan: ScriptPlan | null;
  /** How often it was executed. */
  lives: number;
}
export type Node =
  | DirectoryNode
  | FileNode
  | { readonly kind: 'link'; readonly target: string }
  /** `box` is null when nobody has the socket open any more. */
  | { readonly kind: 'socket'; box: Mailbox | null };

const linksMax = 8;

export class Files {
  readonly root: DirectoryNode = { kind: 'directory', entries: new Map() };
  workingDirectory = '/';

  /** The node at a path, symlinks followed but perhaps for the last segment; or minus the errno. */
  find(path: string, followLast = true, depth = 0): Node | number {
    let at: Node = this.root;
    const stack: DirectoryNode[] = [];
    const segments = (path.startsWith('/') ? path : `${this.workingDirectory}/${path}`).split('/');
    for (let index = 0; index < segments.length; index++) {
      const segment = segments[index] ?? '';
      if (segment === '' || segment === '.') continue;
      if (at.kind !== 'directory') return -E.ENOTDIR;
      if (segment === '..') {
        at = stack.pop() ?? this.root;
        continue;
      }
      const next = at.entries.get(segment);
      if (next === undefined) return -E.ENOENT;
      if (next.kind === 'link' && (followLast || index < segments.length - 1)) {
        if (depth >= linksMax) return -E.ENOENT;
        const before = segments.slice(0, index).join('/');
        return this.find([next.target.startsWith('/') ? '' : before, next.target, ...segments.slice(index + 1)].join('/'), followLast, depth + 1);
      }
      stack.push(at);
      at = next;
    }
    return at;
  }

  /** Names of the entries of the directory at a path; or minus the errno. */
  list(path: string): readonly string[] | number {
    const node = this.find(path);
    if (typeof node === 'number') return node;
    return node.kind === 'directory' ? [...node.entries.keys()] : -E.ENOTDIR;
  }

  directory(path: string): DirectoryNode {
    let at = this.root;
    for (const segment of path.split('/')) {
      if (segment === '') continue;
      let next = at.entries.get(segment);
      if (next?.kind !== 'directory') {
        next = { kind: 'directory', entries: new Map() };
        at.entries.set(segment, next);
      }
      at = next;
    }
    return at;
  }

  /** Put a node at an absolute path. */
  put(path: string, node: Node): void {
    const slash = path.lastIndexOf('/');
    this.directory(path.slice(0, slash)).entries.set(path.slice(slash + 1), node);
  }

  remove(path: string): boolean {
    const absolute = path.startsWith('/') ? path : `${this.workingDirectory}/${path}`;
    const slash = absolute.lastIndexOf('/');
    const parent = this.find(absolute.slice(0, slash));
    return typeof parent !== 'number' && parent.kind === 'directory' && parent.entries.delete(absolute.slice(slash + 1));
  }

  /** Make what a plan of a service says. Files that were there before stay. */
  putService(path: string, plan: ServicePlan): void {
    this.directory(path);
    for (const script of ['setup', 'run', 'finish'] as const) {
      const what = plan[script];
      if (what !== undefined) this.put(`${path}/${script}`, executable(what));
    }
    if (plan.log !== undefined) this.put(`${path}/log`, { kind: 'link', target: plan.log });
    if (plan.down === true) this.put(`${path}/down`, text(''));
    if (plan.downSignal !== undefined) this.put(`${path}/down-signal`, text(plan.downSignal));
    if (plan.notificationFd !== undefined) this.put(`${path}/notification-fd`, text(plan.notificationFd));
  }

  /** Change the service directory `home`. */
  edit(home: string, edit: Edit): void {
    switch (edit.kind) {
      case 'put':
        this.putService(`${home}/${edit.name}`, edit.plan);
        return;
      case 'remove':
        this.remove(`${home}/${edit.name}`);
        return;
      case 'removeFile':
        this.remove(`${home}/${edit.name}/${edit.file}`);
        return;
      case 'link':
        if (typeof this.find(`${home}/${edit.name}`) !== 'number') this.put(`${home}/${edit.name}/log`, { kind: 'link', target: edit.log });
        return;
      case 'down':
        if (typeof this.find(`${home}/${edit.name}`) !== 'number') this.put(`${home}/${edit.name}/down`, text(''));
        return;
    }
  }
}

export function text(content: string): FileNode {
  return { kind: 'file', text: content, plan: null, lives: 0 };
}

export function executable(plan: ScriptPlan): FileNode {
  return { kind: 'file', text: '', plan, lives: 0 };
}
