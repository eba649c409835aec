import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ProxyServer {
  readonly url: string;
  /** What was asked: `CONNECT host:port`, or method and absolute URL. */
  readonly asked: string[];
  /** `proxy-authorization` of the last request. */
  readonly credentials: () => string | undefined;
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** Answers everything with this instead of opening a way. */
  readonly refuse?: number;
  /** Whatever host is asked for, the way leads to this port of loopback. */
  readonly port: () => number;
}

/** A real HTTP proxy on loopback: `CONNECT` and forwarding. */
export async function startProxyServer({ refuse, port }: ProxyOptions): Promise<ProxyServer> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let credentials: string | undefined;
  const note = (incoming: IncomingMessage): void => {
    asked.push(`${incoming.method} ${incoming.url}`);
    credentials = incoming.headers['proxy-authorization'];
  };
  const server = createServer((incoming, response) => {
    note(incoming);
    if (refuse === undefined) forward(incoming, response, port());
    else response.writeHead(refuse).end('no');
  });
  server.on('connect', (incoming, socket: Socket) => {
    note(incoming);
    socket.on('error', () => socket.destroy());
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
      return;
    }
    const onward = connect(port(), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    credentials: () => credentials,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

function forward(incoming: IncomingMessage, response: ServerResponse, port: number): void {
  const { pathname, search } = new URL(incoming.url ?? '');
  const { method, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port, path: pathname + search, method, headers }, answer => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  incoming.pipe(onward);
}
