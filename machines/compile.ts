/**
 * From an XState definition to a total table.
 *
 * Theory of operation. The definition is read as data (`machine.config`): XState itself takes no part, so that it can serve as
 * the oracle for what is made here. Three passes: *read* turns the literal into a tree of nodes and refuses what the table cannot say;
 * *resolve* finds for each leaf and event the candidate transitions, innermost state first; *flatten* turns each into a row: the leaf it
 * ends in, and the actions of leaving, of the transition, and of entering, in XState's order.
 *
 * Accepted: atomic, compound and final states, named guards, named actions, entry and exit, `after` with one named delay on an atomic state,
 * transitions with or without target. Everything else is an error that names the state and the property.
 */
import type { AnyStateMachine } from 'xstate';
import { STAY } from '../table/format.js';
import type { Ignored, Leaf, Row, Table } from '../table/format.js';
import { readMachine } from './read.js';
import type { Node, Transition } from './read.js';

export interface Compiled {
  readonly id: string;
  readonly events: readonly string[];
  readonly guards: readonly string[];
  readonly actions: readonly string[];
  readonly table: Table;
  readonly ignored: Ignored;
}

/**
 * Compile a machine. Its events are those that some state takes or ignores.
 *
 * @throws Error with every fault found, a line each: what is not accepted, pairs of leaf and event that neither have a
 * transition nor a reason, reasons for pairs that have one, guards, actions and delays that do not exist or are not used.
 */
export function compile(machine: AnyStateMachine): Compiled {
  const faults: string[] = [];
  const source = readMachine(machine, faults);
  const events = [...new Set(source.nodes.flatMap((node) => [...node.on.keys(), ...node.ignores.keys()]))];
  const leaves = source.nodes.filter((node) => node.children.length === 0);
  const find = new Finder(source.nodes, leaves, faults);
  const ignored: Record<string, Record<string, string>> = {};

  const compiledLeaves = leaves.map((leaf): Leaf => {
    const on: Record<string, readonly Row[]> = {};
    const reasons: Record<string, string> = {};
    for (const event of events) {
      const candidates = pathTo(leaf).flatMap((node) => node.on.get(event) ?? []);
      const reason = pathTo(leaf).find((node) => node.ignores.has(event))?.ignores.get(event);
      if (candidates.length > 0) on[event] = find.rows(leaf, candidates, event);
      else if (reason !== undefined) reasons[event] = reason;
      else if (leaf.final) reasons[event] = 'the machine has ended';
      else faults.push(`${leaf.name}: ${event} has neither a transition nor a reason to be ignored`);
    }
    ignored[leaf.name] = reasons;
    return {
      name: leaf.name,
      state: pathTo(leaf)[pathTo(leaf).length - 2]?.name ?? leaf.name,
      delay: leaf.delay,
      due: leaf.delay === null ? [] : find.rows(leaf, leaf.due, leaf.delay),
      on,
      final: leaf.final,
    };
  });

  for (const node of source.nodes) {
    for (const [event, transitions] of node.on) {
      if (node.ignores.has(event)) faults.push(`${node.name}: ${event} has a reason to be ignored, and a transition`);
      if (transitions.length === 0) faults.push(`${node.name}: ${event} has an empty list of transitions`);
    }
    for (const event of node.ignores.keys()) {
      const inside = leaves.filter((leaf) => pathTo(leaf).includes(node));
      if (inside.every((leaf) => ignored[leaf.name]?.[event] === undefined)) {
        faults.push(`${node.name}: the reason to ignore ${event} never applies`);
      }
    }
  }
  const root = source.nodes[0];
  if (root === undefined) throw new Error(`${source.id}: no states`);
  const initial = find.initialLeaf(root);
  const table: Table = {
    initial: leaves.indexOf(initial),
    start: pathTo(initial).reverse().flatMap((node) => node.entry),
    delays: source.delays,
    leaves: compiledLeaves,
  };
  checkNames('guard', source.guards, usedGuards(table), faults);
  checkNames('action', source.actions, usedActions(table), faults);
  checkNames('delay', Object.keys(source.delays), usedDelays(table), faults);
  if (faults.length > 0) throw new Error(`${source.id}: the machine cannot be compiled:\n  ${faults.join('\n  ')}`);
  return { id: source.id, events, guards: source.guards, actions: source.actions, table, ignored };
}

