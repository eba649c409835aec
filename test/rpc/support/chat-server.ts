import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a model is asked: the packet's two messages. */
export interface ChatRequest {
  readonly system: string;
  readonly user: string;
  readonly authorization: string | undefined;
}

/** An error as OpenAI sends it. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server on loopback that speaks the OpenAI wire format, streaming. */
export class ChatServer {
  readonly requests: ChatRequest[] = [];
  /** Answers every request with this instead, until it is taken away. */
  refusal: Refusal | null = null;
  readonly #server: Server;
  #reply: (request: ChatRequest) => string | Promise<string>;

  constructor(reply: (request: ChatRequest) => string | Promise<string>) {
    this.#reply = reply;
    this.#server = createServer((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => {
        body += String(chunk);
      });
      incoming.on('end', () => {
        if (!incoming.url?.endsWith('/chat/completions')) {
          response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"not here"}}');
          return;
        }
        const { messages } = JSON.parse(body) as { messages: { role: string; content: unknown }[] };
        const request = {
          system: textOf(messages.find(each => each.role === 'system')?.content),
          user: textOf(messages.find(each => each.role === 'user')?.content),
          authorization: incoming.headers.authorization,
        };
        this.requests.push(request);
        if (this.refusal !== null) {
          const { status, message, headers } = this.refusal;
          response.writeHead(status, { 'content-type': 'application/json', ...headers });
          response.end(JSON.stringify({ error: { message } }));
          return;
        }
        void Promise.resolve(this.#reply(request)).then(text => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          for (let at = 0; at < text.length; at += 40)
            response.write(event({ content: text.slice(at, at + 40) }, null));
          response.write(event({}, 'stop'));
          response.write(`data: ${JSON.stringify({ ...envelope, choices: [], usage })}\n\n`);
          response.end('data: [DONE]\n\n');
        });
      });
    });
  }

  /** Also after `close`; then at the port that it had, if that one is given. */
  async listen(port = 0): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }
}

const envelope = { id: 'chat-1', object: 'chat.completion.chunk', created: 1, model: 'mock-1' };
const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

function event(delta: object, finish: string | null): string {
  return `data: ${JSON.stringify({ ...envelope, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map(part => String((part as { text?: unknown }).text ?? '')).join('') : '';
}
