/**
 * Who may ask: the one who was told the address, from this machine, from our own page.
 *
 * Theory of operation. The server listens on 127.0.0.1, where every user of the machine and, through a browser, every page of the web can
 * reach it. So all that there is lies below a random token, which is in the address that is printed; the Host must be this one (a name that
 * somebody else resolves to 127.0.0.1 is not), and a request that says where it comes from must come from here. What changes
 * something must say so.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export const address = '127.0.0.1';
const tokenBytes = 16;

export function newToken(): string {
  return randomBytes(tokenBytes).toString('hex');
}

/** Names of this server in a Host, with the port. */
function hosts(port: number): readonly string[] {
  return [`${address}:${String(port)}`, `localhost:${String(port)}`];
}

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** A WebSocket: browsers name its origin always, and programs never. */
  readonly isUpgrade: boolean;
}

/** The path below the token, or the status of a refusal and why. */
export type Judgement = { readonly path: string } | { readonly status: 403 | 404; readonly why: string };

export function judge(asked: Asked, port: number, token: string): Judgement {
  const { method, url, headers, isUpgrade } = asked;
  const refuse = (why: string): Judgement => ({ status: 403, why });
  if (!hosts(port).includes(headers.host ?? '')) return refuse('This server has another name.');
  const { origin } = headers;
  const mustSay = method !== 'GET' && method !== 'HEAD' && !isUpgrade;
  if (origin !== undefined ? !hosts(port).some((host) => origin === `http://${host}`) : mustSay) return refuse('Not from there.');
  const site = headers['sec-fetch-site'];
  const isNavigation = headers['sec-fetch-mode'] === 'navigate';
  if (site !== undefined && !isNavigation && !['same-origin', 'none'].includes(site)) return refuse('Not from there.');
  const [, given = '', ...rest] = (url.split('?')[0] ?? '').split('/');
  if (!isSame(given, token)) return refuse('Open the address that nitro-audit has printed: the token in it is missing here.');
  if (rest.length === 0) return { status: 404, why: 'The address ends in a slash.' };
  return { path: rest.join('/') };
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Headers of every answer. */
export const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // The page of an inspector is opened by ours, and answers it.
  'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};
