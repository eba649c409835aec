import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ERROR_CODES } from '@plurnk/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Dispatcher } from '../dispatcher.ts';
import { RpcFailure } from '../failure.ts';
import type { Hub } from '../hub.ts';
import { Outbox } from '../outbox.ts';
import { Peer } from '../peer.ts';
import { type AdmissionRules, isLoopbackName, refusal } from './admission.ts';
import { JsonRpcLink } from './json-rpc-link.ts';

export interface WebSocketDoorOptions extends AdmissionRules {
  readonly host: string;
  /** 0 = a free one. */
  readonly port: number;
  readonly maxMessageBytes: number;
  /** Characters that may wait for a slow reader. */
  readonly maxWaiting: number;
  readonly durable: () => Promise<void>;
  /** What a client of this door has beside the methods; gets the way to tell it something. */
  readonly companion?: (tell: (method: string, params: unknown) => void) => Companion;
}

export interface Companion {
  /** True: the notification was for it. */
  notified(method: string, params: unknown): boolean;
  /** The client is gone. */
  dispose(): void;
}

/** Characters in the socket's own buffer above which sending waits for the reader. */
const HIGH_WATER = 1 << 20;
const CLOSE_GRACE_MS = 2000;
const STOPPING = 'The server is stopping.';

/** The daemon's door: JSON-RPC over WebSocket, loopback only (RPC-1, RL-16). */
export class WebSocketDoor {
  readonly #options: WebSocketDoorOptions;
  readonly #dispatcher: Dispatcher;
  readonly #hub: Hub;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #peers = new Map<WebSocket, Peer>();
  #closing = false;

  constructor(dispatcher: Dispatcher, hub: Hub, options: WebSocketDoorOptions) {
    this.#options = options;
    this.#dispatcher = dispatcher;
    this.#hub = hub;
    const { maxMessageBytes: maxPayload } = options;
    this.#sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload });
    this.#http = createServer((_request, response) => {
      response.writeHead(426, { 'content-type': 'text/plain', connection: 'close' });
      response.end('Plurnk speaks JSON-RPC over WebSocket here.\n');
    });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Resolves with the address, for example `ws://127.0.0.1:3044`. */
  async listen(): Promise<string> {
    const { host, port } = this.#options;
    if (!isLoopbackName(host))
      throw new Error(`${host} is not a loopback address; the daemon serves this machine only.`);
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(port, host.replace(/^\[|\]$/g, ''), () => resolve());
    });
    const address = this.#http.address() as AddressInfo;
    return `ws://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  }

  /** Answers what is open, says goodbye, and lets go of the port. */
  async close(): Promise<void> {
    this.#closing = true;
    const stopped = new Promise<void>(resolve => this.#http.close(() => resolve()));
    // A handshake that was under way may still bring a peer.
    while (this.#peers.size > 0) {
      for (const peer of this.#peers.values()) peer.stopCalls(STOPPING);
      await Promise.all([...this.#peers].map(([socket, peer]) => this.#leave(socket, peer)));
    }
    this.#http.closeAllConnections();
    await stopped;
  }

  async #leave(socket: WebSocket, peer: Peer): Promise<void> {
    await withGrace(settled(peer));
    const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
    if (socket.readyState !== socket.CLOSED) {
      socket.close(1001, STOPPING);
      await withGrace(closed);
      socket.terminate();
    }
    this.#peers.delete(socket);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refused = this.#closing ? { status: 503, message: STOPPING } : refusal(request, this.#options);
    if (refused === null) {
      this.#sockets.handleUpgrade(request, socket, head, webSocket => this.#welcome(webSocket));
      return;
    }
    const { status, message } = refused;
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${message}\n`,
    );
  }

  #welcome(socket: WebSocket): void {
    const write = (text: string): void | Promise<void> => send(socket, text);
    const { durable, maxWaiting: limit } = this.#options;
    const outbox = new Outbox({ durable, limit, onOverflow: () => socket.terminate() });
    const encode = (name: string, params: unknown) => {
      const text = JSON.stringify({ jsonrpc: '2.0', method: name, params });
      return { size: text.length, send: () => write(text) };
    };
    const peer = new Peer({ dispatcher: this.#dispatcher, hub: this.#hub, outbox, writer: { encode } });
    const companion = this.#options.companion?.((method, params) => {
      const text = JSON.stringify({ jsonrpc: '2.0', method, params });
      outbox.push({ size: text.length, droppable: false, send: () => write(text) });
    });
    const link = new JsonRpcLink(peer, write, (method, params) => companion?.notified(method, params) ?? false);
    this.#peers.set(socket, peer);
    socket.on('message', (data, isBinary) => {
      if (isBinary) link.fail(null, new RpcFailure(ERROR_CODES.invalidRequest, 'Messages are text frames.'));
      else link.receive(String(data));
    });
    // What goes wrong on a socket ends that socket; `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#peers.delete(socket);
      companion?.dispose();
      peer.close();
    });
  }
}

/** Waits only when the reader is behind. */
function send(socket: WebSocket, text: string): void | Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount < HIGH_WATER) {
    socket.send(text);
    return;
  }
  return new Promise((resolve, reject) => {
    socket.send(text, error => (error ? reject(error) : resolve()));
  });
}

/** Two rounds: the answers of stopped calls are pushed a moment after they were stopped. */
async function settled(peer: Peer): Promise<void> {
  await new Promise(resolve => setImmediate(resolve));
  await peer.outbox.flushed();
}

function withGrace(work: Promise<void>): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, CLOSE_GRACE_MS);
    void work.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
