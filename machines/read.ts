/**
 * The first pass of the compiler: a definition, read as data, becomes a tree of nodes.
 *
 * What is read is exactly what is listed here; a property that is not known is a fault and not skipped, so that nothing of a definition can
 * be lost on its way into the table.
 */
import type { AnyStateMachine } from 'xstate';

export interface Transition {
  readonly source: Node;
  readonly guard: string | null;
  readonly target: string | null;
  readonly actions: readonly string[];
}

export interface Node {
  readonly key: string;
  /** Keys from the root, joined by dots; the root's is its id. */
  readonly name: string;
  readonly parent: Node | null;
  readonly children: Node[];
  readonly initial: string | null;
  readonly final: boolean;
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly on: Map<string, readonly Transition[]>;
  readonly ignores: ReadonlyMap<string, string>;
  delay: string | null;
  due: readonly Transition[];
}

export interface Source {
  readonly id: string;
  /** Outer before inner, in the order of the definition; the root is the first. */
  readonly nodes: readonly Node[];
  readonly guards: readonly string[];
  readonly actions: readonly string[];
  readonly delays: Readonly<Record<string, number>>;
}

type Raw = Readonly<Record<string, unknown>>;

const stateProperties = ['description', 'meta', 'type', 'initial', 'entry', 'exit', 'on', 'after', 'states'];
const transitionProperties = ['guard', 'target', 'actions', 'description', 'meta'];

export function readMachine(machine: AnyStateMachine, faults: string[]): Source {
  const nodes: Node[] = [];
  const config = asObject(machine.config, 'machine', faults);
  const id = typeof config['id'] === 'string' ? config['id'] : '';
  if (id === '') faults.push('the machine has no id');
  readNode(config, id, null, nodes, faults);
  const delays: Record<string, number> = {};
  for (const [name, value] of Object.entries(machine.implementations.delays)) {
    if (typeof value === 'number') delays[name] = value;
    else faults.push(`delay ${name} is not a number of milliseconds`);
  }
  return {
    id,
    nodes,
    guards: Object.keys(machine.implementations.guards),
    actions: Object.keys(machine.implementations.actions),
    delays,
  };
}

function readNode(raw: Raw, key: string, parent: Node | null, nodes: Node[], faults: string[]): Node {
  const name = parent === null ? key : parent.parent === null ? key : `${parent.name}.${key}`;
  for (const property of Object.keys(raw)) {
    // `setup` itself adds `schemas`, which carries types only.
    const ofRoot = property === 'id' || property === 'schemas';
    const expected = ofRoot ? parent === null : stateProperties.includes(property);
    if (!expected) faults.push(`${name}: not accepted: ${property}`);
  }
  const type = raw['type'];
  if (type !== undefined && type !== 'final') faults.push(`${name}: not accepted: type ${JSON.stringify(type)}`);
  const meta = asObject(raw['meta'] ?? {}, `${name}: meta`, faults);
  const node: Node = {
    key,
    name,
    parent,
    children: [],
    initial: typeof raw['initial'] === 'string' ? raw['initial'] : null,
    final: type === 'final',
    entry: names(raw['entry'], `${name}: entry`, faults),
    exit: names(raw['exit'], `${name}: exit`, faults),
    on: new Map<string, readonly Transition[]>(),
    ignores: new Map(reasons(meta['ignores'], name, faults)),
    delay: null,
    due: [],
  };
  nodes.push(node);
  for (const [event, value] of Object.entries(asObject(raw['on'] ?? {}, `${name}: on`, faults))) {
    node.on.set(event, readTransitions(value, node, `${name}: ${event}`, faults));
  }
  for (const [childKey, child] of Object.entries(asObject(raw['states'] ?? {}, `${name}: states`, faults))) {
    node.children.push(readNode(asObject(child, `${name}.${childKey}`, faults), childKey, node, nodes, faults));
  }
  readTimer(raw['after'], node, faults);
  if (node.final && (node.on.size > 0 || node.children.length > 0)) faults.push(`${name}: a final state with transitions or states`);
  if (node.initial !== null && node.children.length === 0) faults.push(`${name}: initial without states`);
  return node;
}

/** One timer a leaf: so a service has one deadline, and leaving the leaf is what cancels it. */
function readTimer(raw: unknown, node: Node, faults: string[]): void {
  const timers = Object.entries(asObject(raw ?? {}, `${node.name}: after`, faults));
  if (timers.length === 0) return;
  if (timers.length > 1) faults.push(`${node.name}: more than one timer`);
  if (node.children.length > 0) faults.push(`${node.name}: a timer on a state that has states`);
  if (node.final) faults.push(`${node.name}: a timer on a final state`);
  for (const [delay, value] of timers) {
    if (!Number.isNaN(Number(delay))) faults.push(`${node.name}: a delay without a name: ${delay}`);
    node.delay = delay;
    node.due = readTransitions(value, node, `${node.name}: after ${delay}`, faults);
  }
}

function readTransitions(raw: unknown, source: Node, where: string, faults: string[]): readonly Transition[] {
  return (Array.isArray(raw) ? (raw as readonly unknown[]) : [raw]).map((one): Transition => {
    const value: Raw = typeof one === 'string' ? { target: one } : asObject(one, where, faults);
    for (const property of Object.keys(value)) {
      if (!transitionProperties.includes(property)) faults.push(`${where}: not accepted: ${property}`);
    }
    const { guard, target, actions } = value;
    if (guard !== undefined && typeof guard !== 'string') faults.push(`${where}: a guard without a name`);
    if (target !== undefined && typeof target !== 'string') faults.push(`${where}: more than one target`);
    if (typeof target === 'string' && target.startsWith('.')) faults.push(`${where}: a target relative to its own state: ${target}`);
    return {
      source,
      guard: typeof guard === 'string' ? guard : null,
      target: typeof target === 'string' ? target : null,
      actions: names(actions, where, faults),
    };
  });
}

function names(raw: unknown, where: string, faults: string[]): readonly string[] {
  if (raw === undefined) return [];
  return (Array.isArray(raw) ? (raw as readonly unknown[]) : [raw]).flatMap((one) => {
    if (typeof one === 'string') return [one];
    faults.push(`${where}: an action without a name`);
    return [];
  });
}

function reasons(raw: unknown, where: string, faults: string[]): readonly (readonly [string, string])[] {
  return Object.entries(asObject(raw ?? {}, `${where}: ignores`, faults)).flatMap(([event, reason]) => {
    if (typeof reason === 'string' && reason !== '') return [[event, reason] as const];
    faults.push(`${where}: ignores ${event} without a reason`);
    return [];
  });
}

function asObject(raw: unknown, where: string, faults: string[]): Raw {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return raw as Raw;
  faults.push(`${where}: not an object`);
  return {};
}
