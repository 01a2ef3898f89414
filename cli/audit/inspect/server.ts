/**
 * The server of the page: the page itself, the stream of what happens, what the page asks, and a WebSocket for programs that inspect.
 *
 * All of it lies below the token (guard.ts). The page gets server-sent events, which reconnect by themselves, and asks with POST.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { CannotRun } from '../command.js';
import { askOf, controlOf } from './asks.js';
import type { Files } from './files.js';
import { address, headers, judge, newToken } from './guard.js';
import type { Hub } from './hub.js';
import type { Inspectors } from './inspectors.js';
import type { Ask, Control, Outcome, Play } from './messages.js';

const bodyBytesMax = 4096;
/** Bytes that a program has not taken; beyond this it is let go. */
const backlogMax = 64 * 1024 * 1024;
/** A comment now and then keeps a quiet stream, and finds out that a viewer is gone. */
const heartbeatMs = 15_000;

export interface Parts {
  readonly hub: Hub;
  readonly inspectors: Inspectors;
  readonly files: Files;
  /** null: no trace is played. */
  readonly play: ((what: Play) => void) | null;
  /** null: the page may change nothing. */
  readonly control: ((control: Control) => Promise<Outcome>) | null;
}

export interface Running {
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

class BadRequest extends Error {}

async function bodyOf(request: IncomingMessage): Promise<string> {
  if (request.headers['content-type'] !== 'application/json') throw new BadRequest('JSON is wanted.');
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += String(chunk);
    if (body.length > bodyBytesMax) throw new BadRequest('That is too long.');
  }
  return body;
}

class Serving {
  readonly token = newToken();
  port = 0;
  readonly sockets = new WebSocketServer({ noServer: true, maxPayload: bodyBytesMax });

  constructor(private readonly parts: Parts) {}

  answer(request: IncomingMessage, response: ServerResponse): void {
    const judged = judge({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, isUpgrade: false }, this.port, this.token);
    if ('why' in judged) {
      reply(response, judged.status, 'text/plain', `${judged.why}\n`);
      return;
    }
    this.route(request, response, judged.path).catch((error: unknown) => {
      if (error instanceof BadRequest) reply(response, 400, 'text/plain', `${error.message}\n`);
      else {
        reply(response, 500, 'text/plain', 'A bug: nitro-audit has more of it on its standard error.\n');
        process.stderr.write(`nitro-audit: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      }
    });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const judged = judge({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, isUpgrade: true }, this.port, this.token);
    if ('why' in judged || judged.path !== 'inspector') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (viewer) => {
      const detach = this.parts.inspectors.attach((messages) => {
        for (const message of messages) viewer.send(JSON.stringify(message));
        if (viewer.bufferedAmount > backlogMax) viewer.terminate();
      });
      viewer.on('close', detach);
      viewer.on('error', () => viewer.terminate());
    });
  }

  private async route(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { files, control } = this.parts;
    if (request.method === 'POST') {
      const body = await bodyOf(request);
      if (path === 'ask') {
        const ask = askOf(body);
        if (ask === null) throw new BadRequest('Nothing that can be asked.');
        reply(response, this.isTaken(ask) ? 204 : 404, 'text/plain', '');
      } else if (path === 'control') {
        if (control === null) {
          json(response, 403, { ok: false, text: 'nitro-audit inspect was started without --control' });
          return;
        }
        const asked = controlOf(body);
        if (asked === null) throw new BadRequest('Nothing that can be done.');
        json(response, 200, await control(asked));
      } else reply(response, 404, 'text/plain', 'There is nothing here.\n');
      return;
    }
    const file = files.get(path);
    if (request.method !== 'GET') reply(response, 405, 'text/plain', 'GET or POST.\n');
    else if (path === 'events') this.stream(request, response);
    else if (file !== undefined) reply(response, 200, file.type, file.text);
    else reply(response, 404, 'text/plain', 'There is nothing here.\n');
  }

  /** False: there is no such viewer, or nothing that is played. */
  private isTaken(ask: Ask): boolean {
    const { hub, play } = this.parts;
    switch (ask.kind) {
      case 'watch':
        return hub.watch(ask.viewer, ask.subject);
      case 'inspector':
        return hub.inspect(ask.viewer, ask.isOn);
      case 'play':
        play?.(ask.what);
        return play !== null;
    }
  }

  private stream(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream; charset=utf-8' });
    const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMs);
    const detach = this.parts.hub.attach({
      send: (message) => void response.write(`data: ${JSON.stringify(message)}\n\n`),
      backlog: () => response.writableLength,
    });
    request.on('close', () => {
      clearInterval(heartbeat);
      detach();
    });
  }
}

function reply(response: ServerResponse, status: number, type: string, text: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { ...headers, 'Content-Type': `${type}; charset=utf-8` });
  response.end(text);
}

function json(response: ServerResponse, status: number, outcome: Outcome): void {
  reply(response, status, 'application/json', JSON.stringify(outcome));
}

/** Listen on 127.0.0.1; port 0: any that is free. Throws `CannotRun`. */
export async function serve(parts: Parts, port: number): Promise<Running> {
  const serving = new Serving(parts);
  const server = createServer((request, response) => serving.answer(request, response));
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => serving.upgrade(request, socket, head));
  await listening(server, port);
  serving.port = (server.address() as AddressInfo).port;
  return {
    url: `http://${address}:${String(serving.port)}/${serving.token}/`,
    port: serving.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        serving.sockets.close();
        for (const socket of connections) socket.destroy();
      }),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on('error', (error) => reject(new CannotRun(`cannot listen on ${address}:${String(port)}: ${error.message}`)));
    server.listen(port, address, resolve);
  });
}
