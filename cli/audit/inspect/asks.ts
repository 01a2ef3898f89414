/** What the page asks, out of the bodies of its requests: nothing is taken on trust. */
import { actions, plays } from './messages.js';
import type { Ask, Control, Subject } from './messages.js';

type Json = Readonly<Record<string, unknown>>;

function objectOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

function parse(text: string): Json | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
}

function subjectOf(value: unknown): Subject | null {
  const object = objectOf(value);
  if (object?.['kind'] === 'system') return { kind: 'system' };
  const name = object?.['name'];
  return object?.['kind'] === 'service' && typeof name === 'string' ? { kind: 'service', name } : null;
}

/** null: this is none. */
export function askOf(body: string): Ask | null {
  const object = parse(body);
  const viewer = object?.['viewer'];
  if (object === null || typeof viewer !== 'string') return null;
  if (object['kind'] === 'inspector') {
    const isOn = object['isOn'];
    return typeof isOn === 'boolean' ? { kind: 'inspector', viewer, isOn } : null;
  }
  if (object['kind'] === 'play') {
    const what = plays.find((each) => each === object['what']);
    return what === undefined ? null : { kind: 'play', viewer, what };
  }
  const subject = subjectOf(object['subject']);
  return object['kind'] === 'watch' && subject !== null ? { kind: 'watch', viewer, subject } : null;
}

/** null: this is none. */
export function controlOf(body: string): Control | null {
  const object = parse(body);
  const service = object?.['service'];
  const action = actions.find((each) => each === object?.['action']);
  return action === undefined || typeof service !== 'string' || service === '' ? null : { action, service };
}
