/**
 * Colours and type of all pictures and pages: one hue for each of the nine states, and one for each kind of cause.
 *
 * They are CSS variables with a light and a dark value, so that a picture follows the reader's setting, and prints in the
 * light one. Hue is never the only sign: a state has its name, a cause its dash pattern.
 */

/** Who causes a change: somebody who asks, a process that does something, or time that passes. */
export type Cause = 'operator' | 'process' | 'timer';

interface Shade {
  readonly light: string;
  readonly dark: string;
}

const shades: Readonly<Record<string, Shade>> = {
  paper: { light: '#ffffff', dark: '#16181d' },
  ink: { light: '#1d2129', dark: '#e6e8ec' },
  faint: { light: '#5d6675', dark: '#9aa3b2' },
  line: { light: '#c4cad4', dark: '#3c434f' },
  panel: { light: '#f5f6f8', dark: '#1f232a' },
  operator: { light: '#1f5fbf', dark: '#93c0ff' },
  process: { light: '#a3480c', dark: '#f5b586' },
  timer: { light: '#6b3fa0', dark: '#d4bdf7' },
  DOWN: { light: '#e3e6eb', dark: '#353b46' },
  SETUP: { light: '#d3e6fb', dark: '#1f4266' },
  STARTING: { light: '#c9efe9', dark: '#12544c' },
  UP: { light: '#cdeccb', dark: '#235c29' },
  ONESHOT: { light: '#e4edc0', dark: '#4d5a1a' },
  SHUTDOWN: { light: '#f1e3d3', dark: '#57432c' },
  RESTART: { light: '#fbe6b8', dark: '#64500f' },
  FATAL: { light: '#f8cfcd', dark: '#702b2b' },
  DELAY: { light: '#e7d9f5', dark: '#4a3366' },
  bringUp: { light: '#d3e6fb', dark: '#1f4266' },
  run: { light: '#cdeccb', dark: '#235c29' },
  shutdown: { light: '#f1e3d3', dark: '#57432c' },
  final: { light: '#e3e6eb', dark: '#353b46' },
};

/** Names of the colours of the nine states, and of the four phases. */
export const states: readonly string[] = [
  ...['bringUp', 'run', 'shutdown', 'final'],
  ...['DOWN', 'SETUP', 'STARTING', 'UP', 'ONESHOT', 'SHUTDOWN', 'RESTART', 'FATAL', 'DELAY'],
];

/** The light value of a colour, for viewers that know no variables. */
export function shade(name: string): string {
  const found = shades[name];
  if (found === undefined) throw new Error(`no such colour: ${name}`);
  return found.light;
}

/** Declarations of the variables: `--paper`, `--ink`, `--UP` and so on, for `selector`. */
export function variables(selector = ':root'): string {
  const of = (which: keyof Shade): string =>
    Object.entries(shades)
      .map(([name, shade]) => `--${name}:${shade[which]}`)
      .join(';');
  const dark = `@media (prefers-color-scheme:dark){${selector}{${of('dark')}}}`;
  return `${selector}{color-scheme:light dark;${of('light')}}${dark}@media print{${selector}{${of('light')}}}`;
}

/** Dash pattern of the edges of a cause. */
export const dashes: Readonly<Record<Cause, string | undefined>> = { operator: undefined, process: '7 3', timer: '2 3' };

export const fontFamily = "system-ui, 'Liberation Sans', Arial, sans-serif";
export const monospace = "ui-monospace, 'Liberation Mono', monospace";
