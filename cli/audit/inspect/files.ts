/**
 * The files of the page. They are made when nitro-audit is bundled (bundle.mjs) and are part of it.
 */
import { variables } from '../../../diagrams/theme.js';
import { CannotRun } from '../command.js';
import { pictures as generated } from '../model/pictures.js';

export interface File {
  readonly type: string;
  readonly text: string;
}

/** By path, without the token. */
export type Files = ReadonlyMap<string, File>;

/** What the bundler puts in the place of `INSPECT_PAGE`. */
export interface Page {
  readonly html: string;
  readonly script: string;
  readonly style: string;
  readonly icon: string;
}

/** Those that page/chart.ts shows, by the names it has for them. */
const charts = {
  'service-states': generated.service.states,
  'service-substates': generated.service.substates,
  'system-phases': generated.system.states,
  'system-substates': generated.system.substates,
};

declare const INSPECT_PAGE: Page;

/** Throws `CannotRun` where nitro-audit was bundled without the page. */
export function bundledPage(): Page {
  if (typeof INSPECT_PAGE === 'undefined') throw new CannotRun('the page is not in this nitro-audit: it was not made with `npm run build`');
  return INSPECT_PAGE;
}

/** The style of a picture goes into the style sheet: the page has no style of its own in the markup. */
function withoutStyle(svg: string): { readonly svg: string; readonly style: string } {
  let style = '';
  const rest = svg.replace(/<style>([^]*?)<\/style>/g, (_all, text: string) => {
    style += text;
    return '';
  });
  return { svg: rest, style };
}

export function filesOf({ html, script, style, icon }: Page): Files {
  const pictures = Object.entries(charts).map(([name, svg]) => [name, withoutStyle(svg)] as const);
  const styles = [variables(), style, ...pictures.map(([, picture]) => picture.style)].join('\n');
  const files: [string, File][] = [
    ['', { type: 'text/html', text: html }],
    ['page.js', { type: 'text/javascript', text: script }],
    ['style.css', { type: 'text/css', text: styles }],
    ['icon.svg', { type: 'image/svg+xml', text: icon }],
  ];
  return new Map([...files, ...pictures.map(([name, { svg }]) => [`charts/${name}.svg`, { type: 'image/svg+xml', text: svg }] as const)]);
}
