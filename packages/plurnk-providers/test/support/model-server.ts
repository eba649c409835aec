import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request as the server got it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export type Handler = (seen: SeenRequest, response: ServerResponse) => void | Promise<void>;

export interface ModelServer {
  readonly root: string;
  readonly seen: SeenRequest[];
  answer(handler: Handler): void;
  close(): Promise<void>;
}

/** A real HTTP server on loopback. Requests are answered by the handler that was set last. */
export async function startModelServer(): Promise<ModelServer> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let handler: Handler = (_request, response) => {
    response.writeHead(500).end();
  };
  const server: Server = createServer((request, response) => {
    read(request)
      .then(text => {
        const entry = toSeen(request, text);
        seen.push(entry);
        return handler(entry, response);
      })
      .catch(() => response.destroy());
  });
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    root: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: next => {
      handler = next;
      seen.length = 0;
    },
    close: () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
  }
  return text;
}

function toSeen(request: IncomingMessage, text: string): SeenRequest {
  const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, text, json };
}

/** Sends a whole event stream. */
export function sendEvents(response: ServerResponse, events: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(events.join(''));
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
