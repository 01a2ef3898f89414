/**
 * An inspector for tests: a page of another origin that takes messages with the receiver of `@statelyai/inspect` itself, and keeps them.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StatelyInspectionEvent } from '@statelyai/inspect';
import esbuild from 'esbuild';
import type { Page } from 'playwright-core';

const source = `
import { createBrowserReceiver } from '@statelyai/inspect';
window.received = [];
createBrowserReceiver().subscribe((event) => window.received.push(event));
window.addEventListener('message', (event) => { if (event.data.type === '@statelyai.disconnected') window.isDisconnected = true; });
`;

export interface Receiver {
  readonly url: string;
  readonly close: () => void;
}

export async function startReceiver(): Promise<Receiver> {
  const stdin = { contents: source, resolveDir: import.meta.dirname };
  const { outputFiles } = await esbuild.build({ stdin, bundle: true, platform: 'browser', format: 'iife', write: false, logLevel: 'error' });
  const script = outputFiles[0]?.text ?? '';
  const server = createServer((request, response) => {
    const isScript = request.url === '/receiver.js';
    response.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html' });
    response.end(isScript ? script : '<!doctype html><title>receiver</title><link rel="icon" href="data:,"><script src="receiver.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`, close: () => server.close() };
}

/** What a page of the receiver has taken. */
export async function received(page: Page): Promise<readonly StatelyInspectionEvent[]> {
  return await page.evaluate<StatelyInspectionEvent[]>('window.received ?? []');
}

export type ActorEvent = Extract<StatelyInspectionEvent, { readonly type: '@xstate.actor' }>;

/** The actors by their names. */
export function actorsOf(events: readonly StatelyInspectionEvent[]): ReadonlyMap<string, ActorEvent> {
  return new Map(events.flatMap((event) => (event.type === '@xstate.actor' ? [[event.name, event] as const] : [])));
}

/** Events and values of an actor, in their order. */
export function storyOf(events: readonly StatelyInspectionEvent[], sessionId: string): readonly string[] {
  return events.flatMap((event) => {
    if (event.sessionId !== sessionId || event.type === '@xstate.actor') return [];
    if (event.type === '@xstate.event') return [event.event.type];
    return [JSON.stringify((event.snapshot as { readonly value?: unknown }).value)];
  });
}