/** The node and those around it, innermost first; the root is last. */
function pathTo(node: Node): Node[] {
  const path: Node[] = [];
  for (let at: Node | null = node; at !== null; at = at.parent) path.push(at);
  return path;
}

class Finder {
  constructor(
    private readonly nodes: readonly Node[],
    private readonly leaves: readonly Node[],
    private readonly faults: string[],
  ) {}

  rows(leaf: Node, candidates: readonly Transition[], event: string): readonly Row[] {
    const rows: Row[] = [];
    for (const candidate of candidates) {
      rows.push(this.row(leaf, candidate));
      if (candidate.guard === null) return rows;
    }
    this.faults.push(`${leaf.name}: ${event} is not decided when no guard holds`);
    return rows;
  }

  /** Leave what is left, do the transition's own actions, enter what is entered. */
  private row(leaf: Node, transition: Transition): Row {
    const { guard, source } = transition;
    if (transition.target === null) return { guard, target: STAY, actions: transition.actions };
    const target = this.target(source, transition.target);
    if (target === null) return { guard, target: STAY, actions: transition.actions };
    if (target === source) {
      this.faults.push(`${source.name}: a transition to itself; leave out the target, or name another state`);
    }
    const domain = pathTo(target).includes(source) ? source : lowestAround(source, target);
    const end = this.initialLeaf(target);
    const left = pathTo(leaf).slice(0, pathTo(leaf).indexOf(domain));
    const entered = pathTo(end).slice(0, pathTo(end).indexOf(domain)).reverse();
    return {
      guard,
      target: this.leaves.indexOf(end),
      actions: [...left.flatMap((node) => node.exit), ...transition.actions, ...entered.flatMap((node) => node.entry)],
    };
  }

  /** `#id.path` from the root, `a.b` from the parent of the source. */
  private target(source: Node, text: string): Node | null {
    const root = this.nodes[0];
    const absolute = text.startsWith('#') ? text.split('.').slice(1) : null;
    let at: Node | null | undefined = absolute === null ? source.parent : root;
    for (const key of absolute ?? text.split('.')) at = at?.children.find((child) => child.key === key);
    if (at === undefined || at === null) {
      this.faults.push(`${source.name}: no such target: ${text}`);
      return null;
    }
    return at;
  }

  initialLeaf(node: Node): Node {
    let at = node;
    while (at.children.length > 0) {
      const next = at.children.find((child) => child.key === at.initial);
      if (next === undefined) {
        this.faults.push(`${at.name}: no initial state`);
        return at.children[0] ?? at;
      }
      at = next;
    }
    return at;
  }
}

/** The innermost state that is around both, and is neither; the root is around all others. */
function lowestAround(a: Node, b: Node): Node {
  return pathTo(a).slice(1).find((node) => pathTo(b).slice(1).includes(node)) ?? a;
}

function rowsOf(table: Table): readonly Row[] {
  return table.leaves.flatMap((leaf) => [...leaf.due, ...Object.values(leaf.on).flatMap((rows) => rows ?? [])]);
}
function usedGuards(table: Table): Set<string> {
  return new Set(rowsOf(table).flatMap((row) => row.guard ?? []));
}
function usedActions(table: Table): Set<string> {
  return new Set([...table.start, ...rowsOf(table).flatMap((row) => row.actions)]);
}
function usedDelays(table: Table): Set<string> {
  return new Set(table.leaves.flatMap((leaf) => leaf.delay ?? []));
}

function checkNames(what: string, declared: readonly string[], used: ReadonlySet<string>, faults: string[]): void {
  for (const name of used) if (!declared.includes(name)) faults.push(`no such ${what}: ${name}`);
  for (const name of declared) if (!used.has(name)) faults.push(`${what} is never used: ${name}`);
}
